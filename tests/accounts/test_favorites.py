"""Keeping codes: the star, the list, folders, notes, and what CMS changed."""

import csv
import html as html_module
import io
import re
from decimal import Decimal as D

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts import ordering
from accounts.models import Favourite, Folder
from codes.models import Code, Release
from tests.accounts.people import PASSWORD, keep, person

ALICE = "alice@example.org"


@pytest.fixture
def alice(client, db):
    user = person(ALICE)
    client.force_login(user)
    return user


def kept(user):
    return list(Favourite.objects.of(user).values_list("code", flat=True))


def test_a_star_is_set_and_taken_back(client, alice):
    assert client.post("/favorites/star/99214/", {"saved": "1"}).url == "/favorites/star/99214/"
    assert b"99214 is among your favorites" in client.get("/favorites/star/99214/").content
    client.post("/favorites/star/99214/", {"saved": "0"})
    assert kept(alice) == []


def test_a_script_gets_its_answer_as_json(client, alice):
    answer = client.post("/favorites/star/99214/", {"saved": "1"}, headers={"Accept": "application/json"})
    assert answer.json() == {"saved": True, "problem": ""}
    here = client.get("/me/here/?codes=99214,99213").json()
    assert (here["signed_in"], here["saved"]) == (True, ["99214"]) and here["token"]


def test_the_same_star_twice_is_one(client, alice):
    for _ in range(2):
        client.post("/favorites/star/99214/", {"saved": "1"})
    assert kept(alice) == ["99214"]
    for _ in range(2):
        client.post("/favorites/star/99214/", {"saved": "0"})
    assert kept(alice) == []


def test_a_star_of_no_code_is_not_found(client, alice):
    assert client.get("/favorites/star/XXXXX/").status_code == 404


@pytest.mark.parametrize("way", ["sign in", "sign up"])
def test_a_visitor_s_star_waits_for_them(client, db, mailbox, way):
    html = client.get("/favorites/star/27447/").content.decode()
    assert "/account/signup/?next=/favorites/star/27447/" in html
    if way == "sign in":
        user = person(ALICE)
        response = client.post(
            "/account/login/", {"login": ALICE, "password": PASSWORD, "next": "/favorites/star/27447/"}
        )
    else:
        client.post(
            "/account/signup/",
            {"email": ALICE, "password1": PASSWORD, "career_stage": "student", "next": "/favorites/star/27447/"},
        )
        response = client.post("/account/confirm-email/", {"code": mailbox.code_for(ALICE)})
        user = Favourite.objects.get().user
    assert response.url == "/favorites/star/27447/"
    assert kept(user) == ["27447"]
    assert b"27447 is among your favorites" in client.get(response.url).content


def test_there_is_a_limit_and_it_is_said(client, alice, monkeypatch):
    monkeypatch.setattr("accounts.stars.MOST", 1)
    keep(alice, "99213")
    response = client.post("/favorites/star/99214/", {"saved": "1"})
    assert response.status_code == 409 and b"as many as the site holds" in response.content


def test_the_list_shows_the_current_figures_and_the_payment_of_the_locality(client, alice):
    alice.locality, alice.setting = "0210201", "facility"
    alice.save()
    keep(alice, "27447", "J7521")
    html = client.get("/favorites/").content.decode()
    assert "19.11" in html and "total NA office · 34.71 facility" in html
    assert "$1,443.34" in html and "AK Alaska, facility" in html
    assert "no work RVU" in html


def test_who_has_not_said_where_they_work_sees_what_is_paid_in_a_facility_alone(client, alice):
    keep(alice, "27447", "99214")
    html = client.get("/favorites/").content.decode()
    assert "Medicare, facility <b>$" in html and "Medicare <b>$" in html
    alice.setting = "office"
    alice.save()
    assert "Medicare, facility" not in client.get("/favorites/").content.decode()


