"""The actions of a whole document: which of its items are the rows that there are already."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from juncture.model import record
from juncture.web.actions.models import ActionItem

_ALIKE = 0.6
"""From this ratio on, two titles are the same action, reworded."""
_COMPARED = 200


def paired(rows: Sequence[ActionItem], values: Sequence[record.ActionItem]) -> tuple[list[ActionItem | None], list[ActionItem]]:
    """Return for each value the row that it is (None: a new one), and the rows that no value is.

    The same title is the same action, the first first; then what stands at the same place among the rest, if its title
    is alike.
    """
    left = list(rows)
    found: list[ActionItem | None] = [None] * len(values)
    for place, value in enumerate(values):
        row = next((row for row in left if row.title == value.title), None)
        if row is not None:
            left.remove(row)
            found[place] = row
    for place, value in enumerate(values):
        if found[place] is None and (row := _reworded(value.title, left)):
            left.remove(row)
            found[place] = row
    return found, left


def _reworded(title: str, rows: Sequence[ActionItem]) -> ActionItem | None:
    compared = SequenceMatcher(b=title[:_COMPARED], autojunk=False)
    best: tuple[float, ActionItem] | None = None
    for row in rows[:_COMPARED]:
        compared.set_seq1(row.title[:_COMPARED])
        if compared.quick_ratio() >= _ALIKE and (ratio := compared.ratio()) >= _ALIKE and (best is None or ratio > best[0]):
            best = (ratio, row)
    return best[1] if best else None
