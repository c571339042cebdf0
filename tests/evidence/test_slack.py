"""What the Slack reader promises beyond the recorded exports in tests/readers/slack."""

import datetime as dt
import io

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from juncture.evidence.artefact import Artefact, Head
from juncture.evidence.reader import Confidence, Settings
from juncture.evidence.readers import slack
from juncture.evidence.readers.slack import READER
from juncture.model.evidence import Kind, Lane, LeftOut, Sighting
from juncture.model.identity import sighting_id

USERS = [{"id": "U01", "team_id": "T1", "name": "ana", "profile": {"real_name": "Ana Beispiel", "display_name": "ana"}}]
CHANNELS = [{"id": "C01", "name": "general", "created": 1, "members": []}]


def artefact(value, label="export.zip!/incident-12/2026-05-11.json"):
    data = value if isinstance(value, bytes) else msgspec.json.encode(value)
    return Artefact("sha256:" + "0" * 64, label, len(data), lambda: io.BytesIO(data), label)


def read(*artefacts):
    session = READER.session(Settings(today=dt.date(2026, 11, 1)))
    ordered = sorted(artefacts, key=lambda one: (session.order(one.head()), one.label))
    return [item for one in ordered for item in session.read(one)]


def message(text="hello", ts="1778500860.000200", **more):
    return {"type": "message", "user": "U01", "text": text, "ts": ts, **more}


def only(item, **files):
    (sighting,) = [
        one
        for one in read(artefact(USERS, "u.json"), artefact(CHANNELS, "c.json"), artefact([item]))
        if isinstance(one, Sighting)
    ]
    return sighting


@pytest.mark.parametrize("value", [USERS, CHANNELS, [message()], [{"id": "D01", "created": 1, "members": ["U01"]}]])
def test_each_file_of_an_export_is_recognised_by_content(value):
    assert READER.recognise(artefact(value).head()) == Confidence.CERTAIN


@pytest.mark.parametrize(
    "value", [[], {}, [1], [{"id": "U01"}], [{"ts": 1}], [{"ts": "2026-05-11", "type": "message", "text": ""}], {"a": []}]
)
def test_other_json_is_not_taken(value):
    assert READER.recognise(artefact(value).head()) == Confidence.NO


def test_a_first_message_larger_than_the_head_is_still_recognised():
    data = msgspec.json.encode([message(), message("x" * 200_000)])
    assert READER.recognise(Head("x", data[:65536], whole=False)) == Confidence.CERTAIN


def test_people_and_channels_are_read_before_messages_wherever_they_lie():
    day, users = artefact([message("<@U01> in <#C01>")], "a/2026-05-11.json"), artefact(USERS, "z/users.json")
    (sighting,) = [one for one in read(day, users, artefact(CHANNELS, "z/channels.json")) if isinstance(one, Sighting)]
    assert (sighting.actor, sighting.summary) == ("ana", "@ana in #general")


@pytest.mark.parametrize(
    ("label", "channel"),
    [
        ("export.zip!/incident-12/2026-05-11.json", "incident-12"),
        ("export.zip!/My export/incident-12/2026-05-11.json", "incident-12"),
        ("export.zip!/2026-05-11.json", None),
        ("2026-05-11.json", None),
        ("dump/general.json", "general"),
    ],
)
def test_the_channel_is_the_folder(label, channel):
    (sighting,) = read(artefact([message()], label))
    assert sighting.details.channel == channel


def test_a_channel_fetched_again_under_another_name_adds_only_what_is_new():
    old, new = read(artefact([message()], "a.json")), read(artefact([message(), message(ts="1778500861.000200")], "b.json"))
    assert old[0].id == new[0].id != new[1].id


def test_the_same_message_in_a_newer_export_is_the_same_sighting():
    old, new = (
        read(artefact([message()])),
        read(artefact([message(), message(ts="1778500861.000200")], "new/incident-12/2026-05-11.json")),
    )
    assert old[0].id == new[0].id != new[1].id


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("<https://ci.example.org/412|build 412> &amp; <https://a.example>", "build 412 & https://a.example"),
        ("<@U01|someone> <@U9> <!here> <!subteam^S1|@oncall> <!date^1^{date}|today>", "@ana @U9 @here @oncall today"),
        ("<#C01> <#C9|other> <#C9>", "#general #other #C9"),
        ("a &lt; b &gt; c &amp;lt;", "a < b > c &lt;"),
        ("<mailto:a@example.com|a@example.com>", "a@example.com"),
        ("x < y and y > z", "x < y and y > z"),
    ],
)
def test_markup_is_shown_as_slack_shows_it(written, shown):
    assert only(message(written)).summary == shown


