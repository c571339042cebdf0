"""Check the artefacts of an incident against the ledger, as a piece of work that may take minutes."""

from __future__ import annotations

import time
from collections.abc import Callable

import msgspec
from django.utils import timezone

from juncture.casework.verification import Finding, verify_artefacts
from juncture.model.evidence import LeftOut
from juncture.model.identity import ArtefactHash
from juncture.web.evidence.importing import Cancelled, Overtaken, end
from juncture.web.evidence.leases import LEASE, held, kept
from juncture.web.evidence.models import EvidenceItem, ImportRun
from juncture.web.evidence.progress import Progress, Stage
from juncture.web.evidence.store import artefact_store

_HEARTBEAT_SECONDS = 1.0


class Verifying:
    """One verification. Its findings stand in the row as what was left out, the broken ones as damaged."""

    def __init__(self, run: ImportRun, follow: Callable[[ImportRun, Callable[[], None]], str]) -> None:
        del follow
        self.run = run
        self.beaten_at = 0.0

    def carry_out(self) -> None:
        """Read every artefact of the incident once, and write down what is not as it was received."""
        items = EvidenceItem.objects.filter(incident=self.run.incident).order_by("id")
        names: dict[str, str] = {}
        for sha256, name in items.values_list("sha256", "name"):
            names.setdefault(sha256, name)
        erased_here = set(items.filter(erased_at__isnull=False).values_list("sha256", flat=True))
        found: list[LeftOut] = []
        done = 0
        with kept(self.run):
            for one in verify_artefacts(artefact_store(), [ArtefactHash(sha256) for sha256 in names]):
                if isinstance(one, Finding):
                    if one.broken or one.where not in erased_here:
                        found.append(LeftOut(names.get(one.where, one.where), one.what, damaged=one.broken))
                    continue
                done += 1
                self._step(names[one], done, len(names))
        head = artefact_store().head()
        end(
            self.run,
            ImportRun.State.DONE,
            left_out=msgspec.to_builtins(found),
            read_by={"artefacts": len(names), "erased": len(erased_here)},
            remark=head.hash,
        )

    def stop(self) -> None:
        """End because somebody asked for it: nothing is said of what was not looked at."""
        end(self.run, ImportRun.State.CANCELLED)

    def _step(self, what: str, done: int, total: int) -> None:
        if done < total and time.monotonic() - self.beaten_at < _HEARTBEAT_SECONDS:
            return
        self.beaten_at = time.monotonic()
        progress = msgspec.to_builtins(Progress(Stage.READING, done, total, what))
        if not held(self.run).update(progress=progress, lease_until=timezone.now() + LEASE):
            raise Overtaken
        if ImportRun.objects.filter(pk=self.run.pk, cancel_requested=True).exists():
            raise Cancelled
