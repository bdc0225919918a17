"""Whether axe finds fault with the page that is shown."""

from axe_playwright_python.sync_playwright import Axe

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def complaints(page):
    """What axe says of the whole page, once it has arrived and every fold is open."""
    page.wait_for_load_state()
    page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    return Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]})


def axe_is_content(page) -> None:
    found = complaints(page)
    assert not found.response["violations"], f"{page.url}: {found.generate_report()}"


def axe_is_content_by_day_and_by_night(page) -> None:
    """On a desk in light colors, then on a phone in dark ones, where nothing is wider than the screen."""
    page.set_viewport_size(DESK)
    page.emulate_media(color_scheme="light")
    axe_is_content(page)
    page.set_viewport_size(PHONE)
    page.emulate_media(color_scheme="dark")
    axe_is_content(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], page.url
