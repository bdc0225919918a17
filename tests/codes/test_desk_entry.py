"""Editing one code at the staff desk: draft, review, publishing, history, and two people at once."""

import csv
import re
from importlib import import_module

import pytest
from django.apps import apps

from codes import entries, review
from codes.models import CatalogueState, Code, Proposal, Release, RvuRow, SearchDocument
from codes.search.finder import find
from tests.desk import form_of, member

pytestmark = pytest.mark.django_db
DRAFT, PUBLISHED = "/admin/codes/code/27448/", "/admin/codes/code/99213/"


@pytest.fixture
def as_(client):
    """Signs the client in as a member with this role."""

    def sign_in(role: str, **fields):
        user = member(role, **fields)
        client.force_login(user)
        return user

    return sign_in


def save(client, address: str, button: str = "_save", **changes):
    """Opens the form, types, presses a button."""
    data = form_of(client.get(f"{address}change/")) | changes
    return client.post(f"{address}change/", data | {button: "1"}, follow=True)


def go_back(client, address: str, version, button: str):
    """Opens the form with a version in it, and presses a button."""
    address = f"{address}change/?version={version}"
    return client.post(address, form_of(client.get(address)) | {button: "1"}, follow=True)


def sides_of(page) -> str:
    """What a form shows after a conflict, without its marks."""
    html = re.search(r'<div class="desk-note desk-sides">.*?</section>\s*</div>', page.content.decode(), re.DOTALL)[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def errors_of(page) -> str:
    assert page.status_code == 200 and "adminform" in page.context, page.redirect_chain
    return " ".join(sentence for said in page.context["adminform"].form.errors.values() for sentence in said)


def text_of(client, address: str) -> str:
    return re.sub(r"\s+", " ", client.get(address).content.decode())


def test_an_editor_writes_a_draft_and_a_reviewer_publishes_it(client, as_):
    as_("Editor")
    save(client, DRAFT, "_review", name="Thigh bone straightening", description="A cut through the thigh bone.")
    code = Code.objects.get(pk="27448")
    assert (code.status, code.reviewed_on) == ("review", None)
    assert "Thigh bone straightening" not in text_of(client, code.get_absolute_url())
    reviewer = as_("Reviewer")
    save(client, DRAFT, "_publish")
    code = Code.objects.get(pk="27448")
    assert (code.status, code.reviewed_by, code.reviewed_release.name) == ("published", reviewer, "RVU26C")
    assert "Thigh bone straightening" in text_of(client, code.get_absolute_url())
    assert find("thigh bone straightening").codes[0] == "27448"


def test_an_editor_can_not_publish_even_with_a_forged_button(client, as_):
    as_("Editor")
    assert 'name="_publish"' not in text_of(client, f"{DRAFT}change/")
    assert "Only a reviewer publishes" in errors_of(page := save(client, DRAFT, "_publish", name="Mine"))
    assert form_of(page)["name"] == "Mine"
    assert "Only a reviewer publishes" in errors_of(save(client, PUBLISHED, "_withdraw"))
    assert Code.objects.get(pk="27448").name == "" and Code.objects.get(pk="99213").is_published


def test_a_text_that_fails_the_checks_can_be_taken_off_the_site_but_not_published_again(client, as_):
    as_("Reviewer")
    Code.objects.filter(pk="99213").update(billing="It pays $92.")
    assert "typed by hand" in errors_of(save(client, PUBLISHED, "_publish"))
    save(client, PUBLISHED, "_withdraw")
    assert Code.objects.get(pk="99213").status == "draft"
    assert "typed by hand" in errors_of(save(client, PUBLISHED, "_publish"))


def test_a_change_of_a_published_text_waits_while_the_page_stays_up(client, as_):
    editor = as_("Editor")
    faq = {"faq-0-question": "Is it a visit?", "faq-0-answer": "Yes, it is."}
    said = save(client, PUBLISHED, description="Something else.", **faq)
    assert "waits for a reviewer" in said.content.decode()
    code = Code.objects.get(pk="99213")
    assert code.is_published and "Something else." not in text_of(client, code.get_absolute_url())
    assert Proposal.objects.get().saved_by == editor
    preview = client.get(f"{PUBLISHED}preview/").content.decode()
    assert "Something else." in preview and "Yes, it is." in preview and "Preview of a change" in preview
    assert form_of(client.get(f"{PUBLISHED}change/"))["description"] == "Something else."
    as_("Reviewer")
    page = text_of(client, f"{PUBLISHED}change/")
    assert "A change waits for a reviewer" in page and code.description[:30] in page
    save(client, PUBLISHED, "_publish")
    assert "Something else." in text_of(client, code.get_absolute_url())
    assert "Yes, it is." in text_of(client, code.get_absolute_url()) and not Proposal.objects.exists()


def test_a_waiting_change_can_be_discarded_by_its_writer_and_by_a_reviewer_only(client, as_):
    as_("Editor")
    save(client, PUBLISHED, description="Something else.")
    as_("Editor", email="other@example.org")
    assert client.post(f"{PUBLISHED}discard/").status_code == 403
    as_("Reviewer")
    assert client.post(f"{PUBLISHED}discard/").status_code == 302 and not Proposal.objects.exists()


def test_who_only_imports_reads_and_does_not_write(client, as_):
    as_("Data manager")
    page = text_of(client, f"{PUBLISHED}change/")
    assert "Keep for review" not in page and "level 3 established" in page.lower()
    assert client.post(f"{PUBLISHED}change/", {"name": "x"}).status_code == 403


@pytest.mark.parametrize("path", ["preview/", "change/", "history/"])
def test_only_staff_open_a_preview(client, django_user_model, path):
    assert client.get(DRAFT + path).status_code == 302
    client.force_login(django_user_model.objects.create_user("visitor@example.org"))
    assert client.get(DRAFT + path).status_code == 302


def test_a_preview_shows_the_draft_and_no_cache_keeps_it(client, as_):
    as_("Editor")
    save(client, DRAFT, name="My draft", description="It says this.")
    page = client.get(f"{DRAFT}preview/")
    html = page.content.decode()
    assert "My draft" in html and "It says this." in html and "Preview of a draft" in html and "noindex" in html
    assert "no-store" in page["Cache-Control"] and "ETag" not in page


def test_the_history_tells_who_changed_what_and_goes_back(client, as_):
    before = Code.objects.get(pk="99213")
    old_links = set(before.specialties.values_list("slug", flat=True))
    as_("Reviewer")
    save(client, PUBLISHED, "_publish", name="Another name", specialties=["cardiology"], **{"faq-0-answer": "Other."})
    versions = list(Code.history.filter(code="99213"))
    assert len(versions) == 2 and versions[1].history_user is None
    page = text_of(client, f"{PUBLISHED}history/")
    assert "reviewer@example.org" in page and f">{before.name}</del>" in page
    assert "<ins>Another name</ins>" in page and "<ins>Other" in page
    version = f"{PUBLISHED}history/{versions[1].history_id}/"
    assert "Go back to this version" in text_of(client, version)
    go_back(client, PUBLISHED, versions[1].history_id, "_publish")
    now = Code.objects.get(pk="99213")
    assert now.name == before.name and set(now.specialties.values_list("slug", flat=True)) == old_links
    assert Code.history.filter(code="99213").count() == 3
    assert "Other." not in text_of(client, now.get_absolute_url())


def test_an_editor_going_back_makes_a_proposal_not_a_publication(client, as_):
    as_("Reviewer")
    save(client, PUBLISHED, "_publish", name="Another name")
    first = Code.history.filter(code="99213").last()
    as_("Editor")
    go_back(client, PUBLISHED, first.history_id, "_save")
    assert (
        Code.objects.get(pk="99213").name == "Another name" and Proposal.objects.get().entry["name"] != "Another name"
    )


def test_the_second_of_two_editors_is_told_and_keeps_what_they_typed(client, as_):
    as_("Editor", email="second@example.org")
    opened = form_of(client.get(f"{DRAFT}change/"))
    as_("Editor", email="first@example.org")
    save(client, DRAFT, name="The first name")
    client.force_login(member("Editor", email="third@example.org"))
    page = client.post(f"{DRAFT}change/", opened | {"name": "The second name", "_save": "1"})
    said = errors_of(page)
    assert "first@example.org changed this" in said
    assert "Added: The first name" in sides_of(page) and "The first second name" in sides_of(page)
    assert Code.objects.get(pk="27448").name == "The first name"
    again = form_of(page)
    assert again["name"] == "The second name"
    client.post(f"{DRAFT}change/", again | {"_save": "1"})
    assert Code.objects.get(pk="27448").name == "The second name"


def test_two_proposals_do_not_overwrite_each_other_either(client, as_):
    as_("Editor")
    opened = form_of(client.get(f"{PUBLISHED}change/"))
    save(client, PUBLISHED, name="First proposal")
    page = client.post(f"{PUBLISHED}change/", opened | {"name": "Second proposal", "_save": "1"})
    assert "editor@example.org changed this" in errors_of(page)
    assert "one waits for a reviewer" in sides_of(page) and "First proposal" in sides_of(page)
    assert Proposal.objects.get().entry["name"] == "First proposal"


def test_a_form_without_what_was_seen_is_not_saved(client, as_):
    as_("Editor")
    data = form_of(client.get(f"{DRAFT}change/")) | {"name": "Mine", "seen": "forged", "_save": "1"}
    assert "was not opened here" in errors_of(client.post(f"{DRAFT}change/", data))


def test_other_names_are_locked_and_kept_too(client, as_):
    as_("Reviewer")
    address = "/admin/codes/modifier/26/"
    opened = form_of(client.get(f"{address}change/"))
    client.post(f"{address}change/", opened | {"name": "Reading only"})
    page = client.post(f"{address}change/", opened | {"name": "Other"})
    assert "reviewer@example.org changed this" in errors_of(page) and "Reading only" in sides_of(page)
    from codes.models import Modifier

    client.post(f"{address}change/", form_of(page))
    assert Modifier.objects.get(pk="26").name == "Other"
    versions = list(Modifier.history.filter(code="26"))
    go_back(client, address, versions[1].history_id, "_save")
    assert Modifier.objects.get(pk="26").name == "Reading only"


TEXTS = ["name", "description", "plain_language", "clinical_context", "billing", "synonyms"]


@pytest.mark.parametrize("field", [*TEXTS, "faq-0-question", "faq-0-answer"])
@pytest.mark.parametrize("typed", ["<script>alert(1)</script>", 'See <a href="x">this</a>', "5 &lt; 6"])
def test_html_is_refused_in_every_text_field(client, as_, field, typed):
    as_("Editor")
    page = save(client, DRAFT, **{"faq-0-question": "Why?", "faq-0-answer": "So."} | {field: typed})
    assert "HTML is not allowed here" in errors_of(page)


@pytest.mark.parametrize("model, key, field", [("category", "surgery", "description"), ("modifier", "26", "name")])
def test_html_is_refused_in_names_and_descriptions(client, as_, model, key, field):
    as_("Reviewer")
    address = f"/admin/codes/{model}/{key}/change/"
    page = client.post(address, form_of(client.get(address)) | {field: "<b>bold</b>"})
    assert "HTML is not allowed here" in errors_of(page)


REFUSED = {
    "a figure": ({"billing": "It pays $92."}, "A figure is typed by hand ($92)"),
    "an RVU": ({"description": "Its work RVU 1.30 is low."}, "A figure is typed by hand"),
    "a dead link": ({"billing": "See /cpt-codes/surgery/12345/ for more."}, "leads to 12345, which does not exist"),
    "a name of another code": ({"synonyms": "Return office visit, level 3"}, "is the name of 99213"),
    "a synonym twice": ({"synonyms": "tibia cut\nTibia  Cut"}, "“Tibia Cut” stands there twice"),
    "the name as synonym": ({"name": "Tibia cut", "synonyms": "tibia cut"}, "(it is the name)"),
    "itself": ({"related": ["27448"]}, "A code is not related to itself"),
    "half a question": ({"faq-0-question": "Why?"}, "needs both a question and an answer"),
}


@pytest.mark.parametrize("typed, sentence", REFUSED.values(), ids=REFUSED)
def test_a_text_is_checked_when_it_is_saved(client, as_, typed, sentence):
    as_("Editor")
    assert sentence in errors_of(save(client, DRAFT, **typed))
    assert Code.objects.get(pk="27448").name == ""


def test_the_wording_of_the_official_descriptor_is_refused(client, as_):
    as_("Editor")
    from codes.search.words import spell_out

    code = Code.objects.get(pk="27448")
    wording = spell_out(code.cms_descriptor)
    assert "official descriptor" in errors_of(save(client, DRAFT, name=wording.title()))


def test_hard_words_and_unknown_codes_are_said_and_do_not_stop_anyone(client, as_):
    as_("Editor")
    hard = "Supracondylar osteotomy necessitates considerable intraoperative instrumentation and rehabilitation."
    page = save(client, DRAFT, plain_language=hard, billing="It replaced 27999 long ago, and 99201.").content.decode()
    assert "reads like grade" in page and "99201" in page and "saved as draft" in page


def reviewed_when(release: Release, *codes: str) -> None:
    """As if these had been published while the release was current."""
    for code in Code.objects.filter(pk__in=codes):
        review.seen(code, release)
        code.reviewed_on = "2025-11-01"
        code.save()


CHANGES_OF_RELEASE = {
    "rolled back": lambda old: Release.objects.filter(pk=old.pk).update(withdrawn=True),
    "loaded again with other figures": lambda old: old.rows.update(work=9),
    "deleted": lambda old: old.delete(),
}


@pytest.mark.parametrize("happens", CHANGES_OF_RELEASE.values(), ids=CHANGES_OF_RELEASE)
def test_what_the_reviewer_saw_stays_whatever_happens_to_its_release(client, as_, happens):
    as_("Editor")
    old = Release.objects.get(name="RVU25D")
    reviewed_when(old, "27447", "99213")
    before = review.changed_since()
    assert "27447" in before
    happens(old)
    assert review.changed_since() == before
    assert "Changed since the review" in text_of(client, "/admin/codes/code/27447/change/")


def test_figures_of_the_release_reviewed_that_are_corrected_count_as_changed(as_):
    release = Release.objects.current()
    reviewed_when(release, "27447", "0075T")
    assert review.changed_since() == {}
    release.rows.filter(code="27447").update(work="19.00")
    assert [change[:2] for change in review.changed_since()["27447"]] == [("", "work")]
    assert review.changes_of(Code.objects.get(pk="27447"), release) == review.changed_since(["27447"])["27447"]


def test_codes_reviewed_before_this_was_kept_get_the_figures_of_their_release():
    old = Release.objects.get(name="RVU25D")
    reviewed_when(old, "27447", "70553")
    wanted = review.changed_since()
    Code.objects.update(reviewed_figures=None)
    migration = import_module("codes.migrations.0013_reviewed_figures")
    migration.keep_what_was_seen(apps, None)
    assert review.changed_since() == wanted and {"27447", "70553"} <= set(wanted)


def test_publishing_keeps_what_the_reviewer_saw(client, as_):
    as_("Reviewer")
    save(client, DRAFT, "_publish")
    assert Code.objects.get(pk="27448").reviewed_figures[""][0] == str(
        RvuRow.objects.get(release__is_current=True, code="27448").work
    )


def test_figures_changed_since_the_review_are_shown_and_can_be_filtered(client, as_):
    as_("Editor")
    old = Release.objects.get(name="RVU25D")
    reviewed_when(old, "99213", "27447")
    row = RvuRow.objects.get(release=old, code="27447", modifier="")
    page = text_of(client, "/admin/codes/code/27447/change/")
    assert "Changed since the review, which saw RVU25D" in page and f"<td>{row.work}</td>" in page
    listed = text_of(client, "/admin/codes/code/?review=figures")
    assert "27447" in listed and "figures changed" in listed and "27448" not in listed


FILTERS = {"q=lap+chole": "47562", "text=yes": "99213", "text=no": "27448", "review=never": "27448", "specialty=cardiology": "93306",
           "status__exact=draft": "00102", "category__slug__exact=j-codes": "J7521", "q=27447": "27447", "q=TKA": "27447"}  # fmt: skip


@pytest.mark.parametrize("query, code", FILTERS.items())
def test_the_list_is_searched_and_filtered(client, as_, query, code):
    as_("Editor")
    Code.objects.filter(pk="99213").update(reviewed_on="2026-01-01")
    listing = client.get(f"/admin/codes/code/?{query}").context["cl"]
    assert code in {row.pk for row in listing.queryset}
    assert listing.result_count < Code.objects.count()


@pytest.mark.parametrize("typed, first", [("TKA", "27447"), ("99213", "99213"), ("office visit level 3", "99213")])
def test_the_best_match_stands_first(client, as_, typed, first):
    as_("Editor")
    assert client.get("/admin/codes/code/", {"q": typed}).context["cl"].result_list[0].pk == first
    in_order = [code.pk for code in client.get("/admin/codes/code/", {"q": typed, "o": "0"}).context["cl"].result_list]
    assert in_order == sorted(in_order)


def test_the_list_says_what_a_code_without_a_name_is_and_offers_the_files(client, as_):
    as_("Editor")
    page = text_of(client, "/admin/codes/code/?q=27448")
    assert re.search(r'field-called">[^<]*[Ss]urgery', page), page
    assert "Export texts" in page and "Import texts" in page
    as_("Data manager")
    assert "Import texts" not in text_of(client, "/admin/codes/code/")


def test_related_codes_are_offered_by_meaning(client, as_):
    as_("Editor")
    query = {"term": "gallbladder removal", "app_label": "codes", "model_name": "code", "field_name": "related"}
    results = client.get("/admin/autocomplete/", query).json()["results"]
    assert "47562" in {result["id"] for result in results}


def test_the_list_and_the_form_ask_few_questions(client, as_, django_assert_max_num_queries):
    as_("Editor")
    save(client, PUBLISHED, name="A change that waits")
    reviewed_when(Release.objects.get(name="RVU25D"), "99213")
    for address in (
        "/admin/codes/code/",
        "/admin/codes/code/?q=knee&review=figures",
        "/admin/codes/code/99213/change/",
    ):
        client.get(address)
        with django_assert_max_num_queries(15):
            assert client.get(address).status_code == 200


def test_saving_keeps_caches_and_search_in_step(client, as_):
    as_("Reviewer")
    revision = CatalogueState.current_revision()
    save(client, DRAFT, "_publish", name="Femur wedge", description="A wedge is cut out of the femur.")
    assert CatalogueState.current_revision() > revision
    assert "wedg" in SearchDocument.objects.get(code="27448").names
    save(client, DRAFT, "_withdraw")
    assert "wedg" not in SearchDocument.objects.get(code="27448").names


def test_a_figure_tag_is_checked_at_save_and_shown_in_the_preview(client, as_):
    as_("Editor")
    wrong = errors_of(
        save(client, DRAFT, description='One.\nIt has {% rvu "99999" "work" %} and {% rvu "99213" "total" %}.')
    )
    assert 'Line 2: {% rvu "99999" "work" %}: 99999 is not in RVU26C.' in wrong and "there is no field “total”" in wrong
    tag = '{% rvu "99213" "work" %}'
    save(
        client,
        DRAFT,
        name="Bone cut",
        description=f"Work {tag}.",
        **{"faq-0-question": "How much?", "faq-0-answer": f"{tag}."},
    )
    html = client.get(f"{DRAFT}preview/").content.decode()
    assert html.count('<span class="figure"') >= 3 and "{%" not in html
    save(client, DRAFT, "_review")
    as_("Reviewer")
    save(client, DRAFT, "_publish")
    assert "rvu" not in SearchDocument.objects.get(code="27448").body.split()


EVIL = "</script><img src=x onerror=alert(1)>"
SHOWN_ON = [
    "/cpt-codes/surgery/27448/", "/cpt-codes/?q=27448", "/cpt-codes/suggest/?q=27448", "/cpt-codes/compare/?codes=27448,99213",
    "/students/?code=27448", "/admin/codes/code/?q=27448", f"{DRAFT}change/", f"{DRAFT}history/", f"{DRAFT}preview/",
    "/cpt-codes/surgery/27447/", "/resources/rvu-calculator/?codes=27448",
]  # fmt: skip


@pytest.mark.parametrize("address", SHOWN_ON)
def test_html_that_came_into_a_text_all_the_same_is_shown_as_it_is_written(client, as_, address):
    reviewer = as_("Reviewer")
    code = Code.objects.get(pk="27448")
    texts = dict.fromkeys(("name", "description", "plain_language", "clinical_context", "billing"), EVIL)
    entry = texts | {"synonyms": [EVIL], "faq": [[EVIL, EVIL]], "specialties": [], "related": []}
    entries.save(code, entry, reviewer, entries.Action.PUBLISH)
    entries.save(code, entry | {"billing": f"2 {EVIL}"}, reviewer)
    Code.objects.get(pk="27447").related.add(code)
    html = client.get(address).content.decode()
    assert "27448" in html and "<img src=x" not in html
    assert "onerror=alert(1)&gt;" in html  # escaped once, not twice, wherever it stands


def test_a_file_of_texts_holds_html_as_it_is_written(client, as_):
    as_("Editor")
    Code.objects.filter(pk="27448").update(description=EVIL)
    rows = csv.DictReader(client.get("/admin/codes/code/export/?q=27448").content.decode("utf-8-sig").splitlines())
    assert [row["description"] for row in rows if row["code"] == "27448"] == [EVIL]
