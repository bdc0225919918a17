"""OPPSCAP: what imaging is paid under the outpatient cap."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codes.cms.archive import SourceFile
from codes.cms.errors import CmsFileError
from codes.cms.oppscap import OppsCapRow, read_oppscap

CSV = (
    "HCPCS,MOD,PROCSTAT,CARRIER,LOCALITY,FACILITY PRICE,NON-FACILTY PRICE\r\n"
    "0633T,TC,C,01112,05,150.69,150.69\r\n0633T,TC,C,01112,09,152.38,152.38\r\n"
)
TXT = "0633TTC C 01112  05   150.69    150.69\r\n0633TTC C 01112  09   152.38    152.38\r\n"


def refusal(content: str, name: str = "OPPSCAP.csv") -> CmsFileError:
    with pytest.raises(CmsFileError) as caught:
        read_oppscap(SourceFile(name, content.encode()))
    assert len(str(caught.value).splitlines()) == 1
    return caught.value


def test_the_three_formats_of_2025_agree(cms):
    paths = [cms / "rvu25d" / f"OPPSCAP_Oct.{suffix}" for suffix in ("csv", "txt", "xlsx")]
    rows, *others = [read_oppscap(SourceFile(path.name, path.read_bytes())) for path in paths]
    assert len(rows) == 16100
    assert rows[0] == OppsCapRow("0633T", "TC", "C", "01112", "05", Decimal("150.69"), Decimal("150.69"))
    assert others == [rows, rows]


def test_the_small_files_of_these_tests_agree():
    rows = read_oppscap(SourceFile("a.csv", CSV.encode()))
    assert len(rows) == 2
    assert rows == read_oppscap(SourceFile("a.txt", TXT.encode()))


def test_columns_may_come_in_another_order():
    turned = "\r\n".join(",".join(reversed(line.split(","))) for line in CSV.splitlines()) + "\r\n"
    assert read_oppscap(SourceFile("a.csv", turned.encode())) == read_oppscap(SourceFile("a.csv", CSV.encode()))


@pytest.mark.parametrize(
    "value, problem", [("x", "not a number"), ("NaN", "not a number"), ("-1.00", "negative"), ("1" * 30, "so large")]
)
def test_an_amount_that_can_not_be_is_named(value, problem):
    error = refusal(CSV.replace("152.38", value))
    assert (error.line, error.column, error.value) == (3, "FACILITY PRICE", value)
    assert problem in error.problem


@pytest.mark.parametrize(
    "old, new, column",
    [
        ("0633T", "06 3T", "HCPCS"),
        (",TC,", ",T9,", "MOD"),
        (",C,", ",Z,", "PROCSTAT"),
        (",01112,05,", ",O1112,05,", "CARRIER"),
        (",05,", ",O5,", "LOCALITY"),
    ],
)
def test_a_mark_that_cms_does_not_define_is_named(old, new, column):
    error = refusal(CSV.replace(old, new))
    assert (error.line, error.column, error.value) == (2, column, new.strip(",").removesuffix(",05"))


def test_a_row_that_stands_twice_is_named():
    error = refusal(CSV + "0633T,TC,C,01112,05,1.00,1.00\r\n")
    assert (error.line, error.value) == (4, "0633T TC 01112 05")


@pytest.mark.parametrize("content, name", [(CSV, "a.csv"), (TXT, "a.txt")])
@pytest.mark.parametrize("lost", [3, 10])
def test_a_truncated_file_names_its_line(content, name, lost):
    assert refusal(content[:-lost], name).line == content.count("\n")


@pytest.mark.parametrize("name", ["a.csv", "a.txt", "a.xlsx"])
@pytest.mark.parametrize("content, problem", [("", "empty"), ("<html><body>404</body></html>", "web page")])
def test_an_empty_file_and_a_saved_error_page_are_called_so(name, content, problem):
    assert problem in refusal(content, name).problem


def test_a_missing_column_is_named():
    error = refusal(CSV.replace("CARRIER", "MAC"))
    assert (error.line, error.column) == (1, "CARRIER")


@given(
    st.sampled_from([("a.csv", CSV), ("a.txt", TXT)]),
    st.lists(st.tuples(st.integers(0, 140), st.integers(0, 9), st.binary(max_size=9)), max_size=4),
)
def test_any_damage_gives_rows_or_one_line(case, damage):
    name, content = case
    data = content.encode()
    for at, lost, new in damage:
        data = data[:at] + new + data[at + lost :]
    try:
        assert read_oppscap(SourceFile(name, data))
    except CmsFileError as error:
        assert len(str(error).splitlines()) == 1
