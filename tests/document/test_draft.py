import importlib.util
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from juncture.document.draft import draft
from juncture.document.drafting.footnotes import plain
from juncture.document.drafting.orders import PARTS, PRACTICES, order
from juncture.document.record_file import read, write
from juncture.model.evidence import Kind, Lane, Note
from juncture.model.record import Timeline

_spec = importlib.util.spec_from_file_location("draft_story", Path(__file__).parents[1] / "inquiry" / "story.py")
story = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(story)

REFERENCE = re.compile(r"\[\^(\w+)\](?!:)")
DEFINITION = re.compile(r"^\[\^(\w+)\]: (.*)$", re.MULTILINE)


def text_of(postmortem):
    return "\n\n".join(f"## {section.heading}\n\n{section.markdown}" for section in postmortem.sections)


def section(postmortem, heading):
    return next(one.markdown for one in postmortem.sections if one.heading == heading)


def chat_only():
    incident = story.Story()
    seen = incident.say("14:01", "Mara Lindqvist", "checkout answers 500 since about 5 min", channel=None)
    taken = incident.say("14:03", "Sam Okafor", "looking", channel=None)
    incident.say("14:04", "Sam Okafor", "release 412 went out at 13:55, should we roll back?", channel=None)
    incident.say("14:05", "Ana Kovac", "give it five minutes. canary was green", channel=None)
    incident.say("14:13", "Ana Kovac", "ok roll it back", channel=None)
    incident.say("14:13:10", "Sam Okafor", "rolling back 412 now", channel=None)
    end = incident.say("14:21", "Mara Lindqvist", "orders are going through again", channel=None)
    over = incident.say("14:24", "Sam Okafor", "all clear, back to normal", channel=None)
    for name, clock, event in (
        ("started", "14:01", seen), ("detected", "14:01", seen), ("acknowledged", "14:03", taken),
        ("mitigated", "14:21", end), ("resolved", "14:24", over),
    ):  # fmt: skip
        incident.reached(name, clock, event)
    return incident


def one_alert():
    incident = story.Story()
    incident.alert("14:08", "CheckoutErrors")
    return incident


def whole():
    incident = story.checkout_lock()
    counted = [
        story.series("http_requests_total", {"service": "checkout", "code": "200"}, [n * 10 for n in range(300)]),
        story.series("http_requests_total", {"service": "checkout", "code": "503"}, [0] * 80 + [n * 8 for n in range(220)]),
    ]
    return draft(incident.timeline(), counted)


ALL = {"whole": story.checkout_lock, "chat": chat_only, "alert": one_alert, "nothing": story.Story}


@pytest.mark.parametrize("practice", PRACTICES)
@pytest.mark.parametrize("incident", ALL.values(), ids=ALL)
def test_every_reference_has_one_definition_that_binds_a_whole_id_of_the_draft(incident, practice):
    postmortem = draft(incident().timeline(), practice=practice)
    text = text_of(postmortem)
    defined = DEFINITION.findall(text)
    assert {label for label, _ in defined} == set(REFERENCE.findall(text))
    assert len(defined) == len({label for label, _ in defined})
    ids = {event.id for event in postmortem.timeline}
    for _, words in defined:
        bound = re.search(r"\(event ([0-9a-f]{32}), sha256:[0-9a-f]{64}, /\d+\)$", words)
        assert bound
        assert bound[1] in ids


@pytest.mark.parametrize("practice", PRACTICES)
@pytest.mark.parametrize("incident", ALL.values(), ids=ALL)
def test_a_draft_is_written_as_a_record_file_and_read_back_the_same(incident, practice):
    postmortem = draft(incident().timeline(), practice=practice, assumptions=(Note("paste.txt", "read as UTC"),))
    text = write(postmortem)
    assert read(text).record == postmortem
    assert "juncture:exact" not in text


