"""Finding the code: `find` turns what was typed into codes, best first, on either database."""

from dataclasses import dataclass, replace

from codes.models import Code, SearchTerm
from codes.search.engines import engine
from codes.search.query import Group, Query, parse
from codes.search.rank import order
from codes.search.spelling import near

LIMIT = 300
ENOUGH = 3


@dataclass(frozen=True)
class Found:
    """Codes, best first; `respelled` if words were taken for what is spelled nearest, `partly` if not all words matched."""

    codes: list[str]
    respelled: bool = False
    partly: bool = False


def find(typed: str, *, suggesting: bool = False, limit: int = LIMIT) -> Found:
    """The codes meant by this text: codes named outright first, then a prefix's codes, then by words."""
    query = parse(typed, suggesting=suggesting)
    if query.prefix:
        codes = Code.objects.listed().filter(code__startswith=query.prefix).order_by("code")
        found = list(codes.values_list("code", flat=True)[:limit])
        return Found(found) if found else _by_words(_as_words(query))
    if query.codes:
        return _with_codes(query, limit)
    return _by_words(query, limit) if query.groups else Found([])


def _as_words(query: Query) -> Query:
    return Query(groups=(Group(((query.prefix.lower(),),)),))


def _with_codes(query: Query, limit: int) -> Found:
    exact = set(Code.objects.listed().filter(code__in=query.codes).values_list("code", flat=True))
    first = [code for code in query.codes if code in exact]
    if not query.groups:
        return Found(first)
    rest = _by_words(query, limit)
    return replace(rest, codes=[*first, *(code for code in rest.codes if code not in exact)])


def _by_words(query: Query, limit: int = LIMIT) -> Found:
    groups, frequency, respelled = _spelled(query.groups)
    if not groups:
        return Found([], respelled)
    required = [group for group in groups if not group.optional] or groups
    candidates = engine().candidates(required, True, limit)
    partly = False
    if len(candidates) < ENOUGH and len(required) > 1:
        partly = not candidates
        known = {candidate.code for candidate in candidates}
        candidates += [c for c in engine().candidates(required, False, limit) if c.code not in known]
    total = frequency.pop("", 20_000)
    return Found(order(groups, candidates, frequency, total), respelled, partly)


def _spelled(groups: tuple[Group, ...]) -> tuple[list[Group], dict[str, int], bool]:
    """Groups with the nearest words of the index for those it does not hold, and how often each word occurs."""
    wanted = {stem for group in groups for alternative in group.alternatives for stem in alternative}
    frequency = dict(SearchTerm.objects.filter(stem__in=wanted).values_list("stem", "documents"))
    result, respelled = [], False
    for group in groups:
        unknown = [stem for stem in group.typed if stem not in frequency]
        if unknown and not group.optional and not _any_known(group, frequency):
            closest = near(unknown, prefix=group.prefix)
            if closest:
                others = tuple(_replaced(group.typed, unknown[0], word) for word, _ in closest)
                frequency |= {unknown[0]: closest[0][1]} | dict(closest)
                group, respelled = replace(group, alternatives=(*group.alternatives, *others)), respelled or not group.prefix
        result.append(group)
    return result, frequency, respelled


def _any_known(group: Group, frequency: dict[str, int]) -> bool:
    return any(all(stem in frequency for stem in alternative) for alternative in group.alternatives)


def _replaced(stems: tuple[str, ...], old: str, new: str) -> tuple[str, ...]:
    return tuple(new if stem == old else stem for stem in stems)
