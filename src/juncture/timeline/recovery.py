"""When users no longer felt it, and when it was over."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta

from juncture.model.evidence import AlertDetails, Event, Kind
from juncture.model.instants import clock_time
from juncture.model.record import Milestone, MilestoneName, MilestoneState
from juncture.timeline.cues import Cue
from juncture.timeline.effects import Effect
from juncture.timeline.onset import absent, found, of_effect, quoted, tells_of_users
from juncture.timeline.pages import Pages, pages_of
from juncture.timeline.scene import Scene
from juncture.timeline.speech import Said

COUNTED_FIRST = timedelta(minutes=2)
"""A rate or quantile looks back over a window; a counter doesn't: of ends this close together the counter's is taken."""
REOPENED_AFTER = timedelta(minutes=2)
"""Complaints this soon after "resolved" are still on their way; later ones say that it isn't."""
EARLY_WORD = timedelta(minutes=5)
"""Metrics that look back may show an effect for so long after it was rightly said to be over."""


_BY_SOMEBODY = re.compile(r"\b(?:resolved|closed|mitigated) by\b", re.IGNORECASE)
"""What a bot posts ends an incident only if it tells who did it; alerts resolve by themselves."""


def mitigated(scene: Scene, start: Milestone) -> Milestone:
    """Return when users no longer felt it: of metrics, else of the alerts on them, else of what people said."""
    name = MilestoneName.MITIGATED
    effects = _of_incident(scene, start)
    alerts = [alert for alert in scene.alerts if tells_of_users(alert)]
    if effects:
        return _from_effects(effects, calm=all(alert.ended_at for alert in alerts))
    if alerts and all(alert.ended_at for alert in alerts):
        last = max(alerts, key=lambda alert: (alert.ended_at or alert.occurred_at, alert.id))
        return found(
            name, last.ended_at or last.occurred_at, f"{_name_of(last)}, the last alert on what users feel, resolved", last
        )
    said = _last_that_held(scene, Cue.MITIGATED)
    if said is not None and not alerts:
        return found(name, said.event.occurred_at, f"somebody wrote {quoted(said.event)}", said.event)
    if alerts:
        firing = next(alert for alert in alerts if alert.ended_at is None)
        return absent(name, f"{_name_of(firing)} still fires where the evidence ends")
    posts = scene.posts
    if posts.over and not posts.open and any(tells_of_users(post) for post in posts.fired):
        last = posts.over[-1]
        return found(name, last.occurred_at, f"the end of the last alert was posted: {quoted(last)}", last)
    return absent(name, "nothing in the evidence shows that users no longer felt it")


def resolved(scene: Scene, mitigation: Milestone) -> Milestone:
    """Return when it was said to be over, else when the last alert or page resolved; never while one still asks for somebody.

    A page that is open where the evidence ends contradicts words only if it was opened after them: few exports hold all steps.
    """
    name = MilestoneName.RESOLVED
    pages = pages_of(scene)
    said = _said_over(scene, pages)
    firing = [alert for alert in scene.alerts if alert.ended_at is None]
    if firing:
        what = f"{_name_of(firing[0])} still fires where the evidence ends"
        if said is None:
            return absent(name, what)
        return Milestone(
            name, None, MilestoneState.INVALID, f"said to be over ({quoted(said)}), but {what}", said.citations[:3]
        )
    if said is not None:
        if mitigation.at and mitigation.at > said.occurred_at + EARLY_WORD:
            reason = f"said to be over ({quoted(said)}), but users felt it until {clock_time(mitigation.at)} UTC"
            return Milestone(name, None, MilestoneState.INVALID, reason, said.citations[:3])
        who = "a responder resolved the page" if said.kind is Kind.RESOLUTION else f"somebody wrote {quoted(said)}"
        return found(name, said.occurred_at, who, said)
    if pages.opened and pages.closed:
        return absent(name, f"{quoted(pages.opened[0])} is still open where the evidence ends")
    ended = [alert for alert in scene.alerts if alert.ended_at]
    if pages.closed and not ended:
        return found(
            name, pages.closed.occurred_at, "nobody said so; the last page was resolved by what had paged", pages.closed
        )
    if ended:
        last = max(ended, key=lambda alert: (alert.ended_at or alert.occurred_at, alert.id))
        return found(
            name, last.ended_at or last.occurred_at, f"nobody said so; {_name_of(last)}, the last alert, resolved", last
        )
    if scene.posts.open and scene.posts.over:
        return absent(name, f"{quoted(scene.posts.open[0])} was not posted to be over")
    if scene.posts.over:
        last = scene.posts.over[-1]
        return found(name, last.occurred_at, f"nobody said so; the end of the last alert was posted: {quoted(last)}", last)
    return absent(name, "nobody said that it was over, and no alert resolved")


