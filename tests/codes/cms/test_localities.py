"""GPCI, ANES and LOCCO: the places of a release."""

from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codes.cms.archive import SourceFile
from codes.cms.errors import CmsFileError
from codes.cms.localities import Gpci, read_anes, read_gpci, read_locco

GPCI = (
    "MAC,State,Locality Number,Locality Name,2025 PW GPCI (with 1.0 Floor),2025 PE GPCI,2025 MP GPCI\r\n"
    "10112,AL,00,ALABAMA,1,0.869,0.575\r\n02102,AK,01,ALASKA*,1.5,1.081,0.592\r\n"
)
GPCI_TXT = (
    "10112           AL      00   ALABAMA                1.000       0.869       0.575\r\n"
    "02102           AK      01   ALASKA*                1.500       1.081       0.592\r\n"
)
ANES = "Contractor,Locality,Locality Name,National Anes CF of 20.3178\r\n10112 ,00 ,ALABAMA,19.31 \r\n"
LOCCO = "MAC,Locality Number,State,Fee Schedule Area,Counties\r\n10112,0,ALABAMA,STATEWIDE,ALL COUNTIES\r\n"
READERS = {"GPCI": read_gpci, "ANES": read_anes, "LOCCO": read_locco}


def source(path) -> SourceFile:
    return SourceFile(path.name, path.read_bytes())


def text(content: str, name: str = "a.csv") -> SourceFile:
    return SourceFile(name, content.encode())


def refusal(read, content: str, name: str = "a.csv") -> CmsFileError:
    with pytest.raises(CmsFileError) as caught:
        read(text(content, name))
    assert len(str(caught.value).splitlines()) == 1
    return caught.value


@pytest.mark.parametrize("suffix", ["csv", "txt", "xlsx"])
def test_gpcis_of_2025_in_each_format(cms, suffix):
    rows = read_gpci(source(cms / "rvu25d" / f"GPCI2025.{suffix}"))
    assert len(rows) == 109
    alaska = Gpci("02102", "01", "ALASKA", "AK", Decimal("1.500"), Decimal("1.081"), Decimal("0.592"))
    assert rows[1] == alaska
    assert rows == read_gpci(source(cms / "rvu25d" / "GPCI2025.csv"))


def test_gpcis_of_2026(cms):
    rows = read_gpci(source(cms / "rvu26c" / "GPCI2026.csv"))
    assert len(rows) == 98
    assert max(row.work for row in rows) == Decimal("1.5")
    assert not [row for row in rows if "*" in row.name]


@pytest.mark.parametrize(
    "release, count", [("20a", 112), ("21a", 112), ("22a", 112), ("23a", 112), ("24a", 109), ("24c", 109)]
)
def test_the_history_has_gpcis_and_anesthesia_factors_of_the_same_places(cms, release, count):
    gpcis = read_gpci(source(cms / "history" / f"gpci_rvu{release}.csv"))
    factors, national = read_anes(source(cms / "history" / f"anes_rvu{release}.csv"))
    assert len(gpcis) == len(factors) == count
    assert {(g.mac, g.number) for g in gpcis} == {(f.mac, f.number) for f in factors}
    assert national is None


def test_anesthesia_factors_of_2025_agree_in_each_format(cms):
    rows, national = read_anes(source(cms / "rvu25d" / "ANES2025.csv"))
    assert (len(rows), national) == (109, Decimal("20.3178"))
    assert read_anes(source(cms / "rvu25d" / "ANES2025.xlsx")) == (rows, national)
    printed, unknown = read_anes(source(cms / "rvu25d" / "ANES2025.txt"))
    assert unknown is None
    # The txt has room for 40 characters of a name.
    assert [(r.mac, r.number, r.factor) for r in printed] == [(r.mac, r.number, r.factor) for r in rows]
    assert [r.name for r in printed] == [r.name[:40].strip() for r in rows]


def test_counties_of_2025_agree_in_each_format(cms):
    rows = read_locco(source(cms / "rvu25d" / "25LOCCO.csv"))
    assert len(rows) == 110
    assert rows == read_locco(source(cms / "rvu25d" / "25LOCCO.xlsx"))
    printed = read_locco(source(cms / "rvu25d" / "25LOCCO.txt"))
    assert [(r.mac, r.number) for r in printed] == [(r.mac, r.number) for r in rows]


def test_a_state_holds_for_the_rows_below_it_and_not_beyond_a_blank_one(cms):
    rows = read_locco(source(cms / "rvu25d" / "25LOCCO.csv"))
    assert Counter(row.state for row in rows)["CALIFORNIA"] == 29
    # The txt leaves out the name of California, which comes after Arkansas: unknown, not Arkansas.
    states = Counter(row.state for row in read_locco(source(cms / "rvu25d" / "25LOCCO.txt")))
    assert (states["ARKANSAS"], states[""], states["COLORADO"]) == (1, 29, 1)


@pytest.mark.parametrize("order", [("(nonQPP)", "(QPP)"), ("(QPP)", "(nonQPP)")])
def test_two_anesthesia_factors_are_told_apart(order):
    values = {"(nonQPP)": "20.00", "(QPP)": "20.10"}
    header = "Contractor,Locality,Locality Name," + ",".join(f"2026 Anes CF {name}" for name in order)
    [row], _ = read_anes(text(f"{header}\r\n10112,00,ALABAMA,{values[order[0]]},{values[order[1]]}\r\n"))
    assert (row.factor, row.qpp) == (Decimal("20.00"), Decimal("20.10"))


