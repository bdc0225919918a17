"""What a handful of CMS files is: which kind each is, which release they belong to, and their parsed rows."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from codes.cms.archive import SourceFile, unpack
from codes.cms.errors import CmsFileError
from codes.cms.localities import AnesthesiaFactor, Gpci, LocalityCounties, read_anes, read_gpci, read_locco
from codes.cms.oppscap import OppsCapRow, read_oppscap
from codes.cms.pprrvu import PprrvuRow, read_pprrvu
from codes.cms.tables import decode, header_key, read_rows

QUARTERS = {"A": "January", "B": "April", "C": "July", "D": "October"}
MONTHS = {month[:3].upper(): letter for letter, month in QUARTERS.items()}
RELEASE_NAME = re.compile(r"RVU(\d\d)([A-D]R?)")

# Kind -> how its name starts (a year may stand before it) and header cells only it has.
KINDS = {
    "PPRRVU": (r"PPRRVU", {"WORKRVU", "PCTCIND"}),
    "GPCI": (r"GPCI", {"PWGPCI", "GPCIWORK"}),
    "ANES": (r"ANES", {"NATIONALANESCF", "ANESTHESIACONVFACTOR"}),
    "LOCCO": (r"(\d\d)?LOCCO", {"FEESCHEDULEAREA"}),
    "OPPSCAP": (r"OPPSCAP", {"PROCSTAT"}),
}
FORMATS = (".csv", ".txt", ".xlsx")  # one kind may come in all three: the first is read


@dataclass(frozen=True)
class Bundle:
    """The parsed files of one release. Empty tuples stand for kinds that were not given."""

    release: str
    files: tuple[tuple[str, SourceFile, int], ...]  # kind, file, rows
    released: date | None = None
    rows: tuple[PprrvuRow, ...] = ()
    qpp_rows: tuple[PprrvuRow, ...] = ()  # of a QPP file that came without the standard one
    gpci: tuple[Gpci, ...] = ()
    anes: tuple[AnesthesiaFactor, ...] = ()
    national_anesthesia: Decimal | None = None
    locco: tuple[LocalityCounties, ...] = ()
    oppscap: tuple[OppsCapRow, ...] = ()
    conversion_factor: Decimal | None = None
    conversion_factor_qpp: Decimal | None = None
    other_formats: dict[str, tuple[SourceFile, ...]] = field(default_factory=dict)  # kind -> what was not read


def release_dates(name: str) -> tuple[date, date]:
    """First and last day of the quarter a release is published for: RVU26C -> 1 July to 30 September 2026.

    Source: CMS, RVU file documentation (A January, AR its correction, B April, C July, D October).
    """
    match = RELEASE_NAME.fullmatch(name)
    if not match:
        raise ValueError(f"{name} is not the name of a release, as RVU26C is")
    year, quarter = 2000 + int(match[1]), "ABCD".index(match[2][0])
    last = (date(year, 3, 31), date(year, 6, 30), date(year, 9, 30), date(year, 12, 31))[quarter]
    return date(year, 3 * quarter + 1, 1), last


def kind_of(source: SourceFile) -> str | None:
    """PPRRVU, GPCI, ANES, LOCCO or OPPSCAP, by the file's name or else by its header; None for anything else."""
    if source.suffix not in FORMATS:
        return None
    for kind, (start, _) in KINDS.items():
        if re.match(start, source.name, re.IGNORECASE):
            return kind
    if source.suffix == ".txt":
        return None
    cells = {header_key(cell) for _, row in read_rows(source)[:25] for cell in row}
    words = {key for key in cells if key}
    for kind, (_, marks) in KINDS.items():
        if any(word.startswith(mark) for word in words for mark in marks):
            return kind
    return "PPRRVU" if {"HCPCS", "MOD"} <= words else None


def members(sources: Iterable[SourceFile]) -> list[tuple[str, SourceFile]]:
    """(kind, file) of everything that can be read, in the preferred format.

    Raises CmsFileError where a file given by itself is of no known kind, or nothing is left to read.
    """
    return [(kind, files[0]) for kind, files in formats(sources).items()]


