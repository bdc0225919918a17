"""Text -> stems, the same for what is indexed and what is typed. No Django."""

import json
import re
import tomllib
import unicodedata
from functools import cache, lru_cache
from pathlib import Path

import Stemmer

CONTENT = Path(__file__).resolve().parent.parent / "content" / "search"
_STOP = """
    a am an and any are as at be been being by can could did do does doing done for from get gets getting got has have
    having how in into is it its many me much my need needs of on or per should some that the their there this to using
    versus vs want wants was were what when where which who will would you your
"""
STOP = frozenset(_STOP.split())
# Words that say much in one place and nothing elsewhere: they rank, but no code has to contain them.
_OPTIONAL = """
    with without code codes cpt hcpcs procedure procedures surgery surgical surgeries operation operations op service
    services charge charges billing bill billed billable for rvu rvus wrvu test tests testing new cost costs price fee
    payment reimbursement medicare insurance i please doctor left right lt rt both side sided bilateral unilateral old
    year years yo yr yrs aged check checked checking routine standard about around approximately
"""
OPTIONAL = frozenset(_OPTIONAL.split())

_SHORTHAND = [
    (re.compile(r"\bw\s*/\s*o\b|\bwo\b|\bw/out\b"), " without "),
    (re.compile(r"\bw\s*/|\bw\b"), " with "),
    (re.compile(r"\bb\s?/\s?l\b"), " bilateral "),
    (re.compile(r"\bh\s?/\s?n\b"), " head neck "),
    (re.compile(r"\bx[\s-]rays?\b|\bxr\b"), " xray "),
    (re.compile(r"\b([a-z])\s?&\s?([a-z])\b"), r" \1n\2 "),
    (re.compile(r"(?<=[a-z])'s\b|'"), ""),
]
_SHORT_WORDS = frozenset(("w", "wo", "xr", "x", "xrays"))
# Word families that a general stemmer parts: laparoscopy and laparoscopic, mammogram and mammography.
# The one group of each holds the stem.
_FAMILIES = re.compile(
    "|".join(
        [
            r"(.{2,}scop)(?:y|ies|ic|es?|ically)",
            r"(.{4,}gra)(?:ms?|ph|phy|phies|phic)",
            r"(.{3,}plast)(?:y|ies|ic)",
            r"(.{3,}metr)(?:y|ies|ic)",
            r"(vaccin)(?:e|es|ate|ation|ations|ated)",
            r"(inject)(?:ion|ions|ed|able|ing|s)?",
            r"(len)s(?:es)?",
            r"(inser)(?:t|ts|tion|ted|ting)",
            r"(biops)(?:y|ies|ied)",
            r"(remov)(?:e|al|als|ed|ing)",
            r"(replac)(?:e|ement|ements|ed|ing)",
            r"(tomograph|ultraso)(?:y|ic|und|unds|nic|nography)?",
        ]
    )
)
_stemmer = Stemmer.Stemmer("english")


def is_simple(text: str, words: list[str]) -> bool:
    """Whether there is nothing in this text to replace, as in most of what is indexed."""
    return text.isascii() and _SHORT_WORDS.isdisjoint(words) and ("".join(words).isalnum() or not words)


def plain(text: str) -> str:
    """Lower case, no accents, shorthand spelled out, only letters, digits and single spaces."""
    if is_simple(text, words := text.lower().split()):
        return " ".join(words)
    text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    for pattern, replacement in _SHORTHAND:
        text = pattern.sub(replacement, text)
    return re.sub(r"[^a-z0-9]+", " ", text).strip()


@lru_cache(maxsize=60_000)
def stem(word: str) -> str:
    family = _FAMILIES.fullmatch(word)
    return family[family.lastindex] if family else _stemmer.stemWord(word)


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
    expanded = _expanded(token)
    return tuple(stems(token)) if expanded == token else (*stems(expanded), *stems(token))


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
    if token.isalnum():
        return token
    parts = re.split(r"([/&+,()-])", token)
    if len(parts) == 1:
        return token
    return " ".join(known.get(part, part) for part in parts if part and part not in "/,()-").replace("&", "and")


def spell_out(descriptor: str) -> str:
    """CMS's 28 characters in whole words: 'Ct hd/brn w/o dye' -> 'ct head brain without dye'."""
    words = (_expanded(token) for token in descriptor.lower().split())
    return re.sub(r"\s+", " ", " ".join(words)).strip()
