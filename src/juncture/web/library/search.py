"""Search: what is asked, what was found, how it can be narrowed. Everything here is seen with a viewer's rights."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.utils.safestring import SafeString
from msgspec import Struct

from juncture.web.access.viewer import Viewer
from juncture.web.incidents.models import Incident
from juncture.web.library.asking import Term, terms_of
from juncture.web.library.backends import Hit, hits
from juncture.web.library.highlighting import Looked, looked_for, marked, places
from juncture.web.library.models import Kind, SearchEntry
from juncture.web.postmortems.models import State

FACETS = ("kind", "service", "severity", "state", "team", "year")
_SHOWN_FACET = 8


class Search(Struct, frozen=True):
    """What somebody looks for: words, and for each facet the values that will do (none: all)."""

    text: str = ""
    chosen: dict[str, tuple[str, ...]] = {}
    newest_first: bool = False

    @property
    def narrowed(self) -> bool:
        """Whether a facet is chosen."""
        return any(self.chosen.values())


class Choice(Struct, frozen=True):
    """One value of a facet: its name in a query, its name on a page, how many hits it leaves, whether it is chosen."""

    value: str
    label: str
    count: int
    chosen: bool


class Facet(Struct, frozen=True):
    """A way to narrow what was found."""

    name: str
    choices: tuple[Choice, ...]
    more: tuple[Choice, ...] = ()


class Found(Struct, frozen=True):
    """Hits, best first, the facets of all that was found, and whether there was more than could be ranked."""

    hits: tuple[Hit, ...]
    facets: tuple[Facet, ...]
    capped: bool
    terms: tuple[Term, ...]

    @property
    def looked(self) -> Looked:
        """Return what was looked for, as highlights need it."""
        return looked_for(self.terms)


class Item(Struct, frozen=True):
    """One hit for a program: `highlight` is HTML in which `<mark>` is the only element."""

    kind: str
    id: str
    title: str
    url: str
    highlight: str


def found(viewer: Viewer, search: Search) -> Found:
    """Return what a viewer finds. Nothing of what they may not see is found, counted or named."""
    terms = terms_of(search.text)
    everything, capped = hits(viewer, terms)
    narrowing = _Narrowing(search, _teams(everything) if everything else {})
    kept = [hit for hit in everything if narrowing.takes(hit)]
    by = (lambda hit: (hit.at, hit.score)) if search.newest_first else (lambda hit: (hit.score, hit.at))
    return Found(tuple(sorted(kept, key=by, reverse=True)), narrowing.facets(), capped, terms)


def items(viewer: Viewer, found: Found, *, limit: int) -> list[Item]:
    """Return the first hits as a program takes them."""
    shown = found.hits[:limit]
    texts = texts_of(viewer, shown)
    ids = dict(
        Incident.objects.visible_to(viewer).filter(pk__in={hit.incident for hit in shown}).values_list("pk", "public_id")
    )
    looked = found.looked
    return [
        Item(
            hit.kind,
            hit.object_id,
            title_of(hit, *texts[hit.entry]),
            url_of(hit, ids[hit.incident]),
            _highlight(hit, texts[hit.entry], looked),
        )
        for hit in shown
        if hit.entry in texts and hit.incident in ids
    ]


def texts_of(viewer: Viewer, shown: Iterable[Hit]) -> dict[int, tuple[str, str]]:
    """Return title and body of the entries of some hits."""
    rows = SearchEntry.objects.visible_to(viewer).filter(pk__in=[hit.entry for hit in shown])
    return {key: (title, body) for key, title, body in rows.values_list("pk", "title", "body")}


def title_of(hit: Hit, title: str, body: str) -> str:
    """Return the title of a hit: of an event, its summary in short."""
    if hit.kind != Kind.EVENT:
        return title
    return body if len(body) <= 120 else f"{body[:119]}…"


def url_of(hit: Hit, incident: str) -> str:
    """Return the address of the page that shows a hit."""
    if hit.kind == Kind.POSTMORTEM:
        return f"/postmortems/{hit.object_id}/"
    if hit.kind == Kind.ACTION:
        return f"/actions/{hit.object_id}/"
    if hit.kind == Kind.EVENT:
        return f"/incidents/{incident}/timeline/?event={hit.object_id}"
    return f"/incidents/{incident}/"


def _highlight(hit: Hit, texts: tuple[str, str], looked: Looked) -> str:
    title, body = texts
    if hit.kind != Kind.EVENT and (there := places(body, looked, most=1)):
        return _plain(there[0].html)
    return _plain(marked(title or body, looked))


def _plain(html: SafeString) -> str:
    # What writes JSON takes a string, and none of its kinds.
    return html[:]


_LABELS = {
    **dict(Kind.choices),
    **{state: label.lower() for state, label in State.choices},
    "open": "action open",
    "in_progress": "action in progress",
    "done": "action done",
    "verified": "action verified",
    "wont_do": "action: won\N{RIGHT SINGLE QUOTATION MARK}t do",
}


class _Narrowing:
    """Takes the hits that fit what is chosen, and counts for each facet what each of its values would leave."""

    def __init__(self, search: Search, teams: dict[int, str]) -> None:
        self._chosen = {name: wanted for name, wanted in search.chosen.items() if wanted}
        self._teams = teams
        self._incidents: dict[str, dict[str, set[int]]] = {name: defaultdict(set) for name in FACETS}

    def takes(self, hit: Hit) -> bool:
        """Count a hit, and return whether it fits. It counts for a facet if it fits all the others."""
        values = {
            "kind": (hit.kind,),
            "service": hit.services,
            "severity": (hit.severity,) if hit.severity else (),
            "state": (hit.state,) if hit.state and hit.kind != Kind.EVENT else (),
            "team": (self._teams[hit.incident],) if hit.incident in self._teams else (),
            "year": (hit.at[:4],),
        }
        failing = [name for name, wanted in self._chosen.items() if not set(values[name]).intersection(wanted)]
        if len(failing) > 1:
            return False
        for name in failing or FACETS:
            for value in values[name]:
                self._incidents[name][value].add(hit.incident)
        return not failing

    def facets(self) -> tuple[Facet, ...]:
        """Return the facets that have values."""
        return tuple(facet for name in FACETS if (facet := self._facet(name)).choices)

    def _facet(self, name: str) -> Facet:
        counts, wanted = self._incidents[name], self._chosen.get(name, ())
        order = sorted(counts, key=lambda value: (-len(counts[value]), value))
        if name == "kind":
            order = [kind for kind in Kind.values if kind in counts]
        elif name == "year":
            order = sorted(counts, reverse=True)
        labels = _LABELS if name in {"kind", "state"} else {}
        choices = tuple(
            Choice(value, labels.get(value, value), len(counts.get(value, ())), value in wanted)
            for value in (*order, *(value for value in wanted if value not in counts))
        )
        return Facet(name, choices[:_SHOWN_FACET], choices[_SHOWN_FACET:])


def _teams(there: Iterable[Hit]) -> dict[int, str]:
    """Return the teams of the incidents of some hits; that these may be seen was part of finding them."""
    rows = Incident.objects.get_queryset().filter(pk__in={hit.incident for hit in there}, team__isnull=False).order_by()
    return dict(rows.values_list("pk", "team__name"))
