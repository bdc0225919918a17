"""What someone with an account does, in a real browser against the production server."""

import re
import zipfile
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import expect

from tests.browser.axe import axe_is_content_by_day_and_by_night

PASSWORD = "violet tractor ladder moon"
numbers = count(1)


@pytest.fixture
def join(open_page, letters):
    """Someone new signs up and confirms: (page, address). They come from `start`."""

    def join_(start="/account/signup/", stage="Resident or fellow", **options):
        page = open_page(start, **options)
        return page, sign_up(page, letters, stage)

    return join_


def sign_up(page, letters, stage="Resident or fellow"):
    address = f"person{next(numbers)}@example.org"
    page.get_by_label(stage).check()
    page.get_by_label("Email").fill(address)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    page.get_by_label("Code").fill(letters.code_for(address))
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    return address


def prove(page):
    """Answers the question who it is."""
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()


def test_a_visitor_s_star_is_there_after_sign_up(open_page, letters):
    page = open_page("/cpt-codes/surgery/27447/")
    page.locator("h1 .star").click()
    page.get_by_role("link", name="Create an account").click()
    sign_up(page, letters)
    expect(page.locator("h1")).to_have_text("27447 is among your favorites")
    page.get_by_role("link", name="Back to 27447").click()
    expect(page.locator("h1 .star")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("link", name="My page")).to_be_visible()


def test_a_star_in_a_list_needs_no_reload(join):
    page, _ = join()
    page.goto("/cpt-codes/?q=knee")
    star = page.locator(".results .star").first
    expect(star).to_have_attribute("aria-pressed", "false")
    page.evaluate("window.stays = true")
    with page.expect_response("**/favorites/star/**") as answer:
        star.click()
    assert answer.value.ok
    expect(star).to_have_attribute("aria-pressed", "true")
    page.get_by_label("Category").select_option("radiology")
    expect(page).to_have_url(re.compile("category=radiology"))
    expect(page.locator(".results .star").first).to_have_attribute("aria-pressed", "false")
    assert page.evaluate("window.stays") is True


def test_a_star_works_without_javascript(join):
    page, _ = join(java_script_enabled=False)
    page.goto("/cpt-codes/surgery/47562/")
    page.locator("h1 .star").click()
    page.get_by_role("button", name="Keep it").click()
    expect(page.locator("h1")).to_have_text("47562 is among your favorites")
    page.get_by_role("link", name="All favorites").click()
    expect(page.locator(".favorite")).to_contain_text("10.21 wRVU")


def keep(page, *codes):
    for code in codes:
        page.goto(f"/favorites/star/{code}/")
        page.get_by_role("button", name="Keep it").click()
    page.goto("/favorites/")


def expect_order(page, *codes):
    expect(page.locator(".favorite .code")).to_have_text(codes)


def test_own_order_with_the_keyboard_and_by_dragging(join):
    page, _ = join()
    keep(page, "99213", "99214", "27447")
    with page.expect_response("**/favorites/order/"):
        page.get_by_role("button", name="Move 27447 up").press("Enter")
    expect_order(page, "99213", "27447", "99214")
    expect(page.locator("[data-moved]")).to_have_text("The new order is saved.")
    with page.expect_response("**/favorites/order/"):
        page.locator(".favorite .handle").nth(2).drag_to(page.locator(".favorite .handle").nth(0))
    page.reload()
    expect_order(page, "99214", "99213", "27447")


def test_the_list_can_be_copied(join):
    page, _ = join(permissions=["clipboard-read", "clipboard-write"])
    keep(page, "99214")
    page.get_by_role("button", name="Copy as list").click()
    expect(page.locator("[data-done]")).to_have_text("Copied.")
    assert "work RVU 1.92" in page.evaluate("navigator.clipboard.readText()")


def test_a_passkey_signs_in_without_a_password(join, site):
    page, address = join(start=site.replace("127.0.0.1", "localhost") + "/account/signup/")
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
               "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    host = site.replace("127.0.0.1", "localhost")
    page.goto(f"{host}/account/2fa/webauthn/add/")
    prove(page)
    expect(page.get_by_label("without a password")).to_be_checked()
    page.locator("#mfa_webauthn_add").click()
    expect(page.locator("main")).to_contain_text("recovery codes")
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{host}/account/login/")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(re.compile("/me/$"))
    page.goto(f"{host}/me/security/")
    expect(page.locator("main")).to_contain_text(address)


def test_another_stage_and_the_export_and_the_end(join, tmp_path):
    page, address = join()
    keep(page, "99214")
    page.goto("/me/career-stage/")
    page.get_by_label("Attending").check()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("h1")).to_contain_text("Attending")
    page.goto("/me/security/")
    page.get_by_role("link", name="Download everything").click()
    with page.expect_download() as download:
        prove(page)
    target = tmp_path / "data.zip"
    download.value.save_as(target)
    assert address in zipfile.ZipFile(target).read("rvu-edge.json").decode()
    page.goto("/me/delete/")
    page.get_by_label("Your email address").fill(address)
    page.get_by_role("button", name="Delete for good").click()
    expect(page.locator("h1")).to_have_text("Deleted")
    page.goto("/account/login/")
    page.get_by_label("Email").fill(address)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".errorlist")).to_be_visible()


def test_stars_of_many_at_the_same_moment_leave_one_and_no_error(join, site):
    page, _ = join()
    token = page.request.get("/me/here/").json()["token"]
    cookies = "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in page.context.cookies())
    headers = {"Cookie": cookies, "X-CSRFToken": token, "Accept": "application/json", "Referer": site}

    def wish(saved):
        data = urlencode({"saved": saved}).encode()
        with urlopen(Request(f"{site}/favorites/star/20610/", data, headers), timeout=30) as answer:
            return answer.status

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(wish, [1, 0] * 20)) == {200}
        assert set(pool.map(wish, [1] * 16)) == {200}
    page.goto("/favorites/")
    expect_order(page, "20610")


KINDS = ["/me/", "/favorites/", "/me/details/", "/me/security/", "/me/career-stage/", "/account/2fa/", "/account/sessions/",
         "/account/email/", "/account/password/change/", "/favorites/star/99214/", "/favorites/folders/"]  # fmt: skip
OUTSIDE = [
    "/account/login/",
    "/account/signup/",
    "/account/login/code/",
    "/account/password/reset/",
    "/favorites/star/99214/",
]


def test_axe_finds_nothing_and_a_phone_shows_all(join, open_page):
    page, _ = join()
    keep(page, "99214", "27447")
    page.get_by_label("Note and folder of 99214").click()
    axe_is_content_by_day_and_by_night(page)
    for path in KINDS:
        page.goto(path)
        axe_is_content_by_day_and_by_night(page)
    visitor = open_page("/account/login/")
    for path in OUTSIDE:
        visitor.goto(path)
        axe_is_content_by_day_and_by_night(visitor)
