"""What a visitor does, in a real browser against the production server."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.axe import axe_is_content_by_day_and_by_night

KINDS = {
    "home": "/", "list": "/cpt-codes/", "search": "/cpt-codes/?q=knee", "nothing found": "/cpt-codes/?q=qqqqzzzz",
    "all codes": "/cpt-codes/all/", "code": "/cpt-codes/surgery/27447/?locality=0210201&surgery_date=2026-03-01",
    "split code": "/cpt-codes/radiology/70553/", "drug": "/cpt-codes/j-codes/J7521/", "derived": "/cpt-codes/surgery/27448/",
    "past": "/cpt-codes/surgery/27447/?release=RVU25D",
}  # fmt: skip


def test_search_by_typing_and_open_a_page(open_page):
    page = open_page("/")
    page.get_by_role("searchbox").press_sequentially("lap chole", delay=30)
    expect(page.locator("[data-suggestions] a").first).to_contain_text("47562")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/cpt-codes/surgery/47562/$"))
    expect(page.locator("h1")).to_contain_text("47562")


def test_escape_closes_the_suggestions(open_page):
    page = open_page("/")
    page.get_by_role("searchbox").press_sequentially("tacr", delay=30)
    expect(page.locator("[data-suggestions] a").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("[data-suggestions] a")).to_have_count(0)


def test_filter_without_a_reload(open_page):
    page = open_page("/cpt-codes/?q=knee")
    page.evaluate("window.stays = true")
    page.get_by_label("Category").select_option("anesthesia")
    expect(page.locator("#results-title")).to_contain_text("for “knee”")
    expect(page).to_have_url(re.compile("category=anesthesia"))
    expect(page.locator(".result").first).to_contain_text("Anesthesia")
    assert page.evaluate("window.stays") is True


def test_switch_the_locality(open_page):
    page = open_page("/cpt-codes/surgery/27447/")
    page.get_by_label("Medicare locality").select_option(label="AK Alaska")
    expect(page.locator("#rvu-information")).to_contain_text("$1,443.34")
    expect(page).to_have_url(re.compile("locality=0210201"))


def test_the_last_day_of_the_global_period(open_page):
    page = open_page("/cpt-codes/surgery/27447/")
    page.get_by_label("Last day of the global period").fill("2026-03-01")
    expect(page.locator("output")).to_contain_text("May 30, 2026")


def test_copy_the_code(open_page):
    page = open_page("/cpt-codes/surgery/27447/", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy code and figures").click()
    expect(page.locator("[data-done]")).to_have_text("Copied.")
    assert "27447" in page.evaluate("navigator.clipboard.readText()")


def test_everything_works_without_javascript(open_page):
    page = open_page("/", java_script_enabled=False)
    page.get_by_role("searchbox").fill("heart ultrasound")
    page.get_by_role("button", name="Search").click()
    page.locator(".result").first.click()
    expect(page.locator("h1")).to_contain_text("93306")
    page.get_by_label("Medicare locality").select_option(label="AK Alaska")
    page.locator(".locality button").click()
    expect(page.locator("#rvu-information")).to_contain_text("GPCIs of AK Alaska")
    page.goto("/cpt-codes/?q=knee")
    page.get_by_label("Category").select_option("surgery")
    page.get_by_role("button", name="Apply").click()
    expect(page).to_have_url(re.compile("category=surgery"))


@pytest.mark.parametrize("path", KINDS.values(), ids=KINDS)
def test_axe_finds_nothing_and_a_phone_does_not_scroll_sideways(open_page, path):
    page = open_page(path)
    # Of 17,000 links of one kind a few tell as much as all, in a second instead of minutes.
    page.evaluate("document.querySelectorAll('.all-codes a:nth-of-type(n + 20)').forEach(link => link.remove())")
    axe_is_content_by_day_and_by_night(page)


def test_the_keyboard_reaches_the_content_first(open_page):
    page = open_page("/cpt-codes/j-codes/J7521/")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to the content")
    page.keyboard.press("Enter")
    expect(page.locator(":focus")).to_have_id("main")


def test_slash_goes_to_the_search_box(open_page):
    page = open_page("/cpt-codes/j-codes/J7521/")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()


def test_a_page_weighs_little(open_page, site):
    page = open_page("/")
    sizes = {}

    def weigh(response):
        kind = response.request.resource_type
        sizes[kind] = sizes.get(kind, 0) + response.request.sizes()["responseBodySize"]

    page.on("response", weigh)
    page.goto("/cpt-codes/radiology/70553/?locality=0210201")
    page.wait_for_load_state("networkidle")
    assert sizes["document"] <= 30_000
    assert sizes["stylesheet"] <= 15_000
    assert sizes["script"] <= 20_000


def test_print_leaves_out_what_paper_can_not_do(open_page):
    page = open_page("/cpt-codes/surgery/27447/")
    page.emulate_media(media="print")
    expect(page.locator(".track")).to_be_hidden()
    expect(page.locator("#rvu-information table").first).to_be_visible()
