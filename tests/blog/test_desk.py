"""Posts and answers at the staff desk: who may publish, and what is kept of every change."""

import pytest

from blog.models import Question, Text
from codes.models import Benchmark
from tests.blog.small import post
from tests.desk import form_of, member

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_(client):
    def as_role(role):
        client.force_login(member(role))
        return client

    return as_role


def typed(page, **changes):
    """The form as a browser would send it, with these changes; a date and a time are two fields."""
    data = {name: value for name, value in form_of(page).items() if name != "published"}
    for name in ("stages", "sources"):
        data[name] = page.context["adminform"].form[name].value()
    return data | {"published_0": "2026-02-03", "published_1": "10:00:00"} | changes


def change(text):
    return f"/admin/blog/text/{text.pk}/change/"


def test_an_editor_writes_a_draft_and_can_not_publish_it(as_):
    text = post("draft", status="draft")
    client = as_("Editor")
    assert (
        client.post(change(text), typed(client.get(change(text)), body="Better.", status="published")).status_code
        == 302
    )
    text.refresh_from_db()
    assert (text.body, text.status) == ("Better.", "draft")


def test_an_editor_does_not_change_what_visitors_see(as_):
    text = post("seen")
    client = as_("Editor")
    assert client.get(change(text)).status_code == 200
    assert client.post(change(text), {"body": "Mine now."}).status_code == 403
    client.post("/admin/blog/text/", {"action": "withdraw", "_selected_action": [text.pk]})
    text.refresh_from_db()
    assert (text.body, text.status) == ("Words.", "published")


def test_a_reviewer_publishes(as_):
    text = post("draft", status="draft")
    client = as_("Reviewer")
    client.post(change(text), typed(client.get(change(text)), status="published"))
    assert client.get("/blog/draft/").status_code == 200


def test_every_change_of_a_text_is_kept_and_can_be_taken_back(as_):
    text = post("kept", tags=("one",))
    client = as_("Reviewer")
    client.post(change(text), typed(client.get(change(text)), body="Other words.", tags=[]))
    history = client.get(f"/admin/blog/text/{text.pk}/history/").content.decode()
    assert "reviewer@example.org" in history and "<ins>Other words</ins>" in history
    first = text.history.filter(body="Words.").order_by("-history_id").first()
    version = f"{change(text)}?version={first.pk}"
    page = client.get(version)
    client.post(version, typed(page))
    text.refresh_from_db()
    assert (text.body, [tag.pk for tag in text.tags.all()]) == ("Words.", ["one"])


def test_the_second_of_two_is_told_and_nothing_is_overwritten(as_):
    text = post("both")
    client = as_("Reviewer")
    page = client.get(change(text))
    client.post(change(text), typed(page, body="The first."))
    answer = client.post(change(text), typed(page, body="The second."))
    assert b"While you were editing, reviewer@example.org changed this" in answer.content
    text.refresh_from_db()
    assert text.body == "The first."


@pytest.mark.parametrize("role, status", [("Editor", 403), ("Reviewer", 302)])
def test_answers_are_a_reviewer_s(as_, role, status):
    question = Question.objects.first()
    client, address = as_(role), f"/admin/blog/question/{question.pk}/change/"
    data = form_of(client.get(address)) if role == "Reviewer" else {}
    assert client.post(address, data | {"answer": "Yes."}).status_code == status
    assert question.history.filter(answer="Yes.").count() == (role == "Reviewer")


def test_a_benchmark_is_kept_too(as_):
    benchmark = Benchmark.objects.filter(note="").first()
    client, address = as_("Reviewer"), f"/admin/codes/benchmark/{benchmark.pk}/change/"
    client.post(address, form_of(client.get(address)) | {"note": "Read again."})
    assert benchmark.history.first().history_user.email == "reviewer@example.org"
    assert "<ins>Read again.</ins>" in client.get(address.replace("change", "history")).content.decode()


def test_who_imports_has_no_business_with_texts(as_):
    assert as_("Data manager").get("/admin/blog/text/").status_code == 403
    assert Text.objects.exists()