@pytest.mark.parametrize("incident", ALL.values(), ids=ALL)
def test_no_name_of_a_person_stands_in_a_draft_beside_the_participants(incident):
    made = incident()
    postmortem = draft(made.timeline())
    names = {word.lower() for event in made.events if event.actor for word in event.actor.split()} - {"deployer", "yuki"}
    said = text_of(postmortem).lower() + " ".join(postmortem.questions).lower()
    said += " ".join(f"{event.summary} {event.actor} {event.known_by}" for event in postmortem.timeline).lower()
    for one in (*postmortem.decisions, *postmortem.changes, *postmortem.weak_points):
        said += str(one).lower()
    assert not [name for name in names if re.search(rf"\b{name}\b", said)]


def test_the_sections_of_google_stand_in_their_order():
    assert [one.heading for one in whole().sections] == [
        "Summary", "Impact", "Timeline", "Detection", "Contributing factors and trigger", "Resolution", "What was decided",
        "Weak points", "Lessons learned", "Action items", "Open questions", "Who took part", "Sources",
    ]  # fmt: skip


@pytest.mark.parametrize("practice", PRACTICES)
def test_every_part_of_an_order_exists_and_shows_each_object_once(practice):
    def parts(headings):
        for one in headings:
            yield from one.parts
            yield from parts(one.below)

    assert set(parts(order(practice).sections)) <= set(PARTS)
    text = text_of(draft(story.checkout_lock().timeline(), practice=practice))
    blocks = re.findall(r"^<!-- juncture:([a-z-]+) -->$", text, re.MULTILINE)
    assert sorted(blocks) == sorted(set(blocks))
    assert {"timeline", "impact", "decisions", "changes", "weak-points", "actions", "questions", "participants"} <= set(blocks)


def test_no_practice_has_a_root_cause():
    for practice in PRACTICES:
        assert "root cause" not in text_of(draft(story.checkout_lock().timeline(), practice=practice)).lower()


def test_an_unknown_practice_is_refused_by_name():
    with pytest.raises(ValueError, match="google"):
        draft(story.Story().timeline(), practice="acme")


def test_the_title_says_what_where_and_how_long():
    assert whole().title == "Errors in checkout for 15\N{NO-BREAK SPACE}min"
    assert draft(chat_only().timeline()).title == "“Checkout answers 500” for 20\N{NO-BREAK SPACE}min"
    assert draft(one_alert().timeline()).title == "Errors in checkout on 2 March 2026"
    assert draft(story.Story().timeline()).title == "Incident without a dated event"


def test_the_summary_is_made_of_cited_facts():
    text = section(whole(), "Summary")
    assert "On Monday 2 March 2026, checkout answered with errors from 14:06:00 to 14:21:00 UTC" in text
    assert "the alert CheckoutErrors, sent to frontend" in text
    assert "The on-call engineer acknowledged it at 14:10:00 UTC, 2\N{NO-BREAK SPACE}min after the first signal." in text
    assert "The incident commander called it an incident, Sev 2, at 14:11:00 UTC." in text
    assert "this is a candidate, not a finding" in text
    assert "“Cancel the migration”" in text
    assert "It was said to be over at 14:25:00 UTC." in text
    for paragraph in text.split("\n\n"):
        for sentence in re.findall(r"[^.]*\d\d:\d\d:\d\d[^.]*\.(\[\^\w+\])?", paragraph):
            assert sentence


def test_figures_stand_in_the_summary_with_their_citation():
    assert re.search(r"Requests to checkout that failed: [\d,]+ of [\d,]+\.\[\^s1\]", section(whole(), "Summary"))


def test_an_absence_is_words_and_null_never_zero():
    postmortem = draft(one_alert().timeline())
    assert postmortem.incident.started_at is None
    assert postmortem.incident.mitigated_at is None
    text = section(postmortem, "Summary")
    assert "shows neither a start nor an end" in text
    assert not re.search(r"\b0\N{NO-BREAK SPACE}(?:s|min)\b", text_of(postmortem))
    assert any("When did users first feel it" in question for question in postmortem.questions)


def test_a_pasted_chat_alone_gives_decisions_people_and_what_was_said_of_changes():
    postmortem = draft(chat_only().timeline())
    assert [(one.question, one.chosen) for one in postmortem.decisions] == [
        ("Roll back 412?", "Not now: “give it five minutes”"),
        ("Roll back 412?", "Roll back 412"),
    ]
    assert {one.role for one in postmortem.participants} == {"First reporter", "First responder", "Responder 2"}
    assert "release 412 went out at 13:55" in section(postmortem, "Contributing factors and trigger")


