"""Conversion factors of Medicare since 2010, from content/facts/conversion_factors.csv, and their chart. No Django.

What the file does not reach yet is taken from loaded releases, read by their attributes (codes/models: Release).
"""

import csv
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path

PATH = Path(__file__).parent / "content" / "facts" / "conversion_factors.csv"
KINDS = {
    "pfs": "Physician fee schedule",
    "pfs_qpp": "Physician fee schedule, QPP",
    "anesthesia": "Anesthesia, national",
    "anesthesia_qpp": "Anesthesia, national, QPP",
}
# Kind -> the attribute of a release that holds it, and the kind of file that it is read from; '' where none prints it.
OF_RELEASE = {
    "pfs": ("conversion_factor", "PPRRVU"),
    "pfs_qpp": ("conversion_factor_qpp", "PPRRVU QPP"),
    "anesthesia": ("anesthesia_factor", "ANES"),
    "anesthesia_qpp": ("anesthesia_factor_qpp", ""),
}


@dataclass(frozen=True)
class Period:
    """One factor that applied from `first_day` to `last_day`; dollars, as printed in the source."""

    kind: str
    first_day: date
    last_day: date
    value: Decimal
    note: str
    source: str
    confidence: str

    @property
    def sources(self) -> list[tuple[str, str]]:
        """(text, address or '') of each source."""
        parts = [part.strip() for part in self.source.split("; ")]
        return [(re.sub(r"^https://(www\.)?", "", part), part if part.startswith("https://") else "") for part in parts]

    @property
    def is_part_of_year(self) -> bool:
        return (self.last_day - self.first_day).days < 364


@cache
def periods(*kinds: str) -> tuple[Period, ...]:
    """The periods of these kinds, oldest first. Raises ValueError where the file is not what it should be."""
    with PATH.open(newline="", encoding="utf-8") as lines:
        rows = [
            Period(
                row["kind"], date.fromisoformat(row["first_day"]), date.fromisoformat(row["last_day"]),
                Decimal(row["value"]), row["note"], row["source"], row["confidence"],
            )
            for row in csv.DictReader(lines)
        ]  # fmt: skip
    if unknown := {row.kind for row in rows} - set(KINDS):
        raise ValueError(f"{PATH.name}: unknown kinds {sorted(unknown)}")
    return tuple(sorted((row for row in rows if row.kind in kinds), key=lambda row: (row.first_day, row.kind)))


def periods_with(releases: Iterable[object], *kinds: str) -> tuple[Period, ...]:
    """The periods of these kinds and, behind the last year of the file, those of loaded releases, oldest first."""
    releases = sorted(releases, key=lambda release: (release.effective_from, release.name))
    later = [period for kind in kinds for period in _later(kind, releases)]
    return tuple(sorted((*periods(*kinds), *later), key=lambda period: (period.first_day, period.kind)))


def _later(kind: str, releases: Sequence[object]) -> list[Period]:
    """A release counts for its quarter; those of a year that give the same factor are one period."""
    field, file_kind = OF_RELEASE[kind]
    last = periods(kind)[-1].last_day
    found: dict[date, Period] = {}
    for release in releases:
        names = [file.name for file in release.files.all() if file.kind == file_kind]
        value = getattr(release, field)
        if release.effective_from <= last or not names or value is None:
            continue
        before = next(reversed(found.values()), None)
        if before and (before.value, before.first_day.year) == (value, release.effective_from.year):
            found[before.first_day] = replace(before, last_day=release.effective_to)
        else:  # a correction of the same quarter takes the place of what it corrects
            source = f"CMS file {names[0]} of {release.name}"
            found[release.effective_from] = Period(
                kind, release.effective_from, release.effective_to, value, "", source, "official"
            )
    return list(found.values())


@dataclass(frozen=True)
class Run:
    """One line of a step chart: its pieces (x1, x2, y1, y2), and a dot with its label where each period begins.

    x is a share of the width in percent, so that letters keep their size at any width; y is in pixels.
    """

    name: str
    pieces: list[tuple[float, float, float, float]]
    dots: list[tuple[float, float, str]]


@dataclass(frozen=True)
class StepChart:
    runs: list[Run]
    ticks: list[tuple[float, str]]
    years: list[tuple[float, str]]
    height: int


LEFT, SPAN, TOP, BOTTOM, HEIGHT = 8, 91, 20, 200, 224


def chart(shown: Sequence[Period]) -> StepChart:
    """A step chart of these periods, a line for each kind. The scale does not begin at zero, and its ticks say so."""
    kinds = [kind for kind in KINDS if any(p.kind == kind for p in shown)]
    low, high = int(min(p.value for p in shown)) - 1, int(max(p.value for p in shown)) + 1
    first, last = min(p.first_day for p in shown), max(p.last_day for p in shown)

    def x(day: date) -> float:
        return round(LEFT + SPAN * (day - first).days / (last - first).days, 2)

    def y(value: Decimal | int) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * float((value - low) / Decimal(high - low)), 1)

    return StepChart(
        [_run(KINDS[kind], [p for p in shown if p.kind == kind], x, y) for kind in kinds],
        [(y(value), f"${value}") for value in range(low, high + 1, max(1, (high - low) // 3))],
        [(x(date(year, 1, 1)), str(year)) for year in range(first.year, last.year + 1, 4)],
        HEIGHT,
    )


def _run(name: str, shown: Sequence[Period], x: Callable, y: Callable) -> Run:
    level = [(x(p.first_day), x(p.last_day), y(p.value), y(p.value)) for p in shown]
    steps = [
        (x(after.first_day), x(after.first_day), y(before.value), y(after.value))
        for before, after in pairwise(shown)
        if (after.first_day - before.last_day).days == 1
    ]
    dots = [(x(p.first_day), y(p.value), f"{name}, from {p.first_day:%B %Y}: ${p.value}") for p in shown]
    return Run(name, level + steps, dots)
