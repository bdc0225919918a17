import copy

import pytest
from django.urls import reverse

from codes import catalogue
from codes.models import CatalogueState, Category, Code, Faq, Modifier, Release, RvuRow, SearchDocument, Specialty
from codes.search.finder import find
from tests.codes.small import clear, pprrvu, run, snapshot

pytestmark = pytest.mark.django_db
VISITS = [
    *("99202", "99203", "99204", "99205", "99211", "99212", "99213", "99214", "99215"),
    *("99221", "99222", "99223", "99231", "99232", "99233", "99234", "99235", "99236", "99238", "99239"),
    *("99281", "99282", "99283", "99284", "99285"),
]
COUNT = len(catalogue.texts())


@pytest.fixture
def improved(monkeypatch):
    """A later version of the content: 99213 has better texts in it."""
    texts = copy.deepcopy(catalogue.texts())
    texts["99213"] |= {
        "name": "Quokka visit",
        "specialties": ["urology"],
        "faq": [{"question": "Why?", "answer": "So."}],
    }
    monkeypatch.setattr(catalogue, "texts", lambda: texts)


def test_an_empty_database_becomes_a_living_site(client):
    clear()
    assert f"Texts: {COUNT} new, 0 updated, 0 unchanged" in run("load_catalogue")
    published = Code.objects.published()
    assert published.count() == COUNT >= 120
    assert set(published.values_list("category", flat=True)) == set(Category.objects.values_list("slug", flat=True))
    assert Specialty.objects.count() > 50 and Modifier.objects.get(code="25").name
    assert find("99213").codes[:1] == ["99213"] and "47562" in find("gallbladder removal").codes
    for url in (
        reverse("code-list"),
        *(c.get_absolute_url() for c in published.filter(code__in=["99213", "J7521", "D0120"])),
    ):
        assert client.get(url).status_code == 200


def test_the_starter_has_the_figures_of_the_newest_release():
    clear()
    run("load_catalogue")
    release = Release.objects.get()
    assert (release.name, release.is_current, release.is_starter) == ("RVU26C", True, True)
    assert str(release.released) == "2026-06-30" and release.localities.count() > 90
    assert str(RvuRow.objects.get(code="99213", modifier="").work) == "1.30"
    assert set(RvuRow.objects.values_list("descriptor", flat=True)) == {""}


def test_every_office_hospital_and_emergency_visit_is_described():
    described = Code.objects.published().exclude(name="").in_bulk([*VISITS, "J7521"])
    assert set(described) == {*VISITS, "J7521"}


def test_a_second_run_changes_nothing():
    before = snapshot()
    said = run("load_catalogue")
    assert (
        said
        == f"Texts: 0 new, 0 updated, {COUNT} unchanged, 0 left as staff edited them. Figures: unchanged. Benchmarks, case minimums and modifiers: 0 written. Search index: unchanged.\n"
    )
    assert snapshot() == before


def test_an_index_made_with_older_knowledge_is_built_anew_once():
    SearchDocument.objects.filter(code="47562").update(names="")
    CatalogueState.objects.update(index_fingerprint="of last year")
    before = CatalogueState.current_revision()
    assert "Search index: built anew" in run("load_catalogue")
    assert CatalogueState.current_revision() > before
    assert SearchDocument.objects.get(code="47562").names
    assert "Search index: unchanged" in run("load_catalogue")


def test_a_second_run_on_the_starter_alone_changes_nothing():
    clear()
    run("load_catalogue")
    before = snapshot()
    assert "Figures: unchanged" in run("load_catalogue")
    assert snapshot() == before


def rename(code):
    Code.objects.filter(pk=code.pk).update(name="Visit, as our house says")


def clear_texts(code):
    Code.objects.filter(pk=code.pk).update(**dict.fromkeys(catalogue.TEXT_FIELDS[:-1], ""), synonyms=[])


