"""Tools and reference pages, in a real browser against the production server."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.axe import axe_is_content_by_day_and_by_night

KINDS = {
    "resources": "/resources/", "calculator": "/resources/rvu-calculator/",
    "calculation": "/resources/rvu-calculator/?codes=99214,20610-50x2,45385,45380,70553,70551,27447-80,XXXXX,45380-52&locality=0210201",
    "compare": "/cpt-codes/compare/?codes=99213,99214,27447,70553,45385,93000", "compare, empty": "/cpt-codes/compare/",
    "changes": "/cpt-codes/changes/", "changes, filtered": "/cpt-codes/changes/?kind=work&category=surgery&size=5&sort=-change",
    "factors": "/resources/conversion-factor-history/", "benchmarks": "/resources/benchmarks-by-specialty/?specialty=hospital-medicine",
    "minimums": "/resources/acgme-case-log-requirements/?specialty=general-surgery", "modifiers": "/resources/modifiers/", "students": "/students/",
    "lesson": "/students/?q=gallbladder+removal", "residents": "/residents/?specialty=orthopedic-surgery", "attendings": "/attendings/",
    "estimate": "/attendings/?codes=99213x30,99214x35,XXXXX&rate=50&specialty=cardiology",
}  # fmt: skip


def calculate_two_codes(page):
    page.get_by_label("Code", exact=True).nth(0).fill("99214")
    page.get_by_label("Code", exact=True).nth(1).fill("20610")
    page.get_by_label("Modifiers").nth(1).fill("50")
    page.get_by_label("Units").nth(1).fill("2")


def test_calculate_without_a_reload(open_page):
    page = open_page("/resources/rvu-calculator/")
    page.evaluate("window.stays = true")
    calculate_two_codes(page)
    page.get_by_label("Setting").select_option("facility")
    page.get_by_label("Medicare locality").select_option(label="AK Alaska")
    expect(page.locator("#result caption")).to_contain_text("facility, AK Alaska")
    expect(page.locator("#result")).to_contain_text("50, both sides: 150 percent")
    expect(page).to_have_url(re.compile(r"\?codes=99214,20610-50x2&setting=facility&locality=0210201$"))
    assert page.evaluate("window.stays") is True
    expect(page.get_by_role("status")).to_contain_text("Medicare allows $")
    shown = page.locator("#result table").inner_text()
    page.reload()
    assert page.locator("#result table").inner_text() == shown


def test_calculate_without_javascript(open_page):
    page = open_page("/resources/rvu-calculator/", java_script_enabled=False)
    calculate_two_codes(page)
    page.get_by_role("button", name="Add a line").click()
    expect(page.get_by_label("Code", exact=True)).to_have_count(6)
    page.get_by_label("Setting").select_option("facility")
    page.get_by_role("button", name="Work it out").click()
    expect(page.locator("#result tbody tr")).to_have_count(2)
    expect(page.locator("#result caption")).to_contain_text("facility")


def test_a_line_more_keeps_what_was_typed(open_page):
    page = open_page("/resources/rvu-calculator/")
    page.get_by_label("Code", exact=True).nth(0).fill("99214")
    rows = page.locator(".line-field").count()
    page.get_by_role("button", name="Add a line").click()
    expect(page.locator(".line-field")).to_have_count(rows + 1)
    expect(page.locator(":focus")).to_have_id(f"code-{rows + 1}")
    expect(page.locator("#code-1")).to_have_value("99214")
    page.keyboard.type("20610")
    page.keyboard.press("Tab")
    expect(page.locator("#result tbody tr")).to_have_count(2)


def test_lines_are_added_up_to_as_many_as_are_worked_out(open_page):
    page = open_page(f"/resources/rvu-calculator/?codes={','.join(['99214'] * 198)}")
    for rows in (199, 200):
        expect(page.locator(".line-field")).to_have_count(rows)
        expect(page.get_by_role("button", name="Add a line")).to_be_visible(visible=rows < 200)
        if rows < 200:
            page.get_by_role("button", name="Add a line").click()
    page.locator("#code-200").fill("20610")
    page.keyboard.press("Tab")
    expect(page.locator("#result tbody tr")).to_have_count(199)


def test_a_wrong_unit_stays_in_the_form_without_javascript(open_page):
    page = open_page("/resources/rvu-calculator/", java_script_enabled=False)
    calculate_two_codes(page)
    page.get_by_label("Units").nth(1).fill("0")
    page.get_by_role("button", name="Work it out").click()
    expect(page.locator("#result")).to_contain_text("Units are a whole number")
    for name, value in (("code", "20610"), ("mods", "50"), ("units", "0")):
        expect(page.locator(f"#{name}-2")).to_have_value(value)


def test_the_sheet_is_a_file(open_page):
    page = open_page("/resources/rvu-calculator/?codes=99214")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as CSV").click()
    assert download.value.suggested_filename == "rvu-calculation.csv"


def test_estimate_a_year(open_page):
    page = open_page("/attendings/")
    page.get_by_label("Code", exact=True).nth(0).fill("99213")
    page.get_by_label("Times a week").nth(0).fill("30")
    page.get_by_label("Weeks a year").fill("40")
    page.get_by_label("Dollars for each work RVU").fill("50")
    page.get_by_label("Compare with").select_option("cardiology")
    expect(page.locator("#result .key-figures")).to_contain_text("1,560")
    expect(page.locator("#result .key-figures")).to_contain_text("$78,000")
    expect(page.locator("#result")).to_contain_text("your estimate")
    expect(page).to_have_url(re.compile("codes=99213x30&weeks=40&rate=50&specialty=cardiology"))


def test_estimate_without_javascript(open_page):
    page = open_page("/attendings/", java_script_enabled=False)
    page.get_by_label("Code", exact=True).nth(0).fill("99213")
    page.get_by_label("Times a week").nth(0).fill("30")
    page.get_by_role("button", name="Estimate").click()
    expect(page.locator("#result .key-figures")).to_contain_text("39.00")


def test_compare_add_and_remove(open_page):
    page = open_page("/cpt-codes/compare/?codes=99213,99214")
    page.get_by_label("Add a code").fill("99215")
    page.get_by_role("button", name="Compare").click()
    expect(page.locator("thead th")).to_have_count(3)
    expect(page).to_have_url(re.compile(r"codes=99213,99214,99215"))
    page.get_by_role("link", name="Remove 99214").click()
    expect(page.locator("thead th")).to_have_count(2)


def test_filter_the_changes_without_a_reload(open_page):
    page = open_page("/cpt-codes/changes/")
    page.evaluate("window.stays = true")
    page.get_by_label("Kind of change").select_option("new")
    expect(page.locator("#changes-title")).to_contain_text("453 changes")
    assert page.evaluate("window.stays") is True


def test_look_up_a_procedure_and_choose_a_specialty(open_page):
    page = open_page("/students/")
    page.get_by_label("What did you see today?").fill("gallbladder removal")
    page.get_by_role("button", name="Look it up").click()
    expect(page.locator("#reading")).to_contain_text("47562")
    page.goto("/residents/")
    page.get_by_label("Your specialty").select_option("urology")
    expect(page.locator("#minimums")).to_have_text("Urology: case minimums")


@pytest.mark.parametrize("path", KINDS.values(), ids=KINDS)
def test_axe_finds_nothing_and_a_phone_does_not_scroll_sideways(open_page, path):
    page = open_page(path)
    # Of 370 modifiers of one kind a few tell as much as all.
    page.evaluate("document.querySelectorAll('.modifier-list > :nth-child(n + 20)').forEach(row => row.remove())")
    axe_is_content_by_day_and_by_night(page)


def test_a_calculation_is_printed_without_its_form(open_page):
    page = open_page("/resources/rvu-calculator/?codes=99214,20610-50x2")
    page.emulate_media(media="print")
    expect(page.locator(".tool-form")).to_be_hidden()
    expect(page.locator("#result table")).to_be_visible()
