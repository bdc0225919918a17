"""Medicare localities by the name they have in an address: CMS's seven digits, MAC and locality."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from codes.models import Locality
from codes.payment import Gpcis


@dataclass(frozen=True)
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
def places(release: int, revision: int) -> tuple[Place, ...]:
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


def find_place(known: Sequence[Place], typed: str) -> tuple[Place | None, str]:
    """(locality, what is wrong) for the key in the address."""
    if not typed:
        return None, ""
    for place in known:
        if typed == place.key:
            return place, ""
    if fitting := [place for place in known if typed == place.digits]:
        names = " and ".join(f"{place.name.title()} ({place.key})" for place in fitting)
        return None, f"{typed} names more than one locality in CMS's file: {names}. Choose one from the list."
    return None, f"{typed[:20]} is no locality of this release. Choose one from the list."