def test_columns_may_come_in_another_order():
    turned = "\r\n".join(",".join(reversed(line.split(","))) for line in GPCI.splitlines()) + "\r\n"
    assert read_gpci(text(turned)) == read_gpci(text(GPCI))


@pytest.mark.parametrize("value, problem", [("x", "not a number"), ("NaN", "not a number"), ("0", "between"), ("-1", "between")])  # fmt: skip
def test_a_gpci_that_can_not_be_is_named(value, problem):
    error = refusal(read_gpci, GPCI.replace("1.081", value))
    assert (error.line, error.column, error.value) == (3, "pe GPCI", value)
    assert problem in error.problem


@pytest.mark.parametrize("value, problem", [("", "not a number"), ("NaN", "not a number"), ("193.1", "no anesthesia")])
def test_an_anesthesia_factor_that_can_not_be_is_named(value, problem):
    error = refusal(read_anes, ANES.replace("19.31 ", value))
    assert (error.line, error.column, error.value) == (2, "National Anes CF of 20.3178", value or "empty")
    assert problem in error.problem


@pytest.mark.parametrize("header", ["Locality Name,Remark", "Locality Name,2026 CF (QPP)"])
def test_a_file_without_the_standard_factor_is_refused(header):
    error = refusal(read_anes, ANES.replace("Locality Name,National Anes CF of 20.3178", header))
    assert (error.line, error.problem) == (1, "the column of conversion factors is missing")


@pytest.mark.parametrize("kind, content", [("GPCI", GPCI), ("ANES", ANES), ("LOCCO", LOCCO)])
def test_a_missing_column_and_a_strange_contractor_are_named(kind, content):
    error = refusal(READERS[kind], content.replace("Locality", "Place"))
    assert (error.line, "missing" in error.problem) == (1, True)
    error = refusal(READERS[kind], content.replace("10112", "1O112"))
    assert (error.line, error.value) == (2, "1O112")
    error = refusal(READERS[kind], content.replace("10112", "1011200"))
    assert (error.line, error.value) == (2, "1011200")


@pytest.mark.parametrize("kind, content", [("GPCI", GPCI), ("ANES", ANES), ("LOCCO", LOCCO)])
def test_a_row_without_contractor_or_number_or_with_another_row_behind_it_is_named(kind, content):
    header, first, *_ = content.splitlines()
    assert refusal(READERS[kind], f"{header}\r\n,{first.partition(',')[2]}\r\n").value == "empty"
    joined = refusal(READERS[kind], f"{header}\r\n{first}{first}\r\n")
    assert (joined.line, "columns instead of" in joined.problem) == (2, True)
    at = next(i for i, name in enumerate(header.split(",")) if name in ("Locality Number", "Locality"))
    cells = first.split(",")
    cells[at] = "O1"
    error = refusal(READERS[kind], f"{header}\r\n{','.join(cells)}\r\n")
    assert (error.line, error.value) == (2, "O1")


@pytest.mark.parametrize("kind, content", [("GPCI", GPCI), ("ANES", ANES)])
def test_a_locality_that_stands_twice_is_named(kind, content):
    error = refusal(READERS[kind], content + content.splitlines()[1] + "\r\n")
    assert error.line == content.count("\n") + 1
    assert error.value == "1011200"


@pytest.mark.parametrize(
    "read, content, name, lost",
    [
        (read_gpci, GPCI, "a.csv", 3),
        (read_gpci, GPCI, "a.csv", 14),
        (read_gpci, GPCI_TXT, "a.txt", 3),
        (read_gpci, GPCI_TXT, "a.txt", len(GPCI_TXT.splitlines()[1]) - 1),
        (read_anes, ANES.replace("19.31 ", "19.31"), "a.csv", 3),
    ],
)
def test_a_truncated_file_names_its_line(read, content, name, lost):
    assert refusal(read, content[:-lost], name).line == content.count("\n")


@pytest.mark.parametrize("between", ["\r\x01", " ", "\r"])
def test_two_lines_of_a_txt_in_one_are_not_taken_for_one_place(between):
    first, second, *_ = GPCI_TXT.splitlines()
    assert refusal(read_gpci, f"{first}{between}{second}\r\n", "a.txt").line == 1


@pytest.mark.parametrize("read", READERS.values())
@pytest.mark.parametrize("name", ["a.csv", "a.txt", "a.xlsx"])
def test_a_saved_error_page_is_called_so(read, name):
    assert "web page" in refusal(read, "<html><body>404</body></html>", name).problem


@pytest.mark.parametrize("read", READERS.values())
def test_a_header_without_rows_is_refused(read):
    content = {read_gpci: GPCI, read_anes: ANES, read_locco: LOCCO}[read].splitlines()[0] + "\r\n"
    assert "no locality" in refusal(read, content).problem


@settings(max_examples=200)
@given(
    st.sampled_from([("GPCI", GPCI, ".csv"), ("GPCI", GPCI_TXT, ".txt"), ("ANES", ANES, ".csv"), ("LOCCO", LOCCO, ".csv")]),
    st.lists(st.tuples(st.integers(0, 200), st.integers(0, 9), st.binary(max_size=9)), max_size=4),
)  # fmt: skip
def test_any_damage_gives_rows_or_one_line(case, damage):
    kind, content, suffix = case
    data = content.encode()
    for at, lost, new in damage:
        data = data[:at] + new + data[at + lost :]
    try:
        assert READERS[kind](SourceFile(kind + suffix, data))
    except CmsFileError as error:
        assert len(str(error).splitlines()) == 1
