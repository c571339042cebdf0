"""Pages of the second factor: set it up, new recovery codes, turn it off; and what everybody needs."""

from __future__ import annotations

import re

import qrcode
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from juncture.web.access import second_factor as operations
from juncture.web.access.account_views import TOO_MANY
from juncture.web.access.adapter import Adapter
from juncture.web.access.errors import Invalid
from juncture.web.access.requests import ViewerRequest
from juncture.web.access.signing_in import administrators, fresh, host_of
from juncture.web.access.throttle import allow_attempt, forgive
from juncture.web.pages.answers import page
from juncture.web.people.selectors import own_row

_ENROLLING = "second_factor_secret"
_CODE = re.compile(r"[0-9]{4,16}")
_MOST_CODES = 20


@require_http_methods(["GET"])
@page
def second_factor(request: ViewerRequest) -> HttpResponse:
    """Say whether there is a second factor, and what can be done about it."""
    person = request.viewer.person
    told = {
        "on": operations.has_second_factor(person),
        "left": operations.recovery_codes_left(person),
        "required": operations.second_factor_required(),
    }
    return render(request, "access/second_factor.html", told)


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
@page
@fresh
def enrol(request: ViewerRequest) -> HttpResponse:
    """Show a secret as a picture and as text, and take it once a code shows that the app has it."""
    user = own_row(request.viewer)
    if operations.has_second_factor(user.pk):
        return redirect("settings-second-factor")
    box = Adapter()
    held = request.session.get(_ENROLLING)
    secret = box.decrypt(held) if held else operations.new_secret()
    request.session[_ENROLLING] = held or box.encrypt(secret)
    matrix = _matrix(operations.address_for_app(user, secret))
    told = {
        "path": _squares(matrix),
        "size": len(matrix),
        "secret": " ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
    }
    if request.method == "GET":
        return render(request, "access/enrol.html", told)
    key = f"code:{user.pk}"
    if not allow_attempt(key, host_of(request)):
        return render(request, "access/enrol.html", told | {"complaint": TOO_MANY}, status=429)
    try:
        codes = operations.enrol(request.viewer, secret, request.POST.get("code", ""))
    except Invalid as error:
        return render(request, "access/enrol.html", told | {"complaint": error.sentence}, status=error.status)
    forgive(key)
    del request.session[_ENROLLING]
    return render(request, "access/recovery_codes.html", {"codes": codes, "new": True})


@never_cache
@require_POST
@page
@fresh
def recovery_codes(request: ViewerRequest) -> HttpResponse:
    """Make new recovery codes, and show them this once."""
    return render(request, "access/recovery_codes.html", {"codes": operations.new_recovery_codes(request.viewer)})


@require_POST
@page
def recovery_codes_file(request: ViewerRequest) -> HttpResponse:
    """Give back the codes that the page shows as a file; they are not kept anywhere to be read again."""
    codes = [code for code in request.POST.getlist("code")[:_MOST_CODES] if _CODE.fullmatch(code)]
    if not codes:
        raise Invalid("There are no recovery codes in this call. Make new ones.")
    text = "Recovery codes for Juncture. Each works once.\n\n" + "\n".join(codes) + "\n"
    answer = HttpResponse(text, content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="juncture-recovery-codes.txt"'
    return answer


@sensitive_post_parameters("password", "code")
@require_http_methods(["GET", "POST"])
@page
def turn_off(request: ViewerRequest) -> HttpResponse:
    """Turn the second factor off, by password and code."""
    person = own_row(request.viewer)
    if not operations.has_second_factor(person.pk):
        return redirect("settings-second-factor")
    told = {"required": operations.second_factor_required(), "has_password": person.has_usable_password()}
    if request.method == "GET":
        return render(request, "access/turn_off.html", told)
    key = f"code:{person.pk}"
    if not allow_attempt(key, host_of(request)):
        return render(request, "access/turn_off.html", told | {"complaint": TOO_MANY}, status=429)
    try:
        operations.turn_off(request.viewer, password=request.POST.get("password", ""), code=request.POST.get("code", ""))
    except Invalid as error:
        return render(request, "access/turn_off.html", told | {"complaint": error.sentence}, status=error.status)
    forgive(key)
    messages.success(request, "The second factor is off. Signing in asks for the password alone.")
    return redirect("settings-second-factor")


@require_http_methods(["GET", "POST"])
@page
@administrators
@fresh
def sign_in_policy(request: ViewerRequest) -> HttpResponse:
    """Say whether everybody needs a second factor; administrators alone."""
    if request.method == "GET":
        return render(request, "access/policy.html", {"required": operations.second_factor_required()})
    required = request.POST.get("second_factor") == "required"
    operations.require_second_factor(request.viewer, required=required)
    messages.success(
        request, "Everybody needs a second factor now." if required else "A second factor is everybody's own choice now."
    )
    return redirect("settings-sign-in")


def _matrix(text: str) -> list[list[bool]]:
    code = qrcode.QRCode(border=4)
    code.add_data(text)
    code.make(fit=True)
    return [[bool(dark) for dark in row] for row in code.get_matrix()]


def _squares(matrix: list[list[bool]]) -> str:
    """Return the path of an SVG that draws each dark square of a matrix, one unit wide."""
    return "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(matrix) for x, dark in enumerate(row) if dark)
