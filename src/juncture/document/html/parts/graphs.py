"""Graphs of the series that the record cites, with the instants that matter on them, and the same as words and as a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

import msgspec

from juncture.document.drawing.anchors import event_anchor
from juncture.document.drawing.curves import Curve, beginnings, cited_by, curve_of
from juncture.document.drawing.labels import cut, label
from juncture.document.drawing.plot import Mark, plot
from juncture.document.html.context import Context
from juncture.evidence.quantities import value_text
from juncture.model.evidence import AlertDetails, Event, Series, TurnDetails
from juncture.model.identity import EventId
from juncture.model.instants import Instant
from juncture.model.record import MilestoneName
from juncture.text.markup import EMPTY, Markup, element, joined

MOST = 4
"""Graphs of one document; a reader compares no more."""
_ROWS = 24
_SHORTEST = timedelta(minutes=2)
_LONGEST_LABEL = 26
_SAID = {
    MilestoneName.STARTED: "Began", MilestoneName.DETECTED: "Detected",
    MilestoneName.MITIGATED: "Mitigated", MilestoneName.RESOLVED: "Resolved",
}  # fmt: skip


def graphs(context: Context) -> Markup:
    """Return the graphs of the cited series, those of the impact first; empty where no series is at hand."""
    window = _window(context)
    if not context.edition.series or window is None:
        return EMPTY
    wanted = list(_wanted(context))
    since = beginnings(context.edition.series)
    drawn = [(title, curve_of(series, since, *window), series) for title, series in wanted[:MOST]]
    shown = [(title, curve, series) for title, curve, series in drawn if curve is not None]
    if not shown:
        return EMPTY
    marks = _marks(context, window)
    rest = len(wanted) - MOST
    more = element("p", f"{rest} more cited series are not drawn.", class_="caption") if rest > 0 else None
    figures = joined(
        _figure(context, title, _with_usual(context, curve, series), window, marks) for title, curve, series in shown
    )
    return joined((figures, _named(context, marks), more))


def _wanted(context: Context) -> Iterator[tuple[str, list[Series]]]:
    """Yield what is to be drawn: for each figure of the impact the series that it was calculated from, then what turned."""
    record, series = context.postmortem, context.edition.series
    seen: set[tuple[str, str]] = set()
    for figure in record.impact.figures:
        found = [one for citation in figure.citations if (one := cited_by(citation, series)) is not None]
        fresh = [one for one in found if one.metric == found[0].metric and _key(one) not in seen]
        if fresh:
            seen.update(_key(one) for one in fresh)
            yield figure.name if len(fresh) > 1 else _title(fresh[0]), fresh
    for event in record.timeline:
        if event.key and isinstance(event.details, TurnDetails):
            turned = next((one for citation in event.citations if (one := cited_by(citation, series)) is not None), None)
            if turned is not None and _key(turned) not in seen:
                seen.add(_key(turned))
                yield _title(turned), [turned]


def _key(series: Series) -> tuple[str, str]:
    return series.citation.artefact, series.citation.place


def _title(series: Series) -> str:
    about = ", ".join(
        f"{name} {value}" for name, value in series.labels.items() if name in {"code", "route", "outcome", "state"}
    )
    of = series.labels.get("service") or series.labels.get("job")
    return f"{series.metric}{f' of {of}' if of else ''}{f' ({about})' if about else ''}"


def _window(context: Context) -> tuple[Instant, Instant] | None:
    """Return the stretch that is drawn: the incident with room before and after it, else all that was measured."""
    began, ended = _at(context, MilestoneName.STARTED), None
    for name in (MilestoneName.RESOLVED, MilestoneName.MITIGATED):
        ended = ended or _at(context, name)
    measured = [instant for one in context.edition.series for instant in (one.instants[:1] + one.instants[-1:])]
    if not measured:
        return None
    first, last = min(measured), max(measured)
    if began is None:
        return first, last
    length = max((ended or last) - began, _SHORTEST)
    start, end = max(first, began - length / 2), min(last, (ended or last) + length / 4)
    return (start, end) if start < end else (first, last)


def _at(context: Context, name: MilestoneName) -> Instant | None:
    milestone = context.milestone(name)
    return milestone.at if milestone else None


def _marks(context: Context, window: tuple[Instant, Instant]) -> list[tuple[Mark, EventId | None]]:
    """Return the instants to name: milestones, the change that deserves the first look, and the first alert."""
    found: list[tuple[Mark, EventId | None]] = []
    for name, said in _SAID.items():
        milestone = context.milestone(name)
        if milestone is not None and milestone.at is not None:
            found.append((Mark(milestone.at, said), milestone.event))
    changes = sorted(context.postmortem.changes, key=lambda change: change.rank)[:1]
    found += [(Mark(change.at, cut(change.what, _LONGEST_LABEL)), change.event) for change in changes]
    alert = next((event for event in context.postmortem.timeline if _fired(event)), None)
    if alert is not None:
        found.append((Mark(alert.occurred_at, cut(f"Alert {label(alert)}", _LONGEST_LABEL)), alert.id))
    inside = (each for each in found if window[0] <= each[0].at <= window[1])
    return sorted(inside, key=lambda each: each[0].at)


def _fired(event: Event) -> bool:
    return event.key and isinstance(event.details, AlertDetails)


def _with_usual(context: Context, curve: Curve, series: Sequence[Series]) -> Curve:
    """Return the curve with what was usual for it, where a turn of that one series tells."""
    if len(series) != 1:
        return curve
    for event in context.postmortem.timeline:
        if isinstance(event.details, TurnDetails) and event.details.usual is not None:
            turned = next((each for citation in event.citations if (each := cited_by(citation, series)) is not None), None)
            if turned is not None:
                return msgspec.structs.replace(curve, usual=event.details.usual)
    return curve


def _figure(
    context: Context,
    title: str,
    curve: Curve,
    window: tuple[Instant, Instant],
    marks: Sequence[tuple[Mark, EventId | None]],
) -> Markup:
    began, mitigated = _at(context, MilestoneName.STARTED), _at(context, MilestoneName.MITIGATED)
    felt = None
    if began is not None and mitigated is not None and began < mitigated:
        felt = max(began, window[0]), min(mitigated, window[1])
    drawing = plot(
        curve,
        window,
        context.clock,
        shaded=felt,
        marks=[mark for mark, _ in marks],
        said=f"{title}: {_in_words(context, curve)}",
    )
    many = f", {len(curve.citations)} series together" if len(curve.citations) > 1 else ""
    rate = ", rate per second" if curve.per_second else ""
    keys = [element("span", "Shaded: users felt it")] if felt else []
    keys += [element("span", f"Dashed: usual, {_said(curve, curve.usual)}")] if curve.usual is not None else []
    caption = element(
        "figcaption",
        element("span", element("code", curve.metric), f"{rate}{many}", context.citations.marks(curve.citations)),
        joined(keys),
        element("span", f"Times in {context.clock.zone}"),
        class_="caption dots",
    )
    return element("figure", element("h3", title), drawing, caption, _table(context, curve), class_="plot-figure")


def _said(curve: Curve, value: float) -> str:
    return value_text(curve.metric, value, per_second=curve.per_second)


def _in_words(context: Context, curve: Curve) -> str:
    least, most = (pick(curve.points, key=lambda point: point[1]) for pick in (min, max))
    words = (
        f"least {_said(curve, least[1])} at {context.clock.second(least[0])}, "
        f"most {_said(curve, most[1])} at {context.clock.second(most[0])}"
    )
    return f"{words}, usual {_said(curve, curve.usual)}" if curve.usual is not None else words


def _table(context: Context, curve: Curve) -> Markup:
    """Return the curve as a table of a few rows, each the mean of a stretch, for who reads no picture."""
    size = -(-len(curve.points) // _ROWS)
    rows = []
    for at in range(0, len(curve.points), size):
        stretch = curve.points[at : at + size]
        mean = sum(value for _, value in stretch) / len(stretch)
        rows.append(element("tr", element("th", context.time(stretch[0][0]), scope="row"), element("td", _said(curve, mean))))
    head = element("tr", element("th", "From", scope="col"), element("th", "Mean" if size > 1 else "Value", scope="col"))
    table = element("table", element("thead", head), element("tbody", joined(rows)), class_="table values")
    return element("details", element("summary", "The values as a table"), table, class_="opens")


def _named(context: Context, marks: Sequence[tuple[Mark, EventId | None]]) -> Markup:
    """Return the instants that are named on the graphs, as a list that leads to their events."""
    items = []
    for mark, event in marks:
        time = context.time(mark.at)
        linked = event is not None and event in context.events
        when = element("a", time, href=f"#{event_anchor(context.events[event].id)}") if event is not None and linked else time
        items.append(element("li", when, " ", mark.label))
    return element("ul", joined(items), class_="instants", aria_label="Instants on the graphs") if items else EMPTY
