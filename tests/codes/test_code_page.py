"""A code's page, figure by figure against the row CMS published."""

import csv
import re
import sqlite3
from contextlib import closing
from decimal import Decimal as D
from urllib.request import urlopen

import psycopg
import pytest
from django.utils.html import strip_tags

from codes.models import Code, HcpcsRecord, HcpcsRelease, RvuRow
from tests.server import copy_of, path_of, serving

pytestmark = pytest.mark.django_db

PAGES = {
    "J7521": "j-codes", "99214": "evaluation-management", "27447": "surgery", "43239": "surgery", "70553": "radiology",
    "00142": "anesthesia", "0075T": "category-iii", "D0120": "d-codes", "A0425": "a-codes", "45378": "surgery",
}  # fmt: skip
COMPONENTS = {
    "Work": 5,
    "PE, non-facility": 6,
    "PE, facility": 8,
    "MP": 10,
    "Total, non-facility": 11,
    "Total, facility": 12,
}
NA_COLUMN = {"PE, non-facility": 7, "PE, facility": 9, "Total, non-facility": 7, "Total, facility": 9}


@pytest.fixture(scope="module")
def cms_rows(cms):
    path = cms / "rvu26c" / "PPRRVU2026_Jul_nonQPP.csv"
    with path.open(encoding="cp1252", newline="") as lines:
        rows = list(csv.reader(lines))[10:]
    return {code: [row for row in rows if row[0] == code] for code in PAGES}


def address(code, **query):
    return f"/cpt-codes/{PAGES[code]}/{code}/" + ("?" + "&".join(f"{k}={v}" for k, v in query.items()) if query else "")


def page(client, code, **query):
    response = client.get(address(code, **query))
    assert response.status_code == 200
    return response.content.decode()


def table(html, caption):
    """Rows of the table with this caption: first cell -> the others."""
    found = next(t for t in re.findall(r"<table>.*?</table>", html, re.S) if caption in t)
    rows = re.findall(r"<tr.*?</tr>", found, re.S)
    cells = [[strip_tags(c).strip() for c in re.findall(r"<t[hd].*?</t[hd]>", row, re.S)] for row in rows]
    return {row[0]: row[1:] for row in cells if row}


@pytest.mark.parametrize("code", PAGES)
def test_the_rvus_are_those_of_the_cms_row(client, cms_rows, code):
    html = page(client, code)
    valued = [row for row in cms_rows[code] if any(D(row[i]) for i in (5, 10, 11, 12))]
    if not valued:
        assert "Relative value units, CMS" not in html
        assert f"{code} has no work RVU in RVU26C" in strip_tags(html)
        return
    shown = table(html, "Relative value units, CMS RVU26C")
    for name, column in COMPONENTS.items():
        expected = ["NA" if NA_COLUMN.get(name) and row[NA_COLUMN[name]] == "NA" else row[column] for row in valued]
        assert shown[name] == expected, name


@pytest.mark.parametrize("code", PAGES)
def test_the_indicators_are_those_of_the_cms_row(client, cms_rows, code):
    row = cms_rows[code][0]
    html = page(client, code)
    shown = dict(re.findall(r"<dt>\s*([^<]+?)\s*<span class=\"value\">([^<]+)</span>", html))
    assert shown["Status"] == row[3]
    assert shown["Global period"] == row[14]
    assert shown["Professional and technical part"] == row[13]
    assert [
        shown[k]
        for k in ("Multiple procedures", "Both sides", "Assistant at surgery", "Two surgeons", "Team of surgeons")
    ] == row[18:23]
    assert (shown["Supervision of the test"], shown["Imaging family"]) == (row[26], row[28])


def test_99214_is_paid_to_the_cent_with_both_factors(client):
    text = strip_tags(page(client, "99214"))
    for amount in ("$135.61", "$136.28", "$84.50", "$84.93"):
        assert amount in text


