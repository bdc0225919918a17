"""Figures in texts come from the current release, or say that they are not in it."""

import pytest
from django.utils.html import strip_tags

from codes.figures import FigureError, fetch, parse


def figure(source: str) -> str:
    tag = parse(source)
    return strip_tags(fetch([tag]).figure(tag))


def trouble(source: str) -> str:
    with pytest.raises(FigureError) as error:
        figure(source)
    return str(error.value)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "source, shown",
    {
        'rvu "99214" "work"': "1.92",
        'rvu "70553" "work" modifier="26"': "2.23",
        'rvu "99214" "nonfac_total"': "4.02",
        'payment "99214"': "$134.27",
        'payment "27447" setting="facility" locality="0210201"': "$1,443.34",
        "conversion_factor 2026": "$33.4009",
        'conversion_factor 2026 "qpp"': "$33.5675",
        "conversion_factor 2025": "$32.3465",
        "anesthesia_factor 2026": "$20.4976",
        "release": "RVU26C of June 30, 2026",
    }.items(),
)
def test_a_tag_becomes_the_figure(source, shown):
    assert figure(source) == shown
