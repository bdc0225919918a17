"""PPRRVU: every figure as CMS printed it, and one line for whatever can't be right."""

import csv
from dataclasses import fields, replace
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codes.cms.archive import SourceFile
from codes.cms.errors import CmsFileError
from codes.cms.pprrvu import PprrvuRow, read_pprrvu

PUBLISHED = [
    ("rvu22a/PPRRVU22_JAN.csv", 17600),
    ("rvu25d/PPRRVU2025_Oct.csv", 19090),
    ("rvu25d/PPRRVU2025_Oct.txt", 19090),
    ("rvu25d/PPRRVU2025_Oct.xlsx", 19090),
    ("rvu26c/PPRRVU2026_Jul_nonQPP.csv", 19356),
    ("history/pprrvu_rvu20a_jan.csv", 17236),
    ("history/pprrvu_rvu21a_jan.csv", 17327),
    ("history/pprrvu_rvu23a_jan.csv", 18010),
    ("history/pprrvu_rvu24a_jan.csv", 18499),
    ("history/pprrvu_rvu24c_jul.csv", 18664),
]
RVUS = ("work", "nonfac_pe", "fac_pe", "mp", "nonfac_total", "fac_total")
HEADER = (
    "HCPCS,MOD,DESCRIPTION,STATUS CODE,NOT USED FOR MEDICARE PAYMENT,WORK RVU,NON-FAC PE RVU,NON-FAC NA INDICATOR,"
    "FACILITY PE RVU,FACILITY NA INDICATOR,MP RVU,NON-FACILITY TOTAL,FACILITY TOTAL,PCTC IND,GLOB DAYS,PRE OP,INTRA OP,"
    "POST OP,MULT PROC,BILAT SURG,ASST SURG,CO- SURG,TEAM SURG,ENDO BASE,CONV FACTOR,PHYSICIAN SUPERVISION OF DIAGNOSTIC "
    "PROCEDURES,CALCULATION FLAG,DIAGNOSTIC IMAGING FAMILY INDICATOR,NON-FACILITY PE USED FOR OPPS PAYMENT AMOUNT,"
    "FACILITY PE USED FOR OPPS PAYMENT AMOUNT,MP USED FOR OPPS PAYMENT AMOUNT"
)
FIRST_ROW = "99214,,,A,,1.92,2.00,,0.47,,0.14,4.06,2.53,0,XXX,0.00,0.00,0.00,0,0,0,0,0,,32.3465,09,0,99,0.00,0.00,0.00"
NAMES = HEADER.split(",")
VISIT = dict(zip(NAMES, FIRST_ROW.split(","), strict=True))


def a_file(*changes: dict, names: list[str] = NAMES) -> SourceFile:
    """A header and a row for each of `changes`, which say how it differs from an office visit."""
    rows = [names, *([(VISIT | change).get(name, "") for name in names] for change in changes)]
    return SourceFile("PPRRVU25_OCT.csv", "".join(",".join(row) + "\r\n" for row in rows).encode())


SMALL = a_file({}, {"HCPCS": "70553", "MOD": "26"}, {"HCPCS": "G0101", "NON-FAC NA INDICATOR": "NA"})


def refusal(source: SourceFile) -> CmsFileError:
    with pytest.raises(CmsFileError) as caught:
        read_pprrvu(source)
    assert len(str(caught.value).splitlines()) == 1
    assert str(caught.value).startswith(source.name)
    return caught.value


@cache
def published(path: Path) -> list[PprrvuRow]:
    return read_pprrvu(SourceFile(path.name, path.read_bytes()))


def agrees(value, printed: str) -> bool:
    """Whether this is what the cell says; a figure that CMS does not give is printed as zero."""
    match value:
        case None:
            return Decimal(printed) == 0
        case bool():
            return value == (printed in ("NA", "+"))
        case Decimal():
            return value == Decimal(printed)
    return value == printed


@pytest.mark.parametrize("path, count", PUBLISHED)
def test_every_published_file_reads_whole(cms, path, count):
    rows = published(cms / path)
    assert len(rows) == count
    assert len({(row.code, row.modifier) for row in rows}) == count


@pytest.mark.parametrize("suffix", [".txt", ".xlsx"])
def test_the_formats_of_one_release_give_equal_rows(cms, suffix):
    path = cms / "rvu25d" / "PPRRVU2025_Oct.csv"
    other = published(path.with_suffix(suffix))
    assert [replace(row, line=0) for row in other] == [replace(row, line=0) for row in published(path)]


@pytest.mark.parametrize("path, columns", [(PUBLISHED[0][0], 31), (PUBLISHED[1][0], 31), (PUBLISHED[4][0], 32)])
def test_every_cell_is_read_as_it_is_printed(cms, path, columns):
    names = [item.name for item in fields(PprrvuRow)[1:-1] if item.name != "pric_ind" or columns == 32]
    rows = {row.line: row for row in published(cms / path)}
    reader = csv.reader((cms / path).open(encoding="cp1252", newline=""))
    for cells in reader:
        if row := rows.pop(reader.line_num, None):
            pairs = zip(names, [cell.strip(" \xa0") for cell in cells], strict=True)
            assert not [name for name, cell in pairs if not agrees(getattr(row, name), cell)], row
    assert not rows


