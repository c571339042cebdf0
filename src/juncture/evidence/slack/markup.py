"""Slack's markup as people see it: mentions, links and entities in text; the words of blocks and attachments.

Formats: <https://docs.slack.dev/messaging/formatting-message-text>, <https://docs.slack.dev/reference/block-kit/blocks>,
<https://docs.slack.dev/legacy/legacy-messaging/legacy-secondary-message-attachments>.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from juncture.evidence.slack.people import Directory

_ANGLED = re.compile(
    r"<(?P<what>[@#!][^<>|\s][^<>|\n]{0,300}|[a-z][a-z+.-]{1,20}:[^<>|\s]{1,3000})(?:\|(?P<label>[^<>]{0,3000}))?>"
)
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
_ADDRESS = re.compile(r"(?:https?|ftp|ssh|slack|mailto|tel):")
_DEEPEST = 12
"""Nested elements that are followed: a list in a quote in a section has four."""


def readable(text: str, directory: Directory) -> str:
    """Return a text as Slack shows it: `<@U01>` as `@sam`, `<https://…|build 412>` as `build 412`, `&lt;` as `<`."""
    if "<" in text:
        text = _ANGLED.sub(lambda match: _shown(match["what"], match["label"], directory), text)
    if "&" in text:
        for entity, character in _ENTITIES:
            text = text.replace(entity, character)
    return text


def addresses(text: str) -> Iterator[str]:
    """Yield the addresses that a text links to."""
    if "<" in text:
        for match in _ANGLED.finditer(text):
            if _ADDRESS.match(match["what"]) and not match["what"].startswith(("mailto:", "tel:")):
                yield match["what"].replace("&amp;", "&")


def words_of_blocks(raw: msgspec.Raw, directory: Directory) -> str:
    """Return the words in a message's blocks, a line a block or part of it; empty for none."""
    return "\n".join(line for line in _lines(_list(raw), directory, 0) if line.strip())


def words_of_attachments(raw: msgspec.Raw, directory: Directory, *, previews: bool = True) -> str:
    """Return the words in a message's attachments; without those that only show what a link leads to unless `previews`."""
    lines: list[str] = []
    for attachment in _list(raw):
        if not isinstance(attachment, dict) or (not previews and ("from_url" in attachment or "original_url" in attachment)):
            continue
        own = [readable(text, directory) for key in ("pretext", "title", "text") if (text := _text(attachment.get(key)))]
        own += [_field(entry, directory) for entry in _items(attachment.get("fields")) if isinstance(entry, dict)]
        own += _lines(_items(attachment.get("blocks")) + _items(attachment.get("message_blocks")), directory, 0)
        if not any(line.strip() for line in own):
            own = [readable(_text(attachment.get("fallback")), directory)]
        lines += own
    return "\n".join(dict.fromkeys(line for line in lines if line.strip()))


def addresses_of_attachments(raw: msgspec.Raw) -> Iterator[str]:
    """Yield where the titles of attachments lead to."""
    for attachment in _list(raw):
        if isinstance(attachment, dict) and (address := _text(attachment.get("title_link"))):
            yield address


def _shown(what: str, label: str | None, directory: Directory) -> str:
    kind, rest = what[:1], what[1:]
    if kind == "@":
        return f"@{directory.known_user(rest) or (label or rest).lstrip('@')}"
    if kind == "#":
        return f"#{(label or directory.channel(rest)).lstrip('#')}"
    if kind == "!":
        return (
            label
            if label is not None and not rest.startswith(("here", "channel", "everyone"))
            else f"@{rest.partition('^')[0]}"
        )
    if label:
        return label
    return what.partition(":")[2] if what.startswith(("mailto:", "tel:")) else what


def _lines(items: list[object], directory: Directory, depth: int) -> list[str]:
    """Return the words of blocks and of the sections in rich text, a line each."""
    lines: list[str] = []
    for item in items:
        if not isinstance(item, dict) or depth > _DEEPEST:
            continue
        kind = _text(item.get("type"))
        if kind == "rich_text":
            lines += _lines(_items(item.get("elements")), directory, depth + 1)
        elif kind == "rich_text_list":
            lines += [f"• {line}" for line in _lines(_items(item.get("elements")), directory, depth + 1)]
        elif kind == "rich_text_quote":
            lines.append("> " + _inline(_items(item.get("elements")), directory))
        elif kind.startswith("rich_text"):
            lines.append(_inline(_items(item.get("elements")), directory))
        elif kind == "context":
            lines.append(" ".join(filter(None, (_text_object(part, directory) for part in _items(item.get("elements"))))))
        elif kind != "actions":
            lines += _plain_block(item, directory)
    return lines


def _plain_block(item: dict[str, object], directory: Directory) -> list[str]:
    lines = [_text_object(item.get("text"), directory)]
    lines += [_text_object(part, directory) for part in _items(item.get("fields"))]
    if item.get("type") in ("image", "video"):
        lines.append(_text_object(item.get("title"), directory) or _text(item.get("alt_text")))
    return [line for line in lines if line]


def _inline(elements: list[object], directory: Directory) -> str:
    return "".join(_element(element, directory) for element in elements if isinstance(element, dict))


def _element(element: dict[str, object], directory: Directory) -> str:
    kind = element.get("type")
    if kind == "user":
        return f"@{directory.user(_text(element.get('user_id')))}"
    if kind == "channel":
        return f"#{directory.channel(_text(element.get('channel_id')))}"
    if kind == "emoji":
        return f":{_text(element.get('name'))}:"
    if kind == "broadcast":
        return f"@{_text(element.get('range'))}"
    if kind == "usergroup":
        return f"@{_text(element.get('usergroup_id'))}"
    if kind == "date":
        return _text(element.get("fallback"))
    return _text(element.get("text")) or _text(element.get("url"))


def _text_object(value: object, directory: Directory) -> str:
    """Return the words of `{"type": "mrkdwn", "text": …}` or of a bare text."""
    if isinstance(value, dict):
        value = value.get("text")
    return readable(value, directory) if isinstance(value, str) else ""


def _field(entry: dict[str, object], directory: Directory) -> str:
    title, value = readable(_text(entry.get("title")), directory), readable(_text(entry.get("value")), directory)
    return f"{title}: {value}" if title and value else title or value


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _items(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _list(raw: msgspec.Raw) -> list[object]:
    data = bytes(raw)
    if not data:
        return []
    try:
        return _items(msgspec.json.decode(data))
    except (msgspec.DecodeError, RecursionError):
        return []
