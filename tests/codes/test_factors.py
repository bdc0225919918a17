"""Medicare's conversion factors since 2010."""

from datetime import date, timedelta
from decimal import Decimal as D
from itertools import pairwise
from types import SimpleNamespace

import pytest

from codes.factors import chart, periods, periods_with
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


@pytest.mark.parametrize("year", conversion_factors())
def test_factors_that_no_file_carries_stand_in_the_table_with_their_source(year):
    of_year, day = conversion_factors()[year], date(2000 + int(year), 7, 1)
    assert value_on(day, "pfs_qpp") == of_year["qpp"]
    assert value_on(day, "anesthesia") == of_year["anesthesia"]
    assert value_on(day, "anesthesia_qpp") == of_year["anesthesia_qpp"]


def release(name, value, *files, year=2027, qpp=None):
    quarter = "ABCD".index(name[5])
    first, last = (
        date(year, 3 * quarter + 1, 1),
        (date(year, 3, 31), date(year, 6, 30), date(year, 9, 30), date(year, 12, 31))[quarter],
    )
    kinds = [SimpleNamespace(kind=kind, name=f"{kind}.csv") for kind in files or ["PPRRVU"]]
    return SimpleNamespace(
        name=name, effective_from=first, effective_to=last, conversion_factor=D(value), conversion_factor_qpp=qpp,
        files=SimpleNamespace(all=lambda: kinds),
    )  # fmt: skip


def after_2026(*releases, kinds=("pfs",)):
    return [
        (str(p.first_day), str(p.last_day), str(p.value))
        for p in periods_with(releases, *kinds)
        if p.first_day.year > 2026
    ]


def test_releases_that_are_newer_than_the_table_go_on_with_it():
    a, b, c = release("RVU27A", "32.9"), release("RVU27B", "32.9"), release("RVU27C", "33.1")
    assert after_2026(c, a, b) == [("2027-01-01", "2027-06-30", "32.9"), ("2027-07-01", "2027-09-30", "33.1")]
    assert after_2026(release("RVU26D", "1", year=2026)) == [], "the table knows 2026"


def test_a_correction_takes_the_place_of_what_it_corrects():
    assert after_2026(release("RVU27A", "32.9"), release("RVU27AR", "32.8")) == [("2027-01-01", "2027-03-31", "32.8")]


def test_a_factor_without_its_file_is_no_period():
    both = ("pfs", "pfs_qpp")
    assert len(after_2026(release("RVU27A", "32.9", qpp=D("33.3")), kinds=both)) == 1
    (_, qpp) = periods_with([release("RVU27A", "32.9", "PPRRVU", "PPRRVU QPP", qpp=D("33.3"))], *both)[-2:]
    assert (qpp.kind, qpp.value, qpp.source, qpp.confidence) == (
        "pfs_qpp",
        D("33.3"),
        "CMS file PPRRVU QPP.csv of RVU27A",
        "official",
    )


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
    dots = chart(periods("pfs", "pfs_qpp")).runs[0].dots
    values = [p.value for p in periods("pfs")]
    assert [i for i, _ in sorted(enumerate(values), key=lambda v: v[1])] == [
        i for i, _ in sorted(enumerate(dots), key=lambda d: -d[1][1])
    ]
    assert all(0 <= x <= 100 for x, _, _ in dots)