def test_70553_shows_the_reading_and_the_technical_part(client):
    shown = table(page(client, "70553"), "Allowed amount for 2026")
    assert shown["Nationalfactor $33.4009"] == ["NA", "$105.21", "NA"]  # the last group is the facility
    assert "$316.97" in page(client, "70553")


def test_alaska_is_named_by_contractor_and_locality(client):
    text = strip_tags(page(client, "27447", locality="0210201"))
    assert "GPCIs of AK Alaska: work 1.500, PE 1.065, MP 0.551" in " ".join(text.split())
    assert "$1,443.34" in text


def test_seven_digits_that_name_two_localities_are_not_guessed(client):
    html = page(client, "99214", locality="0510200")
    assert "names more than one locality" in html
    assert "GPCIs of" not in html
    assert "GPCIs of CT Connecticut" in " ".join(strip_tags(page(client, "99214", locality="0510200-CT")).split())


@pytest.mark.parametrize("locality", ["9999999", "<script>", "0210201 OR 1=1", "x" * 500])
def test_an_unknown_locality_is_said_and_the_page_stands(client, locality):
    html = page(client, "99214", locality=locality)
    assert "is no locality of this release" in html
    assert "<script>alert" not in html
    assert "$135.61" in html


def test_the_page_as_of_an_earlier_release_is_marked_and_not_for_search_engines(client):
    html = page(client, "27447", release="RVU25D")
    assert "as of CMS" in html and "RVU25D" in html
    assert '<meta name="robots" content="noindex' in html
    assert table(html, "Relative value units, CMS RVU25D")["Work"] == ["19.60"]


def test_a_release_that_is_not_loaded_is_not_found(client):
    assert client.get(address("27447", release="RVU19A")).status_code == 404


def test_the_years_are_compared_and_the_change_is_named(client):
    html = page(client, "27447")
    assert "work 19.60 → 19.11, the 2026 efficiency adjustment" in html
    assert "<svg" in html and "Values by release" in html


def test_the_last_day_of_the_global_period_for_a_typed_date(client):
    assert "May 30, 2026" in page(client, "27447", surgery_date="2026-03-01")
    assert "global period" in page(client, "27447", surgery_date="2026-99-99")


def test_a_code_that_ended_is_spoken_of_in_the_past_everywhere(client):
    """Valued in 2025, gone in 2026: nothing offers it, or its payment, as today's."""
    row = RvuRow.objects.filter(release__name="RVU25D", work__gt=1, modifier="", status="A")
    gone = row.exclude(code__rows__release__name="RVU26C").select_related("code").first()
    html = client.get(gone.code.get_absolute_url()).content.decode()
    text = " ".join(strip_tags(html).split())
    assert "The current release does not hold this code any more" in text and "RVU25D" in text
    assert f"{gone.code_id} was a CPT code" in text and f"What was CPT code {gone.code_id}?" in text
    assert f"had a work RVU of {gone.work} in CMS's release RVU25D" in text
    assert "RVU and payment, last in RVU25D" in re.search("<title>(.*?)</title>", html, re.S)[1]
    assert "It is no longer in Medicare" in re.search(r'name="description"\s+content="(.*?)"', html, re.S)[1]
    assert '"description": "It is no longer in Medicare' in html
    assert "Allowed amount in 2025 by RVU25D, not today's" in html.replace("&#x27;", "'")
    for today in (f"{gone.code_id} is a", "has a work RVU", "Its Medicare status is", "<dt>Medicare"):
        assert today not in html


def test_where_only_the_professional_part_has_rvus_every_sentence_says_so(client):
    html = client.get("/cpt-codes/radiology/70170/").content.decode()
    text = " ".join(strip_tags(html).split())
    work = RvuRow.objects.get(release__name="RVU26C", code="70170", modifier="26").work
    assert "no work RVU" not in text and "Does 70170 have a work RVU" not in text
    assert f"CPT code 70170 with modifier 26 has a work RVU of {work} in CMS's release RVU26C." in text
    assert "CMS gives RVUs for the professional component alone, billed with modifier 26." in text
    assert f"Work RVU with modifier 26 {work}, CMS RVU26C." in html
    assert "Medicare does not pay with these RVUs" not in text
    assert f"Work RVU, modifier 26 {work}" in text


