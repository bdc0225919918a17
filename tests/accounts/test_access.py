"""Every address that belongs to a person, asked for by its owner, a stranger, a visitor and staff."""

import pytest
from django.urls import get_resolver

from accounts import urls
from accounts.models import Folder
from tests.accounts.people import keep, person

pytestmark = pytest.mark.django_db

# name of the address -> (method, status for the owner, for a stranger); a visitor is always sent to sign in.
PRIVATE = {
    "me": ("get", 200, 200), "me-profile": ("get", 200, 200), "me-stage": ("get", 200, 200), "me-security": ("get", 200, 200),
    "me-export": ("get", 302, 302), "me-delete": ("get", 302, 302),
    "favorites": ("get", 200, 200), "favorites-csv": ("get", 200, 200), "folder-add": ("get", 200, 200),
    "favorites-order": ("post", 204, 204), "favorites-seen": ("post", 302, 302),
    "favorite": ("get", 200, 404), "favorite-move": ("post", 302, 404), "favorite-seen": ("post", 302, 404),
    "favorite-remove": ("post", 302, 404), "folder": ("get", 200, 404), "folder-remove": ("post", 302, 404),
}  # fmt: skip
OPEN = {"here": 200, "favorite-star": 200, "account-deleted": 200}  # answer visitors too, each in its own way


@pytest.fixture
def address(db):
    """Address of a name, with the owner's own favourite or folder in it."""
    owner = person("owner@example.org")
    favourite = keep(owner, "43239", "20610")[0]
    folder = Folder.objects.create(user=owner, name="Clinic")
    routes = {pattern.name: str(pattern.pattern) for pattern in urls.urlpatterns}
    pk = {"folder": folder.pk, "folder-remove": folder.pk}

    def address_of(name):
        return "/" + routes[name].replace("<int:pk>", str(pk.get(name, favourite.pk))).replace("<str:code>", "99214")

    address_of.owner = owner
    return address_of


def test_the_table_names_every_address():
    assert {pattern.name for pattern in urls.urlpatterns} == {*PRIVATE, *OPEN}


@pytest.mark.parametrize("name", PRIVATE)
class TestPrivate:
    def ask(self, client, address, name):
        return getattr(client, PRIVATE[name][0])(address(name))

    def test_the_owner_gets_it(self, client, address, name):
        client.force_login(address.owner)
        assert self.ask(client, address, name).status_code == PRIVATE[name][1]

    @pytest.mark.parametrize("staff", [False, True])
    def test_nobody_else_does(self, client, address, name, staff):
        client.force_login(person("stranger@example.org", is_staff=staff, is_superuser=staff))
        response = self.ask(client, address, name)
        assert response.status_code == PRIVATE[name][2]
        assert b"43239" not in response.content and b"owner@example.org" not in response.content
        owner = address.owner
        assert (owner.favourites.count(), owner.folders.count()) == (2, 1)
        assert list(owner.favourites.values_list("code", flat=True)) == ["43239", "20610"]

    def test_a_visitor_is_sent_to_sign_in(self, client, address, name):
        response = self.ask(client, address, name)
        assert response.status_code == 302 and response.url.startswith("/account/login/?next=/")

    def test_it_is_kept_by_no_cache(self, client, address, name):
        client.force_login(address.owner)
        response = self.ask(client, address, name)
        if PRIVATE[name][0] == "get" and response.status_code == 200:
            assert "Cookie" in response["Vary"]
            assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("name", OPEN)
def test_what_is_open_tells_a_visitor_nothing(client, address, name):
    response = client.get(address(name))
    assert response.status_code == OPEN[name]
    assert b"owner@example.org" not in response.content


def test_pages_of_sign_in_settings_are_closed_to_visitors(client):
    closed = ["/account/email/", "/account/password/change/", "/account/2fa/", "/account/2fa/totp/activate/", "/account/sessions/",
              "/account/2fa/webauthn/", "/account/2fa/recovery-codes/generate/"]  # fmt: skip
    for page in closed:
        response = client.get(page)
        assert response.status_code == 302 and response.url.startswith("/account/login/"), page


def test_all_addresses_of_accounts_stand_in_the_site(client):
    names = {pattern.name for pattern in get_resolver().url_patterns[2].url_patterns}
    assert names == {*PRIVATE, *OPEN}
