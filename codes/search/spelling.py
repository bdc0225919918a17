"""The words of the index, and those nearest to one that it does not hold."""

from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from codes.models import SearchTerm

NEAREST = 3


@lru_cache(maxsize=2)
def vocabulary(revision: int) -> dict[str, int]:
    """Stem -> documents that hold it; read once for each state of the catalogue and process (about 2 MB)."""
    return dict(SearchTerm.objects.values_list("stem", "documents"))


def near(typed: str, terms: dict[str, int], *, prefix: bool = False) -> list[str]:
    """Up to three stems spelled most like this one; none if nothing is near, or it may yet be finished."""
    if len(typed) < 3 or typed.isdigit() or (prefix and any(term.startswith(typed) for term in terms)):
        return []
    allowed = 1 if len(typed) <= 4 else 2 if len(typed) <= 8 else 3
    hits = process.extract(typed, terms.keys(), scorer=DamerauLevenshtein.distance, score_cutoff=allowed, limit=25)
    words = [(distance + (term[0] != typed[0]), -terms[term], term) for term, distance, _ in hits if term[0].isalpha()]
    words.sort()
    return [term for distance, _, term in words[:NEAREST] if distance <= words[0][0] + 1]
