import pytest
from playwright.sync_api import expect, sync_playwright

from tests.mailbox import Mailbox
from tests.server import copy_of, serving

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

expect.set_options(timeout=20_000)  # a busy machine is not a fault of the page


def pytest_collection_modifyitems(items):
    for item in items:
        if "browser" in str(item.fspath):
            item.add_marker("browser")


@pytest.fixture(scope="session")
def letters():
    """Where the running site sends its mail."""
    with Mailbox() as box:
        yield box


@pytest.fixture(scope="session")
def site_database(full_site, tmp_path_factory):
    """DATABASE_URL of the full 2026 file and the 2025 bundle."""
    return copy_of(full_site, tmp_path_factory.mktemp("site"), "browser")


@pytest.fixture(scope="session")
def site(site_database, letters):
    """The running site."""
    with serving(site_database, EMAIL_URL=f"smtp://127.0.0.1:{letters.port}") as address:
        yield address


@pytest.fixture(scope="module")
def chromium():
    # Not for the session: while Playwright runs, Django takes this process for an asynchronous one.
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield browser
        browser.close()


def is_complaint(message) -> bool:
    """Whether the console tells of a fault. That a page was left while HTMX waited for an answer is none."""
    return message.type == "error" and "htmx:sendAbort" not in message.text


@pytest.fixture
def open_page(chromium, site):
    """Opens an address in a window of its own; whatever the page complains about fails the test."""
    contexts, complaints = [], []
    local = site.replace("127.0.0.1", "localhost")

    def open_(path, **options):
        context = chromium.new_context(
            base_url=site, viewport=options.pop("viewport", {"width": 1280, "height": 900}), **options
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if is_complaint(message) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "request",
            lambda request: None if request.url.startswith((site, local, "data:")) else complaints.append(request.url),
        )
        page.goto(path)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert not complaints
