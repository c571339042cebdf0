"""Two people in two browsers type into one postmortem: each sees the other, no word is lost, and "Saved" means stored."""

from __future__ import annotations

import re
import sqlite3

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from tests.web.browser.conftest import PASSWORD
from tests.web.conftest import CHAT
from tests.web.served import juncture

pytestmark = pytest.mark.browser
FIRST, SECOND = "first-author@example.org", "second-author@example.org"
NAMES = {FIRST: "First Author", SECOND: "Second Author"}
JOINED = re.compile(r"Failed to load resource|WebSocket connection to")
"""What a console says while a server is away."""


@pytest.fixture(scope="module")
def people(served):
    for email, name in NAMES.items():
        person(served, email, name)
    return served


def person(served, email, name):
    given = f"{PASSWORD}\n"
    juncture("user", "add", email, "--name", name, "--role", "author", "--password-stdin", "--data", served.data, given=given)
    served.tokens[email] = juncture("token", email, "--scope", "write", "--data", served.data)


class Document:
    """A postmortem that is written in this test alone."""

    def __init__(self, served, words="One two three."):
        self.served = served
        self.incident = self.call("POST", "incidents", {"title": "Checkout fails"})["id"]
        self.id = self.call("POST", f"incidents/{self.incident}/postmortem", {})["id"]
        first = self.call("GET", f"postmortems/{self.id}")["sections"][0]
        self.section = first["id"]
        self.patch(first["markdown"], words)

    def call(self, method, path, body=None):
        status, answer = self.served.call(method, path, body, as_=FIRST)
        assert status < 300, answer
        return answer

    def patch(self, base, text):
        return self.call("PATCH", f"postmortems/{self.id}/sections/{self.section}", {"base": base, "text": text})

    @property
    def stored(self):
        return self.call("GET", f"postmortems/{self.id}")["sections"][0]["markdown"]

    def enter(self, page, *, joined=True):
        page.goto(f"/postmortems/{self.id}/write/")
        if joined:
            page.locator("[data-write][data-together=open]").wait_for()
        return page


@pytest.fixture
def document(people):
    return Document(people)


def text(page):
    return page.locator(".cm-content").first


def words(page):
    return page.evaluate(
        "[...document.querySelector('.cm-content').querySelectorAll('.cm-line')].map((one) => one.textContent).join('\\n')"
    )


def at(page, key):
    text(page).click()
    page.keyboard.press(key)


def saved(page):
    expect(page.locator("[data-status]")).to_have_text(re.compile(r"Saved \d\d:\d\d:\d\d"), timeout=30_000)


def test_each_sees_what_the_other_types_where_and_who(opened, document):
    first, second = document.enter(opened(FIRST)), document.enter(opened(SECOND))
    expect(first.get_by_role("button", name="Second Author")).to_be_visible()
    expect(second.locator("[data-voice]")).to_have_text("First Author is here.")
    at(first, "Control+Home")
    first.keyboard.type("Hers. ")
    expect(text(second)).to_contain_text("Hers. One two three.")
    caret = second.locator(".caret").first
    expect(caret).to_have_text("First Author")
    expect(caret).to_have_class(re.compile("who-0 .*fresh"))
    expect(caret).not_to_have_class(re.compile("fresh"), timeout=10_000)
    box = caret.bounding_box()
    second.mouse.move(box["x"] + 1, box["y"] + box["height"] / 2)
    expect(caret).to_have_class(re.compile("fresh"))
    at(second, "Control+End")
    second.keyboard.type(" His.")
    expect(text(first)).to_contain_text("Hers. One two three. His.")
    for page in (first, second):
        saved(page)
    heading = first.locator("h2.written").first.inner_text()
    expect(first.get_by_role("button", name=f"Second Author, in {heading}")).to_be_visible()
    second.keyboard.press("Shift+Control+ArrowLeft")
    expect(first.locator(".others-range.who-1").first).to_be_attached()
    second.close()
    expect(first.get_by_role("button", name="Second Author")).to_have_count(0)
    expect(first.locator(".caret")).to_have_count(0)
    expect(first.locator("[data-voice]")).to_have_text("Second Author has left.", timeout=15_000)
    first.wait_for_timeout(1_500)
    assert document.stored == "Hers. One two three. His."