def _of_incident(scene: Scene, start: Milestone) -> list[Effect]:
    """Return the effects that belong to the start: those that were felt then, and what followed before the end of talk."""
    if start.at is None or scene.last is None:
        return []
    latest = scene.last
    return [
        effect
        for effect in scene.effects
        if effect.started_at <= latest and (effect.ended_at is None or effect.ended_at >= start.at)
    ]


def _from_effects(effects: Sequence[Effect], *, calm: bool) -> Milestone:
    name = MilestoneName.MITIGATED
    sharp = [effect for effect in effects if effect.measure.kind != "throughput"] or list(effects)
    lasting = [effect for effect in sharp if effect.ended_at is None]
    if lasting and all(effect.measure.kind == "latency" for effect in lasting) and calm:
        # Slower than before, and nobody is told of it any more: what users got in the end decides.
        sharp = [effect for effect in sharp if effect.measure.kind in {"errors", "success"}] or lasting
        lasting = [effect for effect in sharp if effect.ended_at is None]
    if lasting:
        return absent(name, f"{lasting[0].metric} is still outside its usual range where the evidence ends")
    ends = {id(effect): effect.ended_at for effect in sharp if effect.ended_at}
    last = max(sharp, key=lambda effect: ends[id(effect)])
    counted = [effect for effect in sharp if effect.measure.kind == "errors" and effect.counted]
    if counted:
        counter = max(counted, key=lambda effect: ends[id(effect)])
        if ends[id(last)] - ends[id(counter)] <= COUNTED_FIRST:
            last = counter
    reason = f"{last.metric} ({last.measure.what}) was back in its usual range"
    return of_effect(name, last, ends[id(last)], reason, last.back)


def _said_over(scene: Scene, pages: Pages) -> Event | None:
    """Return what ended it: words after which nobody told of the trouble any more, or the last page if a person resolved it."""
    said = _last_that_held(scene, Cue.RESOLVED)
    if said is not None and any(page.occurred_at > said.event.occurred_at + REOPENED_AFTER for page in pages.reopened):
        said = None
    steps = [
        event for event in scene.events if event.kind is Kind.RESOLUTION and event.actor and scene.holds(event.occurred_at)
    ]
    if said is not None:
        return said.event
    return steps[-1] if steps and not pages.opened else None


def _last_that_held(scene: Scene, cue: Cue) -> Said | None:
    """Return the first saying of `cue` after which no complaint came and no alert fired: reopened, it has a later one."""
    chosen: Said | None = None
    trouble = sorted(alert.occurred_at for alert in scene.alerts)
    for said in scene.said(bots=True):
        at = said.event.occurred_at
        if said.bot and not _BY_SOMEBODY.search(said.event.summary):
            continue
        if chosen is not None:
            since = chosen.event.occurred_at + REOPENED_AFTER
            if (at > since and _complains(said)) or any(since < fired <= at for fired in trouble):
                chosen = None
        if chosen is None and cue in said.cues:
            chosen = said
    return chosen


def _complains(said: Said) -> bool:
    return Cue.SYMPTOM in said.cues and said.cues.isdisjoint({Cue.IMPROVING, Cue.MITIGATED, Cue.RESOLVED})


def _name_of(alert: Event) -> str:
    return alert.details.name if isinstance(alert.details, AlertDetails) else alert.summary
