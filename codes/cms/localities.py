"""The locality files of a bundle: GPCI, anesthesia conversion factors (ANES) and counties (LOCCO).

A locality is named by its Medicare Administrative Contractor (five digits) and its number (two digits).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from codes.cms.archive import SourceFile
from codes.cms.errors import CmsFileError
from codes.cms.tables import Column, Row, decimal, find_header, header_key, read_rows, text_lines


@dataclass(frozen=True, slots=True)
class Gpci:
    """Geographic practice cost indices of one locality; `state` is '' where the file has no such column."""

    mac: str
    number: str
    name: str
    state: str
    work: Decimal
    pe: Decimal
    mp: Decimal


@dataclass(frozen=True, slots=True)
class AnesthesiaFactor:
    """Dollars per anesthesia unit in one locality; `qpp` for qualifying APM participants, from 2026."""

    mac: str
    number: str
    name: str
    factor: Decimal
    qpp: Decimal | None


@dataclass(frozen=True, slots=True)
class LocalityCounties:
    """The counties of one locality, as CMS words them."""

    mac: str
    number: str
    state: str
    area: str
    counties: str


MAC = ("MEDICAREADMINISTRATIVECONTRACTOR", "MEDICAREADMINSTRATIVECONTRACTOR", "MAC", "CONTRACTOR")
GPCI_COLUMNS = (
    Column("mac", MAC),
    Column("state", ("STATE",), required=False),
    Column("number", ("LOCALITYNUMBER", "LOCALITY")),
    Column("name", ("LOCALITYNAME",)),
    Column("work", ("PWGPCI", "GPCIWORK")),
    Column("pe", ("PEGPCI", "GPCIPE")),
    Column("mp", ("MPGPCI", "GPCIMP")),
)
ANES_COLUMNS = (
    Column("mac", MAC),
    Column("number", ("LOCALITY", "LOCALITYNUMBER")),
    Column("name", ("LOCALITYNAME",)),
)
LOCCO_COLUMNS = (
    Column("mac", MAC),
    Column("number", ("LOCALITYNUMBER",)),
    Column("state", ("STATE",)),
    Column("area", ("FEESCHEDULEAREA",)),
    Column("counties", ("COUNTIES",)),
)
FIRST = tuple(MAC)

GPCI_TEXT = re.compile(r"(?P<mac>\d{5})\s+(?P<state>[A-Z]{2})\s+(?P<number>\d{2})\s+(?P<name>\S(?:(?!\d\.\d{3}).)*?)\s+(?P<work>\d\.\d{3})\s+(?P<pe>\d\.\d{3})\s+(?P<mp>\d\.\d{3})\s*")  # fmt: skip
LOCCO_TEXT = re.compile(r"\s*(?P<mac>\d{5})\s+(?P<number>\d{2})\s{4}(?P<state>.{22}) (?P<area>\S.*?)\s{2,}(?P<counties>\S.*?)\s*")  # fmt: skip
IN_COLUMNS = re.compile(r"\S\s{3,}\d\d\s{2,}\S")  # a locality's number between other columns, as in no title or note
ANES_TEXT = re.compile(r"(?P<mac>\d{5})\s+(?P<number>\d{2})\s+(?P<name>\S.*?)\s+(?P<factor>\d{4})\s*")


def read_gpci(source: SourceFile) -> list[Gpci]:
    """Every locality of a GPCI file; footnotes are left out, and the asterisks that point to them."""
    rows = _matches(source, GPCI_TEXT) if source.suffix == ".txt" else _table(source, GPCI_COLUMNS, places=3)
    return _unique(
        source,
        (
            (
                line,
                Gpci(
                    *_place(cells),
                    cells.get("state", ""),
                    *(_index(source, line, cells, k) for k in ("work", "pe", "mp")),
                ),
            )
            for line, cells in rows
        ),
    )


def read_anes(source: SourceFile) -> tuple[list[AnesthesiaFactor], Decimal | None]:
    """Every locality's anesthesia factor, and the national factor where the header names it."""
    if source.suffix == ".txt":
        rows = _matches(source, ANES_TEXT)
        factors = [
            (line, AnesthesiaFactor(*_place(cells), Decimal(cells["factor"]) / 100, None)) for line, cells in rows
        ]
        return _unique(source, factors), None
    rows = read_rows(source, places=2)
    start, positions, extra, names = find_header(source, rows, ANES_COLUMNS, first=FIRST)
    columns = {name: at for name, at in extra.items() if re.search("CF|CONVFACTOR|CONVERSIONFACTOR", header_key(name))}
    qpp = next((name for name in columns if _is_qpp(name)), None)
    standard = next((name for name in columns if name != qpp), None)
    if standard is None:
        raise CmsFileError("the column of conversion factors is missing", file=source.name, line=rows[start - 1][0])
    national = re.search(r"\d+\.\d+", standard)
    factors = []
    for line, cells in _records(source, rows[start:], positions | columns, len(names)):
        value = _dollars(source, line, cells[standard], standard)
        factors.append(
            (line, AnesthesiaFactor(*_place(cells), value, _dollars(source, line, cells[qpp], qpp) if qpp else None))
        )
    return _unique(source, factors), Decimal(national.group()) if national else None


