"""Every page by axe, in both themes, wide and narrow: nothing serious."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from tests.web.browser.conftest import PASSWORD, sign_in
from tests.web.conftest import CHAT

pytestmark = pytest.mark.browser

SERIOUS = {"serious", "critical"}
LOOKS = [(width, theme) for width in (1280, 360) for theme in ("light", "dark")]


@pytest.fixture(scope="module")
def pages(browser, served, tmp_path_factory):
    """Return the addresses of all pages by a name, on a server with a draft, a publication, and an import of each kind."""
    context = browser.new_context(base_url=served.url)
    page = context.new_page()
    author = served.person("sam@example.org", "author")
    served.person("vera@example.org", "viewer")
    sign_in(page, author)
    found = {"start": "/", "sign-in": "/sign-in/", "nowhere": "/nowhere/", "new": "/incidents/new/"}
    page.goto("/incidents/new/")
    page.get_by_label("The incident channel").fill(CHAT)
    page.get_by_role("button", name="Write the draft").click()
    found["import"] = page.evaluate("location.pathname")
    page.wait_for_url("**/postmortems/**", timeout=60_000)
    draft = page.evaluate("location.pathname")
    unknown = tmp_path_factory.mktemp("files") / "core.bin"
    unknown.write_bytes(bytes(range(256)) * 4)
    page.goto("/incidents/new/")
    page.locator("#files").set_input_files(unknown)
    page.get_by_role("button", name="Write the draft").click()
    page.locator("#state").get_by_text("Nothing in it could be read.").wait_for(timeout=60_000)
    found["failed import"] = page.evaluate("location.pathname")
    page.goto(draft)
    section = page.get_by_role("link", name="Edit Summary").get_attribute("href")
    page.get_by_role("button", name="Publish").click()
    context.close()
    found |= {"home": "/", "incidents": "/incidents/", "incident": "/incidents/1/", "events": "/incidents/1/timeline/"}
    found |= {"edit": "/incidents/1/edit/", "waive": "/incidents/2/waive/", "ask": "/incidents/2/request/"}
    found |= {"declared": "/incidents/2/", "criteria": "/settings/criteria/", "needed": "/incidents/?state=needed"}
    found |= {"evidence": "/incidents/1/evidence/", "accounts": "/incidents/1/accounts/"}
    found |= {
        "write": f"{draft}write/",
        "parts": f"{draft}objects/",
        "related": f"{draft}related/",
        "proposals": f"{draft}proposals/",
    }
    found |= {"history": f"{draft}history/", "compare": f"{draft}history/compare/"}
    found |= {"actions": "/actions/", "board": "/actions/?view=board", "library": "/library/", "found": "/library/?q=the"}
    found |= {"postmortem": draft, "publication": f"{draft}published/", "section": section, "no event": f"{section}?q=nowhere"}
    return found


def look_at(opened, path, width, theme, person="sam@example.org"):
    page = opened(None if path == "/sign-in/" else person, width=width, theme=theme)
    page.goto(path)
    page.locator("main").wait_for()
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = !each.closest('article'); })")
    found = Axe().run(page).response["violations"]
    opened.complaints[:] = [said for said in opened.complaints if "status of 404" not in said]
    return [(path, each["id"], each["nodes"][0]["html"][:200]) for each in found if each["impact"] in SERIOUS]


@pytest.mark.parametrize("name", ["home", "new", "incident", "postmortem", "section"])
def test_nothing_serious_on_the_main_pages(opened, pages, name):
    assert look_at(opened, pages[name], 1280, "light") == []


@pytest.mark.long
@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_nothing_serious_on_any_page(opened, pages, width, theme):
    found = [each for path in dict.fromkeys(pages.values()) for each in look_at(opened, path, width, theme)]
    found += look_at(opened, pages["postmortem"], width, theme, "vera@example.org")
    assert found == []


@pytest.mark.long
@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_nothing_serious_before_there_is_anything(browser, tmp_path, width, theme):
    from tests.web.served import Server

    server = Server(tmp_path / "data").start()
    try:
        page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=theme)
        page.goto(server.first_link)
        found = Axe().run(page).response["violations"]
        page.get_by_label("Name").fill("Ana Sample")
        page.get_by_label("E-mail").fill("ana@example.org")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Become administrator").click()
        page.get_by_role("heading", name="Start from").wait_for()
        found += Axe().run(page).response["violations"]
        page.close()
    finally:
        server.stop()
    assert [each["id"] for each in found if each["impact"] in SERIOUS] == []
