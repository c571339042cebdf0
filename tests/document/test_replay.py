from __future__ import annotations

import datetime as dt

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from juncture.document.html.page import page
from juncture.document.replay import at, excerpts_at, not_seen
from juncture.evidence.places import Excerpt, ExcerptLine
from juncture.model.evidence import Citation, Event, Kind, Lane, LogDetails, Note
from juncture.model.record import (
    ActionItem,
    Change,
    Decision,
    Factor,
    FactorRole,
    Figure,
    Impact,
    Incident,
    Lessons,
    Milestone,
    MilestoneName,
    MilestoneState,
    Participant,
    Phase,
    PhaseName,
    Postmortem,
    Section,
    WeakPoint,
)

NOON = dt.datetime(2026, 3, 10, 12, 0, tzinfo=dt.UTC)


def minute(number: float) -> dt.datetime:
    return NOON + dt.timedelta(minutes=number)


def event(name: str, occurred: float, known: float | None, **more) -> Event:
    at_ = minute(occurred)
    values = {
        "id": name.encode().hex().ljust(32, "0")[:32], "occurred_at": at_, "earliest": at_, "latest": at_, "recorded_at": at_,
        "known_at": None if known is None else minute(known), "lane": Lane.SIGNAL, "kind": Kind.ALERT, "source": "s",
        "summary": f"summary-{name}", "key": True, "citations": (Citation("sha256:" + name.encode().hex(), None, f"/place-{name}"),),
    }  # fmt: skip
    return Event(**(values | more))


def test_an_event_is_there_from_the_moment_it_was_known_and_not_before():
    postmortem = Postmortem(title="x", timeline=(event("lock", 0, 35),))
    assert at(postmortem, minute(34.9)).timeline == ()
    assert [each.summary for each in at(postmortem, minute(35)).timeline] == ["summary-lock"]


def test_what_nobody_is_shown_to_have_seen_is_never_there():
    assert at(Postmortem(title="x", timeline=(event("log", 0, None),)), minute(10_000)).timeline == ()


def test_a_decision_is_there_without_what_came_of_it():
    decision = Decision(at=minute(5), question="q", chosen="c", outcome="it was wrong")
    then = at(Postmortem(title="x", decisions=(decision,)), minute(5))
    assert then.decisions[0].chosen == "c"
    assert then.decisions[0].outcome is None
    assert at(Postmortem(title="x", decisions=(decision,)), minute(4.9)).decisions == ()


def test_a_milestone_is_known_when_its_event_is():
    lock = event("lock", 0, 35)
    started = Milestone(MilestoneName.STARTED, minute(0), MilestoneState.FOUND, "why", (), lock.id)
    postmortem = Postmortem(title="x", incident=Incident(started_at=minute(0)), milestones=(started,), timeline=(lock,))
    assert at(postmortem, minute(20)).incident.started_at is None
    assert at(postmortem, minute(35)).incident.started_at == minute(0)


def test_a_phase_goes_on_until_its_end_is_known():
    postmortem = Postmortem(
        title="x",
        milestones=(
            Milestone(MilestoneName.DETECTED, minute(10), MilestoneState.FOUND, "why"),
            Milestone(MilestoneName.ACKNOWLEDGED, minute(12), MilestoneState.FOUND, "why"),
        ),
        phases=(
            Phase(PhaseName.UNDETECTED, minute(0), minute(10)),
            Phase(PhaseName.DETECTED, minute(10), minute(12)),
            Phase(PhaseName.DIAGNOSING, minute(12), None),
        ),
    )
    assert at(postmortem, minute(11)).phases == (Phase(PhaseName.DETECTED, minute(10), None),)
    assert [phase.name for phase in at(postmortem, minute(12)).phases] == ["detected", "diagnosing"]


def test_what_goes_on_tells_neither_its_end_nor_how_much_it_came_to_be():
    burst = event("burst", 0, 1, ended_at=minute(30), summary="1,106 like x", details=LogDetails(template="x <*>", count=1106))
    then = at(Postmortem(title="x", timeline=(burst,)), minute(5)).timeline[0]
    assert then.ended_at is None
    assert then.summary == "x <*>"
    assert at(Postmortem(title="x", timeline=(burst,)), minute(31)).timeline[0].ended_at == minute(30)


def test_the_reveal_tells_what_was_recorded_and_not_when_it_was_known():
    postmortem = Postmortem(title="x", timeline=(event("lock", 0, 35), event("later", 50, 51), event("seen", 1, 2)))
    unseen = not_seen(postmortem, minute(20))
    assert [each.summary for each in unseen] == ["summary-lock"]
    assert unseen[0].known_at is None


offsets = st.integers(0, 100)


