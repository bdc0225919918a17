"""Setting and taking back a star, also one that was asked for before signing in."""

from django.db import IntegrityError, transaction
from django.http import HttpRequest

from accounts.models import Favourite, User
from codes.models import Code, Release

MOST = 1000  # favourites of one person: a page can show no more, and nobody has said that they need them
WAITING = "star"


class TooManyError(Exception):
    """The person keeps as many codes as the site holds for one."""


def star(user: User, code: Code) -> bool:
    """Keeps the code at the end of the list, with the figures of today; whether it is new there.

    Two at once leave one star and no error. Raises TooManyError.
    """
    mine = Favourite.objects.filter(user=user)
    if mine.filter(code=code).exists():
        return False
    if mine.count() >= MOST:
        raise TooManyError(f"You keep {MOST} codes, which is as many as the site holds for one person.")
    try:
        with transaction.atomic():
            favourite = mine.create(user=user, code=code, position=mine.next_position())
    except IntegrityError:
        return False
    mine.filter(pk=favourite.pk).mark_seen(Release.objects.current())
    return True


def unstar(user: User, code: Code) -> None:
    Favourite.objects.filter(user=user, code=code).delete()


def wait(request: HttpRequest, code: Code) -> None:
    """Remembers in the visitor's session that they want this star."""
    request.session[WAITING] = code.pk


def set_waiting(request: HttpRequest, user: User) -> None:
    """Sets the star that was asked for before the sign-in."""
    code = Code.objects.listed().filter(pk=request.session.pop(WAITING, None)).first()
    if code:
        try:
            star(user, code)
        except TooManyError:
            return  # the page they come back to says so
