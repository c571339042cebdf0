"""Layouts of chat windows that put something between a name, its time and the words."""

import datetime as dt
import io
from zoneinfo import ZoneInfo

import pytest

from juncture.evidence.artefact import Artefact, Head
from juncture.evidence.reader import Confidence, Settings
from juncture.evidence.readers.pasted import READER
from juncture.evidence.registry import installed_readers, reader_for
from juncture.model.evidence import Sighting


def artefact(data):
    return Artefact("sha256:" + "0" * 64, "paste.txt", len(data), lambda: io.BytesIO(data), "paste.txt")


def told(text, *, zone="UTC", encoding="utf-8"):
    data = text.encode(encoding)
    settings = Settings(today=dt.date(2026, 11, 1), date=dt.date(2026, 3, 2), zone=ZoneInfo(zone))
    found = READER.session(settings).read(artefact(data))
    return [(s.occurred_at.strftime("%d %H:%M"), s.actor, s.summary) for s in found if isinstance(s, Sighting)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Discord, where the copy breaks around the dash
        ("sam\n — \n03/02/2026 2:32 PM\ndown\n[2:33 PM]\nstill\nrobin\n — \n03/02/2026 2:40 PM\nback\n", [
            ("02 14:32", "sam", "down"), ("02 14:33", "sam", "still"), ("02 14:40", "robin", "back"),
        ]),
        # Discord's compact view
        ("2:32 PMsam: down\n2:40 PMrobin: back\n", [("02 14:32", "sam", "down"), ("02 14:40", "robin", "back")]),
        # Rocket.Chat: name and account
        ("Sam Sample @sam 2:32 PM\ndown\n2:33 PM\nstill\nJo @jo.x 2:40 PM\nback\n", [
            ("02 14:32", "Sam Sample", "down"), ("02 14:33", "Sam Sample", "still"), ("02 14:40", "Jo", "back"),
        ]),
        # Webex shows the one who copies as You
        ("Sam Sample  14:32\ndown\nYou  14:35\nme too\nJo Muster  14:40\nback\n", [
            ("02 14:32", "Sam Sample", "down"), ("02 14:35", "You", "me too"), ("02 14:40", "Jo Muster", "back"),
        ]),
        # a day above the first name, and a mark of an edit between name and time
        ("Mar 2, 2026\nSam Sample\n2:32 PM\ndown\nRobin\nEDITED\n2:40 PM\nback\n", [
            ("02 14:32", "Sam Sample", "down"), ("02 14:40", "Robin", "back"),
        ]),
        # Teams and Discord show a status or a badge on a line of its own
        ("Sam Sample\n:house:\n  2:03 PM\non it\nJo Muster\nRole icon, SRE\n  2:04 PM\nme too\n", [
            ("02 14:03", "Sam Sample", "on it"), ("02 14:04", "Jo Muster", "me too"),
        ]),
        # Slack in Canadian French
        ("Amélie Dupont\n  14 h 01\nen panne\nJean Martin\n  14 h 03\nje regarde\n", [
            ("02 14:01", "Amélie Dupont", "en panne"), ("02 14:03", "Jean Martin", "je regarde"),
        ]),
        ("Ana Muster\n  2:01 PM\ndown\n👑 Queen B 👑\n  2:05 PM\nlooking\n", [
            ("02 14:01", "Ana Muster", "down"), ("02 14:05", "👑 Queen B", "looking"),
        ]),
        # older Zoom, with and without the recipients
        ("14:32:05\t From  Sam Sample : down\n14:33:05\t From  Jo  to  Everyone : looking\n", [
            ("02 14:32", "Sam Sample", "down"), ("02 14:33", "Jo", "looking"),
        ]),
    ],
)  # fmt: skip
def test_what_stands_between_name_time_and_words_is_seen_through(text, expected):
    assert told(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "02/03/2026 14:32 - Sam: caiu\n02/03/2026 14:40 - Jo: revertido\n13/03/2026 14:40 - Jo: fim\n",
        '3/2/26, 1:58 PM - Sam created group "inc"\n3/2/26, 2:32\u202fPM - Sam: down\n3/2/26, 2:33\u202fPM - +1 555 0100: hm\n',
    ],
)
def test_an_export_of_whatsapp_is_a_conversation_and_no_log(text):
    reader = reader_for(artefact(text.encode()).head(), installed_readers())
    assert reader is not None
    assert reader.name == "pasted"


