"""csv, xlsx and fixed-width files as numbered rows of stripped text cells, and columns found by name."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from codes.cms.archive import SourceFile, disguise, unpack
from codes.cms.errors import CmsFileError

NUMBER = re.compile(r"-?(\d+\.?\d*|\.\d+)", re.ASCII)
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f]")
SWALLOWED = re.compile(r"\n\s*[0-9A-Z]{4,5} *,")  # a line of figures within a cell
Row = tuple[int, list[str]]  # line number from 1, cells


@dataclass(frozen=True)
class Column:
    """A field of ours and the header names that CMS has given it, normalised by `header_key`."""

    field: str
    names: tuple[str, ...]
    required: bool = True


def header_key(text: str) -> str:
    """'NON-FAC PE RVU' and 'non_fac_pe_rvu' are one column; years and remarks in brackets do not count."""
    return re.sub(r"\(.*?\)|^\s*20\d\d|[^A-Z0-9]", "", text.upper())


def decode(source: SourceFile) -> str:
    """Text of a CMS file: UTF-8, or the Windows code page of the older ones.

    Raises CmsFileError for an empty file, a web page, and bytes that are neither.
    """
    data = source.data
    if not data.strip():
        raise CmsFileError("the file is empty", file=source.name)
    if what := disguise(data):
        raise CmsFileError(what, file=source.name)
    if data.startswith(b"PK"):
        raise CmsFileError(
            "this is an archive within an archive or under another name; unpack it first", file=source.name
        )
    if b"\0" in data or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        line = data[: data.find(b"\0")].count(b"\n") + 1
        raise CmsFileError(
            "wrong encoding: not the UTF-8 or Windows-1252 text CMS publishes", file=source.name, line=line
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise CmsFileError(
            "wrong encoding: neither UTF-8 nor Windows-1252", file=source.name, line=line, value=repr(data[error.start])
        ) from error


def text_lines(source: SourceFile) -> Iterator[tuple[int, str]]:
    """Numbered lines of a fixed-width file. Only a line feed ends one, as in an editor; an end-of-file mark is left out."""
    for number, line in enumerate(decode(source).split("\n"), start=1):
        if line := line.rstrip("\r").strip("\x1a"):
            if control := CONTROL.search(line):
                problem = "a control character stands within the line; is its end damaged?"
                raise CmsFileError(problem, file=source.name, line=number, value=control.group())
            yield number, line


def read_rows(source: SourceFile, places: int = 0) -> list[Row]:
    """All rows of a csv or xlsx file; cells stripped, blank rows and end-of-file marks (\\x1a) left out.

    Raises CmsFileError for a file that can't be read, and for a csv whose last line has no end and stops
    within a number of so many decimal `places`: it was cut short on its way here.
    """
    is_workbook = source.suffix in (".xlsx", ".xls")
    rows = list(_xlsx_rows(source) if is_workbook else _csv_rows(source))
    data = source.data.rstrip(b"\x1a")
    if places and not is_workbook and not re.search(rb"(\n|\.\d{%d})$" % places, data):
        raise CmsFileError("the last line is cut short", file=source.name, line=data.count(b"\n") + 1)
    return [(number, cells) for number, cells in rows if any(cells) and cells[0] != "\x1a"]


def _csv_rows(source: SourceFile) -> Iterator[Row]:
    text = decode(source)
    _refuse_other_separator(source, text)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    start = 1
    try:
        for cells in reader:
            if reader.line_num > start and any(map(SWALLOWED.search, cells)):
                raise CmsFileError("a quote opens here and swallows the lines below", file=source.name, line=start)
            yield start, list(map(str.strip, cells))
            start = reader.line_num + 1
    except csv.Error as error:
        problem = (
            "a quote opens here and is never closed" if "end of data" in str(error) else f"not a csv file: {error}"
        )
        raise CmsFileError(problem, file=source.name, line=start) from error


def _refuse_other_separator(source: SourceFile, text: str) -> None:
    for line, start in enumerate(text[:8000].split("\n"), start=1):
        for separator, name in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
            if start.count(separator) > max(2, start.count(",")):
                raise CmsFileError(
                    f"{name} stand between the cells; save the file with commas", file=source.name, line=line
                )


def _xlsx_rows(source: SourceFile) -> Iterator[Row]:
    unpack(source)  # refuses a bomb before the workbook is opened
    try:
        rows = _main_sheet(CalamineWorkbook.from_filelike(io.BytesIO(source.data))).to_python(skip_empty_area=False)
    except (CalamineError, OSError, ValueError) as error:
        raise CmsFileError(f"the workbook can't be read: {error}", file=source.name) from error
    for number, row in enumerate(rows, start=1):
        yield number, [_cell_text(cell) for cell in row]


def _main_sheet(workbook: CalamineWorkbook) -> CalamineSheet:
    """The longest of the sheets that are shown: a cover or a hidden sheet may stand before it."""
    shown = [sheet.name for sheet in workbook.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
    return max(map(workbook.get_sheet_by_name, shown or workbook.sheet_names[:1]), key=lambda sheet: sheet.total_height)


def _cell_text(cell: object) -> str:
    if isinstance(cell, float):
        # Ten digits: a workbook's 1.9200000000000002 is the 1.92 that CMS wrote.
        return str(int(cell)) if cell.is_integer() else f"{cell:.10g}"
    if isinstance(cell, (date, datetime)):
        return cell.strftime("%Y%m%d")
    return str(cell).strip() if cell is not None else ""


def find_header(
    source: SourceFile, rows: Sequence[Row], columns: Sequence[Column], first: tuple[str, ...]
) -> tuple[int, dict[str, int], dict[str, int], list[str]]:
    """Where the data starts and which column holds which field.

    CMS stacks a header over several rows: the names are read downwards, ending in the row that holds one
    of `first`. Returns (index of the first data row, field -> position, unknown header ->
    position, header names by position). Raises CmsFileError for a missing or duplicated column.
    """
    index = next((i for i, (_, cells) in enumerate(rows) if any(header_key(cell) in first for cell in cells)), None)
    if index is None:
        raise CmsFileError("no header row was found; is this the file CMS publishes?", file=source.name)
    names = stacked_names(rows, index)
    line = rows[index][0]
    known = {name: column.field for column in columns for name in column.names}
    found: dict[str, int] = {}
    extra: dict[str, int] = {}
    for position, name in enumerate(names):
        key = header_key(name)
        field = known.get(key)
        if field is None:
            if key:
                extra[name] = position
        elif field in found:
            raise CmsFileError("this column stands twice", file=source.name, line=line, column=name)
        else:
            found[field] = position
    for column in columns:
        if column.required and column.field not in found:
            raise CmsFileError("this column is missing", file=source.name, line=line, column=column.names[0], value="")
    return index + 1, found, extra, names


def stacked_names(rows: Sequence[Row], index: int) -> list[str]:
    """Header names read downwards; a title line (only its description cell filled) ends the stack."""
    top = index
    while top > 0 and sum(map(bool, rows[top - 1][1])) > 1:
        top -= 1
    width = len(rows[index][1])
    stack = [cells + [""] * (width - len(cells)) for _, cells in rows[top : index + 1]]
    return [" ".join(" ".join(cells[i] for cells in stack).split()) for i in range(width)]


def decimal(text: str) -> Decimal:
    """The number CMS printed. Raises ValueError for what Decimal takes besides: NaN, 1_000, 1E3."""
    if not NUMBER.fullmatch(text):
        raise ValueError("this is not a number")
    return Decimal(text)


def check_width(source: SourceFile, line: int, cells: Iterable[str], width: int) -> None:
    count = len(list(cells))
    if count != width:
        raise CmsFileError(
            f"{count} columns instead of {width}; the file may be cut short", file=source.name, line=line
        )
