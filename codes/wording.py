"""The wording of the AMA and the ADA, known again in a text however it was typed. No Django.

CMS prints descriptors in 28 characters, full of abbreviations. Both sides are compared as plain words: as printed, and
with each abbreviation spelled out, so that capitals, punctuation, line breaks and half-spelled forms make no difference.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from rapidfuzz import fuzz

from codes.search.words import spell_out

HELD = 4  # words from which a wording inside a longer text is no accident; three are an ordinary phrase
SAME = 92  # of 100: rapidfuzz's ratio from which two wordings of one code are one
TOKEN = re.compile(r"[a-z0-9]+(?:[/&+'-]+[a-z0-9]+)*")
WORD = re.compile(r"[a-z0-9]+")


def lower(text: str) -> str:
    """Lower case without accents."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", re.sub("[‐‑‒–—]", "-", text)).encode("ascii", "ignore").decode()
    return text.lower()


def words(text: str) -> str:
    """Letters and digits alone, in lower case and with single spaces."""
    return " ".join(WORD.findall(lower(text)))


def spelled(text: str) -> str:
    """`words` with CMS's abbreviations spelled out: 'CT, HD/BRN w/o dye.' -> 'ct head brain without dye'."""
    return words(spell_out(" ".join(TOKEN.findall(lower(text)))))


def forms(text: str) -> set[str]:
    return {words(text), spelled(text)} - {""}


@dataclass(frozen=True)
class Wordings:
    """Descriptors by their first words: what a text holds is found without reading each of them."""

    by_start: Mapping[str, list[tuple[str, str]]] = field(default_factory=dict)

    @classmethod
    def of(cls, descriptors: Iterable[tuple[str, str]]) -> "Wordings":
        """`descriptors` are (code, as CMS prints it); those of fewer words than HELD are left out."""
        by_start: dict[str, list[tuple[str, str]]] = {}
        for code, descriptor in descriptors:
            for form in forms(descriptor):
                start = form.split(" ", HELD)[:HELD]
                if len(start) == HELD:
                    by_start.setdefault(" ".join(start), []).append((form, code))
        return cls(by_start)

    def held_in(self, form: str) -> Iterator[tuple[str, str]]:
        """(wording, code) of each descriptor that stands whole in this form of a text."""
        said = form.split()
        for i in range(len(said) - HELD + 1):
            for wording, code in self.by_start.get(" ".join(said[i : i + HELD]), ()):
                if f"{' '.join(said[i:])} ".startswith(f"{wording} "):
                    yield wording, code


@dataclass(frozen=True)
class Official:
    """What a code's texts may not hold: the wording of its own descriptor, '' where it is free, and that of others."""

    code: str = ""
    descriptor: str = ""
    others: Wordings = field(default_factory=Wordings)

    @cached_property
    def own(self) -> set[str]:
        """Its forms. One word, as Appendectomy, is nobody's."""
        return {form for form in forms(self.descriptor) if " " in form}

    def found_in(self, text: str) -> tuple[str, str] | None:
        """(wording, code) of a descriptor that this text is, or holds."""
        for form in forms(text):
            if form in self.own or any(_is_nearly(words(text), wording) for wording in self.own):
                return self.descriptor, self.code
            if held := next(self.others.held_in(form), None):
                return held
        return None

    def is_phrase(self, phrase: str) -> tuple[str, str] | None:
        """The same of what people type: it may come near, and their abbreviations are their own."""
        form = words(phrase)
        return (self.descriptor, self.code) if form in self.own else next(self.others.held_in(form), None)


def _is_nearly(said: str, wording: str) -> bool:
    """Whether words are, or hold, the wording of their own code, give or take a letter."""
    if fuzz.ratio(wording, said) >= SAME:
        return True
    return wording.count(" ") + 1 >= HELD and len(said) > len(wording) and fuzz.partial_ratio(wording, said) >= SAME
