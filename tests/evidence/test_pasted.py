"""What the pasted reader promises beyond the recorded conversations in tests/readers/pasted."""

import datetime as dt
import io
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juncture.evidence.artefact import Artefact, Head
from juncture.evidence.conversation.telling import TEXT_LIMIT
from juncture.evidence.reader import Confidence, Settings
from juncture.evidence.readers.pasted import READER
from juncture.model.errors import BadEvidence
from juncture.model.evidence import Kind, Lane, LeftOut, Note, Sighting

TODAY = dt.date(2026, 11, 1)


def artefact(text):
    data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    return Artefact("sha256:" + "0" * 64, "paste.txt", len(data), lambda: io.BytesIO(data), "paste.txt")


def found(text, *, date=None, zone="UTC", today=TODAY):
    settings = Settings(today=today, date=dt.date.fromisoformat(date) if date else None, zone=ZoneInfo(zone) if zone else None)
    return list(READER.session(settings).read(artefact(text)))


def sightings(text, **known):
    return [item for item in found(text, **known) if isinstance(item, Sighting)]


def told(text, **known):
    return [(s.occurred_at.strftime("%m-%d %H:%M"), s.actor, s.summary) for s in sightings(text, **known)]


def confidence(text):
    data = text.encode()
    return READER.recognise(Head("x", data, whole=True))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ana B.\n  2:01 PM\ndown\n2:04\nup\n", [("03-02 14:01", "Ana B.", "down"), ("03-02 14:04", "Ana B.", "up")]),
        ("Ana  11:58 AM\ndown\n12:03\nup\n", [("03-02 11:58", "Ana", "down"), ("03-02 12:03", "Ana", "up")]),
        ("Ana  11:58 PM\ndown\n12:03\nup\n", [("03-02 23:58", "Ana", "down"), ("03-03 00:03", "Ana", "up")]),
        ("[14:02] Ana: a\n[14:03] Jo: b: c\n", [("03-02 14:02", "Ana", "a"), ("03-02 14:03", "Jo", "b: c")]),
        ("(02:05:11 PM) Ana: a\n(02:06:11 PM) Jo: b\n", [("03-02 14:05", "Ana", "a"), ("03-02 14:06", "Jo", "b")]),
        ("14:02 ana: is it down?\n14:03 jo: yes\n", [("03-02 14:02", "ana", "is it down?"), ("03-02 14:03", "jo", "yes")]),
        ("Ana, [02.03.2026 14:05]\na\n\nJo, [02.03.2026 14:06]\nb\n", [("03-02 14:05", "Ana", "a"), ("03-02 14:06", "Jo", "b")]),
        ("2026-03-02 14:05:11\tana\tup?\n2026-03-02 14:06:11\tjo\tno\n", [("03-02 14:05", "ana", "up?"), ("03-02 14:06", "jo", "no")]),
        ("2:01 PM\nAna Beispiel\na\n2:02 PM\nJo Muster\nb\n2:03 PM\nAna Beispiel\nc\n2:04 PM\nJo Muster\nd\n", [
            ("03-02 14:01", "Ana Beispiel", "a"), ("03-02 14:02", "Jo Muster", "b"),
            ("03-02 14:03", "Ana Beispiel", "c"), ("03-02 14:04", "Jo Muster", "d"),
        ]),
        ("Ana — Hier à 23:52\na\nJo — Aujourd’hui à 00:07\nb\n", [("03-01 23:52", "Ana", "a"), ("03-02 00:07", "Jo", "b")]),
        ("ana — 昨天下午5:03\na\njo — 今天上午2:38\nb\n", [("03-01 17:03", "ana", "a"), ("03-02 02:38", "jo", "b")]),
        ("Ana — Sunday 11:52 PM\na\nJo — 2:07 AM\nb\n", [("03-01 23:52", "Ana", "a"), ("03-02 02:07", "Jo", "b")]),
    ],
)  # fmt: skip
def test_a_shape_gives_name_time_and_text(text, expected):
    assert confidence(text) > Confidence.FALLBACK
    assert told(text, date="2026-03-02") == expected


