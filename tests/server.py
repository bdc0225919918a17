"""The site as it runs for real: gunicorn on its own database, static files collected."""

import fcntl
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parents[1]


def environment(database_url: str, **more: str) -> dict[str, str]:
    return os.environ | {
        "DATABASE_URL": database_url, "DEBUG": "off", "SECRET_KEY": "for tests only " * 5, "HTTPS_ONLY": "off",
        "ALLOWED_HOSTS": "127.0.0.1,localhost", "LOG_LEVEL": "ERROR",
        "STAFF_MFA": "optional",
    } | more  # fmt: skip


def new_database(folder: Path, name: str) -> str:
    """DATABASE_URL of an empty database: beside the one the tests run on, if that is PostgreSQL, else a file.

    Each test process has its own: several of them ask for one of the same name.
    """
    return _created(folder, name + os.environ.get("PYTEST_XDIST_WORKER", ""))


def _created(folder: Path, name: str, template: str = "template1") -> str:
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        return f"sqlite:///{folder / name}.sqlite3"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return f"{url.rsplit('/', 1)[0]}/{name}"


def made_once(folder: Path, name: str, *files: Path) -> str:
    """DATABASE_URL of a site that is prepared by the first test process that asks, for all to copy."""
    with (folder / f"{name}.lock").open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.seek(0)
        url = lock.read()
        if not url:
            url = _created(folder, name)
            prepare(url, *files)
            lock.write(url)
        return url


def copy_of(database_url: str, folder: Path, name: str) -> str:
    """DATABASE_URL of a copy, for one test process to change."""
    name += os.environ.get("PYTEST_XDIST_WORKER", "")
    copy = _created(folder, name, database_url.rpartition("/")[2])
    if copy.startswith("sqlite"):
        shutil.copy(path_of(database_url), path_of(copy))
    return copy


def path_of(sqlite_url: str) -> str:
    return sqlite_url.removeprefix("sqlite:///")


def manage(database_url: str, *arguments: str, **more: str) -> subprocess.CompletedProcess:
    """Runs manage.py on this database; the output is kept, the exit status is the caller's to look at."""
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment(database_url, **more), capture_output=True, text=True)


def prepare(database_url: str, *files: Path) -> None:
    """A site with the starter catalogue, our texts and these CMS files."""
    for step in [
        ["migrate", "-v0"],
        ["load_catalogue"],
        ["load_content"],
        *(["import_pfs", str(file)] for file in files),
    ]:
        _must(database_url, *step)


def collect_static() -> None:
    """Once before anything runs: pages name their static files by the hashes of this."""
    _must("sqlite://:memory:", "collectstatic", "--noinput", "-v0")


def _must(database_url: str, *arguments: str) -> None:
    result = manage(database_url, *arguments)
    assert result.returncode == 0, result.stderr


@contextmanager
def serving(database_url: str, workers: int = 1, **more: str) -> Iterator[str]:
    """Address of a running production server, with `more` in its environment. What it reports as an error fails the tests."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "rvuedge.wsgi",
        "-b",
        f"127.0.0.1:{port}",
        "-w",
        str(workers),
        "--threads",
        "2",
    ]
    errors = tempfile.TemporaryFile("w+")  # noqa: SIM115 (read once the server has stopped)
    server = subprocess.Popen(
        [*command, "--no-control-socket"], cwd=ROOT, env=environment(database_url, **more), stderr=errors
    )
    try:
        _wait(f"http://127.0.0.1:{port}/up/")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(20)
        errors.seek(0)
        said = errors.read()
    assert "Traceback" not in said, said[-6000:]


@contextmanager
def working(database_url: str) -> Iterator[subprocess.Popen]:
    """The worker that does what the server's imports ask for."""
    command = [sys.executable, "manage.py", "db_worker", "--no-reload", "--no-startup-delay", "--interval", "0.2"]
    worker = subprocess.Popen(command, cwd=ROOT, env=environment(database_url), stderr=subprocess.DEVNULL)
    try:
        yield worker
    finally:
        worker.terminate()
        worker.wait(20)


def _wait(address: str) -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(address, timeout=2)
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(address)
