"""Files as they arrive: a zip or a single member, checked before anything is unpacked."""

import hashlib
import io
import re
import zipfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

from codes.cms.errors import CmsFileError

MAX_FILE = 100 * 1024 * 1024
MAX_UNPACKED = 400 * 1024 * 1024
MAX_MEMBERS = 200
MAX_RATIO = 200  # CMS's own members shrink by 5 to 15 times
# A cell from column JA or row 100,000 on; CMS's largest workbook ends at AF19100.
FAR_CELL = re.compile(rb"""[ \t\r\n]r[ \t\r\n]*=[ \t\r\n]*["'](?:[A-Za-z]*\d{6}|[A-Za-z]{3}|[J-Zj-z][A-Za-z])""")


@dataclass(frozen=True)
class SourceFile:
    """One file: its base name and its bytes."""

    name: str
    data: bytes

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    @property
    def suffix(self) -> str:
        return PurePosixPath(self.name).suffix.lower()

    @property
    def stem(self) -> str:
        return PurePosixPath(self.name).stem


def unpack(source: SourceFile) -> list[SourceFile]:
    """The members of a zip, or the file itself where it is none (an xlsx is one file).

    Raises CmsFileError for an empty or oversized file, a broken archive, a member whose path leads
    outside, and an archive that would unpack to far more than CMS publishes.
    """
    if not source.data:
        raise CmsFileError("the file is empty", file=source.name)
    if len(source.data) > MAX_FILE:
        raise CmsFileError(f"the file is larger than {MAX_FILE // 2**20} MB", file=source.name)
    if what := disguise(source.data):
        raise CmsFileError(what, file=source.name)
    if not source.data.startswith(b"PK"):
        if source.suffix in (".zip", ".xlsx"):
            raise CmsFileError(f"this is not a {source.suffix[1:]} file", file=source.name)
        return [source]
    try:
        with zipfile.ZipFile(io.BytesIO(source.data)) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
            _check_members(source.name, members)
            if any(info.filename == "xl/workbook.xml" for info in members):
                if source.suffix != ".xlsx":
                    raise CmsFileError("this is an Excel workbook; its name must end in .xlsx", file=source.name)
                _check_cells(source.name, archive, members)
                return [source]
            return [SourceFile(PurePosixPath(info.filename).name, archive.read(info)) for info in members]
    except CmsFileError:
        raise
    except Exception as error:  # damaged bytes make zipfile raise nearly anything, IndexError and struct.error included
        raise CmsFileError(f"the archive is broken or cut short: {error}", file=source.name) from error


def _check_members(name: str, members: list[zipfile.ZipInfo]) -> None:
    if not members:
        raise CmsFileError("the archive holds no file", file=name)
    if len(members) > MAX_MEMBERS:
        raise CmsFileError(f"the archive holds {len(members)} files, more than {MAX_MEMBERS}", file=name)
    for info in members:
        path = PurePosixPath(info.filename.replace("\\", "/"))
        if path.is_absolute() or not path.name or ".." in path.parts or ":" in path.parts[0]:
            raise CmsFileError("a member's path leads outside the archive", file=name, value=info.filename)
        if info.flag_bits & 1:
            raise CmsFileError("the archive is protected by a password", file=name, value=info.filename)
        if info.file_size > MAX_FILE or info.file_size > MAX_RATIO * max(info.compress_size, 1024):
            raise CmsFileError("a member would unpack to far too much", file=name, value=info.filename)
    if sum(info.file_size for info in members) > MAX_UNPACKED:
        raise CmsFileError(f"the archive would unpack to more than {MAX_UNPACKED // 2**20} MB", file=name)


def _check_cells(name: str, archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> None:
    # calamine lays a sheet out from A1 to its last cell, and the process dies when that is too much
    # (github.com/tafia/calamine/issues/693).
    for info in members:
        if FAR_CELL.search(archive.read(info)):
            raise CmsFileError("a sheet would unpack to far too many cells", file=name, value=info.filename)


def disguise(data: bytes) -> str:
    """What these bytes are instead of a file CMS publishes, as a sentence; '' if they may be one."""
    if is_web_page(data):
        return "this is a web page, not a CMS file; download the file itself"
    if data.startswith(b"\xd0\xcf\x11\xe0"):  # the container of .xls and of encrypted .xlsx files
        return "this workbook is in an old format or protected by a password; save it as .xlsx without one"
    if data.startswith(b"\x1f\x8b"):
        return "this is a gzip archive; unpack it first"
    return ""


def is_web_page(data: bytes) -> bool:
    """Whether these bytes are HTML or XML in any encoding, as an error page saved under another name is."""
    start = data[:4000].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    return start.startswith(b"<") or b"<html" in start or b"<!doctype" in start
