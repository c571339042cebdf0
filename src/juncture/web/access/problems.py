"""The API's way of answering: JSON by the structs' own schema, errors as RFC 9457 problem details, lists with a cursor."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

import msgspec
from django.http import HttpRequest, HttpResponse

from juncture.model.instants import Instant, parse_instant
from juncture.web.access.errors import Invalid, Refused, SignInNeeded, TooLarge
from juncture.web.access.middleware import ViewerRequest

P = ParamSpec("P")
Body = TypeVar("Body")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
Handler = Callable[Concatenate[ViewerRequest, P], HttpResponse]

BODY_LIMIT = 16 * 1024 * 1024
_TITLES = {
    400: "The call cannot be read",
    401: "Sign in first",
    403: "Not allowed",
    404: "Not found",
    405: "Not a method of this address",
    409: "In the way",
    412: "Changed in the meantime",
    413: "Too large",
    415: "Not a form that is read here",
    422: "A value cannot be taken",
    428: "A condition is needed",
}


def endpoint(**methods: Handler[P]) -> View[P]:
    """Return a view that answers each method (`GET=…, POST=…`) by its handler, for signed-in viewers and tokens only."""
    allowed = ", ".join(sorted((*methods, "HEAD", "OPTIONS") if "GET" in methods else (*methods, "OPTIONS")))

    def view(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        handler = methods.get("GET" if request.method == "HEAD" else request.method or "")
        if handler is None:
            answer = problem(405, f"{request.method} is not answered here; {allowed} are.")
            answer["Allow"] = allowed
            return answer
        try:
            if not request.viewer.known:  # type: ignore[attr-defined]  # the middleware sets it
                raise SignInNeeded("Send `Authorization: Bearer TOKEN`; `juncture token EMAIL` prints one.")
            return handler(request, *args, **kwargs)  # type: ignore[arg-type]  # a ViewerRequest, by the middleware
        except Refused as error:
            return problem(error.status, error.sentence)

    return view


def problem(status: int, detail: str) -> HttpResponse:
    """Return an RFC 9457 problem."""
    body = {"type": "about:blank", "title": _TITLES.get(status, "Refused"), "status": status, "detail": detail}
    answer = HttpResponse(msgspec.json.encode(body), status=status, content_type="application/problem+json")
    if status == 401:
        answer["WWW-Authenticate"] = "Bearer"
    return answer


def answered(value: object, status: int = 200) -> HttpResponse:
    """Return a value as JSON."""
    return HttpResponse(msgspec.json.encode(value), status=status, content_type="application/json")


def listed(items: list[Any], following: int | None) -> HttpResponse:
    """Return `{items, next}`; `next` is an opaque cursor or null."""
    return answered({"items": items, "next": None if following is None else _sealed(following)})


def body_of(request: HttpRequest, form: type[Body]) -> Body:
    """Return the JSON body as `form`. Raises Invalid, saying which field, or TooLarge."""
    data = request.body if int(request.headers.get("Content-Length") or 0) <= BODY_LIMIT else None
    if data is None:
        raise TooLarge(f"The body is larger than {BODY_LIMIT // 1024 // 1024} MB.")
    try:
        value = msgspec.json.decode(data or b"{}", type=form)
    except msgspec.ValidationError as error:
        raise Invalid(f"The body does not fit: {error}") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        unread = Invalid(f"The body is not JSON: {error}")
        unread.status = 400
        raise unread from None
    _refuse_unstorable(msgspec.to_builtins(value))
    return value


def cursor_of(request: HttpRequest) -> int | None:
    """Return where a list goes on, from `?cursor=`. Raises Invalid for one that this server did not give."""
    text = request.GET.get("cursor")
    if not text:
        return None
    try:
        return int(base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)).decode("ascii").removeprefix("n"))
    except (ValueError, binascii.Error):
        raise Invalid("This cursor is not one that a list gave as `next`.") from None


def limit_of(request: HttpRequest, *, default: int, most: int) -> int:
    """Return `?limit=` between 1 and `most`. Raises Invalid."""
    text = request.GET.get("limit", "")
    if not text:
        return default
    if not text.isdecimal() or not 1 <= int(text) <= most:
        raise Invalid(f"limit is a number from 1 to {most}.")
    return int(text)


def instant_of(request: HttpRequest, name: str) -> Instant | None:
    """Return the instant in a query parameter, None if absent. Raises Invalid."""
    text = request.GET.get(name, "")
    try:
        return parse_instant(text) if text else None
    except ValueError as error:
        raise Invalid(f"{name}: {error}") from None


def _sealed(number: int) -> str:
    return base64.urlsafe_b64encode(f"n{number}".encode()).decode().rstrip("=")


def _refuse_unstorable(value: object) -> None:
    if isinstance(value, str):
        if "\x00" in value or any("\ud800" <= character <= "\udfff" for character in value):
            raise Invalid("A text holds a NUL or half a character, which cannot be stored.")
    elif isinstance(value, dict):
        for item in value.values():
            _refuse_unstorable(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _refuse_unstorable(item)
