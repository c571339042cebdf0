"""`juncture demo`: the recorded incident, drafted and served."""

from __future__ import annotations

import tempfile
from contextlib import chdir
from pathlib import Path

import click

from juncture.stores.examples import recorded_incident

HOST, DEFAULT_PORT = "127.0.0.1", 8000


@click.command("demo")
@click.option("--once", is_flag=True, help="Write demo.html and end, without serving.")
@click.option("--port", type=click.IntRange(0, 65535), help="Default: 8000, or a free one where that is taken.")
@click.pass_context
def command(ctx: click.Context, *, once: bool, port: int | None) -> None:
    """Load the recorded incident, serve it, and print the address.

    The incident was recorded on a small real shop whose fault was made on purpose; its responders follow a script. A
    dozen sample postmortems stand beside it. What you do in the demo is gone when it ends.
    """
    evidence = recorded_incident()
    if once:
        from juncture.cli.draft import command as draft  # noqa: PLC0415 - serving needs none of it

        target = Path("demo.html").absolute()
        # From beside the evidence, so that citations name `evidence/…` and no folder of this machine.
        with chdir(evidence.parent):
            ctx.invoke(draft, evidence=(evidence.name,), output=str(target), date=None, timezone=None, no_mask=False)
        click.echo("Wrote demo.html. Open it in a browser and drag the handle over the timeline.", err=True)
        return
    from juncture.web.serving import check_free, is_free  # noqa: PLC0415 - only serving needs it

    if port is None:
        port = DEFAULT_PORT if is_free(HOST, DEFAULT_PORT) else 0
    check_free(HOST, port)
    with tempfile.TemporaryDirectory(prefix="juncture-demo-") as data:
        _serve(Path(data), port)


def _serve(data: Path, port: int) -> None:
    from juncture.web.setup import migrate, set_up  # noqa: PLC0415 - only serving needs Django

    set_up(data)
    migrate()
    from juncture.web.demonstration import load  # noqa: PLC0415 - after Django is set up
    from juncture.web.serving import Served, serve  # noqa: PLC0415

    click.echo("Reading the recorded incident, and a dozen samples…", err=True)
    loaded = load()

    def ready(served: Served) -> None:
        click.echo(f"The demo is at {served.url}/sign-in/{loaded.token}/?next=/postmortems/{loaded.postmortem}/")
        click.echo("The link signs you in as its administrator, once. Ctrl-C ends the demo.", err=True)

    serve(data, HOST, port, ready=ready)
