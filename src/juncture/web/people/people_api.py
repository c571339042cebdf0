"""People over the API: oneself, who is here, and the names that people have elsewhere.

Who joins, as what, and who leaves is a page's alone: it asks for the password again, and a token has none.
"""

from __future__ import annotations

from django.http import HttpResponse
from msgspec import UNSET, Struct, UnsetType

from juncture.web.access.problems import answered, body_of, cursor_of, endpoint, limit_of, listed
from juncture.web.access.requests import ViewerRequest
from juncture.web.api.describing import CURSOR, LIMIT, Listed, describe
from juncture.web.people import catalogue, identities, profile, selectors


class ProfileBody(Struct, forbid_unknown_fields=True):
    """What changes of oneself; what is absent stays. `zone` is an IANA name."""

    name: str | UnsetType = UNSET
    zone: str | UnsetType = UNSET


class IdentityBody(Struct, forbid_unknown_fields=True):
    """A name that a person has elsewhere: of which kind, as the list of a person has them, and what it is."""

    kind: str
    value: str


@describe("Return who the token stands for.", answer=catalogue.Myself)
def _me(request: ViewerRequest) -> HttpResponse:
    return answered(catalogue.myself(request.viewer))


@describe("Change one's own name or zone.", body=ProfileBody, answer=catalogue.Myself, refuses=(403,))
def _change_me(request: ViewerRequest) -> HttpResponse:
    body, now = body_of(request, ProfileBody), catalogue.myself(request.viewer)
    profile.change_profile(
        request.viewer,
        name=now.name if body.name is UNSET else body.name,
        zone=now.zone if body.zone is UNSET else body.zone,
    )
    return answered(catalogue.myself(request.viewer))


@describe("List people by id, name and role.", answer=Listed[catalogue.PersonName], query=(LIMIT, CURSOR), refuses=(422,))
def _people(request: ViewerRequest) -> HttpResponse:
    limit = limit_of(request, default=50, most=200)
    found, following = catalogue.people_page(request.viewer, after=cursor_of(request) or 0, limit=limit)
    return listed(found, following)


@describe("Return one person, for administrators and facilitators.", answer=selectors.PersonView, refuses=(403,))
def _person(request: ViewerRequest, person: int) -> HttpResponse:
    return answered(selectors.person(request.viewer, person))


@describe(
    "Say what a person is called elsewhere.", body=IdentityBody, answer=selectors.PersonView, status=201, refuses=(403, 409)
)
def _add_identity(request: ViewerRequest, person: int) -> HttpResponse:
    body = body_of(request, IdentityBody)
    identities.add_identity(request.viewer, person, kind=body.kind, value=body.value)
    return answered(selectors.person(request.viewer, person), 201)


@describe("Take a name elsewhere from a person.", answer=selectors.PersonView, refuses=(403,))
def _remove_identity(request: ViewerRequest, person: int, identity: int) -> HttpResponse:
    identities.remove_identity(request.viewer, person, identity)
    return answered(selectors.person(request.viewer, person))


me = endpoint(GET=_me, PATCH=_change_me)
people = endpoint(GET=_people)
one_person = endpoint(GET=_person)
all_identities = endpoint(POST=_add_identity)
one_identity = endpoint(DELETE=_remove_identity)
