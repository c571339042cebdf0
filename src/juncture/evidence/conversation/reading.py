"""From a text to the messages in it."""

from __future__ import annotations

from itertools import chain

from juncture.evidence.conversation.choosing import Choice, choose
from juncture.evidence.conversation.heads import candidates, clean_lines
from juncture.evidence.conversation.mail import mail_heads
from juncture.evidence.conversation.messages import Cut, cut


def heads_in(text: str) -> tuple[list[str], Choice]:
    """Return the lines of a text, and the heads of messages among them."""
    lines = clean_lines(text)
    return lines, choose(chain(candidates(lines), mail_heads(lines)), lines)


def messages_in(text: str) -> Cut | None:
    """Return a text cut into messages; None if nowhere in it somebody is named with a time."""
    lines, choice = heads_in(text)
    return cut(lines, choice.heads) if choice.heads else None
