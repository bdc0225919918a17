"""What changed between two releases, against the files of CMS themselves."""

import csv
import re
from decimal import Decimal as D

import pytest
from django.core.management import call_command
from django.utils.html import strip_tags

from codes.models import Code, Release
from codes.tools.changes import changes
from tests.codes.small import clear, pprrvu

pytestmark = pytest.mark.django_db
ADDRESS = "/cpt-codes/changes/"


def page(client, **query):
    response = client.get(ADDRESS, query)
    assert response.status_code == 200
    return response.content.decode()


def sheet(client, **query):
    return list(csv.DictReader(client.get(ADDRESS, query | {"format": "csv"}).content.decode().splitlines()))


def whole_services(path):
    lines = list(csv.reader(path.open(encoding="cp1252", newline="")))[10:]
    return {row[0]: row for row in lines if row[1] == "" and row[0] != "GXXX1" and len(row[0]) == 5}


@pytest.fixture(scope="module")
def files(cms):
    return whole_services(cms / "rvu25d" / "PPRRVU2025_Oct.csv"), whole_services(
        cms / "rvu26c" / "PPRRVU2026_Jul_nonQPP.csv"
    )


def test_new_and_deleted_codes_are_those_of_the_files(client, files):
    before, after = files
    listed = set(Code.objects.listed().values_list("code", flat=True))
    rows = sheet(client)
    assert {row["Code"] for row in rows if row["Kind"] == "New"} == (set(after) - set(before)) & listed
    assert {row["Code"] for row in rows if row["Kind"] == "Deleted"} == (set(before) - set(after)) & listed


def test_changed_work_rvus_are_those_of_the_files(client, files):
    before, after = files
    both = [code for code in before if code in after]
    # A work RVU that is a number in both files; a row of zeros is no value (docs/data.md).
    valued = [
        c
        for c in both
        if any(D(before[c][i]) for i in (5, 10, 11, 12)) and any(D(after[c][i]) for i in (5, 10, 11, 12))
    ]
    expected = {c: (before[c][5], after[c][5]) for c in valued if D(before[c][5]) != D(after[c][5])}
    rows = [row for row in sheet(client, kind="work") if row["Work RVU before"] and row["Work RVU after"]]
    assert {row["Code"]: (row["Work RVU before"], row["Work RVU after"]) for row in rows} == expected
    assert len(expected) > 6000


def test_the_knee_replacement_fell_by_the_efficiency_adjustment(client):
    (row,) = [row for row in sheet(client, category="surgery", size="1") if row["Code"] == "27447"]
    assert (row["Work RVU before"], row["Work RVU after"], row["Change in percent"]) == ("19.60", "19.11", "-2.50")


def test_every_percent_is_that_of_its_row(client):
    rows = [row for row in sheet(client, kind="work") if row["Change in percent"]]
    assert {row["Code"]: row["Change in percent"] for row in rows} == {
        row["Code"]: f"{(D(row['Work RVU after']) / D(row['Work RVU before']) - 1) * 100:.2f}" for row in rows
    }


def test_a_setting_marked_as_not_applicable_has_no_total(client, files):
    (row,) = [row for row in sheet(client, category="evaluation-management") if row["Code"] == "99221"]
    assert (row["Total non-facility before"], row["Total non-facility after"]) == ("NA", "NA")
    _, after = files
    marked = {row["Code"] for row in sheet(client) if row["Total non-facility after"] == "NA"}
    assert marked == {row["Code"] for row in sheet(client) if row["Code"] in after and after[row["Code"]][7] == "NA"}
    assert "NA" in strip_tags(page(client, category="evaluation-management"))


def test_filters_and_order(client):
    rises = sheet(client, sort="-change")
    percents = [D(row["Change in percent"]) for row in rises if row["Change in percent"]]
    assert percents == sorted(percents, reverse=True) and len(rises) == len(sheet(client))
    assert all(row["Change in percent"] for row in rises[: len(percents)]), "what has no percent comes last"
    large = sheet(client, size="25")
    assert large and all(abs(D(row["Change in percent"])) >= 25 for row in large)
    assert {row["Category"] for row in sheet(client, category="radiology")} == {"Radiology"}


def test_the_page_counts_and_pages(client):
    html = page(client, kind="new", page="2")
    assert "453 changes" in strip_tags(html) and "Page 2 of" in html and "kind=new&amp;page=3" in html


@pytest.mark.parametrize("query", [{}, {"kind": "work"}, {"category": "surgery"}, {"kind": "new", "category": "radiology"}, {"sort": "change"}, {"sort": "change", "kind": "new"}, {"size": "10"}])  # fmt: skip
def test_the_count_is_that_of_the_sheet(client, query):
    said = re.search(r"([\d,]+) changes?\b|No changes", strip_tags(page(client, **query)))
    count = int((said[1] or "0").replace(",", ""))
    assert count == len(sheet(client, **query))


def test_the_other_way_round_what_was_new_is_deleted(client):
    assert "453 changes" in strip_tags(page(client, **{"from": "RVU26C", "to": "RVU25D", "kind": "deleted"}))


@pytest.mark.parametrize("query, said", [
    ({"from": "RVU99X"}, "RVU99X is not among the releases here"), ({"from": "RVU26C", "to": "RVU26C"}, "Choose two different releases"),
    ({"kind": "nothing"}, "Kind"), ({"page": "abc"}, "Page 1 of"), ({"page": "99999"}, "Page 168 of"), ({"size": "<b>"}, "Size"), ({"sort": "x"}, "8,377 changes"),
])  # fmt: skip
def test_wrong_input_gets_a_sentence_or_the_nearest_page(client, query, said):
    assert said in strip_tags(page(client, **query))


def test_a_cold_page_takes_few_queries(client, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        page(client, category="surgery", size="5", sort="change", page="2")


def test_one_release_alone_is_said(client, tmp_path):
    clear()
    call_command("import_pfs", pprrvu(tmp_path / "PPRRVU24_JAN.csv", c99213=1.30), verbosity=0)
    assert "Only one release is loaded here" in page(client)


def test_values_that_come_and_go_are_changes(tmp_path):
    clear()
    call_command(
        "import_pfs", pprrvu(tmp_path / "PPRRVU24_JAN.csv", c99213=1.30, c99214=0, c99215=2, c99212=1), verbosity=0
    )
    call_command(
        "import_pfs", pprrvu(tmp_path / "PPRRVU25_JAN.csv", c99213=1.30, c99214=2, c99215=0, c99211=1), verbosity=0
    )
    before, after = (Release.objects.get(name=name) for name in ("RVU24A", "RVU25A"))
    kinds = dict(changes(before, after).values_list("code", "kind"))
    assert kinds == {"99214": "work", "99215": "work", "99212": "deleted", "99211": "new"}
    assert dict(changes(before, after).values_list("code", "was_work"))["99214"] is None
