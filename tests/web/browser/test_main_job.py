"""From an empty folder to a publication that a viewer reads, by mouse, by keyboard, without a script, on a phone."""

from __future__ import annotations

import re

import pytest
from tests.web.conftest import CHAT

pytestmark = pytest.mark.browser

PASSWORD = "a long enough passphrase"
ANA = "ana@example.org"


@pytest.fixture(scope="module")
def ana(browser, served):
    """Become the first administrator by the link, and return the address."""
    page = browser.new_page()
    page.goto(served.first_link)
    page.get_by_label("Name").fill("Ana Sample")
    page.get_by_label("E-mail").fill(ANA)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Become administrator").click()
    page.get_by_role("heading", name="Start from what the incident left behind").wait_for()
    page.close()
    return ANA


@pytest.fixture(scope="module")
def drafted(browser, served, ana):
    """Return the address of a draft that came from a pasted channel."""
    context = browser.new_context(base_url=served.url)
    page = context.new_page()
    page.goto("/sign-in/")
    page.get_by_label("E-mail").fill(ana)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    address = draft(page, CHAT)
    context.close()
    return address


def draft(page, text):
    page.goto("/incidents/new/")
    page.get_by_label("The incident channel").fill(text)
    page.get_by_role("button", name="Write the draft").click()
    page.wait_for_url("**/postmortems/**", timeout=60_000)
    return page.evaluate("location.pathname")


def test_paste_draft_edit_cite_publish_and_a_viewer_reads_it(opened, served, ana):
    page = opened(ana)
    page.goto("/")
    page.get_by_label("The incident channel").fill(CHAT)
    page.get_by_role("button", name="Write the draft").click()
    page.wait_for_url("**/postmortems/**", timeout=60_000)
    assert "rolling back release 412" in page.locator("article.document").inner_text()
    address = page.evaluate("location.pathname")
    page.get_by_role("link", name="Edit Summary").click()
    page.get_by_label("Text, as Markdown").fill("Checkout was down. Nobody lost a paid cart.")
    page.get_by_label("Text, as Markdown").evaluate("text => text.setSelectionRange(18, 18)")
    page.get_by_role("button", name="Cite: error rate is falling").click()
    page.wait_for_url("**at=**")
    text = page.get_by_label("Text, as Markdown").input_value()
    assert re.match(r"Checkout was down\.\[\^e\d+\] Nobody lost a paid cart\.", text)
    assert page.evaluate("document.activeElement.id") == "section-text"
    page.keyboard.press("Control+s")
    page.wait_for_url("**#edit-0")
    assert page.get_by_text("Checkout was down.").is_visible()
    page.get_by_role("button", name="Publish").click()
    page.get_by_text("Published. This is publication 1").wait_for()
    page.goto(address)
    page.get_by_role("link", name="Edit Summary").click()
    page.get_by_label("Text, as Markdown").fill("Working words that nobody has published.")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Working words that nobody has published.").wait_for()

    reader = opened(served.person("vera@example.org", "viewer"))
    reader.goto(address)
    text = reader.locator("body").inner_text()
    assert "Checkout was down." in text
    assert "Working words" not in reader.content()
    assert reader.get_by_role("link", name="Edit Summary").count() == 0
    assert reader.get_by_role("button", name="Publish").count() == 0
    assert reader.get_by_role("link", name="New incident").count() == 0


def test_the_handle_hides_what_was_not_known_under_the_policy_of_the_page(opened, ana, drafted):
    page = opened(ana)
    answer = page.goto(drafted)
    assert "script-src 'self';" in answer.headers["content-security-policy"] + ";"
    handle = page.get_by_role("slider")
    handle.press("Home")
    assert page.locator("html[data-replay]").count() == 1
    assert "rolling back release 412" not in page.locator("article.document").inner_text()
    handle.press("Escape")
    box = page.locator(".lanes-canvas").bounding_box()
    grip = handle.bounding_box()
    page.mouse.move(grip["x"] + grip["width"] / 2, grip["y"] + 12)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.1, grip["y"] + 12, steps=3)
    page.mouse.up()
    page.wait_for_function("document.title.startsWith('Known at')")
    assert "back to normal" not in page.locator("article.document").inner_text()


