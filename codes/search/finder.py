"""Finding the code: `find` turns what was typed into codes, best first, on either database."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import reduce
from itertools import combinations
from operator import or_

from django.db.models import Q

from codes.models import CatalogueState, Code
from codes.search import spelling
from codes.search.engines import engine
from codes.search.nearest import nearest_codes
from codes.search.query import Group, Query, parse
from codes.search.rank import order
from codes.search.spelling import vocabulary
from codes.search.words import stem

LIMIT = 300
ANY_LIMIT = 120  # candidates that hold some of the words only
ENOUGH = 3
MOST_COMBINED = 6
MOST_NAMED = 40
MISTYPED = re.compile(r"\b(?=\w*\d\w*\d\w*\d)\w{4,7}\b", re.ASCII)  # 992144, 27447X
RARE = 1  # documents that hold a word which may be CMS's own misprint
TOTAL = 20_000  # documents, for the rarity of a word; only ratios matter


@dataclass(frozen=True)
class Found:
    """Codes, best first.

    `respelled`: words were taken for what is spelled nearest; `partly`: no code matches all words;
    `nearest`: the code named is not there, these are spelled like it; `is_cut`: more codes match than are listed.
    """

    codes: list[str]
    respelled: bool = False
    partly: bool = False
    nearest: bool = False
    is_cut: bool = False


def find(typed: str, *, revision: int | None = None, suggesting: bool = False, limit: int = LIMIT) -> Found:
    """The codes meant by this text: codes named outright first, then a prefix's codes, then by words.

    `revision` of the catalogue saves a query where the caller knows it.
    """
    terms = vocabulary(CatalogueState.current_revision() if revision is None else revision)
    query = parse(typed, suggesting=suggesting)
    if query.prefix:
        codes = Code.objects.listed().filter(code__startswith=query.prefix).order_by("code")
        found = list(codes.values_list("code", flat=True)[:limit])
        return Found(found) if found else _by_words(_as_words(query), terms, limit)
    if query.codes:
        return _with_codes(query, terms, limit)
    found = _by_words(query, terms, limit) if query.groups else Found([])
    return found if found.codes else _nearly_a_code(typed)


def _nearly_a_code(typed: str) -> Found:
    mistyped = MISTYPED.search(typed)
    codes = nearest_codes(mistyped[0]) if mistyped else []
    return Found(codes, nearest=bool(codes))


def _as_words(query: Query) -> Query:
    word = query.prefix.lower()
    return Query(groups=(Group(((word,),), (word,)),))


def _with_codes(query: Query, terms: dict[str, int], limit: int) -> Found:
    first = _named(query.codes, limit)
    if query.groups:
        rest = _by_words(query, terms, limit)
        return replace(rest, codes=[*first, *(code for code in rest.codes if code not in first)])
    if not first:
        return Found(nearest_codes(_first_of(query.codes)), nearest=True)
    return Found(first, is_cut=len(first) >= limit)


def _named(named: tuple[str | tuple[str, str], ...], limit: int) -> list[str]:
    """The codes there are of those named, in the order typed; of a range, all within it."""
    ranges = [(name, name) if isinstance(name, str) else tuple(sorted(name)) for name in named[:MOST_NAMED]]
    wanted = reduce(or_, (Q(code__range=ends) for ends in ranges))
    there = Code.objects.listed().filter(wanted).order_by("code").values_list("code", flat=True)[: limit * 2]
    codes = [code for first, last in ranges for code in there if first <= code <= last]
    return list(dict.fromkeys(codes))[:limit]


def _first_of(named: tuple[str | tuple[str, str], ...]) -> str:
    return named[0] if isinstance(named[0], str) else named[0][0]


def _by_words(query: Query, terms: dict[str, int], limit: int) -> Found:
    groups, respelled = _spelled(query.groups, terms)
    if not groups:
        return Found([], respelled)
    required = [group for group in groups if not group.optional] or groups
    candidates = engine().candidates([required], limit)
    partly = not candidates
    for searches in _weaker(required, terms):
        if len(candidates) >= ENOUGH:
            break
        for choices in searches:
            known = {candidate.code for candidate in candidates}
            candidates += [c for c in engine().candidates(choices, min(limit, ANY_LIMIT)) if c.code not in known]
    return Found(order(groups, candidates, terms, TOTAL, query.measures), respelled, partly, len(candidates) >= limit)


def _weaker(groups: list[Group], terms: dict[str, int]) -> Iterator[list[list[tuple[Group, ...]]]]:
    """What to search for when hardly any code holds all groups: half of them, then any one.

    The rarest group has a search of its own: the many codes that hold a common one would leave it no room.
    """
    rarest = sorted(groups, key=lambda group: min(terms.get(stem, 0) for stem in group.typed))[:MOST_COMBINED]
    if len(groups) > 2:
        yield [list(combinations(rarest, (len(rarest) + 1) // 2))]
    if len(groups) > 1:
        yield [[(rarest[0],)], [(group,) for group in rarest]]


def _spelled(groups: tuple[Group, ...], terms: dict[str, int]) -> tuple[list[Group], bool]:
    """Groups with the nearest words of the index beside those it does not hold."""
    result, respelled = [], False
    for group in groups:
        unknown = next((word for word in group.words if terms.get(stem(word), 0) <= RARE), None)
        if unknown and not group.optional and not _any_known(group, terms):
            is_there = stem(unknown) in terms
            meant = spelling.respelled(unknown, terms, prefix=group.prefix, sounds_only=is_there)
            others = tuple(_replaced(group.typed, stem(unknown), alternative) for alternative in meant)
            group = replace(group, alternatives=(*group.alternatives, *others))
            respelled = respelled or (bool(others) and not is_there)
        result.append(group)
    return result, respelled


def _any_known(group: Group, terms: dict[str, int]) -> bool:
    return any(all(terms.get(stem, 0) > RARE for stem in alternative) for alternative in group.alternatives)


def _replaced(stems: tuple[str, ...], old: str, new: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(part for stem in stems for part in (new if stem == old else (stem,)))
