"""What is tried against accounts, and how it ends."""

import pytest
from django.test import Client

from accounts.deletion import delete_account
from accounts.models import Favourite, User
from tests.accounts.people import PASSWORD, keep, person

pytestmark = pytest.mark.django_db

SIGN_UP, SIGN_IN, CONFIRM = "/account/signup/", "/account/login/", "/account/confirm-email/"
ALICE = "alice@example.org"


def sign_up(client, email=ALICE, password=PASSWORD):
    return client.post(SIGN_UP, {"email": email, "password1": password, "career_stage": "student"})


def sign_in(client, password=PASSWORD, **more):
    return client.post(SIGN_IN, {"login": ALICE, "password": password, **more})


def test_a_second_sign_up_looks_like_the_first_and_tells_only_the_owner(client, mailbox):
    person(ALICE)
    taken, free = sign_up(client), sign_up(Client(), "bob@example.org")
    assert (taken.status_code, taken.url) == (free.status_code, free.url)
    assert User.objects.filter(email=ALICE).count() == 1
    assert "You have one already" in mailbox.to(ALICE)[0].get_body(("plain",)).get_content()


def test_an_unknown_address_is_answered_like_a_known_one(client, mailbox):
    person(ALICE)
    known = client.post("/account/password/reset/", {"email": ALICE})
    unknown = Client().post("/account/password/reset/", {"email": "nobody@example.org"})
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)


def test_a_code_works_once(client, mailbox):
    person(ALICE)
    client.post("/account/login/code/", {"email": ALICE})
    code = mailbox.code_for(ALICE)
    assert client.post("/account/login/code/confirm/", {"code": code}).url == "/me/"
    client.post("/account/logout/")
    again = client.post("/account/login/code/confirm/", {"code": code})
    assert again.status_code == 302 and not again.url.startswith("/me/")


def test_a_code_that_waited_too_long_is_refused(client, mailbox, settings):
    settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 0
    sign_up(client)
    client.post(CONFIRM, {"code": mailbox.code_for(ALICE)})
    assert client.get("/me/").status_code == 302


def test_a_wrong_code_five_times_ends_the_try(client, mailbox):
    sign_up(client)
    for _ in range(5):
        client.post(CONFIRM, {"code": "WRNG-CODE"})
    client.post(CONFIRM, {"code": mailbox.code_for(ALICE)})
    assert client.get("/me/").status_code == 302


def test_a_wrong_password_again_and_again_is_stopped(client):
    person(ALICE)
    for _ in range(5):
        assert sign_in(client, "not the password").status_code == 200
    response = sign_in(client)
    assert response.status_code == 200 and b"Too many failed" in response.content


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "qwertyuiop123",
        "alice@example.org",
        "alice.example",
        "short",
        "aaaaaaaaaaaaaa",
        "RVUEdge2026!",
        "medicare2026",
        "letmeinletmein",
        "iloveyousomuch",
        "ILoveYouSoMuch",
        "thisismypassword",
        "Correct Horse Battery Staple",
        "maytheforcebewithyou",
        "summer2026!!",
        "rvuedge2026rvuedge",
        "Medicare-2026-doctor",
    ],
)
def test_a_password_that_is_known_or_guessable_is_refused(client, password):
    response = sign_up(client, password=password)
    assert response.status_code == 200 and "errorlist" in response.content.decode()
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "email", ["alice@example.org\nBcc: bob@example.org", "alice@example.org\r\nSubject: x", "a b@example.org", "@"]
)
def test_a_header_in_the_address_is_refused(client, email):
    assert sign_up(client, email).status_code == 200
    assert not User.objects.exists()


def test_the_session_gets_a_new_key_at_sign_in(client):
    person(ALICE)
    client.get("/favorites/star/99214/")
    before = client.session.session_key
    sign_in(client)
    assert client.session.session_key != before


def test_a_planted_session_key_is_not_taken_over(client):
    person(ALICE)
    client.cookies["sessionid"] = "planted" * 4
    sign_in(client)
    assert client.session.session_key != "planted" * 4


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_next_leads_nowhere_else(client, target):
    person(ALICE)
    assert sign_in(client, next=target).url == "/me/"


def test_next_is_kept_within_the_site(client):
    person(ALICE)
    assert sign_in(client, next="/favorites/").url == "/favorites/"


def test_a_post_without_its_token_changes_nothing():
    user = person(ALICE)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(user)
    response = strict.post("/favorites/star/99214/", {"saved": "1"})
    assert response.status_code == 403 and b"send it once more" in response.content
    assert not Favourite.objects.exists()


def test_a_note_of_ten_megabytes_is_refused_in_a_sentence(client):
    user = person(ALICE)
    (favourite,) = keep(user, "99214")
    client.force_login(user)
    response = client.post(f"/favorites/{favourite.pk}/", {"note": "x" * 10_000_000})
    assert response.status_code == 400 and b"too large" in response.content
    response = client.post(f"/favorites/{favourite.pk}/", {"note": "x" * 5000})
    assert response.status_code == 200 and b"at most 2000 characters" in response.content
    favourite.refresh_from_db()
    assert favourite.note == ""


def test_an_address_that_is_not_confirmed_does_not_let_in(client, mailbox):
    sign_up(client)
    other = Client()
    sign_in(other)
    assert other.get("/me/").status_code == 302


def test_the_session_of_a_deleted_user_is_nobody_s(client):
    user = person(ALICE)
    sign_in(client)
    other_device = Client()
    sign_in(other_device)
    delete_account(user)
    for device in (client, other_device):
        assert device.get("/me/").status_code == 302


def test_a_secret_of_a_second_factor_is_not_readable_in_the_database():
    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    secret = generate_totp_secret()
    TOTP.activate(person(ALICE), secret)
    stored = Authenticator.objects.get(type="totp").data["secret"]
    assert secret not in stored
