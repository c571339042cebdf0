import contextlib
import hashlib
import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from juncture.evidence.artefact import Artefact
from juncture.evidence.json_scan import Piece, Scanner, below
from juncture.evidence.json_stream import document_of, first_pieces, pieces, value_of
from juncture.model.evidence import LeftOut

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=20,
)
OBJECTS = st.dictionaries(st.text(max_size=4), VALUES, max_size=4)


class Drips(io.BytesIO):
    """A stream that gives at most seven bytes at a time, so that every value crosses a border."""

    def read(self, size=-1):
        return super().read(min(size, 7) if size > 0 else size)


def artefact(data, label="file.json"):
    digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
    return Artefact(digest, label, len(data), lambda: io.BytesIO(data), label)


def values(data, split=lambda pointer: pointer in ("", "/items")):
    found = [item for item in pieces(artefact(data), split) if isinstance(item, Piece)]
    return [(item.place, value_of(item.raw)) for item in found]


@settings(deadline=None)
@given(st.lists(OBJECTS, max_size=6), st.sampled_from([None, 1]))
def test_an_array_is_given_element_by_element_with_pointers(objects, indent):
    data = json.dumps(objects, indent=indent).encode()
    assert values(data) == [(f"/{number}", one) for number, one in enumerate(objects)]


@settings(deadline=None)
@given(OBJECTS, st.lists(VALUES, min_size=1, max_size=6))
def test_a_named_array_comes_first_and_the_object_around_it_last_and_empty(around, listed):
    around = {name: value for name, value in around.items() if name != "items"}
    data = json.dumps({"before": around, "items": listed, "after": 1}).encode()
    found = values(data)
    assert found[:-1] == [(f"/items/{number}", one) for number, one in enumerate(listed)]
    assert found[-1] == ("", {"before": around, "items": [], "after": 1})


@settings(deadline=None)
@given(st.lists(OBJECTS, min_size=2, max_size=5))
def test_values_one_a_line_carry_their_line(objects):
    data = "\n".join(json.dumps(one) for one in objects).encode()
    assert values(data) == [(f"line:{number}", one) for number, one in enumerate(objects, 1)]


@settings(deadline=None)
@given(st.lists(st.dictionaries(st.text(max_size=4), VALUES, min_size=1, max_size=3), min_size=2, max_size=4))
def test_pretty_printed_values_one_after_another_carry_their_lines(objects):
    texts = [json.dumps(one, indent=1) for one in objects]
    found = values("\n".join(texts).encode())
    assert [value for _, value in found] == objects
    assert found[0][0] == f"line:1-{texts[0].count(chr(10)) + 1}"


@settings(deadline=None)
@given(st.lists(OBJECTS, max_size=6), st.integers(0, 400))
def test_what_stands_whole_before_a_cut_is_read_and_the_cut_is_named(objects, keep):
    data = json.dumps(objects).encode()
    cut = data[:keep]
    found = list(pieces(artefact(cut), lambda pointer: not pointer))
    read = [value_of(item.raw) for item in found if isinstance(item, Piece) and item.place]
    assert read == objects[: len(read)]
    if len(cut) < len(data) and cut:
        assert [item.damaged for item in found if isinstance(item, LeftOut)] == [True]


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_end_without_an_error(data):
    for prefix in (b"", b"[", b'{"items":['):
        for item in pieces(artefact(prefix + data), lambda pointer: pointer in ("", "/items")):
            if isinstance(item, Piece):
                with contextlib.suppress(ValueError):
                    value_of(item.raw)


@settings(deadline=None)
@given(VALUES.filter(lambda value: isinstance(value, dict | list)))
def test_borders_between_reads_change_nothing(value):
    data = json.dumps([value, {"x": [value]}]).encode()
    drips = list(Scanner(Drips(data), lambda pointer: not pointer).run())
    whole = list(Scanner(io.BytesIO(data), lambda pointer: not pointer).run())
    assert drips == whole
    assert [value_of(item.raw) for item in whole] == [value, {"x": [value]}]


def test_a_broken_line_spoils_no_other():
    found = list(pieces(artefact(b'{"a":1}\n{"b":\n{"c":3}\n'), lambda pointer: False))
    assert [item.place for item in found] == ["line:1", "line:2", "line:3"]
    with pytest.raises(ValueError):
        value_of(found[1].raw)


def test_small_objects_on_lines_of_their_own_make_no_lines_of_a_document():
    data = b'{\n "alerts": [\n  {"a": 1}\n ],\n "more": [\n  {"b": 2}\n ]\n}\n'
    assert values(data) == [("", {"alerts": [{"a": 1}], "more": [{"b": 2}]})]


def test_texts_in_a_sequence_are_read_like_lines():
    assert values(b'\x1e{"a": 1}\n\x1e{"b": 2}\n') == [("line:1", {"a": 1}), ("line:2", {"b": 2})]


def test_a_first_line_that_was_cut_off_spoils_no_other():
    found = list(pieces(artefact(b'{"a": {"x": 1, "\n{"b": 2}\n{"c": 3}\n'), lambda pointer: False))
    assert [item.place for item in found] == ["line:1", "line:2", "line:3"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le"])
def test_byte_order_marks_and_wide_encodings_are_read(encoding):
    assert values('[{"ü": 1}]'.encode(encoding)) == [("/0", {"ü": 1})]


def test_small_faults_of_writers_are_forgiven():
    assert value_of(b'{"a": "x\ny"}') == {"a": "x\ny"}
    assert value_of(b'{"a": "caf\xe9"}') == {"a": "caf\ufffd"}
    assert value_of(b'{"a": "\\ud83d\\ude00 \\ud83d"}') == {"a": "😀 ?"}
    with pytest.raises(ValueError):
        value_of(b"[" * 100_000)


def test_a_pointer_given_for_a_document_that_was_cut_off_still_resolves():
    document = document_of(b'{"alerts": [{"a": 1}, {"a": 2}, {"a"')
    assert document == {"alerts": [{"a": 1}, {"a": 2}]}


def test_pointers_escape_and_lines_stay():
    assert below("/a", "b/c", 3, "~") == "/a/b~1c/3/~0"
    assert below("line:3", "b", 3) == "line:3"


def test_memory_holds_one_element_not_the_file():
    scanner = Scanner(
        io.BytesIO(b"[" + (b'{"text":"' + b"x" * 1000 + b'"},') * 3000 + b"{}]"),
        lambda pointer: not pointer,
    )
    largest = max(len(scanner._buffer) for _ in scanner.run())
    assert largest < 700_000


def test_a_head_gives_its_first_whole_values():
    data = json.dumps([{"n": n, "pad": "x" * 300} for n in range(500)]).encode()
    assert [value_of(piece.raw)["n"] for piece in first_pieces(artefact(data).head(), lambda pointer: not pointer)] == [
        0,
        1,
        2,
        3,
        4,
    ]
