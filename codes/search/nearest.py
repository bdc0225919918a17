"""The codes nearest to one that does not exist."""

from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from codes.models import CatalogueState, Code

SHOWN = 6


def nearest_codes(typed: str) -> list[str]:
    """Up to six codes spelled most like this one; those with the same beginning first."""
    wanted = typed.strip().upper()[:10]
    codes = _codes(CatalogueState.current_revision())
    hits = process.extract(wanted, codes, scorer=DamerauLevenshtein.distance, score_cutoff=2, limit=60)
    return [code for code, _, _ in sorted(hits, key=lambda hit: (hit[1], -_shared(hit[0], wanted), hit[0]))[:SHOWN]]


def _shared(code: str, typed: str) -> int:
    return next((i for i, (a, b) in enumerate(zip(code, typed, strict=False)) if a != b), min(len(code), len(typed)))


@lru_cache(maxsize=1)
def _codes(revision: int) -> list[str]:
    return list(Code.objects.listed().values_list("code", flat=True))
