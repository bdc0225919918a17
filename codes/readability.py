"""How many years of school a text asks for. No Django.

Source of the formula: Kincaid et al. 1975, Research Branch Report 8-75: 0.39 words a sentence + 11.8 syllables a word
- 15.59. It was made on passages of a hundred words, and says nothing of a handful.
"""

import re

FEWEST_WORDS = 8
# A full stop that ends no sentence: of an abbreviation, or between the letters of one.
_ABBREVIATED = re.compile(
    r"\b(?:dr|mr|mrs|ms|st|vs|approx|incl|etc|fig|min|max|e\.g|i\.e|(?:[a-z]\.)+[a-z])\.", re.IGNORECASE
)
_BULLET = re.compile(r"^\s*(?:[-*•–]|\d+[.)])\s+", re.MULTILINE)


def sentences(text: str) -> list[str]:
    """A line of a list is one too, whether or not it ends in a full stop."""
    text = _BULLET.sub("", text.replace("’", "'"))
    text = _ABBREVIATED.sub(lambda match: match[0].replace(".", ""), text)
    parts = (" ".join(part.split()) for part in re.split(r"(?<=[.!?:;])[\"”')]*\s*\n|\n|(?<=[.!?])[\"”')]*\s+", text))
    return [part for part in parts if words(part)]


def words(text: str) -> list[str]:
    return re.findall(r"[A-Za-z]+(?:'[A-Za-z]+)*", text)


def grade(text: str) -> float:
    """Flesch-Kincaid grade level in US school years; 0 for a text of too few words to tell."""
    said, count = words(" ".join(sentences(text))), len(sentences(text))
    if len(said) < FEWEST_WORDS:
        return 0.0
    return 0.39 * len(said) / count + 11.8 * sum(map(syllables, said)) / len(said) - 15.59


def longest(text: str) -> str:
    return max(sentences(text), key=lambda sentence: len(words(sentence)), default="")


def syllables(word: str) -> int:
    """Groups of vowels, less the e that is not spoken in make, makes and looked; MRI is said letter by letter."""
    if word.isupper() and 2 <= len(word) <= 4:
        return len(word) + 2 * word.count("W")
    word = word.lower().replace("'", "")
    groups = len(re.findall(r"[aeiouy]+", word))
    silent = re.search(r"[^aeiouyl]e$|[aeiouy]le[sd]?$|[aeiouyl]led$|[^aeiouydtl]ed$|[^aeiouyszxcghl]es$", word)
    return max(1, groups - bool(silent))
