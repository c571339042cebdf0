"""The tables of postmortems: documents with their sections and publications, and the objects in them."""

from juncture.web.postmortems.models.document import RECORDS, Postmortem, Publication, Section, SentText, State
from juncture.web.postmortems.models.live import LiveText, LiveUpdate
from juncture.web.postmortems.models.objects import (
    Decision,
    Factor,
    Figure,
    Participant,
    Piece,
    Standing,
    Statement,
    WeakPoint,
)

__all__ = [
    "RECORDS",
    "Decision",
    "Factor",
    "Figure",
    "LiveText",
    "LiveUpdate",
    "Participant",
    "Piece",
    "Postmortem",
    "Publication",
    "Section",
    "SentText",
    "Standing",
    "State",
    "Statement",
    "WeakPoint",
]