def test_a_folder_that_is_dropped_is_taken_whole_with_its_paths(opened, ana, tmp_path):
    folder = tmp_path / "evidence"
    (folder / "logs").mkdir(parents=True)
    (folder / "logs" / "app.log").write_text("2026-03-02T14:05:00Z ERROR payment capture failed\n" * 3)
    (folder / "chat.txt").write_text(CHAT)
    page = opened(ana)
    page.goto("/incidents/new/")
    drop(page, folder)
    listed = page.locator(".chosen li")
    listed.first.wait_for()
    assert sorted(item.split("\n")[0] for item in listed.all_inner_texts()) == ["evidence/chat.txt", "evidence/logs/app.log"]
    assert page.locator(".chosen-sum").inner_text().startswith("2 files, ")
    page.get_by_role("button", name="Write the draft").click()
    page.wait_for_url("**/postmortems/**", timeout=60_000)
    page.get_by_role("link", name=re.compile("INC-")).first.click()
    assert page.get_by_text("evidence/logs/app.log").is_visible()
    assert page.get_by_text("evidence/chat.txt").is_visible()


def drop(page, *paths):
    """Drag files or folders of this machine over the page and let them go, as a file manager does."""
    session = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver"):
        session.send("Input.dispatchDragEvent", {"type": kind, "x": 400, "y": 400, "data": data})
    page.locator(".drop.over, body.over").wait_for()
    session.send("Input.dispatchDragEvent", {"type": "drop", "x": 400, "y": 400, "data": data})


def test_chosen_files_are_listed_once_and_can_be_removed_by_keyboard(opened, ana, tmp_path):
    for name in ("one.txt", "two.txt"):
        (tmp_path / name).write_text(CHAT)
    page = opened(ana)
    page.goto("/incidents/new/")
    files = page.locator("#files")
    files.set_input_files(tmp_path / "one.txt")
    files.set_input_files([tmp_path / "one.txt", tmp_path / "two.txt"])
    assert page.locator(".chosen li").count() == 2
    page.get_by_role("button", name="Remove one.txt").press("Enter")
    assert page.locator(".chosen li").all_inner_texts()[0].startswith("two.txt")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Remove two.txt"
    assert page.evaluate("document.querySelector('#files').files.length") == 1


PASTE = """([kind, text]) => {
    const data = new DataTransfer();
    data.items.add(new File(["x"], "screen.png", { type: "image/png" }));
    if (text) data.setData("text/plain", text);
    document.querySelector("#text").dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
    return document.querySelectorAll(".chosen li").length;
}"""


def test_a_picture_that_is_pasted_is_a_file_unless_it_comes_beside_its_text(opened, ana):
    page = opened(ana)
    page.goto("/incidents/new/")
    assert page.evaluate(PASTE, ["image", "the same as text"]) == 0
    assert page.evaluate(PASTE, ["image", ""]) == 1


def test_nothing_is_sent_without_anything_to_read(opened, ana):
    page = opened(ana)
    page.goto("/incidents/new/")
    page.get_by_role("button", name="Declare").click()
    assert page.url.endswith("/incidents/new/")
    said = "Paste text, choose files, or give it a title."
    assert page.evaluate("document.querySelector('#text').validationMessage") == said
    page.get_by_label("The incident channel").fill(CHAT)
    assert page.evaluate("document.querySelector('#text').checkValidity()")


def test_what_is_refused_stays_in_the_box_and_is_said_first(opened, ana):
    page = opened(ana)
    page.goto("/incidents/new/")
    page.get_by_label("The incident channel").fill(CHAT)
    page.get_by_text("Zone, people, data").click()
    page.get_by_label("Zone").fill("Mars/Base")
    page.get_by_role("button", name="Write the draft").click()
    page.get_by_role("alert").wait_for()
    assert "Mars/Base" in page.get_by_role("alert").inner_text()
    assert page.evaluate("document.activeElement.id") == "complaint"
    assert page.get_by_label("The incident channel").input_value() == CHAT
    opened.complaints[:] = [said for said in opened.complaints if "422" not in said]


def test_evidence_of_no_known_kind_fails_in_words_and_leads_on(opened, ana, tmp_path):
    (tmp_path / "core.bin").write_bytes(bytes(range(256)) * 4)
    page = opened(ana)
    page.goto("/incidents/new/")
    page.locator("#files").set_input_files(tmp_path / "core.bin")
    page.get_by_role("button", name="Write the draft").click()
    page.locator("#state").get_by_text("Nothing in it could be read.").wait_for(timeout=60_000)
    assert "core.bin" in page.locator("#state").inner_text()
    assert page.get_by_role("link", name="Add other evidence").is_visible()
    # Reading it again could change nothing.
    assert not page.get_by_role("button", name="Read it again").is_visible()


