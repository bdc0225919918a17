"""`make screenshots`: the pictures of README.md, of the starter site, desktop, phone and dark."""

import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.conftest import FLAGS
from tests.server import ROOT, collect_static, new_database, prepare, serving

PICTURES = {
    "home": ("/", "light", 1280, 860),
    "code": ("/cpt-codes/surgery/27447/?locality=0210201", "light", 1280, 1500),
    "phone-dark": ("/cpt-codes/radiology/70553/", "dark", 390, 844),
}


def main() -> None:
    collect_static()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        database = new_database(Path(folder), "screenshots")
        prepare(database)
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        with serving(database) as address:
            for name, (path, scheme, width, height) in PICTURES.items():
                page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
                page.goto(address + path)
                page.screenshot(path=ROOT / "docs" / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main()
