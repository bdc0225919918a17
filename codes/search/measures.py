"""Sizes and ages: what a code covers ("2.6-5.0 cm", "age 40-64") against what was asked for ("3 cm"). No Django."""

import re
from functools import lru_cache

LENGTH, AGE = "cm", "yr"
ENDLESS = 999.0  # cm or years
Measure = tuple[str, float]  # unit and value
_N = r"(\d*\.?\d+)"
_CM = r"\s*cm\b"
_YEARS = r"\s*(?:yrs?|years?)\b"
BETWEEN, BELOW, ABOVE = range(3)
_SPANS = [
    (LENGTH, BETWEEN, re.compile(rf"(?<![\d.]){_N}\s?-\s?{_N}{_CM}")),
    (LENGTH, BETWEEN, re.compile(r"(?<![\d.])(\d*\.\d)\s?-\s?(\d+(?:\.\d)?)(?![\d.]|\s?[a-z])")),  # 1.1-2: cm, unsaid
    (LENGTH, BELOW, re.compile(rf"(?:<=?\s?|\bto |\bunder ){_N}{_CM}|(?<![\d.-]){_N}{_CM}\s?(?:/?<|or less)")),
    (LENGTH, ABOVE, re.compile(rf"(?:>=?\s?|\bover ){_N}{_CM}|(?<![\d.-]){_N}{_CM}\s?(?:/?>|or more|\+)")),
    (AGE, BETWEEN, re.compile(rf"\bage[sd]? (\d+)(?:-| to )(\d+)\b|\b(\d+)-(\d+){_YEARS}")),
    (AGE, BELOW, re.compile(rf"(?:<=?\s?|\bunder |\bup to ){_N}{_YEARS}|<\s?age {_N}|\bage <\s?{_N}|\b{_N} ?yrs?/<")),
    (AGE, ABOVE, re.compile(rf">\s?{_N}{_YEARS}|\bage {_N}(?: ?/>| or older| and (?:up|over|older)|\+)")),
    (AGE, ABOVE, re.compile(rf"\b{_N}(?:\+|/>) ?yrs?\b|\b{_N} ?yrs? ?(?:/>|\+|&older)")),
]
_ASKED = re.compile(
    rf"(?<![\d.-]){_N}[\s-]*(cm|centimet|mm|in\b|inch|months?\b|mos?\b|yrs?\b|years?\b|y/o|y\.?o\b)|\bage[d]? (\d+)",
    re.IGNORECASE,
)
_UNITS = {
    "cm": (LENGTH, 1), "centimet": (LENGTH, 1), "mm": (LENGTH, 0.1), "in": (LENGTH, 2.54), "inch": (LENGTH, 2.54),
    "month": (AGE, 1 / 12), "months": (AGE, 1 / 12), "mo": (AGE, 1 / 12), "mos": (AGE, 1 / 12),
}  # fmt: skip


def asked(text: str) -> tuple[Measure, ...]:
    """What was asked for: 'cut of 30 mm, 2 year old' -> 3 cm and 2 years, the first of each unit."""
    found: dict[str, float] = {}
    for number, name, age in _ASKED.findall(text):
        unit, factor = _UNITS.get(name.lower(), (AGE, 1))
        found.setdefault(unit, float(number or age) * factor)
    return tuple(found.items())


def spans(text: str) -> list[str]:
    """What the text covers, as words for the index, in hundredths: 'excision 1.1-2 cm' -> ['cm110to200']."""
    if not (_HAS_DIGIT(text) and _MAY_HOLD(text)):  # most texts have none, and an import asks of every one
        return []
    text, found = text.lower(), []
    for unit, kind, pattern in _SPANS:
        for match in pattern.finditer(text):
            ends = [float(group) for group in match.groups() if group]
            low = ends[0] if kind != BELOW else 0.0
            high = ends[-1] if kind != ABOVE else ENDLESS
            if kind == BELOW and re.match(r"<(?!=)|under", match[0]):
                high -= 0.01  # less than this
            elif kind == BETWEEN and unit == AGE:
                high += 0.99  # until the next birthday
            found.append(f"{unit}{low * 100:.0f}to{high * 100:.0f}")
        if found:
            break
    return found


_HAS_DIGIT = re.compile(r"\d").search
_MAY_HOLD = re.compile(r"\d ?cm\b|\d\.\d|\d[+/>]* ?y(?:ea)?rs?\b|\bage\W", re.IGNORECASE).search
_WORD = re.compile(r"(cm|yr)(\d+)to(\d+)")


@lru_cache(maxsize=5_000)
def _covered(word: str) -> tuple[str, float, float] | None:
    match = _WORD.fullmatch(word)
    return (match[1], int(match[2]) / 100, int(match[3]) / 100) if match else None


def fit(measures: tuple[Measure, ...], words: str) -> float:
    """How well a document's words cover what was asked for: from -1 for each that lies outside to +1 for each within."""
    result = 0.0
    for unit, value in measures:
        covered = [span for word in words.split() if (span := _covered(word)) and span[0] == unit]
        if covered:
            result += 1 if any(low <= value <= high for _, low, high in covered) else -1
    return result
