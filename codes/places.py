"""Medicare localities as a page offers them: a key for the address, a label, and their indices."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from codes.models import Locality
from codes.payment import Gpcis


@dataclass(frozen=True, eq=False)  # told apart by identity: a hundred of them are the key of `_all_options`
class Place:
    """A locality and its `key` in the address: seven digits, and -ST where two states share them."""

    digits: str
    state: str
    name: str
    gpcis: Gpcis
    key: str

    @property
    def label(self) -> str:
        return f"{self.state} {self.name.title()}".strip()


@lru_cache(maxsize=16)
def places_of(release: int, revision: int) -> tuple[Place, ...]:
    """The localities of a release, read once for each state of the catalogue and process."""
    rows = Locality.objects.filter(release=release).order_by("state", "name")
    rows = rows.values_list("mac", "number", "state", "name", "work", "pe", "mp")
    shared = Counter(mac + number for mac, number, *_ in rows)
    return tuple(
        Place(
            digits := mac + number, state, name, Gpcis(*gpcis), digits if shared[digits] == 1 else f"{digits}-{state}"
        )
        for mac, number, state, name, *gpcis in rows
    )


@lru_cache(maxsize=16)
def _all_options(places: tuple[Place, ...]) -> str:
    return "".join(f'<option value="{escape(place.key)}">{escape(place.label)}</option>' for place in places)


def options(places: tuple[Place, ...], chosen: str) -> SafeString:
    """<option> elements; joined here because a template's loop over them is a third of the page's time."""
    html = _all_options(places)
    return mark_safe(html.replace(f'value="{chosen}"', f'value="{chosen}" selected', 1) if chosen else html)  # noqa: S308


def find_place(places: Sequence[Place], typed: str) -> tuple[Place | None, str]:
    """(locality, what is wrong) for the key in the address."""
    if not typed:
        return None, ""
    for place in places:
        if typed == place.key:
            return place, ""
    if fitting := [place for place in places if typed == place.digits]:
        names = " and ".join(f"{place.name.title()} ({place.key})" for place in fitting)
        return None, f"{typed} names more than one locality in CMS's file: {names}. Choose one from the list."
    return None, f"{typed[:20]} is no locality of this release. Choose one from the list."
