"""Which figures of CMS changed since a text was reviewed: what its reviewer saw is kept with the code.

So it stays true where the release of that day is rolled back, loaded again with corrected figures, or deleted.
"""

from collections.abc import Collection

from django.db.models import QuerySet

from codes.comparing import COMPARED, steps
from codes.models import Code, Release, RvuRow

Figures = dict[str, list[str | None]]  # modifier -> the columns of COMPARED, as text
Change = tuple[str, str, str | None, str | None]  # modifier, column, then, now
UNKNOWN = [None] * len(COMPARED)


def figures_of(release: Release | None, codes: Collection[str]) -> dict[str, Figures]:
    """What a release says of each of these codes; of one that it does not hold, nothing."""
    return _figures(RvuRow.objects.filter(release=release, code__in=codes)) if release else {}


def _figures(rows: QuerySet[RvuRow]) -> dict[str, Figures]:
    found: dict[str, Figures] = {}
    for code, modifier, *values in rows.order_by().values_list("code_id", "modifier", *COMPARED):
        found.setdefault(code, {})[modifier] = [None if value is None else str(value) for value in values]
    return found


def seen(code: Code, release: Release | None) -> None:
    """Keeps what a reviewer sees now; the code is not saved here."""
    code.reviewed_release = release
    code.reviewed_figures = figures_of(release, [code.pk]).get(code.pk, {}) if release else None


def changed_since(codes: Collection[str] | None = None) -> dict[str, list[Change]]:
    """Code -> what differs between the figures its reviewer saw and the current ones; the unchanged are left out."""
    reviewed = Code.objects.filter(reviewed_figures__isnull=False)
    rows = RvuRow.objects.filter(release__is_current=True, code__reviewed_figures__isnull=False)
    if codes is not None:
        reviewed, rows = reviewed.filter(code__in=codes), rows.filter(code__in=codes)
    now = _figures(rows)
    then = reviewed.order_by().values_list("code", "reviewed_figures")
    return {code: changes for code, figures in then if (changes := _changes(figures, now.get(code, {})))}


def changes_of(code: Code, current: Release | None) -> list[Change]:
    """The same for one code."""
    if code.reviewed_figures is None or current is None:
        return []
    return _changes(code.reviewed_figures, figures_of(current, [code.pk]).get(code.pk, {}))


def _changes(then: Figures, now: Figures) -> list[Change]:
    return [
        (modifier, *step)
        for modifier in sorted(then.keys() | now.keys())
        if then.get(modifier) != now.get(modifier)
        for step in steps(COMPARED, then.get(modifier, UNKNOWN), now.get(modifier, UNKNOWN))
    ]
