"""Blog, questions and support in a real browser against the production server."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.axe import PHONE, axe_is_content, axe_is_content_by_day_and_by_night
from tests.server import manage

KINDS = {
    "home": "/", "blog": "/blog/", "tag": "/blog/tag/basics/", "nothing found": "/blog/?q=qqqqzzzz", "post": "/blog/reading-one-fee-schedule-row/",
    "guide": "/resources/wrvu-tracking-guide/", "glossary": "/resources/glossary/", "privacy": "/privacy/", "terms": "/terms/",
    "data": "/about-the-data/", "accessibility": "/accessibility/", "support": "/support/", "answers": "/support/?q=payment",
    "contact": "/support/contact/",
}  # fmt: skip


@pytest.mark.parametrize("path", KINDS.values(), ids=KINDS)
def test_axe_finds_nothing_and_a_phone_does_not_scroll_sideways(open_page, path):
    axe_is_content_by_day_and_by_night(open_page(path))


def test_from_the_start_page_to_a_code_in_a_post(open_page):
    page = open_page("/")
    page.get_by_role("link", name="Blog", exact=True).click()
    page.get_by_label("Search the posts").fill("fee schedule row")
    expect(page.locator("#found [role=status]")).to_contain_text("for “fee schedule row”")
    expect(page).to_have_url(re.compile(r"q=fee"))
    page.get_by_role("link", name=re.compile("^Reading one row")).click()
    page.get_by_role("navigation", name="On this page").get_by_role("link").first.click()
    expect(page).to_have_url(re.compile("#"))
    page.locator(".prose").get_by_role("link", name="99214", exact=True).first.click()
    expect(page.locator("h1")).to_contain_text("99214")


@pytest.mark.parametrize("javascript", [True, False])
def test_questions_are_searched(open_page, javascript):
    page = open_page("/support/", java_script_enabled=javascript)
    page.get_by_label("Search questions and answers").fill("percentile")
    if not javascript:
        page.get_by_role("button", name="Search", exact=True).last.click()
    expect(page.locator("#found [role=status]")).to_contain_text("for “percentile”")
    expect(page.locator(".faq details[open]").first).to_contain_text("percentile")


@pytest.mark.parametrize("javascript", [True, False])
def test_the_menu_of_a_phone_is_one_tidy_block(open_page, javascript):
    page = open_page("/blog/", viewport=PHONE, java_script_enabled=javascript)
    menu = page.get_by_role("navigation", name="Main")
    expect(menu).to_be_hidden()
    page.locator(".menu > summary").click()
    expect(menu).to_be_visible()
    menu.get_by_role("link", name="Support").click()
    expect(page.locator("h1")).to_have_text("Support")


def test_escape_closes_the_menu(open_page):
    page = open_page("/blog/", viewport=PHONE)
    page.locator(".menu > summary").click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("navigation", name="Main")).to_be_hidden()
    expect(page.locator(".menu > summary")).to_be_focused()


SIGN_IN = """
from django.test import Client
from accounts.models import User
client = Client()
client.force_login(User.objects.create_superuser("support@example.org", "a long pass phrase"))
print("session", client.session.session_key)
"""


@pytest.fixture
def staff_session(site_database) -> str:
    """The session of someone on the staff of the running site."""
    result = manage(site_database, "shell", "-v0", "-c", SIGN_IN)
    assert result.returncode == 0, result.stderr
    return result.stdout.split()[-1]


def newest(letters) -> str:
    return letters.to("grace@example.org")[-1].get_body(("plain",)).get_content()


def test_a_ticket_from_the_first_message_to_the_reply(open_page, site, staff_session, letters):
    page = open_page("/support/")
    page.get_by_role("link", name="Contact support").click()
    page.get_by_label("Your email address").fill("grace@example.org")
    page.get_by_label("Subject").fill("A figure")
    page.get_by_label("Message").fill("The patient has MRN 1234567, which code?")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".errorlist")).to_contain_text("This looks like a record number")
    axe_is_content(page)
    page.get_by_label("Message").fill("The work RVU of 27447 looks odd to me.")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("h1")).to_contain_text("A figure")
    expect(page.get_by_role("status")).to_contain_text("We have your message")
    axe_is_content(page)
    thread = re.search(r"/support/ticket/\S+", newest(letters))[0]

    staff = open_page("/support/")
    staff.context.add_cookies([{"name": "sessionid", "value": staff_session, "url": site}])
    staff.goto("/admin/blog/ticket/")
    staff.get_by_role("link", name=re.compile("A figure")).first.click()
    staff.get_by_label("Answer").fill("It is what the file says.")
    staff.get_by_role("button", name="Save", exact=True).click()
    expect(staff.locator(".messagelist")).to_contain_text("The answer went to grace@example.org")
    assert "It is what the file says." in newest(letters)

    page.goto(thread)
    expect(page.locator(".thread .from-staff")).to_contain_text("It is what the file says.")
    page.get_by_label("Message").fill("Thank you, now I see it.")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".thread li").last).to_contain_text("Thank you, now I see it.")
    staff.goto("/admin/blog/ticket/?status__exact=open")
    expect(staff.get_by_role("link", name=re.compile("A figure")).first).to_be_visible()
