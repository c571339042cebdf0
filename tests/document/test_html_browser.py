"""The page in a real browser: what the handle hides, what keys and fingers do, what opens without a script."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest
from tests.document import sample

from juncture.document.html.page import page
from juncture.document.replay import at

LATER_WORDS = (
    "How a queued lock stopped checkout", "Orders not placed", "Migration 0147 cancelled", "The provider answered at 14:37",
    "Cancel the migration, or cancel the report", "Lessons learned here", "A statement that waits for a lock",
)  # fmt: skip


@pytest.fixture(scope="module")
def file(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("page") / "postmortem.html"
    path.write_text(page(sample.postmortem(), sample.excerpts()), "utf-8")
    return path


@pytest.fixture
def opened(browser, file):
    """Return a function that opens the page; the test fails on anything that the page complains of or asks the network for."""
    contexts, complaints = [], []

    def open_(width=1280, path=file, **options):
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        view = context.new_page()
        view.on("console", lambda message: complaints.append(message.text))
        view.on("pageerror", lambda error: complaints.append(str(error)))
        view.on("request", lambda request: request.url.startswith("file://") or complaints.append(request.url))
        view.goto(path.as_uri())
        return view

    yield open_
    for context in contexts:
        context.close()
    assert complaints == []


def shown(view) -> str:
    return view.evaluate("document.body.innerText")


def drag_to(view, percent: float, *, release: bool = True) -> None:
    view.locator("#handle").scroll_into_view_if_needed()
    canvas = view.locator(".lanes-canvas").bounding_box()
    handle = view.locator("#handle").bounding_box()
    view.mouse.move(handle["x"] + handle["width"] / 2, handle["y"] + 12)
    view.mouse.down()
    view.mouse.move(canvas["x"] + canvas["width"] * percent / 100, canvas["y"] + 60, steps=4)
    view.wait_for_timeout(60)
    if release:
        view.mouse.up()


def to_decision(view, words: str) -> None:
    view.locator(".decision-item", has_text=words).locator(".replay-from").click()


def test_at_rest_everything_is_there_and_the_handle_is_a_slider(opened):
    view = opened()
    assert LATER_WORDS[0] in shown(view)
    handle = view.get_by_role("slider")
    assert handle.get_attribute("aria-valuetext") == "At the end: everything is shown"
    assert view.locator(".fog").is_hidden()
    # Not called as the section that a document may have.
    assert view.get_by_role("region", name="Lanes", exact=True).count() == 1


def test_dragging_the_handle_leaves_only_what_was_known(opened):
    view = opened()
    drag_to(view, 45)
    text = shown(view)
    assert "Known at 14:3" in text
    assert "Gateway restarted" in text
    for words in LATER_WORDS:
        assert words not in text
    assert view.title().startswith("Known at 14:3")


def test_every_event_and_mark_left_on_the_page_was_known_at_the_moment(opened):
    view = opened()
    for percent in (5, 20, 40, 60, 80):
        drag_to(view, percent)
        moment = view.evaluate("""() => {
            const [first, last] = document.querySelector(".theatre").dataset.scale.split(" ").map((knot) => knot.split(":").map(Number));
            const x = parseFloat(document.getElementById("handle").style.left);
            return first[0] + (x - first[1]) / (last[1] - first[1]) * (last[0] - first[0]);
        }""")
        known = view.evaluate(
            """() => [...document.querySelectorAll("[data-known]")]
                .filter((each) => each.getClientRects().length && getComputedStyle(each).visibility === "visible")
                .map((each) => each.dataset.known)"""
        )
        assert known
        assert all(each != "never" and int(each) <= moment + 1 for each in known)


def test_the_exported_file_at_a_moment_shows_no_more_than_the_cut_record_holds(opened):
    view = opened()
    to_decision(view, "Roll back the deploy now")
    then = at(sample.postmortem(), sample.t("14:32:00"))
    visible = set(
        view.evaluate("[...document.querySelectorAll('.events .event')].filter((e) => e.offsetParent).map((e) => e.id)")
    )
    keys = {event.id for event in sample.EVENTS if event.key}
    assert visible == {f"event-{event.id}" for event in then.timeline if event.id in keys}


REACHED = """() => {
    const seen = (each) => each.checkVisibility({ visibilityProperty: true });
    const said = [document.title, document.body.innerText];
    for (const each of document.querySelectorAll("[title], [aria-label], [aria-valuetext]"))
        if (seen(each)) said.push(each.title, each.ariaLabel, each.ariaValueText);
    for (const each of document.querySelectorAll("svg title")) if (seen(each.parentElement)) said.push(each.textContent);
    for (const each of new Set([...document.querySelectorAll(".cite")].filter(seen).map((cite) => cite.popoverTargetElement))) {
        each.showPopover();
        said.push(each.innerText);
        each.hidePopover();
    }
    return said.join(" ");
}"""


def test_at_no_step_a_later_time_stands_anywhere_that_eyes_pointer_or_screen_reader_reach(opened):
    view = opened()
    handle = view.get_by_role("slider")
    handle.press("Home")
    steps = 0
    while not (said := handle.get_attribute("aria-valuetext")).startswith("At the end"):
        steps += 1
        view.get_by_role("button", name="Reveal what was there, not seen").click()
        text = view.evaluate(REACHED)
        assert [time for time in re.findall(r"\b\d\d:\d\d:\d\d\b", text) if time > said[:8]] == [], said
        handle.press("ArrowRight")
    assert steps > 20


def test_arrow_keys_step_from_event_to_event_and_shift_from_decision_to_decision(opened):
    view = opened()
    handle = view.get_by_role("slider")
    handle.focus()
    view.keyboard.press("Shift+ArrowLeft")
    assert handle.get_attribute("aria-valuetext").startswith("14:44:05 UTC")
    view.keyboard.press("Shift+ArrowLeft")
    view.keyboard.press("Shift+ArrowLeft")
    assert handle.get_attribute("aria-valuetext") == "14:32:00 UTC, 10 key events known"
    view.keyboard.press("ArrowRight")
    assert handle.get_attribute("aria-valuetext").startswith("14:33:00 UTC, 11")
    view.keyboard.press("Home")
    assert handle.get_attribute("aria-valuetext").startswith("14:05:10 UTC, 1 key event ")
    view.keyboard.press("End")
    assert handle.get_attribute("aria-valuetext").startswith("15:06:30 UTC")
    view.keyboard.press("Escape")
    assert handle.get_attribute("aria-valuetext") == "At the end: everything is shown"
    assert LATER_WORDS[0] in shown(view)


def test_the_buttons_do_what_they_say(opened):
    view = opened()
    view.get_by_role("button", name="Next decision").click()
    assert "Known at 14:29:10" in shown(view)
    view.get_by_role("button", name="Next decision").click()
    assert "Known at 14:32:00" in shown(view)
    view.get_by_role("button", name="Earlier decision").click()
    assert "Known at 14:29:10" in shown(view)
    view.get_by_role("button", name="Leave replay").click()
    assert "Known at" not in shown(view)


def test_a_decision_is_shown_as_it_looked_then_with_what_to_ask(opened):
    view = opened()
    to_decision(view, "Roll back the deploy now")
    panel = view.locator("#juncture-now").inner_text()
    assert "Keep looking for five minutes" in panel
    assert "What did you take it to mean?" in panel
    assert "nothing was wrong" not in shown(view)
    assert view.locator("#juncture-now .decision-item").count() == 1


def test_what_was_there_and_not_seen_comes_only_when_asked_for_and_without_its_later_time(opened):
    view = opened()
    to_decision(view, "Roll back the deploy now")
    assert "AccessExclusiveLock" not in shown(view)
    view.get_by_role("button", name="Reveal what was there, not seen").click()
    unseen = view.locator(".unseen").inner_text()
    assert "What would have brought this to you?" in unseen
    assert "AccessExclusiveLock" in unseen
    assert "14:41:20" not in shown(view)
    assert "1,106" not in unseen
    assert "canceling statement due to <*>" in unseen
    assert "Provider" not in unseen
    lock = view.locator(f'.lanes a[href="#event-{sample.find("AccessExclusiveLock").id}"]')
    assert lock.locator(".happened").is_visible()
    assert lock.locator(".could-be-known").is_hidden()
    view.locator("#handle").press("ArrowRight")
    assert view.locator(".unseen").is_hidden()


def test_lines_around_a_cited_one_stay_hidden_in_the_replay(opened):
    view = opened()
    to_decision(view, "Roll back the deploy now")
    view.locator(".events .event:visible .cite").first.click()
    text = view.locator(".excerpt:popover-open").inner_text()
    assert "health checks green" in text
    assert "the line after" not in text


def test_in_the_replay_one_place_an_event_is_left_because_others_may_be_later(opened, tmp_path):
    alert = sample.find("CheckoutErrorRateHigh")
    several = msgspec.structs.replace(alert, citations=(*alert.citations, sample.cited("hooks/0019.json", "/alerts/0")))
    events = tuple(several if each.id == alert.id else each for each in sample.EVENTS)
    path = tmp_path / "several.html"
    path.write_text(page(msgspec.structs.replace(sample.postmortem(), timeline=events), sample.excerpts()), "utf-8")
    view = opened(path=path)
    numbers = view.locator(f"#event-{alert.id} .cite:visible")
    assert numbers.count() == 2
    to_decision(view, "Roll back the deploy now")
    assert numbers.count() == 1


def test_a_number_opens_its_lines_by_key_and_escape_closes_them(opened):
    view = opened()
    view.locator(".summary .cite").nth(1).focus()
    view.keyboard.press("Enter")
    excerpt = view.locator(".excerpt:popover-open")
    assert "still waiting for AccessExclusiveLock" in excerpt.inner_text()
    view.keyboard.press("Escape")
    assert excerpt.count() == 0


def test_numbers_open_and_lists_filter_without_a_script(opened):
    view = opened(java_script_enabled=False)
    view.locator(".summary .cite").first.click()
    assert view.locator(".excerpt:popover-open").count() == 1
    assert view.locator("#handle").is_hidden()
    minor = view.locator(".event.minor").first
    assert minor.is_hidden()
    view.locator("label", has_text="All kept").click()
    assert minor.is_visible()
    view.locator("label.pick", has_text="Signals").click()
    assert view.locator(".event.signal:visible").count() == 0


def test_a_finger_drags_the_handle(opened):
    view = opened(width=360, has_touch=True, is_mobile=True)
    assert view.evaluate("getComputedStyle(document.getElementById('handle')).touchAction") == "none"
    handle = view.locator("#handle").bounding_box()
    assert handle["x"] < 360
    drag_to(view, 20)
    assert "Known at" in shown(view)


@pytest.mark.parametrize("width", [360, 700, 1000, 1280])
def test_the_page_never_scrolls_sideways(opened, width):
    view = opened(width=width)
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not view.evaluate(wide)
    to_decision(view, "Roll back the deploy now")
    view.get_by_role("button", name="Reveal what was there, not seen").click()
    assert not view.evaluate(wide)


def test_marks_are_one_tab_stop_with_arrow_keys_inside(opened):
    view = opened()
    assert view.locator('.lanes a[tabindex="0"]').count() == 1
    view.locator('.lanes a[tabindex="0"]').focus()
    first = view.evaluate("document.activeElement.getAttribute('href')")
    view.keyboard.press("ArrowRight")
    assert view.evaluate("document.activeElement.getAttribute('href')") != first
    view.keyboard.press("Enter")
    assert view.evaluate("location.hash") == view.evaluate("document.activeElement.getAttribute('href') ?? location.hash")


FOCUSED = "document.activeElement.id || document.activeElement.className || document.activeElement.textContent"


def test_the_focus_is_never_lost_in_the_replay(opened):
    view = opened()
    view.locator("#next").press("Enter")
    view.locator("#next").press("Enter")
    assert view.evaluate(FOCUSED) == "next"
    view.get_by_role("button", name="Reveal what was there, not seen").press("Enter")
    assert view.evaluate(FOCUSED).startswith("There at 14:32:00")
    view.locator("#leave").focus()
    view.keyboard.press("Escape")
    assert view.evaluate(FOCUSED) == "handle"


def test_a_link_of_a_sentence_keeps_the_focus_and_says_once_that_it_is_copied(opened):
    view = opened()
    view.evaluate(
        "Object.defineProperty(navigator, 'clipboard', { value: { writeText: async (text) => { window.copied = text; } } })"
    )
    link = view.locator("a.here").first
    link.focus()
    view.keyboard.press("Enter")
    view.get_by_role("status").filter(has_text="Link copied").wait_for(state="attached")
    assert view.evaluate("window.copied") == view.url
    assert view.locator(":target").count() == 1
    assert view.evaluate(FOCUSED).startswith("here")
    assert link.get_attribute("aria-label") == "Link to this sentence"


def test_the_theme_follows_the_system_until_the_reader_says_otherwise(opened):
    ground = "getComputedStyle(document.body).backgroundColor"
    light, dark = opened(color_scheme="light"), opened(color_scheme="dark")
    assert light.evaluate(ground) != dark.evaluate(ground)
    dark.get_by_role("button", name="Switch between light and dark").click()
    assert dark.evaluate(ground) == light.evaluate(ground)


def test_paper_is_white_has_no_controls_and_prints_the_cited_lines(opened):
    view = opened(color_scheme="dark")
    view.emulate_media(media="print")
    assert view.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert view.locator("#handle").is_hidden()
    assert view.locator("header.bar").is_hidden()
    assert view.locator(".excerpt", has_text="AccessExclusiveLock").first.is_visible()
    assert view.locator(".formula").first.is_visible()


def test_where_nothing_shows_who_knew_what_the_replay_says_so(opened, tmp_path):
    unseen = tuple(msgspec.structs.replace(event, known_at=None, known_by=()) for event in sample.EVENTS)
    path = tmp_path / "unseen.html"
    path.write_text(page(msgspec.structs.replace(sample.postmortem(), timeline=unseen), {}), "utf-8")
    view = opened(path=path)
    assert "Nothing in this evidence shows who knew what" in view.locator(".replay-bar").inner_text()
    drag_to(view, 50)
    assert view.locator(".events .event:visible").count() == 0


def test_an_odd_and_a_bare_record_run_without_complaint(opened, tmp_path):
    record = sample.postmortem()
    for name, changed in {
        "bare": type(record)(title="Bare"),
        "one": msgspec.structs.replace(record, timeline=record.timeline[:1], decisions=(), phases=(), changes=()),
        "far": msgspec.structs.replace(
            record, decisions=tuple(msgspec.structs.replace(d, at=sample.t("14:00:00", day=3)) for d in record.decisions)
        ),
    }.items():
        path = tmp_path / f"{name}.html"
        path.write_text(page(changed, {}), "utf-8")
        view = opened(path=path)
        if name != "bare":
            drag_to(view, 40)
            assert "Known at" in shown(view)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing(opened, scheme, width):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    view = opened(width=width, color_scheme=scheme, bypass_csp=True, reduced_motion="reduce")
    for step in ("rest", "replay", "reveal", "excerpt"):
        if step == "replay":
            to_decision(view, "Roll back the deploy now")
        if step == "reveal":
            view.get_by_role("button", name="Reveal what was there, not seen").click()
        if step == "excerpt":
            view.locator(".events .event:visible .cite").first.click()
        found = axe.Axe().run(view).response["violations"]
        assert [(each["id"], each["nodes"][0]["html"][:120]) for each in found] == [], step
