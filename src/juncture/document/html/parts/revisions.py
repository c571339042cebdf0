"""Corrections: what a later publication says otherwise than the one before it, with who, when and why."""

from __future__ import annotations

from juncture.document.html.context import Context
from juncture.document.html.edition import Correction, Revision
from juncture.text.markup import EMPTY, Markup, element, joined


def revisions(context: Context) -> Markup:
    """Return the publications after the first, newest first, each as a difference of sentences."""
    return joined(_revision(context, revision) for revision in context.edition.revisions)


def _revision(context: Context, revision: Revision) -> Markup:
    day, minute = context.clock.day(revision.at), context.clock.minute(revision.at)
    who = f", {revision.by}" if revision.by else ""
    head = element(
        "p",
        element("b", f"Publication {revision.number}"),
        ", ",
        context.time(revision.at, f"{day}, {minute} {context.clock.zone}"),
        f"{who}. {revision.reason}",
        class_="caption",
    )
    more = element("p", f"and {revision.more} more", class_="caption") if revision.more else None
    changes = joined(_correction(correction) for correction in revision.corrections)
    return element("div", head, changes or None, more, class_="revision") if changes or revision.reason else EMPTY


def _correction(correction: Correction) -> Markup:
    lines = (
        element("del", correction.before) if correction.before else None,
        element("ins", correction.after) if correction.after else None,
    )
    return element("div", *lines, class_="difference", role="group", aria_label=f"Changed in {correction.section}")
