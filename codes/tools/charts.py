"""Geometry of small charts; the templates draw them as SVG, with the table behind them. No Django.

Lengths across are shares of the width in percent, so that letters keep their size on a phone; those down are pixels.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

ROW, BAR, TOP, LONGEST = 44, 14, 6, 78


@dataclass(frozen=True)
class Bar:
    """A bar with its label above it; `length` in percent, `y` in pixels."""

    label: str
    remark: str
    value: str
    y: int
    length: float

    @property
    def text_y(self) -> int:
        return self.y - 6


@dataclass(frozen=True)
class Bars:
    rows: list[Bar]
    height: int
    thickness: int = BAR


def bars(rows: Sequence[tuple[str, str, Decimal]], *, in_dollars: bool) -> Bars:
    """Bars of (label, remark, value) on one scale that begins at zero."""
    top = max((value for *_, value in rows), default=Decimal(1)) or Decimal(1)
    drawn = [
        Bar(label, remark, money(value) if in_dollars else number(value), TOP + 20 + i * ROW, _length(value / top))
        for i, (label, remark, value) in enumerate(rows)
    ]
    return Bars(drawn, TOP + len(rows) * ROW)


def _length(share: Decimal) -> float:
    return round(float(share) * LONGEST, 1)


def number(value: Decimal) -> str:
    return f"{value:,.0f}" if value == value.to_integral_value() else f"{value:,.1f}"


def money(value: Decimal) -> str:
    return f"${value:,.0f}" if value == value.to_integral_value() else f"${value:,.2f}"


@dataclass(frozen=True)
class Mark:
    """A point on a number line; `above` alternates so that labels do not run into each other."""

    label: str
    x: float
    above: bool
    is_own: bool = False
    anchor: str = "middle"


def number_line(points: Sequence[tuple[str, Decimal]], own: Decimal) -> list[Mark]:
    """Marks of benchmarks and of one's own sum on a line from zero to the highest of them."""
    top = max([own, *(value for _, value in points)]) or Decimal(1)
    ordered = sorted(points, key=lambda point: point[1])
    marks = [_mark(label, value / top, i % 2 == 0) for i, (label, value) in enumerate(ordered)]
    return [*marks, _mark("", own / top, True, is_own=True)]


def _mark(label: str, share: Decimal, above: bool, is_own: bool = False) -> Mark:
    x = round(3 + float(share) * 94, 1)
    anchor = "end" if x > 75 else "start" if x < 25 else "middle"
    return Mark(label, x, above, is_own, anchor)
