"""OPPSCAP: imaging payments after the cap at the hospital outpatient (OPPS) amount, by locality."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from codes.cms.archive import SourceFile
from codes.cms.errors import CmsFileError
from codes.cms.pprrvu import CODE, LEGAL
from codes.cms.tables import Column, check_width, decimal, find_header, read_rows, text_lines


@dataclass(frozen=True, slots=True)
class OppsCapRow:
    """Dollars for one code, modifier and locality; status C (contractor-priced): the cap alone."""

    code: str
    modifier: str
    status: str
    mac: str
    number: str
    facility: Decimal
    nonfacility: Decimal


COLUMNS = (
    Column("code", ("HCPCS",)),
    Column("modifier", ("MOD",)),
    Column("status", ("PROCSTAT",)),
    Column("mac", ("CARRIER",)),
    Column("number", ("LOCALITY",)),
    Column("facility", ("FACILITYPRICE",)),
    Column("nonfacility", ("NONFACILTYPRICE", "NONFACILITYPRICE")),
)
CARRIER, LOCALITY = re.compile(r"\d{5}", re.ASCII), re.compile(r"\d{2}", re.ASCII)
MAX_PRICE = Decimal(100_000)
TEXT = re.compile(r"(\w{5})(..) (\w) (\d{5}) {1,3}(\d{2}) +(\d+\.\d\d) +(\d+\.\d\d)\s*")


def read_oppscap(source: SourceFile) -> list[OppsCapRow]:
    """Every row of an OPPSCAP file. Raises CmsFileError for a wrong value and for a row that stands twice."""
    seen, result = set(), []
    for line, cells in _text(source) if source.suffix == ".txt" else _table(source):
        code, modifier, status, mac, number, facility, nonfacility = cells
        row = OppsCapRow(
            code.zfill(5), modifier, status, mac.zfill(5), number.zfill(2),
            _amount(source, line, "FACILITY PRICE", facility),
            _amount(source, line, "NON-FACILITY PRICE", nonfacility),
        )  # fmt: skip
        _check_marks(source, line, row)
        key = (row.code, row.modifier, row.mac, row.number)
        if key in seen:
            raise CmsFileError(
                "this code, modifier and locality stand twice", file=source.name, line=line, value=" ".join(key)
            )
        seen.add(key)
        result.append(row)
    if not result:
        raise CmsFileError("the file holds no row", file=source.name)
    return result


def _check_marks(source: SourceFile, line: int, row: OppsCapRow) -> None:
    marks = (
        ("HCPCS", row.code, CODE.fullmatch(row.code)),
        ("MOD", row.modifier, row.modifier in LEGAL["modifier"]),
        ("PROCSTAT", row.status, row.status in LEGAL["status"]),
        ("CARRIER", row.mac, CARRIER.fullmatch(row.mac)),
        ("LOCALITY", row.number, LOCALITY.fullmatch(row.number)),
    )
    for column, value, is_known in marks:
        if not is_known:
            raise CmsFileError(
                "this value is not one CMS defines", file=source.name, line=line, column=column, value=value or "empty"
            )


def _table(source: SourceFile) -> Iterator[tuple[int, list[str]]]:
    rows = read_rows(source, places=2)
    start, positions, _, names = find_header(source, rows, COLUMNS, first=("HCPCS",))
    for line, cells in rows[start:]:
        check_width(source, line, cells, len(names))
        yield line, [cells[positions[column.field]] for column in COLUMNS]


def _text(source: SourceFile) -> Iterator[tuple[int, list[str]]]:
    for line, text in text_lines(source):
        if match := TEXT.fullmatch(text):
            yield line, [cell.strip() for cell in match.groups()]
        elif text.strip(" \x1a"):
            raise CmsFileError("this line does not have the published layout", file=source.name, line=line, value=text)


def _amount(source: SourceFile, line: int, column: str, text: str) -> Decimal:
    try:
        value = decimal(text)
    except ValueError as error:
        raise CmsFileError(str(error), file=source.name, line=line, column=column, value=text or "empty") from None
    if value.is_signed() or value >= MAX_PRICE:
        raise CmsFileError(
            "an amount can't be negative or so large", file=source.name, line=line, column=column, value=text
        )
    return value.quantize(Decimal("0.01"))
