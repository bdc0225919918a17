"""Whether axe finds fault with the page that is shown."""

from axe_playwright_python.sync_playwright import Axe

OPTIONS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def complaints(page):
    """What axe says of the whole page, once it has arrived and every fold is open."""
    page.wait_for_load_state()
    page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    return Axe().run(page, options=OPTIONS)


def axe_is_content(page) -> None:
    found = complaints(page)
    assert not found.response["violations"], f"{page.url}: {found.generate_report()}"
