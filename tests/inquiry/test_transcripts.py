"""Whole conversations, written for these tests, with the choices that a careful reader would list."""

import pytest

from juncture.inquiry.decisions import candidates

BILLING = """
14:02 Priya Raman: api latency is up, p99 over 4 s. looking
14:05 Tom Berg: there is a new query from the reporting job, started 13:50
14:06 Priya Raman: can we just kill it?
14:06:20 Tom Berg: it's the monthly billing run, finance will be upset
14:09 Tom Berg: finance says ok to kill, they can rerun tonight
14:10 Dana Weiss: do it
14:10:20 Priya Raman: killing job 7731
14:12 Priya Raman: cpu dropping, p99 at 1.2s
14:21 Dana Weiss: should we fail over the replica to be safe?
14:22 Priya Raman: no need, primary is healthy. failing over now only adds risk
"""
ZONE = """
09:15 Joel Stein: checkout error rate 12%, 1b is unreachable
09:16 Kim Sol: options: drain 1b completely, or wait for the provider. draining means we run on 2 zones at 85% cpu
09:18 Joel Stein: I'd drain, errors are climbing
09:19 Kim Sol: ok draining 1b
09:24 Kim Sol: drained. error rate 3%
09:25 Joel Stein: cpu 91% in 1a though. scale up?
09:26 Kim Sol: yes, scaling checkout to 30 replicas
10:15 Kim Sol: provider says fixed. bring 1b back now or leave it until tomorrow?
10:16 Joel Stein: leave it, traffic is low tonight
"""
SEARCH = """
10:02 Priya Raman: checkout is slow. anyone deployed?
10:04 Priya Raman: db connections are maxed. search uses the same pgbouncer
10:05 Tom Berg: oh. I can turn the flag search_v2 off
10:05:20 Priya Raman: please do
10:06 Tom Berg: flag is off
10:08 Priya Raman: no change. connections still at 400
10:14 Noor Haddad: 380 idle in transaction from search. we could restart the workers or raise the pool limit
10:15 Tom Berg: restarting loses the index build (2h). raise the limit?
10:16 Noor Haddad: raising only buys minutes
10:17 Priya Raman: ok restart them, index can wait
10:17:20 Tom Berg: restarting search workers
10:19 Noor Haddad: connections at 90 and falling
"""
QUEUE = """
16:42 Ines Duarte: consumer pods are crashlooping
16:44 Marco Silva: options: revert #881, or just bump the limit by hand. bumping is faster
16:45 Ines Duarte: agree, bump it to 1Gi
16:48 Ines Duarte: pods stable, queue draining
16:50 Yuki Mori: should we pause the retry job so it doesn't double-charge?
16:51 Ines Duarte: good call, pausing
17:08 Yuki Mori: support got 3 tickets. I'd post on the status page
17:09 Ines Duarte: ok posting now
"""
IMPORT = """
10:37 Sam Okafor: the import has stopped at file 88
10:41 Robin Hale: restarted it, watching
12:05 Sam Okafor: import is through
"""


@pytest.mark.parametrize(
    ("transcript", "expected"),
    [
        (
            BILLING,
            [
                ("14:10", "Kill it?", "Kill job 7731"),
                ("14:22", "Fail over the replica to be safe?", "Not now: “no need, primary is healthy”"),
            ],
        ),
        (
            ZONE,
            [
                ("09:19", "Drain 1b completely, or wait for the provider?", "Drain 1b completely"),
                ("09:26", "Scale up?", "Scale checkout to 30 replicas"),
                ("10:16", "Bring 1b back, or leave it until tomorrow?", "Leave it until tomorrow"),
            ],
        ),
        (
            SEARCH,
            [
                ("10:05:20", "Turn the flag search_v2 off?", "Turn the flag search_v2 off"),
                ("10:17:20", "Restart the workers, or raise the pool limit?", "Restart the workers"),
            ],
        ),
        (
            QUEUE,
            [
                ("16:45", "Revert #881, or bump the limit by hand?", "Bump the limit by hand"),
                ("16:51", "Pause the retry job?", "Pause the retry job"),
                ("17:09", "Post on the status page?", "Post on the status page"),
            ],
        ),
        (IMPORT, [("10:41", "Restart it?", "Restart it")]),
    ],
    ids=["billing", "zone", "search", "queue", "import"],
)
def test_a_conversation_gives_the_choices_that_a_reader_would_list(story, transcript, expected):
    incident = story.Story()
    for line in transcript.strip().splitlines():
        clock, rest = line.split(" ", 1)
        who, text = rest.split(": ", 1)
        incident.say(clock, who, text, channel=None)
    found = candidates(incident.timeline())
    assert [(one.at, one.question, one.chosen) for one in found] == [
        (story.at(clock), question, chosen) for clock, question, chosen in expected
    ]
