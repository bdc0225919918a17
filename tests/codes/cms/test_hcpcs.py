"""The quarterly HCPCS Level II file, as fixed-width txt and as workbook."""

from dataclasses import fields
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codes.cms.archive import SourceFile, unpack
from codes.cms.errors import CmsFileError
from codes.cms.hcpcs import HcpcsEntry, read_hcpcs

SAMPLE_2026 = "HCPC2026_JAN_ANWEB_01122026_sample.txt"


def a_record(
    code="G0101",
    kind="3",
    text="Ours",
    sequence="00100",
    added="20200101",
    ended="",
    coverage="C",
    action="N",
    length=320,
) -> str:
    """One line of the published layout; a modifier stands right-justified in the five places of a code."""
    cells = {
        1: f"{code:>5}",
        6: sequence,
        11: kind,
        12: text,
        92: "Short",
        230: coverage,
        269: added,
        285: ended,
        293: action,
    }
    line = [" "] * 320
    for first, cell in cells.items():
        line[first - 1 : first - 1 + len(cell)] = cell
    return "".join(line)[:length] + "\r\n"


def a_file(*records: str) -> SourceFile:
    return SourceFile("HCPC2026_JAN_ANWEB.txt", "".join(records).encode("cp1252"))


def refusal(source: SourceFile) -> CmsFileError:
    with pytest.raises(CmsFileError) as caught:
        read_hcpcs(source)
    assert len(str(caught.value).splitlines()) == 1
    return caught.value


@cache
def of_2019(cms: Path, suffix: str) -> list[HcpcsEntry]:
    path = cms / "hcpcs" / "2019-Alpha-Numeric-HCPCS-File.zip"
    members = {member.name: member for member in unpack(SourceFile(path.name, path.read_bytes()))}
    return read_hcpcs(members[f"HCPC2019_CONTR_ANWEB.{suffix}"])


@pytest.mark.parametrize("suffix", ["txt", "xlsx"])
def test_the_zip_of_2019_reads_whole(cms, suffix):
    entries = of_2019(cms, suffix)
    assert (len(entries), sum(entry.is_modifier for entry in entries)) == (6800, 360)
    assert all(entry.long_description and entry.short_description for entry in entries)


def test_txt_and_workbook_of_2019_agree(cms):
    pairs = list(zip(of_2019(cms, "txt"), of_2019(cms, "xlsx"), strict=True))
    # CMS left some dates out of its workbook, and a fourth type of service out of its txt.
    for name in {item.name for item in fields(HcpcsEntry)} - {"line", "action_effective", "service_types"}:
        assert [getattr(txt, name) for txt, _ in pairs] == [getattr(xlsx, name) for _, xlsx in pairs], name
    assert all(xlsx.action_effective in (txt.action_effective, None) for txt, xlsx in pairs)
    assert sum(txt.service_types != xlsx.service_types for txt, xlsx in pairs) == 2


@pytest.mark.parametrize("name, entries, modifiers", [("HCPC2020_OCT_ANWEB.xlsx", 7196, 371), (SAMPLE_2026, 18, 6)])
def test_later_files_read_whole(cms, name, entries, modifiers):
    rows = read_hcpcs(SourceFile(name, (cms / "hcpcs" / name).read_bytes()))
    assert (len(rows), sum(row.is_modifier for row in rows)) == (entries, modifiers)


def test_a_code_of_2019_with_its_dates_and_cells(cms):
    entry = next(entry for entry in of_2019(cms, "txt") if entry.code == "A4206")
    assert (entry.added, entry.action_effective, entry.terminated) == (date(1985, 1, 1), date(2008, 1, 1), None)
    assert (entry.betos, entry.service_types, entry.coverage, entry.action) == ("D1A", ("S",), "C", "N")
    assert not entry.is_modifier


def test_a_modifier_is_told_from_a_code():
    code, modifier = read_hcpcs(a_file(a_record(), a_record("A1", kind="7")))
    assert (code.code, code.is_modifier) == ("G0101", False)
    assert (modifier.code, modifier.is_modifier) == ("A1", True)


def test_a_code_that_ended_stays_with_its_date():
    [entry] = read_hcpcs(a_file(a_record(ended="20251231")))
    assert (entry.added, entry.terminated) == (date(2020, 1, 1), date(2025, 12, 31))


@pytest.mark.parametrize("date_text", ["", "00000000"])
def test_a_date_that_is_not_given_is_unknown(date_text):
    assert read_hcpcs(a_file(a_record(added=date_text)))[0].added is None


def test_lines_of_a_long_description_are_joined():
    more = a_record(kind="4", sequence="00200", text="and more")
    [entry] = read_hcpcs(a_file(a_record(text="Ours"), more))
    assert entry.long_description == "Ours and more"


