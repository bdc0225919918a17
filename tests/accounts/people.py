"""People of the tests: each with a confirmed address and the same long password."""

from allauth.account.models import EmailAddress

from accounts.models import Favourite, User
from accounts.stars import star
from codes.models import Code

PASSWORD = "violet tractor ladder moon"


def person(email: str = "alice@example.org", stage: str = "attending", **fields) -> User:
    user = User.objects.create_user(email, PASSWORD, **fields)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    if stage:
        user.begin_stage(stage)
    return user


def keep(user: User, *codes: str) -> list[Favourite]:
    """Stars these codes for them, and returns the favourites."""
    for code in codes:
        star(user, Code.objects.get(pk=code))
    return list(Favourite.objects.of(user))
