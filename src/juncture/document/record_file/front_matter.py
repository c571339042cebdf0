"""The YAML front matter: identity and metadata of a record, changed key by key so that every other byte stays."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from juncture.model.instants import parse_instant, to_iso
from juncture.model.record import Incident, Postmortem

_PLAIN = re.compile(r"[A-Za-z][\w./@-]*(?: [\w./@()-]+)*")
_YAML_WORDS = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}
_TOP_KEY = re.compile(r"([^\s#:'\"\[\]{},&*!|>%@`-][^:\r\n]*):(?=[ \t\r\n]|\Z)")
_INSTANTS = ("started_at", "detected_at", "acknowledged_at", "declared_at", "mitigated_at", "resolved_at")
OWN_KEYS = ("title", "practice", "severity", "services", *_INSTANTS)


def parse_front_matter(lines: tuple[str, ...]) -> dict[str, Any]:
    """Return the keys of a front matter, fences included in `lines`; every scalar as its text.

    Raises ValueError with the reason where it is no YAML mapping.
    """
    from ruamel.yaml import YAML  # noqa: PLC0415 - slow to import
    from ruamel.yaml.error import YAMLError  # noqa: PLC0415

    try:
        value = YAML(typ="base", pure=True).load("".join(lines[1:-1]))
    except (YAMLError, ValueError, RecursionError) as error:
        first = str(getattr(error, "problem", None) or error).splitlines()[0]
        raise ValueError(f"the front matter is no YAML: {first}") from None
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ValueError("the front matter is no list of keys")  # noqa: TRY004 - a fault of the text, not of a type
    return {str(key): given for key, given in value.items()}


def front_fields(record: Postmortem, *, title: bool) -> dict[str, str | list[str]]:
    """Return what a record's front matter says: own keys that have a value, then its metadata."""
    fields: dict[str, str | list[str]] = {"title": record.title} if title else {}
    fields["practice"] = record.practice
    if record.incident.severity is not None:
        fields["severity"] = record.incident.severity
    if record.incident.services:
        fields["services"] = list(record.incident.services)
    for name in _INSTANTS:
        instant = getattr(record.incident, name)
        if instant is not None:
            fields[name] = to_iso(instant)
    return fields | {key: value for key, value in record.metadata.items() if key not in OWN_KEYS}


def incident_of(fields: dict[str, Any]) -> tuple[Incident, list[str]]:
    """Return the incident that front matter tells, and a complaint for each key that cannot be read."""
    instants, complaints = {}, []
    for name in _INSTANTS:
        text = fields.get(name)
        if text in (None, "", "null", "~"):
            continue
        try:
            instants[name] = parse_instant(str(text))
        except ValueError as error:
            complaints.append(f"{name}: {error}")
    services = fields.get("services") or fields.get("service") or ()
    names = (
        tuple(str(name) for name in services)
        if isinstance(services, list)
        else tuple(re.findall(r"[^,\s]+", str(services or "")))
    )
    severity = fields.get("severity")
    return Incident(str(severity) if severity else None, names, **instants), complaints


def metadata_of(fields: dict[str, Any]) -> dict[str, str]:
    """Return the keys that are not ours and hold one value; nested ones stay in the text only."""
    return {key: value for key, value in fields.items() if key not in OWN_KEYS and isinstance(value, str)}


def write_front_matter(fields: dict[str, str | list[str]]) -> str:
    """Return a front matter of these keys, with both fences and an empty line after it."""
    return f"---\n{''.join(_line(key, value) for key, value in fields.items())}---\n\n"


def rewrite_front_matter(lines: tuple[str, ...], old: dict[str, str | list[str]], new: dict[str, str | list[str]]) -> str:
    """Return the front matter with the keys that differ between `old` and `new` written anew, all else as it was."""
    end = _line_end(lines[0])
    spans: list[tuple[str | None, str]] = []
    for line in lines[1:-1]:
        key = _TOP_KEY.match(line)
        if key or line.startswith("#") or not line.strip():
            spans.append((key[1].strip() if key else None, line))
        else:
            name, text = spans.pop() if spans else (None, "")
            spans.append((name, text + line))
    out, seen = [lines[0]], set()
    for name, text in spans:
        seen.add(name)
        if name is None or old.get(name) == new.get(name):
            out.append(text)
        elif name in new:
            out.append(_line(name, new[name], end))
    out += [_line(name, value, end) for name, value in new.items() if name not in seen and old.get(name) != value]
    return "".join((*out, lines[-1]))


def _line_end(line: str) -> str:
    return "\r\n" if line.endswith("\r\n") else "\n"


def _line(key: str, value: str | list[str], end: str = "\n") -> str:
    said = f"[{', '.join(_scalar(item) for item in value)}]" if isinstance(value, list) else _scalar(value)
    return f"{key if _is_plain(key) else msgspec.json.encode(key).decode()}: {said}{end}"


def _scalar(value: str) -> str:
    if _is_plain(value) or re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", value):
        return value
    return msgspec.json.encode(value).decode()


def _is_plain(value: str) -> bool:
    return bool(_PLAIN.fullmatch(value)) and value.lower() not in _YAML_WORDS