@pytest.mark.parametrize(
    "typed",
    [
        "/J7521",
        "/j7521",
        "/j7521/",
        "/cpt-codes/J7521",
        "/cpt-codes/j7521/",
        "/cpt-codes/j-codes/j7521/",
        "/cpt-codes/surgery/J7521/",
    ],
)
def test_other_spellings_lead_to_the_page(client, typed):
    response = client.get(typed)
    assert (response.status_code, response["Location"]) == (301, "/cpt-codes/j-codes/J7521/")


def test_a_redirect_keeps_the_question(client):
    assert client.get("/99214?locality=0210201")["Location"].endswith("/99214/?locality=0210201")


def test_an_unknown_code_is_not_found_and_the_nearest_are_offered(client):
    response = client.get("/99217")
    assert response.status_code == 404
    assert "/cpt-codes/evaluation-management/99214/" in response.content.decode()


def test_the_placeholder_in_the_cms_file_has_no_page(client):
    assert client.get("/GXXX1").status_code == 404
    assert client.get("/cpt-codes/g-codes/GXXX1/").status_code == 404


@pytest.mark.parametrize("code", ["J7521", "A0425", "D0120"])
def test_a_code_that_is_not_cpt_is_never_called_cpt(client, code):
    html = page(client, code)
    main = re.search(r"<article.*</article>", html, re.S)[0].replace("CPT Codes", "")
    assert f"CPT {code}" not in main and f"CPT code {code}" not in main and "CPT®" not in main
    system = "CDT" if code[0] == "D" else "HCPCS Level II"
    assert f'"codingSystem": "{system}"' in html


def test_the_sections_of_the_page_stand_in_their_order(client):
    html = page(client, "J7521")
    heads = [strip_tags(h).replace("&amp;", "&").strip() for h in re.findall(r"<h2.*?</h2>", html, re.S)]
    expected = ["Description", "In Plain Language", "Clinical Context", "RVU Information", "Billing & Documentation", "Specialties",
                "Frequently Asked Questions", "Track This Code"]  # fmt: skip
    assert [head for head in heads if head in expected] == expected
    assert "Also known as:" in html and "Prograf granules" in html
    assert "CMS Physician Fee Schedule RVU26C" in html


def test_cms_wording_of_cpt_codes_is_shown_only_with_the_right_to(client, settings):
    code = (
        Code.objects.filter(status="draft", code_set="cpt1", rows__release__is_current=True)
        .exclude(cms_descriptor="")
        .first()
    )
    wording = code.facts(wording="").wording
    assert wording == ""
    html = client.get(code.get_absolute_url()).content.decode()
    assert code.cms_descriptor not in html and "derived from CMS" in html
    settings.SHOW_CPT_DESCRIPTORS = True
    shown = client.get(code.get_absolute_url()).content.decode()
    assert "CMS describes it as" in shown


def test_a_level_ii_code_without_our_text_shows_cms_wording(client):
    code = Code.objects.get(code="J9035")
    code.status = "draft"
    code.save()
    HcpcsRecord.objects.create(
        release=HcpcsRelease.objects.create(name="HCPC2026_JAN", is_current=True, effective_from="2026-01-01"),
        code=code, long_description="Injection, bevacizumab, 10 mg", coverage="D", added="2005-01-01",
    )  # fmt: skip
    html = client.get("/cpt-codes/j-codes/J9035/").content.decode()
    assert "“Injection, bevacizumab, 10 mg”" in html
    assert "special coverage rules apply" in html and "January 1, 2005" in html


@pytest.mark.parametrize("code", ["27447", "99214", "J7521", "70553"])
def test_a_cold_page_takes_at_most_five_queries(client, django_assert_max_num_queries, code):
    with django_assert_max_num_queries(5):
        page(client, code)