def test_links_are_those_behind_labels_too():
    assert only(message("<https://ci.example.org/412|build> of #7")).links == ("https://ci.example.org/412", "#7")


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"text": "", "files": [{"name": "a.png"}]}, "shared a file: a.png"),
        ({"text": "", "files": [{"name": "a.png"}, None, {"mode": "tombstone"}]}, "shared 2 files: a.png, a deleted file"),
        (
            {
                "text": "",
                "blocks": [
                    {"type": "header", "text": {"type": "plain_text", "text": "Deploy"}},
                    {"type": "actions", "elements": []},
                ],
            },
            "Deploy",
        ),
        ({"text": "", "attachments": [{"fallback": "only this"}]}, "only this"),
        ({"text": "see", "attachments": [{"from_url": "https://a.example", "title": "Preview"}]}, "see"),
        ({"text": "down", "subtype": "bot_message", "attachments": [{"title": "db-1"}]}, "down\ndb-1"),
        ({"text": None, "subtype": "huddle_thread"}, "started a huddle"),
    ],
)
def test_words_are_found_wherever_they_stand(more, words):
    assert only(message(**more)).summary == words


def test_a_program_posts_an_alert_and_knows_nothing():
    sighting = only(message("[FIRING:1] DiskFull", subtype="bot_message", bot_id="B1", username="alerts", user=None))
    assert (sighting.lane, sighting.actor, sighting.known_by, sighting.details.bot) == (Lane.SIGNAL, "alerts", (), True)
    assert sighting.known_at == sighting.occurred_at


def test_a_join_is_membership():
    assert only(message("<@U01> has joined", subtype="channel_join")).kind is Kind.MEMBERSHIP


@pytest.mark.parametrize(
    "item",
    [
        {**message("lag is 90"), "ts": 1778500860.0002},
        {**message("lag is 90"), "ts": "1778500860.0002"},
        message("lag is 90", edited={"user": "U01", "ts": 1778515260}),
        {"type": "message", "subtype": "message_changed", "ts": "1778515260.000100", "message": message("lag is 90")},
    ],
)
def test_a_message_is_read_whether_its_times_are_texts_or_numbers(item):
    assert READER.recognise(artefact([item]).head()) == Confidence.CERTAIN
    sighting = only(item)
    assert sighting.summary == "lag is 90"
    assert sighting.occurred_at == dt.datetime(2026, 5, 11, 12, 1, 0, 200, dt.UTC)


def test_a_message_without_a_time_is_left_out_and_not_of_1970():
    found = read(artefact([message("a"), message("b", ts="0.000000")]))
    assert [item.summary for item in found if isinstance(item, Sighting)] == ["a"]
    assert [item.where for item in found if isinstance(item, LeftOut)] == ["export.zip!/incident-12/2026-05-11.json, /1"]


def test_answers_that_slackdump_keeps_inside_of_a_message_are_read_at_their_own_place():
    inner = message("index dropped", ts="1778510860.000200", thread_ts="1778500860.000200")
    dump = {
        "channel_id": "C01",
        "name": "incident-12",
        "messages": [{**message("stopped"), "slackdump_thread_replies": [inner]}],
    }
    found = read(artefact(dump, "C01.json"))
    assert [(one.summary, one.citation.place) for one in found] == [
        ("stopped", "/messages/0"), ("index dropped", "/messages/0/slackdump_thread_replies/0"),
    ]  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le"])
def test_an_export_that_an_editor_saved_anew_is_still_one(encoding):
    day = artefact(msgspec.json.encode([message("für")]).decode().encode(encoding))
    assert READER.recognise(day.head()) == Confidence.CERTAIN
    assert [one.summary for one in read(day)] == ["für"]


