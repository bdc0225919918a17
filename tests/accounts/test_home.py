"""The home of each stage."""

import pytest

from accounts.models import RecentCode, StageChange
from codes.models import Specialty
from tests.accounts.people import keep, person

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "stage, words",
    [("student", "Medical student"), ("resident", "Resident or fellow"), ("attending", "Attending")],
)
def test_each_stage_has_its_own(client, stage, words):
    client.force_login(person(stage=stage))
    html = client.get("/me/").content.decode()
    assert f"<h1>{words}" in html and "What next" in html


def test_without_a_stage_it_is_asked(client):
    client.force_login(person(stage=""))
    assert client.get("/me/").url == "/me/career-stage/"


def test_another_stage_loses_nothing_and_keeps_its_date(client):
    user = person(stage="student")
    keep(user, "99214")
    client.force_login(user)
    client.post("/me/career-stage/", {"career_stage": "resident"})
    client.post("/me/career-stage/", {"career_stage": "resident"})
    assert [change.stage for change in StageChange.objects.all()] == ["resident", "student"]
    assert user.favourites.count() == 1
    assert b"Medical student since" in client.get("/me/career-stage/").content


def test_a_stage_that_does_not_exist_is_refused(client):
    client.force_login(person())
    assert client.post("/me/career-stage/", {"career_stage": "dean"}).status_code == 200
    assert StageChange.objects.get().stage == "attending"


def test_details_are_saved_and_may_be_taken_back(client):
    user = person(stage="resident")
    client.force_login(user)
    urology = Specialty.objects.get(name="Urology")
    client.post(
        "/me/details/", {"specialty": urology.pk, "training_year": "3", "locality": "0210201", "setting": "facility"}
    )
    user.refresh_from_db()
    assert (user.specialty, user.training_year, user.locality, user.setting) == (urology, 3, "0210201", "facility")
    client.post("/me/details/", {})
    user.refresh_from_db()
    assert (user.specialty, user.training_year, user.locality, user.setting) == (None, None, "", "")


@pytest.mark.parametrize(
    "wrong", [{"training_year": "99"}, {"locality": "9999999"}, {"setting": "moon"}, {"specialty": "x"}]
)
def test_wrong_details_are_named(client, wrong):
    client.force_login(person(stage="resident"))
    response = client.post("/me/details/", wrong)
    assert response.status_code == 200 and b"errorlist" in response.content


def test_a_specialty_brings_suggestions_of_codes_not_kept_yet(client):
    user = person(specialty=Specialty.objects.get(name="Urology"))
    client.force_login(user)
    before = [code.pk for code in client.get("/me/").context["suggested"]]
    assert before
    keep(user, before[0])
    assert before[0] not in [code.pk for code in client.get("/me/").context["suggested"]]


def test_codes_looked_at_last_come_first_and_are_few(client, monkeypatch):
    monkeypatch.setattr(RecentCode, "KEPT", 2)
    client.force_login(person())
    for code in ("99213", "99214", "27447", "99214", "ZZZZZ"):
        client.get(f"/me/here/?page={code}")
    assert [visit.code_id for visit in client.get("/me/").context["recent"]] == ["99214", "27447"]


def test_another_site_can_not_write_into_what_was_looked_at(client):
    client.force_login(person())
    client.get("/me/here/?page=99213", headers={"Sec-Fetch-Site": "cross-site"})
    assert not RecentCode.objects.exists()


def test_the_home_takes_few_queries(client, django_assert_max_num_queries):
    user = person(specialty=Specialty.objects.get(name="Urology"))
    keep(user, "99213", "99214", "27447")
    client.force_login(user)
    client.get("/me/here/?page=99213")
    with django_assert_max_num_queries(8):
        client.get("/me/")


def test_public_pages_are_the_same_whoever_reads_them(client):
    visitor = client.get("/cpt-codes/surgery/27447/")
    user = person()
    keep(user, "27447")
    client.force_login(user)
    mine = client.get("/cpt-codes/surgery/27447/")
    assert mine.content == visitor.content
    assert "Cookie" not in mine.get("Vary", "") and not visitor.cookies


def test_scripts_can_tell_that_someone_is_signed_in_and_no_more(client):
    user = person()
    client.force_login(user)
    assert client.get("/me/").cookies["signed_in"].value == "1"
    client.post("/account/logout/")
    assert client.get("/me/here/").json() == {"signed_in": False}
    assert client.cookies["signed_in"].value == ""
