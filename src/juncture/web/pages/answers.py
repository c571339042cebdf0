"""Pages' way of answering: signed-in viewers only, and a page that says why when a call is refused."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect

from juncture.model.errors import BadEvidence
from juncture.web.access.errors import Moved, Refused, SignInNeeded
from juncture.web.access.refusals import refused_page
from juncture.web.access.requests import ViewerRequest
from juncture.web.access.trouble import sentence_for

P = ParamSpec("P")


def page(
    view: Callable[Concatenate[ViewerRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Return a page that sends nobody to sign in, and shows a refusal as a page of its own."""

    @wraps(view)
    def answered(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            if not request.viewer.known:  # type: ignore[attr-defined]  # the middleware sets it
                return redirect_to_login(request.get_full_path())
            return view(request, *args, **kwargs)  # type: ignore[arg-type]  # a ViewerRequest, by the middleware
        except SignInNeeded:
            return redirect_to_login(request.get_full_path())
        except Moved as moved:
            return HttpResponseRedirect(moved.leads_to(request.get_full_path()), preserve_request=True)
        except Refused as error:
            return refusal(request, error)
        except BadEvidence as error:
            return refused_page(sentence_for(error) or str(error), 422, request=request)

    return answered


def refusal(request: HttpRequest, error: Refused) -> HttpResponse:
    """Return the page that says why a call was refused, and what to do."""
    return refused_page(error.sentence, error.status, request=request)
