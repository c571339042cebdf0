"""Temporary space for what has to be unpacked before it can be read."""

from __future__ import annotations

import tempfile
from typing import BinaryIO, cast

_IN_MEMORY_BYTES = 8 * 1024 * 1024


def scratch() -> BinaryIO:
    """Return a new temporary file: in memory while small, deleted when closed."""
    return cast("BinaryIO", tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES))
