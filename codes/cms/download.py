"""A CMS bundle from its https address, whole or not at all."""

import ipaddress
from collections.abc import Callable
from pathlib import PurePosixPath
from urllib.parse import urlsplit

import httpx

from codes.cms.archive import MAX_FILE, SourceFile
from codes.cms.errors import CmsFileError

Bar = tuple[Callable[[int], object], Callable[[], None]]


def download(url: str, progress: Callable[[int | None], Bar] | None = None, limit: int = MAX_FILE) -> SourceFile:
    """The file at this address. `progress(total)` returns (advance by bytes, close).

    Raises CmsFileError for an address that is not https, an answer other than 200, a file over `limit`
    bytes, and a download that ends before its announced length.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" and not _is_loopback(parts.hostname):
        raise CmsFileError("only https addresses are downloaded", file=url)
    try:
        with httpx.stream("GET", url, follow_redirects=True, timeout=30) as response:
            return SourceFile(PurePosixPath(parts.path).name or "download", _body(url, response, progress, limit))
    except httpx.HTTPError as error:
        raise CmsFileError(f"the download broke off: {error or type(error).__name__}", file=url) from error


def _body(url: str, response: httpx.Response, progress, limit: int) -> bytes:
    if response.status_code != 200:
        raise CmsFileError(f"the server answered {response.status_code}", file=url)
    if not _is_loopback(response.url.host) and response.url.scheme != "https":
        raise CmsFileError("the address leads away from https", file=url, value=str(response.url))
    announced = int(response.headers.get("content-length", 0)) or None
    advance, close = progress(announced) if progress else (lambda count: None, lambda: None)
    data = bytearray()
    try:
        for chunk in response.iter_bytes(1 << 16):
            data += chunk
            if max(len(data), announced or 0) > limit:
                raise CmsFileError(f"the file is larger than {limit // 2**20} MB", file=url)
            advance(len(chunk))
    finally:
        close()
    return bytes(data)


def _is_loopback(host: str | None) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False
