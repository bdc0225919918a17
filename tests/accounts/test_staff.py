"""Staff and the second factor."""

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from accounts.models import User
from tests.accounts.people import PASSWORD, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client):
    user = User.objects.create_superuser("editor@example.org", PASSWORD)
    client.force_login(user)
    return user


def test_the_admin_asks_for_a_second_factor_where_it_is_required(client, editor, settings):
    settings.STAFF_MFA = "required"
    response = client.get("/admin/codes/code/")
    assert response.url == "/account/2fa/?next=%2Fadmin%2Fcodes%2Fcode%2F"
    assert b"second factor" in client.get(response.url).content


@pytest.mark.parametrize("kind", ["totp", "webauthn"])
def test_with_a_second_factor_the_admin_is_open(client, editor, settings, kind):
    settings.STAFF_MFA = "required"
    Authenticator.objects.create(user=editor, type=kind, data={})
    assert client.get("/admin/codes/code/").status_code == 200


def test_where_it_is_optional_a_password_is_enough(client, editor, settings):
    settings.STAFF_MFA = "optional"
    assert client.get("/admin/codes/code/").status_code == 200


def test_the_admin_s_sign_in_is_the_site_s_own(client):
    response = client.get("/admin/", follow=True)
    assert response.redirect_chain[-1][0].startswith("/account/login/")


def test_others_stay_outside(client):
    client.force_login(person())
    assert client.get("/admin/", follow=True).status_code == 403


def test_a_staff_session_is_short(client, settings):
    User.objects.create_superuser("editor@example.org", PASSWORD)
    client.post("/account/login/", {"login": "editor@example.org", "password": PASSWORD})
    assert client.session.get_expiry_age() <= settings.STAFF_SESSION_AGE


def test_staff_can_sign_someone_out_everywhere(client, editor):
    someone, device = person(), Client()
    device.post("/account/login/", {"login": someone.email, "password": PASSWORD})
    assert device.get("/me/").status_code == 200
    client.post("/admin/accounts/user/", {"action": "sign_out_everywhere", "_selected_action": [someone.pk]})
    assert device.get("/me/").status_code == 302