def test_alerts_that_were_only_posted_are_told_as_posts():
    incident = story.Story()
    fired = incident.post("14:02", "PagerDuty", "Triggered: HighErrorRate on checkout")
    incident.say("14:04", "Sam Okafor", "looking", channel=None)
    incident.reached("started", "14:02", fired)
    incident.reached("detected", "14:02", fired)
    told = section(draft(incident.timeline(), (), practice="google"), "Detection")
    assert re.search(r"posted them:\n\n- 14:02:00 UTC: “Triggered: HighErrorRate on checkout”\.\[\^e\d\]$", told)
    assert "holds no alert" in section(draft(chat_only().timeline(), (), practice="google"), "Detection")


def test_the_draft_holds_key_events_and_what_it_cites_and_no_more():
    incident = story.checkout_lock()
    for number in range(50):
        incident.event(f"14:{number % 20 + 1:02}", Kind.LOG, Lane.SIGNAL, f"request {number}")
    postmortem = draft(incident.timeline())
    held = {event.id for event in postmortem.timeline}
    assert {event.id for event in incident.events if event.key} <= held
    assert not [event for event in postmortem.timeline if event.summary.startswith("request ")]


def test_lessons_actions_and_factors_are_empty_with_prompts():
    postmortem = whole()
    assert postmortem.actions == ()
    assert postmortem.factors == ()
    assert postmortem.lessons.went_well == ()
    assert "To write" in section(postmortem, "Lessons learned")
    assert "To write" in section(postmortem, "Action items")


def test_what_was_assumed_is_in_the_notes():
    note = Note("paste.txt", "times without a zone were read as UTC")
    assert note in draft(chat_only().timeline(), assumptions=(note,)).notes


def test_words_from_evidence_cannot_become_markup():
    incident = one_alert()
    incident.say("14:09", "Ana Kovac", "checkout is down <script>alert(1)</script> [x](javascript:1) *now* # oh")
    text = text_of(draft(incident.timeline()))
    assert "<script" not in text.replace("\\<script", "")
    assert plain("a <b> [c](d)") == "a \\<b\\> \\[c\\](d)"


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 59),
            st.sampled_from(("Ana Kovac", "Wei Zhang", "pager", None)),
            st.one_of(
                st.text(max_size=80),
                st.sampled_from(
                    ("rolling back 412", "restart it?", "yes", "no, wait", "checkout is down", "all clear", "[^e1]: x")
                ),
            ),
        ),
        max_size=12,
    )
)
def test_any_messages_give_a_draft_that_is_read_back_the_same(messages):
    incident = story.Story()
    for minute, who, text in messages:
        incident.say(f"14:{minute:02}", who, text)
    if messages:
        incident.reached("started", f"14:{min(minute for minute, _, _ in messages):02}")
    postmortem = draft(incident.timeline())
    assert read(write(postmortem)).record == postmortem
    for label, words in DEFINITION.findall(text_of(postmortem)):
        assert label
        assert words


@pytest.mark.parametrize("practice", PRACTICES)
def test_a_near_miss_asks_for_five_sentences_and_for_no_impact(practice):
    bare = draft(Timeline(()), practice=practice, near_miss=True)
    assert bare.sections[0].markdown.count("*To write: ") == 5
    assert len(bare.sections) < 6
    whole = draft(chat_only().timeline(), practice=practice, near_miss=True)
    for one in (bare, whole):
        assert not [section for section in one.sections if "mpact" in section.heading]
        assert "juncture:impact" not in text_of(one)
        assert not any("users" in question or "customers" in question for question in one.questions)
        assert one.metadata["near_miss"] == "true"
        assert read(write(one)).record == one
    assert REFERENCE.search(text_of(whole))
    assert set(REFERENCE.findall(text_of(whole))) <= {label for label, _ in DEFINITION.findall(text_of(whole))}
