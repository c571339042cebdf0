"""One object as a list item of Markdown, and back."""

from __future__ import annotations

import re
from typing import Any

import msgspec
from msgspec import Struct

from juncture.document.record_file.forms import Form, escape, unescape

_COMMENT = re.compile(r" <!-- (\{.*\}) -->\Z")
_LABEL = re.compile(r" \[\^([^\]\s]+)\]\Z")
_EXACT_INTEGERS = 2**53
_FIELD = re.compile(r" {2,}- ([a-z_]+): (.*)")


def write_item(form: Form, value: Struct, label: str | None = None) -> str:
    """Return an object as a list item, with a line end. `label` is the footnote that cites it, if there is one."""
    fields = _without_defaults(value)
    headline, said = form.headline(msgspec.to_builtins(value))
    lines: list[str] = []
    for name in form.visible:
        if name in fields and name not in said:
            given = fields[name]
            ones = given if isinstance(given, tuple | list) else (given,)
            lines.extend(f"  - {name}: {_value_text(one)}\n" for one in ones)
            said |= {name}
    rest = {name: given for name, given in fields.items() if name not in said}
    comment = f" <!-- {_comment_text(rest)} -->" if rest else ""
    return f"- {headline}{f' [^{label}]' if label else ''}{comment}\n{''.join(lines)}"


def read_item(form: Form, text: str, labels: dict[str, str]) -> Struct:
    """Return the object that a list item says. `labels` gives the event id that a footnote label is bound to.

    Raises ValueError with the reason where it is none.
    """
    first, *below = re.split(r"\r\n|\r|\n", text.rstrip("\r\n"))
    line = first.removeprefix("- ")
    fields: dict[str, Any] = {}
    if match := _COMMENT.search(line):
        fields = _decoded(match[1])
        line = line[: match.start()]
    label = _LABEL.search(line)
    if label and labels.get(label[1]) == fields.get("id", fields.get("event", "")):
        line = line[: label.start()]
    said = form.read_headline(line)
    if said is None:
        raise ValueError("this line does not have the form of its list")
    fields = said | fields
    for line_below in below:
        match = _FIELD.fullmatch(line_below)
        if match is None or match[1] not in form.visible:
            raise ValueError(f"{line_below.strip()!r} is no field of it; fields are {', '.join(form.visible) or 'none'}")
        _take(form, fields, match[1], match[2])
    try:
        return msgspec.convert(fields, form.struct)
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from None


def _take(form: Form, fields: dict[str, Any], name: str, text: str) -> None:
    kind = next(field.type for field in msgspec.structs.fields(form.struct) if field.encode_name == name)
    value = float(text) if kind is float else unescape(text)
    if kind == tuple[str, ...]:
        fields.setdefault(name, []).append(value)
    else:
        fields[name] = value


def _value_text(value: object) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT_INTEGERS:
        return str(int(value))
    return escape(value) if isinstance(value, str) else msgspec.json.encode(value).decode()


def _decoded(text: str) -> dict[str, Any]:
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise ValueError(f"its comment is no JSON: {error}") from None


def _without_defaults(value: Struct) -> dict[str, Any]:
    whole: dict[str, Any] = msgspec.to_builtins(value)
    for field in msgspec.structs.fields(type(value)):
        default = field.default_factory() if field.default_factory is not msgspec.NODEFAULT else field.default
        if getattr(value, field.name) == default:
            whole.pop(field.encode_name, None)
    return whole


def _comment_text(fields: dict[str, Any]) -> str:
    """Return JSON that cannot end a comment: `-`, `<` and `>` only stand in strings, where they may be escaped."""
    text = msgspec.json.encode(fields).decode()
    return re.sub(r"--+|[<>]", lambda match: "".join(f"\\u{ord(character):04x}" for character in match[0]), text)
