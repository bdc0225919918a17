"""The test database holds what a full installation does: the starter, RVU25D (whole bundle) and RVU26C."""

import os
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import TestCase
from django.test.utils import setup_databases, teardown_databases

from tests.mailbox import Mailbox
from tests.server import made_once, path_of

CMS = Path(os.environ.get("CMS", Path(__file__).resolve().parents[2] / "shared" / "cms"))
PPRRVU_26 = CMS / "rvu26c" / "PPRRVU2026_Jul_nonQPP.csv"
GPCI_26 = CMS / "rvu26c" / "GPCI2026.csv"
BUNDLE_25 = CMS / "RVU25D.zip"


def pytest_configure():
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_collection_modifyitems(config, items):
    _leave_out_several_writers(config, items)
    for item in items:
        uses = set(getattr(item, "fixturenames", ()))
        is_case = isinstance(getattr(item, "cls", None), type) and issubclass(item.cls, TestCase)
        if (
            uses & {"db", "transactional_db", "site", "fresh_database"}
            or item.get_closest_marker("django_db")
            or is_case
        ):
            item.add_marker("database")


def _leave_out_several_writers(config, items):
    """SQLite has one writer at a time: what several do at once there is tried by test_kill.py, on files."""
    if connection.vendor == "postgresql":
        return
    left_out = [item for item in items if item.get_closest_marker("several_writers")]
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=left_out)


@pytest.fixture(scope="session")
def full_site(tmp_path_factory) -> str:
    """DATABASE_URL of a full installation, to be copied: all test processes have one between them."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    return made_once(folder, "full", BUNDLE_25, PPRRVU_26, GPCI_26)


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment, django_db_modify_db_settings_parallel_suffix, django_db_blocker, full_site
):
    with django_db_blocker.unblock():
        test = connection.settings_dict["TEST"]
        test["MIGRATE"] = False  # it is a copy
        if connection.vendor == "postgresql":
            test["TEMPLATE"] = full_site.rpartition("/")[2]
        databases = setup_databases(verbosity=0, interactive=False, serialized_aliases=[])
        if connection.vendor == "sqlite":
            connection.ensure_connection()
            with closing(sqlite3.connect(path_of(full_site))) as full:
                full.backup(connection.connection)
    yield
    with django_db_blocker.unblock():
        teardown_databases(databases, verbosity=0)


CATALOGUE = re.compile(r"\s*(INSERT INTO|UPDATE|DELETE FROM|TRUNCATE|COPY) \"?codes_", re.I)


@pytest.fixture(autouse=True)
def forget_what_processes_remember():
    """Caches keep to a revision of the catalogue; a test that is rolled back takes its revision back too."""
    has_written = False

    def notice(execute, sql, params, many, context):
        nonlocal has_written
        if not has_written and CATALOGUE.match(str(sql)):
            has_written = True
            _forget()
        return execute(sql, params, many, context)

    cache.clear()
    with connection.execute_wrapper(notice):
        yield
    if has_written:
        _forget()


def _forget() -> None:
    from codes import filters, page_queries, places
    from codes.search import nearest, spelling
    from codes.tools import changes

    for cached in (
        spelling.vocabulary, nearest._codes, places.places_of, page_queries.releases_in_use, filters.facets_of,
        filters._fields_html, changes.counts_of,
    ):  # fmt: skip
        cached.cache_clear()


@pytest.fixture(scope="session")
def cms() -> Path:
    """The folder of real CMS files (environment variable CMS, or ../shared/cms)."""
    assert CMS.is_dir(), f"the CMS files are not at {CMS}; set CMS to their folder"
    return CMS


@pytest.fixture
def mailbox(settings):
    """A real mail server on a free port, to which the site sends; its messages can be read."""
    with Mailbox() as box:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", box.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        yield box
