"""A postmortem with something of everything, for tests of what is made of it. All of it is made up."""

from __future__ import annotations

import datetime as dt
from hashlib import sha256

from juncture.evidence.places import Excerpt, ExcerptLine
from juncture.model.evidence import (
    AlertDetails,
    Citation,
    Event,
    Kind,
    Lane,
    LogDetails,
    MessageDetails,
    Note,
    TurnDetails,
)
from juncture.model.identity import ArtefactHash, EventId, sighting_id
from juncture.model.instants import Instant
from juncture.model.record import (
    ActionItem,
    ActionKind,
    ActionState,
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
    Standing,
    WeakPoint,
)


def t(text: str, day: int = 10) -> Instant:
    """Return a time of the sample's day, `14:32:07`."""
    clock = dt.time.fromisoformat(text)
    return dt.datetime.combine(dt.date(2026, 3, day), clock, tzinfo=dt.UTC)


def artefact(name: str) -> ArtefactHash:
    return ArtefactHash(f"sha256:{sha256(name.encode()).hexdigest()}")


def cited(path: str, place: str) -> Citation:
    return Citation(artefact(path), path, place)


POSTGRES, METRICS, HOOK, PAGER, CHAT, DEPLOYS, STATUS, TICKETS = (
    "postgresql.log", "metrics/errors.json", "hooks/0007.json", "pagerduty.json", "slack.zip!/inc-41/2026-03-10.json",
    "deploys.jsonl", "status.json", "tickets.csv",
)  # fmt: skip

LOCK = cited(POSTGRES, "line:48211-48213")
ERRORS = cited(METRICS, "/data/result/0/values/48")
FIRED = cited(HOOK, "/alerts/0")


def event(
    when: str, lane: Lane, kind: Kind, summary: str, citation: Citation, *, known: str | None = "same", key: bool = True, **more
) -> Event:
    at = t(when)
    known_at = at if known == "same" else (t(known) if known else None)
    values = {
        "id": sighting_id("sample", when, summary), "occurred_at": at, "earliest": at, "latest": at, "recorded_at": at,
        "known_at": known_at, "known_by": ("on-call",) if known_at else (), "lane": lane, "kind": kind, "source": citation.path,
        "summary": summary, "key": key, "why_key": "picked" if key else None, "citations": (citation,),
    }  # fmt: skip
    return Event(**(values | more))


def message(when: str, who: str, text: str, number: int, *, lane: Lane = Lane.PEOPLE, key: bool = True) -> Event:
    return event(
        when, lane, Kind.MESSAGE, text, cited(CHAT, f"/{number}"), key=key, actor=who, details=MessageDetails(channel="inc-41")
    )


