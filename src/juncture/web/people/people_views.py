"""Pages of the people of the organisation, for administrators and facilitators."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from juncture.web.access.errors import InTheWay, Invalid
from juncture.web.access.invitations import INVITATION_LIFE, RESET_LIFE, link_for, roles_to_invite
from juncture.web.access.requests import ViewerRequest
from juncture.web.access.second_factor import has_second_factor, remove_second_factor
from juncture.web.access.signing_in import facilitators, fresh
from juncture.web.access.texts import storable
from juncture.web.pages.answers import page
from juncture.web.people import identities, membership, selectors
from juncture.web.people.handing_over import left_behind
from juncture.web.people.models import Identity, Role
from juncture.web.people.suggesting import unclaimed_names

_LONGEST_PLACE = 8
"""Digits of where a list of people goes on."""


@require_GET
@page
def people(request: ViewerRequest) -> HttpResponse:
    """List people, searched and filtered."""
    asked = {name: storable(request.GET.get(name, "")).strip()[:100] for name in ("q", "role", "team", "gone")}
    place = request.GET.get("from", "")
    start = int(place) if place.isdecimal() and len(place) < _LONGEST_PLACE else 0
    wanted = selectors.WantedPeople(asked["q"], asked["role"], asked["team"], asked["gone"] == "1")
    found, more = selectors.people(request.viewer, wanted, start=start)
    following = {name: value for name, value in asked.items() if value} | {"from": str(start + selectors.PAGE)}
    told = {
        "people": found,
        "asked": asked,
        "roles": Role.choices,
        "teams": selectors.team_names(request.viewer),
        "filtered": any(asked.values()),
        "following": urlencode(following) if more else "",
    }
    return render(request, "people/people.html", told)


@never_cache
@require_http_methods(["GET", "POST"])
@page
@facilitators
@fresh
def add(request: ViewerRequest) -> HttpResponse:
    """Add a person, and show the link by which they join."""
    told = {
        "roles": [Role(role) for role in roles_to_invite(request.viewer)],
        "teams": selectors.team_names(request.viewer),
        "given": {"role": Role.AUTHOR},
        "chosen": request.POST.getlist("team"),
    }
    if request.method == "GET":
        return render(request, "people/add.html", told)
    given = {name: request.POST.get(name, "") for name in ("email", "name", "role")}
    try:
        user, token = membership.invite(request.viewer, **given, teams=request.POST.getlist("team"))
    except (Invalid, InTheWay) as error:
        return render(request, "people/add.html", told | {"given": given, "complaint": error.sentence}, status=error.status)
    return _link(request, user.pk, token, joining=True)


@require_GET
@page
def person(request: ViewerRequest, who: int) -> HttpResponse:
    """Show one person, and what may be done about them."""
    seen = selectors.person(request.viewer, who)
    administers = request.viewer.may_administer
    told = {
        "person": seen,
        "roles": Role.choices,
        "teams": selectors.team_names(request.viewer),
        "kinds": Identity.Kind.choices,
        "has_second_factor": administers and has_second_factor(seen.id),
        "left_behind": left_behind(request.viewer, seen.id),
        "others": [each for each in selectors.names_of_people(request.viewer) if each[0] != seen.id] if administers else [],
        "unclaimed": unclaimed_names(request.viewer) if administers and seen.active else [],
        "may_link": seen.active and (administers or seen.role != Role.ADMINISTRATOR),
    }
    return render(request, "people/person.html", told)


@never_cache
@require_POST
@page
@facilitators
@fresh
def link(request: ViewerRequest, who: int) -> HttpResponse:
    """Make a link by which a person joins or sets a new password, and show it this once."""
    joining = not selectors.person(request.viewer, who).joined
    return _link(request, who, link_for(request.viewer, who), joining=joining)


@require_POST
@page
@facilitators
@fresh
def change(request: ViewerRequest, who: int) -> HttpResponse:
    """Change one thing about a person: what `what` names."""
    viewer, what = request.viewer, request.POST.get("what", "")
    if what == "role":
        membership.change_role(viewer, who, request.POST.get("role", ""))
        messages.success(request, "The role is changed.")
    elif what == "teams":
        membership.change_teams(viewer, who, request.POST.getlist("team"))
        messages.success(request, "The teams are changed.")
    elif what == "leave":
        user = membership.let_go(viewer, who)
        messages.success(request, f"{user.name} has left. Sessions and tokens have ended.")
    elif what == "return":
        user = membership.take_back(viewer, who)
        messages.success(request, f"{user.name} is back.")
    elif what == "second factor":
        remove_second_factor(viewer, who)
        messages.success(request, "The second factor is removed, and all sessions have ended.")
    elif what == "identity":
        identities.add_identity(viewer, who, kind=request.POST.get("kind", ""), value=request.POST.get("value", ""))
        messages.success(request, "The name is added.")
    elif what == "no identity":
        chosen = request.POST.get("identity", "")
        identities.remove_identity(viewer, who, int(chosen) if chosen.isdecimal() and len(chosen) < 18 else 0)
        messages.success(request, "The name is taken away.")
    elif what == "merge":
        into = request.POST.get("into", "")
        kept = identities.merge(viewer, who, int(into) if into.isdecimal() and len(into) < 18 else 0)
        messages.success(request, f"Merged. The names lead to {kept.name} now.")
        return redirect("person", kept.pk)
    else:
        selectors.person(viewer, who)
        raise Invalid("Nothing of a person is called so.")
    return redirect("person", who)


def _link(request: ViewerRequest, who: int, token: str, *, joining: bool) -> HttpResponse:
    path = reverse("sign-in-link", args=(token,))
    told = {
        "person": selectors.person(request.viewer, who),
        "link": f"{settings.PUBLIC_URL}{path}" if settings.PUBLIC_URL else request.build_absolute_uri(path),
        "joining": joining,
        "life": f"{INVITATION_LIFE.days} days" if joining else f"{RESET_LIFE.days * 24} hours",
    }
    return render(request, "people/link.html", told)