def test_a_copy_may_be_saved_as_utf_16():
    text = "Sam Sample\r\n  2:01 PM\r\ndown\r\n"
    assert READER.recognise(Head("x", (text * 3).encode("utf-16"), whole=True)) > Confidence.FALLBACK
    assert told(text, encoding="utf-16") == [("02 14:01", "Sam Sample", "down")]


def test_the_order_of_the_text_tells_the_two_hours_of_an_autumn_night_apart():
    text = "November 1, 2026\n" + "".join(
        f"Sam\n  {clock}\n{words}\n"
        for clock, words in [("1:30 AM", "one"), ("1:50 AM", "two"), ("1:05 AM", "three"), ("1:40 AM", "four")]
    )
    assert told(text, zone="America/New_York") == [
        ("01 05:30", "Sam", "one"), ("01 05:50", "Sam", "two"), ("01 06:05", "Sam", "three"), ("01 06:40", "Sam", "four"),
    ]  # fmt: skip


def test_names_in_the_source_of_a_mail_are_read_as_they_are_shown():
    text = (
        "Date: Mon, 2 Mar 2026 15:32:05 +0100\nFrom: =?utf-8?q?J=C3=B6rg_Muster?= <j@example.com>\nTo: ops@example.com\n"
        "Subject: =?utf-8?b?S2Fzc2Ugc3RlaHQ=?=\n\nSeit eben antwortet sie mit 500.\n"
    )
    assert told(text) == [("02 14:32", "Jörg Muster", "Seit eben antwortet sie mit 500.")]
    assert told(text.replace("q?J=C3=B6rg_Muster", "b?!"))[0][0] == "02 14:32"


@pytest.mark.parametrize(
    "text",
    [
        "Notes of the call, 2 March 2026 (times UTC)\n\n14:02 alert fires\n14:05 Sam takes it\n00:10 quiet again\n",
        "2026-03-02\n- 14:02 - alert fires\n- 14:05 - Sam takes it\n- 00:10: quiet again\n",
        "**Monday, March 2nd, 2026**\n2:02 PM alert fires\n2:05 PM Sam takes it\n12:10 AM quiet again\n",
    ],
)
def test_notes_that_name_nobody_are_read_on_the_day_that_they_name(text):
    reader = reader_for(artefact(text.encode()).head(), installed_readers())
    assert reader is READER
    found = reader.session(Settings(today=dt.date(2026, 11, 1))).read(artefact(text.encode()))
    assert [(s.occurred_at.strftime("%d %H:%M"), s.actor, s.summary) for s in found if isinstance(s, Sighting)] == [
        ("02 14:02", None, "alert fires"), ("02 14:05", None, "Sam takes it"), ("03 00:10", None, "quiet again"),
    ]  # fmt: skip


def test_a_date_that_was_given_comes_before_that_of_a_heading():
    assert told("Review of 1 April 2026\n14:02 alert fires\n14:05 quiet\n")[0][0] == "02 14:02"


@pytest.mark.parametrize(
    "text", ["14:02 alert fires\n", "prose\n14:02 alert fires\nmore prose\nand more\n", "14:02:01 up\n14:02:02 up\n"]
)
def test_one_time_in_prose_and_the_lines_of_programs_are_no_notes(text):
    assert READER.recognise(Head("x", text.encode(), whole=True)) == Confidence.NO
