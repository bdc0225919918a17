"""A day at the staff desk, in a real browser: Editor, Reviewer and Data manager on the full 2026 catalogue."""

import csv
import os
import re
import zipfile

import pytest
from playwright.sync_api import expect

from tests.browser.axe import complaints as axe_complaints
from tests.browser.conftest import is_complaint
from tests.conftest import PPRRVU_26
from tests.desk import session_of
from tests.server import copy_of, serving, working

WORK, TOTALS = 5, (11, 12)  # columns of PPRRVU of 2026


@pytest.fixture(scope="module")
def desk(full_site, tmp_path_factory):
    """(address, database) of a site of its own, which these tests change."""
    folder = tmp_path_factory.mktemp("desk")
    os.environ["UPLOAD_DIR"] = str(folder / "uploads")
    database = copy_of(full_site, folder, "desk")
    with serving(database) as address, working(database):
        yield address, database
    del os.environ["UPLOAD_DIR"]


@pytest.fixture(scope="module")
def october(tmp_path_factory):
    """RVU26D as it might come: RVU26C without 99211, and with a higher work RVU for 27447."""
    folder = tmp_path_factory.mktemp("october")
    with PPRRVU_26.open(encoding="cp1252", newline="") as lines:
        rows = [row for row in csv.reader(lines) if row[:1] != ["99211"]]
    for number, row in enumerate(rows):
        if number < 10:
            row[:] = [cell.replace("RVU26C", "RVU26D").replace("July", "October").replace("JUL", "OCT") for cell in row]
        if row[:1] == ["27447"]:
            for column in (WORK, *TOTALS):
                row[column] = f"{float(row[column]) + 2:.2f}"
    with (folder / "rows.csv").open("w", encoding="cp1252", newline="") as file:
        csv.writer(file).writerows(rows)
    with zipfile.ZipFile(folder / "RVU26D.zip", "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.write(folder / "rows.csv", "PPRRVU2026_Oct_nonQPP.csv")
    return folder / "RVU26D.zip"


@pytest.fixture
def as_(chromium, desk):
    """Opens the desk as a member with this role; whatever the page complains about fails the test."""
    address, database = desk
    contexts, complaints = [], []

    def open_(role, path="/admin/", email=None, is_strict=True, **options):
        context = chromium.new_context(base_url=address, viewport={"width": 1280, "height": 900}, **options)
        email = email or f"{role.lower().replace(' ', '.')}@example.org"
        context.add_cookies([{"name": "sessionid", "value": session_of(database, role, email), "url": address}])
        contexts.append(context)
        page = context.new_page()
        if is_strict:
            page.on("console", lambda message: complaints.append(message.text) if is_complaint(message) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda r: None if r.url.startswith((address, "data:")) else complaints.append(r.url))
        page.goto(path)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert not complaints


def find_code(page, typed: str, code: str) -> None:
    page.goto("/admin/codes/code/")
    page.locator("#searchbar").fill(typed)
    page.keyboard.press("Enter")
    page.get_by_role("link", name=code, exact=True).click()


def test_an_editor_finds_writes_previews_and_sends_a_draft_to_review(as_):
    page = as_("Editor")
    find_code(page, "27448", "27448")
    expect(page.locator(".desk-figures")).to_contain_text("RVU26C")
    page.get_by_label("Name:").fill("Thigh bone straightening")
    page.get_by_label("Description:").fill("A wedge is cut out of the thigh bone, and it pays $900.")
    page.get_by_role("button", name="Send to review").click()
    expect(page.locator(".errorlist")).to_contain_text("A figure is typed by hand ($900)")
    page.get_by_label("Description:").fill("A wedge is cut out of the thigh bone.")
    page.get_by_label("Question 1").fill("Is the bone cut through?")
    page.get_by_label("Answer 1").fill("Yes, and fixed with a plate.")
    page.locator(".field-related .select2-container").click()
    page.locator(".select2-search__field").last.press_sequentially("27450")
    page.locator(".select2-results__option", has_text="27450").click()
    page.get_by_role("button", name="Send to review").click()
    expect(page.locator(".messagelist")).to_contain_text("waits for a reviewer")
    find_code(page, "27448", "27448")
    page.get_by_role("link", name="Preview").click()
    expect(page.locator("h1")).to_contain_text("Thigh bone straightening")
    expect(page.get_by_role("status").first).to_contain_text("Preview of a text in review")
    expect(page.locator(".related")).to_contain_text("27450")


def test_a_reviewer_publishes_it_and_takes_a_change_back(as_, desk):
    page = as_("Reviewer", "/admin/codes/code/?status__exact=review")
    page.get_by_role("link", name="27448", exact=True).click()
    page.get_by_role("button", name="Publish").click()
    expect(page.locator(".messagelist")).to_contain_text("is published")
    find_code(page, "27448", "27448")
    page.get_by_label("Name:").fill("Another name")
    page.get_by_role("button", name="Publish").click()
    page.goto("/cpt-codes/surgery/27448/")
    expect(page.locator("h1")).to_contain_text("Another name")
    page.goto("/admin/codes/code/27448/history/")
    expect(page.locator(".desk-version").first).to_contain_text("reviewer@example.org")
    page.locator(".desk-version a").nth(1).click()
    page.get_by_role("link", name="Go back to this version").click()
    expect(page.locator(".desk-note")).to_contain_text("Nothing is saved yet")
    expect(page.get_by_label("Name:")).to_have_value("Thigh bone straightening")
    page.get_by_role("button", name="Publish").click()
    expect(page.locator(".messagelist")).to_contain_text("is published")
    page.goto("/cpt-codes/surgery/27448/?again=1")
    expect(page.locator("h1")).to_contain_text("Thigh bone straightening")


def test_two_editors_at_once(as_):
    first = as_("Editor", "/admin/codes/code/27446/change/", email="first@example.org")
    second = as_("Editor", "/admin/codes/code/27446/change/", email="second@example.org")
    first.get_by_label("Name:").fill("The first name")
    first.get_by_role("button", name=re.compile("Save|Keep")).last.click()
    expect(first.locator(".messagelist")).to_be_visible()
    second.get_by_label("Name:").fill("The second name")
    second.get_by_role("button", name=re.compile("Save|Keep")).last.click()
    expect(second.locator(".errorlist").first).to_contain_text("first@example.org changed this")
    expect(second.locator(".desk-sides")).to_contain_text("The first name")
    expect(second.get_by_label("Name:")).to_have_value("The second name")


def test_a_data_manager_imports_a_release_and_rolls_it_back(as_, october):
    page = as_("Data manager")
    page.get_by_role("link", name="Import a release").click()
    page.get_by_label("CMS file:").set_input_files(october)
    page.get_by_role("button", name="Upload and preview").click()
    expect(page.locator("#run")).to_contain_text("Preview: waits for you", timeout=90_000)
    expect(page.locator("#run")).to_contain_text("Against RVU26C: 0 added, 1 removed, 1 revalued")
    expect(page.locator(".desk-changes tbody tr").first).to_contain_text("27447")
    expect(page.locator("#run")).to_contain_text("99211")
    page.get_by_role("button", name="Load RVU26D").click()
    expect(page.locator("#run")).to_contain_text("The current release is RVU26D", timeout=90_000)
    page.goto("/cpt-codes/surgery/27447/")
    expect(page.locator(".attribution")).to_contain_text("RVU26D")
    page.goto("/admin/codes/release/")
    page.get_by_role("link", name="RVU26D").first.click()
    page.get_by_role("button", name="Roll back to RVU26C").click()
    expect(page.locator("#run")).to_contain_text("The current release is RVU26C; before it was RVU26D", timeout=90_000)
    page.goto("/cpt-codes/surgery/27447/?again=1")
    expect(page.locator(".attribution")).to_contain_text("RVU26C")


def test_texts_leave_as_a_file_and_come_back(as_, tmp_path):
    page = as_("Editor", "/admin/codes/code/import/")
    (tmp_path / "texts.csv").write_text("code,name\n27440,Hinged knee replacement\n00000,No code\n")
    page.get_by_label("CSV or XLSX file:").set_input_files(tmp_path / "texts.csv")
    page.get_by_role("button", name="Show what would change").click()
    expect(page.locator(".desk-errors")).to_contain_text("line 3, column code: 00000 is no code of the catalogue")
    (tmp_path / "texts.csv").write_text("code,name\n27440,Hinged knee replacement\n")
    page.get_by_label("CSV or XLSX file:").set_input_files(tmp_path / "texts.csv")
    page.get_by_role("button", name="Show what would change").click()
    expect(page.locator(".desk-diff")).to_contain_text("Hinged knee replacement")
    page.get_by_role("button", name="Apply 1 change").click()
    expect(page.locator(".messagelist")).to_contain_text("1 text is saved")


PAGES = ["/admin/", "/admin/codes/code/", "/admin/codes/code/99213/change/", "/admin/codes/code/27448/history/",
         "/admin/codes/code/import/", "/admin/codes/code/27448/preview/"]  # fmt: skip
# Of Django's own admin pages, not ours to mend, and how to tell them: the box of select2 (related codes, specialties) is a
# list with a text input in it, the search box is named by a picture, and headings of the filters skip a level.
STOCK = {"label": "select2", "list": "select2", "label-title-only": "searchbar", "heading-order": "<h"}


@pytest.mark.parametrize(
    "path, scheme", [*((path, "light") for path in PAGES), *((path, "dark") for path in PAGES[:3])]
)
def test_axe_finds_nothing_that_is_ours(as_, path, scheme):
    page = as_("Reviewer", path, color_scheme=scheme, is_strict=False)  # axe itself sets styles
    violations = axe_complaints(page).response["violations"]
    complaints = [(violation["id"], node["html"]) for violation in violations for node in violation["nodes"]]
    assert not [(rule, html) for rule, html in complaints if STOCK.get(rule, html + " ") not in html]


def test_a_browser_shows_why_a_file_is_too_large(as_, tmp_path):
    """Without JavaScript, which would say so before it sends anything; the whole way through gunicorn."""
    with (tmp_path / "RVU26D.zip").open("wb") as file:
        file.truncate(500 * 2**20)
    page = as_("Data manager", "/admin/codes/importrun/add/", java_script_enabled=False)
    page.get_by_label("CMS file").set_input_files(tmp_path / "RVU26D.zip")
    page.get_by_role("button", name="Upload and preview").click(timeout=120_000)
    expect(page.get_by_text("The file is larger than 100 MB")).to_be_visible(timeout=120_000)