def test_a_name_may_be_a_word_and_a_word_no_name():
    text = "Will Power  2:01 PM\nMay\nApril May  2:03 PM\nThanks\n2:05\nWill\n"
    assert told(text, date="2026-03-02") == [
        ("03-02 14:01", "Will Power", "May"),
        ("03-02 14:03", "April May", "Thanks"),
        ("03-02 14:05", "April May", "Will"),
    ]


def test_log_lines_and_times_in_a_message_stay_its_text():
    log = "14:01:07 ERROR x\n[14:01:08] pool: empty\n2026-03-02 14:01:09 web-1 | GET /\nat 14:02"
    (first, second) = sightings(f"Ana  2:01 PM\n{log}\nJo  2:03 PM\nok\n", date="2026-03-02")
    assert first.summary == log
    assert second.summary == "ok"


def test_a_chat_quoted_in_a_message_stays_its_text():
    quoted = "from the channel:\n13:01 <kim> it is slow\n13:02 <lee> yes\n13:03 <kim> hm"
    text = f"Ana Beispiel\n  2:01 PM\n{quoted}\n\n\nJo Muster\n  2:03 PM\nok\n"
    assert [s.summary for s in sightings(text, date="2026-03-02")] == [quoted, "ok"]


def test_two_conversations_in_one_paste_are_both_read():
    text = (
        "Ana Beispiel\n  2:01 PM\ndown\n\n\nJo Muster\n  2:03 PM\nlooking\n\n\n"
        "14:05 <kim> same here\n14:06 <lee> yes\n14:07 <kim> up again\n"
    )
    assert [actor for _, actor, _ in told(text, date="2026-03-02")] == ["Ana Beispiel", "Jo Muster", "kim", "lee", "kim"]


def test_messages_of_one_minute_keep_their_order_and_their_width():
    text = "".join(f"[14:02] <ana> line {number}\n" for number in range(30))
    read = sightings(text, date="2026-03-02")
    assert [s.summary for s in sorted(read, key=lambda s: s.occurred_at)] == [f"line {number}" for number in range(30)]
    assert {(s.earliest.second, s.latest.second) for s in read} == {(0, 59)}
    assert all(s.earliest <= s.occurred_at <= s.latest for s in read)


def test_a_longer_copy_adds_only_the_new_messages():
    short = "[14:02] <ana> down\n[14:02] <ana> down\n[14:03] <jo> looking\n"
    first, second = sightings(short, date="2026-03-02"), sightings(short + "[14:09] <ana> up\n", date="2026-03-02")
    assert [s.id for s in second][:3] == [s.id for s in first]
    assert len({s.id for s in second}) == 4


def test_a_reaction_or_an_edit_that_came_later_changes_no_identity():
    plain = "Ana  2:01 PM\ndown\nJo  2:02 PM\nlooking\n"
    later = "Ana  2:01 PM\ndown (edited)\n:eyes: 2\nJo  2:02 PM\nlooking\n👍 3\n"
    assert [s.id for s in sightings(plain, date="2026-03-02")] == [s.id for s in sightings(later, date="2026-03-02")]


def test_yesterday_read_tomorrow_is_the_same_message():
    today, tomorrow = "ana — Today at 2:01 PM\nx\n", "ana — Yesterday at 2:01 PM\nx\n"
    assert [s.id for s in sightings(today, date="2026-03-02")] == [s.id for s in sightings(tomorrow, date="2026-03-03")]


def test_a_date_that_was_given_is_the_day_of_the_first_message():
    assert [when for when, _, _ in told("[23:58] <a> x\n[00:03] <b> y\n", date="2026-03-02")] == ["03-02 23:58", "03-03 00:03"]


def test_without_a_date_the_last_message_is_of_today_and_one_line_says_so():
    notes = [item for item in found("[23:58] <a> x\n[00:03] <b> y\n", zone=None) if isinstance(item, Note)]
    assert [when for when, _, _ in told("[23:58] <a> x\n[00:03] <b> y\n")] == ["10-31 23:58", "11-01 00:03"]
    (note,) = notes
    assert "2026-11-01" in note.why
    assert "UTC" in note.why
    assert "\n" not in note.why


def test_nothing_is_assumed_where_date_and_zone_are_given():
    assert not [item for item in found("[23:58] <a> x\n[00:03] <b> y\n", date="2026-03-02") if isinstance(item, Note)]


