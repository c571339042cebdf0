"""Who took part, by role. Names are for those who work on the postmortem; a file that travels holds none here."""

from __future__ import annotations

from juncture.document.html.context import Context
from juncture.text.markup import EMPTY, Markup, element, joined


def participants(context: Context) -> Markup:
    """Return the roles and how each took part."""
    items = [
        element(
            "li",
            element("span", _initials(each.role), class_="face", aria_hidden="true"),
            element(
                "div",
                each.role,
                element("span", context.line(each.took_part), context.citations.marks(each.citations), class_="meta"),
            ),
        )
        for each in context.postmortem.participants
    ]
    return element("ul", joined(items), class_="participants") if items else EMPTY


def _initials(role: str) -> str:
    words = [word for word in role.replace("-", " ").split() if word]
    return "".join(word[0] for word in words[:2]).upper()
