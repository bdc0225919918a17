"""Files -> database, once; what staff edited there stays."""

import pytest

from blog import content_files, loading
from blog.content_files import ContentError
from blog.models import FaqGroup, Question, Text
from codes.models import CatalogueState
from tests.blog.small import DESCRIPTION, get
from tests.codes.small import run

pytestmark = pytest.mark.django_db
FRONT = f"""+++
title = "On quokkas"
description = "{DESCRIPTION}"
author = "Ada Marsh"
published = 2026-02-03T10:00:00Z
tags = ["Work RVU"]
stages = ["student"]
sources = [["CMS", "https://www.cms.gov/"]]
+++
"""
FAQ = """[[group]]
slug = "quokkas"
name = "Quokkas"
[[group.question]]
question = "Why?"
answer = "So."
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Content of one post and one group of questions, not loaded yet."""
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts" / "on-quokkas.md").write_text(FRONT + "\nThey work.\n")
    (tmp_path / "faq.toml").write_text(FAQ)
    texts, faq = content_files.texts, content_files.faq
    monkeypatch.setattr(content_files, "texts", lambda: texts(tmp_path))
    monkeypatch.setattr(content_files, "faq", lambda: faq(tmp_path))
    return tmp_path


def load() -> tuple[int, int, int, int]:
    result = loading.load_content()
    return result.new, result.updated, result.unchanged, result.edited_by_staff


def improve(folder):
    (folder / "posts" / "on-quokkas.md").write_text(FRONT + "\nThey work hard.\n")
    (folder / "faq.toml").write_text(FAQ.replace("So.", "For a reason."))


def test_a_file_becomes_a_published_post(folder, client):
    assert load() == (2, 0, 0, 0)
    text = Text.objects.get(slug="on-quokkas")
    assert (text.status, text.body, text.stages) == ("published", "They work.\n", ["student"])
    assert [tag.slug for tag in text.tags.all()] == ["work-rvu"]
    assert "They work." in get(client, "/blog/on-quokkas/")
    assert Question.objects.get(group__slug="quokkas").answer == "So."


def test_a_second_run_changes_nothing(folder):
    load()
    before = CatalogueState.current_revision()
    assert load() == (0, 0, 2, 0)
    assert CatalogueState.current_revision() == before


def test_a_better_file_replaces_what_nobody_edited(folder):
    load()
    improve(folder)
    before = CatalogueState.current_revision()
    assert load() == (0, 2, 0, 0)
    assert Text.objects.get(slug="on-quokkas").body == "They work hard.\n"
    assert FaqGroup.objects.get(slug="quokkas").questions.get().answer == "For a reason."
    assert CatalogueState.current_revision() > before


EDITS = {
    "title": "Our title", "description": DESCRIPTION + " Ours.", "body": "Ours.", "author": "B", "stages": [], "sources": [],
    "published": "2026-02-04T10:00:00Z",
}  # fmt: skip


@pytest.mark.parametrize("field, value", EDITS.items(), ids=EDITS)
def test_what_staff_edited_stays(folder, field, value):
    load()
    Text.objects.filter(slug="on-quokkas").update(**{field: value})
    improve(folder)
    assert load() == (0, 1, 0, 1)
    assert Text.objects.filter(slug="on-quokkas", **{field: value}).exists()


def test_line_ends_of_an_editors_browser_are_no_edit(folder):
    load()
    Text.objects.filter(slug="on-quokkas").update(body="They work.\r\n")
    assert load() == (0, 0, 2, 0)


def test_a_tag_or_an_answer_that_staff_changed_stays(folder):
    load()
    Text.objects.get(slug="on-quokkas").tags.clear()
    Question.objects.filter(group__slug="quokkas").update(answer="Ours.")
    improve(folder)
    assert load() == (0, 0, 0, 2)


def test_a_post_that_staff_withdrew_stays_so(folder, client):
    load()
    Text.objects.filter(slug="on-quokkas").update(status="draft")
    improve(folder)
    load()
    assert client.get("/blog/on-quokkas/").status_code == 404


WRONG = {
    "description has 80 to 160": (DESCRIPTION, "Short."),
    "stages are": ('"student"', '"dean"'),
    "a source is a title": ("https://www.cms.gov/", "http://www.cms.gov/"),
    "published is a date": ("2026-02-03T10:00:00Z", "2026-02-03"),
    "a post has the keys": ("author", "writer"),
    "a title or description has a figure": ("On quokkas", "On {% release %}"),
    "between two lines": ("+++\ntitle", "title"),
    "Expected": ("title = ", "title "),
}


@pytest.mark.parametrize("reason, change", WRONG.items(), ids=WRONG)
def test_a_file_that_is_wrong_is_named_and_nothing_is_written(folder, reason, change):
    path = folder / "posts" / "on-quokkas.md"
    path.write_text(path.read_text().replace(*change))
    with pytest.raises(ContentError, match=f"on-quokkas.md: .*{reason}"):
        load()
    assert not Text.objects.filter(slug="on-quokkas").exists()


def test_the_texts_of_the_repository_are_loaded():
    said = run("load_content")
    assert said.startswith("Texts: 0 new, 0 updated,") and said.endswith(" 0 left as staff edited them.\n")
    assert set(Text.objects.filter(kind="page").values_list("slug", flat=True)) == {
        "privacy", "terms", "about-the-data", "accessibility",
    }  # fmt: skip
    assert Text.objects.public().posts().count() >= 8