def test_a_reaction_without_a_name_costs_no_message_and_blanks_are_none():
    found = read(
        artefact([message("a", reactions=[None, {"count": 1}, {"name": "eyes"}]), message("  ", ts="1778500861.000200")])
    )
    assert [one.details.reactions for one in found if isinstance(one, Sighting)] == [(":eyes: 1",)]
    assert sum(one.count for one in found if isinstance(one, LeftOut)) == 1


_PIECES = [" ", "we", "Rolling", "HighErrorRate", "I", "deadbeef1", "1abcdef", "commit", "#", "412", "PR", "!4", "é", "https://example.com/a",
    "<@U01>", "<https://example.com/b|board>", "&amp;", "ü", "acme/shop#7", "\n", "٤"]  # fmt: skip
_MORE = st.fixed_dictionaries(
    {},
    optional={
        "thread_ts": st.sampled_from(["1778500860.000200", "1778500860.000300"]),
        "edited": st.sampled_from([None, {}, {"user": "U01", "ts": "1778500900.000000"}]),
        "reactions": st.sampled_from([[], [{"name": "eyes", "count": 2}], [None]]),
        "files": st.sampled_from([[], [{"name": "graph.png"}]]),
        "file": st.just({"name": "graph.png"}),
        "username": st.just("deployer"),
        "bot_id": st.just("B01"),
        "subtype": st.sampled_from(["thread_broadcast", "channel_join", "tombstone", "me_message"]),
    },
)


@given(st.lists(st.sampled_from(_PIECES), max_size=6).map("".join), _MORE)
def test_a_message_tells_the_same_after_another_of_its_author_as_by_itself(text, more):
    item = message(text, ts="1778500860.000300", **more)
    alone = [one for one in read(artefact(USERS, "u.json"), artefact([{}, item])) if isinstance(one, Sighting)]
    after = [one for one in read(artefact(USERS, "u.json"), artefact([message(), item])) if isinstance(one, Sighting)][1:]
    assert [one.id for one in after] == [one.id for one in alone]
    assert [(one.summary.strip(), one.actor, one.known_by, one.links, one.lane, one.kind, one.details) for one in after] == [
        (one.summary.strip(), one.actor, one.known_by, one.links, one.lane, one.kind, one.details) for one in alone
    ]


def test_an_id_is_that_of_its_parts_however_it_is_made():
    assert only(message(ts="1778500860.000201")).id == sighting_id("slack", "incident-12", "1778500860.000201")


def test_microseconds_are_kept():
    assert only(message(ts="1778500860.000201")).occurred_at == dt.datetime(2026, 5, 11, 12, 1, 0, 201, tzinfo=dt.UTC)


def test_what_stands_whole_in_a_broken_file_is_read_and_the_break_named():
    data = msgspec.json.encode([message(f"m{number}", ts=f"17785008{number:02}.000000") for number in range(20)])
    items = read(artefact(data[:-30]))
    assert [one.summary for one in items if isinstance(one, Sighting)] == [f"m{number}" for number in range(19)]
    (left,) = [one for one in items if isinstance(one, LeftOut)]
    assert left.damaged
    assert left.where.startswith("export.zip!/incident-12/2026-05-11.json")


def test_a_file_beyond_the_limit_is_read_one_by_one_with_the_same_result(monkeypatch):
    value = [message(f"m{number}", ts=f"17785008{number:02}.000000") for number in range(9)]
    whole = read(artefact(value))
    monkeypatch.setattr(slack, "WHOLE_LIMIT", 10)
    assert read(artefact(value)) == whole


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20), lambda inner: st.lists(inner, max_size=3), max_leaves=5
)
_ELEMENTS = st.fixed_dictionaries(
    {"ts": st.sampled_from(["1778500860.000200", "x", "99999999999999.0", "-1.5", ""]), "type": st.just("message")},
    optional=dict.fromkeys(
        ("text", "user", "subtype", "blocks", "attachments", "files", "edited", "reactions", "message", "bot_profile"), _VALUES
    ),
)


@given(st.lists(_ELEMENTS, max_size=5))
def test_any_elements_are_read_or_left_out_one_by_one(elements):
    items = read(artefact(elements))
    assert sum(one.count if isinstance(one, LeftOut) else 1 for one in items) == len(elements)
