"""What the transcript reader promises beyond the recorded calls in tests/readers/webvtt."""

import datetime as dt
import io
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juncture.evidence.artefact import Artefact, Head
from juncture.evidence.reader import Confidence, Settings
from juncture.evidence.readers.webvtt import READER
from juncture.model.evidence import Kind, LeftOut, Note, Sighting


def read(text, *, label="call.vtt", date=dt.date(2026, 5, 11), zone="UTC"):
    data = text.encode("utf-8", "surrogatepass")
    artefact = Artefact("sha256:" + "0" * 64, label, len(data), lambda: io.BytesIO(data), label)
    settings = Settings(today=dt.date(2026, 11, 1), date=date, zone=ZoneInfo(zone) if zone else None)
    return list(READER.session(settings).read(artefact))


def said(text, **known):
    return [(s.actor, s.summary) for s in read(text, **known) if isinstance(s, Sighting)]


def cue(text, start="00:01.000", end="00:02.000"):
    return f"{start} --> {end}\n{text}\n\n"


@pytest.mark.parametrize("text", ["WEBVTT", "WEBVTT\n", "\ufeffWEBVTT - title\n", "1\n00:00:01,000 --> 00:00:02,000\nhi\n"])
def test_transcripts_are_recognised(text):
    assert READER.recognise(Head("x", text.encode(), whole=True)) == Confidence.CERTAIN


@pytest.mark.parametrize("text", ["", "WEBVTTX\n", "see WEBVTT\n", "1\n2\n3\n", "a --> b\n", "1\nx --> y\n"])
def test_other_texts_are_not(text):
    assert READER.recognise(Head("x", text.encode(), whole=True)) == Confidence.NO


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ("<v Ana B.>Hello.</v>", [("Ana B.", "Hello.")]),
        ("<v.loud.first Ana>\nHello.", [("Ana", "Hello.")]),
        ("<v Ana>Hello.</v>\n<v Jo>Hi.</v>", [("Ana", "Hello."), ("Jo", "Hi.")]),
        ("<c.yellow><b>a</b> <00:00:01.500>b</c> &lt;c&gt;&nbsp;&amp;.", [(None, "a b <c>\xa0&.")]),
        ("Ana Beispiel: Hello.", [("Ana Beispiel", "Hello.")]),
        ("at 14:05: it fell.", [(None, "at 14:05: it fell.")]),
    ],
)
def test_voices_are_told_apart_and_markup_is_gone(payload, expected):
    assert said("WEBVTT\n\n" + cue(payload)) == expected


def test_a_sentence_that_goes_on_is_one_utterance():
    text = (
        "WEBVTT\n\n"
        + cue("<v Ana>we roll back")
        + cue("<v Ana>the release.", "00:02.100", "00:03.000")
        + cue("<v Ana>Now.", "00:03.100", "00:04.000")
    )
    first, second = [item for item in read(text) if isinstance(item, Sighting)]
    assert (first.summary, second.summary) == ("we roll back the release.", "Now.")
    assert (first.ended_at - first.occurred_at).total_seconds() == 2
    assert first.citation.place == "line:3-7"
    assert first.kind is Kind.UTTERANCE


def test_captions_without_full_stops_do_not_become_one():
    text = "WEBVTT\n\n" + "".join(
        cue(f"<v Ana>word {n}", f"{n // 60:02}:{n % 60:02}.000", f"{n // 60:02}:{n % 60:02}.900") for n in range(300)
    )
    assert len(said(text)) >= 6


def test_a_start_that_nothing_tells_is_as_wide_as_the_day_and_said():
    items = read("WEBVTT\n\n" + cue("Hello."))
    (sighting,) = [item for item in items if isinstance(item, Sighting)]
    assert (sighting.latest - sighting.earliest) > dt.timedelta(hours=23)
    assert "2026-05-11" in next(item.why for item in items if isinstance(item, Note))


@pytest.mark.parametrize(
    ("header", "label", "begun"),
    [
        ("WEBVTT - 2026-05-12 14:00 UTC", "call.vtt", "2026-05-12 14:00"),
        ("WEBVTT\n\nNOTE Recording started 12 May 2026 at 2:00 PM", "call.vtt", "2026-05-12 14:00"),
        ("WEBVTT", "GMT20260512-140000_Recording.transcript.vtt", "2026-05-12 14:00"),
        ("WEBVTT", "Bridge-20260512_140000-Meeting Recording.vtt", "2026-05-12 14:00"),
    ],
)
def test_a_start_in_the_header_a_note_or_the_name_counts(header, label, begun):
    (sighting,) = [item for item in read(f"{header}\n\n{cue('Hello.')}", label=label) if isinstance(item, Sighting)]
    assert sighting.occurred_at.strftime("%Y-%m-%d %H:%M") == begun
    assert sighting.earliest == sighting.latest


def test_a_longer_transcript_of_a_call_adds_only_what_is_new():
    short = "WEBVTT\n\n" + cue("<v Ana>One.") + cue("<v Jo>Two.", "00:05.000", "00:06.000")
    ids = [
        [item.id for item in read(text) if isinstance(item, Sighting)]
        for text in (short, short + cue("<v Jo>Three.", "00:09.000", "00:10.000"))
    ]
    assert ids[1][:2] == ids[0]


def test_a_cue_that_cannot_be_read_is_named_and_the_rest_is_read():
    items = read("WEBVTT\n\n00:00:99 --> later\nbroken\n\n" + cue("Fine."))
    (left,) = [item for item in items if isinstance(item, LeftOut)]
    assert (left.where, left.damaged) == ("call.vtt, line 3", True)
    assert said("WEBVTT\n\n00:00:99 --> later\nbroken\n\n" + cue("Fine.")) == [(None, "Fine.")]


@given(
    st.text()
    | st.lists(
        st.sampled_from(
            [
                "WEBVTT",
                "\n",
                "\n\n",
                "00:01.000 --> 00:02.000",
                "-->",
                "NOTE",
                "<v Ana>",
                "<",
                ">",
                "Ana: x",
                "99:99:99.999 --> 0",
            ]
        ),
        max_size=30,
    ).map("\n".join)
)
def test_any_text_is_read(text):
    for item in read(text):
        if isinstance(item, Sighting):
            assert item.earliest <= item.occurred_at <= item.latest
            assert item.summary
