"""Figures in texts come from the current release, or say that they are not in it."""

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.utils.html import strip_tags
from hypothesis import given
from hypothesis import strategies as st

from codes.figures import FIELDS, MISSING, SHAPES, FigureError, Tag, fetch, parse
from codes.models import Release, RvuRow


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
    "conversion_factor 1990": "no conversion factor of 1990 is known",
    'conversion_factor 2025 "qpp"': "no conversion factor of 2025 is known",
    'code "99999"': "99999 has no page here",
}
MISTAKES = {
    'wrvu "99214"': "there is no tag “wrvu”",
    "": "there is no tag",
    'rvu "99214"': "rvu takes 2 values",
    'rvu "99214" "total"': "there is no field “total”",
    'rvu "99214" "work" setting="facility"': "rvu takes no setting",
    'payment "99214" setting="office"': "setting is non-facility or facility",
    'conversion_factor "QPP"': "conversion_factor takes a year",
}


@pytest.mark.django_db
@pytest.mark.parametrize("source, shown", FIGURES.items(), ids=FIGURES)
def test_a_tag_becomes_the_figure(source, shown):
    assert figure(source) == shown


@pytest.mark.django_db
def test_the_title_says_where_it_comes_from():
    tag = parse('rvu "99214" "work"')
    assert fetch([tag]).html(tag) == '<span class="figure" title="CMS RVU26C">1.92</span>'
    tag = parse('payment "99214"')
    assert 'title="CMS RVU26C, national, non-facility, conversion factor 33.4009"' in fetch([tag]).html(tag)


@pytest.mark.django_db
@pytest.mark.parametrize("source, reason", TROUBLES.items(), ids=TROUBLES)
def test_what_has_no_value_is_an_error_and_words_on_the_page(source, reason):
    assert reason in trouble(source)
    tag = parse(source)
    assert strip_tags(fetch([tag]).html(tag)) == MISSING


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
    tags = [parse(source) for source in FIGURES if "locality" not in source]
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
