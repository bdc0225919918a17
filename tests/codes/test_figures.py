"""Figures in texts come from the current release, or say that they are not in it."""

import re

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.utils.html import strip_tags
from hypothesis import given
from hypothesis import strategies as st

from codes.figure_tags import FIELDS, SHAPES, FigureError, Tag, parse
from codes.figures import MISSING, fetch
from codes.models import Release, ReleaseFile, RvuRow


def figure(source: str) -> str:
    tag = parse(source)
    return strip_tags(fetch([tag]).figure(tag))


def trouble(source: str) -> str:
    with pytest.raises(FigureError) as error:
        figure(source)
    return str(error.value)


FIGURES = {
    'rvu "99214" "work"': "1.92",
    'rvu "70553" "work" modifier="26"': "2.23",
    'rvu "70553" "work" modifier="TC"': "0.00",
    'rvu "99214" "nonfac_total"': "4.06",
    'payment "99214"': "$135.61",
    'payment "99214" setting="non-facility" factor="standard"': "$135.61",
    'payment "27447" setting="facility" locality="0210201"': "$1,443.34",
    "conversion_factor 2026": "$33.4009",
    'conversion_factor 2026 "qpp"': "$33.5675",
    "conversion_factor": "$33.4009",
    'conversion_factor "qpp"': "$33.5675",
    'anesthesia_factor "qpp"': "$20.5998",
    'rvu "99213" "work" year=2025': "1.30",
    'rvu "99214" "nonfac_total" year=2025': "3.87",
    'payment "99214" year=2025': "$125.18",
    'payment "99214" year=2025 locality="0210201"': "$158.97",
    'bill "45385,45380" setting="facility"': "$236.47",
    'bill "64721,26055" "work"': "7.88",
    'bill "64721,26055" "ranked_work" setting="facility"': "6.365",
    'bill "20610-50"': "$103.22",
    "anesthesia_payment 7 129": "$319.76",
    "code_count": "17,096",
    "release_year": "2026",
    "conversion_factor 2025": "$32.3465",
    "anesthesia_factor 2026": "$20.4976",
    "release": "RVU26C of June 30, 2026",
    'code "99214"': "99214 Return office visit, level 4",
}
TROUBLES = {
    'rvu "99000" "work"': "RVU26C gives 99000 no work RVU",
    'rvu "99219" "work"': "99219 is not in RVU26C",
    'rvu "99214" "work" modifier="26"': "99214 with modifier 26 is not in RVU26C",
    'rvu "27447" "nonfac_total"': "CMS marks the non-facility total of 27447 as not applicable in RVU26C",
    'payment "27447"': "CMS marks the non-facility setting of 27447 as not applicable in RVU26C",
    'payment "J7521"': "Medicare pays no amount by RVUs for J7521 in RVU26C",
    'payment "99214" locality="9999999"': "9999999 is no locality of RVU26C",
    'payment "99214" locality="0510200"': "or of more than one state (add -ST)",
    'bill "99214,99999"': "99999 is no code of this catalogue",
    'bill "99214,J7521"': "J7521 has no amount to add up in RVU26C: CMS gives no RVUs for this code",
    'bill "27447"': "27447 has no amount to add up in RVU26C: NA",
    'bill "99214-53"': "99214 has no amount to add up in RVU26C",
    'code "99999"': "99999 has no page here",
}
UNKNOWN_YEARS = {
    'rvu "99214" "work" year=2020': "no release of 2020 is loaded",
    'payment "99214" year=2020': "no release of 2020 is loaded",
    'payment "99214" year=2025 factor="qpp"': "RVU25D has no such factor",
    "conversion_factor 1990": "no conversion factor of 1990 is known",
    'conversion_factor 2025 "qpp"': "no conversion factor of 2025 is known",
}
MISTAKES = {
    'wrvu "99214"': "there is no tag “wrvu”",
    "": "there is no tag",
    'rvu "99214"': "rvu takes 2 values",
    'rvu "99214" "total"': "there is no field “total”",
    'rvu "99214" "work" setting="facility"': "rvu takes no setting",
    'payment "99214" setting="office"': "setting is non-facility or facility",
    'conversion_factor "QPP"': "conversion_factor takes a year",
    'rvu "99214" "work" year="last"': "year is a year",
    "release_year 2026": "release_year takes 0 values",
    'bill "99214;quokka"': "Write a code of five characters",
    'bill ""': "Write a code of five characters",
    'bill "99214" "total"': "bill shows payment or work or ranked_work, not “total”",
    "anesthesia_payment 7 2h": "whole numbers both",
}


@pytest.mark.django_db
@pytest.mark.parametrize("source, shown", FIGURES.items(), ids=FIGURES)
def test_a_tag_becomes_the_figure(source, shown):
    assert figure(source) == shown


@pytest.mark.django_db
def test_the_title_says_where_it_comes_from():
    tag = parse('rvu "99214" "work"')
    assert fetch([tag]).html(tag) == '<span class="figure" title="CMS RVU26C">1.92</span>'


def title(source: str) -> str:
    tag = parse(source)
    return re.search('title="([^"]*)"', fetch([tag]).figure(tag))[1]


