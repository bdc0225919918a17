"""Your data is yours."""

import csv
import io
import json
import zipfile

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.db.models import CharField, ForeignKey, Q, TextField
from django.test import Client

from accounts.models import Folder, User
from blog.models import Ticket
from codes.models import Specialty
from tests.accounts.people import PASSWORD, keep, person

pytestmark = pytest.mark.django_db
ALICE = "alice@example.org"


@pytest.fixture
def alice(client):
    """Someone with a row in every table that can hold one of theirs."""
    user = person(ALICE, specialty=Specialty.objects.first())
    favourite, *_ = keep(user, "99214", "27447")
    favourite.folder, favourite.note = Folder.objects.create(user=user, name="Clinic"), "=SUM(1)"
    favourite.save()
    ticket = Ticket.objects.create(email="Alice@Example.org", subject="A figure")
    ticket.messages.create(text="Is 99214 right?")
    client.post("/account/login/", {"login": ALICE, "password": PASSWORD})
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    client.get("/me/here/?page=99213")
    Client().post("/account/login/", {"login": ALICE, "password": PASSWORD})
    return user


def rows_of(user):
    """(model, field) of every row that points to this user or holds their address, sessions included."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            if isinstance(field, ForeignKey) and field.related_model is get_user_model():
                found += [(model.__name__, field.name)] * model._default_manager.filter(**{field.name: user.pk}).count()
        texts = [f.name for f in model._meta.concrete_fields if isinstance(f, (CharField, TextField))]
        if (
            texts
            and model._default_manager.filter(
                Q(*((f"{name}__icontains", user.email) for name in texts), _connector=Q.OR)
            ).exists()
        ):
            found.append((model.__name__, "address"))
    sessions = [s for s in Session.objects.all() if s.get_decoded().get("_auth_user_id") == str(user.pk)]
    return found + [("Session", "data")] * len(sessions)


def test_everything_comes_in_one_file(client, alice):
    response = client.get("/me/export/")
    assert response["Content-Disposition"].startswith('attachment; filename="rvu-edge-')
    archive = zipfile.ZipFile(io.BytesIO(response.content))
    data = json.loads(archive.read("rvu-edge.json"))
    assert data["profile"][0]["email"] == ALICE
    assert [row["code"] for row in data["favorites"]] == ["99214", "27447"]
    assert data["recent_codes"][0]["code"] == "99213"
    assert data["ticket"][0]["messages"][0]["text"] == "Is 99214 right?"
    assert len(data["sessions"]) == 2 and data["career_stages"][0]["stage"] == "attending"
    assert "password" not in archive.read("rvu-edge.json").decode()
    rows = list(csv.DictReader(io.StringIO(archive.read("favorites.csv").decode())))
    assert [row["note"] for row in rows] == ["'=SUM(1)", ""]


def test_every_table_with_a_link_to_a_person_is_exported_or_known(alice):
    from accounts.export import everything

    exported = {
        "StageChange",
        "Favourite",
        "Folder",
        "RecentCode",
        "EmailAddress",
        "Authenticator",
        "UserSession",
        "SocialAccount",
    }
    # What staff did, and their rights; versions of the history keep their text and lose the name.
    known = {"LogEntry", "Code", "ImportRun", "Proposal", "TicketMessage", "User_groups", "User_user_permissions"}
    linked = {
        model.__name__
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
        if isinstance(field, ForeignKey) and field.related_model is get_user_model()
    }
    assert {name for name in linked if not name.startswith("Historical")} <= exported | known
    assert len(everything(alice)) == len(exported) + 2, "with the profile and the tickets"


def test_deletion_leaves_no_row_in_any_table(client, alice):
    assert len(rows_of(alice)) > 8
    response = client.post("/me/delete/", {"email": "Alice@example.org"})
    assert response.url == "/me/deleted/"
    assert b"Nothing of the account is left" in client.get(response.url).content
    assert rows_of(alice) == []
    assert not User.objects.filter(email=ALICE).exists()


def test_deletion_needs_the_address_typed(client, alice):
    response = client.post("/me/delete/", {"email": "bob@example.org"})
    assert response.status_code == 200 and b"This is not the address of your account" in response.content
    assert User.objects.filter(email=ALICE).exists()


@pytest.mark.parametrize("address", ["/me/export/", "/me/delete/"])
def test_both_ask_once_more_who_it_is(client, address):
    client.force_login(person())
    assert client.get(address).url.startswith("/account/reauthenticate/")


def test_deleting_one_leaves_the_others(client, alice):
    bob = person("bob@example.org")
    keep(bob, "99214")
    client.post("/me/delete/", {"email": ALICE})
    assert bob.favourites.count() == 1 and User.objects.filter(pk=bob.pk).exists()
