"""What editors see first: what there is to do, and what visitors looked for."""

from datetime import timedelta

import pytest
from django.utils import timezone

from codes import dashboard, review, visits
from codes.models import Code, CodeViews, MissedSearch, Release
from tests.accounts.people import keep, person
from tests.desk import member

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_counted():
    visits._pages.clear()
    visits._words.clear()
    visits._forgot = None


def test_each_category_tells_its_texts_its_reviews_and_what_is_stale():
    old = timezone.localdate() - timedelta(days=400)
    Code.objects.filter(pk="J7521").update(reviewed_on=old, reviewed_release=Release.objects.current())
    code = Code.objects.get(pk="27447")
    review.seen(code, Release.objects.get(name="RVU25D"))
    code.reviewed_on = timezone.localdate()
    code.save()
    found = {category.pk: category for category in dashboard.categories()}
    drugs, surgery = found["j-codes"], found["surgery"]
    assert (drugs.reviewed, drugs.stale, surgery.reviewed, surgery.stale) == (1, 1, 1, 1)
    assert 0 < surgery.texts < surgery.codes_in_it == Code.objects.listed().filter(category="surgery").count()


def test_views_are_counted_by_day_and_written_together(client, django_assert_num_queries):
    for _ in range(3):
        client.get("/cpt-codes/surgery/27448/")
    client.get("/cpt-codes/surgery/27447/")
    assert not CodeViews.objects.exists()
    visits.flush()
    visits.page_seen("27448")
    visits.flush()
    assert CodeViews.objects.get(code="27448").count == 4
    assert [(code.pk, code.seen) for code in dashboard.most_viewed()] == [("27448", 4)]  # 27447 has a text
    with django_assert_num_queries(0):
        visits.flush()


def test_counting_costs_a_page_no_query_and_its_sameness(client, django_assert_num_queries):
    first, second = client.get("/cpt-codes/?q=qqqqzzzz"), client.get("/cpt-codes/?q=qqqqzzzz")
    assert first.content == second.content and not first.cookies and "public" in first["Cache-Control"]
    with django_assert_num_queries(0):
        visits.page_seen("27448")
        visits.nothing_found("qqqqzzzz")


def test_searches_that_found_nothing_keep_their_words_alone(client):
    for typed in ("Qqxx  Zzvv", "qqxx zzvv", "knee", "zzqqzz"):
        client.get("/cpt-codes/", {"q": typed})
    visits.flush()
    assert dict(MissedSearch.objects.values_list("words", "count")) == {"qqxx zzvv": 2, "zzqqzz": 1}
    assert {field.name for field in MissedSearch._meta.fields} == {"words", "count", "last_on"}


@pytest.mark.parametrize(
    "typed",
    [
        "ann@example.org zzqq",
        "zzqq MRN 123456",
        "zzqq dob 1/2/1960",
        "Mr. Zzqqson",
        "555-123-4567",
        "jane zzqqson",
        "zzqq 445566",
        "zzqq 3/14/2026",
        "z" * 90,
        "zq",
    ],
)
def test_what_looks_like_a_person_is_dropped(typed):
    visits.nothing_found(typed)
    visits.flush()
    assert not MissedSearch.objects.exists()


def test_old_counts_are_forgotten():
    MissedSearch.objects.create(words="old once", count=1, last_on=timezone.localdate() - timedelta(days=40))
    MissedSearch.objects.create(words="old often", count=9, last_on=timezone.localdate() - timedelta(days=40))
    CodeViews.objects.create(code_id="27447", day=timezone.localdate() - timedelta(days=100), count=5)
    visits.nothing_found("new words")
    visits.flush()
    assert not CodeViews.objects.exists()
    assert set(MissedSearch.objects.values_list("words", flat=True)) == {"old often", "new words"}


def test_memory_is_bounded(monkeypatch):
    monkeypatch.setattr(visits, "MOST", 2)
    for words in ("aaa", "bbb", "ccc", "aaa"):
        visits.nothing_found(words)
    assert dict(visits._words) == {"aaa": 2, "bbb": 1}


@pytest.mark.parametrize("role, sees", [("Editor", "Our texts"), ("Data manager", "Import a release")])
def test_the_start_page_of_each_role(client, role, sees, django_assert_max_num_queries):
    client.force_login(member(role))
    with django_assert_max_num_queries(20):
        assert sees in client.get("/admin/").content.decode()


def test_codes_without_a_text_that_most_people_keep_come_first():
    alice, bob = person("alice@example.org"), person("bob@example.org")
    keep(alice, "27448", "27450", "27447")
    keep(bob, "27448")
    assert [(code.pk, code.stars) for code in dashboard.most_starred()] == [("27448", 2), ("27450", 1)]