def test_two_people_fit_on_every_page_and_nothing_of_them_is_out_of_reach(opened, document):
    second = document.enter(opened(SECOND))
    at(second, "Control+Home")
    second.keyboard.press("Shift+Control+ArrowRight")
    for width in (1280, 360):
        for theme in ("light", "dark"):
            first = document.enter(opened(FIRST, width=width, theme=theme))
            expect(first.locator(".caret.who-0")).to_be_attached()
            serious = [one for one in Axe().run(first).response["violations"] if one["impact"] in {"serious", "critical"}]
            assert serious == [], (width, theme, serious)
            assert first.evaluate("document.documentElement.scrollWidth") <= width
            face = first.get_by_role("button", name="Second Author")
            size = face.bounding_box()
            assert min(size["width"], size["height"]) >= (44 if width == 360 else 36)
            face.press("Enter")
            expect(text(first)).to_be_focused()
            first.close()


def test_undo_takes_back_ones_own_words_alone(opened, document):
    first, second = document.enter(opened(FIRST)), document.enter(opened(SECOND))
    at(first, "Control+Home")
    first.keyboard.type("Hers. ")
    expect(text(second)).to_contain_text("Hers.")
    at(second, "Control+End")
    second.keyboard.type(" His.")
    expect(text(first)).to_contain_text("His.")
    first.keyboard.press("Control+z")
    for page in (first, second):
        expect(text(page)).to_have_text("One two three. His.")
    first.keyboard.press("Control+y")
    for page in (first, second):
        expect(text(page)).to_have_text("Hers. One two three. His.")
    second.keyboard.press("Control+z")
    for page in (first, second):
        expect(text(page)).to_have_text("Hers. One two three.")


def test_a_connection_that_goes_and_comes_back_loses_nothing(opened, document):
    first, second = document.enter(opened(FIRST)), document.enter(opened(SECOND))
    at(first, "Control+Home")
    first.context.set_offline(True)
    expect(first.locator("[data-status]")).to_contain_text("The connection is away")
    first.keyboard.type("Written far away. ")
    expect(first.locator("[data-status]")).to_contain_text(
        "Not saved. The connection is away. Your words are kept in this browser"
    )
    assert "Written far away." in first.evaluate(
        "new Promise((done) => setTimeout(() => done(Object.values(localStorage).join()), 600))"
    )
    at(second, "Control+End")
    second.keyboard.type(" Written meanwhile.")
    saved(second)
    first.context.set_offline(False)
    both = "Written far away. One two three. Written meanwhile."
    for page in (first, second):
        expect(text(page)).to_have_text(both, timeout=20_000)
    saved(first)
    assert first.evaluate("Object.keys(localStorage).filter((one) => one.startsWith('juncture:words'))") == []
    opened.complaints[:] = [one for one in opened.complaints if not JOINED.search(one)]


def test_words_of_a_page_that_closes_while_the_connection_is_away_are_offered_again(opened, document):
    page = document.enter(opened(FIRST))
    at(page, "Control+End")
    page.context.set_offline(True)
    expect(page.locator("[data-status]")).to_contain_text("The connection is away")
    page.keyboard.type(" Nearly lost.")
    expect(page.locator("[data-status]")).to_contain_text("Your words are kept in this browser")
    page.wait_for_timeout(600)
    context = page.context
    page.close(run_before_unload=False)
    context.set_offline(False)
    document.patch("One two three.", "One two three, and four.")
    again = document.enter(context.new_page())
    expect(text(again)).to_have_text("One two three, and four.")
    document.enter(again)
    again.get_by_role("button", name="Bring them back").click()
    expect(text(again)).to_have_text("One two three, and four. Nearly lost.")
    expect(again.locator(".kept")).to_have_count(0)
    opened.complaints[:] = [one for one in opened.complaints if not JOINED.search(one)]


def test_a_server_that_is_killed_while_two_type_loses_nothing(opened, document):
    served, (first, second) = document.served, [document.enter(opened(email)) for email in NAMES]
    at(first, "Control+Home")
    at(second, "Control+End")
    typed = iter(range(1000))

    def both_type(times):
        for _, number in zip(range(times), typed, strict=False):
            first.keyboard.type(f"a{number} ")
            second.keyboard.type(f" b{number}")

    both_type(8)
    for page in (first, second):
        saved(page)
    both_type(2)
    port = served.url.rpartition(":")[2]
    served.kill_everything()
    both_type(8)
    for page in (first, second):
        expect(page.locator("[data-status]")).to_contain_text("Not saved. The connection is away")
    served.start(wait=False, port=port)
    both_type(8)
    served.ready()
    for page in (first, second):
        saved(page)
    count = next(typed)
    wanted = (
        f"{''.join(f'a{number} ' for number in range(count))}One two three.{''.join(f' b{number}' for number in range(count))}"
    )
    for page in (first, second):
        expect(text(page)).to_have_text(wanted)
        expect(page.locator("[data-here] button")).to_have_count(1)
    first.wait_for_timeout(1_500)
    assert document.stored == wanted
    opened.complaints[:] = [one for one in opened.complaints if not JOINED.search(one)]


