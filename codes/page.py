"""All figures of one code page, worked out from the rows of its releases. No Django.

Releases and rows are read by their attributes (codes/models.py: Release, RvuRow).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from codes import indicators
from codes.payment import NATIONAL, Gpcis, Payment, Rvus, Setting, payment

MODIFIERS = {
    "": "Whole service",
    "26": "26, professional part",
    "TC": "TC, technical part",
    "53": "53, stopped procedure",
}
# CMS cut the work RVU of services that are not timed by 2.5 percent in 2026 (CY 2026 final rule, CMS-1832-F).
EFFICIENCY_2026 = Decimal("0.975")
CENT = Decimal("0.01")


@dataclass(frozen=True)
class ReleaseFigures:
    """One release and this code's rows in it, the whole service first."""

    release: object
    rows: list

    @property
    def main(self) -> object | None:
        return self.rows[0] if self.rows else None

    @property
    def valued(self) -> object | None:
        """The row whose values stand for the code: the whole service's, else that of a part that alone has values."""
        return next((row for row in self.rows if row.work is not None), None)

    @property
    def has_values(self) -> bool:
        return self.valued is not None


def by_release(rows: Iterable, current) -> list[ReleaseFigures]:
    """Rows by release, in the order they come; the current release, if any, stands first without rows if it has none."""
    result: dict[str, ReleaseFigures] = {}
    for row in rows:
        result.setdefault(row.release.name, ReleaseFigures(row.release, [])).rows.append(row)
    if current and current.name not in result:
        return [ReleaseFigures(current, []), *result.values()]
    return list(result.values())


def choose(releases: Sequence[ReleaseFigures], wanted: str | None) -> ReleaseFigures | None:
    """The release a page shows: the one asked for (None if it is not loaded), else the current one.

    A code that the current release does not hold is shown as of the newest release that did, else of the next one.
    """
    if wanted:
        return next((entry for entry in releases if entry.release.name == wanted), None)
    current = next((entry for entry in releases if entry.release.is_current), None)
    if current is None or current.rows:
        return current
    held = [entry for entry in releases if entry.rows]
    return next((entry for entry in held if not entry.release.is_ahead), held[-1] if held else current)


def is_past(release: object) -> bool:
    return not release.is_current and not release.is_ahead


def ending(held_by: str | None, terminated: date | None, current: object | None, today: date) -> dict:
    """Whether a code is no longer in use, as facts of it: `last_release`, `terminated`, `has_ended`.

    `held_by` is the newest release in force that holds the code, `terminated` the day on which the HCPCS Level II file
    ends it. The starter is a part of its release: what it lacks may well be in use. A current release that began after
    that day and holds the code knows better.
    """
    is_held = current is not None and held_by == current.name
    is_gone = held_by and not is_held and current is not None and not current.is_starter
    is_over = terminated is not None and terminated < today and not (is_held and current.effective_from > terminated)
    return {"last_release": held_by if is_gone else "", "terminated": terminated, "has_ended": is_over}


def newest_holder(releases: Sequence[ReleaseFigures]) -> str | None:
    return next((entry.release.name for entry in releases if entry.rows and not entry.release.is_ahead), None)


@dataclass(frozen=True)
class PaymentRow:
    """Dollars in one setting, place and conversion factor: one payment for each service, None where CMS says NA."""

    setting: Setting
    place: str
    factor: Decimal
    is_qpp: bool
    payments: list[Payment | None]

    @property
    def is_empty(self) -> bool:
        return not any(self.payments)

    @property
    def is_capped(self) -> bool:
        return any(payment.is_capped for payment in self.payments if payment)


def is_paid(row: object) -> bool:
    """Whether Medicare pays with these RVUs: they are there, and the status is A, R or T."""
    return row.work is not None and row.status in indicators.PAID and not row.not_used


def paid_rows(figures: ReleaseFigures) -> list:
    return [row for row in figures.rows if is_paid(row)] if figures.release.conversion_factor else []


def payment_rows(figures: ReleaseFigures, place: str = "", gpcis: Gpcis | None = None) -> list[PaymentRow]:
    """Payments of the `paid_rows`: both settings; the place's before the nation's; standard and QPP factor."""
    release, rows = figures.release, paid_rows(figures)
    places = [(place, gpcis)] if gpcis else []
    factors = [(release.conversion_factor, False), (release.conversion_factor_qpp, True)]
    return [
        PaymentRow(setting, name, factor, is_qpp, [service_payment(row, factor, setting, indices) for row in rows])
        for setting in Setting
        for name, indices in [*places, ("National", NATIONAL)]
        for factor, is_qpp in factors
        if rows and factor
    ]


def service_payment(row: object, factor: Decimal, setting: Setting, gpcis: Gpcis = NATIONAL) -> Payment | None:
    """What Medicare allows for one service; None where CMS marks it as rarely or never given in this setting."""
    return None if is_na(row, setting) else payment(rvus_of(row), factor, setting, gpcis)


def is_na(row: object, setting: Setting) -> bool:
    """Whether CMS marks the service as rarely or never given in this setting."""
    return row.nonfac_na if setting is Setting.NONFACILITY else row.fac_na


def rvus_of(row: object) -> Rvus:
    return Rvus(row.work, row.nonfac_pe, row.fac_pe, row.mp, row.opps_nonfac_pe, row.opps_fac_pe, row.opps_mp)


