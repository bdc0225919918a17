"""Conversion factors of Medicare since 2010, from content/facts/conversion_factors.csv, and their chart. No Django."""

import csv
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
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


def chart(*kinds: str) -> StepChart:
    """A step chart of these kinds. The scale does not begin at zero, and its ticks say so."""
    shown = periods(*kinds)
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
