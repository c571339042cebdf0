"""Keep what is searched in step with the rows. Called by operations, inside their transaction; rebuildable at any time.

The work is in `keeping`, which reads every app: it is imported when it is called, so that every app may import this.
"""

from __future__ import annotations


def index_incident(incident: int) -> None:
    """Index an incident's own words anew: title, services, severity, day. `incident` is its key."""
    from juncture.web.library import keeping  # noqa: PLC0415 - it reads every app, and every app imports this

    keeping.keep_incident(incident)


def index_events(incident: int) -> None:
    """Index an incident's key and cited events anew."""
    from juncture.web.library import keeping  # noqa: PLC0415 - as above

    keeping.keep_events(incident)


def index_postmortem(postmortem: int) -> None:
    """Index a postmortem anew: its working text, its latest publication, and the events that it cites."""
    from juncture.web.library import keeping  # noqa: PLC0415 - as above

    keeping.keep_postmortem(postmortem)


def index_actions(postmortem: int) -> None:
    """Index a postmortem's action items anew. `postmortem` is the key of the postmortem."""
    from juncture.web.library import keeping  # noqa: PLC0415 - as above

    keeping.keep_actions(postmortem)


def forget_postmortem(incident: int, former_id: str) -> None:
    """Take what is indexed under an id that a postmortem of this incident no longer has."""
    from juncture.web.library import keeping  # noqa: PLC0415 - as above

    keeping.forget_postmortem(incident, former_id)


def index_all_of(incident: int) -> None:
    """Index anew all that hangs on an incident: its words and rights stand beside every hit."""
    from juncture.web.library import keeping  # noqa: PLC0415 - as above

    keeping.keep_all_of(incident)


def rebuild_index() -> int:
    """Index everything anew, an incident a transaction; return of how many incidents. What did not change keeps its rows."""
    from juncture.web.library import keeping  # noqa: PLC0415 - as above

    return keeping.keep_all()
