"""A second factor, recovery codes and devices."""

import re

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client

from tests.accounts.people import PASSWORD, person
from tests.server import manage

pytestmark = pytest.mark.django_db

ALICE = "alice@example.org"
SIGN_IN, SECOND = "/account/login/", "/account/2fa/authenticate/"


def number_of(secret):
    """What the authenticator app shows now."""
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


@pytest.fixture
def secret(client):
    """Someone signs in and sets up an authenticator app; its secret."""
    person(ALICE)
    client.post(SIGN_IN, {"login": ALICE, "password": PASSWORD})
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    page = client.get("/account/2fa/totp/activate/")
    secret = page.context["form"].secret
    assert client.post("/account/2fa/totp/activate/", {"code": number_of(secret)}).status_code == 302
    return secret


def sign_in():
    device = Client()
    assert device.post(SIGN_IN, {"login": ALICE, "password": PASSWORD}).url == SECOND
    return device


def test_the_password_alone_is_not_enough_any_more(secret):
    device = sign_in()
    assert device.get("/me/").status_code == 302
    assert device.post(SECOND, {"code": "000000"}).status_code == 200
    assert device.get("/me/").status_code == 302


def test_recovery_codes_work_once_each(client, secret):
    text = client.get("/account/2fa/recovery-codes/download/").content.decode()
    code = re.findall(r"^\S{8,}$", text, re.MULTILINE)[0]
    assert sign_in().post(SECOND, {"code": code}).url == "/me/"
    assert sign_in().post(SECOND, {"code": code}).status_code == 200


def test_other_devices_are_listed_and_ended(client):
    person(ALICE)
    phone = Client(headers={"User-Agent": "Phone in a pocket"})
    for device in (client, phone):
        device.post(SIGN_IN, {"login": ALICE, "password": PASSWORD})
    assert b"Phone in a pocket" in client.get("/account/sessions/").content
    client.post("/account/sessions/")
    assert client.get("/me/").status_code == 200
    assert phone.get("/me/").status_code == 302


SHOW_SIGN_IN = "from django.test import Client; print(Client().get('/account/login/', headers={'host': 'localhost'}).content.decode())"


def test_google_and_apple_are_offered_with_their_keys(tmp_path):
    database = f"sqlite:///{tmp_path}/keys.sqlite3"
    keys = {"GOOGLE_CLIENT_ID": "g", "GOOGLE_CLIENT_SECRET": "s", "APPLE_CLIENT_ID": "a", "APPLE_KEY_ID": "k",
            "APPLE_TEAM_ID": "t", "APPLE_PRIVATE_KEY": "p"}  # fmt: skip
    assert manage(database, "migrate", "-v0").returncode == 0
    page = manage(database, "shell", "-v0", "-c", SHOW_SIGN_IN, **keys).stdout
    assert "Continue with Google" in page and "Continue with Apple" in page
