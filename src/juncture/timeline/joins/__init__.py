"""Evidence that two sightings without a shared key are of one happening.

A join is never undone, so each rule asks for strong evidence: the same name (of an alert, a commit, a version with its
service; or the same words by the same person), the same step (started, finished, fired, resolved), close in time, and nothing
else that fits as well. What several would fit is left apart.

- `alerts`: an alert, the page it caused, the series of its state, and the post of a bot that names it.
- `changes`: a deploy record, the deployment at the forge, and the post of a bot that names it.
- `messages`: a message in an export and the same message in pasted text.
"""

from __future__ import annotations

from juncture.model.evidence import Event
from juncture.timeline.joins.alerts import join_alerts
from juncture.timeline.joins.changes import join_changes
from juncture.timeline.joins.groups import Groups
from juncture.timeline.joins.messages import join_messages


def joins(singles: list[Event], groups: Groups) -> None:
    """Join in `groups` the places of `singles` that are of one happening. `singles` are sightings, one an event."""
    join_alerts(singles, groups)
    join_changes(singles, groups)
    join_messages(singles, groups)
