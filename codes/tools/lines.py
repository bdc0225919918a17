"""Lines of a list as typed: 99214, 20610-50x2. No Django."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

MAX_LINES, MAX_UNITS, MAX_MODIFIERS = 30, 99, 4
LINE = re.compile(r"(?P<code>[0-9A-Z]{5})(?P<modifiers>(?:-[0-9A-Z]{2})*)(?:[X*×](?P<units>\d{1,9}))?", re.IGNORECASE)
SHAPE = "Write a code of five characters, then its modifiers and units: 20610-50x2."


@dataclass(frozen=True)
class Typed:
    """One line: what was typed, and what it says or why it says nothing (`trouble`, a sentence)."""

    text: str
    code: str = ""
    modifiers: tuple[str, ...] = ()
    units: int = 1
    trouble: str = ""

    @property
    def short(self) -> str:
        """As it stands in an address: 20610-50x2. A line that is not understood stands as it was typed."""
        if not self.code:
            return re.sub(r"[\s,;]+", "", self.text)
        return "-".join((self.code, *self.modifiers)) + (f"x{self.units}" if self.units != 1 else "")

    @property
    def modifier_text(self) -> str:
        return " ".join(self.modifiers)


def parse(text: str, most: int = MAX_UNITS) -> list[Typed]:
    """Lines parted by commas, semicolons or white space."""
    return [_line(part, most) for part in re.split(r"[,;\s]+", text[:20_000]) if part]


def _line(text: str, most: int) -> Typed:
    match = LINE.fullmatch(text)
    if not match:
        return Typed(text[:40], trouble=SHAPE)
    modifiers = tuple(part.upper() for part in match["modifiers"].split("-") if part)
    return _checked(text, match["code"], modifiers, match["units"] or "1", most)


def from_fields(
    codes: Sequence[str], modifiers: Sequence[str], units: Sequence[str], most: int = MAX_UNITS
) -> list[Typed]:
    """Lines of a form with three fields a line; a line without a code is left out."""
    rows = zip_longest(codes, modifiers[: len(codes)], units[: len(codes)], fillvalue="")
    return [_from_row(*(value.strip() for value in row), most) for row in rows if row[0].strip()]


def _from_row(code: str, modifiers: str, units: str, most: int) -> Typed:
    if not modifiers and units in ("", "1") and len(code) > 5:
        return _line(code, most)
    if not re.fullmatch(r"[0-9A-Za-z]{5}", code):
        return Typed(code[:40], trouble=SHAPE)
    parts = tuple(part.upper() for part in re.split(r"[-,;\s]+", modifiers) if part)
    return _checked(code, code, parts, units or "1", most)


def _checked(text: str, code: str, modifiers: tuple[str, ...], units: str, most: int) -> Typed:
    if wrong := next((part for part in modifiers if not re.fullmatch("[0-9A-Z]{2}", part)), ""):
        return Typed(text[:40], trouble=f"{wrong[:10]} is no modifier: a modifier has two characters.")
    if len(modifiers) > MAX_MODIFIERS:
        return Typed(text[:40], trouble=f"A line holds at most {MAX_MODIFIERS} modifiers.")
    if not (units.isascii() and units.isdigit() and len(units) < 10 and 1 <= int(units) <= most):
        return Typed(text[:40], trouble=f"Units are a whole number from 1 to {most}.")
    return Typed(text[:40], code.upper(), modifiers, int(units))


def cut(lines: Sequence[Typed]) -> tuple[list[Typed], str]:
    """(the lines that are worked out, a sentence where that is not all of them)."""
    if len(lines) <= MAX_LINES:
        return list(lines), ""
    return list(lines[:MAX_LINES]), f"Only the first {MAX_LINES} of {len(lines)} lines are worked out."


def address(lines: Iterable[Typed]) -> str:
    """The value of `codes` in a link that holds these lines."""
    return ",".join(line.short for line in lines)
