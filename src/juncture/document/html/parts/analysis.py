"""What was made of it: weak points, contributing factors, lessons, and what is still to be asked."""

from __future__ import annotations

from juncture.document.html.context import Context
from juncture.model.record import FactorRole
from juncture.text.markup import EMPTY, Markup, element, joined

_ROLES = {
    FactorRole.TRIGGER: "Trigger",
    FactorRole.ENABLER: "Enabler",
    FactorRole.AMPLIFIER: "Amplifier",
    FactorRole.MITIGATOR: "Mitigator",
    FactorRole.LUCK: "Luck",
}
_LESSONS = {
    "went_well": "Went well", "went_poorly": "Went poorly", "got_lucky": "Got lucky", "learned": "Learned",
}  # fmt: skip


def weak_points(context: Context) -> Markup:
    """Return where the evidence shows weakness, each with what could be done about it."""
    items = []
    for point in context.postmortem.weak_points:
        kind = element("span", str(point.action_kind), class_="chip") if point.action_kind else None
        suggestion = element("p", kind, " ", context.line(point.suggestion), class_="suggestion") if point.suggestion else None
        text = element("p", context.line(point.statement), context.citations.marks(point.citations))
        items.append(element("li", element("h3", context.line(point.title)), text, suggestion))
    return element("ul", joined(items), class_="weak-points") if items else EMPTY


def factors(context: Context) -> Markup:
    """Return the contributing factors with the part that each played."""
    items = [
        element(
            "li",
            element("a", factor.id, href=f"#factor-{number}", class_="factor-id"),
            element(
                "p",
                element("b", f"{_ROLES[factor.role]}. "),
                context.line(factor.title),
                context.citations.marks(factor.citations),
            ),
            id=f"factor-{number}",
        )
        for number, factor in enumerate(context.postmortem.factors, start=1)
    ]
    return element("ol", joined(items), class_="factors") if items else EMPTY


def lessons(context: Context) -> Markup:
    """Return what went well, what went poorly, where luck helped, and what was learned."""
    found = context.postmortem.lessons
    columns = []
    for name, said in _LESSONS.items():
        texts: tuple[str, ...] = getattr(found, name)
        if texts:
            items = joined(element("li", _addressed(context, text)) for text in texts)
            columns.append(element("div", element("h3", said), element("ul", items)))
    return element("div", joined(columns), class_="lessons") if columns else EMPTY


def _addressed(context: Context, text: str) -> Markup:
    before, after = context.anchors.sentence("lesson", text)
    return Markup(f"{before}{context.line(text)}{after}")


def questions(context: Context) -> Markup:
    """Return what only the people who were there can answer."""
    items = joined(element("li", context.line(text)) for text in context.postmortem.questions)
    return element("ol", items, class_="questions") if items else EMPTY
