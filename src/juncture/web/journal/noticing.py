"""What changed since one looked last: for pages that are open while others work."""

from __future__ import annotations

from collections.abc import Collection

from juncture.web.journal.models import Change

OBJECTS, SECTIONS = "objects", "sections"
"""What of a postmortem changed: its objects, or which sections it has. What is typed in a section has its own way."""
_ARRANGING = frozenset({"heading", "order"})
_MOST = 1000
_LOOKS_BACK = 50
"""Changes are numbered before they are there: one that ended later may have a smaller number."""

Seen = frozenset[int]


def newest_changes() -> Seen:
    """Return the keys of the newest changes that there are."""
    return frozenset(Change.objects.order_by("-id").values_list("pk", flat=True)[:_LOOKS_BACK])


def changed_since(seen: Seen, postmortems: Collection[int]) -> tuple[Seen, set[tuple[int, str]], bool]:
    """Return the newest keys now; what changed of these postmortems since `seen`; and whether anything of no postmortem did."""
    first = min(seen, default=0)
    rows = Change.objects.filter(pk__gte=first).order_by("-id").values_list("pk", "postmortem_id", "object_kind", "action")
    parts: set[tuple[int, str]] = set()
    other = False
    keys: list[int] = []
    for key, postmortem, kind, action in rows[:_MOST]:
        keys.append(key)
        if key in seen:
            continue
        if postmortem is None:
            other = True
        elif postmortem in postmortems and not (kind == "section" and action == "write"):
            parts.add((postmortem, SECTIONS if kind == "section" or kind in _ARRANGING else OBJECTS))
    return frozenset(keys[:_LOOKS_BACK]), parts, other
