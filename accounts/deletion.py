from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db import transaction

from accounts.models import User
from accounts.personal import rows_by_address


@transaction.atomic
def delete_account(user: User) -> None:
    """Deletes someone and every row that is theirs, sessions on other devices and the admin's log of them too."""
    end_sessions(user)
    for rows in rows_by_address(user):
        rows.delete()
    LogEntry.objects.filter(user=user).delete()
    user.delete()


def end_sessions(user: User) -> None:
    keys = list(user.usersession_set.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
