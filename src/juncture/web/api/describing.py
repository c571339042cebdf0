"""What a call of the API takes and gives, said beside the function that answers it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from msgspec import Struct

Item = TypeVar("Item")
Function = TypeVar("Function", bound=Callable[..., Any])


class Query(Struct, frozen=True):
    """A parameter in the query: its name, what it means, and its JSON schema type and format."""

    name: str
    meaning: str
    type: str = "string"
    format: str | None = None


class Listed(Struct, Generic[Item], frozen=True):
    """A list: some items, and where it goes on (null: nowhere)."""

    items: list[Item]
    next: str | None


class Described(Struct, frozen=True):
    """One call: what it does, its body and answer as types (or media types), status and query."""

    summary: str
    answer: Any = None
    status: int = 200
    body: Any = None
    query: tuple[Query, ...] = ()
    takes: tuple[str, ...] = ("application/json",)
    gives: str = "application/json"
    refuses: tuple[int, ...] = ()


CURSOR = Query("cursor", "Where the list goes on: the `next` of the page before.")
LIMIT = Query("limit", "How many at most.", "integer")


def describe(summary: str, **fields: Any) -> Callable[[Function], Function]:  # noqa: ANN401 - the fields of Described
    """Say what the function below answers to a call."""

    def described(function: Function) -> Function:
        function.described = Described(summary, **fields)  # type: ignore[attr-defined]  # read by `openapi` alone
        return function

    return described
