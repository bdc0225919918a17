from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db import transaction

from accounts.models import User


@transaction.atomic
def delete_account(user: User) -> None:
    """Deletes someone and every row that is theirs, sessions on other devices too.

    What staff did in the admin is kept by the database's rules for each model; their log entries go with them.
    """
    keys = list(user.usersession_set.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    LogEntry.objects.filter(user=user).delete()
    user.delete()
