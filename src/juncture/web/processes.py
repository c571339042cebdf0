"""The two processes that `juncture serve` supervises: `python -m juncture.web.processes web DATA HOST PORT | worker DATA`."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path

from juncture.web.setup import set_up

_PATIENCE_SECONDS = 8
_NICENESS = 5
LARGEST_MESSAGE = 8 * 1024 * 1024
"""Bytes of one message of an editor: a section that is pasted whole."""


def run_web(data: Path, host: str, port: int) -> None:
    """Serve HTTP until told to stop."""
    os.environ["JUNCTURE_HOST"] = host
    set_up(data)
    import uvicorn  # noqa: PLC0415 - after the environment is set

    from juncture.web.asgi import application  # noqa: PLC0415 - the same
    from juncture.web.connections import Connection  # noqa: PLC0415 - the same

    uvicorn.run(
        application,
        host=host,
        port=port,
        interface="asgi3",
        http=Connection,
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=4,
        ws_max_size=LARGEST_MESSAGE,
    )


def run_worker(data: Path) -> None:
    """Carry out background work until told to stop; who reads and writes pages comes first."""
    os.nice(_NICENESS)
    set_up(data)
    from juncture.web.worker import work_until_told  # noqa: PLC0415 - after the environment is set

    work_until_told()


def end_with_parent() -> None:
    """End this process when the one that started it is gone: its end of our standard input closes then, also by `kill -9`."""

    def watch() -> None:
        while os.read(sys.stdin.fileno(), 1):
            continue
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(_PATIENCE_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, name="parent", daemon=True).start()


def main(arguments: list[str]) -> None:
    """Run the process that the arguments name, for as long as its parent runs."""
    end_with_parent()
    if arguments[0] == "web":
        run_web(Path(arguments[1]), arguments[2], int(arguments[3]))
    else:
        run_worker(Path(arguments[1]))


if __name__ == "__main__":
    main(sys.argv[1:])
