"""What is typed into a list of codes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codes.tools.lines import MAX_LINES, address, cut, from_fields, parse, reads_back


def test_codes_with_modifiers_and_units():
    lines = parse("99214, 20610-50x2; j7521X3\n45385-59-LT")
    assert [(line.code, line.modifiers, line.units) for line in lines] == [
        ("99214", (), 1), ("20610", ("50",), 2), ("J7521", (), 3), ("45385", ("59", "LT"), 1),
    ]  # fmt: skip
    assert address(lines) == "99214,20610-50x2,J7521x3,45385-59-LT"


@pytest.mark.parametrize("typed, said", [
    ("=cmd", "Write a code"), ("992", "Write a code"), ("99214x0", "from 1 to 99"), ("99214x9999", "from 1 to 99"),
    ("99214x" + "9" * 400, "Write a code"), ("99214-25-59-50-80-AS", "at most 4"), ("99214-5", "Write a code"),
])  # fmt: skip
def test_what_is_not_understood_is_said(typed, said):
    (line,) = parse(typed)
    assert line.code == "" and said in line.trouble


def test_fields_that_stand_beside_each_other():
    lines = from_fields(["99214", "", "20610-50x2", "45385"], ["25", "", "", "59 51"], ["1", "1", "", "x"])
    assert [(line.code, line.modifiers, line.units) for line in lines[:2]] == [
        ("99214", ("25",), 1),
        ("20610", ("50",), 2),
    ]
    assert lines[2].trouble == "Units are a whole number from 1 to 99."
    assert lines[2].fields == ("45385", "59 51", "x")
    (line,) = from_fields(["70553-26"], [""], ["10"])
    assert (line.code, line.modifiers, line.units) == ("70553", ("26",), 10)


@pytest.mark.parametrize("code, modifiers, units", [
    ("99214", "abc", "1"), ("99214", "25", "-1"), ("99214", "", "²"), ("99214", "", "1.5"), ("20610", "50", "0"), ("", "50", "2"),
    ("20610-50x2", "", "3"), ("992", "25,59", ""),
])  # fmt: skip
def test_wrong_fields_are_said_and_stay_as_they_were_typed(code, modifiers, units):
    (line,) = from_fields([code], [modifiers], [units])
    assert line.trouble and line.fields == (code, modifiers, units)


def test_a_line_without_units_and_a_wrong_one_are_told_apart_in_an_address():
    assert reads_back(from_fields(["20610", "99214"], ["50", ""], ["0", "1"]))
    assert address(from_fields(["20610"], ["50"], ["0"])) == "20610-50x0"
    assert not reads_back(from_fields(["99214"], ["25,59,XX"], ["1,5"]))


def test_a_long_list_is_cut():
    lines, said = cut(parse("99214," * 500))
    assert len(lines) == MAX_LINES and "first 200 of 500" in said


field = st.text("0123456789AXx-*,; ", max_size=9)


@given(st.lists(st.tuples(field, field, field), max_size=4))
def test_a_form_gives_back_what_was_typed_or_understood_it(rows):
    lines = from_fields(*zip(*rows, strict=True)) if rows else []
    typed = [tuple(value.strip() for value in row) for row in rows]
    assert [line.fields for line in lines if line.trouble] == [
        row for row, line in zip([t for t in typed if t[0] or t[1] or t[2] not in ("", "1")], lines, strict=True) if line.trouble
    ]  # fmt: skip
    fields = [line.fields for line in lines]
    assert from_fields(*zip(*fields, strict=True)) == lines if fields else not lines


@given(st.text(max_size=200))
def test_any_text_is_read(text):
    for line in parse(text):
        assert bool(line.code) is not bool(line.trouble)


@given(
    st.lists(st.from_regex(r"[0-9A-Z][0-9]{3}[0-9A-Z](-[0-9A-Z]{2}){0,4}(x[1-9][0-9]?)?", fullmatch=True), max_size=8)
)
def test_an_address_reads_back(parts):
    lines = parse(",".join(parts))
    assert [(a.code, a.modifiers, a.units) for a in parse(address(lines))] == [
        (b.code, b.modifiers, b.units) for b in lines
    ]
