"""`make screenshots`: the pictures of README.md (the starter site) and of docs/staff.md (needs the CMS files)."""

import os
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.bench import CMS, PPRRVU
from tests.browser.conftest import FLAGS
from tests.desk import session_of
from tests.server import ROOT, collect_static, manage, new_database, prepare, serving

STAFF = {
    "staff-home": ("Reviewer", "/admin/", 1280, 900),
    "staff-list": ("Editor", "/admin/codes/code/?q=knee", 1280, 900),
    # A Level II code: the form shows CMS's wording, which is not the AMA's there.
    "staff-code": ("Editor", "/admin/codes/code/G2211/change/", 1280, 1250),
    "staff-history": ("Reviewer", "/admin/codes/code/27447/history/", 1280, 700),
    "staff-import": ("Data manager", "/admin/codes/importrun/1/change/", 1280, 900),
}
PICTURES = {
    "home": ("/", "light", 1280, 860),
    "code": ("/cpt-codes/surgery/27447/?locality=0210201", "light", 1280, 1500),
    "phone-dark": ("/cpt-codes/radiology/70553/", "dark", 390, 844),
}


# What staff did before the pictures were taken.
SCENE = """
from django.core.files import File
from codes import entries, importing, visits
from codes.models import Code, ImportRun
from tests.desk import member
editor, reviewer, manager = (member(role) for role in ("Editor", "Reviewer", "Data manager"))
knee = Code.objects.get(pk="27447")
entry = entries.entry_of(knee)
entries.save(knee, entry, reviewer, entries.Action.PUBLISH)
entries.save(knee, entry | {{"synonyms": [*entry["synonyms"], "new knee joint"]}}, reviewer, entries.Action.PUBLISH)
visit = Code.objects.get(pk="G2211")
entry = entries.entry_of(visit)
entries.save(visit, entry | {{"plain_language": "An extra for a visit with the doctor who looks after you for years."}}, editor)
for code, count in (("27448", 41), ("27437", 17), ("29874", 9)):
    for _ in range(count):
        visits.page_seen(code)
for words in ["knee gel shot"] * 6 + ["skin tag freeze off"] * 4:
    visits.nothing_found(words)
visits.flush()
run = importing.start(manager, upload=File(open({bundle!r}, "rb"), name="RVU25D.zip"))
importing.work(run.pk, run.attempt)
"""


def main() -> None:
    collect_static()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        public_pictures(Path(folder), browser)
        staff_pictures(Path(folder), browser)
        browser.close()


def public_pictures(folder: Path, browser) -> None:
    database = new_database(folder, "screenshots")
    prepare(database)
    with serving(database) as address:
        for name, (path, scheme, width, height) in PICTURES.items():
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
            page.goto(address + path)
            page.screenshot(path=ROOT / "docs" / f"{name}.png")


def staff_pictures(folder: Path, browser) -> None:
    """Of docs/staff.md: the full catalogue of 2026, a change that waits, and an import before it is confirmed."""
    database = new_database(folder, "staff")
    os.environ["UPLOAD_DIR"] = str(folder / "uploads")
    prepare(database, PPRRVU, PPRRVU.with_name("GPCI2026.csv"))
    scene = manage(database, "shell", "--no-imports", "--command", SCENE.format(bundle=str(CMS / "RVU25D.zip")))
    assert scene.returncode == 0, scene.stderr
    with serving(database) as address:
        for name, (role, path, width, height) in STAFF.items():
            context = browser.new_context(viewport={"width": width, "height": height})
            cookie = session_of(database, role, f"{role.lower().replace(' ', '.')}@example.org")
            context.add_cookies([{"name": "sessionid", "value": cookie, "url": address}])
            page = context.new_page()
            page.goto(address + path)
            page.screenshot(path=ROOT / "docs" / f"{name}.png")


if __name__ == "__main__":
    main()
