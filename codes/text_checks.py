"""What is wrong with a text about a code, as sentences for whoever wrote it. No Django.

`problems` keep a text from being saved; `advice` is said and leaves the decision to the writer.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rapidfuzz import fuzz

PROSE = ("name", "description", "plain_language", "clinical_context", "billing")
LABELS = {
    "plain_language": "In plain language",
    "clinical_context": "Clinical context",
    "billing": "Billing & documentation",
}
GRADE_LIMIT = 10  # US school years; health texts for the public aim at 6 to 8 (AMA, NIH), names of body parts cost two
HTML = re.compile(r"</?[a-zA-Z][^<>]*>|<!--|&(?:[a-zA-Z]{2,8}|#\d+);")
FIGURE = re.compile(r"\$\s?\d[\d.,]*\b|\d\s?%|\bw?RVUs?\W{0,3}\d|\d\s*(?:work )?w?RVU", re.IGNORECASE)
CODE = r"\d{4}[0-9AFMTU]|[A-V]\d{4}"
LINK = re.compile(rf"(?:cpt-codes/(?:[\w-]+/)?|\[\[|(?<![\w/])/)({CODE})\b")
MENTION = re.compile(rf"\b(?:{CODE})\b")
OFFICIAL = "This is the wording of the code's official descriptor, which is not ours. Say it in your own words."
SAME = 92  # of 100: rapidfuzz's ratio from which two wordings are one


@dataclass(frozen=True)
class Known:
    """What the catalogue knows that a text is held against.

    `descriptor` is CMS's wording spelled out, '' where it is free to use; `names` maps each published name in
    lower case to its code; `codes` are the codes that exist among those mentioned.
    """

    code: str
    descriptor: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    codes: frozenset[str] = frozenset()


def problems(values: Mapping[str, object], known: Known) -> dict[str, list[str]]:
    """Field -> what must be put right. `values` holds texts by field, `synonyms` a list, `faq` question-answer pairs."""
    found: dict[str, list[str]] = {}
    for name, text in _texts(values):
        wording = _descriptor(text, known, name)
        if said := [sentence for sentence in (html(text), figure(text), wording, _links(text, known)) if sentence]:
            found.setdefault(name, []).extend(said)
    if said := synonym_problems(values.get("synonyms") or [], str(values.get("name") or ""), known):
        found.setdefault("synonyms", []).extend(said)
    return found


def advice(values: Mapping[str, object], known: Known) -> list[str]:
    said = []
    if (years := grade(str(values.get("plain_language") or ""))) > GRADE_LIMIT:
        said.append(
            f"In plain language reads like grade {years:.0f}; aim at {GRADE_LIMIT} or lower. Shorter sentences and shorter words help."
        )
    mentioned = {code for _, text in _texts(values) for code in MENTION.findall(text)}
    if unknown := sorted(mentioned - known.codes - {known.code}):
        said.append(
            f"No release loaded here holds {', '.join(unknown)}. Check the number, or say that the code has ended."
        )
    return said


def mentioned_codes(values: Mapping[str, object]) -> set[str]:
    return {code for _, text in _texts(values) for code in (*MENTION.findall(text), *LINK.findall(text))}


def _texts(values: Mapping[str, object]) -> Iterable[tuple[str, str]]:
    for name in PROSE:
        if text := values.get(name):
            yield name, str(text)
    for text in values.get("synonyms") or []:
        yield "synonyms", str(text)
    for question, answer in values.get("faq") or []:
        yield "faq", str(question)
        yield "faq", str(answer)


def html(text: str) -> str:
    match = HTML.search(text)
    return f"HTML is not allowed here ({match[0][:30]}). Write plain text." if match else ""


def figure(text: str) -> str:
    match = FIGURE.search(text)
    return (
        f"A figure is typed by hand ({match[0].strip()}). Figures change with each release: leave it out, the page shows it, "
        "or use the figure tag."
        if match
        else ""
    )


def _links(text: str, known: Known) -> str:
    unknown = sorted(set(LINK.findall(text)) - known.codes - {known.code})
    return f"A link leads to {', '.join(unknown)}, which does not exist." if unknown else ""


def _words(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", text.lower()))


def _descriptor(text: str, known: Known, name: str) -> str:
    """Whether a text is, or holds, the wording of the AMA or the ADA. A synonym may come near: people type it."""
    wording, said = _words(known.descriptor), _words(text)
    if len(wording.split()) < 2 or not said:
        return ""
    if name == "synonyms":
        return OFFICIAL if wording == said else ""
    same = fuzz.ratio(wording, said) >= SAME
    held = len(wording.split()) >= 4 and len(said) > len(wording) and fuzz.partial_ratio(wording, said) >= SAME
    return OFFICIAL if same or held else ""


def synonym_problems(synonyms: Iterable[str], name: str, known: Known) -> list[str]:
    said, seen = [], {_words(name): name}
    for synonym in synonyms:
        key = _words(synonym)
        if not key:
            said.append("A synonym is empty. Take it out.")
        elif key in seen:
            said.append(
                f"“{synonym}” stands there twice{' (it is the name)' if seen[key] == name else ''}. Take one out."
            )
        elif (other := known.names.get(synonym.strip().lower())) and other != known.code:
            said.append(f"“{synonym}” is the name of {other}. A search for it would lead to the wrong code.")
        seen.setdefault(key, synonym)
    return said


def grade(text: str) -> float:
    """Flesch-Kincaid grade level in US school years; 0 for an empty text.

    Source: Kincaid et al. 1975, Research Branch Report 8-75: 0.39 words a sentence + 11.8 syllables a word - 15.59.
    """
    words = re.findall(r"[A-Za-z']+", text)
    if not words:
        return 0.0
    sentences = max(1, len(re.findall(r"[.!?]+(?:\s|$)", text)))
    return 0.39 * len(words) / sentences + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def syllables(word: str) -> int:
    """Groups of vowels, a silent e at the end left out."""
    word = word.lower().strip("'")
    groups = len(re.findall(r"[aeiouy]+", word))
    silent = word.endswith("e") and not word.endswith(("le", "ee", "ie")) and groups > 1
    return max(1, groups - silent)
