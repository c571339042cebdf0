"""What a message says it does: proposes, commits, declares, doubts, resolves."""

from __future__ import annotations

from enum import StrEnum


class Cue(StrEnum):
    """What a message does, in one word of a closed set; a message may do several things at once."""

    PROPOSAL = "proposal"
    COMMITMENT = "commitment"
    QUESTION = "question"
    AGREEMENT = "agreement"
    DECLINED = "declined"
    ACKNOWLEDGEMENT = "acknowledgement"
    DECLARATION = "declaration"
    ESCALATION = "escalation"
    HYPOTHESIS = "hypothesis"
    FINDING = "finding"
    RULED_OUT = "ruled_out"
    SYMPTOM = "symptom"
    IMPROVING = "improving"
    MITIGATED = "mitigated"
    RESOLVED = "resolved"
    COMPLETED = "completed"
    WAIT = "wait"
    CUSTOMER_UPDATE = "customer_update"
    CHATTER = "chatter"
    NEGATED = "negated"
    ROLLBACK = "rollback"
    REVERT = "revert"
    RESTART = "restart"
    FAILOVER = "failover"
    FLAG = "flag"
    CANCEL = "cancel"
    SCALE = "scale"
    DEPLOY = "deploy"
    CONFIGURE = "configure"
    SHIELD = "shield"


ACTIONS = frozenset(
    {
        Cue.ROLLBACK,
        Cue.REVERT,
        Cue.RESTART,
        Cue.FAILOVER,
        Cue.FLAG,
        Cue.CANCEL,
        Cue.SCALE,
        Cue.DEPLOY,
        Cue.CONFIGURE,
        Cue.SHIELD,
    }
)
"""The cues that name something done to the system; they say what, the others say whether it is asked, meant or done."""


def cues_of(text: str) -> frozenset[Cue]:
    """Return what `text` does; empty when it does none of these."""
    return frozenset({Cue.QUESTION}) if text.rstrip().endswith("?") else frozenset()
