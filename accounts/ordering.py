"""The order of someone's favourites: positions 1, 2, 3 …, renumbered whenever something moves."""

from collections.abc import Sequence

from django.db import transaction

from accounts.models import Favourite, User


@transaction.atomic
def arrange(user: User, pks: Sequence[int]) -> None:
    """These take, in this order, the places that they hold together; what is not named stays where it is.

    So a page of the list, or a filtered list, can be put in order by itself.
    """
    mine = list(Favourite.objects.select_for_update().filter(user=user).order_by("position", "pk"))
    by_pk = {favourite.pk: favourite for favourite in mine}
    named = [by_pk[pk] for pk in dict.fromkeys(pks) if pk in by_pk]
    places = [index for index, favourite in enumerate(mine) if favourite in named]
    for index, favourite in zip(places, named, strict=True):
        mine[index] = favourite
    _number(mine)


def _number(favourites: list[Favourite]) -> None:
    moved = []
    for position, favourite in enumerate(favourites, start=1):
        if favourite.position != position:
            favourite.position = position
            moved.append(favourite)
    Favourite.objects.bulk_update(moved, ["position"], batch_size=500)
