import datetime as dt

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from juncture.document.record_file import read, rewrite, write
from juncture.model import evidence, record
from juncture.model.evidence import Citation, Event, Kind, Lane, MessageDetails
from juncture.model.record import ActionItem, ActionState, Postmortem, Section

T = dt.datetime(2026, 3, 2, 14, 5, 7, 123456, tzinfo=dt.UTC)
ID = "6f" * 16
CITED = (Citation("sha256:" + "ab" * 32, "hooks/alert.json", "/alerts/0"),)


def event(**changes):
    base = Event(
        id=ID, occurred_at=T, earliest=T, latest=T, lane=Lane.SIGNAL, kind=Kind.ALERT, source="alertmanager",
        summary="HighLatency fired", citations=CITED, details=MessageDetails(channel="ops"),
    )  # fmt: skip
    return msgspec.structs.replace(base, **changes)


def whole():
    return Postmortem(
        title="Checkout failed for 39 minutes",
        incident=record.Incident("Sev 1", ("checkout", "orders"), started_at=T),
        milestones=(
            record.Milestone(record.MilestoneName.STARTED, T, record.MilestoneState.FOUND, "Errors pass 5 %.", CITED, ID),
            record.Milestone(record.MilestoneName.DECLARED, None, record.MilestoneState.NOT_APPLICABLE, "Nobody did."),
        ),
        phases=(record.Phase(record.PhaseName.UNDETECTED, T, T + dt.timedelta(minutes=4)),),
        participants=(record.Participant("On-call engineer", "acknowledged the page", "Sam"),),
        timeline=(event(),),
        changes=(record.Change(rank=1, at=T, what="Migration 0147", reasons=("5 min before", "same service")),),
        decisions=(record.Decision(at=T, question="Roll back, or keep looking?", chosen="Keep looking", options=("a", "b")),),
        weak_points=(record.WeakPoint(rule="late-detection", title="Found late", statement="12 min passed."),),
        factors=(record.Factor(id="F1", title="No lock timeout", role=record.FactorRole.ENABLER),),
        impact=record.Impact(
            (record.Figure(name="Orders not placed", unit="orders", low=1240, mid=1398.5, high=1610, formula="Σ"),),
            ("Revenue",),
        ),
        actions=(
            ActionItem(title="Add a lock timeout", owner="database team", due=dt.date(2026, 3, 20), state=ActionState.VERIFIED),
            ActionItem(title="Alert on lock waits", kind=record.ActionKind.DETECT),
        ),
        lessons=record.Lessons(went_well=("The cart was kept.",), learned=("A lock queues all that follows.",)),
        questions=("Which test should have caught it?",),
        sections=(
            Section("Summary", "Checkout failed.[^e1]"),
            Section("Timeline", "What happened:\n\n<!-- juncture:timeline -->"),
            Section("Evidence", f"[^e1]: 14:05:07 UTC, alertmanager: HighLatency fired (event {ID}, sha256:ab…, /alerts/0)"),
        ),
        notes=(evidence.Note("chat.txt", "no zone: read as UTC"),),
        metadata={"reviewers": "platform team"},
    )


def test_a_whole_record_is_read_back_from_a_form_that_needs_no_exact_copy():
    text = write(whole())
    assert read(text).record == whole()
    assert "juncture:exact" not in text


def test_an_event_stands_as_a_line_that_a_person_reads_with_its_footnote():
    assert "- 2026-03-02 14:05:07.123456 UTC: HighLatency fired [^e1] <!-- {" in write(whole())


def test_an_action_is_a_task_with_its_fields_below():
    assert "- [x] Add a lock timeout\n  - state: verified\n  - owner: database team\n  - due: 2026-03-20\n" in write(whole())


nasty_lines = st.sampled_from([
    "---", "# T", "## S", "## S ##", "Head\n====", "```", "~~~", "    code", "- 2026-03-02 14:05 UTC: x", "- [ ] task",
    "<!-- juncture:actions -->", "<!-- /juncture:actions -->", "<!-- juncture:timeline -->", "<!-- /juncture:timeline -->",
    "<!-- juncture:objects -->", "<!-- juncture:exact 00 {} -->", "title: a", "title: [", "started_at: never", "  - owner: x", "> q",
    "[^e1]: x (event " + ID + ")", '- 2026-03-02 14:05:07 UTC: y <!-- {"id": 3} -->', "- no form", "", " ", "\x00", "\ufeff---", "…", "|a|b|",
])  # fmt: skip
texts = st.one_of(
    st.text(),
    st.lists(st.tuples(nasty_lines, st.sampled_from(["\n", "\r\n", "\r", "", "\n\n"]))).map(
        lambda p: "".join(a + b for a, b in p)
    ),
)


