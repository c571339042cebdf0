"""`juncture serve`: the web application."""

from __future__ import annotations

from pathlib import Path

import click

from juncture.cli.data_folder import data_option, opened

DEFAULT_PORT = 8000


@click.command("serve")
@data_option
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to bind.")
@click.option("--port", type=click.IntRange(0, 65535), default=DEFAULT_PORT, show_default=True, help="0 takes a free one.")
def command(*, data: Path, host: str, port: int) -> None:
    """Serve the web application, and keep its worker running. Ctrl-C or SIGTERM ends both.

    The first start prints a link that works once and makes the first administrator.
    """
    from juncture.web.serving import Served, check_free, serve  # noqa: PLC0415 - other commands start without Django

    check_free(host, port)
    opened(data)
    from django.conf import settings  # noqa: PLC0415 - after Django is set up

    from juncture.web.access.operations import first_administrator_link  # noqa: PLC0415 - the same
    from juncture.web.evidence.store import check_evidence_is_here  # noqa: PLC0415 - the same

    check_evidence_is_here()
    token = first_administrator_link()

    def ready(served: Served) -> None:
        click.echo(f"Juncture serves {data} at {served.url}/")
        if token:
            click.echo(
                f"Become its first administrator (the link works once): {settings.PUBLIC_URL or served.url}/first/{token}/"
            )

    serve(data.absolute(), host, port, ready=ready)