def test_an_office_visit_of_2026(cms):
    row = next(row for row in published(cms / PUBLISHED[4][0]) if row.code == "99214")
    assert [getattr(row, name) for name in RVUS] == [
        Decimal("1.92"),
        Decimal("2.00"),
        Decimal("0.47"),
        Decimal("0.14"),
        Decimal("4.06"),
        Decimal("2.53"),
    ]
    assert (row.status, row.global_days, row.conversion_factor) == ("A", "XXX", Decimal("33.4009"))


def test_na_stays_a_flag_beside_its_figure():
    row, other = read_pprrvu(a_file({"NON-FAC NA INDICATOR": "NA"}, {"HCPCS": "99215", "FACILITY NA INDICATOR": "NA"}))
    assert (row.nonfac_na, row.nonfac_pe, row.fac_na) == (True, Decimal("2.00"), False)
    assert (other.nonfac_na, other.fac_na) == (False, True)


@pytest.mark.parametrize("path", [path for path, _ in PUBLISHED])
def test_a_contractor_priced_service_has_no_rvus(cms, path):
    contractor = [row for row in published(cms / path) if row.status == "C"]
    assert len(contractor) > 500
    assert {getattr(row, name) for row in contractor for name in RVUS} == {None}


def test_no_work_is_zero_where_other_rvus_are_given():
    [row] = read_pprrvu(a_file({"WORK RVU": "0.00", "NON-FACILITY TOTAL": "2.14", "FACILITY TOTAL": "0.61"}))
    assert row.work == 0


def test_a_column_we_do_not_know_is_kept():
    [row] = read_pprrvu(a_file({"NEW IN 2031": "x"}, names=[*NAMES, "NEW IN 2031"]))
    assert row.extra == {"NEW IN 2031": "x"}


def test_leading_zeros_that_a_spreadsheet_dropped_come_back():
    lost = {"HCPCS": "100", "GLOB DAYS": "10", "PHYSICIAN SUPERVISION OF DIAGNOSTIC PROCEDURES": "9"}
    [row] = read_pprrvu(a_file(lost))
    assert (row.code, row.global_days, row.supervision) == ("00100", "010", "09")


@pytest.mark.parametrize(
    "column, value, problem",
    [
        ("WORK RVU", "abc", "not a number"),
        ("WORK RVU", "NaN", "not a number"),
        ("WORK RVU", "1_9", "not a number"),
        ("WORK RVU", "NA", "NA stands where"),
        ("MP RVU", "-0.14", "negative"),
        ("CONV FACTOR", "-32.3465", "negative"),
        ("FACILITY PE RVU", "0.471", "more decimal places"),
        ("STATUS CODE", "Z", "not one CMS defines"),
        ("PCTC IND", "x", "not one CMS defines"),
        ("GLOB DAYS", "091", "not one CMS defines"),
        ("BILAT SURG", "7", "not one CMS defines"),
        ("NON-FAC NA INDICATOR", "N/A", "not one CMS defines"),
        ("MOD", "50", "not one CMS defines"),
        ("HCPCS", "9921", "twice"),
        ("HCPCS", "992145", "five-character"),
        ("ENDO BASE", "4537", "five-character"),
    ],
)  # fmt: skip
def test_a_wrong_cell_is_named(column, value, problem):
    error = refusal(a_file({"HCPCS": "09921"}, {column: value}))
    assert (error.line, error.column) == (3, column)
    assert value in error.value or value.zfill(5) in error.value
    assert problem in error.problem


def test_an_empty_figure_is_no_zero():
    error = refusal(a_file({"MP RVU": ""}))
    assert (error.line, error.column, error.value) == (2, "MP RVU", "empty")


def test_the_first_wrong_line_is_the_one_named():
    assert refusal(a_file({}, {"TEAM SURG": "x"}, {"WORK RVU": "x"})).line == 3


@pytest.mark.parametrize("column", ["NON-FACILITY TOTAL", "FACILITY TOTAL"])
def test_a_total_may_be_a_cent_off_and_no_more(column):
    for sign in (1, -1):
        assert read_pprrvu(a_file({column: str(Decimal(VISIT[column]) + sign * Decimal("0.01"))}))
        error = refusal(a_file({}, {"HCPCS": "99215", column: str(Decimal(VISIT[column]) + sign * Decimal("0.02"))}))
        assert (error.line, error.column) == (3, column)
        assert "total is not work + PE + MP" in error.problem


