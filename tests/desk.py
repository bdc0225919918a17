"""People of the staff desk, for the tests."""

from functools import cache

from tests.server import manage


def member(role: str, **fields):
    """A member of staff in the group of this name (Editor, Reviewer, Data manager)."""
    from django.contrib.auth import get_user_model  # here, for scripts that run without Django's settings
    from django.contrib.auth.models import Group

    name = role.lower().replace(" ", ".")
    user = get_user_model().objects.create_user(fields.pop("email", f"{name}@example.org"), is_staff=True, **fields)
    user.groups.add(Group.objects.get(name=role))
    return user


def form_of(page) -> dict:
    """The values of the entry's form as the browser would send them, of the answer to a GET."""
    form = page.context["adminform"].form
    data = {}
    for name in form.fields:
        value = form[name].value()
        if name == "faq":
            for number, (question, answer) in enumerate([*(value or []), ["", ""], ["", ""]]):
                data[f"faq-{number}-question"], data[f"faq-{number}-answer"] = question, answer
        elif isinstance(value, (list, tuple)):
            data[name] = [getattr(item, "pk", item) for item in value]
        else:
            data[name] = "" if value is None else value
    return data


SIGN_IN = """
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.auth.models import Group
from django.contrib.sessions.backends.db import SessionStore
from tests.desk import member
user = get_user_model().objects.filter(email={email!r}).first() or member({role!r}, email={email!r})
session = SessionStore()
session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
session.create()
print(session.session_key)
"""


@cache
def session_of(database_url: str, role: str, email: str) -> str:
    """The session cookie of a member of staff of a running server, without its sign-in page."""
    made = manage(database_url, "shell", "--no-imports", "--command", SIGN_IN.format(role=role, email=email))
    assert made.returncode == 0, made.stderr
    return made.stdout.split()[-1]
