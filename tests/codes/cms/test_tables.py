"""Files as people save them: from Excel, with a stray quote, under a wrong name."""

import io
import zipfile
from datetime import date

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from codes.cms.archive import SourceFile, unpack
from codes.cms.bundle import read_bundle
from codes.cms.errors import CmsFileError
from codes.cms.localities import read_gpci
from codes.cms.pprrvu import read_pprrvu
from codes.cms.tables import read_rows
from tests.codes.small import GPCI_HEADER, HEADER, pprrvu_row

ROWS = [pprrvu_row(code, 1.92, text="words") for code in ("99211", "99212", "99213", "99214", "99215")]
GPCI = GPCI_HEADER.split(",")


def a_csv(*rows: str) -> SourceFile:
    return SourceFile("PPRRVU25_OCT.csv", "\r\n".join([HEADER, *rows, ""]).encode())


def a_workbook(name: str = "GPCI2025.xlsx", **sheets) -> SourceFile:
    """Sheets by name: rows, or a function that fills the sheet."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, content in sheets.items():
        sheet = book.create_sheet(title)
        if callable(content):
            content(sheet)
        else:
            for row in content:
                sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return SourceFile(name, buffer.getvalue())


def refusal(source: SourceFile, read=read_pprrvu) -> CmsFileError:
    with pytest.raises(CmsFileError) as caught:
        read(source)
    assert len(str(caught.value).splitlines()) == 1 and str(caught.value).startswith(source.name)
    return caught.value


@pytest.mark.parametrize(
    "opens, closes, line, problem",
    [(2, None, 4, "never closed"), (2, 3, 4, "swallows the lines below"), (0, 4, 2, "swallows"), (4, None, 6, "never closed")],
)  # fmt: skip
def test_a_stray_quote_is_named_where_it_opens(opens, closes, line, problem):
    rows = list(ROWS)
    rows[opens] = rows[opens].replace("words", '"words')
    if closes:
        rows[closes] = rows[closes].replace("words", 'words"')
    error = refusal(a_csv(*rows))
    assert error.line == line and problem in error.problem


def test_a_note_over_two_lines_and_a_doubled_quote_are_no_stray_quotes():
    source = SourceFile("a.csv", b'"A note,\r\nand its end.",x\r\n"12"" ruler",y\r\n')
    assert read_rows(source) == [(1, ["A note,\r\nand its end.", "x"]), (3, ['12" ruler', "y"])]


@pytest.mark.parametrize("separator, name", [(";", "semicolons"), ("\t", "tabs"), ("|", "bars")])
def test_other_separators_are_named(separator, name):
    source = a_csv(*ROWS)
    error = refusal(SourceFile(source.name, source.data.replace(b",", separator.encode())))
    assert (error.line, error.problem) == (1, f"{name} stand between the cells; save the file with commas")


PAGES = {
    "a page": b"<html><body>404</body></html>",
    "with a long comment before it": b"\n<!-- " + b"x" * 3000 + b" -->\n<html></html>",
    "a fragment": b'<div class="error">Not found</div>\n',
    "UTF-16": "<html><body>404</body></html>".encode("utf-16"),
    "bytes that are no text": b"\xef\xbb\xbf\r\n<!DOCTYPE html><html>\x81\x00</html>",
    "an answer of the store": b'<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>',
}


@pytest.mark.parametrize(
    "name", ["PPRRVU26.csv", "PPRRVU26.txt", "PPRRVU26.xlsx", "RVU26C.zip", "RVU26C.pdf", "rvu26c"]
)
@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_a_web_page_is_known_before_all_else(name, page):
    with pytest.raises(CmsFileError, match="this is a web page, not a CMS file"):
        read_bundle([SourceFile(name, page)], "RVU26C")


def test_what_bears_a_wrong_name_is_called_what_it_is(cms):
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("RVU25D.zip", zipped.getvalue() + b"PK\x03\x04" + bytes(100))
    workbook = (cms / "rvu25d" / "ANES2025.xlsx").read_bytes()
    for name, data, problem in (
        ("PPRRVU26.csv", workbook, "an Excel workbook; its name must end in .xlsx"),
        ("PPRRVU26.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "protected by a password"),
        ("PPRRVU26.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "an old format"),
        ("PPRRVU26.csv", b"\x1f\x8b\x08" + bytes(60), "gzip"),
        ("RVU26C.zip", zipped.getvalue(), "an archive within an archive"),
    ):
        with pytest.raises(CmsFileError, match=problem):
            read_bundle([SourceFile(name, data)], "RVU26C")


def test_numbers_that_excel_holds_inexactly_are_those_cms_printed():
    source = a_workbook("a.xlsx", Sheet1=[["a", "b", "c"], [1.9200000000000002, 0.1 + 0.2, 99214]])
    assert read_rows(source)[1] == (2, ["1.92", "0.3", "99214"])


def test_a_day_of_a_workbook_is_eight_digits():
    assert read_rows(a_workbook("a.xlsx", Sheet1=[["added"], [date(2026, 1, 1)]]))[1] == (2, ["20260101"])


DATA = [["CY 2025"], [], GPCI, ["10112", "AL", "00", "ALABAMA", 1, 0.869, 0.575], ["02102", "AK", 1, "ALASKA*", 1.5, 1.081, 0.592]]  # fmt: skip


@pytest.mark.parametrize("name", ["Sheet1", "GPCI 2025", "x"])
def test_the_sheet_may_have_any_name_and_stand_behind_a_cover(name):
    places = read_gpci(a_workbook(**{name: DATA}))
    assert [place.mac for place in places] == ["10112", "02102"]
    assert read_gpci(a_workbook(Cover=[["Read me"]], **{name: DATA})) == places


def test_a_hidden_sheet_does_not_count():
    def hidden(sheet: Worksheet) -> None:
        sheet.sheet_state = "hidden"
        for row in DATA * 3:
            sheet.append(row)

    assert len(read_gpci(a_workbook(Old=hidden, New=DATA))) == 2


def test_a_title_merged_over_its_columns_is_no_header():
    def merged(sheet: Worksheet) -> None:
        for row in DATA:
            sheet.append(row)
        sheet.merge_cells("A1:G1")

    assert len(read_gpci(a_workbook(New=merged))) == 2


def test_a_formula_without_its_result_is_named():
    rows = [*DATA[:3], ["10112", "AL", "00", "ALABAMA", "=1+0", 0.869, 0.575]]
    error = refusal(a_workbook(Sheet1=rows), read_gpci)
    assert (error.line, error.column) == (4, "work GPCI")


def test_a_zip_with_a_password_is_named(tmp_path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("PPRRVU26.csv", b"a,b\n")
    data = bytearray(buffer.getvalue())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + at] |= 1
    assert refusal(SourceFile("RVU26C.zip", bytes(data)), unpack).problem == "the archive is protected by a password"
