"""`juncture sample`: fill a library with generated sample data."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path

import click

from juncture.cli.data_folder import data_option, opened


@click.command("sample")
@click.option(
    "--postmortems", type=click.IntRange(1, 100_000), default=200, show_default=True, help="How many, each of an incident."
)
@click.option("--events", type=click.IntRange(0, 10_000_000), default=20_000, show_default=True, help="How many, among all.")
@click.option("--actions", type=click.IntRange(0, 1_000_000), default=1_000, show_default=True, help="How many, among all.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed on the same day gives the same samples.")
@data_option
def command(*, postmortems: int, events: int, actions: int, seed: int, data: Path) -> None:
    """Fill a library with generated sample data, all of it marked as sample: for trying, and for measuring.

    Incidents of the last two years with their events, drafts and publications, and actions in all states. What is there
    stays.
    """
    opened(data)
    from juncture.web.sampling.filling import fill  # noqa: PLC0415 - after Django is set up

    begun = time.monotonic()
    today = dt.datetime.combine(dt.datetime.now(dt.UTC).date(), dt.time(), dt.UTC)
    told = 0

    def beat(count: int) -> None:
        nonlocal told
        if count * 10 // postmortems > told:
            told = count * 10 // postmortems
            click.echo(f"{count:,} of {postmortems:,} postmortems", err=True)

    filled = fill(postmortems=postmortems, events=events, actions=actions, seed=seed, now=today, beat=beat)
    took = time.monotonic() - begun
    click.echo(
        f"{filled.postmortems:,} postmortems, {filled.events:,} events and {filled.actions:,} actions in {took:.0f} s.",
        err=True,
    )