def test_a_day_told_from_that_of_copying_is_said_to_be_assumed():
    text = "Ana — Yesterday at 11:52 PM\nx\nJo — Today at 12:07 AM\ny\n"
    assert told(text)[0][0] == "10-31 23:52"
    (note,) = [item for item in found(text) if isinstance(item, Note)]
    assert "copied on 2026-11-01" in note.why


def test_days_before_the_first_separator_are_counted_back():
    text = "Ana\n  11:50 PM\na\nTuesday, March 3rd\n\n\nJo\n  12:10 AM\nb\n"
    assert [when for when, _, _ in told(text, today=dt.date(2026, 3, 20))] == ["03-02 23:50", "03-03 00:10"]


@pytest.mark.parametrize(
    ("stamp", "expected"),
    [
        ("25/12/26, 14:05", "12-25"),
        ("12/25/26, 2:05 PM", "12-25"),
        ("25.12.26, 14:05", "12-25"),
        ("2026-12-25, 14:05", "12-25"),
    ],
)
def test_day_and_month_are_told_apart(stamp, expected):
    assert told(f"[{stamp}] Ana: x\n[{stamp}] Jo: y\n", today=dt.date(2026, 12, 31))[0][0].startswith(expected)


def test_a_zone_in_the_text_counts():
    assert told("14:05 CET <ana> x\n14:06 CET <jo> y\n", date="2026-03-02", zone=None)[0][0] == "03-02 13:05"
    said = "All times are in CET\n14:05 <ana> x\n14:06 <jo> y\n"
    assert told(said, date="2026-03-02", zone=None)[0][0] == "03-02 13:05"


def test_a_time_that_happens_twice_spans_both():
    (first, *_) = sightings("[02:30] <ana> x\n[02:31] <jo> y\n", date="2026-10-25", zone="Europe/Berlin")
    assert (first.latest - first.earliest).total_seconds() > 3600


def test_who_posted_knows_and_a_program_knows_nothing():
    text = "Alertmanager\nAPP\n  2:01 PM\n[FIRING:1] DiskFull\n\n\nAna Beispiel\n  2:02 PM\nseen\n"
    alert, seen = sightings(text, date="2026-03-02")
    assert (alert.lane, alert.known_by, alert.details.bot) == (Lane.SIGNAL, (), True)
    assert (seen.lane, seen.known_by, seen.details.bot) == (Lane.PEOPLE, ("Ana Beispiel",), False)
    assert alert.known_at == alert.occurred_at
    assert alert.links == ("DiskFull",)


def test_who_came_and_went_is_membership():
    text = "Ana\n  2:01 PM\njoined #ops.\n\n\nJo\n  2:02 PM\nwe joined the tables\n"
    assert [s.kind for s in sightings(text, date="2026-03-02")] == [Kind.MEMBERSHIP, Kind.MESSAGE]


def test_what_is_in_no_message_is_counted():
    text = "cut off in the middle\nof a message\nAna  2:01 PM\nx\n3 replies\nView thread\nJo  2:02 PM\ny\n"
    left = {item.why.split(" ")[0]: item.count for item in found(text, date="2026-03-02") if isinstance(item, LeftOut)}
    assert left == {"words": 2, "lines": 2}