def read_locco(source: SourceFile) -> list[LocalityCounties]:
    """Counties by locality. A state stands only on its first row; the rows below it belong to it, to the next blank one.

    State is '' where the file has none: the 2025 txt leaves out California's. One contractor and number may stand twice, with different counties.
    """
    rows = _matches(source, LOCCO_TEXT) if source.suffix == ".txt" else _table(source, LOCCO_COLUMNS)
    state, above, result = "", 0, []
    for line, cells in rows:
        state = cells["state"].strip() or (state if line == above + 1 else "")
        above = line
        result.append(LocalityCounties(*_place(cells)[:2], state, cells["area"].strip("* "), cells["counties"]))
    if not result:
        raise CmsFileError("the file holds no locality", file=source.name)
    return result


def _is_qpp(name: str) -> bool:
    key = header_key(name.replace("(", " ").replace(")", " "))
    return "QPP" in key and "NONQPP" not in key


def _table(source: SourceFile, columns: tuple[Column, ...], places: int = 0) -> Iterator[tuple[int, dict[str, str]]]:
    rows = read_rows(source, places)
    start, positions, _, names = find_header(source, rows, columns, first=FIRST)
    return _records(source, rows[start:], positions, len(names))


def _records(
    source: SourceFile, rows: list[Row], positions: dict[str, int], width: int
) -> Iterator[tuple[int, dict[str, str]]]:
    last = max(positions.values())
    for line, cells in rows:
        mac = cells[positions["mac"]] if positions["mac"] < len(cells) else ""
        if not re.fullmatch(r"\d{4,5}", mac, re.ASCII):
            if mac.isdigit() or sum(map(bool, cells)) > 1:
                raise CmsFileError("this is not a contractor number", file=source.name, line=line, value=mac or "empty")
            continue  # a footnote
        if not last < len(cells) <= width:
            raise CmsFileError(f"{len(cells)} columns instead of {width}", file=source.name, line=line)
        number = cells[positions["number"]]
        if not re.fullmatch(r"\d{1,2}", number, re.ASCII):
            raise CmsFileError("this is not a locality's number", file=source.name, line=line, value=number or "empty")
        yield line, {name: cells[position] for name, position in positions.items()}


def _matches(source: SourceFile, pattern: re.Pattern) -> Iterator[tuple[int, dict[str, str]]]:
    for line, text in text_lines(source):
        if match := pattern.fullmatch(text):
            yield line, match.groupdict()
        elif re.match(r"\s*\d", text) or IN_COLUMNS.search(text):
            raise CmsFileError("this line does not have the published layout", file=source.name, line=line, value=text)


def _place(cells: dict[str, str]) -> tuple[str, str, str]:
    return cells["mac"].zfill(5), cells["number"].zfill(2), cells.get("name", "").strip("* ")


def _index(source: SourceFile, line: int, cells: dict[str, str], name: str) -> Decimal:
    text, column = cells[name], f"{name} GPCI"
    value = _number(source, line, text, column)
    if not Decimal("0.1") <= value <= 3:
        raise CmsFileError("a GPCI lies between 0.1 and 3", file=source.name, line=line, column=column, value=text)
    return value.quantize(Decimal("0.001"))


def _dollars(source: SourceFile, line: int, text: str, column: str) -> Decimal:
    value = _number(source, line, text, column)
    if not 5 <= value <= 100:
        raise CmsFileError("this is no anesthesia factor", file=source.name, line=line, column=column, value=text)
    return value.quantize(Decimal("0.01"))


def _number(source: SourceFile, line: int, text: str, column: str) -> Decimal:
    try:
        return decimal(text)
    except ValueError as error:
        raise CmsFileError(str(error), file=source.name, line=line, column=column, value=text or "empty") from None


def _unique(source: SourceFile, numbered) -> list:
    # CMS's 2026 list gives one contractor and number to two states (05102 00), so the state is part of the key.
    seen, result = set(), []
    for line, record in numbered:
        key = (record.mac, record.number, getattr(record, "state", ""))
        if key in seen:
            raise CmsFileError(
                "this locality stands twice", file=source.name, line=line, value=record.mac + record.number
            )
        seen.add(key)
        result.append(record)
    if not result:
        raise CmsFileError("the file holds no locality", file=source.name)
    return result
