"""`make bench`: speed as ratios and medians over repeated runs, on SQLite and on PostgreSQL.

Prints each number beside its limit and ends with status 1 where one is over. Imports run inside this
process (its start is left out); pages go through gunicorn, one at a time.
"""

import csv
import http.client
import io
import os
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.desk import session_of
from tests.postgres import binaries, cluster
from tests.server import ROOT, collect_static, environment, new_database, prepare, serving

CMS = Path(os.environ.get("CMS", ROOT.parent / "shared" / "cms"))
PPRRVU = CMS / "rvu26c" / "PPRRVU2026_Jul_nonQPP.csv"
FILES = (CMS / "RVU25D.zip", PPRRVU, CMS / "rvu26c" / "GPCI2026.csv")
PAGES = (
    "surgery/27447",
    "evaluation-management/99214",
    "j-codes/J7521",
    "radiology/70553",
    "surgery/43239",
    "surgery/27448",
)
over: list[str] = []


def report(name: str, value: float, limit: float, unit: str) -> None:
    verdict = "" if value <= limit else "  OVER"
    over.extend([name] if verdict else [])
    print(f"  {name:<58} {value:8.2f} {unit:<3} (limit {limit:g}){verdict}", flush=True)


def timed(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def baseline() -> None:
    """csv.reader + sqlite3.executemany of the same file and all its columns."""
    with tempfile.TemporaryDirectory() as folder, PPRRVU.open(encoding="cp1252", newline="") as lines:
        rows = list(csv.reader(lines))[10:]
        database = sqlite3.connect(Path(folder) / "base.sqlite3")
        database.execute(f"CREATE TABLE pprrvu ({', '.join(f'c{i}' for i in range(32))})")
        database.executemany(f"INSERT INTO pprrvu VALUES ({', '.join('?' * 32)})", rows)
        database.commit()
        database.close()


def imports() -> None:
    """Runs in a process of its own, with DATABASE_URL of an empty database: first import, then repeats."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    quiet = {"stdout": io.StringIO()}
    base = statistics.median(timed(baseline) for _ in range(5))
    first = timed(lambda: call_command("import_pfs", str(PPRRVU), **quiet))
    base = statistics.median([base, *(timed(baseline) for _ in range(4))])
    repeat = statistics.median(timed(lambda: call_command("import_pfs", str(PPRRVU), **quiet)) for _ in range(5))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(base, first, repeat, memory)


def bench_imports(folder: Path) -> None:
    firsts, repeats, memories = [], [], []
    for i in range(5):
        env = environment(new_database(folder, f"bench_import_{i}")) | {"DJANGO_SETTINGS_MODULE": "rvuedge.settings"}
        output = subprocess.run(
            [sys.executable, "-m", "tests.bench", "imports"],
            cwd=ROOT,
            env=env,
            capture_output=True,
            text=True,
            check=True,
        )
        base, first, repeat, memory = map(float, output.stdout.split()[-4:])
        firsts.append(first / base)
        repeats.append(repeat / base)
        memories.append(memory)
    report("first import of the 2026 file / csv + executemany (median)", statistics.median(firsts), 15, "x")
    report("repeat import / csv + executemany (median)", statistics.median(repeats), 3, "x")
    report("peak memory of the import", max(memories), 250, "MB")


def searches() -> None:
    """Runs in a process of its own on a full database: milliseconds of each search, vocabulary warm."""
    import django

    django.setup()
    from codes.search.finder import find

    with (CMS.parent / "search" / "queries.csv").open() as lines:
        queries = [row["query"] for row in csv.DictReader(lines)]
    find("warm up")
    print(*(timed(lambda query=query: find(query)) * 1000 for _ in range(5) for query in queries))


def bench_search(database_url: str) -> None:
    env = environment(database_url) | {"DJANGO_SETTINGS_MODULE": "rvuedge.settings"}
    output = subprocess.run(
        [sys.executable, "-m", "tests.bench", "searches"], cwd=ROOT, env=env, capture_output=True, text=True, check=True
    )
    times = sorted(map(float, output.stdout.split()))
    report("search on the full catalogue, median", statistics.median(times), 10, "ms")
    report("search on the full catalogue, 95th percentile", times[int(len(times) * 0.95)], 25, "ms")


def bench_pages(address: str) -> None:
    connection = http.client.HTTPConnection(address.removeprefix("http://"))

    def get(path: str, **headers: str) -> http.client.HTTPResponse:
        connection.request("GET", path, headers={"Accept-Encoding": "gzip", **headers})
        response = connection.getresponse()
        response.read()
        return response

    for page in PAGES * 3:
        get(f"/cpt-codes/{page}/")
    cold = [timed(lambda p=p, i=i: get(f"/cpt-codes/{p}/?cold={i}")) * 1000 for i in range(50) for p in PAGES]
    report("code page, no cache, through gunicorn, median", statistics.median(cold), 15, "ms")
    tag = get("/cpt-codes/surgery/27447/").headers["ETag"]
    again = [timed(lambda: get("/cpt-codes/surgery/27447/", **{"If-None-Match": tag})) * 1000 for _ in range(300)]
    report("revalidation (304), median", statistics.median(again), 2, "ms")
    listing = [timed(lambda i=i: get(f"/cpt-codes/?q=lap+chole&cold={i}")) * 1000 for i in range(50)]
    print(f"  {'(search page, whole, median)':<58} {statistics.median(listing):8.2f} ms")


def fill_with_people(database_url: str) -> list[str]:
    """Session keys of some of the people."""
    command = [sys.executable, "-m", "tests.bench_people"]
    output = subprocess.run(
        command, cwd=ROOT, env=environment(database_url), capture_output=True, text=True, check=True
    )
    return output.stdout.split()


def bench_favorites(address: str, sessions: list[str]) -> None:
    connection = http.client.HTTPConnection(address.removeprefix("http://"))

    def get(path: str, session: str) -> None:
        connection.request("GET", path, headers={"Cookie": f"sessionid={session}", "Accept-Encoding": "gzip"})
        response = connection.getresponse()
        assert response.status == 200, path
        response.read()

    get("/favorites/", sessions[0])
    for path in ("/favorites/", "/favorites/?sort=-work&category=surgery", "/favorites/favorites.csv", "/me/"):
        times = [timed(lambda key=key, path=path: get(path, key)) * 1000 for key in sessions]
        report(f"{path} of one in 10,000 people, median", statistics.median(times), 30, "ms")


def bench_admin(address: str, database_url: str) -> None:
    """The code list and the edit page of the staff desk, as a signed-in reviewer."""
    connection = http.client.HTTPConnection(address.removeprefix("http://"))
    headers = {"Cookie": f"sessionid={session_of(database_url, 'Reviewer', 'reviewer@example.org')}"}

    def get(path: str) -> None:
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        response.read()
        assert response.status == 200, (path, response.status)

    for name, path in (("list", "?p=3"), ("list, searched", "?q=knee+replacement"), ("edit page", "27447/change/")):
        get(f"/admin/codes/code/{path}")
        times = [timed(lambda path=path: get(f"/admin/codes/code/{path}")) * 1000 for _ in range(30)]
        report(f"staff desk, {name}, median", statistics.median(times), 200, "ms")


def bench(title: str) -> None:
    print(title, flush=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bench_imports(folder)
        database = new_database(folder, "bench_site")
        prepare(database, *FILES)
        bench_search(database)
        with serving(database) as address:
            bench_pages(address)
            bench_admin(address, database)
        sessions = fill_with_people(database)
        with serving(database) as address:
            bench_favorites(address, sessions)


def main() -> int:
    os.environ.pop("DATABASE_URL", None)
    collect_static()
    bench("SQLite")
    if binaries():
        with cluster() as url:
            os.environ["DATABASE_URL"] = url
            bench("PostgreSQL")
    print(f"Over the limit: {', '.join(over)}" if over else "All within their limits.")
    return bool(over)


if __name__ == "__main__":
    part = {"imports": imports, "searches": searches}.get(sys.argv[1] if len(sys.argv) > 1 else "")
    sys.exit(part() if part else main())
