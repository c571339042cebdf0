"""Pages of one's own account: password, sessions, tokens, and showing again who one is."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from juncture.web.access import tokens
from juncture.web.access.errors import Invalid
from juncture.web.access.own_sessions import end_other_sessions, end_session, own_sessions
from juncture.web.access.passwords import change_own_password, is_own_password
from juncture.web.access.requests import ViewerRequest
from juncture.web.access.signing_in import confirm, fresh, host_of, ours
from juncture.web.access.throttle import allow_attempt, forgive
from juncture.web.pages.answers import page
from juncture.web.people.selectors import own_row

_DAYS = (7, 30, 90, 180, 366)
TOO_MANY = "Too many tries. Wait ten minutes."


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
@page
def confirm_again(request: ViewerRequest) -> HttpResponse:
    """Ask for the password once more before what opens an account is changed."""
    following = ours(request, request.POST.get("next") or request.GET.get("next") or "") or "/settings/"
    person = own_row(request.viewer)
    told = {"next": following, "no_password": not person.has_usable_password(), "email": person.email}
    if request.method == "GET":
        return render(request, "access/confirm.html", told)
    key = f"confirm:{request.viewer.person}"
    if not allow_attempt(key, host_of(request)):
        return render(request, "access/confirm.html", told | {"complaint": TOO_MANY}, status=429)
    if not is_own_password(request.viewer, request.POST.get("password", "")):
        return render(request, "access/confirm.html", told | {"complaint": "The password is not right."}, status=422)
    forgive(key)
    confirm(request)
    return redirect(following)


@sensitive_post_parameters("current", "password")
@require_http_methods(["GET", "POST"])
@page
@fresh
def password(request: ViewerRequest) -> HttpResponse:
    """Change the password."""
    person = own_row(request.viewer)
    told = {
        "has_password": person.has_usable_password(),
        "email": person.email,
        "tokens": len(tokens.own_tokens(request.viewer)),
        "end_tokens": request.method == "GET" or "end-tokens" in request.POST,
    }
    if request.method == "GET":
        return render(request, "access/password.html", told)
    key = f"confirm:{request.viewer.person}"
    if not allow_attempt(key, host_of(request)):
        return render(request, "access/password.html", told | {"complaint": TOO_MANY}, status=429)
    try:
        user, ended = change_own_password(
            request.viewer,
            current=request.POST.get("current", ""),
            new=request.POST.get("password", ""),
            session_key=request.session.session_key,
            end_tokens="end-tokens" in request.POST,
        )
    except Invalid as error:
        return render(request, "access/password.html", told | {"complaint": error.sentence}, status=error.status)
    forgive(key)
    update_session_auth_hash(request, user)
    also = f" {_tokens(ended)} ended too." if ended else ""
    messages.success(request, f"The password is changed. Your other sessions have ended.{also}")
    return redirect("settings-password")


@require_http_methods(["GET", "POST"])
@page
def sessions(request: ViewerRequest) -> HttpResponse:
    """List one's sessions; end one, or all others."""
    key = request.session.session_key
    if request.method == "GET":
        return render(request, "access/sessions.html", {"sessions": own_sessions(request.viewer, key)})
    if one := request.POST.get("session"):
        end_session(request.viewer, one)
        messages.success(request, "The session has ended.")
    else:
        ended = end_other_sessions(request.viewer, key)
        messages.success(request, f"{ended} other session{'' if ended == 1 else 's'} ended.")
    return redirect("settings-sessions")


@require_http_methods(["GET"])
@page
def own_tokens(request: ViewerRequest) -> HttpResponse:
    """List one's tokens."""
    return render(request, "access/tokens.html", {"tokens": tokens.own_tokens(request.viewer)})


@never_cache
@require_http_methods(["GET", "POST"])
@page
@fresh
def new_token(request: ViewerRequest) -> HttpResponse:
    """Make a token, and show it this once."""
    told = {"scopes": tokens.scopes_of(request.viewer), "days": _DAYS, "given": {"days": "90", "scope": "read"}}
    if request.method == "GET":
        return render(request, "access/token_new.html", told)
    given = {name: request.POST.get(name, "") for name in ("name", "scope", "days")}
    days = int(given["days"]) if given["days"].isdecimal() and len(given["days"]) < 6 else 0
    try:
        made = tokens.add_own_token(request.viewer, name=given["name"], scope=given["scope"], days=days)
    except Invalid as error:
        told |= {"given": given, "complaint": error.sentence}
        return render(request, "access/token_new.html", told, status=error.status)
    return render(request, "access/token_made.html", {"token": made, "given": given})


@require_POST
@page
def revoke_token(request: ViewerRequest, token: int) -> HttpResponse:
    """End a token."""
    tokens.revoke_own_token(request.viewer, token)
    messages.success(request, "The token is revoked. What still uses it is refused from now on.")
    return redirect("settings-tokens")


def _tokens(count: int) -> str:
    return "1 API token has" if count == 1 else f"{count} API tokens have"
