"""Small incidents written as stories: who said and did what at which time of one day."""

import hashlib
from datetime import UTC, datetime, timedelta

from juncture.model.evidence import (
    AlertDetails,
    ChangeDetails,
    Citation,
    CommandDetails,
    Event,
    Kind,
    Lane,
    MessageDetails,
    Series,
)
from juncture.model.identity import ArtefactHash, sighting_id
from juncture.model.record import Milestone, MilestoneName, MilestoneState, Phase, PhaseName, Timeline

DAY = datetime(2026, 3, 2, tzinfo=UTC)


def at(clock):
    hours, minutes, *seconds = (int(part) for part in clock.split(":"))
    return DAY + timedelta(hours=hours, minutes=minutes, seconds=seconds[0] if seconds else 0)


def cite(source, place):
    digest = hashlib.sha256(source.encode()).hexdigest()
    return Citation(ArtefactHash(f"sha256:{digest}"), f"{source}.json", place)


class Story:
    """Collects events; every one is cited at a place of its own."""

    def __init__(self):
        self.events = []
        self.milestones = {}

    def _add(self, clock, kind, lane, source, summary, **fields):
        when = at(clock)
        number = len(self.events)
        event = Event(
            id=sighting_id(source, str(number)), occurred_at=when, earliest=when, latest=when, kind=kind, lane=lane,
            source=source, summary=summary, citations=(cite(source, f"/{number}"),), **fields,
        )  # fmt: skip
        self.events.append(event)
        return event

    def say(self, clock, who, text, *, channel="incident", key=True, bot=False):
        return self._add(
            clock, Kind.MESSAGE, Lane.PEOPLE, "chat", text, actor=who, key=key, details=MessageDetails(channel=channel, bot=bot)
        )

    def post(self, clock, who, text, *, channel=None):
        """What a program posts of an alert."""
        return self._add(
            clock, Kind.MESSAGE, Lane.SIGNAL, "chat", text, actor=who, key=True, known_at=at(clock),
            details=MessageDetails(channel=channel, bot=True),
        )  # fmt: skip

    def alert(self, clock, name, *, service="checkout", receiver="shop", summary="", ended=None):
        details = AlertDetails(name=name, state="firing", receiver=receiver, labels={"service": service})
        return self._add(
            clock, Kind.ALERT, Lane.SIGNAL, "alertmanager", f"{name}: {summary}", service=service, details=details,
            key=True, known_at=at(clock), ended_at=at(ended) if ended else None,
        )  # fmt: skip

    def deploy(self, clock, version, *, service="checkout", who="deployer", state="finished", revision=None, previous=None):
        details = ChangeDetails(reference=version, revision=revision, state=state, previous=previous)
        return self._add(
            clock, Kind.DEPLOYMENT, Lane.CHANGE, "deploys", f"deploy {service} {version} {state}", service=service, actor=who,
            details=details, key=True,
        )  # fmt: skip

    def rollback(self, clock, version, *, previous, service="checkout", who="deployer"):
        details = ChangeDetails(reference=version, previous=previous, state="finished")
        return self._add(
            clock, Kind.ROLLBACK, Lane.CHANGE, "deploys", f"rollback {service} to {version}", service=service, actor=who,
            details=details, key=True,
        )  # fmt: skip

    def commit(self, clock, revision, subject, *, who="Nils Aasen", files=(), lines=None):
        details = ChangeDetails(revision=revision, files=tuple(files), lines_added=lines)
        return self._add(clock, Kind.COMMIT, Lane.CHANGE, "git", subject, actor=who, details=details)

    def command(self, clock, command, *, who=None):
        return self._add(
            clock, Kind.COMMAND, Lane.CHANGE, "shell", command, actor=who, details=CommandDetails(command=command), key=True
        )

    def log(self, clock, text, *, service="checkout"):
        return self._add(clock, Kind.LOG_PATTERN, Lane.SIGNAL, "logs", text, service=service, key=True)

    def event(self, clock, kind, lane, summary, **fields):
        return self._add(clock, kind, lane, "other", summary, **fields)

    def reached(self, name, clock, event=None):
        """A milestone at this time, told by an event (the one that is nearest if none is given)."""
        when = at(clock)
        told = event or min(self.events, key=lambda one: abs(one.occurred_at - when))
        name = MilestoneName(name)
        self.milestones[name] = Milestone(name, when, MilestoneState.FOUND, f"{name} by {told.kind}", told.citations, told.id)

    def timeline(self):
        absent = MilestoneState.NOT_APPLICABLE
        milestones = tuple(
            self.milestones.get(name, Milestone(name, None, absent, f"nothing shows {name}")) for name in MilestoneName
        )
        instants = [one.at for one in milestones]
        spans = (
            (PhaseName.UNDETECTED, instants[0], instants[1]), (PhaseName.DETECTED, instants[1], instants[2]),
            (PhaseName.DIAGNOSING, instants[2], instants[4]), (PhaseName.RECOVERING, instants[4], instants[5]),
        )  # fmt: skip
        phases = tuple(Phase(name, begin, end) for name, begin, end in spans if begin and end and end > begin)
        return Timeline(tuple(sorted(self.events, key=lambda one: (one.occurred_at, one.id))), milestones, phases)


