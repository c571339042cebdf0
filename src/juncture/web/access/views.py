"""Signing in and out."""

from __future__ import annotations

from django.contrib.auth import authenticate, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from juncture.web.access.errors import Invalid, Refused
from juncture.web.access.invitations import join, reset_password
from juncture.web.access.models import OneTimeLink
from juncture.web.access.operations import become_first_administrator, open_link, sign_in_by_link
from juncture.web.access.second_factor import check_code
from juncture.web.access.signing_in import first_step, host_of, ours, pending
from juncture.web.access.signing_in import sign_in as signed_in
from juncture.web.access.throttle import allow_attempt, forgive
from juncture.web.pages.answers import refusal
from juncture.web.people.models import User

_TOO_MANY = "Too many tries. Wait ten minutes, or ask an administrator for a link."
_DOORS = {OneTimeLink.Purpose.INVITATION: "access/join.html", OneTimeLink.Purpose.RESET: "access/reset.html"}


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
            zone=request.POST.get("zone", ""),
        )
    except Refused as error:
        told = {
            "token": token,
            "complaint": error.sentence,
            "email": request.POST.get("email"),
            "name": request.POST.get("name"),
        }
        return render(request, "access/first.html", told, status=error.status)
    signed_in(request, user)
    return redirect("home")


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in by e-mail address and password; the second step comes after where there is one."""
    following = _following(request)
    told = {"next": following}
    if request.method == "GET":
        return render(request, "access/sign_in.html", told)
    email = request.POST.get("email", "").strip()
    told["email"] = email
    if not allow_attempt(f"address:{email}", host_of(request)):
        told["complaint"] = _TOO_MANY
        return render(request, "access/sign_in.html", told, status=429)
    user = authenticate(request, username=email, password=request.POST.get("password", ""))
    if not isinstance(user, User):
        told["complaint"] = (
            "That address and password do not match. Check both. After ten wrong tries an address waits ten minutes."
        )
        return render(request, "access/sign_in.html", told, status=422)
    forgive(f"address:{email}")
    return redirect(first_step(request, user, following))


@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """Take the code that comes after password or link."""
    waiting = pending(request)
    if waiting is None:
        return redirect("sign-in")
    user, following = waiting
    if request.method == "GET":
        return render(request, "access/second_step.html", {"name": user.name})
    key = f"code:{user.pk}"
    if not allow_attempt(key, host_of(request)):
        return render(request, "access/second_step.html", {"name": user.name, "complaint": _TOO_MANY}, status=429)
    try:
        right = check_code(user.pk, request.POST.get("code", ""))
    except Refused as error:
        return refusal(request, error)
    if not right:
        told = {"name": user.name, "complaint": "This code is not right, or has been used. Wait for the next one."}
        return render(request, "access/second_step.html", told, status=422)
    forgive(key)
    signed_in(request, user)
    return redirect(following or "home")


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in_link(request: HttpRequest, token: str) -> HttpResponse:
    """Open a one-time link: sign in, join, or set a new password. A button does it, so that a preview does not use it up."""
    try:
        link = open_link(token)
        if link.purpose == OneTimeLink.Purpose.FIRST_ADMINISTRATOR:
            return redirect("first", token)
        if link.purpose in _DOORS:
            return _by_password(request, token, link)
        if request.method == "GET":
            return render(request, "access/sign_in_link.html", {"token": token, "name": link.user.name if link.user else ""})
        user = sign_in_by_link(token)
    except Refused as error:
        return refusal(request, error)
    # Who has no password yet can set one now, while the sign-in is recent.
    return redirect(first_step(request, user, _following(request) or _first_place(user)))


def _first_place(user: User) -> str:
    return "" if user.has_usable_password() else reverse("settings-password")


def _by_password(request: HttpRequest, token: str, link: OneTimeLink) -> HttpResponse:
    template = _DOORS[OneTimeLink.Purpose(link.purpose)]
    told = {"person": link.user, "name": request.POST.get("name", link.user.name if link.user else "")}
    if request.method == "GET":
        return render(request, template, told)
    password = request.POST.get("password", "")
    try:
        if link.purpose == OneTimeLink.Purpose.INVITATION:
            user = join(token, name=request.POST.get("name", ""), password=password, zone=request.POST.get("zone", ""))
        else:
            user = reset_password(token, password=password)
    except Invalid as error:
        return render(request, template, told | {"complaint": error.sentence}, status=error.status)
    return redirect(first_step(request, user, ""))


def _following(request: HttpRequest) -> str:
    """Return where signing in leads, empty unless it is a page of ours."""
    return ours(request, request.POST.get("next") or request.GET.get("next") or "")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out."""
    logout(request)
    return redirect("sign-in")
