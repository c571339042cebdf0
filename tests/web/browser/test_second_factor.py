"""A second factor, from the picture to signing in by it and by a recovery code; and a person invited by a link."""

from __future__ import annotations

import time
from pathlib import Path

import pyotp
import pytest
from tests.web.browser.conftest import PASSWORD

pytestmark = pytest.mark.browser


def first_step(page, email):
    page.goto("/sign-in/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="One code more").wait_for()


def code_of(page, code):
    page.get_by_label("Code", exact=True).fill(code)
    page.get_by_role("button", name="Sign in").click()


def test_a_second_factor_is_set_up_and_signs_in_and_so_does_a_recovery_code(opened, served):
    email = served.person("totp@example.org", "author")
    page = opened(email)
    page.goto("/settings/second-factor/")
    page.get_by_role("link", name="Set up").click()
    assert page.locator("svg.qr path").get_attribute("d").count("h1v1h-1z") > 400
    secret = page.get_by_label("Or type this secret").input_value().replace(" ", "")
    app = pyotp.TOTP(secret)
    page.get_by_label("Code", exact=True).fill(app.now())
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="The second factor is on").wait_for()
    codes = page.locator(".codes li").all_inner_texts()
    assert len(codes) == 10
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as a file").click()
    kept = Path(download.value.path()).read_text("utf-8")
    assert all(code in kept for code in codes)
    page.get_by_role("link", name="I have kept them").click()
    page.get_by_text("10 are left").wait_for()

    page = opened()
    first_step(page, email)
    page.goto("/incidents/")
    page.wait_for_url("**/sign-in/?next=**")
    first_step(page, email)
    code_of(page, app.at(int(time.time()) + 30))
    page.wait_for_url("**/")
    page.locator("details.menu summary").wait_for()

    page = opened()
    first_step(page, email)
    code_of(page, codes[0])
    page.locator("details.menu summary").wait_for()
    page = opened()
    first_step(page, email)
    code_of(page, codes[0])
    page.get_by_text("has been used").wait_for()
    opened.complaints[:] = [said for said in opened.complaints if "422" not in said]


def test_an_administrator_invites_and_the_person_joins_on_a_phone(opened, served):
    page = opened(served.person("boss@example.org", "administrator"))
    page.goto("/settings/people/")
    page.get_by_role("link", name="Add a person").click()
    page.get_by_label("E-mail").fill("nova@example.org")
    page.get_by_label("Facilitator").check()
    page.get_by_role("button", name="Add and make the link").click()
    link = page.get_by_label("Link", exact=True).input_value()
    assert link.startswith(served.url)
    guest = opened(width=360)
    guest.goto(link)
    guest.get_by_label("Name").fill("Nova Sample")
    guest.get_by_label("Password").fill(PASSWORD)
    guest.get_by_role("button", name="Join").click()
    guest.locator("details.menu summary").click()
    guest.get_by_text("Nova Sample").wait_for()
    guest.get_by_role("link", name="People").click()
    guest.get_by_role("link", name="Nova Sample").wait_for()
    page.goto("/settings/audit/")
    page.get_by_text("Nova Sample").first.wait_for()
