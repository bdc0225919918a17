"""The RVU calculator, in the address and in its form."""

import csv
import re
from decimal import Decimal as D

import pytest

from tests.codes.tools.reading import text

pytestmark = pytest.mark.django_db
ADDRESS = "/resources/rvu-calculator/"


def page(client, **query):
    response = client.get(ADDRESS, query)
    assert response.status_code == 200
    return response.content.decode()


def sheet(client, **query):
    response = client.get(ADDRESS, query | {"format": "csv"})
    assert response["Content-Type"] == "text/csv; charset=utf-8" and "attachment" in response["Content-Disposition"]
    return list(csv.DictReader(response.content.decode().splitlines()))


def test_a_visit_and_both_knees_in_alaska_in_a_facility(client):
    said = text(page(client, codes="99214,20610-50x2", setting="facility", locality="0210201"))
    assert "AK Alaska" in said and "50, both sides: 150 percent" in said and "2nd in the ranking: 50 percent" in said


def test_one_code_alone_shows_the_payment_of_its_page(client):
    for query, amount in (({}, "$135.61"), ({"setting": "facility"}, "$84.50"), ({"factor": "qpp"}, "$136.28")):
        assert f"Medicare allows {amount}" in text(page(client, codes="99214", **query))
    said = text(page(client, codes="27447", setting="facility", locality="0210201"))
    assert "Medicare allows $1,443.34" in said


def test_scopes_of_one_family_are_measured_by_their_base(client):
    rows = sheet(client, codes="45385,45380,45378")
    full = {row["Code"]: D(row["Full payment"]) for row in rows[:3]}
    assert [D(row["Payment"]) for row in rows] == [
        full["45385"], full["45380"] - full["45378"], 0, full["45385"] + full["45380"] - full["45378"],
    ]  # fmt: skip


def test_an_electrocardiogram_is_reduced_by_its_technical_code(client):
    rows = sheet(client, codes="93306,93000")
    tracing = D(sheet(client, codes="93005")[0]["Payment"])
    lost = D(rows[1]["Full payment"]) - D(rows[1]["Payment"])
    assert abs(lost - tracing / 4) <= D("0.01") and rows[0]["Full payment"] == rows[0]["Payment"]


def test_the_form_and_the_short_address_say_the_same(client):
    fields = client.get(f"{ADDRESS}?code=99214&mods=&units=1&code=20610&mods=50&units=2&code=&mods=&units=1")
    assert fields["HX-Push-Url"] == f"{ADDRESS}?codes=99214,20610-50x2"
    short = page(client, codes="99214,20610-50x2")
    table = re.compile(r"<table>.*</table>", re.S)
    assert table.search(fields.content.decode())[0] == table.search(short)[0]


@pytest.mark.parametrize("typed, said", [
    ("XXXXX", "XXXXX is no code of this catalogue."), ("99214x0", "Units are a whole number from 1 to 99."), ("99214x9999", "Units are a whole"),
    ("<script>alert(1)</script>", "Write a code of five characters"), ("E0100", "is no"), ("99213," * 500, "Only the first 200 of 500"),
    ("99242", "Medicare does not pay"), ("00790", "CMS gives no RVUs"), ("27447-26", "26 is not applied"), ("99214-ZZ", "ZZ is no modifier"),
    ("45380-52", "by report"),
    ("86153", "CMS gives 86153 with 26 only"), ("GXXX1", "no code of this catalogue"),
])  # fmt: skip
def test_wrong_input_gets_a_sentence(client, typed, said):
    html = page(client, codes=typed)
    assert said in text(html) and "<script>alert" not in html


def form_of(html):
    """The three fields of each line, as the form shows them."""
    values = [re.findall(rf'name="{name}"[^>]*?value="([^"]*)"', html) for name in ("code", "mods", "units")]
    return list(zip(*values, strict=True))


@pytest.mark.parametrize("typed", [("20610", "50", "0"), ("99214", "25X", "2"), ("99214", "25 59", "1.5"), ("992", "25", "3"), ("", "50", "2")])  # fmt: skip
def test_a_wrong_line_stays_as_it_was_typed_in_form_link_and_sheet(client, typed):
    code, mods, units = typed
    response = client.get(ADDRESS, {"code": code, "mods": mods, "units": units, "setting": "facility"})
    html = response.content.decode()
    assert form_of(html)[0] == typed and 'class="text error"' in html
    again = client.get(response["HX-Push-Url"])
    assert form_of(again.content.decode())[0] == typed and again["HX-Push-Url"] == response["HX-Push-Url"]
    row = sheet(client, code=code, mods=mods, units=units)[0]
    assert (row["Code"], row["Modifiers"], row["Units"]) == typed and row["Payment"] == "" and row["Notes"]


