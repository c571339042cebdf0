"""What goes over an editor's socket: the messages of y-protocols, and our own (`TOLD`, to the editor alone).

Sources: y-protocols' PROTOCOL.md (sync and awareness), lib0's encoding of numbers and strings.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct
from pycrdt import (
    Decoder,
    YMessageType,
    YSyncMessageType,
    create_awareness_message,
    create_update_message,
    write_message,
    write_var_uint,
)

TOLD = 100
"""The number of our own message: a JSON object as a string."""
_MOST_STATE = 4096
"""Bytes of what an editor says of where it is."""


class Garbage(Exception):  # noqa: N818 - it names what came
    """Bytes that are no message of an editor."""


class Step1(Struct, frozen=True):
    """What an editor's document holds: it asks for what is missing."""

    state: bytes


class Update(Struct, frozen=True):
    """What was typed."""

    update: bytes


class Whereabouts(Struct, frozen=True):
    """Where an editor says that it is; null when it has gone."""

    client: int
    clock: int
    state: dict[str, Any] | None


Message = Step1 | Update | list[Whereabouts]


def read(data: bytes) -> Message | None:
    """Return the message that bytes are, None for one that asks for nothing. Raises Garbage."""
    try:
        decoder = Decoder(data)
        kind = decoder.read_var_uint()
        if kind == YMessageType.AWARENESS:
            return _whereabouts(decoder.read_message() or b"")
        if kind == YMessageType.SYNC:
            step, payload = decoder.read_var_uint(), decoder.read_message()
            if payload is None:
                raise Garbage("a message without content")
            if step == YSyncMessageType.SYNC_STEP1:
                return Step1(payload)
            if step in (YSyncMessageType.SYNC_STEP2, YSyncMessageType.SYNC_UPDATE):
                return Update(payload)
        elif kind == 3:  # y-protocols: asks for everybody's awareness, which is sent unasked
            return None
    except (RuntimeError, IndexError, UnicodeDecodeError, msgspec.DecodeError, msgspec.ValidationError) as error:
        raise Garbage(str(error)) from None
    raise Garbage("a message of no known kind")


def _whereabouts(data: bytes) -> list[Whereabouts]:
    decoder = Decoder(data)
    found = []
    for _ in range(min(decoder.read_var_uint(), 16)):
        client, clock = decoder.read_var_uint(), decoder.read_var_uint()
        state = decoder.read_message() or b"null"
        if len(state) > _MOST_STATE or client >= 1 << 53 or clock >= 1 << 53:
            raise Garbage("a state beyond all measure")
        found.append(Whereabouts(client, clock, msgspec.json.decode(state, type=dict[str, Any] | None)))
    return found


def step1(state: bytes) -> bytes:
    """Return the question for all that a document of this state lacks."""
    return bytes([YMessageType.SYNC, YSyncMessageType.SYNC_STEP1]) + write_message(state)


def step2(missing: bytes) -> bytes:
    """Return the answer to such a question."""
    return bytes([YMessageType.SYNC, YSyncMessageType.SYNC_STEP2]) + write_message(missing)


def update(typed: bytes) -> bytes:
    """Return what somebody typed, for the others."""
    return create_update_message(typed)


def told(kind: str, **values: object) -> bytes:
    """Return our own message."""
    return write_var_uint(TOLD) + write_message(msgspec.json.encode({"kind": kind, **values}))


def whereabouts(client: int, clock: int, state: Mapping[str, Any] | None) -> bytes:
    """Return where one editor is, as others are told."""
    said = write_var_uint(1) + write_var_uint(client) + write_var_uint(clock) + write_message(msgspec.json.encode(state))
    return create_awareness_message(said)
