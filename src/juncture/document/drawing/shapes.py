"""The five lanes as a reader sees them: each with a name, a shape and a colour of its own, so that colour is never alone.

Shapes are drawn around the origin, about 12 units wide. Colours are style sheet classes of the lane's name.
"""

from __future__ import annotations

from msgspec import Struct

from juncture.model.evidence import Lane
from juncture.text.markup import Markup, element


class LaneLook(Struct, frozen=True):
    """How one lane looks. `one` names a single event of it, `many` the lane; `outline` is an SVG path around the origin."""

    lane: Lane
    one: str
    many: str
    outline: str


LOOKS = {
    look.lane: look
    for look in (
        LaneLook(Lane.SIGNAL, "Signal", "Signals", "M0-6 5.8 4.6H-5.8Z"),
        LaneLook(Lane.CHANGE, "Change", "Changes", "M-4.8-4.8H4.8V4.8H-4.8Z"),
        LaneLook(Lane.PEOPLE, "People", "People", "M0-5.3A5.3 5.3 0 1 1 0 5.3 5.3 5.3 0 1 1 0-5.3Z"),
        LaneLook(Lane.DECISION, "Decision", "Decisions", "M0-6.6 6.6 0 0 6.6-6.6 0Z"),
        LaneLook(Lane.CUSTOMER, "Customer update", "Customers", "M-4.6-6H6.2L3.4-2.2 6.2 1.6H-3.4V6.4H-4.6Z"),
    )
}
"""The lanes from top to bottom."""


def icon(lane: Lane, *, hollow: bool = False, named: bool = True) -> Markup:
    """Return a lane's shape as a small picture; `named` says the lane to those who don't see it."""
    look = LOOKS[lane]
    return element(
        "svg",
        element("path", d=look.outline),
        class_=f"shape {lane}{' hollow' if hollow else ''}",
        viewBox="-7 -7 14 14",
        role="img" if named else None,
        aria_label=look.one if named else None,
        aria_hidden=None if named else "true",
    )
