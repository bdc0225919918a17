"""Lines of a list as typed: 99214, 20610-50x2. No Django."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import NamedTuple

MAX_LINES, MAX_UNITS, MAX_MODIFIERS, MAX_TEXT = 200, 99, 4, 40
LINE = re.compile(r"(?P<code>[0-9A-Z]{5})(?P<modifiers>(?:-[0-9A-Z]{2})*)(?:[X*×](?P<units>\d{1,9}))?", re.IGNORECASE)
SHAPE = "Write a code of five characters, then its modifiers and units: 20610-50x2."
NO_CODE = "Modifiers or units stand here without a code."


class Fields(NamedTuple):
    """What stands in the three fields of a line."""

    code: str = ""
    modifiers: str = ""
    units: str = ""


EMPTY = Fields()


@dataclass(frozen=True)
class Typed:
    """One line: what it says, or why it says nothing (`trouble`, a sentence) with its fields `as_typed`."""

    code: str = ""
    modifiers: tuple[str, ...] = ()
    units: int = 1
    trouble: str = ""
    as_typed: Fields = EMPTY

    @property
    def fields(self) -> Fields:
        """For the form, the table and the sheet: a line that is not understood stands as it was typed."""
        return self.as_typed if self.trouble else Fields(self.code, self.modifier_text, str(self.units))

    @property
    def short(self) -> str:
        """As it stands in an address: 20610-50x2."""
        units = self.fields.units
        return self.with_modifiers + (f"x{units}" if units not in ("", "1") else "")

    @property
    def with_modifiers(self) -> str:
        """Code and modifiers in one field: 20610-50."""
        return "-".join((self.fields.code, *_parted(self.fields.modifiers)))

    @property
    def modifier_text(self) -> str:
        return " ".join(self.modifiers)


def _parted(modifiers: str) -> list[str]:
    return [part for part in re.split(r"[-,;\s]+", modifiers) if part]


def parse(text: str, most: int = MAX_UNITS) -> list[Typed]:
    """Lines parted by commas, semicolons or white space."""
    return [_line(part, most) for part in re.split(r"[,;\s]+", text[:20_000]) if part]


def _line(text: str, most: int) -> Typed:
    match = LINE.fullmatch(text)
    if not match:
        return Typed(trouble=SHAPE, as_typed=Fields(text[:MAX_TEXT]))
    parts, units = _parted(match["modifiers"]), match["units"] or "1"
    return _checked(Fields(match["code"], " ".join(parts), units), match["code"], parts, units, most)


def from_fields(
    codes: Sequence[str], modifiers: Sequence[str], units: Sequence[str], most: int = MAX_UNITS
) -> list[Typed]:
    """Lines of a form with three fields a line; a line that holds nothing, or one unit of nothing, is left out."""
    rows = zip_longest(codes, modifiers[: len(codes)], units[: len(codes)], fillvalue="")
    typed = [Fields(*(value.strip()[:MAX_TEXT] for value in row)) for row in rows]
    return [_from_row(row, most) for row in typed if row.code or row.modifiers or row.units not in ("", "1")]


def _from_row(row: Fields, most: int) -> Typed:
    match = LINE.fullmatch(row.code)
    if not match:
        return Typed(trouble=SHAPE if row.code else NO_CODE, as_typed=row)
    if match["units"] and row.units not in ("", "1", match["units"]):
        return Typed(trouble=f"The units stand twice: {match['units']} and {row.units}.", as_typed=row)
    parts = [*_parted(match["modifiers"]), *_parted(row.modifiers)]
    return _checked(row, match["code"], parts, match["units"] or row.units or "1", most)


def _checked(typed: Fields, code: str, parts: Sequence[str], units: str, most: int) -> Typed:
    """The line of a code that was understood, if its modifiers and units are too."""
    trouble = ""
    if wrong := next((part for part in parts if not re.fullmatch("[0-9A-Za-z]{2}", part)), ""):
        trouble = f"{wrong[:10]} is no modifier: a modifier has two characters."
    elif len(parts) > MAX_MODIFIERS:
        trouble = f"A line holds at most {MAX_MODIFIERS} modifiers."
    elif not (units.isascii() and units.isdigit() and len(units) < 10 and 1 <= int(units) <= most):
        trouble = f"Units are a whole number from 1 to {most}."
    if trouble:
        return Typed(trouble=trouble, as_typed=typed)
    return Typed(code.upper(), tuple(part.upper() for part in parts), int(units))


def cut(lines: Sequence[Typed]) -> tuple[list[Typed], str]:
    """(the lines that are worked out, a sentence where that is not all of them)."""
    if len(lines) <= MAX_LINES:
        return list(lines), ""
    return list(lines[:MAX_LINES]), f"Only the first {MAX_LINES} of {len(lines)} lines are worked out."


def address(lines: Iterable[Typed]) -> str:
    """The value of `codes` in a link that holds these lines."""
    return ",".join(line.short for line in lines)


def reads_back(lines: Sequence[Typed], most: int = MAX_UNITS) -> bool:
    """Whether the short address says all that was typed; else a link has to hold the fields one by one."""
    return parse(address(lines), most) == list(lines)
