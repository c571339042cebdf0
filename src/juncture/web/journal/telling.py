"""A change in a few words."""

from __future__ import annotations

from typing import Any

_LONGEST = 160
_SAID = {"set_state": "set the state of", "learn": "take facts for", "say_when": "say when of", "follow": "bring up to date"}
"""What an action is called, where its name in the journal is not what a person would say."""


def called(action: str) -> str:
    """Return an action in words."""
    return _SAID.get(action, action.replace("_", " "))


def changed(before: Any, after: Any) -> str | None:  # noqa: ANN401 - JSON values of the journal
    """Return `role: author → viewer` for what was before and after; None where nothing was written down."""
    was = before if isinstance(before, dict) else {}
    now = after if isinstance(after, dict) else {}
    names = [name for name in dict.fromkeys((*was, *now)) if was.get(name) != now.get(name)]
    said = "; ".join(_one(name, was, now) for name in names)
    return (said if len(said) <= _LONGEST else f"{said[: _LONGEST - 1]}…") or None


def _one(name: str, was: dict[str, Any], now: dict[str, Any]) -> str:
    called = name.replace("_", " ")
    if name in was and name in now:
        return f"{called}: {_value(was[name])} → {_value(now[name])}"
    return f"{called}: {_value(now.get(name, was.get(name)))}"


def _value(value: Any) -> str:  # noqa: ANN401 - a JSON value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return "none" if value is None or value == "" else str(value)