def test_a_new_release_says_old_and_new_until_dismissed(client, alice):
    row = Release.objects.get(name="RVU25D")
    keep(alice, "27447", "J7521")
    Favourite.objects.filter(user=alice).mark_seen(row)
    html = client.get("/favorites/").content.decode()
    assert "CMS RVU26C changed the figures of 1 of these codes" in html
    assert "work RVU 19.60 → <b>19.11</b>" in html
    assert "changed the figures of 1 of your favorites" in client.get("/me/").content.decode()
    client.post(f"/favorites/{Favourite.objects.get(code='27447').pk}/seen/")
    assert "→" not in client.get("/favorites/").content.decode()


def test_a_code_that_left_the_fee_schedule_stays_and_says_so(client, alice):
    keep(alice, "55700")
    Favourite.objects.filter(user=alice).mark_seen(Release.objects.get(name="RVU25D"))
    html = client.get("/favorites/").content.decode()
    assert "→ <b>none</b>" in html and "not in RVU26C" in html and "no work RVU" not in html
    assert "55700" in client.get("/favorites/favorites.csv").content.decode()
    assert client.get("/me/").status_code == 200


def test_the_star_remembers_the_figures_of_its_day(alice):
    (favourite,) = keep(alice, "27447")
    assert (favourite.seen_release.name, favourite.seen_work) == ("RVU26C", D("19.11"))


def test_a_note_and_a_new_folder(client, alice):
    (favourite,) = keep(alice, "99214")
    client.post(f"/favorites/{favourite.pk}/", {"note": "30 minutes or moderate decision", "new_folder": "Clinic"})
    favourite.refresh_from_db()
    assert (favourite.note, favourite.folder.name) == ("30 minutes or moderate decision", "Clinic")
    html = client.get(f"/favorites/?folder={favourite.folder.pk}").content.decode()
    assert "30 minutes or moderate decision" in html


@pytest.mark.parametrize("field", ["note", "new_folder"])
def test_patient_information_is_refused(client, alice, field):
    (favourite,) = keep(alice, "99214")
    response = client.post(f"/favorites/{favourite.pk}/", {"note": "", field: "Mrs. Doe, DOB 3/4/61"})
    assert response.status_code == 200 and b"Patient information does not belong here" in response.content
    assert not Folder.objects.exists()


def test_html_in_a_note_is_text(client, alice):
    (favourite,) = keep(alice, "99214")
    client.post(f"/favorites/{favourite.pk}/", {"note": "<script>alert(1)</script>"})
    assert "<script>alert" not in client.get("/favorites/").content.decode()


def test_folders_are_named_anew_and_go_without_their_codes(client, alice):
    keep(alice, "99214")
    client.post("/favorites/folders/", {"name": "Call"})
    folder = Folder.objects.get()
    assert b"You have a folder of this name" in client.post("/favorites/folders/", {"name": "Call"}).content
    Favourite.objects.update(folder=folder)
    client.post(f"/favorites/folders/{folder.pk}/", {"name": "Night call"})
    assert Folder.objects.get().name == "Night call"
    client.post(f"/favorites/folders/{folder.pk}/remove/")
    assert kept(alice) == ["99214"]


def press(client, address: str, label: str):
    """What a browser without scripts sends for this button of the list."""
    html = client.get(address).content.decode()
    button = re.search(rf'formaction="([^"]+)"\s+name="to"\s+value="([^"]+)"\s+aria-label="{label}"', html)
    asked = html_module.unescape(re.search(r'name="query" value="([^"]*)"', html)[1])
    return client.post(f"/favorites/{button[1]}", {"to": button[2], "query": asked})


def test_own_order_by_buttons(client, alice):
    keep(alice, "99213", "99214", "99215")
    press(client, "/favorites/", "Move 99215 up")
    assert kept(alice) == ["99213", "99215", "99214"]
    press(client, "/favorites/", "Move 99213 up")
    assert kept(alice) == ["99213", "99215", "99214"], "the first stays the first"


def test_a_filtered_list_is_put_in_order_by_what_it_shows(client, alice):
    keep(alice, "27447", "99213", "99214", "47562")
    answer = press(client, "/favorites/?category=surgery", "Move 27447 down")
    assert kept(alice) == ["47562", "99213", "99214", "27447"]
    assert answer.url == "/favorites/?category=surgery"


