"""Text -> stems, the same for what is indexed and what is typed. No Django."""

import json
import re
import tomllib
import unicodedata
from functools import cache, lru_cache
from pathlib import Path

import Stemmer

CONTENT = Path(__file__).resolve().parent.parent / "content" / "search"
STOP = frozenset(
    [
        "a",
        "an",
        "and",
        "any",
        "are",
        "as",
        "at",
        "be",
        "by",
        "for",
        "from",
        "has",
        "have",
        "in",
        "into",
        "is",
        "it",
        "its",
        "of",
        "on",
        "or",
        "per",
        "that",
        "the",
        "their",
        "this",
        "to",
        "using",
        "was",
        "what",
        "when",
        "which",
        "who",
    ]
)
# Words that say much in imaging and nothing elsewhere: they rank, but no code has to contain them.
OPTIONAL = frozenset(
    [
        "with",
        "without",
        "code",
        "codes",
        "cpt",
        "hcpcs",
        "procedure",
        "surgery",
        "surgical",
        "service",
        "charge",
        "billing",
        "bill",
        "for",
        "rvu",
        "wrvu",
        "test",
        "new",
    ]
)

_SHORTHAND = [
    (re.compile(r"\bw\s*/\s*o\b|\bwo\b|\bw/out\b"), " without "),
    (re.compile(r"\bw\s*/|\bw\b"), " with "),
    (re.compile(r"\bx[\s-]rays?\b|\bxr\b"), " xray "),
    (re.compile(r"\b([a-z])\s?&\s?([a-z])\b"), r" \1n\2 "),
    (re.compile(r"(?<=[a-z])'s\b|'"), ""),
]
_SHORT_WORDS = frozenset(("w", "wo", "xr", "x", "xrays"))
_SIMPLE = re.compile(r"[A-Za-z0-9 ]+")
# Word families that a general stemmer parts: laparoscopy and laparoscopic, mammogram and mammography.
_FAMILIES = [
    (re.compile(r"(.{2,}scop)(?:y|ies|ic|es?|ically)"), r"\1"),
    (re.compile(r"(.{4,}gra)(?:ms?|ph|phy|phies|phic)"), r"\1"),
    (re.compile(r"(.{3,}plast)(?:y|ies|ic)"), r"\1"),
    (re.compile(r"(.{3,}metr)(?:y|ies|ic)"), r"\1"),
    (re.compile(r"(vaccin)(?:e|es|ate|ation|ations|ated)"), r"\1"),
    (re.compile(r"(inject)(?:ion|ions|ed|able|ing|s)?"), r"\1"),
    (re.compile(r"(inser)(?:t|ts|tion|ted|ting)"), r"\1"),
    (re.compile(r"(biops)(?:y|ies|ied)"), r"\1"),
    (re.compile(r"(remov)(?:e|al|als|ed|ing)"), r"\1"),
    (re.compile(r"(replac)(?:e|ement|ements|ed|ing)"), r"\1"),
    (re.compile(r"(tomograph|ultraso)(?:y|ic|und|unds|nic|nography)?"), r"\1"),
]
_stemmer = Stemmer.Stemmer("english")


def plain(text: str) -> str:
    """Lower case, no accents, shorthand spelled out, only letters, digits and single spaces."""
    if _SIMPLE.fullmatch(text) and _SHORT_WORDS.isdisjoint(text.lower().split()):
        return " ".join(text.lower().split())  # most of what is indexed: nothing to replace
    text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    for pattern, replacement in _SHORTHAND:
        text = pattern.sub(replacement, text)
    return re.sub(r"[^a-z0-9]+", " ", text).strip()


@lru_cache(maxsize=60_000)
def stem(word: str) -> str:
    for pattern, replacement in _FAMILIES:
        if match := pattern.fullmatch(word):
            return match.expand(replacement)
    return _stemmer.stemWord(word)


def stems(text: str) -> list[str]:
    """Stems in order, stop words left out: 'Removal of the gallbladder' -> ['remov', 'gallbladd']."""
    return [stem(word) for word in plain(text).split() if word not in STOP]


@cache
def abbreviations() -> dict[str, str]:
    """Abbreviated word of CMS's descriptors -> spelled out."""
    path = CONTENT / "abbreviations.toml"
    table = tomllib.loads(path.read_text())
    return {key.lower(): value for key, value in table.items() if isinstance(value, str)}


@cache
def nicknames() -> dict[str, list[str]]:
    """Code -> what people type when they mean it, for codes with and without a text of ours.

    One code a line, in the part of TOML that is JSON too: the json module reads it in a tenth of the time.
    """
    lines = (line.partition(" = ") for line in (CONTENT / "nicknames.toml").read_text().splitlines())
    return {code: json.loads(phrases) for code, _, phrases in lines if phrases}


@lru_cache(maxsize=60_000)
def _token_stems(token: str) -> tuple[str, ...]:
    return (*stems(_expanded(token)), *stems(token))


def descriptor_stems(text: str) -> dict[str, None]:
    """Stems of CMS's wording, abbreviations both as printed and spelled out; a set that keeps its order."""
    found: dict[str, None] = {}
    for token in text.lower().split():
        found.update(dict.fromkeys(_token_stems(token)))
    return found


@lru_cache(maxsize=60_000)
def _expanded(token: str) -> str:
    known = abbreviations()
    if token in known:
        return known[token]
    parts = re.split(r"([/&+,()-])", token)
    if len(parts) == 1:
        return token
    return " ".join(known.get(part, part) for part in parts if part and part not in "/,()-").replace("&", "and")


def spell_out(descriptor: str) -> str:
    """CMS's 28 characters in whole words: 'Ct hd/brn w/o dye' -> 'ct head brain without dye'."""
    words = (_expanded(token) for token in descriptor.lower().split())
    return re.sub(r"\s+", " ", " ".join(words)).strip()
