"""The words of the index nearest to one that it does not hold."""

from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from codes.models import CatalogueState, SearchTerm

NEAREST = 3


def near(unknown: list[str], *, prefix: bool = False) -> list[tuple[str, int]]:
    """Up to three (stem, documents) spelled most like the first unknown stem; none if nothing is near."""
    typed = unknown[0]
    terms = _terms(CatalogueState.current_revision())
    if prefix and any(term.startswith(typed) for term in terms):
        return []  # still being typed: the engine's own prefix search finds it
    allowed = 1 if len(typed) <= 4 else 2 if len(typed) <= 8 else 3
    if len(typed) < 3 or typed.isdigit():
        return []
    hits = process.extract(
        typed, terms.keys(), scorer=DamerauLevenshtein.distance, score_cutoff=allowed, limit=25
    )
    best = sorted(hits, key=lambda hit: (hit[1] + (hit[0][0] != typed[0]), -terms[hit[0]]))[:NEAREST]
    closest = best[0][1] if best else 0
    return [(term, terms[term]) for term, distance, _ in best if distance <= closest + 1]


@lru_cache(maxsize=2)
def _terms(revision: int) -> dict[str, int]:
    """Every stem of the index, once for each state of the catalogue and process (about 1.5 MB)."""
    return dict(SearchTerm.objects.filter(stem__regex=r"^[a-z]").values_list("stem", "documents"))
