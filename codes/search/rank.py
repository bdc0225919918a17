"""Which of the candidates they meant most likely. The same arithmetic for both databases. No Django."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log

from codes.search.query import Group

NAME, DESCRIPTOR, SCATTERED, BODY = 1.0, 0.85, 0.55, 0.3
ALTERNATIVE = 0.9  # a word of the thesaurus counts a little less than the one typed
WHOLE_PHRASE = 0.9  # the query is a whole name of the code
SPARE_WORDS = 0.35  # a name with fewer words that were not asked for stands first
WEIGHT = 0.28
OPTIONAL_SHARE = 0.5


@dataclass(frozen=True)
class Candidate:
    """A document of the index: stems of its names (phrases parted by ' | '), descriptor and body."""

    code: str
    names: str
    descriptor: str
    body: str
    weight: float


def order(groups: Sequence[Group], candidates: Sequence[Candidate], frequency: Mapping[str, int], total: int) -> list[str]:
    """Codes, best first. `frequency`: in how many of the `total` documents a stem stands."""
    importance = [_importance(group, frequency, total) for group in groups]
    scored = [(-_score(groups, importance, candidate), candidate.code) for candidate in candidates]
    return [code for _, code in sorted(scored)]


def _importance(group: Group, frequency: Mapping[str, int], total: int) -> float:
    """Rare words say more (inverse document frequency, damped)."""
    seen = min((frequency.get(stem, 1) for stem in group.typed), default=1)
    value = log(1 + total / (1 + seen))
    return value * OPTIONAL_SHARE if group.optional else value


def _score(groups: Sequence[Group], importance: Sequence[float], candidate: Candidate) -> float:
    phrases = [frozenset(phrase.split()) for phrase in candidate.names.split(" | ") if phrase]
    descriptor = frozenset(candidate.descriptor.split())
    body = frozenset(candidate.body.split())
    everything = descriptor.union(body, *phrases)
    matched = sum(
        share * _group_score(group, phrases, descriptor, body, everything)
        for group, share in zip(groups, importance, strict=True)
    )
    coverage = matched / (sum(importance) or 1)
    return coverage + _closeness(groups, phrases, descriptor) + WEIGHT * candidate.weight


def _group_score(group: Group, phrases, descriptor, body, everything) -> float:
    best = 0.0
    for position, alternative in enumerate(group.alternatives):
        factor = ALTERNATIVE if position else 1.0
        if any(_holds(phrase, alternative, group.prefix) for phrase in phrases):
            value = NAME
        elif _holds(descriptor, alternative, group.prefix):
            value = DESCRIPTOR
        elif _holds(body, alternative, group.prefix):
            value = BODY
        else:
            value = SCATTERED if _holds(everything, alternative, group.prefix) else 0.0
        best = max(best, factor * value)
    return best


def _holds(words: frozenset[str], wanted: tuple[str, ...], prefix: bool) -> bool:
    if words.issuperset(wanted):
        return True
    *whole, last = wanted
    return prefix and words.issuperset(whole) and any(word.startswith(last) for word in words)


def _closeness(groups: Sequence[Group], phrases, descriptor) -> float:
    """How nearly one name is what was typed: 0 to WHOLE_PHRASE + SPARE_WORDS."""
    best = 0.0
    for field in (*phrases, descriptor):
        if not field:
            continue
        said = sum(1 for group in groups if any(_holds(field, a, group.prefix) for a in group.alternatives))
        used = set()
        for group in groups:
            for alternative in group.alternatives:
                if _holds(field, alternative, group.prefix):
                    used.update(_used(field, alternative, group.prefix))
        covered = said / len(groups)
        spare = len(used) / len(field)
        whole = covered == 1 and spare == 1
        value = covered * spare * SPARE_WORDS + (WHOLE_PHRASE if whole and field is not descriptor else 0)
        value += WHOLE_PHRASE / 3 if whole and field is descriptor else 0
        best = max(best, value)
    return best


def _used(field: frozenset[str], alternative: tuple[str, ...], prefix: bool) -> set[str]:
    used = field.intersection(alternative)
    if prefix and alternative[-1] not in field:
        used = used | {word for word in field if word.startswith(alternative[-1])}
    return set(used)