def test_a_large_upload_shows_how_far_it_is_and_leads_to_its_draft(opened, ana, tmp_path):
    lines = (
        f"2026-03-02T14:{n // 60 % 60:02}:{n % 60:02}Z ERROR payment {n % 7} failed after {n} ms\n" for n in range(100_000)
    )
    (tmp_path / "app.log").write_text("".join(lines))
    page = opened(ana)
    page.goto("/incidents/new/")
    page.locator("#files").set_input_files(tmp_path / "app.log")
    page.get_by_role("button", name="Write the draft").click()
    page.wait_for_url("**/imports/**", timeout=60_000)
    page.wait_for_url("**/postmortems/**", timeout=120_000)


def test_without_a_script_the_same_job_is_done(opened, served, ana):
    page = opened(ana, java_script_enabled=False)
    page.goto("/incidents/new/")
    page.get_by_label("The incident channel").fill(CHAT)
    page.get_by_role("button", name="Write the draft").click()
    page.get_by_role("link", name="Open the draft").click(timeout=60_000)
    assert "rolling back release 412" in page.locator("article.document").inner_text()
    page.get_by_role("link", name="Edit Summary").click()
    page.get_by_role("button", name="Cite: ").first.click()
    assert "[^e" in page.get_by_label("Text, as Markdown").input_value()
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Publish").click()
    page.get_by_text("Published. This is publication 1").wait_for()


def test_events_are_found_beside_unsaved_words(opened, ana, drafted):
    page = opened(ana)
    page.goto(drafted)
    page.get_by_role("link", name="Edit Summary").click()
    text = page.get_by_label("Text, as Markdown")
    text.fill("Words that are not saved yet.")
    page.get_by_label("Words in the event").fill("falling")
    page.get_by_label("Words in the event").press("Enter")
    page.get_by_text("1 event with “falling”").wait_for()
    assert text.input_value() == "Words that are not saved yet."
    page.get_by_role("button", name="Cite: error rate is falling").click()
    page.wait_for_url("**q=falling**")
    assert text.input_value().startswith("Words that are not saved yet.[^e")


def test_keys_reach_everything_first(opened, ana, drafted):
    page = opened(ana)
    page.goto(drafted)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("n")
    page.wait_for_url("**/incidents/new/")
    assert page.evaluate("document.activeElement.id") == "text"
    page.keyboard.press("n")
    assert page.get_by_label("The incident channel").input_value() == "n"
    account = page.get_by_label("Your account: Ana Sample")
    account.press("Enter")
    assert page.get_by_role("button", name="Sign out").is_visible()
    page.keyboard.press("Escape")
    assert page.get_by_role("button", name="Sign out").is_hidden()


def test_colours_follow_the_system_until_they_are_chosen_and_stay_chosen(opened, ana):
    page = opened(ana, theme="dark")
    page.goto("/")
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(ground)
    page.get_by_label("Your account: Ana Sample").click()
    page.get_by_role("button", name="Switch between light and dark").click()
    light = page.evaluate(ground)
    assert light != dark
    page.goto("/incidents/")
    assert page.evaluate(ground) == light


def test_on_a_phone_no_page_is_wider_than_the_screen_and_targets_are_large(opened, ana, drafted):
    page = opened(ana, width=360)
    page.goto(drafted)
    section = page.get_by_role("link", name="Edit Summary").get_attribute("href")
    for path in (
        "/",
        "/incidents/",
        "/incidents/new/",
        "/incidents/1/",
        "/incidents/1/timeline/",
        drafted,
        section,
    ):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
        small = page.evaluate(
            """() => [...document.querySelectorAll("button, summary, main .button, header a, input:not([type=hidden]), select, textarea")]
                .filter((each) => each.checkVisibility() && !each.closest("article, .lanes, .pick, .skip, [aria-hidden]"))
                .filter((each) => each.getBoundingClientRect().height < 44 && each.getBoundingClientRect().height > 1)
                .map((each) => each.outerHTML.slice(0, 80))"""
        )
        assert small == [], path


def test_events_are_found_beside_unsaved_words_without_a_script_too(opened, ana, drafted):
    page = opened(ana, java_script_enabled=False)
    page.goto(drafted)
    page.get_by_role("link", name="Edit Summary").click()
    page.get_by_label("Text, as Markdown").fill("Words that are not saved yet.")
    page.get_by_label("Words in the event").fill("falling")
    page.get_by_label("Words in the event").press("Enter")
    page.get_by_text("1 event with “falling”").wait_for()
    assert page.get_by_label("Text, as Markdown").input_value() == "Words that are not saved yet."
    page.get_by_role("button", name="Cite: error rate is falling").click()
    assert page.get_by_label("Text, as Markdown").input_value().startswith("Words that are not saved yet.[^e")
