"""A session's way from nobody to a person: the first step, the second where there is one, and that it was lately confirmed."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth import login
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme

from juncture.web.access.digests import digest_of
from juncture.web.access.errors import NotAllowed
from juncture.web.access.models import Session
from juncture.web.access.requests import ViewerRequest
from juncture.web.access.second_factor import has_second_factor, second_factor_required
from juncture.web.access.selectors import viewer_of
from juncture.web.access.sessions import AGENT, HOST
from juncture.web.journal.operations import record_change
from juncture.web.people.models import User

P = ParamSpec("P")

BACKEND = "django.contrib.auth.backends.ModelBackend"
_PENDING = "first_step"
_CONFIRMED = "confirmed_at"
FRESH_SECONDS = 600
"""How long a sign-in, or a password given again, counts for changing what opens an account."""


def first_step(request: HttpRequest, user: User, following: str) -> str:
    """Take a person whose password or link was right; return where to go: to the second step, or signed in to `following`."""
    if not has_second_factor(user.pk):
        sign_in(request, user)
        return following or reverse("home")
    request.session.flush()
    request.session[_PENDING] = {
        "person": user.pk,
        "hash": user.get_session_auth_hash(),
        "until": time.time() + FRESH_SECONDS,
        "next": following,
    }
    return reverse("sign-in-second-step")


def pending(request: HttpRequest) -> tuple[User, str] | None:
    """Return who has done the first step and where they were going; None if nobody, too long ago, or the password changed."""
    held: dict[str, Any] | None = request.session.get(_PENDING)
    if not held or held["until"] < time.time():
        return None
    user = User.objects.filter(pk=held["person"], is_active=True).first()
    if user is None or not constant_time_compare(held["hash"], user.get_session_auth_hash()):
        return None
    return user, str(held["next"])


def sign_in(request: HttpRequest, user: User) -> None:
    """Sign a person in: a session with a key of its own. Sessions that have run out are cleared away."""
    request.session.pop(_PENDING, None)
    login(request, user, backend=BACKEND)
    request.session[AGENT] = request.headers.get("User-Agent", "")[:300]
    request.session[HOST] = host_of(request)
    confirm(request)
    with transaction.atomic():
        request.session.save()
        key = digest_of(request.session.session_key or "")
        if second_factor_required() and not has_second_factor(user.pk):
            Session.objects.filter(pk=key).update(must_enrol=True)
        Session.objects.filter(expire_date__lt=timezone.now()).delete()
        record_change(viewer_of(user), action="sign in", object_kind="person", object_id=str(user.pk))


def confirm(request: HttpRequest) -> None:
    """Note that whoever sits there has just shown who they are."""
    request.session[_CONFIRMED] = time.time()


def is_fresh(request: HttpRequest) -> bool:
    """Whether the person has shown who they are within the last ten minutes."""
    return float(request.session.get(_CONFIRMED, 0)) > time.time() - FRESH_SECONDS


def fresh(
    view: Callable[Concatenate[ViewerRequest, P], HttpResponseBase],
) -> Callable[Concatenate[ViewerRequest, P], HttpResponseBase]:
    """Return a page that first asks for the password again where the sign-in is older than ten minutes."""

    @wraps(view)
    def asked(request: ViewerRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if is_fresh(request):
            return view(request, *args, **kwargs)
        back = request.get_full_path() if request.method == "GET" else urlsplit(request.headers.get("Referer", "")).path
        return redirect(f"{reverse('settings-confirm')}?{urlencode({'next': ours(request, back) or reverse('settings')})}")

    return asked


def administrators(
    view: Callable[Concatenate[ViewerRequest, P], HttpResponseBase],
) -> Callable[Concatenate[ViewerRequest, P], HttpResponseBase]:
    """Return a page that is administrators' alone: others are refused before they are asked for anything."""

    @wraps(view)
    def allowed(request: ViewerRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.viewer.may_administer:
            raise NotAllowed("This is for administrators.")
        return view(request, *args, **kwargs)

    return allowed


def facilitators(
    view: Callable[Concatenate[ViewerRequest, P], HttpResponseBase],
) -> Callable[Concatenate[ViewerRequest, P], HttpResponseBase]:
    """Return a page that is facilitators' and administrators' alone."""

    @wraps(view)
    def allowed(request: ViewerRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.viewer.may_facilitate:
            raise NotAllowed("This is for administrators and facilitators.")
        return view(request, *args, **kwargs)

    return allowed


def ours(request: HttpRequest, address: str) -> str:
    """Return an address if it is one of this server's pages, else nothing."""
    good = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if good else ""


def host_of(request: HttpRequest) -> str:
    """Return who calls, as the proxy saw it where there is one of ours."""
    seen_by_proxy = request.headers.get("X-Forwarded-For", "") if settings.BEHIND_PROXY else ""
    return seen_by_proxy.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")
