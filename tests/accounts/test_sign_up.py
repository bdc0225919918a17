"""From nothing to an account: address, code, in."""

import pytest
from allauth.account.models import EmailAddress

from accounts.models import User
from tests.accounts.people import PASSWORD, person

pytestmark = pytest.mark.django_db

SIGN_UP, SIGN_IN, CONFIRM = "/account/signup/", "/account/login/", "/account/confirm-email/"
ALICE = "alice@example.org"


def form(**changes):
    return {"email": ALICE, "password1": PASSWORD, "career_stage": "resident"} | changes


def test_sign_up_asks_for_stage_address_and_password_only(client):
    html = client.get(SIGN_UP).content.decode()
    names = {part.split('"')[0] for part in html.split('name="')[1:]}
    assert names >= {"career_stage", "email", "password1"}
    assert names <= {"career_stage", "email", "password1", "csrfmiddlewaretoken", "viewport", "description", "color-scheme",
                     "theme-color", "htmx-config", "robots", "next"}  # fmt: skip


def test_a_visitor_signs_up_and_is_in(client, mailbox):
    response = client.post(SIGN_UP, form())
    assert response.url == CONFIRM
    assert client.get("/me/").status_code == 302
    message = mailbox.to(ALICE)[0]
    assert mailbox.code_for(ALICE) in message["Subject"]
    assert mailbox.code_for(ALICE) in message.get_body(("html",)).get_content()
    response = client.post(CONFIRM, {"code": mailbox.code_for(ALICE)}, follow=True)
    assert response.redirect_chain[-1][0] == "/me/"
    user = User.objects.get(email=ALICE)
    assert (user.career_stage, user.stage_changes.get().stage) == ("resident", "resident")
    assert EmailAddress.objects.get(user=user).verified


def test_signing_in_with_a_code_needs_no_password(client, mailbox):
    person(ALICE)
    assert client.post("/account/login/code/", {"email": ALICE}).url.startswith("/account/login/code/confirm/")
    response = client.post("/account/login/code/confirm/", {"code": mailbox.code_for(ALICE)})
    assert response.url == "/me/"


def test_signing_in_takes_the_address_in_any_case(client):
    person(ALICE)
    assert client.post(SIGN_IN, {"login": "Alice@Example.org", "password": PASSWORD}).url == "/me/"


def test_a_new_password_comes_by_code(client, mailbox):
    person(ALICE)
    client.post("/account/password/reset/", {"email": ALICE})
    client.post("/account/password/reset/confirm/", {"code": mailbox.code_for(ALICE)})
    client.post(
        "/account/password/reset/complete/",
        {"password1": "copper window seldom frog", "password2": "copper window seldom frog"},
    )
    assert client.post(SIGN_IN, {"login": ALICE, "password": "copper window seldom frog"}).url == "/me/"


def test_a_changed_address_counts_once_its_code_is_typed(client, mailbox):
    user = person(ALICE)
    client.force_login(user)
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    client.post("/account/email/", {"email": "new@example.org", "action_add": ""})
    user.refresh_from_db()
    assert user.email == ALICE
    client.post(CONFIRM, {"code": mailbox.code_for("new@example.org")})
    user.refresh_from_db()
    assert user.email == "new@example.org"


def test_the_operator_s_superuser_signs_in_without_a_code(client):
    User.objects.create_superuser("editor@example.org", PASSWORD)
    response = client.post(
        f"{SIGN_IN}?next=/admin/", {"login": "Editor@example.org", "password": PASSWORD, "next": "/admin/"}
    )
    assert response.url == "/admin/"
    assert client.get("/admin/codes/code/J7521/change/").status_code == 200


def test_google_and_apple_are_absent_without_their_keys(client):
    html = client.get(SIGN_IN).content.decode()
    assert "Google" not in html and "Apple" not in html
