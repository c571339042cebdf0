"""The page of what newer evidence proposes, and its calls of the API."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST
from msgspec import Struct

from juncture.web.access.errors import NotFound
from juncture.web.access.problems import answered, endpoint
from juncture.web.access.requests import ViewerRequest
from juncture.web.access.viewer import Viewer
from juncture.web.api.describing import describe
from juncture.web.incidents.operations import require_author
from juncture.web.pages.answers import page
from juncture.web.postmortems import operations
from juncture.web.postmortems.comparing import Run, compared
from juncture.web.postmortems.proposal_selectors import Line, Proposal, Proposals, proposals_of

ACTS: dict[str, Callable[[Viewer, str, str], None]] = {
    "accept": operations.accept_proposal,
    "dismiss": operations.dismiss_proposal,
    "undo": operations.undo_proposal,
}
_DONE = {
    "accept": "Accepted. It is in the text.",
    "dismiss": "Dismissed. The text stays as it is.",
    "undo": "Undone. It is proposed again.",
}
_WHAT = {"new": "New", "changed": "Changed", "gone": "Gone"}


class Shown(Struct, frozen=True):
    """A proposal as the page shows it: each line with what changes in it, word by word."""

    proposal: Proposal
    what: str
    lines: tuple[tuple[Line, tuple[Run, ...]], ...]


@require_GET
@page
def proposals(request: ViewerRequest, postmortem: str) -> HttpResponse:
    """Show what newer evidence proposes, each with what it rests on, and what was decided lately."""
    found = proposals_of(request.viewer, postmortem)
    if len(found.proposals) != found.postmortem.proposals:
        operations.recount_proposals(request.viewer, postmortem)
    shown = [
        Shown(one, _WHAT[one.what], tuple((line, compared(line.before, line.after)) for line in one.lines))
        for one in found.proposals
    ]
    told = {
        "here": "incidents",
        "postmortem": found.postmortem,
        "shown": shown,
        "decided": found.decided,
        "comparable": found.comparable,
    }
    return render(request, "postmortems/proposals.html", told)


@require_POST
@page
def look_again(request: ViewerRequest, postmortem: str) -> HttpResponse:
    """Compare the text with the timeline as it is now, corrections included."""
    followed = operations.follow_evidence(request.viewer, postmortem)
    if not followed.proposed:
        parts = (
            f"{followed.updated} {'part' if followed.updated == 1 else 'parts'} that nobody had touched followed the timeline."
        )
        messages.success(request, parts if followed.updated else "The text says all that the timeline gives.")
    return redirect("proposals", postmortem)


@require_POST
@page
def decide(request: ViewerRequest, postmortem: str, proposal: str, act: str) -> HttpResponse:
    """Accept, dismiss, or undo either."""
    require_author(request.viewer, "write")
    if act not in ACTS:
        raise NotFound
    ACTS[act](request.viewer, postmortem, proposal)
    messages.success(request, _DONE[act])
    return redirect("proposals", postmortem)


@describe("List what newer evidence proposes to a postmortem, and what was decided about it lately.", answer=Proposals)
def _list(request: ViewerRequest, postmortem: str) -> HttpResponse:
    return answered(proposals_of(request.viewer, postmortem))


@describe(
    "Compare the text with the timeline as it is now: what nobody touched follows, all else is proposed.",
    answer=operations.Followed,
    refuses=(403, 409),
)
def _look_again(request: ViewerRequest, postmortem: str) -> HttpResponse:
    return answered(operations.follow_evidence(request.viewer, postmortem))


@describe("Accept or dismiss a proposal, or undo what was decided about it.", answer=Proposals, refuses=(403, 409))
def _decide(request: ViewerRequest, postmortem: str, proposal: str, act: str) -> HttpResponse:
    require_author(request.viewer, "write")
    if act not in ACTS:
        raise NotFound
    ACTS[act](request.viewer, postmortem, proposal)
    return answered(proposals_of(request.viewer, postmortem))


all_proposals = endpoint(GET=_list, POST=_look_again)
decide_by_call = endpoint(POST=_decide)
