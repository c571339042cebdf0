"""Signing in and out."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from juncture.web.access.errors import Refused
from juncture.web.access.models import OneTimeLink
from juncture.web.access.operations import become_first_administrator, open_link, sign_in_by_link
from juncture.web.access.throttle import allow_attempt, forgive
from juncture.web.pages.answers import refusal

BACKEND = "django.contrib.auth.backends.ModelBackend"


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def first(request: HttpRequest, token: str) -> HttpResponse:
    """Make the first administrator."""
    try:
        link = open_link(token)
    except Refused as error:
        return refusal(request, error)
    if link.purpose != OneTimeLink.Purpose.FIRST_ADMINISTRATOR:
        return redirect("sign-in-link", token)
    if request.method == "GET":
        return render(request, "access/first.html", {"token": token})
    try:
        user = become_first_administrator(
            token,
            email=request.POST.get("email", ""),
            name=request.POST.get("name", ""),
            password=request.POST.get("password", ""),
        )
    except Refused as error:
        told = {
            "token": token,
            "complaint": error.sentence,
            "email": request.POST.get("email"),
            "name": request.POST.get("name"),
        }
        return render(request, "access/first.html", told, status=error.status)
    login(request, user, backend=BACKEND)
    return redirect("home")


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in by e-mail address and password."""
    following = _following(request)
    told = {"next": following}
    if request.method == "GET":
        return render(request, "access/sign_in.html", told)
    email = request.POST.get("email", "").strip()
    told["email"] = email
    if not allow_attempt(email, _host_of(request)):
        told["complaint"] = "Too many tries. Wait ten minutes, or ask an administrator for a link."
        return render(request, "access/sign_in.html", told, status=429)
    user = authenticate(request, username=email, password=request.POST.get("password", ""))
    if user is None:
        told["complaint"] = "That address and password do not match. Check both."
        return render(request, "access/sign_in.html", told, status=422)
    forgive(email)
    login(request, user, backend=BACKEND)
    return redirect(following or "home")


@require_http_methods(["GET", "POST"])
def sign_in_link(request: HttpRequest, token: str) -> HttpResponse:
    """Sign in by a one-time link. It is opened by a button, so that a preview of the address does not use it up."""
    try:
        if request.method == "GET":
            link = open_link(token)
            return render(request, "access/sign_in_link.html", {"token": token, "name": link.user.name if link.user else ""})
        user = sign_in_by_link(token)
    except Refused as error:
        return refusal(request, error)
    login(request, user, backend=BACKEND)
    return redirect(_following(request) or "home")


def _host_of(request: HttpRequest) -> str:
    """Return who calls, as the proxy saw it where there is one of ours."""
    seen_by_proxy = request.headers.get("X-Forwarded-For", "") if settings.BEHIND_PROXY else ""
    return seen_by_proxy.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")


def _following(request: HttpRequest) -> str:
    """Return where signing in leads, empty unless it is a page of ours."""
    following = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(following, {request.get_host()}, require_https=request.is_secure())
    return following if ours else ""


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out."""
    logout(request)
    return redirect("sign-in")