@given(texts)
@settings(max_examples=400, deadline=None)
def test_every_text_is_written_back_byte_for_byte(text):
    assert write(read(text)) == text


@given(texts)
@settings(max_examples=150, deadline=None)
def test_what_a_text_says_survives_being_written_afresh(text):
    found = read(text).record
    assert read(write(found)).record == found


words = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["a: b", "*x*", '"q"', " lead", "-- >", "<!-- x -->", "[^e1]", "a\nb", "\\", "not known: x", "x [^e1]", "", "null"]
    ),
)
instants = st.datetimes(timezones=st.just(dt.UTC))
maybe_word = st.none() | words
citations = st.lists(st.builds(Citation, words.map(lambda w: "sha256:" + w), maybe_word, words), max_size=2).map(tuple)
events = st.builds(
    Event, id=words, occurred_at=instants, earliest=instants, latest=instants, known_at=st.none() | instants,
    known_by=st.lists(words, max_size=2).map(tuple), lane=st.sampled_from(Lane), kind=st.sampled_from(Kind), source=words,
    summary=words, key=st.booleans(), citations=citations, details=st.none() | st.builds(MessageDetails, channel=maybe_word),
)  # fmt: skip
finite = st.floats(allow_nan=False, allow_infinity=False)
tuples_of = lambda each: st.lists(each, max_size=2).map(tuple)  # noqa: E731
records = st.builds(
    Postmortem,
    title=words,
    incident=st.builds(record.Incident, maybe_word, tuples_of(words), st.none() | instants),
    milestones=tuples_of(
        st.builds(record.Milestone, st.sampled_from(record.MilestoneName), st.none() | instants, st.sampled_from(record.MilestoneState), words, citations, maybe_word)
    ),
    phases=tuples_of(st.builds(record.Phase, st.sampled_from(record.PhaseName), instants, st.none() | instants)),
    participants=tuples_of(st.builds(record.Participant, words, words, maybe_word, citations)),
    timeline=tuples_of(events),
    decisions=tuples_of(st.builds(record.Decision, at=instants, question=words, chosen=words, options=tuples_of(words), reason=maybe_word)),
    changes=tuples_of(st.builds(record.Change, rank=st.integers(-9, 9), at=instants, what=words, reasons=tuples_of(words))),
    factors=tuples_of(st.builds(record.Factor, id=words, title=words, role=st.sampled_from(record.FactorRole))),
    impact=st.builds(record.Impact, tuples_of(st.builds(record.Figure, name=words, unit=words, low=finite, mid=finite, high=finite, formula=words, inputs=st.dictionaries(words, words, max_size=1))), tuples_of(words)),
    actions=tuples_of(st.builds(ActionItem, title=words, owner=maybe_word, due=st.none() | st.dates(), state=st.sampled_from(ActionState), criterion=maybe_word)),
    lessons=st.builds(record.Lessons, tuples_of(words), tuples_of(words)),
    questions=tuples_of(words),
    sections=tuples_of(st.builds(Section, words, st.one_of(words, nasty_lines, st.just("x\n\n<!-- juncture:timeline -->\n\ny")))),
    notes=tuples_of(st.builds(evidence.Note, words, words)),
    practice=words,
    metadata=st.dictionaries(words, words, max_size=2),
)  # fmt: skip


@given(records)
@settings(max_examples=300, deadline=None)
def test_every_record_is_read_back_as_it_was(value):
    assert read(write(value)).record == value


def test_changing_one_action_leaves_every_other_byte():
    text = write(whole()).replace("\n  - due: 2026-03-20", "\n    - due: 2026-03-20").replace("# Checkout", "#   Checkout")
    text = text.replace("practice: google", "x_custom: {a: 1}   # kept\npractice: google")
    file = read(text)
    first, second = file.record.actions
    changed = msgspec.structs.replace(file.record, actions=(first, msgspec.structs.replace(second, owner="platform team")))
    again = rewrite(file, changed)
    assert again == text.replace("  - kind: detect\n", "  - kind: detect\n  - owner: platform team\n")
    assert read(again).record == changed


