"""Figures typed by hand in prose, told from dates, ages, sizes, times, counts and code numbers. No Django.

A figure of CMS changes with each release; in its place belongs a figure tag, {% rvu "99214" "work" %}.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

TAG = re.compile(r"\{%[ \t]*(.*?)[ \t]*%\}")
_NUMBER = r"(?<![\w.,$])\d[\d,]{0,12}(?:\.\d{1,9})?(?![.,]?\d)"
_YEAR_OR_CODE = r"(?!(?:19|20)\d\d\b(?![.,]\d))(?!(?:\d{4}[0-9AFMTU]|[A-V]\d{4})\b)"
_FIGURE = rf"{_YEAR_OR_CODE}\$?{_NUMBER}"
_UNIT = r"(?![.,]?\d)(?!\s?-?(?:cm|mm|cc|ml|mg|mcg|kg|g|iu|units?|minutes?|min|hours?|days?|weeks?|months?|years?|inch|mev|gy)\b)"
_WORD = (
    "(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen"
    "|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|half|quarter)"
)
_FILLER = (
    r"(?:\s*[:=(–—-]\s*|\s+(?:of|is|was|are|at|about|around|nearly|roughly|only|just|has|gets|to|from|than|over|under|"
    r"equals|the|a|an|value|worth|set|now|currently|approximately)\b)*\s*"
)
_RVU = r"(?:w?RVUs?|relative value(?: unit)?s?)"
_KIND = r"(?:(?:work|total|physician|malpractice|MP|PE|practice[ -]expense|(?:non-?)?facility)\s+)*"
_PAID = re.compile(
    r"\b(?:pa(?:y|ys|id|yments?)|fees?|rates?|charges?|bill\w*|allow\w*|reduc\w+|reimburse\w*|medicare|coinsurance|"
    r"cop\w+|costs?|prices?|w?RVUs?|increas\w+|decreas\w+|cuts?|more|less|higher|lower|factor|value[ds]?)\b", re.IGNORECASE,
)  # fmt: skip
_BODY = r"(?!\s+(?:of\s+)?(?:the\s+|a\s+|total\s+|their\s+)*(?:body|skin|surface|tbsa|bsa|nail|vessel|artery|lumen|solution))"


@dataclass(frozen=True)
class Typed:
    """What is typed, and the tag that shows it instead; '' where there is none."""

    text: str
    tag: str


_RULES = [
    ('{{% payment "{code}" %}}', r"[$€]\s?\d[\d.,]*\d|[$€]\s?\d|\b\d[\d.,]{0,15}\s*(?:dollars|cents|USD)\b"),
    ("{{% conversion_factor %}}", rf"\bconversion factors?{_FILLER}{_FIGURE}"),
    ("{{% anesthesia_factor %}}", rf"\banesthesia factors?{_FILLER}{_FIGURE}"),
    ('{{% rvu "{code}" "work" %}}', rf"\b{_RVU}{_FILLER}{_FIGURE}{_UNIT}"),
    ('{{% rvu "{code}" "work" %}}', rf"{_FIGURE}\s*-?\s*{_KIND}{_RVU}\b"),
    ('{{% rvu "{code}" "work" %}}', rf"\b{_WORD}(?:[\s-]+(?:and|point|a|{_WORD})){{0,8}}\s+(?:an?\s+|of\s+an?\s+)?{_KIND}w?RVUs\b"),
    ('{{% rvu "{code}" "work" %}}', rf"\b{_WORD}\s+(?:an|of an|point(?:\s+{_WORD}){{1,8}})\s+{_KIND}w?RVUs?\b"),
    ('{{% rvu "{code}" "work" %}}', rf"\b(?:work|worth|PE|MP|malpractice|GPCI|totals?){_FILLER}{_YEAR_OR_CODE}(?<![\w.,$])\d+\.\d+{_UNIT}"),
    ('{{% payment "{code}" %}}', rf"\b(?:pay|pays|paid|payment){_FILLER}{_YEAR_OR_CODE}(?<![\w.,$])\d+\.\d+{_UNIT}"),
]  # fmt: skip
RULES = [(tag, re.compile(pattern, re.IGNORECASE)) for tag, pattern in _RULES]
PERCENT = re.compile(rf"\d[\d.,]{{0,15}}\s?(?:%|percent\b|per cent\b){_BODY}", re.IGNORECASE)


def without_tags(text: str) -> str:
    """The text with nothing but spaces where its tags are: every place stays where it is."""
    return TAG.sub(lambda match: " " * len(match[0]), text)


def found_in(text: str, code: str) -> Iterator[Typed]:
    """Each figure of a text about this code, by kind."""
    prose = without_tags(text)
    seen: list[range] = []
    for tag, pattern in RULES:
        for match in pattern.finditer(prose):
            if not any(match.start() in taken for taken in seen):
                seen.append(range(*match.span()))
                yield Typed(" ".join(match[0].split()), tag.format(code=code))
    for sentence in re.split(r"(?<=[.!?])\s+|\n", prose):
        if _PAID.search(sentence):
            yield from (Typed(match[0].strip(), "") for match in PERCENT.finditer(sentence))
