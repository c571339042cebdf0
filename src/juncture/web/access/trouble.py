"""Trouble that is nobody's fault, in a sentence that says what to do: a full disk, a database that is busy or away."""

from __future__ import annotations

import errno
from collections.abc import Iterator

from django.db import DatabaseError, InterfaceError, OperationalError

DISK_FULL = "The disk of this server is full. Nothing that was kept before is lost. Make room, then try again."
BUSY = "The database is busy with other work. What was saved is safe. Try again in a moment."
AWAY = "The database does not answer. What was saved is safe. Try again in a moment; the log says more."
DAMAGED = "The database of this server is damaged. Whoever runs it has to restore a backup."
NOT_WRITABLE = "The data folder of this server cannot be written to. Whoever runs it has to give it that right."

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_FORBIDDEN = frozenset({errno.EACCES, errno.EROFS, errno.EPERM})


def sentence_for(error: BaseException | None) -> str | None:
    """Return what to tell a person of an error, or of what caused it; None where it is no trouble of this kind."""
    for each in _causes(error):
        if isinstance(each, OSError) and each.errno in _FULL:
            return DISK_FULL
        if isinstance(each, OSError) and each.errno in _FORBIDDEN:
            return NOT_WRITABLE
        if isinstance(each, DatabaseError | InterfaceError) and (said := _of_database(each)):
            return said
    return None


def is_passing(error: BaseException) -> bool:
    """Whether trying again later may help: the database was busy or away, or the disk is full until somebody makes room."""
    return sentence_for(error) in {BUSY, AWAY, DISK_FULL}


def _of_database(error: DatabaseError | InterfaceError) -> str | None:
    said = str(error).lower()
    if "malformed" in said or "not a database" in said:
        return DAMAGED
    if not isinstance(error, OperationalError | InterfaceError):
        return None
    if "full" in said or "no space" in said:
        return DISK_FULL
    if "readonly" in said or "unable to open" in said:
        return NOT_WRITABLE
    return BUSY if any(word in said for word in ("locked", "busy", "deadlock")) else AWAY


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
