from decimal import Decimal

from django import template

register = template.Library()


@register.filter
def rvus(value: Decimal) -> str:
    """A sum of RVUs with two to four decimals, as many as it needs: 1.92, 0.3125."""
    exact = value.quantize(Decimal("0.0001"))
    shown = exact.quantize(Decimal("0.01")) if exact == exact.quantize(Decimal("0.01")) else exact.normalize()
    return f"{shown:,}"


@register.filter
def signed(value: Decimal) -> str:
    """A difference in whole numbers with its sign: +1,204, −87."""
    return f"{value:+,.0f}".replace("-", "−")