TITLES = {
    'payment "99214"': "^CMS RVU26C, national, non-facility, conversion factor 33.4009$",
    'payment "99214" year=2025': "^CMS RVU25D, national, non-facility, conversion factor 32.3465$",
    'payment "99214" factor="qpp"': "factor 33.5675 .Published figure, not of a loaded CMS file: https://pbn",
    'conversion_factor 2026 "qpp"': "^Published figure, not of a loaded CMS file: https://pbn",
    'anesthesia_factor 2026 "qpp"': "^Published figure, not of a loaded CMS file: https://immedicaresolutions",
    "anesthesia_factor": "^Published figure, not of a loaded CMS file: ",
    "anesthesia_factor 2025": "^CMS RVU25D$",
    "anesthesia_payment 7 129": "^7 base units, 129 minutes, anesthesia factor 20.4976 .Published figure",
    "conversion_factor": "^CMS RVU26C$",
    "conversion_factor 2024": "^In force 2024-03-09 to 2024-12-31: https://github.com",
    'bill "45385,45380" setting="facility"': "^CMS RVU26C, national, facility, conversion factor 33.4009, the codes as one day",
    'bill "64721,26055" "ranked_work"': "^CMS RVU26C, work RVUs reduced as Medicare reduces its payment$",
    "code_count": "^CMS RVU26C$",
}


@pytest.mark.django_db
@pytest.mark.parametrize("source, said", TITLES.items(), ids=TITLES)
def test_the_title_names_the_file_or_who_published_it(source, said):
    assert re.search(said, title(source))


@pytest.mark.django_db
def test_a_factor_is_of_the_release_once_its_file_is_loaded():
    release = Release.objects.get(name="RVU26C")
    for kind in ("PPRRVU QPP", "ANES"):
        ReleaseFile.objects.create(release=release, kind=kind, name="x.csv", sha256="0" * 64, rows=1)
    for source in ('conversion_factor "qpp"', "anesthesia_factor 2026"):
        assert title(source) == "CMS RVU26C"
    assert title('anesthesia_factor "qpp"').startswith("Published"), "no file of CMS's bundle prints it"


@pytest.mark.django_db
def test_the_starter_counts_its_own_codes_and_says_so():
    Release.objects.filter(name="RVU26C").update(is_starter=True, code_count=711)
    assert (figure("code_count"), title("code_count")) == ("711", "CMS RVU26C, the part of it loaded here")


@pytest.mark.django_db
@pytest.mark.parametrize("setting", ["facility", "non-facility"])
def test_a_bill_is_the_calculators_sum(client, setting):
    codes = "45385,45380,43239,20610-50x2"
    sheet = client.get(f"/resources/rvu-calculator/?codes={codes}&setting={setting}&format=csv").content.decode()
    assert figure(f'bill "{codes}" setting="{setting}"').lstrip("$") == sheet.splitlines()[-1].split(",")[7]


@pytest.mark.django_db
@pytest.mark.parametrize("source, reason", TROUBLES.items(), ids=TROUBLES)
def test_what_has_no_value_is_an_error_and_words_on_the_page(source, reason):
    assert reason in trouble(source)
    tag = parse(source)
    assert strip_tags(fetch([tag]).html(tag)) == MISSING


@pytest.mark.django_db
@pytest.mark.parametrize("source, reason", UNKNOWN_YEARS.items(), ids=UNKNOWN_YEARS)
def test_a_year_that_is_not_loaded_is_an_error_and_words_on_the_page(source, reason):
    assert reason in trouble(source)
    tag = parse(source)
    assert strip_tags(fetch([tag]).html(tag)) == f"not known here for {tag.year}"


@pytest.mark.django_db
def test_a_year_means_its_newest_release_that_staff_have_not_rolled_back():
    Release.objects.create(
        name="RVU25E", effective_from="2025-11-01", effective_to="2025-12-31", row_count=1, withdrawn=True
    )
    Release.objects.create(name="RVU25F", effective_from="2025-12-01", effective_to="2025-12-31")
    assert figure('rvu "99214" "nonfac_total" year=2025') == "3.87"


@pytest.mark.parametrize("source, reason", MISTAKES.items(), ids=MISTAKES)
def test_a_mistyped_tag_is_an_error(source, reason):
    with pytest.raises(FigureError, match=reason.replace("(", ".")):
        parse(source)


@given(st.sampled_from(sorted(SHAPES)), st.lists(st.text(max_size=8), max_size=3))
def test_whatever_is_typed_is_a_tag_or_an_error(name, words):
    try:
        assert isinstance(parse(f"{name} {' '.join(words)}"), Tag)
    except FigureError as error:
        assert str(error)


@pytest.mark.django_db
def test_every_field_is_the_rows_own():
    row = RvuRow.objects.get(code="99213", modifier="", release__is_current=True)
    assert [figure(f'rvu "99213" "{field}"') for field in FIELDS] == [str(getattr(row, field)) for field in FIELDS]


@pytest.mark.django_db
def test_a_year_without_a_release_takes_its_last_factor_from_the_sourced_table():
    assert figure("conversion_factor 2010") == "$36.8729"
    assert Release.objects.filter(effective_from__year=2010).count() == 0


@pytest.mark.django_db
def test_all_figures_of_a_text_take_two_queries(django_assert_num_queries):
    tags = [parse(source) for source in FIGURES if "locality" not in source and "bill" not in source]
    with django_assert_num_queries(2):
        figures = fetch(tags)
        assert all(figures.html(tag) for tag in tags)


def rendered(source: str, **context) -> str:
    return strip_tags(Template("{% load figures %}" + source).render(Context(context)))


@pytest.mark.django_db
def test_templates_have_the_same_tags(django_assert_num_queries):
    with django_assert_num_queries(2):
        assert rendered('{% rvu "99214" "work" %} {% if 1 %}{% payment "99214" %}{% endif %}') == "1.92 $135.61"
    assert rendered('{% rvu code field modifier="26" %}', code="70553", field="work") == "2.23"
    assert rendered('{% rvu code "work" %}', code="99219") == MISSING


def test_a_mistake_in_a_template_is_found_when_it_is_compiled():
    with pytest.raises(TemplateSyntaxError, match="there is no field"):
        Template('{% load figures %}{% rvu "99214" "wrok" %}')