def formats(sources: Iterable[SourceFile]) -> dict[str, list[SourceFile]]:
    """Kind, 'PPRRVU QPP' and 'ANES QPP' among them -> its file in each format given, the preferred one first.

    Raises CmsFileError as `members` does, and for two files of one kind in one format: two releases at once.
    """
    found: dict[str, list[SourceFile]] = {}
    names = []
    for source in sources:
        parts = unpack(source)
        for part in parts:
            names.append(part.name)
            kind = kind_of(part)
            if kind is None and len(parts) == 1:
                if part.suffix != ".xlsx":
                    decode(part)  # an empty file or a web page is named as such
                raise CmsFileError("not a PPRRVU, GPCI, ANES, LOCCO or OPPSCAP file", file=part.name)
            if kind:
                files = found.setdefault(f"{kind} QPP" if is_qpp(part) else kind, [])
                _refuse_second(kind, part, files)
                files.append(part)
    if not found:
        raise CmsFileError("no PPRRVU, GPCI, ANES, LOCCO or OPPSCAP file was found in it", file=", ".join(names[:5]))
    return {kind: sorted(files, key=lambda file: FORMATS.index(file.suffix)) for kind, files in found.items()}


def _refuse_second(kind: str, source: SourceFile, files: list[SourceFile]) -> None:
    same = next((file for file in files if file.suffix == source.suffix), None)
    if same is None:
        return
    releases = {release_name(file) or "unnamed" for file in (same, source)}
    if len(releases) > 1:
        raise CmsFileError(_several(releases), file=f"{same.name}, {source.name}")
    raise CmsFileError(f"this is a second {kind} file beside {same.name}; give one of them", file=source.name)


def _several(releases: Iterable[str]) -> str:
    return f"the files belong to several releases ({', '.join(sorted(releases))}); give one at a time"


def is_qpp(source: SourceFile) -> bool:
    """Whether this file carries the factor for qualifying APM participants (two files a release from 2026)."""
    return "qpp" in re.sub(r"non[-_ ]?qpp", "", source.stem.lower())


def release_name(source: SourceFile) -> str | None:
    """RVU26C, out of the file's own title ('2026 National ... July Release') or its name; None if neither tells.

    A correction (RVU25AR) may keep the title of what it corrects. Raises CmsFileError where title and name contradict.
    """
    title, name = _name_in_title(source), _name_in_stem(source)
    if title and name and title != name.removesuffix("R"):
        raise CmsFileError(
            f"its title says {title}, its name {name}; say with --release which one it is", file=source.name
        )
    return name or title


def _name_in_title(source: SourceFile) -> str | None:
    title = re.search(
        rb"(20\d\d) National Physician Fee Schedule Relative Value File (January|April|July|October)",
        source.data[:4000],
    )
    return f"RVU{title[1][2:].decode()}{MONTHS[title[2][:3].decode().upper()]}" if title else None


def _name_in_stem(source: SourceFile) -> str | None:
    stem = source.stem.upper()
    if match := RELEASE_NAME.search(stem):
        return match.group()
    match = re.search(r"(?:20)?(\d\d)[_ -]?(JAN|APR|JUL|OCT)", stem)
    return f"RVU{match[1]}{MONTHS[match[2]]}" if match else None


def year_of(source: SourceFile) -> str | None:
    """Two digits of the year in the name of a yearly file: GPCI2026.csv, 25LOCCO.csv."""
    match = re.search(r"20(\d\d)|^(\d\d)", source.stem)
    return (match[1] or match[2]) if match else None


def read_bundle(
    sources: Iterable[SourceFile],
    release: str | None = None,
    on_file: Callable[[str, str], None] = lambda kind, name: None,
    newest_of_year: Callable[[str], str | None] = lambda year: None,
) -> Bundle:
    """Parses everything; `release` overrides what the files say of themselves.

    `newest_of_year('26')` names the loaded release that a yearly file (GPCI2026) belongs to.
    Raises CmsFileError, and ValueError for a release name that is none.
    """
    sources = list(sources)
    found = formats(sources)
    name = release or _agreed_release([*sources, *(file for files in found.values() for file in files)], newest_of_year)
    release_dates(name)
    others = {kind: tuple(files[1:]) for kind, files in found.items() if files[1:]}
    bundle = Bundle(release=name, files=(), other_formats=others)
    for kind, read in _READERS.items():
        if kind in found:
            source = found[kind][0]
            on_file(kind, source.name)
            bundle = read(bundle, source)
    return bundle


