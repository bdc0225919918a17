"""What did they mean: the typed text as codes, a code prefix, and groups of words. No Django."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache

from codes.search.words import CONTENT, OPTIONAL, STOP, plain, stem, stems

CODE = re.compile(r"(\d{4}[0-9AFMTU]|[A-V]\d{4})(?:-?[0-9A-Z]{2}(?:-[0-9A-Z]{2})*)?", re.IGNORECASE)
PREFIX = re.compile(r"\d{1,4}|\d{4}[aftum]?|[a-v]\d{0,4}", re.IGNORECASE)
MAX_TYPED = 200  # characters that are read; nobody names a code with more
MAX_WORDS = 12
MAX_PHRASE = 4
WHOLE = frozenset(OPTIONAL)


@dataclass(frozen=True)
class Group:
    """One thing that was said, in all its words: any alternative (a set of stems) will do.

    The first alternative is what was typed. `optional` groups rank and do not select; `prefix` marks the
    word still being typed.
    """

    alternatives: tuple[tuple[str, ...], ...]
    optional: bool = False
    prefix: bool = False

    @property
    def typed(self) -> tuple[str, ...]:
        return self.alternatives[0]


@dataclass(frozen=True)
class Query:
    """Codes named outright (upper case, in order), a prefix of codes, and groups of words. All may be empty."""

    codes: tuple[str, ...] = ()
    prefix: str = ""
    groups: tuple[Group, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.codes or self.prefix or self.groups)


def parse(typed: str, *, suggesting: bool = False) -> Query:
    """Understands what was typed into the one box. `suggesting`: the last word may not be finished."""
    text = typed[:MAX_TYPED].strip()
    codes, rest = _take_codes(text)
    words = rest.strip(" ,;./-")
    if not codes and PREFIX.fullmatch(words) and (len(words) > 1 or words.isalpha() or words.isdigit()):
        return Query(prefix=words.upper())
    return Query(codes=codes, groups=tuple(_groups(words, suggesting)))


def _take_codes(text: str) -> tuple[tuple[str, ...], str]:
    """Codes with or without modifier ('99213-25'), one or several, and what is left of the text."""
    codes: list[str] = []
    rest: list[str] = []
    for part in re.split(r"[\s,;/]+", text):
        match = CODE.fullmatch(part.strip(".:()#?!\"'"))
        if match and match[1].upper() not in codes:
            codes.append(match[1].upper())
        elif not match:
            rest.append(part)
    if codes and all(re.fullmatch(r"\d\d|[A-Z][A-Z0-9]", part) for part in rest):
        rest = []  # modifiers behind a code
    return tuple(codes), " ".join(rest)


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


def _groups(text: str, suggesting: bool) -> list[Group]:
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
            groups.append(group)
        at += length
    return groups


def _group(phrase: list[str], others: tuple[str, ...], prefix: bool) -> Group | None:
    typed = tuple(stem(word) for word in phrase if word not in STOP)
    if not typed:
        return None
    alternatives = dict.fromkeys([typed, *(tuple(stems(other)) for other in others)])
    optional = all(word in OPTIONAL for word in phrase if word not in STOP) and not others
    return Group(tuple(a for a in alternatives if a), optional=optional, prefix=prefix)
