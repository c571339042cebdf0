"""Records of changes in JSON lines and tables: deployments, roll-backs, switches, told by what they name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from juncture.evidence.columns import fitting
from juncture.evidence.links import links_in
from juncture.evidence.log_words import TROUBLE, says
from juncture.model.evidence import ChangeDetails, Kind

_BACK = re.compile(r"\broll(?:ed|ing)?[\s_-]*back|\brevert", re.IGNORECASE)
_SHIPPING = re.compile(
    r"\b(?:re)?deploy|\brelease|\broll(?:ed|ing)?[\s_-]?(?:out|back)|\brollback|\bpromot|\bmigrat|\brestart|\bprovision|\bupgrade|\bcanary|\brevert",
    re.IGNORECASE,
)
_SETTING = re.compile(
    r"\b(?:feature[\s._-]?)?(?:flag|toggle|config(?:uration)?|setting|secret|experiment|rule|policy|limit|quota|parameter|variable|schema|route|certificate|replicas?)s?"
    r"[\s._:-]{1,3}(?:\w+[\s._:-]{1,3}){0,3}(?:update|change|enable|disable|create|delete|toggle|set|rotate|scale|raise|lower|on\b|off\b|reload)",
    re.IGNORECASE,
)
_SETTING_FIRST = re.compile(
    r"\b(?:update|change|enable|disable|create|delete|toggle|turn|set|rotate|scale|raise|lower|reload)[ds]?(?:ed|ing)?[\s._:-]{1,3}(?:\w+[\s._:-]{1,3}){0,3}"
    r"(?:flag|toggle|config|setting|secret|experiment|policy|quota|parameter|schema|certificate|replica)",
    re.IGNORECASE,
)
_STATES = re.compile(
    r"(?:start|begin|began|run|pend|progress|queue|success|succeed|succeeded|fail|error|finish|complete|done|deployed|live|cancel|abort|roll|migrat|heal)",
    re.IGNORECASE,
)
_COMMIT = re.compile(r"[0-9a-f]{7,40}", re.IGNORECASE)


class ChangeFound(NamedTuple):
    """What a record says was changed. `text` is empty where the record's own text says it best."""

    kind: Kind
    text: str
    service: str | None
    details: ChangeDetails
    links: tuple[str, ...]


def change_of(flat: Mapping[str, object], message: str) -> ChangeFound | None:
    """Return the change that a record tells, None if it tells none.

    A deployment names what (a version or commit) and where (a service, an environment), and an action or a state says that it
    ships; a setting is changed where an action says so.
    """
    given = {
        role: _value(flat, role)
        for role in ("revision", "previous", "environment", "state", "action", "repository", "service", "url")
    }
    if message == given["action"]:
        message = ""
    version = _version(flat, given["revision"])
    words = " ".join(filter(None, (given["action"], message, given["state"])))
    ships = bool(_SHIPPING.search(words.replace("_", " ")))
    target = given["service"] or given["environment"] or given["repository"]
    what = given["revision"] or version
    stated = bool(given["state"] and _STATES.match(given["state"]))
    shipped = (what and (ships or (stated and not message))) or (ships and says(words) not in (None, TROUBLE))
    if target and shipped:
        kind = Kind.ROLLBACK if _BACK.search(words.replace("_", " ")) else Kind.DEPLOYMENT
    elif given["action"] and (_SETTING.search(words) or _SETTING_FIRST.search(words)):
        kind = Kind.CONFIGURATION
    else:
        return None
    commit = given["revision"].lower() if given["revision"] and _COMMIT.fullmatch(given["revision"]) else None
    details = ChangeDetails(
        repository=given["repository"],
        revision=given["revision"],
        previous=given["previous"],
        reference=version,
        environment=given["environment"],
        state=given["state"],
        url=given["url"],
    )
    text = "" if kind is Kind.CONFIGURATION else _sentence(flat, message, given, version)
    links = dict.fromkeys(filter(None, (commit, given["url"], *links_in(message))))
    return ChangeFound(kind, text, given["service"], details, tuple(links))


def _sentence(flat: Mapping[str, object], message: str, given: dict[str, str | None], version: str | None) -> str:
    """Return a change as a line: `rollback web 1.4.1: finished (commit 1a2b3c4, from 1.4.2)`."""
    known = {
        given["action"],
        given["service"],
        version,
        given["state"],
        given["revision"],
        given["previous"],
        given["environment"],
    }
    what = " ".join(part for part in (given["action"], given["service"], version) if part)
    told = [("commit", given["revision"]), ("from", given["previous"]), ("environment", given["environment"])]
    aside = [f"{name} {value}" for name, value in told if value and value != version]
    for name in ("migration", "error", "reason", "description", "strategy", "duration"):
        value = flat.get(name)
        if value not in (None, "") and str(value) not in known and str(value) != message:
            aside.append(f"{name} {value}")
    head = message or what
    if message and what and not all(part in message for part in (given["service"] or "", version or "")):
        head = f"{message} ({what})"
    state = f": {given['state']}" if given["state"] and given["state"] not in head else ""
    return f"{head}{state}" + (f" ({', '.join(aside)})" if aside else "")


def _version(flat: Mapping[str, object], revision: str | None) -> str | None:
    for name in fitting(flat, "version"):
        value = _plain(flat[name])
        if value and value != revision:
            return value
    return None


def _value(flat: Mapping[str, object], role: str) -> str | None:
    return next((value for name in fitting(flat, role) if (value := _plain(flat[name]))), None)


def _plain(value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value).strip()[:200] or None
