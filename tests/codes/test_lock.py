"""Whoever changes the catalogue waits for its lock before any other row, so that no two wait for each other."""

import time
from contextlib import contextmanager
from threading import Thread

import pytest
from django.db import OperationalError, connection, connections, transaction
from django.test import Client

from blog.models import Question, Text
from codes import entries, texts_file
from codes.admin import desk
from codes.cms.archive import SourceFile
from codes.entries import Action
from codes.models import CatalogueBusyError, CatalogueState, Category, Code, Specialty
from tests.desk import form_of, member

pytestmark = pytest.mark.django_db
ENTRY, SPECIALTY, CATEGORY = "codes/code/99213", "codes/specialty/cardiology", "codes/category/surgery"


@contextmanager
def another():
    """A connection of another process."""
    other = connections.create_connection("default")
    other.set_autocommit(False)
    try:
        yield other
    finally:
        other.rollback()
        other.close()


@contextmanager
def an_import():
    """Another process, which holds the lock as an import does."""
    with another() as other:
        other.cursor().execute("SELECT revision FROM codes_cataloguestate WHERE id = 1 FOR UPDATE")
        yield other


def form_saved(address: str, **typed):
    client = Client()
    client.force_login(member("Reviewer", is_superuser=True))
    opened = form_of(client.get(f"/admin/{address}/change/"))
    return client.post(f"/admin/{address}/change/", opened | typed)


def entry_published():
    code = Code.objects.get(pk="99213")
    entries.save(code, entries.entry_of(code) | {"name": "Another"}, member("Reviewer"), Action.PUBLISH)


def file_of_texts():
    rows = texts_file.read(SourceFile("texts.csv", b"code,name\n99213,Another\n"))
    texts_file.apply(rows, member("Reviewer"), Action.PUBLISH)


def question_deleted():
    client = Client()
    client.force_login(member("Reviewer"))
    client.post(f"/admin/blog/question/{Question.objects.first().pk}/delete/", {"post": "yes"})


WRITES = {
    "an entry": (lambda: form_saved(ENTRY, name="Another", _publish="1"), Code, "99213"),
    "an entry by code": (entry_published, Code, "99213"),
    "a file of texts": (file_of_texts, Code, "99213"),
    "a specialty": (lambda: form_saved(SPECIALTY, name="Hearts"), Specialty, "cardiology"),
    "a category": (lambda: form_saved(CATEGORY, payment="Otherwise."), Category, "surgery"),
    "a specialty by code": (lambda: Specialty.objects.get(pk="cardiology").save(), Specialty, "cardiology"),
    "a specialty deleted": (lambda: Specialty.objects.get(pk="cardiology").delete(), Specialty, "cardiology"),
    "a post": (lambda: Text.objects.first().save(), Text, None),
    "an answer deleted": (question_deleted, Question, None),
}


def taken_back(write, done: list):
    try:
        with transaction.atomic():
            write()
            done.append(True)
            transaction.set_rollback(True)
    finally:
        connection.close()


def wait_until_it_waits(thread: Thread, other) -> None:
    while thread.is_alive():
        with other.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.02)
    raise AssertionError("it did not wait for the import")


@pytest.mark.several_writers
@pytest.mark.parametrize("write, model, key", WRITES.values(), ids=WRITES)
def test_a_save_waits_for_an_import_and_holds_no_row_that_it_may_want(write, model, key):
    done = []
    key = key or model.objects.first().pk
    with an_import() as other:
        thread = Thread(target=taken_back, args=[write, done])
        thread.start()
        wait_until_it_waits(thread, other)
        table, column = model._meta.db_table, model._meta.pk.column
        other.cursor().execute(f"SELECT FROM {table} WHERE {column} = %s FOR UPDATE NOWAIT", [key])
    thread.join(timeout=30)
    assert done == [True]


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(desk, "PATIENCE", 0.2)


@pytest.mark.several_writers
def test_while_an_import_is_written_the_form_keeps_what_was_typed(client, impatient):
    client.force_login(member("Editor"))
    address = "/admin/codes/code/27448/change/"
    opened = form_of(client.get(address))
    with an_import():
        page = client.post(address, opened | {"name": "A long text", "faq-0-question": "Why?", "_save": "1"})
    html = page.content.decode()
    assert "An import is being written; your text is kept in the form: save again in a minute" in html
    assert "A long text" in html and "Why?" in html and Code.objects.get(pk="27448").name == ""
    client.post(address, form_of(page) | {"faq-0-answer": "So.", "_save": "1"})
    assert Code.objects.get(pk="27448").name == "A long text"


@pytest.mark.several_writers
@pytest.mark.parametrize(
    "path", ["blog/question/{}/delete/", "blog/text/", "codes/code/99213/discard/", "codes/code/import/apply/"]
)
def test_while_an_import_is_written_a_button_says_that_nothing_was_done(client, impatient, path):
    client.force_login(member("Reviewer"))
    question = Question.objects.first()
    with an_import():
        page = client.post(f"/admin/{path.format(question.pk)}", {"post": "yes"}, follow=True)
    assert "An import is being written, and nothing was changed" in page.content.decode()
    assert Question.objects.filter(pk=question.pk).exists()


@pytest.mark.several_writers
def test_the_limit_ends_with_the_lock_and_another_error_is_not_taken_for_it():
    with an_import(), pytest.raises(CatalogueBusyError), CatalogueState.locked(0.1):
        pass
    with CatalogueState.locked(0.1), connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone()[0] == "0"
    with pytest.raises(OperationalError), CatalogueState.locked(5), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 1")
        cursor.execute("SELECT pg_sleep(1)")
