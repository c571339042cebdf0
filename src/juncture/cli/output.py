"""Where output goes: standard output, or a file that is written whole or not at all."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from juncture.model.errors import BadEvidence


def write_out(text: str | bytes, path: str | None) -> None:
    """Write bytes, or text as UTF-8, to the file, replacing it in one step; to standard output if `path` is None or `-`.

    Line ends are written as they are. Raises BadEvidence where the file cannot be written.
    """
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    if path is None or path == "-":
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    target = Path(path)
    try:
        with tempfile.NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        mask = os.umask(0)
        os.umask(mask)
        Path(file.name).chmod(0o666 & ~mask)
        Path(file.name).replace(target)
    except OSError as error:
        raise BadEvidence(
            path, f"cannot be written: {error.strerror or error}", "Name a file in a folder you may write to"
        ) from None
