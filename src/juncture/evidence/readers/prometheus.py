"""Answers of Prometheus to range queries (https://prometheus.io/docs/prometheus/latest/querying/api/#range-vectors).

Each element of `data.result` becomes a `Series`; where it left its usual range or came back becomes a sighting (`turns`) that
cites the sample. The same form comes from Thanos, Mimir and VictoriaMetrics, whose `/api/v1/export` lines are read too.

**When it was known.** A metric alone shows nobody who looked at it: `known_at` is None.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from math import isfinite
from typing import NamedTuple

from msgspec.structs import replace

from juncture.evidence.artefact import Artefact, Head
from juncture.evidence.fields import Mapping, field, items, mapping, text, texts
from juncture.evidence.json_scan import below
from juncture.evidence.json_stream import first_pieces, pieces, value_of
from juncture.evidence.reader import Confidence, Found, Settings
from juncture.model.evidence import LeftOut, Note, Series
from juncture.model.instants import EPOCH, Instant

QUERY_NAMES = ("query", "expr", "promql", "metric_name", "title", "name")
"""Fields beside an answer, in envelopes, that say what was asked."""

_RESULT_TYPE = re.compile(r'"resultType"\s*:\s*"(?:matrix|vector|scalar|string)"')
_ERROR = re.compile(r'"status"\s*:\s*"error"')
_SELECTOR = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(?:\{[^}]*\})?")
_LONGEST_NAME = 200
_LAST_SECOND = 7_258_118_400  # the year 2200


class PrometheusReader:
    """Recognises answers of the query API; `Reader` says what each part is for."""

    name = "prometheus"
    title = "Prometheus series"
    reads = (
        "Answers to range queries as JSON: `curl 'http://prometheus:9090/api/v1/query_range?query=…&start=…&end=…&step=15s'`, "
        "one a file, or several with the `query` beside each."
    )

    def recognise(self, head: Head) -> Confidence:
        """Return how sure it is."""
        if head.first_byte not in (b"{", b"["):
            return Confidence.NO
        if _RESULT_TYPE.search(head.text) or (_ERROR.search(head.text) and '"errorType"' in head.text):
            return Confidence.CERTAIN
        taken = first_pieces(head, _split, 1)
        try:
            return Confidence.LIKELY if taken and _is_series(value_of(taken[0].raw)) else Confidence.NO
        except ValueError:
            return Confidence.NO

    def session(self, settings: Settings) -> PrometheusSession:  # noqa: ARG002 - samples carry epochs
        """Return a reading session."""
        return PrometheusSession()


class PrometheusSession:
    """Reads answers; nothing is remembered between files."""

    def order(self, head: Head) -> int:  # noqa: ARG002 - no file explains another
        """Return 1: all alike."""
        return 1

    def read(self, artefact: Artefact) -> Iterator[Found]:
        """Yield the series of one file and then their turns: where one series begins late shows beside the others only."""
        read: list[_Read] = []
        shell: object = None
        for piece in pieces(artefact, _split):
            if isinstance(piece, LeftOut):
                yield piece
                continue
            try:
                value = value_of(piece.raw)
            except ValueError as error:
                yield LeftOut(artefact.at(piece.place), f"broken JSON ({error})", damaged=True)
                continue
            if piece.place == "":
                shell = value
            found = list(_answers(value, piece.place, None))
            read.extend(one for one in found if isinstance(one, _Read))
            yield from (LeftOut(artefact.at(one[0]), one[1]) for one in found if not isinstance(one, _Read))
        yield from _remarks(artefact, shell, empty=not read)
        yield from _told(artefact, read, shell)


class _Read(NamedTuple):
    """One element of a result, before it has a name. `places` are the numbers of the samples that are kept."""

    place: str
    labels: dict[str, str]
    query: str | None
    instants: tuple[Instant, ...]
    values: tuple[float, ...]
    places: tuple[int, ...]
    no_numbers: int
    broken: int


def _split(pointer: str) -> bool:
    return not pointer or pointer.endswith("/result")


def _is_series(value: object) -> bool:
    return isinstance(value, dict) and isinstance(value.get("metric"), dict) and ("values" in value or "value" in value)


def _answers(value: object, place: str, query: str | None) -> Iterator[_Read | tuple[str, str]]:
    """Yield the series in a piece, and what is none."""
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from _answers(item, below(place, number), query)
    elif not isinstance(value, dict):
        return
    elif isinstance(value.get("metric"), dict):
        if isinstance(value.get("values"), list):
            yield _series(value, place, query)
        else:
            kind = "an instant value" if "value" in value else "a native histogram"
            yield place, f"{kind} is no series of samples; ask for a range (query_range)"
    else:
        asked = next((said for name in QUERY_NAMES if (said := text(value, name))), query)
        for name, inner in value.items():
            if isinstance(inner, dict | list):
                yield from _answers(inner, below(place, name), asked)


def _series(value: Mapping, place: str, query: str | None) -> _Read:
    samples = items(value, "values")
    stamps = value.get("timestamps")
    pairs: list[object] = samples
    if isinstance(stamps, list):  # VictoriaMetrics' export: milliseconds apart from values
        pairs = [[at / 1000 if isinstance(at, int | float) else None, one] for at, one in zip(stamps, samples, strict=False)]
    kept: list[tuple[int, float, int]] = []
    no_numbers = broken = 0
    for number, pair in enumerate(pairs):
        sample = _sample(pair)
        if sample is None:
            broken += 1
        elif isfinite(sample[1]):
            kept.append((*sample, number))
        else:
            no_numbers += 1
    if any(then[0] <= first[0] for first, then in pairwise(kept)):
        kept = sorted({one[0]: one for one in kept}.values())
    return _Read(
        place,
        texts(value, "metric"),
        query,
        tuple(EPOCH + timedelta(microseconds=at) for at, _, _ in kept),
        tuple(amount for _, amount, _ in kept),
        tuple(number for _, _, number in kept),
        no_numbers,
        broken,
    )


def _sample(pair: object) -> tuple[int, float] | None:
    """Return microseconds since the epoch and value of `[1772460151.781, "0.17"]`."""
    if not isinstance(pair, list) or len(pair) != 2:
        return None
    second, value = pair
    if not isinstance(second, int | float | str) or not isinstance(value, int | float | str):
        return None
    try:
        at, read = round(float(second) * 1e6), float(value)
    except (ValueError, OverflowError):
        return None
    return (at, read) if 0 <= at <= _LAST_SECOND * 1_000_000 else None


def _remarks(artefact: Artefact, shell: object, *, empty: bool) -> Iterator[LeftOut | Note]:
    if text(shell, "status") == "error":
        said = text(shell, "error") or text(shell, "errorType")
        yield LeftOut(artefact.label, f"Prometheus answered with an error instead of samples: {said}")
        return
    result_type = text(shell, "data", "resultType")
    if result_type in {"scalar", "string"}:
        yield LeftOut(artefact.label, f"a {result_type} is no series of samples; ask for a range (query_range)")
    elif result_type == "matrix" and empty:
        yield LeftOut(artefact.label, "the answer holds no series")
    for warning in (*items(shell, "warnings"), *items(shell, "infos")):
        yield Note(artefact.label, f"Prometheus warned: {warning}")
    if field(shell, "isPartial") is True:
        yield Note(artefact.label, "the answer says of itself that it is partial")


def _told(artefact: Artefact, read: list[_Read], shell: object) -> Iterator[Found]:
    from juncture.evidence.turns import turns  # noqa: PLC0415 - the detector is imported when there is a series

    if no_numbers := sum(one.no_numbers for one in read):
        yield LeftOut(artefact.label, "samples that are no numbers (NaN, infinite)", no_numbers)
    for one in read:
        if one.broken:
            yield LeftOut(artefact.at(one.place), "samples that are no pair of time and value", one.broken, damaged=True)
    full = [one for one in read if one.instants]
    if not full:
        return
    recorded = min(one.instants[0] for one in full), max(one.instants[-1] for one in full)
    named = [(one, _named(artefact, one, shell)) for one in full]
    yield from (series for _, series in named)
    for one, series in named:
        if "le" in series.labels:
            continue  # the buckets of one histogram turn together; its count and its quantiles tell
        places = dict(zip(series.instants, one.places, strict=True))
        for turn in turns(series, recorded):
            number = places.get(turn.occurred_at)
            place = one.place if number is None else below(one.place, "values", number)
            yield replace(turn, citation=artefact.cite(place))


def _named(artefact: Artefact, one: _Read, shell: object) -> Series:
    labels = {name: value for name, value in one.labels.items() if name != "__name__"}
    metric = one.labels.get("__name__") or _asked(one, shell) or _file_name(artefact)
    return Series(metric=metric, labels=labels, instants=one.instants, values=one.values, citation=artefact.cite(one.place))


def _asked(one: _Read, shell: object) -> str | None:
    """Return what was asked: the nearest `query` around the answer, else the name under which the answer stands."""
    query, named, around = one.query, None, shell
    for part in one.place.split("/")[1:]:
        query = next((said for name in QUERY_NAMES if (said := text(around, name))), query)
        around = mapping(around).get(part)
        if not part.isdigit() and part not in {"data", "result", "results", "response", "body", "payload"}:
            named = part
    query = query or named
    selector = _SELECTOR.fullmatch(query.strip()) if query else None
    return selector[1] if selector else " ".join(query.split())[:_LONGEST_NAME] if query else None


def _file_name(artefact: Artefact) -> str:
    name = artefact.label.replace("!/", "/").rsplit("/", 1)[-1]
    return name.split(".", 1)[0] or "a series without a name"


READER = PrometheusReader()
