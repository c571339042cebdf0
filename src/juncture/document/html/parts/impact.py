"""The impact: each figure as a range with its formula and inputs one step away."""

from __future__ import annotations

from juncture.document.html.context import Context
from juncture.document.html.figures import figure_text, number, range_bar
from juncture.model.record import Figure
from juncture.text.markup import EMPTY, Markup, element, joined


def impact(context: Context) -> Markup:
    """Return the figures, then what is not known."""
    found = context.postmortem.impact
    if not found.figures and not found.not_known:
        return EMPTY
    rows = [_figure(context, figure) for figure in found.figures]
    rows += [_not_known(text) for text in found.not_known]
    return element("div", joined(rows), class_="stats")


def _figure(context: Context, figure: Figure) -> Markup:
    exact = figure.low == figure.high
    bar = range_bar(figure) or element("span", "Counted, not estimated" if exact else "", class_="range-words meta")
    inputs = joined(joined((element("dt", name), element("dd", value))) for name, value in figure.inputs.items())
    if not exact:
        middle = number(figure.mid, fineness=abs(figure.high - figure.low))
        inputs = joined((inputs, element("dt", "Middle"), element("dd", f"{middle} {figure.unit}")))
    how = element(
        "details",
        element("summary", "How this was calculated"),
        element("div", element("code", figure.formula), element("dl", inputs) if inputs else None, class_="formula"),
        class_="opens",
    )
    return element(
        "div",
        element("span", figure.name, context.citations.marks(figure.citations), class_="stat-name"),
        bar,
        element(
            "span",
            figure_text(figure),
            element("small", "exact" if exact else "90\N{NO-BREAK SPACE}% range"),
            class_="stat-value",
        ),
        how if figure.formula or figure.inputs else None,
        class_="stat",
    )


def _not_known(text: str) -> Markup:
    name, colon, why = text.partition(":")
    return element(
        "div",
        element("span", name, class_="stat-name"),
        element("span", why.strip().capitalize() if colon else "", class_="range-words meta"),
        element("span", "Not known", class_="stat-value absent"),
        class_="stat",
    )