def test_a_code_may_stand_once_for_each_modifier():
    assert len(read_pprrvu(a_file({"MOD": "26"}, {"MOD": "TC"}, {}))) == 3
    error = refusal(a_file({"MOD": "26"}, {}, {"MOD": "26"}))
    assert (error.line, error.column, error.value) == (4, "HCPCS", "99214 26")


@pytest.mark.parametrize("name", [name for name in NAMES if name != "HCPCS"])
def test_a_missing_or_doubled_column_is_named(name):
    missing = refusal(a_file({}, names=[other for other in NAMES if other != name]))
    assert missing.line == 1
    assert missing.column == "".join(filter(str.isalnum, name))
    doubled = refusal(a_file({}, names=[*NAMES, name]))
    assert (doubled.line, doubled.column, doubled.problem) == (1, name, "this column stands twice")


@pytest.mark.parametrize(
    "at, problem", [(b",4.06", "11 columns instead of 31"), (b"0\r\n", "cut short"), (b"9,0,99", "cut short")]
)
def test_a_truncated_file_names_its_line(at, problem):
    whole = a_file({}, {"HCPCS": "99215"})
    error = refusal(SourceFile(whole.name, whole.data.rpartition(at)[0]))
    assert problem in error.problem
    assert error.line == 3


@pytest.mark.parametrize("keep", [60, 170])
def test_a_truncated_txt_names_its_line(cms, keep):
    lines = (cms / "rvu25d" / "PPRRVU2025_Oct.txt").read_bytes().splitlines(keepends=True)[:12]
    error = refusal(SourceFile("cut.txt", b"".join(lines[:-1]) + lines[-1][:keep]))
    assert error.line == 12
    assert f"{keep} characters" in error.problem


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_a_wrong_encoding(encoding):
    error = refusal(SourceFile("a.csv", SMALL.data.decode().encode(encoding)))
    assert "wrong encoding" in error.problem
    assert error.line == 1


def test_a_byte_that_windows_does_not_define_is_named():
    error = refusal(SourceFile("a.csv", SMALL.data.replace(b"70553,26,", b"70553,26,\x81")))
    assert "wrong encoding" in error.problem
    assert (error.line, error.value) == (3, "129")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_both_encodings_of_cms_are_read(encoding):
    source = a_file({"DESCRIPTION": "é"})
    [row] = read_pprrvu(SourceFile("a.csv", source.data.decode().encode(encoding)))
    assert row.descriptor == "é"


@pytest.mark.parametrize("name", ["a.csv", "a.txt", "a.xlsx"])
@pytest.mark.parametrize(
    "data, problem",
    [(b"", "empty"), (b"<!DOCTYPE html>\n<html><body>404 Not Found</body></html>\n", "web page")],
)
def test_an_empty_file_and_a_saved_error_page_are_called_so(name, data, problem):
    assert problem in refusal(SourceFile(name, data)).problem


def test_a_file_without_header_or_without_rows_is_refused():
    assert "no header row" in refusal(SourceFile("a.csv", b"to,whom,it,may,concern\n")).problem
    assert "header and no rows" in refusal(a_file()).problem


@pytest.mark.parametrize("damage", ["cut", "overwritten", "another zip"])
def test_a_corrupt_workbook_is_refused(cms, damage):
    data = (cms / "rvu25d" / "PPRRVU2025_Oct.xlsx").read_bytes()
    middle = len(data) // 2
    broken = {
        "cut": data[:middle],
        "overwritten": data[:middle] + bytes(1000) + data[middle + 1000 :],
        "another zip": (cms / "hcpcs" / "2019-Alpha-Numeric-HCPCS-File.zip").read_bytes(),
    }
    assert "broken" in (problem := refusal(SourceFile("a.xlsx", broken[damage])).problem) or "can't be read" in problem


@given(st.permutations(NAMES))
def test_columns_may_come_in_any_order(names):
    changes = ({"MOD": "26"}, {"HCPCS": "G0101", "FACILITY NA INDICATOR": "NA"})
    assert read_pprrvu(a_file(*changes, names=names)) == read_pprrvu(a_file(*changes))


@given(st.integers(0, len(SMALL.data)))
def test_a_file_cut_anywhere_gives_its_first_rows_or_one_line(end):
    try:
        rows = read_pprrvu(SourceFile(SMALL.name, SMALL.data[:end]))
    except CmsFileError as error:
        assert "\n" not in str(error)
    else:
        assert rows == read_pprrvu(SMALL)[: len(rows)]


@settings(max_examples=400)
@given(st.lists(st.tuples(st.integers(0, len(SMALL.data)), st.integers(0, 9), st.binary(max_size=9)), max_size=6))
def test_any_damage_gives_rows_or_one_line(damage):
    data = SMALL.data
    for at, lost, new in damage:
        data = data[:at] + new + data[at + lost :]
    try:
        assert read_pprrvu(SourceFile("PPRRVU.csv", data))
    except CmsFileError as error:
        assert len(str(error).splitlines()) == 1
