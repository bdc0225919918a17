from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codes import indicators
from codes.cms.pprrvu import LEGAL


@pytest.mark.parametrize("field, table", [(field, table) for field, _, table in indicators.ALL])
def test_every_value_the_reader_accepts_has_a_meaning(field, table):
    unexplained = LEGAL[field] - set(table) - {""}
    assert not unexplained


def test_the_last_day_of_a_major_global_is_ninety_days_after():
    assert indicators.last_day_of_global("090", date(2026, 3, 1)) == date(2026, 5, 30)
    assert indicators.first_day_of_global("090", date(2026, 3, 1)) == date(2026, 2, 28)


def test_a_minor_procedure_counts_from_its_own_day():
    assert indicators.first_day_of_global("010", date(2026, 3, 1)) == date(2026, 3, 1)
    assert indicators.last_day_of_global("010", date(2026, 3, 1)) == date(2026, 3, 11)


@pytest.mark.parametrize("value", ["XXX", "YYY", "ZZZ", "MMM", ""])
def test_without_a_fixed_period_there_is_no_last_day(value):
    assert indicators.last_day_of_global(value, date(2026, 3, 1)) is None


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)))
def test_a_major_global_always_has_92_days(day):
    first, last = indicators.first_day_of_global("090", day), indicators.last_day_of_global("090", day)
    assert (last - first).days + 1 == 92


def test_a_value_newer_than_the_tables_is_shown_as_it_is():
    assert indicators.meaning(indicators.STATUS, "?")[0] == "?"