def test_quotations_are_no_messages_of_their_own():
    text = (
        "From: Jo <jo@example.com>\nSent: Monday, March 2, 2026 2:32 PM\nTo: Ana\nSubject: RE: down\n\nrolled back\n\n"
        "On Mon, 2 Mar 2026 at 14:05, Ana <ana@example.com> wrote:\n> is it us?\n> > who else\n"
    )
    assert told(text) == [("03-02 14:32", "Jo", "rolled back"), ("03-02 14:05", "Ana", "is it us?\n> who else")]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no time in here\nat all\n",
        "Mar  2 14:05:01 web-1 sshd[12]: ok\n" * 9,
        "2026-03-02 14:05:11,123 ERROR checkout.pool: exhausted\n" * 9,
        "2026-03-02 14:05:11.123 UTC [12] LOG:  duration: 12 ms\n" * 9,
        "14:05:11 web-1 | GET /\n14:05:12 db-1 | LOG: lock\n" * 9,
        "[14:05:11] checkout: pool exhausted\n[14:05:12] api: 500\n" * 9,
        "timestamp,value\n2026-03-02 14:05:00,12\n",
        "datetime\thost\tmessage\n2026-03-02 14:05:00\tweb-1\thello\n2026-03-02 14:06:00\tweb-2\thello\n",
        "# Postmortem\n\n## Timeline\n\n- 14:05 - Ana: rolled back\n- 14:06 - Jo: ok\n",
        '[{"ts":"1772460300.000100","text":"14:05 <ana> x"}]',
        "commit 3f2a91c3f2a91c3f2a91c3f2a91c3f2a91c3f2a9\nAuthor: Ana <a@x.org>\nDate: Mon Mar 2 14:05:11 2026\n",
        "Agenda\n\n9:00 AM\nWelcome\n9:30 AM\nKeynote\n10:15 AM\nBreak\n",
        "We met at 2:05 PM\nand left at 3:05 PM\n",
    ],
)
def test_what_is_no_conversation_is_left_to_others(text):
    assert confidence(text) <= Confidence.FALLBACK


def test_a_text_without_messages_is_refused_in_one_line():
    with pytest.raises(BadEvidence, match="no message with a name and a time"):
        found("nothing here\n")


def test_a_text_that_is_too_large_is_refused(monkeypatch):
    monkeypatch.setattr("juncture.evidence.conversation.telling.TEXT_LIMIT", 100)
    assert TEXT_LIMIT == 64 * 1024 * 1024
    with pytest.raises(BadEvidence, match="MB in one document"):
        found("[14:02] <ana> x\n" * 20)


_PIECES = st.sampled_from(
    [
        "Ana Beispiel",
        "jo",
        "14:02",
        "2:05 PM",
        "[14:02]",
        "<ana>",
        "—",
        "Today at",
        "Yesterday",
        ":",
        "|",
        "\n",
        "\n\n",
        "  ",
        "APP",
        "3 replies",
        "(edited)",
        "👍",
        "2",
        "> quote",
        "On Mon, 2 Mar 2026 at 14:05, Jo <j@x.org> wrote:",
        "From: Jo",
        "Sent: 2 March 2026 14:05",
        "To: x",
        "-----Original Message-----",
        "99:99",
        "30 February 2026",
        "9999-12-31 23:59",
        "0001-01-01 00:00",
        "Sunday",
        "\u200e",
        "\u202f",
        "\r\n",
        "\x00",
    ]
)