def _events() -> tuple[Event, ...]:
    signal, change, people, customer = Lane.SIGNAL, Lane.CHANGE, Lane.PEOPLE, Lane.CUSTOMER
    minor = [
        message(f"14:{minute:02}:{second:02}", "mara", f"looking at dashboard {minute}", 300 + minute, key=False)
        for minute, second in (
            (22, 4),
            (24, 40),
            (27, 9),
            (30, 30),
            (35, 12),
            (36, 50),
            (41, 30),
            (43, 8),
            (48, 2),
            (52, 40),
            (59, 0),
        )
    ]
    noise = [
        event(f"14:{minute:02}:30", signal, Kind.LOG, f"canceling statement due to statement timeout ({minute})",
              cited(POSTGRES, f"line:{48000 + minute}"), known=None, key=False, service="orders")
        for minute in (9, 11, 13, 17, 19, 23, 29, 34, 38, 44)
    ]  # fmt: skip
    return tuple(
        sorted(
            [
                event("14:05:10", change, Kind.DEPLOYMENT, "checkout 2026.03.10-2 rolled out, health checks green, canary passed",
                      cited(DEPLOYS, "line:31"), service="checkout"),
                event("14:06:01", change, Kind.COMMAND, "Migration 0147 starts: ALTER TABLE orders ADD COLUMN fulfilment_region text",
                      cited(DEPLOYS, "line:32"), known="14:40:10", service="orders", earliest=t("14:05:59"), latest=t("14:06:03")),
                event("14:06:02", signal, Kind.LOG, "process 30412 still waiting for AccessExclusiveLock on relation 16402", LOCK,
                      known="14:41:20", service="orders", earliest=t("14:05:59"), latest=t("14:06:05"),
                      details=LogDetails(level="LOG")),
                event("14:07:10", signal, Kind.TURN, "Connection pool: 40 of 40 in use, 118 requests wait", cited(METRICS, "/data/result/1"),
                      known="14:33:50", service="checkout", ended_at=t("14:46:10"),
                      details=TurnDetails(metric="pool in use", direction="up", usual=9, value=40)),
                event("14:07:24", signal, Kind.ALERT, "CheckoutErrorRateHigh fired: errors above 5 % for ten minutes", FIRED,
                      known="14:18:04", service="checkout", ended_at=t("14:46:30"),
                      details=AlertDetails(name="CheckoutErrorRateHigh", state="resolved", severity="critical")),
                event("14:08:02", signal, Kind.LOG_BURST, "1,106 like “canceling statement due to statement timeout”",
                      cited(POSTGRES, "line:48230-51019"), known=None, service="orders", ended_at=t("14:45:13"),
                      details=LogDetails(template="canceling statement due to <*>", count=1106)),
                event("14:12:20", customer, Kind.CUSTOMER_UPDATE, "First ticket: “cannot pay”", cited(TICKETS, "line:212"),
                      known="14:24:40", earliest=t("14:11:40"), latest=t("14:13:00")),
                event("14:18:04", signal, Kind.PAGE, "The alert pages the on-call engineer", cited(PAGER, "/log_entries/0")),
                event("14:20:31", people, Kind.ACKNOWLEDGEMENT, "On-call engineer acknowledges the page", cited(PAGER, "/log_entries/1"),
                      actor="mara"),
                message("14:24:40", "ines", "customers say they cannot pay, first ticket at 14:12", 212),
                message("14:26:00", "joost", "declaring sev 1, I take command", 214),
                message("14:29:10", "joost", "restart the payment gateway, errors look like provider time-outs", 219),
                event("14:30:55", change, Kind.ROLLBACK, "Gateway restarted", cited(DEPLOYS, "line:33"), service="gateway"),
                message("14:32:00", "joost", "deploy is green and the canary passed. Provider had trouble yesterday. Give them five.", 226),
                event("14:33:00", customer, Kind.CUSTOMER_UPDATE, "Status page: Investigating failed checkouts", cited(STATUS, "/updates/0")),
                event("14:37:05", people, Kind.MESSAGE, "provider: no fault on our side", cited(CHAT, "/231"), actor="provider",
                      earliest=t("14:36:05"), latest=t("14:38:05"), recorded_at=t("14:38:05"), known="14:38:05"),
                event("14:39:02", change, Kind.ROLLBACK, "Roll back of checkout to 2026.03.10-1", cited(DEPLOYS, "line:34"), service="checkout"),
                message("14:40:40", "sanne", "joining. pg_stat_activity shows a migration waiting on orders", 240),
                message("14:44:05", "sanne", "cancel the migration, keep the report: it cannot be repeated today", 247),
                event("14:45:12", change, Kind.COMMAND, "Migration 0147 cancelled", cited(POSTGRES, "line:51022"), service="orders",
                      known="14:45:30"),
                event("14:46:30", signal, Kind.TURN, "Checkout errors below 1 %", ERRORS, known="14:47:10", service="checkout",
                      details=TurnDetails(metric="error rate", direction="back", usual=0.002, value=0.008)),
                event("14:49:00", customer, Kind.CUSTOMER_UPDATE, "Status page: Monitoring", cited(STATUS, "/updates/1")),
                event("15:04:00", signal, Kind.TURN, "Backlog of order e-mails empty", cited(METRICS, "/data/result/2/values/90"),
                      known="15:05:00"),
                message("15:06:30", "joost", "all clear, incident over", 260),
                *minor,
                *noise,
            ],
            key=lambda each: (each.occurred_at, each.id),
        )
    )  # fmt: skip


EVENTS = _events()


def find(words: str) -> Event:
    return next(each for each in EVENTS if words in each.summary)


def _id(words: str) -> EventId:
    return find(words).id


def _milestone(name: MilestoneName, when: str, reason: str, words: str) -> Milestone:
    found = find(words)
    return Milestone(name, t(when), MilestoneState.FOUND, reason, found.citations, found.id)


def _footnote(label: str, words: str) -> str:
    found = find(words)
    citation = found.citations[0]
    return f"[^{label}]: {found.occurred_at:%H:%M:%S} UTC: {words} (event {found.id}, {citation.artefact}, {citation.place})"


SUMMARY = (
    "On Tuesday 10 March, checkout failed for most customers between 14:07 and 14:46 UTC.[^e1] A database migration waited "
    "for a lock that a finance report held, and every query on `orders` queued behind it.[^e2] The queue was invisible on the "
    "dashboards the responders had open, so they first looked at the payment provider.[^e3] Cancelling the migration ended it."
)


