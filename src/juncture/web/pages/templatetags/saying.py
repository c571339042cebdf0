"""Sentences that name what somebody types."""

from __future__ import annotations

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.filter
def coded(sentence: str) -> SafeString:
    """Return a sentence with what stands between backticks as code, all of it escaped; an odd backtick stays one."""
    parts = str(sentence).split("`")
    if len(parts) % 2 == 0:
        parts[-2:] = [f"{parts[-2]}`{parts[-1]}"]
    said = [format_html("<code>{}</code>", part) if place % 2 else escape(part) for place, part in enumerate(parts)]
    return mark_safe("".join(said))  # noqa: S308 - each part is escaped
