from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from codes.page import Indicator

register = template.Library()


@register.filter
def rvus(value: Decimal) -> str:
    """A sum of RVUs with two to four decimals, as many as it needs: 1.92, 0.3125."""
    exact = value.quantize(Decimal("0.0001"))
    shown = exact.quantize(Decimal("0.01")) if exact == exact.quantize(Decimal("0.01")) else exact.normalize()
    return f"{shown:,}"


@register.filter
def dollars(value: Decimal) -> str:
    """An amount as it was rounded, to the cent: $1,204.50."""
    return f"${value:,}"


@register.filter
def signed(value: Decimal) -> str:
    """A difference in whole numbers with its sign: +1,204, −87."""
    return f"{value:+,.0f}".replace("-", "−")


@lru_cache(maxsize=500)
def _indicator_entry(indicator: Indicator) -> str:
    """There are few of them on many pages: each is rendered once for each process."""
    return render_to_string("codes/_indicator.html", indicator._asdict())


@register.simple_tag
def indicator_entries(indicators: Sequence[Indicator]) -> SafeString:
    return mark_safe("".join(map(_indicator_entry, indicators)))  # noqa: S308
