"""What is wrong with a text about a code, as sentences for whoever wrote it. No Django.

`problems` keep a text from being saved; `advice` is said and leaves the decision to the writer.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from codes.readability import grade, longest
from codes.readability import words as words_of
from codes.typed_figures import TAG, found_in, without_tags
from codes.wording import Official, words

PROSE = ("name", "description", "plain_language", "clinical_context", "billing")
UNTAGGED = ("name", "synonyms")  # they stand in titles, lists and search, where a figure would go stale
LABELS = {
    "plain_language": "In plain language",
    "clinical_context": "Clinical context",
    "billing": "Billing & documentation",
}
GRADE_LIMIT = 10  # US school years; health texts for the public aim at 6 to 8 (AMA, NIH), names of body parts cost two
HTML = re.compile(r"</?[a-zA-Z][^<>]*>|<!--|&(?:[a-zA-Z]{2,8}|#\d+);")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")  # PostgreSQL keeps no NUL, a spreadsheet none of these
CODE = r"\d{4}[0-9AFMTU]|[A-V]\d{4}"
LINK = re.compile(rf"(?:cpt-codes/(?:[\w-]+/)?|\[\[|(?<![\w/])/)({CODE})\b", re.IGNORECASE)
ADDRESS = re.compile(r"(?<![\w-])/?(cpt-codes(?:/[\w-]+)*)", re.IGNORECASE)
# Never a part of a longer number or of an amount; a range names both its ends.
MENTION = re.compile(rf"(?<![\w$€#])(?<!\d[.,])(?:{CODE})(?![\w]|[.,]\d)", re.IGNORECASE)


@dataclass(frozen=True)
class Known:
    """What the catalogue knows that the texts of a code are held against.

    `official` is the wording they may not hold; `names` and `synonyms` map a `key` to the published codes that have it.
    Of what they mention, `codes` have a page, `ended` says of a code no longer in use since when, and `dead` are
    addresses that no page answers. `tags` says of a figure tag, as it is written, why it can't be shown.
    """

    code: str
    official: Official = field(default_factory=Official)
    names: Mapping[str, Collection[str]] = field(default_factory=dict)
    synonyms: Mapping[str, Collection[str]] = field(default_factory=dict)
    codes: frozenset[str] = frozenset()
    ended: Mapping[str, str] = field(default_factory=dict)
    dead: frozenset[str] = frozenset()
    tags: Mapping[str, str] = field(default_factory=dict)


def key(phrase: str) -> str:
    """The same for phrases of the same words: case, spaces, hyphens and signs make no difference."""
    return words(phrase)


def problems(values: Mapping[str, object], known: Known) -> dict[str, list[str]]:
    """Field -> what must be put right. `values` holds texts by field, `synonyms` a list, `faq` question-answer pairs."""
    found: dict[str, list[str]] = {}
    for name, text in _texts(values):
        prose = without_tags(text)
        alone = (
            html(prose),
            control(text),
            figure(text, "" if name in UNTAGGED else known.code),
            _official(prose, known, name),
        )
        if said := [sentence for sentence in (*alone, *_links(prose, known), *_tags(name, text, known)) if sentence]:
            found.setdefault(name, []).extend(dict.fromkeys(said))
    name = str(values.get("name") or "")
    if said := _name_problem(name, known):
        found.setdefault("name", []).append(said)
    if said := synonym_problems(values.get("synonyms") or [], name, known):
        found.setdefault("synonyms", []).extend(said)
    return found


def advice(values: Mapping[str, object], known: Known) -> list[str]:
    said = []
    if sentence := reading(without_tags(str(values.get("plain_language") or ""))):
        said.append(sentence)
    mentioned = {code for _, text in _texts(values) for code in _codes(MENTION, text)} - {known.code}
    if unknown := sorted(mentioned - known.codes):
        said.append(
            f"No release loaded here holds {', '.join(unknown)}. Check the number, or say that the code has ended."
        )
    said += [f"{code} is no longer in use ({known.ended[code]})." for code in sorted(mentioned & known.ended.keys())]
    for synonym in values.get("synonyms") or []:
        if others := _others(known.synonyms, synonym, known):
            said.append(f"“{synonym}” is a synonym of {others} too. A search for it finds both.")
    return said


def reading(text: str) -> str:
    if (years := grade(text)) <= GRADE_LIMIT:
        return ""
    sentence = longest(text)
    return (
        f"In plain language reads like grade {years:.1f}; aim at {GRADE_LIMIT} or lower. Shorter sentences and shorter "
        f"words help. The longest sentence has {len(words_of(sentence))} words: “{sentence}”"
    )


def mentioned_codes(values: Mapping[str, object]) -> set[str]:
    return {code for _, text in _texts(values) for pattern in (MENTION, LINK) for code in _codes(pattern, text)}


def addresses(values: Mapping[str, object]) -> set[str]:
    """Paths of this site that lead to no single code, as /cpt-codes/all."""
    return {path for _, text in _texts(values) for path in _paths(text)}


def tags(values: Mapping[str, object]) -> set[str]:
    """The figure tags of all texts, as they are written."""
    return {match[0] for _, text in _texts(values) for match in TAG.finditer(text)}


def _codes(pattern: re.Pattern, text: str) -> set[str]:
    return {code.upper() for code in pattern.findall(without_tags(text))}


def _paths(text: str) -> Iterator[str]:
    for path in ADDRESS.findall(text):
        if not re.fullmatch(CODE, path.rpartition("/")[2], re.IGNORECASE):
            yield f"/{path}"


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


def control(text: str) -> str:
    match = CONTROL.search(text)
    return (
        f"A character can't be kept (U+{ord(match[0]):04X}, which shows nothing). Type that place again."
        if match
        else ""
    )


def figure(text: str, code: str) -> str:
    """`code` is the one that the text is about, '' where no tag may stand in its place."""
    said = list(found_in(text, code))
    if not said:
        return ""
    tags = " or ".join(dict.fromkeys(typed.tag for typed in said if typed.tag and code))
    return (
        f"A figure is typed by hand ({', '.join(dict.fromkeys(typed.text for typed in said))}). Figures change with each "
        f"release: leave it out, the page shows it{f', or write {tags}' if tags else ''}."
    )


def _tags(name: str, text: str, known: Known) -> Iterator[str]:
    """What is wrong with the figure tags of a text, each with its line."""
    for match in re.finditer(rf"{TAG.pattern}|\{{%", text):
        line = text.count("\n", 0, match.start()) + 1
        if name in UNTAGGED:
            yield f"{match[0]}: no figure stands in a {'name' if name == 'name' else 'synonym'}."
        elif not TAG.fullmatch(match[0]):
            yield f"Line {line}: the tag is not closed by %}} on its line."
        elif trouble := known.tags.get(match[0]):
            yield f"Line {line}: {match[0]}: {trouble}."


def _links(text: str, known: Known) -> Iterator[str]:
    if unknown := sorted(_codes(LINK, text) - known.codes - {known.code}):
        yield f"A link leads to {', '.join(unknown)}, which does not exist."
    if dead := sorted(set(_paths(text)) & known.dead):
        yield f"A link leads to {', '.join(dead)}, which does not exist."


def _official(text: str, known: Known, name: str) -> str:
    """Whether a text is, or holds, the wording of the AMA or the ADA. A synonym may come near: people type it."""
    found = known.official.is_phrase(text) if name == "synonyms" else known.official.found_in(text)
    return (
        f"This is, or holds, the official descriptor of {found[1]} (“{found[0]}”), whose wording is not ours. "
        "Say it in your own words."
        if found
        else ""
    )


def _others(having: Mapping[str, Collection[str]], phrase: str, known: Known) -> str:
    """The other codes that have this name or synonym, '' where there is none."""
    return ", ".join(sorted(set(having.get(key(phrase), ())) - {known.code})) if key(phrase) else ""


def _name_problem(name: str, known: Known) -> str:
    if others := _others(known.names, name, known):
        return f"This is the name of {others} too. Say what tells them apart."
    if others := _others(known.synonyms, name, known):
        return f"This is a synonym of {others}. A search for it would lead to the wrong code."
    return ""


def synonym_problems(synonyms: Iterable[str], name: str, known: Known) -> list[str]:
    said, seen = [], {key(name): name} if key(name) else {}
    for synonym in synonyms:
        if not key(synonym):
            said.append("A synonym is empty. Take it out.")
        elif ";" in synonym:  # a file of texts parts them by it
            said.append(f"“{synonym}” holds a semicolon. Give each synonym a line of its own.")
        elif key(synonym) in seen:
            first = seen[key(synonym)]
            same = "it is the name" if first == name else "" if first == synonym else f"“{first}”"
            said.append(f"“{synonym}” stands there twice{f' ({same})' if same else ''}. Take one out.")
        elif others := _others(known.names, synonym, known):
            said.append(f"“{synonym}” is the name of {others}. A search for it would lead to the wrong code.")
        seen.setdefault(key(synonym), synonym)
    return said