COMPONENTS = (
    ("Work", "work", ""),
    ("PE, non-facility", "nonfac_pe", "nonfac_na"),
    ("PE, facility", "fac_pe", "fac_na"),
    ("MP", "mp", ""),
    ("Total, non-facility", "nonfac_total", "nonfac_na"),
    ("Total, facility", "fac_total", "fac_na"),
)


def component_rows(rows: Sequence) -> list[tuple[str, list[Decimal | None]]]:
    """(component, value for each service), None where CMS marks the setting as not applicable."""
    return [
        (name, [None if na and getattr(row, na) else getattr(row, value) for row in rows])
        for name, value, na in COMPONENTS
    ]


class Indicator(NamedTuple):
    name: str
    value: str
    short: str
    sentence: str

    @property
    def applies(self) -> bool:
        return self.short not in ("Not applicable", "No global period", "Not set", "Standard factor")


def indicator_list(row: object) -> list[Indicator]:
    """Every indicator of a row in plain English, in the order of the page."""
    return [
        Indicator(name, value, *indicators.meaning(table, value))
        for key, name, table in indicators.ALL
        if (value := getattr(row, key))
    ]


@dataclass(frozen=True)
class YearPoint:
    """A release's values of the whole service, and what changed since the release before it.

    Where the whole service has none, those of the `part` that has: its modifier. A total is None where CMS gives none, and where it marks the setting as rarely or never used.
    """

    release: object
    work: Decimal | None
    nonfac_total: Decimal | None
    fac_total: Decimal | None
    status: str
    part: str = ""
    change: str = ""


def history(releases: Sequence[ReleaseFigures]) -> list[YearPoint]:
    """Values over the loaded releases, newest first, each change named. Releases without the code are left out."""
    points = [
        YearPoint(
            entry.release,
            row.work,
            None if row.nonfac_na else row.nonfac_total,
            None if row.fac_na else row.fac_total,
            row.status,
            row.modifier,
        )
        for entry in releases
        if (row := entry.valued or entry.main)
    ]
    named = [replace(after, change=_change(before, after)) for after, before in pairwise(points)]
    return [*named, *points[-1:]]


def _change(before: YearPoint, after: YearPoint) -> str:
    if before.part != after.part:
        return f"values of modifier {after.part} alone" if after.part else "values of the whole service"
    if before.status != after.status:
        short = indicators.meaning(indicators.STATUS, after.status)[0].lower()
        return f"status {before.status} → {after.status} ({short})"
    if before.work is None or after.work is None:
        return "values given" if after.work is not None else "values withdrawn" if before.work is not None else ""
    if before.work == after.work:
        totals = (before.nonfac_total, before.fac_total) != (after.nonfac_total, after.fac_total)
        return "work unchanged, totals changed" if totals else "unchanged"
    step = f"work {before.work} → {after.work}"
    if _is_efficiency_cut(before, after):
        return f"{step}, the 2026 efficiency adjustment"
    return step + (f" ({(after.work / before.work - 1) * 100:+.1f}%)" if before.work else "")


def _is_efficiency_cut(before: YearPoint, after: YearPoint) -> bool:
    years = (before.release.effective_from.year, after.release.effective_from.year)
    return years == (2025, 2026) and abs(before.work * EFFICIENCY_2026 - after.work) < CENT


@dataclass(frozen=True)
class Chart:
    """Points of a line chart in a box of 640 x 200: (x, y, label) for each series, and marks of the axes."""

    series: list[tuple[str, str, list[tuple[float, float, str]]]] = field(default_factory=list)
    ticks: list[tuple[float, str]] = field(default_factory=list)
    years: list[tuple[float, str]] = field(default_factory=list)


SERIES = (("work", "Work RVU"), ("nonfac_total", "Total, non-facility"), ("fac_total", "Total, facility"))
WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 640, 220, 48, 16, 190


def chart(points: Sequence[YearPoint]) -> Chart | None:
    """A chart of work RVU and a total, by date of the release; None with fewer than two valued releases.

    The total is the non-facility one, else the facility one, if every release has it.
    """
    valued = sorted((p for p in points if p.work is not None), key=lambda p: p.release.effective_from)
    if len(valued) < 2:
        return None
    shown = [SERIES[0], *[item for item in SERIES[1:] if all(getattr(p, item[0]) is not None for p in valued)][:1]]
    first, last = valued[0].release.effective_from, valued[-1].release.effective_from
    top = max(getattr(p, key) for p in valued for key, _ in shown) or Decimal(1)
    span = max((last - first).days, 1)

    def x(day: date) -> float:
        return round(LEFT + (WIDTH - LEFT - 40) * (day - first).days / span, 1)

    def y(value: Decimal) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * float(value / top), 1)

    return Chart(
        series=[
            (key, name, [(x(p.release.effective_from), y(getattr(p, key)), f"{getattr(p, key)}") for p in valued])
            for key, name in shown
        ],
        ticks=[(y(top * i / 2), f"{(top * i / 2).quantize(CENT)}") for i in range(3)],
        years=[(x(p.release.effective_from), p.release.name) for p in _apart(valued)],
    )


def _apart(points: Sequence[YearPoint]) -> list[YearPoint]:
    """Releases far enough apart for their names to stand under the axis side by side."""
    kept = [points[0]]
    span = (points[-1].release.effective_from - points[0].release.effective_from).days or 1
    for point in points[1:]:
        if (point.release.effective_from - kept[-1].release.effective_from).days / span > 0.11:
            kept.append(point)
    return kept
