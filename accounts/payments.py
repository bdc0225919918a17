"""What Medicare allows for someone's favourites, where they work."""

from collections.abc import Iterable

from accounts.models import Favourite, User
from accounts.models.user import Setting as Where
from codes import page
from codes.models import Release
from codes.payment import NATIONAL, Setting
from codes.places import find_place, places_of


def add_payments(favourites: Iterable[Favourite], user: User, release: Release | None) -> str:
    """Sets `payment` on those that Medicare pays in the person's setting; returns where that is, in words.

    Who has not said where they work gets the office, and for what is done in a facility alone that amount, which
    `paid_elsewhere` then names.
    The release needs `with_revision`. A locality that it does not hold counts as none.
    """
    if not (release and release.conversion_factor):
        return ""
    place, _ = find_place(places_of(release.pk, release.revision), user.locality)
    setting = Setting.FACILITY if user.setting == Where.FACILITY else Setting.NONFACILITY
    gpcis = place.gpcis if place else NATIONAL
    for favourite in favourites:
        if favourite.row and page.is_paid(favourite.row):
            favourite.payment = page.service_payment(favourite.row, release.conversion_factor, setting, gpcis)
            if favourite.payment is None and not user.setting:
                favourite.payment = page.service_payment(
                    favourite.row, release.conversion_factor, Setting.FACILITY, gpcis
                )
                favourite.paid_elsewhere = Setting.FACILITY.value
    return f"{place.label if place else 'national'}, {setting.value}"