def test_the_last_of_a_page_moves_to_the_next_and_the_page_stays(client, alice, monkeypatch):
    monkeypatch.setattr("accounts.views.favorites.PAGE_SIZE", 2)
    keep(alice, "99213", "99214", "99215")
    assert press(client, "/favorites/?page=2", "Move 99215 up").url == "/favorites/?page=2"
    assert kept(alice) == ["99213", "99215", "99214"]


def test_own_order_by_dragging(client, alice):
    first, _, third, _ = keep(alice, "99213", "99214", "99215", "99291")
    assert client.post("/favorites/order/", {"pk": [third.pk, first.pk, "x", "9" * 30]}).status_code == 204
    assert kept(alice) == ["99215", "99214", "99213", "99291"]


@pytest.mark.parametrize(
    "query, codes",
    [
        ("sort=-work", ["27447", "99214", "99213", "J7521"]), ("sort=code", ["27447", "99213", "99214", "J7521"]),
        ("category=surgery", ["27447"]), ("q=9921", ["99213", "99214"]), ("q=knee", ["27447"]), ("folder=none&q=J75", ["J7521"]),
        ("sort=nonsense", ["99213", "99214", "27447", "J7521"]),
    ],
)  # fmt: skip
def test_filter_and_sort(client, alice, query, codes):
    keep(alice, "99213", "99214", "27447", "J7521")
    response = client.get(f"/favorites/?{query}")
    assert [favourite.code_id for favourite in response.context["favourites"]] == codes


def test_the_csv_holds_the_figures_and_no_formula(client, alice):
    favourite, *_ = keep(alice, "27447", "J7521")
    Favourite.objects.filter(pk=favourite.pk).update(note="=HYPERLINK(1)")
    rows = list(csv.DictReader(io.StringIO(client.get("/favorites/favorites.csv").content.decode())))
    assert [row["code"] for row in rows] == ["27447", "J7521"]
    knee, drug = rows
    assert (knee["work_rvu"], knee["nonfacility_total"], knee["facility_total"]) == ("19.11", "NA", "34.71")
    assert (knee["note"], knee["release"]) == ("'=HYPERLINK(1)", "RVU26C")
    assert (drug["work_rvu"], drug["code_set"]) == ("", "HCPCS Level II")


def test_any_page_of_favorites_takes_few_queries(client, alice, django_assert_max_num_queries):
    favourite, *_ = keep(alice, *Code.objects.published().values_list("code", flat=True)[:60])
    folder = Folder.objects.create(user=alice, name="Clinic")
    client.get("/favorites/")
    for address in ("/favorites/", "/favorites/?sort=-work&category=surgery", "/favorites/favorites.csv",
                    f"/favorites/{favourite.pk}/", f"/favorites/folders/{folder.pk}/", "/favorites/star/99214/"):  # fmt: skip
        with django_assert_max_num_queries(6):
            assert client.get(address).status_code == 200


class TestOrder(TestCase):
    @settings(max_examples=20, deadline=None)
    @given(st.permutations(range(5)), st.integers(0, 5))
    def test_those_named_change_places_and_the_others_stay(self, order, named):
        user = person()
        before = [favourite.pk for favourite in keep(user, "99211", "99212", "99213", "99214", "99215")]
        wanted = [before[i] for i in order][:named]
        ordering.arrange(user, wanted)
        now = list(Favourite.objects.of(user).values_list("pk", flat=True))
        assert [pk for pk in now if pk in wanted] == wanted
        assert all(old == new for old, new in zip(before, now, strict=True) if old not in wanted)


def test_a_long_list_comes_in_pages(client, alice, monkeypatch):
    monkeypatch.setattr("accounts.views.favorites.PAGE_SIZE", 2)
    keep(alice, "99213", "99214", "99215")
    assert [f.code_id for f in client.get("/favorites/?page=2").context["favourites"]] == ["99215"]
    html = client.get("/favorites/").content.decode()
    assert "Page 1 of 2" in html and "3 codes" in html
    assert "99215" in html[html.index("favorites-text") :], "the list to take along is whole"
