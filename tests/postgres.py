"""Runs a command with DATABASE_URL pointing at a private PostgreSQL that lives as long as the command.

    python -m tests.postgres pytest

The cluster sits in a temporary folder on a free port of 127.0.0.1, owned by an unprivileged user
(PostgreSQL refuses root). Nothing outside that folder is touched.
"""

import glob
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def binaries() -> Path | None:
    """The folder of initdb and pg_ctl of the newest PostgreSQL here; None where there is none."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"), key=lambda path: int(path.split("/")[4]))
    on_path = shutil.which("initdb")
    return Path(found[-1]).parent if found else Path(on_path).parent if on_path else None


def _as_unprivileged() -> tuple[list[str], str | None]:
    if os.geteuid() != 0:
        return [], None
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = "postgres" if "postgres" in names else "nobody"
    return ["setpriv", f"--reuid={user}", f"--regid={pwd.getpwnam(user).pw_gid}", "--clear-groups"], user


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def cluster() -> Iterator[str]:
    """DATABASE_URL of a running cluster. Raises CalledProcessError where it does not start."""
    prefix, user = _as_unprivileged()
    folder = Path(tempfile.mkdtemp(prefix="rvuedge-pg-"))
    data, port = folder / "data", _free_port()
    if user:
        shutil.chown(folder, user)
    bin_ = binaries()
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off -c max_connections=50"
    quiet = {"check": True, "stdout": subprocess.DEVNULL, "cwd": folder}
    subprocess.run([*prefix, bin_ / "initdb", "-D", data, "-U", "rvuedge", "-A", "trust", "-E", "UTF8"], **quiet)
    try:
        subprocess.run(
            [*prefix, bin_ / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start"], **quiet
        )
        yield f"postgres://rvuedge@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([*prefix, bin_ / "pg_ctl", "-D", data, "-m", "immediate", "stop"], **quiet | {"check": False})
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    with cluster() as url:
        sys.exit(subprocess.call(sys.argv[1:], env=os.environ | {"DATABASE_URL": url}))
