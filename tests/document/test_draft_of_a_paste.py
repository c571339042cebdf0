"""A copied channel, from its text to its draft."""

import datetime as dt
import io
from zoneinfo import ZoneInfo

import pytest

from juncture.document.draft import draft
from juncture.evidence.artefact import Artefact
from juncture.evidence.reader import Settings
from juncture.evidence.readers.pasted import READER
from juncture.model.evidence import Sighting
from juncture.timeline.build import build_timeline

LAG = """\
Monday, November 2nd

PagerDuty
APP  9:14 AM
Triggered: Consumer lag above 50k on billing-events (P2)
Service: billing-consumer

Priya Sample
  9:16 AM
looking
9:18
lag is at 180k and climbing, consumers are all in rebalance loop
Tom Sample (he/him)
  9:19 AM
we shipped 2.31.0 of the consumer at 8:55, bumped max.poll.records to 5000
Priya Sample
  9:26 AM
ok. rolling back to 2.30.4
Tom Sample (he/him)
  9:27 AM
wait, can we just set max.poll.records back via config? rollback takes 15 min
Priya Sample
  9:28 AM
no, rollback is safer, config needs restart anyway
9:41
rollback done, group is stable
10:05
lag is zero, invoices caught up
PagerDuty
APP  10:06 AM
Resolved: Consumer lag above 50k on billing-events
Priya Sample
  10:10 AM
all good, closing. will write up
"""


def drafted(text):
    artefact = Artefact("sha256:" + "0" * 64, "paste", len(text), lambda: io.BytesIO(text.encode()), "paste")
    settings = Settings(today=dt.date(2026, 11, 2), date=dt.date(2026, 11, 2), zone=ZoneInfo("UTC"))
    found = READER.session(settings).read(artefact)
    return draft(build_timeline(item for item in found if isinstance(item, Sighting)))


@pytest.fixture(scope="module")
def postmortem():
    return drafted(LAG)


def at(clock):
    hour, minute = clock.split(":")
    return dt.datetime(2026, 11, 2, int(hour), int(minute), tzinfo=dt.UTC)


def test_an_alert_posted_before_the_first_complaint_is_start_and_detection_and_looking_acknowledges_it(postmortem):
    told = postmortem.incident
    assert (told.started_at, told.detected_at, told.acknowledged_at) == (at("9:14"), at("9:14"), at("9:16"))
    assert (told.declared_at, told.mitigated_at, told.resolved_at) == (None, at("9:41"), at("10:10"))


def test_what_is_done_belongs_to_what_was_chosen_and_not_to_what_was_refused_in_between(postmortem):
    assert [(one.at, one.chosen) for one in postmortem.decisions] == [
        (at("9:26"), "Roll back to 2.30.4"),
        (at("9:28"), "Not now: “no, rollback is safer, config needs restart anyway”"),
    ]


def test_what_somebody_tells_of_having_shipped_is_a_change_before_the_start(postmortem):
    told = "we shipped 2.31.0 of the consumer at 8:55, bumped max.poll.records to 5000"
    assert [one.what for one in postmortem.changes] == [f"Said: “{told}”"]
    assert f"The change to look at first is one told in chat, “{told}”" in postmortem.sections[0].markdown


def test_a_fix_shipped_during_the_incident_is_no_change_before_it():
    fixed = LAG.replace(
        "we shipped 2.31.0 of the consumer at 8:55, bumped max.poll.records to 5000", "we shipped a hotfix for it"
    )
    assert drafted(fixed).changes == ()


def test_who_refuses_and_does_something_else_chose_that():
    text = """\
mira — Yesterday at 11:41 PM
anyone else's bot offline? guild cache returns empty
kofi — Yesterday at 11:43 PM
redis is out of memory again, maxmemory hit
mira — Yesterday at 11:44 PM
lets flush the guild cache?
kofi — Yesterday at 11:45 PM
no thats 2M keys, cold start will kill the db. i'll raise maxmemory to 8gb
kofi — Yesterday at 11:52 PM
raised. evictions stopped
mira — Today at 12:03 AM
bot is back, commands answer
"""
    told = drafted(text)
    assert [(one.question, one.chosen) for one in told.decisions] == [("Raise maxmemory to 8gb?", "Raise maxmemory to 8gb")]
    assert told.incident.started_at == dt.datetime(2026, 11, 1, 23, 41, tzinfo=dt.UTC)
    assert told.incident.mitigated_at == dt.datetime(2026, 11, 2, 0, 3, tzinfo=dt.UTC)
