"""Codes side by side."""

import re

import pytest
from django.utils.html import strip_tags

pytestmark = pytest.mark.django_db
ADDRESS = "/cpt-codes/compare/"


def page(client, query):
    response = client.get(f"{ADDRESS}?{query}")
    assert response.status_code == 200
    return response.content.decode()


def rows(html):
    """First cell -> the others, of the table."""
    cells = [re.findall(r"<t[hd].*?</t[hd]>", row, re.S) for row in re.findall(r"<tr.*?</tr>", html, re.S)]
    return {
        " ".join(strip_tags(row[0]).split()): [" ".join(strip_tags(c).split()) for c in row[1:]] for row in cells if row
    }


def test_three_visits_side_by_side(client):
    shown = rows(page(client, "codes=99212,99213,99214"))
    assert shown["Work"] == ["0.70", "1.30", "1.92"]
    assert shown["National, QPP, factor $33.5675"] == ["$31.22", "$57.74", "$84.93"]  # the last block is the facility
    assert shown["Status"] == ["A Active"] * 3


def test_a_setting_that_is_not_used_and_a_code_that_is_not_paid(client):
    shown = rows(page(client, "codes=27447,99242"))
    assert shown["Total, non-facility"][0] == "NA" and shown["National, factor $33.4009"][1] == "not paid"


def test_what_is_paid_by_another_method_says_by_which(client):
    html = page(client, "codes=99213,J1885,00142,99244")
    assert rows(html)["National, factor $33.4009"][1:] == [
        "drug price list, if covered",
        "anesthesia units",
        "not paid",
    ]
    said = " ".join(strip_tags(html).split())
    assert "J1885 has no work RVU" in said and "average sales price" in said and "base units of the code" in said


def test_the_place_stands_before_the_nation(client):
    html = page(client, "codes=99213,27447&locality=0210201")
    assert "GPCIs of AK Alaska" in html and rows(html)["AK Alaska, factor $33.4009"][1] == "$1,443.34"


def test_add_and_remove(client):
    html = page(client, "codes=99212,99213&add=99214")
    assert len(rows(html)["Work"]) == 3 and 'value="99212,99213,99214"' in html
    assert 'href="?codes=99212,99214"' in html


@pytest.mark.parametrize("query, said", [
    ("codes=99213", "needs two codes or more"), ("codes=99213,XXXXX", "XXXXX is no code of this catalogue"),
    ("codes=99213,99214&add=hi", "is not understood"), ("codes=99202,99203,99204,99205,99211,99212,99213", "At most 6 codes"),
    ("codes=99213,99214&locality=1", "is no locality"), ("codes=<script>alert(1)</script>", "not understood"),
    ("codes=" + ",".join(f"{i:05}" for i in range(500)), "no code of this catalogue"),
])  # fmt: skip
def test_wrong_input_gets_a_sentence(client, query, said):
    html = page(client, query)
    assert said in strip_tags(html) and "<script>alert" not in html


def test_a_code_twice_stands_once(client):
    assert len(rows(page(client, "codes=99213,99213,99214"))["Work"]) == 2


def test_a_cold_page_takes_few_queries(client, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        page(client, "codes=99213,99214,27447,70553,J7521,45385&locality=0210201")


def test_related_codes_can_be_compared_from_the_page_of_a_code(client):
    html = client.get("/cpt-codes/evaluation-management/99214/").content.decode()
    assert re.search(r'href="/cpt-codes/compare/\?codes=99214,\w{5},', html)
