"""Medicare's conversion factors since 2010."""

from datetime import date, timedelta
from decimal import Decimal as D
from itertools import pairwise

import pytest

from codes.factors import chart, periods
from codes.loading import conversion_factors
from codes.models import Release


def value_on(day, kind="pfs"):
    (found,) = [p for p in periods(kind) if p.first_day <= day <= p.last_day]
    return found.value


@pytest.mark.parametrize("day, value", [
    (date(2010, 5, 31), "36.0791"), (date(2010, 6, 1), "36.8729"), (date(2015, 7, 1), "35.9335"), (date(2024, 3, 8), "32.7442"),
    (date(2024, 3, 9), "33.2875"), (date(2026, 7, 1), "33.4009"),
])  # fmt: skip
def test_the_factor_of_a_day(day, value):
    assert value_on(day) == D(value)


def test_the_fee_schedule_has_no_gap_and_no_overlap_from_2010_to_2026():
    shown = periods("pfs")
    assert (shown[0].first_day, shown[-1].last_day) == (date(2010, 1, 1), date(2026, 12, 31))
    assert all(after.first_day - before.last_day == timedelta(days=1) for before, after in pairwise(shown))


def test_the_second_factors_of_2026_are_those_that_payments_are_worked_out_with():
    of_2026 = conversion_factors()["26"]
    day = date(2026, 7, 1)
    assert value_on(day, "pfs_qpp") == of_2026["qpp"]
    assert value_on(day, "anesthesia") == of_2026["anesthesia"]
    assert value_on(day, "anesthesia_qpp") == of_2026["anesthesia_qpp"]


@pytest.mark.django_db
def test_loaded_releases_have_the_factor_of_their_day():
    for release in Release.objects.all():
        assert release.conversion_factor == value_on(release.effective_from)


def test_every_factor_names_its_source():
    for period in periods("pfs", "pfs_qpp", "anesthesia", "anesthesia_qpp"):
        assert period.sources and period.confidence in ("official", "secondary")
        assert all(address or text.startswith("CMS file") for text, address in period.sources), period
        assert period.confidence == "secondary" or period.sources[0][0].startswith("CMS file")


def test_a_higher_factor_stands_higher_in_the_chart():
    dots = chart("pfs", "pfs_qpp").runs[0].dots
    values = [p.value for p in periods("pfs")]
    assert [i for i, _ in sorted(enumerate(values), key=lambda v: v[1])] == [
        i for i, _ in sorted(enumerate(dots), key=lambda d: -d[1][1])
    ]
    assert all(0 <= x <= 100 for x, _, _ in dots)
