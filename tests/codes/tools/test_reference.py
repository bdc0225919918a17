"""Reference pages: every figure with its source."""

import re

import pytest
from django.urls import reverse

from codes.models import Benchmark, CaseMinimum, Modifier, Release, ReleaseFile
from codes.modifiers import KNOWN, handling
from codes.tools.pages import PAGES as PAGES_BY_NAME
from tests.codes.small import clear
from tests.codes.tools.reading import page, text

pytestmark = pytest.mark.django_db
PAGES = [
    "/resources/", "/resources/conversion-factor-history/", "/resources/benchmarks-by-specialty/", "/resources/acgme-case-log-requirements/",
    "/resources/modifiers/",
]  # fmt: skip


@pytest.mark.parametrize("address", PAGES)
def test_a_cold_page_takes_few_queries(client, django_assert_max_num_queries, address):
    with django_assert_max_num_queries(8):
        page(client, address)


def test_the_index_leads_to_every_tool_and_table(client):
    html = page(client, "/resources/")
    links = set(re.findall(r'href="(/[^"]+)"', html.split("<main")[1]))
    assert {
        "/resources/rvu-calculator/",
        "/cpt-codes/compare/",
        "/cpt-codes/changes/",
        "/students/",
        "/residents/",
        "/attendings/",
        *PAGES[1:],
    } <= links
    assert all(client.get(link).status_code == 200 for link in links)


def test_all_of_these_pages_are_in_the_sitemap(client):
    found = client.get("/sitemap-pages.xml").content.decode()
    assert all(
        f"http://testserver{address}</loc>" in found for address in [*PAGES, "/students/", "/cpt-codes/changes/"]
    )


def test_the_history_shows_mid_year_changes_and_both_factors_of_2026(client):
    said = text(page(client, PAGES[1]))
    assert "Mar 9 to Dec 31, 2024 $33.2875" in said and "$33.4009" in said and "2026 QPP $33.5675" in said
    assert (
        "worked out with $33.4009 and, for qualifying participants in advanced alternative payment models (QPP), with $33.5675"
        in said
    )


def test_the_history_goes_on_with_the_releases_that_are_loaded(client):
    release = Release.objects.create(
        name="RVU90A", effective_from="2090-01-01", effective_to="2090-03-31", row_count=9, conversion_factor="32.9871"
    )
    ReleaseFile.objects.create(release=release, kind="PPRRVU", name="PPRRVU2090_Jan.csv", sha256="0" * 64, rows=9)
    html = page(client, PAGES[1])
    assert "Jan 1 to Mar 31, 2090 $32.9871 Not in force yet. CMS file PPRRVU2090_Jan.csv of RVU90A (official)" in text(
        html
    )
    assert "from January 2090: $32.9871" in html


def test_a_benchmark_stands_with_its_survey_year_and_source(client):
    html = page(client, PAGES[2], specialty="gastroenterology")
    assert "75th percentile 10,051 all MGMA DataDive Provider Compensation 2016 2015" in text(html)
    assert 'href="https://www.mgma.com/' in html and "<rect" in html and "licensed" in text(html)
    assert "Cardiology" not in text(html).split("All specialties")[1].split("Gastroenterology:")[1]


def test_hidden_figures_are_not_shown(client):
    Benchmark.objects.filter(specialty="Gastroenterology").update(is_shown=False)
    CaseMinimum.objects.filter(specialty="Urology").update(is_shown=False)
    assert "Gastroenterology" not in page(client, PAGES[2]) and "Urology" not in page(client, PAGES[3])


def test_case_minimums_of_a_specialty_with_source_and_trust(client):
    said = text(page(client, PAGES[3], specialty="orthopedic-surgery"))
    assert "Total knee arthroplasty 30 cases" in said and "(approximate)" in said and "2013" in said
    assert "Urodynamics" not in said


@pytest.mark.parametrize("address", PAGES[2:4])
def test_an_unknown_specialty_is_said(client, address):
    assert "Nothing is known here for “astrology”" in text(page(client, address, specialty="astrology"))


def test_every_modifier_has_an_anchor_and_says_what_it_does(client):
    Modifier.objects.create(code="ZZ", cms_description="Only in CMS's file")
    html = page(client, PAGES[4])
    assert all(f'id="m-{code}"' in html for code in Modifier.objects.values_list("code", flat=True))
    assert "As a rule 62.5 percent for each. Contracts differ." in text(html) and "Only in CMS's file" in text(html)


def test_every_modifier_the_calculator_knows_stands_there_with_what_the_calculator_does(client):
    html = page(client, PAGES[4])
    for code in KNOWN:
        entry = text(html.split(f'id="m-{code}"')[1].split("</div>")[0])
        assert f"Calculator {handling(code).value}" in entry and "Payment" in entry and "Credited work RVU" in entry, (
            code
        )


def test_every_page_stands_on_an_empty_site(client):
    clear()
    for name in PAGES_BY_NAME:
        html = page(client, reverse(name))
        assert html.count("<h1") == 1 and ">None<" not in html, name
    assert "no code of this catalogue" in page(client, reverse("rvu-calculator"), codes="99214")
