"""Which figures of CMS changed since a text was reviewed."""

from collections.abc import Iterable

from codes.comparing import COMPARED
from codes.models import Code, Release, RvuRow

Change = tuple[str, str, object, object]  # modifier, column, then, now


def _rows(release: int, codes: Iterable[str]) -> dict[str, dict[str, tuple]]:
    found: dict[str, dict[str, tuple]] = {}
    rows = RvuRow.objects.filter(release=release, code__in=codes).order_by()
    for code, modifier, *values in rows.values_list("code_id", "modifier", *COMPARED):
        found.setdefault(code, {})[modifier] = tuple(values)
    return found


def changed_since(codes: Iterable[str] | None = None) -> dict[str, list[Change]]:
    """Code -> what differs between the figures its reviewer saw and the current ones; the unchanged are left out."""
    current = Release.objects.current()
    reviewed = Code.objects.exclude(reviewed_release=None).exclude(reviewed_release=current)
    if codes is not None:
        reviewed = reviewed.filter(code__in=codes)
    by_release: dict[int, list[str]] = {}
    for code, release in reviewed.order_by().values_list("code", "reviewed_release"):
        by_release.setdefault(release, []).append(code)
    result = {}
    for release, keys in by_release.items():
        then, now = _rows(release, keys), _rows(current.pk, keys) if current else {}
        result |= {key: changes for key in keys if (changes := _changes(then.get(key, {}), now.get(key, {})))}
    return result


def changes_of(code: Code, current: Release | None) -> list[Change]:
    """The same for one code."""
    release = code.reviewed_release_id
    if not release or not current or release == current.pk:
        return []
    then, now = _rows(release, [code.pk]), _rows(current.pk, [code.pk])
    return _changes(then.get(code.pk, {}), now.get(code.pk, {}))


def _changes(then: dict[str, tuple], now: dict[str, tuple]) -> list[Change]:
    unknown = (None,) * len(COMPARED)
    return [
        (modifier, column, before, after)
        for modifier in sorted(then.keys() | now.keys())
        for column, before, after in zip(COMPARED, then.get(modifier, unknown), now.get(modifier, unknown), strict=True)
        if before != after
    ]
