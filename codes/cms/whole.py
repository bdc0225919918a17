"""Whether files are whole. CMS marks no end in them, so what has stood in each of them for years has to tell."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from codes.cms.archive import SourceFile
from codes.cms.errors import CmsFileError
from codes.cms.tables import read_rows, text_lines

OVERRIDE = "if CMS publishes it so, say --accept-fewer"

# Every PPRRVU file from 2020 to 2026 ends its digits and its letters with these, whichever come first in it,
# and has 17,236 to 19,356 rows; from 2022 no file has fewer than 17,600.
LAST_CODES = ("99607", "V5364")
FIRST_CODES = ("0001A", "0001F", "A0021")
FIRST_CHARACTERS = "0123456789ADGHJMPQRSTV"
MIN_ROWS = 15_000
MAX_EXCERPT = 1_000  # rows: a file this short that begins unlike CMS's was put together by someone, not cut short
# Every HCPCS file of 2019 to 2026: modifiers first, then the letters; 6,440 codes in 2019, more in each year since.
HCPCS_LETTERS = "ABCEGHJKLMPQRSTV"
MIN_HCPCS_CODES = 6_000
# 98 to 112 localities from 2020 to 2026, alphabetically by state or by name: Wyoming ends them.
MIN_LOCALITIES = 90
LAST_PLACE = "WYOMING"

CODE_CELL = re.compile(r"(?=.*\d)[0-9A-Z]{5}")
PLACE_CELL = re.compile(r"\d{4,5}")


def check_bundle(bundle) -> None:
    """Raises CmsFileError for a file of the bundle that ends early, and for two formats of one file that differ in rows."""
    for kind, source, count in bundle.files:
        for other in bundle.other_formats.get(kind, ()):
            _check_equal(kind, source, count, other)
    files = {kind: source for kind, source, _ in bundle.files}
    if rows := bundle.rows or bundle.qpp_rows:
        source = files.get("PPRRVU") or files["PPRRVU QPP"]
        _check_codes(source, [row.code for row in rows], FIRST_CHARACTERS, MIN_ROWS, LAST_CODES)
    _check_places(files.get("GPCI"), [place.name for place in bundle.gpci])
    _check_places(files.get("ANES"), [place.name for place in bundle.anes])
    _check_places(files.get("LOCCO"), [place.state for place in bundle.locco])
    _check_caps(files.get("OPPSCAP"), bundle.oppscap)


def check_hcpcs(source: SourceFile, codes: Sequence[str]) -> None:
    """Raises CmsFileError for a HCPCS file that ends early."""
    _check_codes(source, codes, HCPCS_LETTERS, MIN_HCPCS_CODES, LAST_CODES[1:])


def is_excerpt(codes: Sequence[str]) -> bool:
    return len(codes) < MAX_EXCERPT and codes[0] not in FIRST_CODES


def _check_codes(source: SourceFile, codes: Sequence[str], firsts: str, fewest: int, lasts: tuple[str, ...]) -> None:
    if not codes or is_excerpt(codes):
        return
    known = set(codes)
    if lacking := [code for code in lasts if code not in known]:
        raise _cut(source, f"it ends with {codes[-1]} and lacks {lacking[0]}, with which CMS's list ends")
    begun = {code[0] for code in known}
    if missing := [first for first in firsts if first not in begun]:
        raise _cut(source, f"no code begins with {missing[0]}, as some do in each file of CMS")
    if len(codes) < fewest:
        raise _cut(source, f"{len(codes):,} rows, where CMS publishes more than {fewest:,}")


def _check_places(source: SourceFile | None, names: list[str]) -> None:
    if names and not any(name.upper().startswith(LAST_PLACE) for name in names):
        raise _cut(source, "it lacks Wyoming, with which CMS's list ends")
    if names and len(names) < MIN_LOCALITIES:
        raise _cut(source, f"{len(names)} localities, where CMS publishes more than {MIN_LOCALITIES}")


def _check_caps(source: SourceFile | None, caps: Iterable) -> None:
    """Each code and modifier stands once for every locality."""
    counts = Counter((cap.code, cap.modifier) for cap in caps)
    most = max(counts.values(), default=MIN_LOCALITIES)
    if short := next((key for key, count in counts.items() if count < most), None):
        raise _cut(source, f"{' '.join(short).strip()} stands for {counts[short]} localities, other codes for {most}")
    if most < MIN_LOCALITIES:
        raise _cut(source, f"{most} localities, where CMS publishes more than {MIN_LOCALITIES}")


def _check_equal(kind: str, source: SourceFile, count: int, other: SourceFile) -> None:
    there = sum(1 for _ in _keys(kind, other))
    if there != count:
        raise _cut(source, f"{count:,} rows, where {other.name} beside it has {there:,}", which="one of them")


def _keys(kind: str, source: SourceFile) -> Iterator[str]:
    """The first cell of each row of figures, without a look at the rest."""
    wanted = CODE_CELL if kind.startswith("PPRRVU") or kind == "OPPSCAP" else PLACE_CELL
    if source.suffix == ".txt":
        cells = (line[:5] if wanted is CODE_CELL else (line.split() or [""])[0] for _, line in text_lines(source))
    else:
        cells = (cells[0] for _, cells in read_rows(source))
    return (cell for cell in cells if wanted.fullmatch(cell))


def _cut(source: SourceFile, what: str, which: str = "it") -> CmsFileError:
    line = None if source.suffix == ".xlsx" else source.data.rstrip(b"\x1a").rstrip().count(b"\n") + 1
    return CmsFileError(f"{what}; {which} must be cut short ({OVERRIDE})", file=source.name, line=line)
