"""Which of the candidates they meant most likely. The same arithmetic for both databases. No Django."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log

from codes.search.measures import Measure, fit
from codes.search.query import Group

NAME, DESCRIPTOR, SCATTERED, BODY = 1.0, 0.85, 0.55, 0.3
ALTERNATIVE = 0.9  # a word of the thesaurus counts a little less than the one typed
WHOLE_PHRASE = 0.9  # the query is a whole name of the code
WHOLE_DESCRIPTOR = 0.3
BY_ALTERNATIVE = 0.7  # where it is that in other words only
SPARE_WORDS = 0.35  # a name with fewer words that were not asked for stands first
WEIGHT = 0.28
OPTIONAL_SHARE = 0.5
FITS = 0.3  # the size or age asked for is that of the code
ASIDE = 0.35  # anesthesia for what was asked for, where nobody spoke of anesthesia
ANESTHESIA, SURGERY = re.compile(r"0[01]\d{3}$"), re.compile(r"[1-6]\d{4}$")
ANESTHESIA_ALONE = frozenset(["anesthesia", "ane"])  # stems of anesthesia and anes
ANESTHESIA_WORDS = ("anesth", "anest", "anes", "mac", "asa", "sedat", "neuraxi", "analg", "epidur", "labor")


@dataclass(frozen=True)
class Candidate:
    """A document of the index: stems of its names (phrases parted by ' | '), descriptor and body."""

    code: str
    names: str
    descriptor: str
    body: str
    weight: float


def order(
    groups: Sequence[Group],
    candidates: Sequence[Candidate],
    frequency: Mapping[str, int],
    total: int,
    measures: tuple[Measure, ...] = (),
) -> list[str]:
    """Codes, best first. `frequency`: in how many of the `total` documents a stem stands."""
    importance = [_importance(group, frequency, total) for group in groups]
    aside = _put_aside(groups)
    scored = [
        (
            (ASIDE if aside and aside.match(candidate.code) else 0)
            - _score(groups, importance, candidate)
            - (FITS * fit(measures, candidate.body) if measures else 0),
            candidate.code,
        )
        for candidate in candidates
    ]
    return [code for _, code in sorted(scored)]


def _put_aside(groups: Sequence[Group]) -> re.Pattern | None:
    """The codes nobody asked for: anesthesia where it is not spoken of, surgery where it is."""
    typed = [stem for group in groups for stem in group.typed]
    if any(stem in ANESTHESIA_ALONE for stem in typed):
        return SURGERY
    return None if any(stem.startswith(ANESTHESIA_WORDS) for stem in typed) else ANESTHESIA


def _importance(group: Group, frequency: Mapping[str, int], total: int) -> float:
    """Rare words say more (inverse document frequency, damped)."""
    seen = min((frequency.get(stem, 1) for alternative in group.alternatives[:2] for stem in alternative), default=1)
    value = log(1 + total / (1 + seen))
    return value * OPTIONAL_SHARE if group.optional else value


def _score(groups: Sequence[Group], importance: Sequence[float], candidate: Candidate) -> float:
    phrases = [frozenset(phrase.split()) for phrase in candidate.names.split(" | ") if phrase]
    descriptor = frozenset(candidate.descriptor.split())
    matched = sum(
        share * _group_score(group, phrases, descriptor, candidate)
        for group, share in zip(groups, importance, strict=True)
    )
    coverage = matched / (sum(importance) or 1)
    return coverage + _closeness(groups, phrases, descriptor) + WEIGHT * candidate.weight


def _group_score(
    group: Group, phrases: list[frozenset[str]], descriptor: frozenset[str], candidate: Candidate
) -> float:
    best = 0.0
    for position, alternative in enumerate(group.alternatives):
        if any(_holds(phrase, alternative, group.prefix) for phrase in phrases):
            value = NAME
        elif _holds(descriptor, alternative, group.prefix):
            value = DESCRIPTOR
        elif best < SCATTERED:
            value = _in_text(candidate, alternative, group.prefix)
        else:
            value = 0.0
        best = max(best, value * (ALTERNATIVE if position else 1.0))
    return best


def _in_text(candidate: Candidate, alternative: tuple[str, ...], prefix: bool) -> float:
    """Words found in our text only, or parted between the fields."""
    body = frozenset(candidate.body.split())
    if _holds(body, alternative, prefix):
        return BODY
    everything = body.union(candidate.names.split(), candidate.descriptor.split())
    return SCATTERED if len(alternative) > 1 and _holds(everything, alternative, prefix) else 0.0


def _holds(words: frozenset[str], wanted: tuple[str, ...], prefix: bool) -> bool:
    if words.issuperset(wanted):
        return True
    *whole, last = wanted
    return prefix and words.issuperset(whole) and any(word.startswith(last) for word in words)


def _closeness(groups: Sequence[Group], phrases: list[frozenset[str]], descriptor: frozenset[str]) -> float:
    """How nearly one name is what was typed: 0 to WHOLE_PHRASE + SPARE_WORDS."""
    best = 0.0
    for words in (*phrases, descriptor):
        said, used, is_typed = 0, set(), True
        for group in groups:
            held = [a for a in group.alternatives if _holds(words, a, group.prefix)]
            said += bool(held)
            is_typed = is_typed and held[:1] == [group.typed]
            for alternative in held:
                used |= _used(words, alternative, group.prefix)
        if not said:
            continue
        covered, spare = said / len(groups), len(used) / len(words)
        value = covered * spare * SPARE_WORDS
        if covered == 1 and spare == 1:
            value += (WHOLE_DESCRIPTOR if words is descriptor else WHOLE_PHRASE) * (1 if is_typed else BY_ALTERNATIVE)
        best = max(best, value)
    return best


def _used(words: frozenset[str], alternative: tuple[str, ...], prefix: bool) -> frozenset[str]:
    used = words.intersection(alternative)
    if prefix and alternative[-1] not in words:
        used |= {word for word in words if word.startswith(alternative[-1])}
    return used
