import io
import json
import random
import string
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juncture.evidence.artefact import Artefact
from juncture.evidence.mask import Mask
from juncture.evidence.places import LINE_LENGTH, WIDEST, excerpt, resolves, unresolved
from juncture.model.errors import BadEvidence


def artefact(data, label="export.zip!/incident-7/2026-03-02.json"):
    data = data if isinstance(data, bytes) else data.encode()
    return Artefact("sha256:0", label, len(data), lambda: io.BytesIO(data), label)


def shown(data, place, **settings):
    return [(line.label, line.text, line.hit) for line in excerpt(artefact(data), place, Mask(), **settings).lines]


MESSAGES = [
    {
        "type": "message",
        "user": "U1",
        "ts": f"{1772460000 + n * 60}.000100",
        "text": f"message {n}",
        "user_profile": {"display_name": "ana"},
    }
    for n in range(10)
]


def test_a_line_is_shown_with_the_lines_around_it_and_its_number():
    text = "".join(f"line {n}\n" for n in range(1, 100))
    assert shown(text, "line:50") == [
        ("48", "line 48", False), ("49", "line 49", False), ("50", "line 50", True), ("51", "line 51", False), ("52", "line 52", False),
    ]  # fmt: skip
    assert shown(text, "line:1-2", context=0) == [("1", "line 1", True), ("2", "line 2", True)]
    assert shown(text, "line:99", context=1)[-1] == ("99", "line 99", True)


def test_the_title_names_the_file_and_its_folder():
    assert excerpt(artefact("a\n"), "line:1", Mask()).title == "incident-7/2026-03-02.json"


@pytest.mark.parametrize("place", ["line:0", "line:4", "line:9-3", "bytes:0-99", "bytes:5-5", "/0", "nonsense", "line:x"])
def test_a_place_that_is_not_there_is_said(place):
    document = artefact("one\ntwo\nthree\n")
    assert not resolves(document, place)
    with pytest.raises(BadEvidence, match="there is no such place"):
        excerpt(document, place, Mask())


def test_many_places_are_told_at_once():
    document = artefact(json.dumps(MESSAGES, indent=1))
    assert unresolved(document, ["/0", "/9/text", "/10", "line:1", "line:9999", "bytes:0-10", "/a", ""]) == [
        "line:9999",
        "/10",
        "/a",
    ]


def test_a_message_is_shown_as_people_read_it_with_its_neighbours():
    lines = shown(json.dumps(MESSAGES), "/5", context=1)
    assert lines == [
        ("14:04:00 ana", "message 4", False),
        ("14:05:00 ana", "message 5", True),
        ("14:06:00 ana", "message 6", False),
    ]


def test_a_json_value_is_shown_indented_and_long_lists_are_cut():
    document = {"alerts": [{"labels": {"alertname": "HighLatency"}, "values": list(range(1000))}]}
    lines = shown(json.dumps(document), "/alerts/0")
    assert ("", '    "alertname": "HighLatency"', True) in lines
    assert any("976 more" in text for _, text, _ in lines)
    assert len(lines) <= WIDEST


@pytest.mark.parametrize(
    ("pointer", "text"), [("/a~1b/c~0d", '  "c~d": "x"'), ("/list/1", '  "list": 20'), ("/empty/", '  "": 1')]
)
def test_pointers_are_read_as_rfc_6901_says(pointer, text):
    document = {"a/b": {"c~d": "x"}, "list": [10, 20], "empty": {"": 1}}
    assert [shown for _, shown, hit in shown(json.dumps(document), pointer) if hit] == [text]


def test_what_stands_whole_in_a_document_that_was_cut_off_resolves():
    data = json.dumps(MESSAGES)
    cut = artefact(data[: data.index("message 7")])
    assert resolves(cut, "/6")
    assert not resolves(cut, "/8")
    assert excerpt(cut, "/6", Mask()).lines[2].text == "message 6"


def test_bytes_are_shown_with_the_lines_that_they_stand_in():
    text = "one\ntwo three\nfour\nfive\n"
    lines = shown(text, f"bytes:{text.index('three')}-{text.index('three') + 5}", context=1)
    assert [(text, hit) for _, text, hit in lines] == [("one", False), ("two three", True), ("four", False)]


def key(lines):
    dice = random.Random(4)
    body = ["".join(dice.choices(string.ascii_letters + string.digits, k=64)) for _ in range(lines)]
    return ["-----BEGIN RSA PRIVATE KEY-----", *body, "-----END RSA PRIVATE KEY-----"]


@pytest.mark.parametrize("cited", [3, 20, 49, 52])
def test_an_excerpt_from_the_middle_of_a_private_key_shows_none_of_it(cited):
    lines = ["before", *key(50), "after"]
    for place in (f"line:{cited}", f"bytes:{cited * 60}-{cited * 60 + 10}"):
        text = "\n".join(line.text for line in excerpt(artefact("\n".join(lines)), place, Mask(b"salt")).lines)
        assert not any(part in text for part in lines[2:52])
    assert excerpt(artefact("\n".join(lines)), "line:1", Mask(b"salt")).lines[0].text == "before"


def test_secrets_in_values_and_messages_are_masked():
    secret = "Tr0ub4dor&3x"
    document = [{"ts": "1772460000.1", "user": "U1", "text": f"the password is {secret}"}, {"password": secret, "hosts": ["a"]}]
    for place in ("/0", "/1", "/1/password", ""):
        text = "\n".join(line.text for line in excerpt(artefact(json.dumps(document)), place, Mask()).lines)
        assert "[masked" in text
        assert secret not in text, place


def test_a_column_of_secrets_is_masked_by_its_heading():
    table = "time,user,password\n14:02,ana,letmein\n14:03,robin,qwertz\n"
    lines = shown(table, "line:3")
    assert [text for _, text, _ in lines] == [
        "time,user,password",
        "14:02,ana,[masked: password]",
        "14:03,robin,[masked: password]",
    ]


def test_excerpts_are_bounded_whatever_the_artefact():
    lines = excerpt(artefact("x" * 900_000 + "\n" + "y\n" * 5000), "line:1-5000", Mask()).lines
    assert len(lines) <= WIDEST
    assert all(len(line.text) <= LINE_LENGTH for line in lines)


@given(
    data=st.binary(max_size=300), place=st.sampled_from(["line:1", "line:2-3", "bytes:0-5", "bytes:3-100", "", "/0", "/a/0"])
)
def test_no_bytes_break_an_excerpt(data, place):
    document = artefact(data)
    if resolves(document, place) and data:
        assert excerpt(document, place, Mask()).lines
    else:
        with suppress(BadEvidence):
            excerpt(document, place, Mask())