EDITS = {
    "a name": rename,
    "an emptied text": clear_texts,
    "a synonym": lambda code: Code.objects.filter(pk=code.pk).update(synonyms=["our word"]),
    "a question more": lambda code: Faq.objects.create(code=code, question="Our question?", answer="Ours.", order=9),
    "an answer": lambda code: code.faqs.update(answer="Our answer."),
    "no questions": lambda code: code.faqs.all().delete(),
    "a specialty less": lambda code: code.specialties.remove(code.specialties.first()),
    "a specialty more": lambda code: code.specialties.add("urology"),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_what_staff_edited_survives_and_is_counted(improved, edit):
    edit(Code.objects.get(code="99213"))
    edited = catalogue.as_entry(Code.objects.get(code="99213"))
    said = run("load_catalogue")
    assert f"0 updated, {COUNT - 1} unchanged, 1 left as staff edited them" in said
    assert catalogue.as_entry(Code.objects.get(code="99213")) == edited


def test_a_code_that_staff_unpublished_stays_so(improved):
    Code.objects.filter(code="99213").update(status=Code.Status.DRAFT)
    run("load_catalogue")
    assert not Code.objects.get(code="99213").is_published


@pytest.mark.parametrize("field", ["name", "plain_language", "clinical_context", "billing"])
def test_a_text_that_staff_began_before_we_had_one_is_left_alone(monkeypatch, field):
    Code.objects.filter(code="99367").update(**{field: "Begun by staff."})
    texts = catalogue.texts() | {"99367": catalogue.texts()["99213"]}
    monkeypatch.setattr(catalogue, "texts", lambda: texts)
    assert f"0 new, 0 updated, {COUNT} unchanged, 1 left" in run("load_catalogue")
    assert getattr(Code.objects.get(code="99367"), field) == "Begun by staff."


def test_a_text_we_improved_replaces_the_one_nobody_edited(improved):
    revision = CatalogueState.current_revision()
    assert f"0 new, 1 updated, {COUNT - 1} unchanged" in run("load_catalogue")
    code = Code.objects.get(code="99213")
    assert (code.name, code.faqs.get().answer) == ("Quokka visit", "So.")
    assert list(code.specialties.values_list("slug", flat=True)) == ["urology"]
    assert find("quokka").codes == ["99213"]
    assert CatalogueState.current_revision() > revision
    assert f"0 updated, {COUNT} unchanged" in run("load_catalogue")


def test_a_category_and_a_modifier_that_staff_reworded_stay():
    Category.objects.filter(slug="surgery").update(name="Operations")
    Modifier.objects.filter(code="25").update(name="Our words")
    run("load_catalogue")
    assert Category.objects.get(slug="surgery").name == "Operations"
    assert Modifier.objects.get(code="25").name == "Our words"


def test_a_related_code_that_staff_took_away_stays_away():
    code = Code.objects.get(code="99213")
    gone = code.related.first()
    code.related.remove(gone)
    run("load_catalogue")
    assert not code.related.filter(pk=gone.pk).exists()


def test_an_import_links_texts_to_the_codes_it_brings(tmp_path):
    clear()
    run("load_catalogue")
    wanted = set(catalogue.texts()["J0585"]["related"])
    linked = Code.objects.get(code="J0585").related.values_list("code", flat=True)
    assert set(linked.all()) < wanted
    run("import_pfs", pprrvu(tmp_path / "PPRRVU26_JUL.csv", **{f"c{code}": 1.0 for code in wanted}))
    assert set(linked.all()) == wanted
    assert not Release.objects.get().is_starter


def test_the_starters_figures_never_come_over_a_full_release():
    Release.objects.filter(name="RVU26C").delete()
    run("load_catalogue")
    assert list(Release.objects.values_list("name", flat=True)) == ["RVU25D"]


def test_a_code_in_two_files_is_refused(monkeypatch, tmp_path):
    (tmp_path / "codes").mkdir()
    for name in ("one.toml", "two.toml"):
        (tmp_path / "codes" / name).write_text('[99213]\nname = "Visit"\n')
    monkeypatch.setattr(catalogue, "CONTENT", tmp_path)
    with pytest.raises(ValueError, match=r"two.toml: 99213 has texts in another file too"):
        catalogue.texts.__wrapped__()
