"""A CSV or XLSX file of texts -> its rows, each with its place in the file. Nothing is looked up here."""

import csv
import io
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

import openpyxl
import tablib

from codes.cms.archive import SourceFile, is_web_page, unpack
from codes.cms.errors import CmsFileError

MAX_ROWS = 50_000  # twice the catalogue: what was exported can come back
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet takes for a formula (OWASP: CSV injection)
Line = tuple[int, list[str]]


def neutral(text: str) -> str:
    """A cell that no spreadsheet runs: an apostrophe before what begins like a formula. `typed` takes it away again."""
    return f"'{text}" if text.lstrip("'").startswith(FORMULA) else text


def typed(cell: object) -> str:
    text = "" if cell is None else str(cell).strip().replace("\r\n", "\n").replace("\r", "\n")
    return text[1:] if text.startswith("'") and text[1:].lstrip("'").startswith(FORMULA) else text


def code_of(cell: str) -> str:
    """A code as it is kept: a spreadsheet drops the zeros of 00100, and may write 99213.0."""
    key = cell.upper().removesuffix(".0")
    return key.zfill(5) if key.isdecimal() else key


@dataclass(frozen=True)
class Rows:
    """`places` are the lines of a CSV file in which the rows begin, or the rows of a sheet; `unit` is which of them."""

    headers: list[str]
    cells: list[list[str]]
    places: list[int]
    unit: str

    @property
    def codes(self) -> list[str]:
        column = self.headers.index("code")
        return [code_of(cells[column]) for cells in self.cells]

    @property
    def dataset(self) -> tablib.Dataset:
        return tablib.Dataset(*self.cells, headers=self.headers)


def read(source: SourceFile, columns: Collection[str]) -> Rows:
    """The rows of an uploaded file. Raises CmsFileError, which names the file, where it is not one of ours."""
    if source.suffix not in (".csv", ".xlsx"):
        raise CmsFileError("give a .csv or .xlsx file", file=source.name)
    unpack(source)  # refuses what is empty, broken, or would unpack to far too much
    if is_web_page(source.data):
        raise CmsFileError("this is a web page", file=source.name)
    try:
        lines = iter(_sheet(source.data) if source.suffix == ".xlsx" else _csv(source.data))
        headers = [cell.lower() for cell in next(lines, (1, []))[1]]
        _check_headers(headers, columns, source.name)
        places, cells = _body(lines, headers, source.name)
    except CmsFileError:
        raise
    except Exception as error:  # openpyxl and csv raise nearly anything at damaged bytes
        raise CmsFileError("the file can't be read as a table", file=source.name) from error
    return Rows([header for header in headers if header], cells, places, "row" if source.suffix == ".xlsx" else "line")


def _check_headers(headers: list[str], columns: Collection[str], file: str) -> None:
    if "code" not in headers:
        raise CmsFileError("the first line names no column 'code'", file=file, line=1)
    for number, header in enumerate(headers):
        if header and header not in columns:
            raise CmsFileError(f"unknown column; known are {', '.join(columns)}", file=file, line=1, column=header)
        if header and header in headers[:number]:
            raise CmsFileError("two columns have this name", file=file, line=1, column=header)


def _body(lines: Iterable[Line], headers: list[str], file: str) -> tuple[list[int], list[list[str]]]:
    """Rows that hold anything, each as long as the headings; a column without a heading is to be empty."""
    places, rows = [], []
    for place, cells in lines:
        if not any(cells):
            continue
        if any(cell for i, cell in enumerate(cells) if i >= len(headers) or not headers[i]):
            raise CmsFileError("a cell stands in no column: the first line names none for it", file=file, line=place)
        places.append(place)
        rows.append([cells[i] if i < len(cells) else "" for i, header in enumerate(headers) if header])
        if len(rows) > MAX_ROWS:
            raise CmsFileError(f"more than {MAX_ROWS:,} rows", file=file)
    return places, rows


def _csv(data: bytes) -> Iterator[Line]:
    text = _decoded(data)
    head = text.partition("\n")[0]
    # Excel parts the cells by semicolons where the comma is the decimal sign.
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count))
    begins = 1
    for cells in rows:
        yield begins, [typed(cell) for cell in cells]
        begins = rows.line_num + 1


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")  # Excel's "CSV" on Windows


def _sheet(data: bytes) -> Iterator[Line]:
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
    for place, cells in enumerate(book.active.iter_rows(values_only=True), start=1):
        yield place, [typed(cell) for cell in cells]