def _agreed_release(files: list[SourceFile], newest_of_year: Callable[[str], str | None]) -> str:
    named = {name for file in files if (name := release_name(file))}
    named -= {n.removesuffix("R") for n in named if n.endswith("R")}  # a correction keeps the title it corrects
    years = {year for file in files if not release_name(file) and (year := year_of(file))}
    if not named:
        named = {n for year in years if (n := newest_of_year(year))}
    names = ", ".join(dict.fromkeys(file.name for file in files[:5]))
    if not named:
        raise CmsFileError("neither title nor name tells the release; say it with --release, as in RVU26C", file=names)
    named |= {f"20{year}" for year in years - {name[3:5] for name in named}}
    if len(named) > 1:
        raise CmsFileError(_several(named), file=names)
    return named.pop()


def _with(bundle: Bundle, kind: str, source: SourceFile, count: int, **values) -> Bundle:
    return replace(bundle, files=(*bundle.files, (kind, source, count)), **values)


def _add_pprrvu(bundle: Bundle, source: SourceFile) -> Bundle:
    rows = read_pprrvu(source)
    factors = {row.conversion_factor for row in rows}
    if len(factors) > 1:
        odd = next(row for row in rows if row.conversion_factor != rows[0].conversion_factor)
        raise CmsFileError(
            "two conversion factors in one file", file=source.name, line=odd.line, value=str(odd.conversion_factor)
        )
    if is_qpp(source):
        if bundle.rows:
            check_same_values(
                {(r.code, r.modifier): (r.work, r.nonfac_total, r.fac_total) for r in bundle.rows}, rows, source
            )
        alone = () if bundle.rows else tuple(rows)
        return _with(bundle, "PPRRVU QPP", source, len(rows), conversion_factor_qpp=factors.pop(), qpp_rows=alone)
    return _with(
        bundle, "PPRRVU", source, len(rows),
        rows=tuple(rows), conversion_factor=factors.pop(), released=_release_date(source),
    )  # fmt: skip


def check_same_values(standard: dict[tuple[str, str], tuple], rows: Sequence[PprrvuRow], source: SourceFile) -> None:
    """Raises CmsFileError unless the QPP file has the codes of the standard one and the same RVUs.

    `standard`: (code, modifier) -> (work, total non-facility, total facility).
    """
    for row in rows:
        if standard.get((row.code, row.modifier)) != (row.work, row.nonfac_total, row.fac_total):
            raise CmsFileError(
                "the QPP file gives other RVUs than the standard file", file=source.name, line=row.line, value=row.code
            )
    if len(rows) != len(standard):
        raise CmsFileError(
            f"the QPP file holds {len(rows):,} rows, the standard file {len(standard):,}; it may be cut short",
            file=source.name,
            line=rows[-1].line,
        )


def _release_date(source: SourceFile) -> date | None:
    match = re.search(rb"RELEASED (\d\d)/(\d\d)/(\d{4})", source.data[:4000])
    try:
        return date(int(match[3]), int(match[1]), int(match[2])) if match else None
    except ValueError:
        raise CmsFileError("the title's release date is no date", file=source.name, value=match[0].decode()) from None


def _add_gpci(bundle: Bundle, source: SourceFile) -> Bundle:
    rows = tuple(read_gpci(source))
    return _with(bundle, "GPCI", source, len(rows), gpci=rows)


def _add_anes(bundle: Bundle, source: SourceFile) -> Bundle:
    rows, national = read_anes(source)
    if is_qpp(source):
        factors = {(row.mac, row.number): row.factor for row in rows}
        both = tuple(replace(row, qpp=factors.get((row.mac, row.number))) for row in bundle.anes)
        return _with(bundle, "ANES QPP", source, len(rows), anes=both)
    return _with(bundle, "ANES", source, len(rows), anes=tuple(rows), national_anesthesia=national)


def _add_locco(bundle: Bundle, source: SourceFile) -> Bundle:
    rows = tuple(read_locco(source))
    return _with(bundle, "LOCCO", source, len(rows), locco=rows)


def _add_oppscap(bundle: Bundle, source: SourceFile) -> Bundle:
    rows = tuple(read_oppscap(source))
    return _with(bundle, "OPPSCAP", source, len(rows), oppscap=rows)


# In the order of reading: a QPP file adds to the standard one.
_READERS = {
    "PPRRVU": _add_pprrvu,
    "PPRRVU QPP": _add_pprrvu,
    "GPCI": _add_gpci,
    "ANES": _add_anes,
    "ANES QPP": _add_anes,
    "LOCCO": _add_locco,
    "OPPSCAP": _add_oppscap,
}
