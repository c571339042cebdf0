"""From JSON objects with a time in them to events.

Timesketch's form (https://timesketch.org/guides/user/import-from-json-csv/) is one of them. Files that a vendor's reader knows
are the vendor's.
"""

from __future__ import annotations

from collections.abc import Iterator

from juncture.evidence.artefact import Artefact, Head
from juncture.evidence.json_records import Records, streams
from juncture.evidence.json_scan import Piece, below
from juncture.evidence.json_stream import first_pieces, pieces, value_of
from juncture.evidence.log_record import LogRecord
from juncture.evidence.reader import Found, Settings
from juncture.evidence.record_fields import FieldMap, Flat, flatten
from juncture.evidence.time_fields import TimeField
from juncture.model.evidence import LeftOut

NAME = "jsonl"
SAMPLES = 40
"""Objects of the head that the fields are learnt from."""
_WRAPPED_IN = frozenset(
    {
        "",
        "/hits/hits",
        "/data/result",
        "/data/items",
        "/data/events",
        "/result/events",
        "/events",
        "/logs",
        "/records",
        "/items",
    }
    | {"/entries", "/data", "/results", "/rows", "/messages", "/Records", "/value", "/values", "/hits", "/logEvents"}
    | {"/incidents", "/notes", "/alerts", "/data/alerts", "/comments", "/issues", "/deployments", "/changes", "/tickets"}
)
"""Where exports put their array: `{"events": [...]}` (CloudWatch), `{"hits": {"hits": [...]}}` (Elasticsearch), Loki."""


class JsonEntries:
    """A reading session over JSON objects: files do not depend on each other."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def order(self, head: Head) -> int:
        """Return 1: any order will do."""
        del head
        return 1

    def read(self, artefact: Artefact) -> Iterator[Found]:
        """Yield an event an object while they are few or no log lines, else what the log amounts to."""
        from juncture.evidence.digest import LOG_ENTRIES_EACH, RECORDS_EACH, Digest, digested  # noqa: PLC0415 - only reading needs templates and bursts

        samples = samples_of(artefact.head())
        fields = FieldMap(samples)
        values = [sample[name] for sample in samples for name in fields.times[:1] if name in sample]
        times = TimeField(self._settings, artefact.label, values)
        digest = Digest(NAME, artefact, each_up_to=LOG_ENTRIES_EACH if fields.is_log else RECORDS_EACH)
        yield from digested(_entries(artefact, Records(fields, times)), digest)
        yield from times.notes


def _entries(artefact: Artefact, records: Records) -> Iterator[LogRecord | Found]:
    broken, timeless = _Counted(), _Counted()
    for piece in pieces(artefact, _split):
        if isinstance(piece, LeftOut):
            yield piece
            continue
        try:
            value = value_of(piece.raw)
        except ValueError:
            broken.add(piece.place)
            continue
        if _is_wrapper(piece, value):
            continue
        if not isinstance(value, dict):
            timeless.add(piece.place)
            continue
        for place, flat in _objects(piece.place, value):
            record = records.record(flat, piece.raw.decode("utf-8", "replace"), place)
            if record is None:
                timeless.add(place)
            else:
                yield record
    yield from broken.left_out(artefact, "lines that are no JSON", damaged=True)
    yield from timeless.left_out(artefact, "values without a time")


class _Counted:
    def __init__(self) -> None:
        self._first = ""
        self._count = 0

    def add(self, place: str) -> None:
        self._first = self._first if self._count else place
        self._count += 1

    def left_out(self, artefact: Artefact, why: str, *, damaged: bool = False) -> Iterator[LeftOut]:
        if self._count:
            yield LeftOut(artefact.at(self._first), why, count=self._count, damaged=damaged)


def samples_of(head: Head) -> list[Flat]:
    """Return the first objects of a head, flattened: what the fields are learnt from."""
    found: list[Flat] = []
    for piece in first_pieces(head, _split, SAMPLES):
        try:
            value = value_of(piece.raw)
        except ValueError:
            continue
        if isinstance(value, dict) and not _is_wrapper(piece, value):
            found.extend(flat for (_, flat), _ in zip(_objects(piece.place, value), range(SAMPLES), strict=False))
    return found


def _objects(place: str, value: dict[str, object]) -> Iterator[tuple[str, Flat]]:
    """Yield the objects that a value stands for, with their places: itself, or the lines of a Loki stream."""
    lines = streams(value)
    first = next(lines, None)
    if first is None:
        yield place, flatten(value)
        return
    number, line = first
    yield below(place, "values", number), flatten(line)
    for number, line in lines:
        yield below(place, "values", number), flatten(line)


def _is_wrapper(piece: Piece, value: object) -> bool:
    """Whether this is what stood around an array whose elements were given before it: the root, with the array now empty."""
    if piece.place or not isinstance(value, dict):
        return piece.place == "" and value == []
    inner = [value.get(name.removeprefix("/")) for name in _WRAPPED_IN if name.count("/") == 1]
    return any(item == [] for item in inner) or any(isinstance(value.get(name), dict) for name in ("hits", "data", "result"))


def _split(pointer: str) -> bool:
    return pointer in _WRAPPED_IN