def test_a_text_that_the_server_makes_anew_is_not_merged_and_no_word_goes(opened, document):
    """As after a backup is brought back: what the page has is another document, and its words come as text."""
    served, page = document.served, document.enter(opened(FIRST))
    at(page, "Control+End")
    page.keyboard.type(" Stored.")
    saved(page)
    page.wait_for_timeout(1_500)
    port = served.url.rpartition(":")[2]
    served.kill_everything()
    page.keyboard.type(" Typed while it was away.")
    with sqlite3.connect(served.data / "juncture.sqlite3") as database:
        for table in ("liveupdate", "livetext"):
            database.execute(f"DELETE FROM postmortems_{table}")
    served.start(port=port)
    saved(page)
    page.locator("[data-write][data-together=open]").wait_for()
    page.keyboard.type(" And on.")
    saved(page)
    page.wait_for_timeout(1_500)
    assert document.stored == words(page) == "One two three. Stored. Typed while it was away. And on."
    opened.complaints[:] = [one for one in opened.complaints if not JOINED.search(one)]


def test_sections_that_others_add_rename_and_take_out_come_in(opened, document):
    first, second = document.enter(opened(FIRST)), document.enter(opened(SECOND))
    at(second, "Control+End")
    second.keyboard.type(" Mine.")
    made = document.call(
        "POST", f"postmortems/{document.id}/sections", {"heading": "What it felt like", "after": document.section}
    )
    fresh = f"#s-{made['id']}"
    for page in (first, second):
        expect(page.locator(f".w-section:has(#s-{document.section}) + {fresh}, #s-{document.section} + {fresh}")).to_have_count(
            1
        )
        expect(page.locator("[data-outline]")).to_contain_text("What it felt like")
    expect(text(second)).to_be_focused()
    first.locator(f"{fresh} .cm-content").click()
    first.keyboard.type("Long.")
    expect(second.locator(f"{fresh} .cm-content")).to_have_text("Long.")
    saved(first)
    second.locator(f"{fresh} .cm-content").click()
    document.call("DELETE", f"postmortems/{document.id}/sections/{made['id']}")
    expect(second.get_by_text("Somebody took this section out.")).to_be_visible()
    expect(second.locator(f"{fresh} .cm-content")).to_have_text("Long.")
    second.get_by_role("button", name="Close").click()
    expect(second.locator(fresh)).to_have_count(0)
    expect(second.locator("[data-outline]")).not_to_contain_text("What it felt like")


def test_a_new_citation_has_a_label_of_its_page_while_others_could_take_the_same(opened, document):
    sent = document.served.call("POST", f"incidents/{document.incident}/evidence?date=2026-03-02&timezone=UTC", CHAT.encode(),
                                as_=FIRST, content_type="text/plain")  # fmt: skip
    assert sent[0] == 202, sent
    first, second = document.enter(opened(FIRST)), document.enter(opened(SECOND))
    read = "async (id) => (await (await fetch(`/api/v1/incidents/${id}/timeline`)).json()).items.length > 3"
    first.wait_for_function(read, arg=document.incident)
    expect(first.get_by_role("button", name="Second Author")).to_be_visible()
    at(first, "Control+End")
    first.keyboard.type(" [^falling")
    first.locator(".offered").wait_for()
    # Somebody types elsewhere meanwhile: what is offered stays.
    at(second, "Control+Home")
    second.keyboard.type("Before. ")
    expect(text(first)).to_contain_text("Before. ")
    first.wait_for_timeout(300)
    first.keyboard.press("Enter")
    expect(text(second)).to_contain_text("error rate is falling")
    line, footnote = words(second).split("\n\n")
    (label,) = re.fullmatch(r"Before\. One two three\. \[\^(e\d+[a-z]{2})\]", line).groups()
    assert footnote.startswith(f"[^{label}]: 14:09:00 UTC")


def test_one_person_on_two_pages_is_one_person(opened, document):
    first, second = document.enter(opened(FIRST)), document.enter(opened(SECOND))
    other = document.enter(second.context.new_page())
    expect(first.locator("[data-here] button")).to_have_count(1)
    expect(second.get_by_role("button", name="You, on another page")).to_be_visible()
    at(second, "Control+Home")
    second.keyboard.type("From one page. ")
    at(other, "Control+End")
    other.keyboard.type(" From the other.")
    for page in (first, second, other):
        expect(text(page)).to_have_text("From one page. One two three. From the other.")
    for page in (second, other):
        saved(page)
    other.close()
    first.wait_for_timeout(500)
    expect(first.locator("[data-here] button")).to_have_count(1)


