"""What staff do in the admin: write, check, schedule, answer."""

import pytest
from django.core import mail

from blog.models import Correction, FaqGroup, Tag, Text, Ticket
from codes.models import CatalogueState
from tests.blog.small import DESCRIPTION, get, post

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client, django_user_model):
    client.force_login(django_user_model.objects.create_superuser("editor@example.org", "a long pass phrase"))
    return client


def form(**changes: object) -> dict:
    return {
        "kind": "post", "slug": "by-staff", "title": "By staff", "description": DESCRIPTION, "body": "Of 99214.",
        "author": "Ada Marsh", "status": "published", "published_0": "2026-02-03", "published_1": "10:00:00",
        "stages": '["student"]', "sources": '[["CMS", "https://www.cms.gov/"]]',
    } | changes  # fmt: skip


def add(staff, **changes: object):
    return staff.post("/admin/blog/text/add/", form(**changes))


def errors(response) -> str:
    return str(response.context["adminform"].form.errors) if response.context else ""


def test_a_post_is_written_and_seen(staff):
    tag = Tag.objects.create(slug="new", name="New")
    before = CatalogueState.current_revision()
    assert add(staff, tags=[tag.pk]).status_code == 302
    assert CatalogueState.current_revision() > before
    assert "/cpt-codes/evaluation-management/99214/" in get(staff, "/blog/by-staff/")
    assert "/blog/by-staff/" in get(staff, "/blog/tag/new/")


REFUSED = {
    "a missing code": ({"body": 'One\n\n{% rvu "99219" "work" %}'}, "Line 3: {% rvu &quot;99219&quot; &quot;work&quot; %}: 99219 is not in RVU26C."),
    "an unknown field": ({"body": '{% rvu "99214" "wrok" %}'}, "there is no field"),
    "no value": ({"body": '{% rvu "99000" "work" %}'}, "gives 99000 no work RVU"),
    "an open tag": ({"body": "{% release"}, "the tag is not closed"),
    "a tag in the description": ({"description": DESCRIPTION + " {% release %}"}, "No figure tags here"),
    "a short description": ({"description": "Short."}, "at least 80 characters"),
    "no date": ({"published_0": "", "published_1": ""}, "needs the date of its publication"),
    "a page of another name": ({"kind": "page"}, "A page is one of privacy"),
    "an unknown stage": ({"stages": '["dean"]'}, "A list of these"),
    "a source without an address": ({"sources": '[["CMS"]]'}, "title and https address"),
    "an address in use": ({"slug": "what-is-a-work-rvu"}, "already exists"),
}  # fmt: skip


@pytest.mark.parametrize("changes, reason", REFUSED.values(), ids=REFUSED)
def test_what_is_wrong_is_not_saved(staff, changes, reason):
    response = add(staff, **changes)
    assert response.status_code == 200 and reason in errors(response)
    assert not Text.objects.filter(title="By staff").exists()


def test_an_answer_is_checked_too(staff):
    data = {"group": FaqGroup.objects.create(slug="new", name="New", order=9).pk, "question": "Why?", "order": 0}
    bad = staff.post("/admin/blog/question/add/", data | {"answer": '{% rvu "99219" "work" %}'})
    assert bad.status_code == 200 and b"99219 is not in RVU26C" in bad.content
    assert staff.post("/admin/blog/question/add/", data | {"answer": "{% release %}"}).status_code == 302
    assert "RVU26C" in get(staff, "/support/?q=why")


def test_the_preview_shows_what_visitors_will_see(staff):
    text = post("draft", status="draft", body='## Head\n\n{% rvu "99214" "work" %}')
    html = get(staff, f"/admin/blog/text/{text.pk}/change/")
    assert '<h2 id="head">Head</h2>' in html and '<span class="figure" title="CMS RVU26C">1.92</span>' in html


def test_a_loaded_text_is_withdrawn_rather_than_deleted(staff):
    loaded, own = Text.objects.get(slug="what-is-a-work-rvu"), post("own")
    assert staff.post(f"/admin/blog/text/{loaded.pk}/delete/", {"post": "yes"}).status_code == 403
    assert staff.post(f"/admin/blog/text/{own.pk}/delete/", {"post": "yes"}).status_code == 302
    data = {"action": "withdraw", "_selected_action": [loaded.pk]}
    staff.post("/admin/blog/text/", data)
    assert staff.get("/blog/what-is-a-work-rvu/").status_code == 404
    staff.post("/admin/blog/text/", data | {"action": "publish"})
    assert staff.get("/blog/what-is-a-work-rvu/").status_code == 200


def test_lists_and_search(staff):
    for address in ("text/?q=quokka", "text/?kind__exact=post", "faqgroup/", "tag/", "correction/", "ticket/?q=x"):
        get(staff, f"/admin/blog/{address}")


def test_a_correction_is_public_at_once(staff):
    before = CatalogueState.current_revision()
    data = {"date": "2026-11-02", "wrong": "It said 5.", "right": "It is 4.", "page": "/blog/"}
    assert staff.post("/admin/blog/correction/add/", data).status_code == 302
    assert CatalogueState.current_revision() > before and "It is 4." in get(staff, "/about-the-data/")
    bad = staff.post("/admin/blog/correction/add/", data | {"page": "//evil.example/"})
    assert bad.status_code == 200 and Correction.objects.count() == 1


def answer(staff, ticket: Ticket, **changes: object):
    inline = {"messages-TOTAL_FORMS": 0, "messages-INITIAL_FORMS": 0}
    return staff.post(f"/admin/blog/ticket/{ticket.pk}/change/", {"status": "open", "answer": "", **inline, **changes})


def ticket() -> Ticket:
    made = Ticket.objects.create(email="grace@example.org", subject="A figure")
    made.messages.create(text="Odd.")
    return made


def test_an_answer_goes_out_and_stays_in_the_thread(staff):
    asked = ticket()
    assert answer(staff, asked, answer="It is <right> & fine.").status_code == 302
    asked.refresh_from_db()
    message = asked.messages.get(from_staff=True)
    assert asked.status == "answered" and message.sent_at and message.author.email == "editor@example.org"
    sent = mail.outbox[0]
    assert sent.to == ["grace@example.org"] and sent.subject == f"Re: A figure (ticket #{asked.pk})"
    assert "It is <right> & fine." in sent.body and "/support/ticket/" in sent.body
    assert "It is &lt;right&gt;" in get(staff, asked.get_absolute_url())


def test_closing_a_ticket_sends_nothing(staff):
    asked = ticket()
    answer(staff, asked, status="closed")
    asked.refresh_from_db()
    assert asked.status == "closed" and not mail.outbox and asked.messages.count() == 1


def test_an_answer_that_did_not_go_out_can_be_sent_again(staff, settings):
    asked = ticket()
    works, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    answer(staff, asked, answer="It is right.")
    assert asked.messages.get(from_staff=True).sent_at is None
    settings.EMAIL_BACKEND = works
    staff.post("/admin/blog/ticket/", {"action": "send_again", "_selected_action": [asked.pk]})
    assert asked.messages.get(from_staff=True).sent_at and len(mail.outbox) == 1


def test_nobody_writes_for_a_visitor(staff):
    assert staff.get("/admin/blog/ticket/add/").status_code == 403
    asked = ticket()
    html = get(staff, f"/admin/blog/ticket/{asked.pk}/change/")
    assert "Odd." in html and 'name="messages-0-text"' not in html