def series(metric, labels, values, *, start="14:00:00", step=5):
    """Samples every `step` seconds from `start` on."""
    begin = at(start)
    instants = tuple(begin + timedelta(seconds=step * number) for number in range(len(values)))
    return Series(
        metric=metric, labels=labels, instants=instants, values=tuple(map(float, values)),
        citation=cite("metrics", f"/{metric}/{sorted(labels.items())}"),
    )  # fmt: skip


def checkout_lock():
    """A migration waits for a lock; its page goes to the wrong team; a roll-back is refused; cancelling it ends it."""
    story = Story()
    story.commit("13:50", "1111111aaaa", "Shorten the checkout button", who="Yuki Mori", files=("shop/texts.py",), lines=2)
    story.deploy("14:01", "411", revision="1111111aaaa", who="yuki")
    story.commit("13:55", "2222222bbbb", "Add a gift note to orders", files=("migrations/0147_gift_note.sql",), lines=1)
    story.deploy("14:06", "412", revision="2222222bbbb", who="naasen", state="started")
    story.log("14:06:10", "PoolTimeout: no free connection after 2.0 s, waiting for lock on orders")
    first = story.alert("14:08", "CheckoutErrors", receiver="frontend", summary="38% of requests fail", ended="14:24")
    story.say("14:09", "Lucia Ferri", "hm, CheckoutErrors paged me but that's not us. handing to @Ana Kovac")
    taken = story.say("14:10", "Ana Kovac", "got the page, looking")
    called = story.say("14:11", "Rafael Souza", "declaring an incident, sev 2")
    story.say("14:12", "Wei Zhang", "412 went out just before. shall we roll back?")
    story.say("14:12:40", "Ana Kovac", "rolling back 412")
    story.command("14:12:50", "./deploy.sh rollback checkout", who="akovac")
    story.say("14:13:05", "Ana Kovac", "refused, another deploy is still running. whose is it?")
    story.say("14:15", "Wei Zhang", "restart checkout?")
    story.say("14:15:20", "Ana Kovac", "no, let me look at the db first. we'd lose what it waits for")
    story.say(
        "14:19", "Wei Zhang", "it's the migration: ALTER TABLE orders waits for the finance export, everything queues behind it"
    )
    story.say(
        "14:20", "Ana Kovac", "cancel the migration, or kill the finance export? i'd cancel, the migration can run again later"
    )
    story.say("14:20:30", "Rafael Souza", "yes, go ahead")
    story.say("14:20:40", "Ana Kovac", "cancelling")
    end = story.command("14:20:50", 'psql -c "select pg_cancel_backend(4123)"', who="akovac")
    story.say("14:21:30", "Ana Kovac", "errors are falling")
    over = story.say("14:25", "Ana Kovac", "all clear, closing the incident")
    story.say("14:12:10", "Kofi Mensah", "lunch anyone?", channel="random", key=False)
    story.reached("started", "14:06")
    story.reached("detected", "14:08", first)
    story.reached("acknowledged", "14:10", taken)
    story.reached("declared", "14:11", called)
    story.reached("mitigated", "14:21", end)
    story.reached("resolved", "14:25", over)
    return story
