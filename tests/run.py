"""Everything that `make test` runs: the suite on SQLite, then all that touches a database on PostgreSQL.

What this machine lacks is said in one line; with CI=true it is an error instead.
"""

import os
import shutil
import subprocess
import sys

from tests.postgres import binaries, cluster
from tests.server import collect_static

ENVIRONMENT = os.environ | {
    "DEBUG": "off",
    "SECRET_KEY": "for tests only, " * 4,
    "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
    "HTTPS_ONLY": "off",
    "STAFF_MFA": "optional",
}


def run(title: str, *arguments: str, **environment: str) -> int:
    print(f"== {title}", flush=True)
    return subprocess.call([sys.executable, "-m", "pytest", *arguments, *sys.argv[1:]], env=ENVIRONMENT | environment)


def missing() -> list[str]:
    lacking = []
    if not shutil.which("chromium"):
        lacking.append("browser tests are skipped: install Debian's package chromium")
    if binaries() is None:
        lacking.append("PostgreSQL tests are skipped: install Debian's package postgresql")
    return lacking


def main() -> int:
    lacking = missing()
    for line in lacking:
        print(f"!! {line}", flush=True)
    if lacking and os.environ.get("CI") == "true":
        return 1
    collect_static()
    status = run(
        "SQLite", *([] if shutil.which("chromium") else ["-m", "not browser"]), DATABASE_URL="sqlite://:memory:"
    )
    if binaries():
        with cluster() as url:
            chosen = "database" if shutil.which("chromium") else "database and not browser"
            status |= run("PostgreSQL", "-m", chosen, DATABASE_URL=url)
    return status


if __name__ == "__main__":
    sys.exit(main())
