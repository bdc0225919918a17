"""The words of the index, and those nearest to one that it does not hold."""

import re
from functools import cache, lru_cache

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from codes.models import SearchTerm
from codes.search.query import thesaurus
from codes.search.words import CONTENT, plain, stem

KNOWLEDGE = ("nicknames.toml", "thesaurus.toml", "abbreviations.toml")
NEAREST = 3
SOUND_ALIKE = 0.9  # of a letter: "nefrectomy" is nearer to nephrectomy than to neurectomy
_SOUNDS = [
    (re.compile(r"^(?:kn|gn|pn)"), "n"),
    (re.compile(r"^ps"), "s"),
    (re.compile(r"ph"), "f"),
    (re.compile(r"[sc]h(?=r)|ck|q"), "k"),
    (re.compile(r"x"), "ks"),
    (re.compile(r"c(?=[eiy])|z"), "s"),
    (re.compile(r"c"), "k"),
    (re.compile(r"(?<=[rt])h"), ""),
    (re.compile(r"(?<!^)[aeiouyhw]"), ""),
    (re.compile(r"(.)\1+"), r"\1"),
]


@lru_cache(maxsize=2)
def vocabulary(revision: int) -> dict[str, int]:
    """Stem -> documents that hold it; read once for each state of the catalogue and process (about 2 MB)."""
    return dict(SearchTerm.objects.values_list("stem", "documents"))


@cache
def known_words() -> tuple[str, ...]:
    """Whole words people type: those of the nicknames, the thesaurus and the spelled-out abbreviations."""
    lines = "".join((CONTENT / name).read_text() for name in KNOWLEDGE).lower().splitlines()
    return tuple(sorted(set(re.findall(r"[a-z]{4,}", "\n".join(line for line in lines if not line.startswith("#"))))))


@lru_cache(maxsize=20_000)
def sound(word: str) -> str:
    """How a word sounds, roughly: 'nefrektomy' and 'nephrectomy' -> 'nfrktm'."""
    for pattern, replacement in _SOUNDS:
        word = pattern.sub(replacement, word)
    return word


def respelled(
    word: str, terms: dict[str, int], *, prefix: bool = False, sounds_only: bool = False
) -> list[tuple[str, ...]]:
    """What may have been meant by a word that the index hardly holds, as alternatives of stems."""
    typed = stem(word)
    if len(word) < 3 or word.isdigit() or (prefix and any(term.startswith(typed) for term in terms)):
        return []
    if sounds_only:
        return (
            []
            if word in known_words()
            else [(stem(whole),) for whole in near(word, known_words(), terms) if sound(whole) == sound(word)]
        )
    found: dict[tuple[str, ...], None] = {}
    for whole in near(word, known_words(), terms):
        others = thesaurus().get((stem(whole),), ())
        found |= dict.fromkeys(
            [(stem(whole),), *(tuple(stem(part) for part in plain(other).split()) for other in others)]
        )
    known = [alternative for alternative in found if all(part in terms for part in alternative)]
    return known or [(term,) for term in near(typed, tuple(terms), terms)]


def near(typed: str, words: tuple[str, ...], terms: dict[str, int]) -> list[str]:
    """Up to three of these words spelled or sounding most like this one; those that many codes hold first."""
    allowed = 1 if len(typed) <= 4 else 2 if len(typed) <= 8 else 3
    hits = process.extract(typed, words, scorer=DamerauLevenshtein.distance, score_cutoff=allowed, limit=25)
    scored = [
        (
            distance + (word[0] != typed[0]) - SOUND_ALIKE * (sound(word) == sound(typed)),
            -terms.get(stem(word), 0),
            word,
        )
        for word, distance, _ in hits
        if word[0].isalpha()
    ]
    scored.sort()
    return [word for distance, _, word in scored[:NEAREST] if distance <= scored[0][0] + 0.5]
