"""Imports in processes of their own, killed halfway or run two at once, on a database of their own."""

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest

ROOT = Path(__file__).resolve().parents[2]
SERVER = os.environ.get("DATABASE_URL", "")
IS_POSTGRES = SERVER.startswith("postgres")
# What is in the catalogue, whether its parts belong together, and whether search works.
LOOK = """
import json
from codes.models import *
from codes.search.finder import find
current = Release.objects.current()
print(json.dumps({
    "current": current.name, "starter": current.is_starter,
    "rows": {r.name: [r.row_count, r.rows.count(), r.files.count()] for r in Release.objects.all()},
    "documents": [Code.objects.listed().count(), SearchDocument.objects.count()],
    "revision": CatalogueState.current_revision(),
    "found": [find("99213").codes[0], "47562" in find("gallbladder removal").codes],
}))
"""


class Installation:
    """A database that only subprocesses use."""

    def __init__(self, url: str):
        self.environment = os.environ | {"DATABASE_URL": url}

    def start(self, *arguments: object) -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, "manage.py", *map(str, arguments)],
            cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def run(self, *arguments: object) -> str:
        return finish(self.start(*arguments))

    def look(self) -> dict:
        return json.loads(self.run("shell", "--no-imports", "--command", LOOK))


def finish(process: subprocess.Popen) -> str:
    out, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors
    return out


def on_server(statement: str) -> None:
    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute(statement)


def _url(name: str, folder: Path) -> str:
    return f"{SERVER.rpartition('/')[0]}/{name}" if IS_POSTGRES else f"sqlite:///{folder / name}.sqlite3"


@pytest.fixture(scope="module")
def starter(tmp_path_factory):
    """The name and folder of a database as `make run` leaves it."""
    folder = tmp_path_factory.mktemp("starter")
    name = f"starter_{os.getpid()}"
    if IS_POSTGRES:
        on_server(f"CREATE DATABASE {name}")
    installation = Installation(_url(name, folder))
    installation.run("migrate", "--verbosity", "0")
    installation.run("load_catalogue")
    yield name, folder
    if IS_POSTGRES:
        on_server(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def fresh_database(starter, tmp_path):
    """A copy of the starter, to be broken."""
    name, folder = starter
    copy = f"copy_{os.getpid()}"
    if IS_POSTGRES:
        on_server(f"CREATE DATABASE {copy} TEMPLATE {name}")
    else:
        for path in folder.glob(f"{name}.sqlite3*"):
            shutil.copy(path, tmp_path / path.name.replace(name, copy))
    yield Installation(_url(copy, tmp_path))
    if IS_POSTGRES:
        on_server(f"DROP DATABASE {copy} WITH (FORCE)")


def is_writing(installation: Installation) -> bool:
    """Whether the import holds the lock that it takes before it writes."""
    url = installation.environment["DATABASE_URL"]
    try:
        if IS_POSTGRES:
            with psycopg.connect(url) as connection:
                connection.execute("SELECT FROM codes_cataloguestate FOR UPDATE NOWAIT")
        else:
            with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=0)) as connection:
                connection.execute("BEGIN IMMEDIATE")
    except (psycopg.errors.LockNotAvailable, sqlite3.OperationalError):
        return True
    return False


def kill(process: subprocess.Popen) -> None:
    """As a power cut does."""
    process.kill()
    process.communicate()


def kill_while_writing(installation: Installation, process: subprocess.Popen, seconds: float = 0) -> bool:
    """Kills it so long after it began to write. Returns whether it still wrote."""
    while not is_writing(installation):
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
    time.sleep(seconds)
    process.send_signal(signal.SIGSTOP)  # so that it can't finish between the question and the kill
    still = is_writing(installation)
    kill(process)
    return still


PPRRVU_26 = "rvu26c/PPRRVU2026_Jul_nonQPP.csv"
WHOLE_26C = {"RVU26C": [19356, 19356, 2]}


def test_an_import_killed_at_any_moment_leaves_the_old_catalogue_whole(fresh_database, cms):
    path = cms / PPRRVU_26
    before = now = fresh_database.look()
    assert before["starter"] and before["found"] == ["99213", True]
    for seconds in (0, 1):
        was_writing = kill_while_writing(fresh_database, fresh_database.start("import_pfs", path), seconds)
        now = fresh_database.look()
        # A quick machine may have finished by then.
        assert now == before or (not was_writing and now["rows"] == WHOLE_26C), f"killed {seconds} s into writing"
    process = fresh_database.start("import_pfs", path)
    time.sleep(seconds := random.uniform(0.3, 3))
    kill(process)
    now = fresh_database.look()
    assert now == before or now["rows"] == WHOLE_26C, f"killed after {seconds:.2f} s"
    assert "RVU26C" in fresh_database.run("import_pfs", path)
    after = fresh_database.look()
    assert after["rows"] == WHOLE_26C and not after["starter"] and after["found"] == before["found"]


