"""Sentences that name what somebody types."""

from __future__ import annotations

import re

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
_BEFORE_UNIT = re.compile(r"(?<=\d) (?=(?:ms|s|min|h|d|%|[kMGT]B|days?|hours?|minutes?|seconds?|weeks?)\b|%)")


@register.filter
def unparted(text: str) -> str:
    """Return a text in which no number parts from its unit at the end of a line."""
    return _BEFORE_UNIT.sub("\N{NO-BREAK SPACE}", str(text))


@register.filter
def coded(sentence: str) -> SafeString:
    """Return a sentence with what stands between backticks as code, all of it escaped; an odd backtick stays one."""
    parts = str(sentence).split("`")
    if len(parts) % 2 == 0:
        parts[-2:] = [f"{parts[-2]}`{parts[-1]}"]
    said = [format_html("<code>{}</code>", part) if place % 2 else escape(part) for place, part in enumerate(parts)]
    return mark_safe("".join(said))  # noqa: S308 - each part is escaped