@st.composite
def events(draw, number: int) -> Event:
    occurred = draw(offsets)
    known = draw(st.none() | offsets.map(lambda later: occurred + later))
    ended = draw(st.none() | offsets.map(lambda later: occurred + later))
    return event(
        f"secret{number}", occurred, known, ended_at=None if ended is None else minute(ended), key=draw(st.booleans()),
        lane=draw(st.sampled_from(Lane)), kind=draw(st.sampled_from(Kind)), service=f"service-secret{number}",
        actor=f"actor-secret{number}", why_key=f"why-secret{number}", links=(f"link-secret{number}",),
    )  # fmt: skip


@st.composite
def postmortems(draw) -> Postmortem:
    timeline = tuple(
        sorted((draw(events(number)) for number in range(draw(st.integers(0, 6)))), key=lambda each: each.occurred_at)
    )
    ids = st.sampled_from([None, *(each.id for each in timeline)])
    cuts = sorted(draw(st.lists(offsets, min_size=3, max_size=3, unique=True)))
    return Postmortem(
        title="hindsight-title",
        incident=Incident("hindsight-severity", tuple(f"service-secret{number}" for number in range(6)), minute(cuts[0])),
        milestones=tuple(
            Milestone(name, minute(cut), MilestoneState.FOUND, "hindsight-reason", (), draw(ids))
            for name, cut in zip((MilestoneName.STARTED, MilestoneName.DETECTED, MilestoneName.MITIGATED), cuts, strict=True)
        ),
        phases=(
            Phase(PhaseName.UNDETECTED, minute(cuts[0]), minute(cuts[1])),
            Phase(PhaseName.DIAGNOSING, minute(cuts[1]), minute(cuts[2])),
        ),
        participants=(Participant("hindsight-role", "hindsight-part"),),
        timeline=timeline,
        changes=(Change(rank=1, at=minute(cuts[0]), what="change", reasons=("hindsight-why",), event=draw(ids)),),
        decisions=tuple(
            Decision(at=minute(draw(offsets)), question=f"question-secret-d{n}", chosen="c", outcome="hindsight-outcome", event=draw(ids))
            for n in range(2)
        ),
        weak_points=(WeakPoint(rule="r", title="hindsight-weak", statement="s"),),
        factors=(Factor(id="F1", title="hindsight-factor", role=FactorRole.TRIGGER),),
        impact=Impact((Figure(name="hindsight-figure", unit="", low=1, mid=2, high=3, formula="f"),)),
        actions=(ActionItem(title="hindsight-action"),),
        lessons=Lessons(("hindsight-lesson",)),
        questions=("hindsight-question",),
        sections=(Section("hindsight-heading", "hindsight-prose"),),
        notes=(Note("hindsight-place", "hindsight-note"),),
        metadata={"hindsight-key": "hindsight-value"},
    )  # fmt: skip


@settings(deadline=None, max_examples=150)
@given(postmortems(), offsets)
def test_no_byte_of_the_page_at_a_moment_tells_what_was_not_known_then(postmortem, number):
    moment = minute(number)
    then = at(postmortem, moment)
    html = page(then, {})
    known = {each.id for each in postmortem.timeline if each.known_at is not None and each.known_at <= moment}
    assert "hindsight" not in html
    assert "hindsight" not in msgspec.json.encode(then).decode()
    for each in postmortem.timeline:
        name = each.summary.removeprefix("summary-")
        assert (f"summary-{name}" in html) == (each.id in known)
        if each.id not in known:
            assert name not in html.replace(f"question-{name}", "")
            assert each.id not in html
    for instant in (minute(later) for later in range(number + 1, 202)):
        assert f"{instant:%H:%M:%S}" not in html


@pytest.mark.parametrize("number", [0, 50])
def test_only_what_is_cited_then_has_its_excerpt(number):
    seen, unseen = event("seen", 0, 1), event("unseen", 0, 90)
    postmortem = Postmortem(title="x", timeline=(seen, unseen))
    lines = (
        ExcerptLine("1", "before", hit=False),
        ExcerptLine("2", "cited", hit=True),
        ExcerptLine("3", "cited too", hit=True),
    )
    excerpts = {each.citations[0]: Excerpt("x", each.citations[0].place, lines) for each in (seen, unseen)}
    then = excerpts_at(at(postmortem, minute(number)), excerpts)
    assert {citation: excerpt.lines for citation, excerpt in then.items()} == ({seen.citations[0]: lines[1:]} if number else {})


def test_of_a_stretch_of_lines_the_first_alone_is_shown_then():
    citation = Citation("sha256:ab", None, "line:2-90")
    lines = (ExcerptLine("1", "before", hit=False), ExcerptLine("2", "first", hit=True), ExcerptLine("3", "later", hit=True))
    postmortem = Postmortem(title="x", timeline=(event("burst", 0, 1, citations=(citation,)),))
    then = excerpts_at(at(postmortem, minute(2)), {citation: Excerpt("x", citation.place, lines)})
    assert [line.text for line in then[citation].lines] == ["first"]