def test_every_code_of_the_file_has_a_page_with_one_heading(client):
    for code in Code.objects.listed().select_related("category").order_by("?")[:60]:
        html = client.get(code.get_absolute_url()).content.decode()
        assert html.count("<h1") == 1, code
        assert not re.search(r">\s*None\s*<|\$None|None None", html), code


def test_a_staff_edit_is_seen_at_once_and_changes_the_tag(client):
    before = client.get(address("J7521"))
    code = Code.objects.get(code="J7521")
    code.name = "Tacrolimus liquid"
    code.save()
    after = client.get(address("J7521"), headers={"If-None-Match": before["ETag"]})
    assert after.status_code == 200 and b"Tacrolimus liquid" in after.content


def test_html_in_a_text_is_shown_as_text(client):
    code = Code.objects.get(code="J7521")
    code.description = "<script>alert(1)</script>"
    code.save()
    html = page(client, "J7521")
    assert "<script>alert(1)" not in html and "&lt;script&gt;" in html


def test_the_years_leave_out_a_setting_that_cms_marks_as_not_used(client):
    html = page(client, "27447")
    years = table(html, "Values by release")
    assert years["RVU26C"] == ["Jul 2026", "19.11", "NA", "34.71", "work 19.60 → 19.11, the 2026 efficiency adjustment"]
    assert re.findall(r'class="legend[^"]*">([^<]+)', html) == ["Work RVU", "Total, facility"]


def test_the_years_of_a_code_of_both_settings_show_the_non_facility_total(client):
    html = page(client, "99214")
    assert re.findall(r'class="legend[^"]*">([^<]+)', html) == ["Work RVU", "Total, non-facility"]


def test_figure_tags_of_a_text_are_shown_wherever_the_text_is(client):
    tag, work = (
        '{% rvu "99213" "work" %}',
        D(RvuRow.objects.get(code="99213", release__is_current=True, modifier="").work),
    )
    said = dict.fromkeys(
        ("description", "plain_language", "clinical_context", "billing"), f"A <b> visit of {tag} work RVUs."
    )
    Code.objects.filter(pk="99214").update(**said)
    Code.objects.get(pk="99214").faqs.create(question=f"Is {tag} less?", answer=f"It is {tag}.")
    html = page(client, "99214")
    shown = f'A &lt;b&gt; visit of <span class="figure" title="CMS RVU26C">{work}</span> work RVUs.'
    assert html.count(shown) == 5  # the four texts, and the first question
    assert "{%" not in html and f"It is {work}." in html.split("application/ld+json")[1].split("</script>")[0]
    assert f'content="CPT 99214: A &lt;b&gt; visit of {work} work RVUs.' in html
    assert f">{work}</span> work RVUs." in client.get("/students/?code=99214").content.decode()


def test_the_figures_of_a_text_take_two_queries_more(client, django_assert_max_num_queries):
    Code.objects.filter(pk="99214").update(billing="{% release_year %}", description='{% rvu "99213" "work" %}')
    with django_assert_max_num_queries(7):
        page(client, "99214")


@pytest.mark.database
def test_it_is_shown_while_the_next_version_adds_a_column(full_site, tmp_path):
    """PostgreSQL keeps the plans of a connection, and refuses one whose result has got another shape."""
    database = copy_of(full_site, tmp_path, "altered")
    with serving(database) as address:
        ask = [f"{address}/cpt-codes/surgery/27447/?again={i}" for i in range(10)]
        assert {urlopen(url).status for url in ask[:5]} == {200}
        is_postgres = database.startswith("postgres")
        connect = psycopg.connect(database) if is_postgres else sqlite3.connect(path_of(database))
        with closing(connect) as connection:
            for table in ("codes_code", "codes_rvurow"):
                connection.execute(f"ALTER TABLE {table} ADD COLUMN later integer")
            connection.commit()
        assert {urlopen(url).status for url in ask[5:]} == {200}