@given(st.lists(_PIECES, max_size=40).map(" ".join) | st.lists(_PIECES, max_size=40).map("".join) | st.text())
def test_any_text_is_read_or_refused(text):
    assert confidence(text.encode("utf-8", "replace").decode()) in Confidence
    lines = text.encode("utf-8", "surrogatepass").count(b"\n") + 1
    for zone in ("UTC", None):
        try:
            read = sightings(text, zone=zone)
        except BadEvidence:
            continue
        for sighting in read:
            first, _, last = sighting.citation.place.removeprefix("line:").partition("-")
            assert 1 <= int(first) <= int(last or first) <= lines
            assert sighting.earliest <= sighting.occurred_at <= sighting.latest
            assert sighting.summary.strip()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "Ana B.\n  2:15 PM\nd\n\n\nJo M.\n  2:09 PM\nc\n\n\nAna B.\n  2:03 PM\nb\n\n\nJo M.\n  1:58 PM\na\n",
            [
                ("03-02 13:58", "Jo M.", "a"),
                ("03-02 14:03", "Ana B.", "b"),
                ("03-02 14:09", "Jo M.", "c"),
                ("03-02 14:15", "Ana B.", "d"),
            ],
            id="newest first",
        ),
        pytest.param(
            "Ana B.\n  11:58\na\n\n\nJo M.\n  12:58\nb\n\n\nAna B.\n  1:03\nc\n",
            [("03-02 11:58", "Ana B.", "a"), ("03-02 12:58", "Jo M.", "b"), ("03-02 13:03", "Ana B.", "c")],
            id="12-hour clock without AM and PM",
        ),
        pytest.param(
            "> Ana B.  2:01 PM\n> a\n>\n> Jo M.  2:03 PM\n> b\n",
            [("03-02 14:01", "Ana B.", "a"), ("03-02 14:03", "Jo M.", "b")],
            id="all quoted",
        ),
        pytest.param(
            "**Ana B.**  2:01 PM\na\n**Jo M.**  2:03 PM\nb\n",
            [("03-02 14:01", "Ana B.", "a"), ("03-02 14:03", "Jo M.", "b")],
            id="bold names",
        ),
        pytest.param(
            "Ana B. <ana@example.com>\nMon, Mar 2, 2:05 PM (3 hours ago)\nto me, Jo\n\nit is down\n",
            [("03-02 14:05", "Ana B.", "it is down")],
            id="mail in a web client",
        ),
        pytest.param(
            "Ana B.\nTo: Jo M.\nMon 3/2/2026 2:05 PM\na\n\nJo M.\nTo: Ana B.\nMon 3/2/2026 2:32 PM\nb\n",
            [("03-02 14:05", "Ana B.", "a"), ("03-02 14:32", "Jo M.", "b")],
            id="recipients between name and time",
        ),
        pytest.param(
            "Ana B. to Everyone 2:05 PM\na\nJo M. to Everyone 2:06 PM\nb\n",
            [("03-02 14:05", "Ana B.", "a"), ("03-02 14:06", "Jo M.", "b")],
            id="zoom",
        ),
        pytest.param(
            "GitHub\nAPP  2:03 PM\ndeployed\nAna B.\n:palm_tree:  2:04 PM\nnice\n",
            [("03-02 14:03", "GitHub", "deployed"), ("03-02 14:04", "Ana B.", "nice")],
            id="badge and status before the time",
        ),
        pytest.param(
            "Ana B.\n  2:10 PM\nwhen?\n\n\nJo M.\n  2:11 PM\n13:58\nor\n1:58 PM\nroughly\n\n\nAna B.\n  2:12 PM\nok\n",
            [
                ("03-02 14:10", "Ana B.", "when?"),
                ("03-02 14:11", "Jo M.", "13:58\nor\n1:58 PM\nroughly"),
                ("03-02 14:12", "Ana B.", "ok"),
            ],
            id="times as answers",
        ),
        pytest.param(
            "Ana B.\n  2:01 PM\n```\n14:00 <kim> slow\n14:01 <lee> yes\n\n14:02 <kim> hm\n```\n\n\nJo M.\n  2:05 PM\nok\n\n\nAna B.\n  2:06 PM\nfine\n",
            [
                ("03-02 14:01", "Ana B.", "```\n14:00 <kim> slow\n14:01 <lee> yes\n\n14:02 <kim> hm\n```"),
                ("03-02 14:05", "Jo M.", "ok"),
                ("03-02 14:06", "Ana B.", "fine"),
            ],
            id="chat in a code block",
        ),
        pytest.param(
            "Grace Sunday 2:01 PM\na\nJo M. 2:03 PM\nb\nGrace Sunday 2:04 PM\nc\n",
            [("03-02 14:01", "Grace Sunday", "a"), ("03-02 14:03", "Jo M.", "b"), ("03-02 14:04", "Grace Sunday", "c")],
            id="a weekday as a surname",
        ),
        pytest.param(
            "Ana 14:02: a\nJo 14:03: b\n", [("03-02 14:02", "Ana", "a"), ("03-02 14:03", "Jo", "b")], id="name, time, colon"
        ),
    ],
)
def test_people_paste_stranger_things(text, expected):
    assert confidence(text) > Confidence.FALLBACK
    assert sorted(told(text, date="2026-03-02")) == expected


def test_an_age_tells_the_day_alone():
    text = "Ana B.\n  3 days ago\nis it down?\n2 replies\n\n\nJo M.\n  9 minutes ago\nnow it is\n"
    old, new = sightings(text, date="2026-03-04")
    assert (old.earliest.day, old.latest.day) == (1, 1)
    assert (new.earliest.day, new.latest.day) == (4, 4)
    assert (old.latest - old.earliest) > dt.timedelta(hours=23)