def test_a_wrong_line_in_the_middle_keeps_its_place(client):
    lines = [("99214", "25", "1"), ("20610", "50", "many"), ("45385", "", "1")]
    codes, mods, units = zip(*lines, strict=True)
    response = client.get(ADDRESS, {"code": codes, "mods": mods, "units": units})
    assert form_of(response.content.decode())[:3] == lines
    assert form_of(client.get(response["HX-Push-Url"]).content.decode())[:3] == lines
    assert form_of(page(client, codes="99214,20610-50x0"))[1] == ("20610", "50", "0")


def test_a_blood_draw_beside_a_visit_is_not_paid(client):
    rows = sheet(client, codes="99214,36591")
    assert [row["Payment"] for row in rows] == ["135.61", "0.00", "135.61"] and "status T" in rows[1]["Notes"]


def test_returns_to_the_operating_room_are_paid_alike(client):
    rows = sheet(client, codes="44140-78,45378-78,43239-78", setting="facility")
    alone = [sheet(client, codes=code, setting="facility")[0] for code in ("45378", "43239")]
    assert [row["Payment"] for row in rows[1:3]] == [row["Payment"] for row in alone]


@pytest.mark.parametrize("codes, said", [
    ("00142-AA", "There are no sums: no line has a value"), ("58558-52,J1885", "There are no sums"),
    ("99214,J1885,XXXXX", "The sums leave out 2 lines that have no value."), ("99214,58558-52", "The sums leave out 1 line that has no value."),
])  # fmt: skip
def test_what_is_unknown_is_no_zero(client, codes, said):
    said_page, rows = text(page(client, codes=codes)), sheet(client, codes=codes)
    assert said in said_page and said in rows[-1]["Notes"]
    if "no sums" in said:
        assert "$0.00" not in said_page and "Work RVUs 0.00" not in said_page
        assert all(row[name] == "" for row in rows for name in ("Payment", "Full payment", "Work RVUs"))


def test_beyond_the_fifth_operation_there_is_no_amount(client):
    rows = sheet(client, codes="27447,27130,44140,44120,47562,49505", setting="facility")
    assert [row["Payment"] for row in rows].count("") == 1 and "0.00" not in [row["Payment"] for row in rows]
    assert "leaves out 1 line" in rows[-1]["Notes"]
    said = text(page(client, codes="49505x7", setting="facility"))
    assert "1 line holds services that are priced by report" in said and "+ by report" in said


def test_a_list_that_is_cut_says_so_in_the_sheet_and_offers_no_more_lines(client):
    rows = sheet(client, codes="99214," * 201)
    assert len(rows) == 201 and "Only the first 200 of 201 lines are worked out." in rows[-1]["Notes"]
    html = page(client, codes="99214," * 200)
    assert html.count('name="code"') == 200 and "data-add-row" not in html and "Only the first" not in html


@pytest.mark.parametrize("query", ["codes=99214&locality=9999999", "units=5", "code=99214&units=", "rows=99999", "rows=abc", "setting=x&factor=x", "mods=25&codes=", "codes=" + "1" * 5000])  # fmt: skip
def test_odd_addresses_are_answered(client, query):
    assert client.get(f"{ADDRESS}?{query}").status_code == 200


def test_more_lines_are_offered_without_javascript(client):
    assert page(client).count('name="code"') == 3
    assert page(client, codes="99214", rows="8").count('name="code"') == 8


def test_a_sheet_holds_no_formula(client):
    rows = sheet(client, codes="=1+1,@SUM,+2,-3,99214")
    assert [row["Code"] for row in rows[:4]] == ["'=1+1", "'@SUM", "'+2", "'-3"]
    assert rows[4]["Payment"] == "135.61" and rows[-1]["Payment"] == "135.61"


def test_work_of_an_assistant_is_shown_in_full_length(client):
    assert sheet(client, codes="27447-80", setting="facility")[0]["Work RVUs"] == "3.0576"


@pytest.mark.parametrize("codes", ["99214", "45385,45380,43239,93000,70553,70551,97110x3,27447-80,20610-50x2,XXXXX"])
def test_a_cold_page_takes_few_queries(client, django_assert_max_num_queries, codes):
    with django_assert_max_num_queries(8):
        page(client, codes=codes, locality="0210201")


def test_only_the_bare_page_is_for_search_engines(client):
    assert "noindex" not in page(client)
    html = page(client, codes="99214")
    assert "noindex" in html and f'href="http://testserver{ADDRESS}"' in html
