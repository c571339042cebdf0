"""`juncture verify`: is the evidence intact, and does every citation resolve?"""

from __future__ import annotations

from pathlib import Path

import click

from juncture.casework.verification import verify_store
from juncture.model.errors import BadEvidence
from juncture.stores.folder import FolderStore


@click.command("verify")
@click.argument("folder", metavar="DIR")
def command(*, folder: str) -> int:
    """Check a store: every artefact against its hash, the ledger against its chain, every citation against its place.

    Prints one line a problem and exits with 1 if there is any. Erased content is said to be erased, which is no problem.
    """
    if not Path(folder).is_dir():
        raise BadEvidence(folder, "there is no such folder", "Give the DIR of `juncture draft --store DIR`")
    if not any((Path(folder) / name).exists() for name in ("ledger.jsonl", "ledger.head", "artefacts")):
        raise BadEvidence(folder, "is no store: it holds no ledger", "Give the DIR of `juncture draft --store DIR`")
    problems = 0
    for finding in verify_store(FolderStore(Path(folder))):
        click.echo(str(finding))
        problems += finding.broken
    return 1 if problems else 0
