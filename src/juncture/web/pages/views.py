"""Pages of the whole: home."""

from __future__ import annotations

from datetime import UTC, datetime

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from juncture.web.access.requests import ViewerRequest
from juncture.web.actions.selectors import my_open_actions
from juncture.web.actions.showing import ActionView
from juncture.web.demonstration import load_for
from juncture.web.evidence.account_selectors import Awaited, awaited_accounts
from juncture.web.incidents.box import box
from juncture.web.incidents.selectors import Needing, incidents, incidents_needing_postmortem
from juncture.web.library.costs import DAYS, cost_lately
from juncture.web.library.desk import Draft, my_drafts
from juncture.web.library.shelf import learned_lately
from juncture.web.pages.answers import page

SHOWN = 5
LEARNED = 5


@require_safe
@page
def home(request: ViewerRequest) -> HttpResponse:
    """Show what waits for a person, and what the organisation learned; to who has nothing yet, the box that takes evidence."""
    viewer, now = request.viewer, datetime.now(UTC)
    cost = cost_lately(viewer, now)
    learned = learned_lately(viewer, limit=LEARNED)
    if not cost and not learned and not incidents(viewer, limit=1)[0]:
        if viewer.may_write:
            return render(request, "pages/start.html", {"here": "home", "only_the_box": True} | box(viewer))
        return render(request, "pages/nothing.html", {"here": "home"})
    needing = incidents_needing_postmortem(viewer, limit=SHOWN + 1, now=now) if viewer.may_write else []
    drafts = my_drafts(viewer, limit=SHOWN + 1)
    actions = my_open_actions(viewer, SHOWN + 1)
    accounts = awaited_accounts(viewer, limit=SHOWN + 1)
    above = {reverse("postmortem", args=(id_,)) for one in needing[:SHOWN] for id_ in one.incident.postmortems[:1]}
    told = {
        "here": "home",
        "actions": actions[:SHOWN],
        "more_actions": len(actions) > SHOWN,
        "needing": needing[:SHOWN],
        "more_needing": len(needing) > SHOWN,
        "drafts": [draft for draft in drafts[:SHOWN] if draft.url not in above],
        "more_drafts": len(drafts) > SHOWN,
        "accounts": accounts[:SHOWN],
        "newest": [] if needing or drafts or actions or accounts else incidents(viewer, limit=SHOWN)[0],
        "learned": learned,
        "cost": cost,
        "days": DAYS,
        "sentence": _sentence(needing, drafts, accounts, actions),
    }
    return render(request, "pages/home.html", told)


@require_POST
@page
def demo(request: ViewerRequest) -> HttpResponse:
    """Load the demo into an empty server, and show the import of its recorded incident."""
    return redirect("import", load_for(request.viewer).public_id)


def _sentence(needing: list[Needing], drafts: list[Draft], accounts: list[Awaited], actions: list[ActionView]) -> str:
    """Return what waits, in words: the first sentence says the state."""
    said = []
    if needing:
        said.append(f"{_number(len(needing), 'incident')} {'needs' if len(needing) == 1 else 'need'} a postmortem.")
    if drafts:
        said.append(f"{_number(len(drafts), 'draft')} of yours {'is' if len(drafts) == 1 else 'are'} not published.")
    if accounts:
        waits = "waits" if len(accounts) == 1 else "wait"
        said.append(f"{_number(len(accounts), 'account')} of yours {waits} to be written or released.")
    if actions:
        late = sum(action.late_days > 0 for action in actions)
        said.append(
            f"{_number(len(actions), 'action')} of yours {'is' if len(actions) == 1 else 'are'} open"
            + (f", {late} late." if late else ".")
        )
    return " ".join(said) or "Nothing waits for you."


_WORDS = ("No", "One", "Two", "Three", "Four", "Five")


def _number(count: int, what: str) -> str:
    if count > SHOWN:
        return f"More than {_WORDS[SHOWN].lower()} {what}s"
    return f"{_WORDS[count]} {what}{'' if count == 1 else 's'}"
