"""What an import would change, or changed, as JSON for its page."""

from django.utils import timezone
from django.utils.formats import date_format

from codes.cms.bundle import Bundle, release_dates
from codes.comparing import Difference, Step, in_words, label, largest_first, said
from codes.models import Code, Release

SHOWN = 200  # rows of each list


def described(changes: Difference, bundle: Bundle) -> dict:
    """A difference as JSON, the largest changes first, and the published texts that it makes out of date."""
    is_newest = _is_newest(bundle)
    texts = _out_of_date(changes) if is_newest else []
    rows = {"revalued": changes.revalued, "recoded": changes.recoded}
    keys = {"added": changes.added, "removed": changes.removed}
    places = {"places_added": changes.places_added, "places_removed": changes.places_removed}
    return {
        "against": changes.against,
        "release": bundle.release,
        "files": [[kind, source.name, count] for kind, source, count in bundle.files],
        "is_newest": is_newest,
        "is_empty": changes.is_empty,
        "has_rows": bool(bundle.rows),
        "waits_for": _waits_for(bundle),
        "counts": {name: len(of) for name, of in (rows | keys | places).items()}
        | {"unchanged": changes.unchanged, "texts": len(texts), "places_changed": len(changes.places_changed)},
        "words": list(in_words(changes)),
        "texts": texts[:SHOWN],
        "places_changed": [[name, _said(steps)] for name, steps in largest_first(changes.places_changed)[:SHOWN]],
        **{name: [[named(key), _said(steps)] for key, steps in largest_first(of)[:SHOWN]] for name, of in rows.items()},
        **{name: [named(key) for key in of[:SHOWN]] for name, of in keys.items()},
        **{name: of[:SHOWN] for name, of in places.items()},
    }


def named(key: tuple[str, ...]) -> str:
    return "-".join(part for part in key if part)


def _said(steps: list[Step]) -> list[list[str]]:
    return [[label(column), said(before), said(after)] for column, before, after in steps]


def _out_of_date(changes: Difference) -> list[list[str]]:
    moved = {code for (code, _), _ in changes.revalued} | {code for code, _ in changes.removed}
    texts = Code.objects.published().filter(description__gt="").order_by("code").values_list("code", "name")
    return [[code, name] for code, name in texts if code in moved]


def _is_newest(bundle: Bundle) -> bool:
    """Whether this release is, or would become, the current one, at once or on its first day."""
    current = Release.objects.current()
    first = release_dates(bundle.release)[0]
    return current is None or (first, bundle.release) >= (current.effective_from, current.name)


def _waits_for(bundle: Bundle) -> str:
    """The first day of a release, in words, where it has not come: until then another one is current."""
    first = release_dates(bundle.release)[0]
    return date_format(first, "F j, Y") if first > timezone.localdate() else ""
