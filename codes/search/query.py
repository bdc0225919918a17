"""What did they mean: the typed text as codes, a code prefix, and groups of words. No Django."""

import re
import tomllib
import unicodedata
from dataclasses import dataclass, replace
from functools import cache

from codes.search.measures import Measure, asked
from codes.search.numbers import beginning, read
from codes.search.words import CONTENT, OPTIONAL, STOP, plain, stem, stems

MAX_TYPED = 200  # characters that are read; nobody names a code with more
MAX_WORDS = 12
MAX_PHRASE = 4
_TYPED = [  # numbers with what they count
    (re.compile(r"\bl\d-[ls]?\d\b", re.IGNORECASE), " lumbar "),  # vertebrae: L4-5, L5-S1
    (re.compile(r"\bc\d-[ct]?\d\b", re.IGNORECASE), " cervical "),
    (re.compile(r"\bt\d{1,2}-[tl]?\d{1,2}\b", re.IGNORECASE), " thoracic "),
    (re.compile(r"(?<=\d)\s?(?:y/o|yo|yrs?|y\.o\.)(?=\W|$)", re.IGNORECASE), " year "),
    (re.compile(r"(?<=\d)\s?mins?\b", re.IGNORECASE), " min "),
    (re.compile(r"(?<=\d)\s?(?:v|vw|vws)\b", re.IGNORECASE), " view "),
]
UNITS = frozenset(["cm", "centimeter", "centimeters", "mm", "month", "months", "mo", "mos", "inch", "inches"])


@dataclass(frozen=True)
class Group:
    """One thing that was said, in all its words: any alternative (a set of stems) will do.

    The first alternative is what was typed. `optional` groups rank and do not select; `prefix` marks the
    word still being typed; `words` are those typed, unstemmed.
    """

    alternatives: tuple[tuple[str, ...], ...]
    words: tuple[str, ...] = ()
    optional: bool = False
    prefix: bool = False

    @property
    def typed(self) -> tuple[str, ...]:
        return self.alternatives[0]


@dataclass(frozen=True)
class Query:
    """Codes and ranges of codes named outright (in order), a prefix of codes, groups of words, sizes and ages. All may be empty."""

    codes: tuple[str | tuple[str, str], ...] = ()
    prefix: str = ""
    groups: tuple[Group, ...] = ()
    measures: tuple[Measure, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.codes or self.prefix or self.groups)


def parse(typed: str, *, suggesting: bool = False) -> Query:
    """Understands what was typed into the one box. `suggesting`: the last word may not be finished."""
    text = _readable(typed[:MAX_TYPED])
    codes = read(text)
    words = codes.rest.strip(" ,;./-")
    if not codes.named and (prefix := beginning(words)):
        return Query(prefix=prefix)
    measures = asked(words)
    return Query(codes=codes.named, groups=tuple(_groups(words, suggesting, measures)), measures=measures)


def _readable(text: str) -> str:
    """Full-width digits, long dashes and the like as their plain signs; what cannot be seen is left out."""
    text = re.sub(r"[\u2010-\u2015\u2212]", "-", unicodedata.normalize("NFKC", text))
    return "".join(sign for sign in text if sign.isprintable() or sign.isspace()).strip()


@cache
def thesaurus() -> dict[tuple[str, ...], tuple[str, ...]]:
    """Phrase as typed (plain words) -> other ways to say it."""
    table = tomllib.loads((CONTENT / "thesaurus.toml").read_text())
    result: dict[tuple[str, ...], tuple[str, ...]] = {}
    for section in table.values():
        for phrase, others in section.items():
            key = tuple(stem(word) for word in plain(phrase).split())
            result[key] = (*result.get(key, ()), *others)
    return result


def _groups(text: str, suggesting: bool, measures: tuple[Measure, ...]) -> list[Group]:
    for pattern, replacement in _TYPED:
        text = pattern.sub(replacement, text)
    words = plain(text).split()[:MAX_WORDS]
    known = thesaurus()
    groups: list[Group] = []
    at = 0
    while at < len(words):
        for length in range(min(MAX_PHRASE, len(words) - at), 0, -1):
            phrase = words[at : at + length]
            others = known.get(tuple(stem(word) for word in phrase), ())
            if others or length == 1:
                break
        last = suggesting and at + length == len(words)
        if group := _group(phrase, others, prefix=last):
            is_measure = bool(measures) and all(word.isdigit() or word in UNITS for word in phrase)
            groups.append(replace(group, optional=True) if is_measure else group)
        at += length
    return groups


def _group(phrase: list[str], others: tuple[str, ...], prefix: bool) -> Group | None:
    said = tuple(word for word in phrase if word not in STOP)
    typed = tuple(stem(word) for word in said)
    if not typed:
        return None
    alternatives = dict.fromkeys([typed, *(tuple(stems(other)) for other in others)])
    optional = all(word in OPTIONAL for word in phrase if word not in STOP) and not others
    return Group(tuple(a for a in alternatives if a), said, optional=optional, prefix=prefix)
