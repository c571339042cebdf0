"""Progress on a terminal; nothing when piped."""

from __future__ import annotations

import sys
import time

import click

_QUIET_SECONDS = 0.5
_EVERY_SECONDS = 0.1


class TerminalProgress:
    """Shows one line that rewrites itself, once a run has lasted half a second."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty()
        self._started = self._last = time.monotonic()
        self._drawn = False

    def step(self, what: str, done: int, total: int) -> None:
        """Say that `done` of `total` parts are done and `what` comes next."""
        now = time.monotonic()
        if not self._shown or now - self._started < _QUIET_SECONDS or (done < total and now - self._last < _EVERY_SECONDS):
            return
        self._last = now
        if done < total:
            click.echo(f"\r\x1b[K{done + 1} of {total}: {what[-60:]}", nl=False, err=True)
            self._drawn = True
        elif self._drawn:
            click.echo("\r\x1b[K", nl=False, err=True)