def postmortem() -> Postmortem:
    """Return the whole sample."""
    sections = (
        Section("Summary", SUMMARY),
        Section(
            "Impact",
            "We compare the orders that were placed with the orders that the same hours of the previous six weeks lead us to "
            "expect.\n\n<!-- juncture:impact -->",
        ),
        Section("Key timeline", "<!-- juncture:timeline -->"),
        Section("Changes before the start", "<!-- juncture:changes -->"),
        Section("Decisions", "<!-- juncture:decisions -->"),
        Section(
            "Background",
            "Orders are written by `checkout` into one table. Migrations run *inside* the deploy, see "
            "[how we deploy](https://wiki.example/deploys).\n\n> A migration is part of a release.\n\n"
            "| table | rows |\n|---|--:|\n| orders | 41,000,000 |\n| carts | 2,300,000 |",
        ),
        Section("Contributing factors", "Seven conditions met; each had to hold.\n\n<!-- juncture:factors -->"),
        Section("Lessons", "<!-- juncture:lessons -->"),
        Section("Actions", "<!-- juncture:actions -->"),
        Section(
            "Evidence",
            "\n".join((
                _footnote("e1", "CheckoutErrorRateHigh"), _footnote("e2", "AccessExclusiveLock"), _footnote("e3", "restart the payment"),
            )),
        ),
    )  # fmt: skip
    return Postmortem(
        title="How a queued lock stopped checkout for 39 minutes",
        incident=Incident(
            "Sev 1", ("checkout", "orders"), t("14:06:02"), t("14:18:04"), t("14:20:31"), t("14:26:00"), t("14:46:30"), t("15:06:30")
        ),
        milestones=(
            _milestone(MilestoneName.STARTED, "14:06:02", "The first wait for the lock; errors follow 68 s later.", "AccessExclusiveLock"),
            _milestone(MilestoneName.DETECTED, "14:18:04", "The first alert that reached a responder.", "pages the on-call"),
            _milestone(MilestoneName.ACKNOWLEDGED, "14:20:31", "The page was acknowledged.", "acknowledges the page"),
            _milestone(MilestoneName.DECLARED, "14:26:00", "Called an incident in chat.", "declaring sev 1"),
            _milestone(MilestoneName.MITIGATED, "14:46:30", "The error rate is back at its usual level.", "errors below 1 %"),
            _milestone(MilestoneName.RESOLVED, "15:06:30", "Said to be over.", "all clear"),
        ),
        phases=(
            Phase(PhaseName.UNDETECTED, t("14:06:02"), t("14:18:04")),
            Phase(PhaseName.DETECTED, t("14:18:04"), t("14:20:31")),
            Phase(PhaseName.DIAGNOSING, t("14:20:31"), t("14:39:02")),
            Phase(PhaseName.MITIGATING, t("14:39:02"), t("14:46:30")),
            Phase(PhaseName.RECOVERING, t("14:46:30"), t("15:06:30")),
        ),
        participants=(
            Participant("On-call engineer", "Acknowledged the page, led the search", "mara"),
            Participant("Incident commander", "Coordinated from 14:26", "joost"),
            Participant("Database engineer", "Found the lock, cancelled the migration", "sanne"),
            Participant("Support lead", "Brought the first customer reports", "ines"),
        ),
        timeline=EVENTS,
        changes=(
            Change(
                rank=1, at=t("14:06:01"), what="Migration 0147: ALTER TABLE orders", service="orders", by="deploy", seconds_before=1,
                reasons=("1 s before the start", "on the service that failed first"), event=_id("Migration 0147 starts"),
                citations=find("Migration 0147 starts").citations,
            ),
            Change(
                rank=2, at=t("14:05:10"), what="checkout 2026.03.10-2 rolled out", service="checkout", by="deploy", seconds_before=52,
                reasons=("52 s before the start", "3 files changed"), event=_id("rolled out"), citations=find("rolled out").citations,
            ),
        ),
        decisions=(
            Decision(
                at=t("14:29:10"), question="Restart the payment gateway, or look further?", chosen="Restart the payment gateway",
                reason="errors look like provider time-outs", outcome="It changed nothing.", by="Incident commander",
                event=_id("restart the payment"), citations=find("restart the payment").citations,
            ),
            Decision(
                at=t("14:32:00"), question="Roll back the deploy now, or keep looking at the payment provider?",
                chosen="Keep looking for five minutes", options=("Roll back", "Keep looking for five minutes"),
                reason="Deploy is green and the canary passed. Provider had trouble yesterday. Give them five.",
                expected="The provider confirms a fault.", outcome="The provider answered at 14:37 that nothing was wrong.",
                by="Incident commander", standing=Standing.ACCEPTED, event=_id("deploy is green"),
                citations=find("deploy is green").citations,
            ),
            Decision(
                at=t("14:39:02"), question="Roll back checkout?", chosen="Roll back to 2026.03.10-1",
                outcome="Errors continue: the migration is still waiting.", by="On-call engineer", event=_id("Roll back of checkout"),
                citations=find("Roll back of checkout").citations,
            ),
            Decision(
                at=t("14:44:05"), question="Cancel the migration, or cancel the report that blocks it?", chosen="Cancel the migration",
                reason="The report cannot be repeated today. The migration can.", outcome="Errors fell within a minute.",
                by="Database engineer", standing=Standing.ACCEPTED, event=_id("cancel the migration"),
                citations=find("cancel the migration").citations,
            ),
        ),
        weak_points=(
            WeakPoint(
                rule="slow-detection", title="Nobody was told for 12 minutes",
                statement="Errors passed 5 % at 14:07:24; the alert that reached somebody came at 14:18:04.",
                suggestion="Page when errors stay above 5 % for two minutes.", action_kind=ActionKind.DETECT, citations=(FIRED,),
            ),
            WeakPoint(
                rule="invisible-state", title="The lock wait was in a log that nobody had open",
                statement="It was written at 14:06:02 and first seen at 14:41:20.", action_kind=ActionKind.DETECT, citations=(LOCK,),
            ),
        ),
        factors=(
            Factor(id="F1", title="Migration 0147 ran inside a deploy at a busy hour.", role=FactorRole.TRIGGER, citations=(LOCK,)),
            Factor(id="F2", title="Migrations had no limit on how long they wait for a lock.", role=FactorRole.ENABLER),
            Factor(id="F3", title="The connection pool waited without limit.", role=FactorRole.AMPLIFIER),
            Factor(id="F4", title="Carts were kept on the server.", role=FactorRole.MITIGATOR),
            Factor(id="F5", title="A database engineer who was not on call read the channel.", role=FactorRole.LUCK),
        ),
        impact=Impact(
            (
                Figure(
                    name="Orders not placed", unit="orders", low=1240, mid=1398.4, high=1610,
                    formula="loss = Σ expected(t) − placed(t), 14:07 to 14:46",
                    inputs={"expected": "1,398 to 1,768 orders; same weekday and hour, six weeks", "placed": "158 orders, counted"},
                    citations=(ERRORS,),
                ),
                Figure(name="Share of requests that failed", unit="%", low=36.2, mid=38, high=39.9, formula="failed / all, 14:07 to 14:46"),
                Figure(name="Support tickets", unit="tickets", low=214, mid=214, high=214, formula="counted"),
            ),
            ("Revenue lost: no price list was given.",),
        ),
        actions=(
            ActionItem(
                title="Give every migration a 3 s limit on waiting for a lock", kind=ActionKind.PREVENT, owner="Database engineer",
                due=dt.date(2026, 3, 24), state=ActionState.VERIFIED, factor="F2", criterion="A migration that waits ends after 3 s.",
            ),
            ActionItem(
                title="Alert when a lock wait passes 30 s", kind=ActionKind.DETECT, owner="Platform lead", due=dt.date(2026, 3, 17),
                state=ActionState.DONE, factor="F3",
            ),
            ActionItem(title="Find out why the canary passed", kind=ActionKind.INVESTIGATE, state=ActionState.OPEN, factor="F1"),
            ActionItem(title="Give checkout a limit on waiting for a connection", kind=ActionKind.MITIGATE, state=ActionState.IN_PROGRESS),
        ),
        lessons=Lessons(
            ("The cart service kept every cart, so customers could pay later.",),
            ("The alert held for ten minutes before it fired.", "Nothing in the deploy said that a migration was still running."),
            ("A database engineer who was not on call read the channel and joined.",),
            ("A statement that waits for a lock makes everyone behind it wait too.",),
        ),
        questions=("Which test should have caught this migration?", "Who may cancel a migration at night?"),
        sections=sections,
        notes=(Note("tickets.csv", "no zone in the file: read as UTC"), Note("slack.zip", "12 messages were deleted before the export")),
        metadata={"state": "published"},
    )  # fmt: skip


def excerpts() -> dict[Citation, Excerpt]:
    """Return an excerpt for every citation of the timeline."""
    found = {}
    for each in EVENTS:
        for citation in each.citations:
            before = ExcerptLine("", f"{each.occurred_at:%H:%M:%S} the line before", hit=False)
            after = ExcerptLine("", f"{each.occurred_at:%H:%M:%S} the line after", hit=False)
            hit = ExcerptLine(citation.place.rsplit(":")[-1].rsplit("/")[-1], each.summary, hit=True)
            found[citation] = Excerpt(str(each.source), citation.place, (before, hit, after))
    return found
