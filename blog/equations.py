"""Sums that a text writes out, as "4.06 × $33.4009 = $135.61", worked out again. No Django.

What stands on the left may be rounded figures; a sum is right when its result, rounded half up to the decimals that are
printed, is the one that is printed.
"""

import re
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal, DivisionByZero, InvalidOperation

NUMBER = r"\$?\d[\d,]*+(?:\.\d+)?+%?+"
SIGNS = "+−×÷"
# Whole chains only: no sign before the first number, none behind the result.
EQUATION = re.compile(rf"(?<![{SIGNS}] )(?<![\w.,$])({NUMBER}(?: [{SIGNS}] {NUMBER})++) = ({NUMBER})(?! [{SIGNS}])")


def equations(text: str) -> Iterator[tuple[str, bool]]:
    """(the equation as it stands in the text, whether it is right)."""
    for match in EQUATION.finditer(text):
        printed = _number(match[2])
        try:
            result = _worked_out(match[1].split(" ")).quantize(printed, ROUND_HALF_UP)
        except (DivisionByZero, InvalidOperation):
            result = None
        yield match[0], result == printed


def _worked_out(parts: list[str]) -> Decimal:
    """Numbers and signs in turn; × and ÷ before + and −."""
    terms = [_number(parts[0])]
    for sign, number in zip(parts[1::2], map(_number, parts[2::2]), strict=True):
        if sign == "×":
            terms[-1] *= number
        elif sign == "÷":
            terms[-1] /= number
        else:
            terms.append(number if sign == "+" else -number)
    return sum(terms, Decimal(0))


def _number(text: str) -> Decimal:
    value = Decimal(text.strip("$%").replace(",", ""))
    return value / 100 if text.endswith("%") else value