def test_a_full_line_runs_on_without_a_space():
    [entry] = read_hcpcs(a_file(a_record(text="x" * 80), a_record(kind="4", sequence="00200", text="yz")))
    assert entry.long_description == "x" * 80 + "yz"


def test_lines_before_the_first_record_are_left_out():
    [entry] = read_hcpcs(a_file("A notice of the publisher.\r\n", "\r\n", a_record()))
    assert entry.line == 3


@pytest.mark.parametrize(
    "records, line, value, problem",
    [
        ((a_record(), a_record()), 2, "G0101", "stands twice"),
        ((a_record(kind="4"),), 1, "G0101", "continues no entry"),
        ((a_record(), a_record("G0102", kind="4")), 2, "G0102", "continues no entry"),
        ((a_record(kind="5"),), 1, "5", "unknown kind"),
        ((a_record(added="20201301"),), 1, "20201301", "not a date"),
        ((a_record(), a_record("G0102", length=200)), 2, "G0102", "cut short"),
        ((a_record(), "G0102x" + a_record()[6:]), 2, "G0102x", "published layout"),
        ((a_record(), "GO102" + a_record()[5:]), 2, "GO102", "published layout"),
        ((a_record(), "A sentence among the records.\r\n"), 2, "A sentence", "published layout"),
        ((a_record("A1"),), 1, "A1", "no code of a letter and four digits"),
        ((a_record(kind="7"),), 1, "G0101", "no modifier of two characters"),
        ((a_record(), a_record(kind="8", sequence="00200")), 2, "G0101", "continues no entry"),
        ((a_record(), a_record(kind="4", sequence="00300")), 2, "G0101 00300", "missing or stands twice"),
        ((a_record(), *[a_record(kind="4", sequence="00200")] * 2), 3, "G0101 00200", "missing or stands twice"),
        ((a_record(coverage="X"),), 1, "X", "not one CMS defines"),
        ((a_record(action="Z"),), 1, "Z", "not one CMS defines"),
        ((a_record(ended="99991231"),), 1, "99991231", "not a date"),
    ],
)
def test_a_wrong_record_is_named(records, line, value, problem):
    error = refusal(a_file(*records))
    assert error.line == line
    assert error.value.startswith(value)
    assert problem in error.problem


@pytest.mark.parametrize("name", ["a.txt", "a.csv", "a.xlsx"])
@pytest.mark.parametrize("data, problem", [(b"", "empty"), (b"<html><body>404</body></html>", "web page")])
def test_an_empty_file_and_a_saved_error_page_are_called_so(name, data, problem):
    assert problem in refusal(SourceFile(name, data)).problem


def test_a_file_without_a_record_is_refused():
    assert "no HCPCS record" in refusal(a_file("A notice of the publisher.\r\n")).problem


def test_a_row_of_the_table_that_is_cut_short_is_named(cms):
    header = (cms / "hcpcs" / "HCPC2026_ANWEB_xlsx_header.txt").read_text().strip()
    error = refusal(SourceFile("a.csv", f"{header}\nG0101,00100\n".encode()))
    assert (error.line, error.problem) == (2, "2 columns instead of 48; the file may be cut short")


@pytest.mark.parametrize("code, sequence", [("", "0010"), ("99213", "0010"), ("G101", "0010")])
def test_a_row_of_the_table_without_a_code_is_named(cms, code, sequence):
    header = (cms / "hcpcs" / "HCPC2026_ANWEB_xlsx_header.txt").read_text().strip()
    error = refusal(SourceFile("a.csv", f"{header}\n{code},{sequence},3,Ours{',' * 44}\n".encode()))
    assert (error.line, error.column, error.value) == (2, "HCPC", code or "empty")


def test_a_missing_column_of_the_table_is_named(cms):
    header = (cms / "hcpcs" / "HCPC2026_ANWEB_xlsx_header.txt").read_text().strip()
    error = refusal(SourceFile("a.csv", header.replace("TERM DT", "ENDED").replace("TERM_DT", "ENDED").encode()))
    assert (error.line, error.column, error.problem) == (1, "TERMDT", "this column is missing")


@settings(max_examples=200)
@given(st.lists(st.tuples(st.integers(0, 980), st.integers(0, 9), st.binary(max_size=9)), max_size=5))
def test_any_damage_gives_entries_or_one_line(damage):
    data = a_file(a_record(), a_record(kind="4", sequence="00200"), a_record("A1", kind="7")).data
    for at, lost, new in damage:
        data = data[:at] + new + data[at + lost :]
    try:
        assert read_hcpcs(SourceFile("a.txt", data))
    except CmsFileError as error:
        assert len(str(error).splitlines()) == 1