def test_changing_a_section_leaves_its_blocks_and_all_else():
    file = read(write(whole()))
    summary, *others = file.record.sections
    changed = msgspec.structs.replace(
        file.record, sections=(msgspec.structs.replace(summary, markdown="Paid carts failed."), *others)
    )
    assert rewrite(file, changed) == file.text.replace("Checkout failed.[^e1]", "Paid carts failed.")


def test_a_changed_severity_rewrites_its_line_alone():
    text = write(whole()).replace("severity: Sev 1\n", "severity: Sev 1\n# a comment\n").replace("\n", "\r\n")
    file = read(text)
    changed = msgspec.structs.replace(file.record, incident=msgspec.structs.replace(file.record.incident, severity="Sev 2"))
    assert rewrite(file, changed) == text.replace("Sev 1", "Sev 2")


def test_an_item_that_an_edit_made_unreadable_stays_and_a_note_names_its_line():
    text = write(whole()).replace("- [ ] Alert on lock waits", "- ( ) Alert on lock waits")
    file = read(text)
    line = text.splitlines().index("- ( ) Alert on lock waits") + 1
    assert [note.where for note in file.record.notes if "kept as text" in note.why] == [f"line {line}"]
    assert len(file.record.actions) == 1
    assert "- ( ) Alert on lock waits" in rewrite(file, msgspec.structs.replace(file.record, title="Another"))


def test_an_exact_copy_yields_to_an_edit_above_it():
    odd = Postmortem(title="A\nB", sections=(Section("S", "x\n## stray"),))
    text = write(odd)
    assert read(text).record == odd
    edited = text.replace("stray", "second")
    assert [section.heading for section in read(edited).record.sections] == ["B", "S", "second"] or "second" in str(
        read(edited).record.sections
    )


@pytest.mark.parametrize(
    ("bullet", "instant", "text"),
    [
        ("- 2026-03-02 14:05 UTC: the queue stops", "2026-03-02T14:05:00+00:00", "the queue stops"),
        ("* **2026-03-02 14:05:09 CET+01** x", None, None),
        ("- 2026-03-02 14:05 +01:00 - late", "2026-03-02T13:05:00+00:00", "late"),
        ("1. 2026-03-02T14:05:07.5Z: z", "2026-03-02T14:05:07.500000+00:00", "z"),
        ("- 2026-03-02 14:05 Europe/Berlin: b", "2026-03-02T13:05:00+00:00", "b"),
        ("- 2026-03-02 14:05 UTC-4: w", "2026-03-02T18:05:00+00:00", "w"),
        ("- `2026-03-02 14:05 UTC` code", "2026-03-02T14:05:00+00:00", "code"),
        ("- _2026-03-02 14:05 UTC_ – slanted", "2026-03-02T14:05:00+00:00", "slanted"),
        ("- [2026-03-02 14:05 UTC] boxed", "2026-03-02T14:05:00+00:00", "boxed"),
        ("- [x] 2026-03-02 14:05 (UTC): done", "2026-03-02T14:05:00+00:00", "done"),
        ("- 2026-03-02 14:05 CEST: named", "2026-03-02T12:05:00+00:00", "named"),
        ("- 2026-03-02 14:05 ALERT: no zone", None, None),
    ],
)
def test_timeline_bullets_of_other_documents_are_read(bullet, instant, text):
    found = read(f"# T\n\n{bullet}\n").record.timeline
    assert [(e.occurred_at.isoformat(), e.summary) for e in found] == ([(instant, text)] if instant else [])


@pytest.mark.parametrize(
    ("heading", "title"),
    [("# Mail late #", "Mail late"), ("# C# is down", "C# is down"), ("# C#", "C#"), ("# A ##  ", "A"), ("# #", "")],
)
def test_the_marks_that_close_a_heading_are_not_in_it(heading, title):
    assert read(f"{heading}\n\ntext\n").record.title == title


def test_a_bullet_with_an_impossible_date_is_noted_with_its_line():
    assert [note.where for note in read("- 2026-02-30 14:05 UTC: x\n").record.notes] == ["line 1"]


def test_front_matter_with_crlf_gives_title_and_instants():
    found = read('---\r\ntitle: "Mail late"\r\nstarted_at: 2026-03-02T14:05:00Z\r\n---\r\n\r\ntext\r\n').record
    assert (found.title, found.incident.started_at) == ("Mail late", T.replace(second=0, microsecond=0))


def test_front_matter_that_is_no_yaml_is_kept_and_noted():
    found = read("---\ntitle: [a\n---\n## S\nx\n").record
    assert found.notes[0].where == "line 1"
    assert [section.heading for section in found.sections] == ["S"]
