"""The API's way of answering: JSON by the structs' own schema, errors as RFC 9457 problem details, lists with a cursor."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from datetime import UTC
from typing import Any, Concatenate, ParamSpec, TypeVar

import msgspec
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from msgspec import Struct

from juncture.model.errors import BadEvidence
from juncture.model.instants import Instant, parse_instant
from juncture.web.access.errors import Invalid, Moved, Refused, SignInNeeded, TooLarge
from juncture.web.access.requests import ViewerRequest
from juncture.web.access.texts import is_storable

P = ParamSpec("P")
Body = TypeVar("Body")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
Handler = Callable[Concatenate[ViewerRequest, P], HttpResponseBase]

BODY_LIMIT = 16 * 1024 * 1024
_CURSOR_DIGITS = 18
_TITLES = {
    308: "Moved",
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
    429: "Too many calls",
    500: "Something broke",
    501: "Not installed",
    503: "Not now",
    507: "No room",
}


def endpoint(**methods: Handler[P]) -> View[P]:
    """Return a view that answers each method (`GET=…, POST=…`) by its handler, for signed-in viewers and tokens only."""
    allowed = ", ".join(sorted((*methods, "HEAD", "OPTIONS") if "GET" in methods else (*methods, "OPTIONS")))

    def view(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        handler = methods.get("GET" if request.method == "HEAD" else request.method or "")
        if handler is None:
            answer = problem(405, f"{request.method} is not answered here; {allowed} are.")
            answer["Allow"] = allowed
            return answer
        try:
            if not request.viewer.known:  # type: ignore[attr-defined]  # the middleware sets it
                raise SignInNeeded("Send `Authorization: Bearer TOKEN`; `juncture token EMAIL` prints one.")
            return handler(request, *args, **kwargs)  # type: ignore[arg-type]  # a ViewerRequest, by the middleware
        except Moved as moved:
            answer = problem(moved.status, moved.sentence)
            answer["Location"] = moved.leads_to(request.get_full_path())
            return answer
        except Refused as error:
            return problem(error.status, error.sentence)
        except BadEvidence as error:
            return problem(422, str(error))

    view.methods = methods  # type: ignore[attr-defined]  # what describes the API reads it
    return view


def is_api(request: HttpRequest) -> bool:
    """Whether a request is one of a program: its refusals are problem details."""
    return request.path.startswith("/api/")


PROBLEM = "application/problem+json"


class Problem(Struct, frozen=True):
    """Problem details (RFC 9457): a title for the kind of it, and in `detail` a sentence that says what and why."""

    type: str
    title: str
    status: int
    detail: str


def problem(status: int, detail: str) -> HttpResponse:
    """Return an RFC 9457 problem."""
    body = Problem("about:blank", _TITLES.get(status, "Refused"), status, detail)
    answer = HttpResponse(msgspec.json.encode(body), status=status, content_type=PROBLEM)
    if status == 401:
        answer["WWW-Authenticate"] = "Bearer"
    return answer


def answered(value: object, status: int = 200) -> HttpResponse:
    """Return a value as JSON."""
    return HttpResponse(msgspec.json.encode(value), status=status, content_type="application/json")


def listed(items: list[Any], following: int | None) -> HttpResponse:
    """Return `{items, next}`; `next` is an opaque cursor or null."""
    return answered({"items": items, "next": None if following is None else sealed(following)})


def body_of(request: HttpRequest, form: type[Body]) -> Body:
    """Return the JSON body as `form`. Raises Invalid, saying which field, or TooLarge."""
    try:
        value = msgspec.json.decode(bytes_of(request) or b"{}", type=form)
    except msgspec.ValidationError as error:
        raise Invalid(f"The body does not fit: {error}") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        unread = Invalid(f"The body is not JSON: {error}")
        unread.status = 400
        raise unread from None
    _refuse_unstorable(msgspec.to_builtins(value))
    return value


def bytes_of(request: HttpRequest) -> bytes:
    """Return the body. Raises TooLarge beyond the limit of what is held in memory."""
    try:
        return request.body
    except RequestDataTooBig:
        raise TooLarge(f"The body is larger than {BODY_LIMIT // 1024 // 1024} MB. Send it as a file.") from None


def cursor_of(request: HttpRequest) -> int | None:
    """Return where a list goes on, from `?cursor=`. Raises Invalid for one that this server did not give."""
    text = request.GET.get("cursor")
    if not text:
        return None
    unknown = Invalid("This cursor is not one that a list gave as `next`.")
    try:
        number = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)).decode("ascii").removeprefix("n")
    except (ValueError, binascii.Error):
        raise unknown from None
    if not number.isdecimal() or len(number) > _CURSOR_DIGITS:
        raise unknown
    return int(number)


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
        return in_utc(name, parse_instant(text)) if text else None
    except ValueError as error:
        raise Invalid(f"{name}: {error}") from None


def in_utc(name: str, instant: Instant) -> Instant:
    """Return the same instant in UTC. Raises Invalid at the ends of time, where UTC has no reading for it."""
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        raise Invalid(f"{name}: {instant.isoformat()} is before the year 1 or after the year 9999 in UTC") from None


def sealed(number: int) -> str:
    """Return the cursor for where a list goes on."""
    return base64.urlsafe_b64encode(f"n{number}".encode()).decode().rstrip("=")


def _refuse_unstorable(value: object) -> None:
    if isinstance(value, str):
        if not is_storable(value):
            raise Invalid("A text holds a NUL or half a character, which cannot be stored.")
    elif isinstance(value, dict):
        for item in value.values():
            _refuse_unstorable(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _refuse_unstorable(item)
