"""One's own tokens over the API: listed and revoked. A token makes no other token."""

from __future__ import annotations

from django.http import HttpResponse

from juncture.web.access import tokens
from juncture.web.access.errors import NotAllowed
from juncture.web.access.problems import endpoint, listed
from juncture.web.access.requests import ViewerRequest
from juncture.web.access.viewer import Scope
from juncture.web.api.describing import Listed, describe


@describe("List your own tokens; what each says was shown once.", answer=Listed[tokens.TokenView])
def _list(request: ViewerRequest) -> HttpResponse:
    return listed(tokens.own_tokens(request.viewer), None)


@describe(
    "Revoke one of your own tokens; the answer lists those that are left.", answer=Listed[tokens.TokenView], refuses=(403,)
)
def _revoke(request: ViewerRequest, token: int) -> HttpResponse:
    if request.viewer.scope < Scope.WRITE:
        raise NotAllowed("This token only reads.")
    tokens.revoke_own_token(request.viewer, token)
    return listed(tokens.own_tokens(request.viewer), None)


own_tokens = endpoint(GET=_list)
one_token = endpoint(DELETE=_revoke)
