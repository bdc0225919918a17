"""A CMS bundle from its https address, whole or not at all."""

import ipaddress
from collections.abc import Callable
from pathlib import PurePosixPath

import httpx

from codes.cms.archive import MAX_FILE, SourceFile, is_web_page
from codes.cms.errors import CmsFileError

Bar = tuple[Callable[[int], object], Callable[[], None]]


def download(url: str, progress: Callable[[int | None], Bar] | None = None, limit: int = MAX_FILE) -> SourceFile:
    """The file at this address. `progress(total)` returns (advance by bytes, close).

    Raises CmsFileError for an address that is not https, an answer other than 200, a file over `limit`
    bytes, a redirect to another site, a web page, and a download that ends before its announced length.
    """
    try:
        name = PurePosixPath(httpx.URL(url).path).name or "download"
    except httpx.InvalidURL as error:
        raise CmsFileError(f"this is not an address: {error}", file=url) from error
    try:
        with (
            httpx.Client(follow_redirects=True, timeout=30, event_hooks={"request": [_guard(url)]}) as client,
            client.stream("GET", url) as response,
        ):
            return SourceFile(name, _body(url, response, progress, limit))
    except httpx.HTTPError as error:
        raise CmsFileError(f"the download broke off: {error or type(error).__name__}", file=url) from error


def _guard(url: str) -> Callable[[httpx.Request], None]:
    """Asked before every request, so that no redirect leads away from https or to another site either."""
    site = _site(httpx.URL(url))

    def check(request: httpx.Request) -> None:
        if request.url.scheme != "https" and not _is_loopback(request.url.host):
            raise CmsFileError("only https addresses are downloaded", file=str(request.url))
        if _site(request.url) != site:
            raise CmsFileError(
                "the server sends us on to another site; give the address there", file=url, value=str(request.url)
            )

    return check


def _site(url: httpx.URL) -> str:
    """The domain that an address belongs to: cms.gov for www.cms.gov."""
    return url.host if _is_loopback(url.host) else ".".join(url.host.split(".")[-2:])


def _body(url: str, response: httpx.Response, progress, limit: int) -> bytes:
    if response.status_code != 200:
        raise CmsFileError(f"the server answered {response.status_code}", file=url)
    length = response.headers.get("content-length", "")
    announced = int(length) if length.isdecimal() else None
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
    if is_web_page(data):
        raise CmsFileError("the server sent a web page instead of the file", file=url)
    return bytes(data)


def _is_loopback(host: str | None) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False
