"""What forms and queries say of evidence."""

from __future__ import annotations

import datetime as dt

from juncture.web.access.errors import Invalid


def date_of(text: str) -> dt.date | None:
    """Return a day from a form or query, None if empty. Raises Invalid."""
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise Invalid(f"{text!r} is not a day: write year-month-day, such as 2026-03-02") from None
