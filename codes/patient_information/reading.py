"""How a text is read before anything is looked for in it. No Django."""

import re
import unicodedata
from typing import NamedTuple
from urllib.parse import unquote, unquote_plus

_ONE_KIND = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-") | {ord("’"): "'", ord("ʼ"): "'"}
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_ADDRESS = re.compile(
    r"(?:https?://|www\.)\S{1,3000}"
    r"|(?<![\w@.-])(?:[a-z\d-]{1,63}\.){1,4}[a-z]{2,12}(?::\d{2,5})?/\S{0,3000}"  # without https://
    r"|(?<![\w/])(?:(?:/[\w.-]{1,80}){2,6}/?(?:\?\S{1,3000})?|/[\w.-]{1,80}/?\?\S{1,3000})",  # of this site: /cpt-codes/?q=knee
    re.IGNORECASE,
)
# What people type themselves, or a folder or field that holds someone's number.
_TYPED = re.compile(r"q|s|query|search|text|name|note|.*(?:patient|mrn|member|chart|record|dob|ssn).*", re.IGNORECASE)
_PAGE_NUMBER = re.compile(r"(?!.*(?:\d-\d\d-\d|\d{3}-\d{4}))[\d.-]*")
_APART = "\n\n"
_ABBREVIATED = "".join(rf"(?<!\b{word})" for word in ("pt", "mr", "ms", "mrs", "dr", "no", r"o\.b", r"o\.s"))
_SENTENCE_END = re.compile(rf"(?:[!?]|{_ABBREVIATED}\.)\s|(?<![:,])(?<!\bon)(?<!\bof)\s*\n|\n\s*\n", re.IGNORECASE)


class Sign(NamedTuple):
    """What something looks like ('a date of birth') and the piece of the text that does."""

    what: str
    piece: str


def any_of(*lists: str) -> str:
    """The alternatives of a pattern, written as lists with commas."""
    return f"(?:{'|'.join(word.strip() for words in lists for word in words.split(', '))})"


def plain(text: str) -> str:
    """The text with one kind of dash, single blanks, and with the words of page addresses in place of the addresses."""
    text = unicodedata.normalize("NFKC", text).translate(_ONE_KIND).translate(_INVISIBLE)
    return re.sub(r"[^\S\n]+", " ", _ADDRESS.sub(_words_of_an_address, text))


def _words_of_an_address(match: re.Match) -> str:
    """Path and query as words, each for itself: /surgery/27447/ tells nothing of a date behind it.

    A number that stands for a page there says nothing; one behind ?q= or /patient/ may.
    """
    end = match[0].rstrip(".,;:!?)\"'")
    address, _, fragment = end.partition("#")
    path, _, query = address.partition("?")
    folders = [unquote(folder) for folder in path.split("/")][1:]
    fields = [field.partition("=") for field in query.split("&")]
    pairs = [*zip(["", *folders], folders, strict=False)]
    pairs += [(unquote_plus(key), unquote_plus(value)) for key, _, value in fields]
    words = [f"{key} {value}" for key, value in pairs if _TYPED.fullmatch(key) or not _PAGE_NUMBER.fullmatch(value)]
    return _APART.join(["", *words, unquote(fragment), match[0][len(end) :]])


def before(text: str, at: int, far: int = 60) -> str:
    """What stands in the same sentence before a place."""
    return _SENTENCE_END.split(text[max(0, at - far) : at])[-1]


def after(text: str, at: int, far: int = 40) -> str:
    """What stands in the same sentence behind a place."""
    return _SENTENCE_END.split(text[at : at + far])[0]
