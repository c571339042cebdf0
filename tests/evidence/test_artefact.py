import io

from juncture.evidence.artefact import Artefact, Head


def artefact(data):
    return Artefact("sha256:" + "0" * 64, "app.log", len(data), lambda: io.BytesIO(data), "app.log")


def test_a_head_that_holds_one_endless_line_still_shows_its_beginning():
    data = b"2026-03-02T14:05:00Z ERROR " + b"a" * 200_000
    assert Head("app.log", data[:65536], whole=False).lines[0].startswith("2026-03-02T14:05:00Z ERROR ")


def test_a_line_that_a_head_cuts_off_is_left_out():
    assert Head("app.log", b"one\ntwo\nthr", whole=False).lines == ("one", "two")


def test_an_endless_line_is_cut_and_said_to_be_and_the_next_keeps_its_number():
    lines = list(artefact(b"a" * 5000 + b"\r\nnext\r\n").lines(limit=1000))
    assert [(line.number, len(line.text), line.cut) for line in lines] == [(1, 1000, True), (2, 4, False)]


def test_byte_order_marks_and_wide_text_are_read():
    assert [line.text for line in artefact("\ufeffeins\nzwei".encode()).lines()] == ["eins", "zwei"]
    assert [line.text for line in artefact("eins\r\nzwei\r\n".encode("utf-16")).lines()] == ["eins", "zwei"]
