"""What the staff desk keeps: waiting changes, what was deleted, and what someone typed when it could not be saved."""

import re

import pytest
from django.contrib.auth.models import Group, Permission

from blog.models import Question, Tag, Text
from codes.models import Code, Proposal, Specialty
from tests.blog.small import post
from tests.desk import form_of, member

pytestmark = pytest.mark.django_db
KNEE, DRAFT = "/admin/codes/code/27447/", "/admin/codes/code/27448/"


@pytest.fixture
def as_(client):
    def sign_in(role: str, **fields):
        user = member(role, **fields)
        client.force_login(user)
        return user

    return sign_in


def save(client, address: str, button: str = "_save", query: str = "", **changes):
    data = form_of(client.get(f"{address}change/{query}")) | changes
    return client.post(f"{address}change/{query}", data | {button: "1"}, follow=True)


def words_of(page) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def keys_of(client, address: str) -> list[str]:
    return re.findall(r'history/(\w+)/">', client.get(f"{address}history/").content.decode())


def test_every_waiting_change_is_in_the_history_with_who_and_what_and_can_be_taken_up_again(client, as_):
    as_("Editor", email="first@example.org")
    save(client, KNEE, description="The first change.")
    as_("Editor", email="second@example.org")
    save(client, KNEE, description="The second change.")
    as_("Reviewer")
    client.post(f"{KNEE}discard/")
    assert not Proposal.objects.exists()
    history = words_of(client.get(f"{KNEE}history/"))
    for said in ("first@example.org Kept for review", "second@example.org Changes the waiting change",
                 "reviewer@example.org The waiting change is discarded"):  # fmt: skip
        assert said in history
    assert "first change" in history and "second" in history
    first = keys_of(client, KNEE)[2]
    page = client.get(f"{KNEE}history/{first}/")
    assert "The first change." in words_of(page) and "Go back to this version" in page.content.decode()
    said = save(client, KNEE, "_save", f"?version={first}").content.decode()
    assert "waits for a reviewer" in said
    assert Proposal.objects.get().entry["description"] == "The first change."
    assert "Back to the version of" in words_of(client.get(f"{KNEE}history/"))


def test_publishing_a_waiting_change_leaves_both_in_the_history(client, as_):
    as_("Editor")
    save(client, KNEE, name="Knee swap")
    as_("Reviewer")
    save(client, KNEE, "_publish")
    history = words_of(client.get(f"{KNEE}history/"))
    assert history.index("reviewer@example.org") < history.index("editor@example.org Kept for review")


def test_a_version_that_no_longer_passes_the_checks_is_not_gone_back_to(client, as_):
    as_("Reviewer")
    save(client, DRAFT, synonyms="thigh cut")
    old = keys_of(client, DRAFT)[0]
    save(client, DRAFT, synonyms="")
    Code.objects.filter(pk="27447").update(name="Thigh cut")
    page = save(client, DRAFT, "_publish", f"?version={old}")
    assert "is the name of 27447" in page.content.decode() and Code.objects.get(pk="27448").synonyms == []


def test_going_back_does_not_overwrite_what_someone_saved_meanwhile(client, as_):
    as_("Editor")
    save(client, DRAFT, name="The first name")
    save(client, DRAFT, name="The second name")
    old = keys_of(client, DRAFT)[1]
    address = f"{DRAFT}change/?version={old}"
    opened = form_of(client.get(address))
    assert opened["name"] == "The first name"
    save(client, DRAFT, name="The third name")
    page = client.post(address, opened | {"_save": "1"})
    assert "While you were editing, editor@example.org changed this" in page.content.decode()
    assert Code.objects.get(pk="27448").name == "The third name"


def test_a_text_of_the_files_that_is_loaded_anew_is_a_version_of_nobody(client, as_):
    as_("Reviewer")
    save(client, KNEE, "_publish", name="Mine")
    Code.objects.filter(pk="27447").update(name="From the file")
    save(client, KNEE, "_publish", description="Mine too.")
    history = words_of(client.get(f"{KNEE}history/"))
    newest, loaded, mine, _ = re.split(r"\w+ \d+, \d{4}, \d\d:\d\d", history)[1:]
    assert "Mine too." in newest and "From the file" not in newest
    assert "no person As loaded from the content files" in loaded and "From the file" in loaded and "Mine" in mine


def test_what_was_deleted_is_listed_and_comes_back_as_it_was(client, as_):
    as_("Reviewer")
    question = Question.objects.first()
    client.post(f"/admin/blog/question/{question.pk}/delete/", {"post": "yes"})
    listed = client.get("/admin/blog/question/deleted/").content.decode()
    assert question.question in listed and "reviewer@example.org" in listed
    address = "/admin/blog/question/add/" + re.search(r"\?version=\d+", listed)[0]
    page = client.get(address)
    assert "what was deleted on" in words_of(page)
    client.post(address, form_of(page))
    back = Question.objects.get(pk=question.pk)
    assert (back.question, back.answer, back.group) == (question.question, question.answer, question.group)
    assert "Nothing." in words_of(client.get("/admin/blog/question/deleted/"))
    said = words_of(client.get(f"/admin/blog/question/{question.pk}/history/"))
    assert "Deleted." in said and "Back to the version of" in said


