"""Pages' way of answering: signed-in viewers only, and a page that says why when a call is refused."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from juncture.web.access.errors import Refused, SignInNeeded
from juncture.web.access.middleware import ViewerRequest

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
        except Refused as error:
            return refusal(request, error)

    return answered


def refusal(request: HttpRequest, error: Refused) -> HttpResponse:
    """Return the page that says why a call was refused, and what to do."""
    return render(request, "pages/refused.html", {"sentence": error.sentence, "status": error.status}, status=error.status)