def test_a_killed_import_of_hcpcs_leaves_nothing_either(fresh_database, cms):
    before = fresh_database.look()
    process = fresh_database.start("import_hcpcs", cms / "hcpcs" / "HCPC2020_OCT_ANWEB.xlsx")
    assert kill_while_writing(fresh_database, process)
    assert fresh_database.look() == before


@pytest.mark.parametrize("second", [PPRRVU_26, "rvu22a/PPRRVU22_JAN.csv"])
def test_two_imports_at_once_both_succeed(fresh_database, cms, second):
    first = cms / PPRRVU_26
    processes = [fresh_database.start("import_pfs", path) for path in (first, cms / second)]
    assert all("loaded" in finish(process) for process in processes)
    after = fresh_database.look()
    assert after["current"] == "RVU26C" and not after["starter"] and after["found"] == ["99213", True]
    assert {name: rows for name, (_, rows, _) in after["rows"].items()} == {"RVU26C": 19356} | (
        {"RVU22A": 17600} if "22" in second else {}
    )
    assert all(counted == stored for counted, stored, _ in after["rows"].values())
    assert after["documents"][0] == after["documents"][1]


WAIT_A_MOMENT = """
from codes.models import CatalogueBusyError, CatalogueState
try:
    with CatalogueState.locked(0.2):
        print("written")
except CatalogueBusyError:
    print("busy")
"""


@contextmanager
def lock_of(installation: Installation):
    """Held as an import holds it."""
    url = installation.environment["DATABASE_URL"]
    if IS_POSTGRES:
        with psycopg.connect(url) as connection:
            connection.execute("SELECT FROM codes_cataloguestate FOR UPDATE")
            yield
    else:
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield


def test_who_waits_no_longer_than_a_moment_is_told_that_the_catalogue_is_busy(fresh_database):
    ask = ("shell", "--no-imports", "--command", WAIT_A_MOMENT)
    with lock_of(fresh_database):
        assert fresh_database.run(*ask).strip() == "busy"
    assert fresh_database.run(*ask).strip() == "written"


def test_an_import_and_the_starter_at_once_both_succeed(fresh_database, cms):
    first = fresh_database.start("import_pfs", cms / PPRRVU_26)
    second = fresh_database.start("load_catalogue")
    assert "loaded" in finish(first) and "Texts: 0 new" in finish(second)
    after = fresh_database.look()
    assert after["rows"]["RVU26C"][:2] == [19356, 19356] and not after["starter"]


START_RUN = """
from pathlib import Path
from django.core.files import File
from codes import importing
from codes.models import ImportRun
from codes.tasks import run_import
from tests.desk import member
run = importing.start(member("Data manager"), upload=File(open({path!r}, "rb")))
importing.work(run.pk, run.attempt)
run.refresh_from_db()
importing.confirm(run, run.started_by)
run_import.enqueue(run.pk, run.attempt)
"""
LOOK_AT_RUN = """
from codes import importing
from codes.models import ImportRun
run = ImportRun.objects.get()
print(run.state, importing.is_stalled(run))
"""
AGAIN = """
from codes import importing
from codes.models import ImportRun
from codes.tasks import run_import
run = ImportRun.objects.get()
importing.{step}(run, run.started_by)
run_import.enqueue(run.pk, run.attempt)
"""


def step_of(installation: Installation) -> str:
    """What the run says of itself, asked without Django: a worker takes locks of its own before it writes."""
    url, question = installation.environment["DATABASE_URL"], "SELECT step FROM codes_importrun"
    if IS_POSTGRES:
        with psycopg.connect(url) as connection:
            return connection.execute(question).fetchone()[0]
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=20)) as connection:
        return connection.execute(question).fetchone()[0]


def test_a_worker_killed_while_it_loads_leaves_a_run_that_is_started_again(fresh_database, cms, tmp_path, monkeypatch):
    fresh_database.environment["UPLOAD_DIR"] = str(tmp_path / "uploads")
    before = fresh_database.look()
    shell = ("shell", "--no-imports", "--command")
    fresh_database.run(*shell, START_RUN.format(path=str(cms / PPRRVU_26)))
    worker = ("db_worker", "--no-reload", "--no-startup-delay", "--batch")
    process = fresh_database.start(*worker)
    while not step_of(fresh_database).startswith("writing"):
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
    was_writing = kill_while_writing(fresh_database, process)
    assert fresh_database.look() == before or not was_writing
    assert fresh_database.run(*shell, LOOK_AT_RUN).split() == ["loading", "True"]
    for step in ("again", "confirm"):  # the preview is shown anew: the catalogue may have changed since
        fresh_database.run(*shell, AGAIN.format(step=step))
        fresh_database.run(*worker)
    assert fresh_database.run(*shell, LOOK_AT_RUN).split() == ["done", "False"]
    assert fresh_database.look()["rows"] == WHOLE_26C