@pytest.mark.parametrize("missing", ["no WebSocket in the browser", "no way for one"])
def test_without_a_socket_the_page_saves_as_a_form_would(opened, document, missing):
    page = opened(FIRST)
    if missing == "no way for one":
        page.route_web_socket("**/together/**", lambda socket: socket.close())
    else:
        page.add_init_script("delete window.WebSocket")
    sent = []
    page.on("request", lambda request: request.method == "PATCH" and sent.append(request.url))
    document.enter(page, joined=False)
    at(page, "Control+End")
    page.keyboard.type(" By PATCH.")
    saved(page)
    assert sent
    assert document.stored == "One two three. By PATCH."
    page.keyboard.press("Control+z")
    saved(page)
    expect(text(page)).to_have_text("One two three.")


def test_words_typed_before_the_socket_is_there_come_along(opened, document):
    page = opened(FIRST)
    held = []
    page.route_web_socket("**/together/**", lambda socket: held.append(socket) if not held else socket.connect_to_server())
    document.enter(page, joined=False)
    at(page, "Control+End")
    page.keyboard.type(" Early")
    held[0].close()
    page.keyboard.type(" and while it comes.", delay=60)
    page.locator("[data-write][data-together=open]").wait_for()
    page.keyboard.type(" Late.")
    saved(page)
    page.wait_for_timeout(1_500)
    assert document.stored == "One two three. Early and while it comes. Late."
    expect(text(page)).to_have_text(document.stored)


def test_a_patch_by_the_interface_comes_in_while_two_type(opened, document):
    first, second = document.enter(opened(FIRST)), document.enter(opened(SECOND))
    at(first, "Control+Home")
    at(second, "Control+End")
    for number in range(10):
        first.keyboard.type(f"a{number} ")
        second.keyboard.type(f" b{number}")
        if number == 5:
            document.patch("One two three.", "One TWO three.")
    wanted = f"{''.join(f'a{number} ' for number in range(10))}One TWO three.{''.join(f' b{number}' for number in range(10))}"
    for page in (first, second):
        expect(text(page)).to_have_text(wanted)
        saved(page)
    first.wait_for_timeout(1_500)
    assert document.stored == wanted


def test_emoji_and_right_to_left_words_stay_whole(opened, people):
    document = Document(people, "😀 start\n\nשלום עולם\n\nabc مرحبا def")
    first, second = document.enter(opened(FIRST)), document.enter(opened(SECOND))
    # One emoji is replaced by another that begins with the same half.
    at(first, "Control+Home")
    first.keyboard.press("Shift+ArrowRight")
    first.keyboard.insert_text("😁👩‍💻é")
    expect(text(second)).to_contain_text("😁👩‍💻é start")
    at(second, "Control+Home")
    for _ in range(2):
        second.keyboard.press("ArrowDown")
    second.keyboard.press("Home")
    second.keyboard.insert_text("אני ")
    expect(text(first)).to_contain_text("אני שלום עולם")
    caret = first.locator(".caret").first
    line = first.locator(".cm-line", has_text="שלום").first.bounding_box()
    box = caret.bounding_box()
    assert line["y"] - 2 <= box["y"] <= line["y"] + line["height"]
    # The beginning of a right-to-left line is at its right: the cursor stands before the words that were typed into it.
    assert box["x"] > line["x"] + line["width"] * 0.5
    for page in (first, second):
        saved(page)
    first.wait_for_timeout(1_500)
    assert document.stored == "😁👩‍💻é start\n\nאני שלום עולם\n\nabc مرحبا def"
    assert words(first) == words(second) == document.stored
    first.keyboard.press("Control+z")
    expect(text(second)).to_contain_text("😀 start")
    saved(first)
    assert "�" not in words(second)


def test_who_loses_the_right_is_told_and_keeps_the_words_on_the_page(opened, document):
    first, second = document.enter(opened(FIRST)), document.enter(opened(SECOND))
    at(second, "Control+End")
    second.keyboard.type(" Before.")
    saved(second)
    document.call("PATCH", f"incidents/{document.incident}", {"visibility": "restricted"})
    expect(second.locator("[data-status]")).to_contain_text("not open to you any more", timeout=15_000)
    expect(text(second)).to_have_text("One two three. Before.")
    expect(text(second)).to_have_attribute("aria-readonly", "true")
    second.keyboard.type(" After.")
    expect(text(second)).to_have_text("One two three. Before.")
    at(first, "Control+Home")
    first.keyboard.type("She goes on. ")
    saved(first)
    assert "She goes on" not in words(second)
    opened.complaints[:] = [one for one in opened.complaints if not JOINED.search(one)]
