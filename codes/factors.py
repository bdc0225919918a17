"""Conversion factors of Medicare since 2010, from content/facts/conversion_factors.csv, and their chart. No Django."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
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
    """One line of a step chart: points of the line, and a dot with its label for each period."""

    kind: str
    name: str
    path: str
    dots: list[tuple[float, float, str]]


@dataclass(frozen=True)
class StepChart:
    runs: list[Run]
    ticks: list[tuple[float, str]]
    years: list[tuple[float, str]]


WIDTH, LEFT, RIGHT, TOP, BOTTOM = 640, 48, 16, 16, 190


def chart(*kinds: str) -> StepChart:
    """A step chart of these kinds in a box of 640 x 220. The scale does not begin at zero, and its ticks say so."""
    shown = periods(*kinds)
    low, high = int(min(p.value for p in shown)) - 1, int(max(p.value for p in shown)) + 1
    first, last = min(p.first_day for p in shown), max(p.last_day for p in shown)

    def x(day: date) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * (day - first).days / (last - first).days, 1)

    def y(value: Decimal | int) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * float((value - low) / Decimal(high - low)), 1)

    return StepChart(
        [_run(kind, [p for p in shown if p.kind == kind], x, y) for kind in kinds],
        [(y(value), f"${value}") for value in range(low, high + 1, max(1, (high - low) // 4))],
        [(x(date(year, 1, 1)), str(year)) for year in range(first.year, last.year + 1, 4)],
    )


def _run(kind: str, shown: Sequence[Period], x, y) -> Run:
    parts = [f"M{x(shown[0].first_day)} {y(shown[0].value)}"]
    for before, period in zip([None, *shown], shown, strict=False):
        gap = before and (period.first_day - before.last_day).days > 1
        parts.append(
            f"{'M' if gap else 'L'}{x(period.first_day)} {y(period.value)}L{x(period.last_day)} {y(period.value)}"
        )
    dots = [(x(p.first_day), y(p.value), f"{KINDS[kind]}, from {p.first_day:%B %Y}: ${p.value}") for p in shown]
    return Run(kind, KINDS[kind], "".join(parts), dots)