def test_a_deleted_post_comes_back_with_its_tags_and_an_editor_gets_it_as_a_draft(client, as_, admin_user):
    text = post("gone", tags=("one",))
    client.force_login(admin_user)
    client.post(f"/admin/blog/text/{text.pk}/delete/", {"post": "yes"})
    as_("Editor")
    listed = client.get("/admin/blog/text/deleted/").content.decode()
    address = "/admin/blog/text/add/" + re.search(r"\?version=\d+", listed)[0]
    data = {name: value for name, value in form_of(client.get(address)).items() if name != "published"}
    client.post(
        address, data | {"stages": "[]", "sources": "[]", "published_0": "2026-02-03", "published_1": "10:00:00"}
    )
    back = Text.objects.get(pk=text.pk)
    assert (back.body, back.status, [tag.pk for tag in back.tags.all()]) == (text.body, "draft", ["one"])


def test_who_may_not_add_does_not_see_what_was_deleted(client, as_):
    as_("Editor")
    assert client.get("/admin/blog/question/deleted/").status_code == 403


def test_what_was_typed_into_something_deleted_meanwhile_is_shown_to_be_copied(client, as_, admin_user):
    specialty = Specialty.objects.create(slug="new", name="New")
    as_("Reviewer")
    address = "/admin/codes/specialty/new/change/"
    opened = form_of(client.get(address))
    client.force_login(admin_user)
    client.post("/admin/codes/specialty/new/delete/", {"post": "yes"})
    client.force_login(member("Reviewer", email="other@example.org"))
    page = client.post(address, opened | {"name": "A <b>long</b> name"})
    html = page.content.decode()
    assert (
        page.status_code == 409 and f"It was deleted by {admin_user} while you were editing. Nothing is saved." in html
    )
    assert "A &lt;b&gt;long&lt;/b&gt; name</textarea>" in html and "Bring it back" in html
    assert not Specialty.objects.filter(pk=specialty.pk).exists()


def test_a_right_lost_meanwhile_is_said_and_nothing_typed_is_lost(client, as_):
    editor = as_("Editor")
    opened = form_of(client.get(f"{DRAFT}change/"))
    editor.groups.clear()
    editor.user_permissions.add(Permission.objects.get(codename="view_code"))
    page = client.post(f"{DRAFT}change/", opened | {"description": "A long text.", "_save": "1"})
    assert page.status_code == 403 and "You may not save this: your rights have changed" in page.content.decode()
    assert "A long text.</textarea>" in page.content.decode() and Code.objects.get(pk="27448").description == ""


def test_a_reviewer_who_is_one_no_more_keeps_the_text_in_the_form(client, as_):
    reviewer = as_("Reviewer")
    opened = form_of(client.get(f"{DRAFT}change/"))
    reviewer.groups.set([Group.objects.get(name="Editor")])
    page = client.post(f"{DRAFT}change/", opened | {"name": "Thigh bone", "_publish": "1"})
    assert "Only a reviewer publishes" in page.content.decode() and form_of(page)["name"] == "Thigh bone"
    client.post(f"{DRAFT}change/", form_of(page) | {"_review": "1"})
    assert Code.objects.get(pk="27448").status == "review"


def test_a_draft_that_was_published_meanwhile_is_not_changed_by_its_writer(client, as_):
    text = post("draft", status="draft")
    as_("Editor")
    Text.objects.filter(pk=text.pk).update(status="published")
    page = client.post(f"/admin/blog/text/{text.pk}/change/", {"body": "My words."})
    assert page.status_code == 403 and "My words.</textarea>" in page.content.decode()


@pytest.mark.parametrize("button, status", [("_publish", "Published"), ("_withdraw", "Draft")])
def test_who_edits_is_told_that_it_was_published_or_withdrawn(client, as_, button, status):
    address = DRAFT if button == "_publish" else KNEE
    as_("Editor")
    opened = form_of(client.get(f"{address}change/"))
    as_("Reviewer")
    save(client, address, button)
    page = client.post(f"{address}change/", opened | {"_save": "1"})
    assert "reviewer@example.org changed this" in page.content.decode()
    assert re.search(rf"Status.*Added: {status}", words_of(page))


def test_questions_that_another_wrote_meanwhile_are_shown(client, as_):
    as_("Editor")
    opened = form_of(client.get(f"{DRAFT}change/"))
    save(client, DRAFT, **{"faq-0-question": "Does it hurt?", "faq-0-answer": "A little."})
    page = client.post(
        f"{DRAFT}change/", opened | {"faq-0-question": "How long?", "faq-0-answer": "An hour.", "_save": "1"}
    )
    assert "Added: Does it hurt? — A little." in words_of(page)
    assert form_of(page)["faq-0-question"] == "How long?"


def test_html_in_a_version_is_shown_as_it_was_typed(client, as_):
    as_("Reviewer")
    Code.objects.filter(pk="27448").update(name="<script>alert(1)</script>", synonyms=["<b>x</b>"])
    save(client, DRAFT, name="Clean", synonyms="tidy")
    for page in ("history/", f"history/{keys_of(client, DRAFT)[1]}/"):
        html = client.get(DRAFT + page).content.decode()
        assert "&lt;script&gt;" in html and "<script>alert" not in html and "<b>x" not in html


def test_actions_and_tags_are_kept_with_who_did_it(client, as_):
    text, tag = post("one"), Tag.objects.create(slug="new", name="New")
    as_("Reviewer")
    client.post("/admin/blog/text/", {"action": "withdraw", "_selected_action": [text.pk]})
    assert text.history.first().history_user.email == "reviewer@example.org"
    save(client, f"/admin/blog/tag/{tag.pk}/", name="Newer")
    assert "reviewer@example.org" in words_of(client.get(f"/admin/blog/tag/{tag.pk}/history/"))
