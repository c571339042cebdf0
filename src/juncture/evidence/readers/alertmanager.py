"""Alertmanager webhooks, version 4 (https://prometheus.io/docs/alerting/latest/configuration/#webhook_config).

Grafana's alerting sends the same form with more fields. One sighting an alert, state and receiver; that it fired, was repeated
and resolved are one event by the key `alert:<fingerprint>@<startsAt>`.

**When it was known.** A delivery shows that Alertmanager sent the alert to a receiver, which is to page whoever stands behind
it; its name is in `known_by`. It is known when it was received, if the envelope or the file's name tells that; otherwise from
the earliest instant at which it can have been sent: `startsAt` for a firing alert (Prometheus sets it when `for` has passed;
`group_wait`, 30 s unless set otherwise, comes on top), `endsAt` for a resolved one. Receivers that lead nowhere (`null`,
`blackhole`) and heartbeats (`Watchdog`) are known to nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from juncture.evidence.artefact import Artefact, Head
from juncture.evidence.deliveries import Delivery, deliveries, holds_delivery
from juncture.evidence.fields import Mapping, instant, items, number, text, texts
from juncture.evidence.reader import Confidence, Found, Settings
from juncture.model.evidence import AlertDetails, Kind, Lane, LeftOut, Note, Sighting
from juncture.model.identity import sighting_id
from juncture.model.instants import Instant, to_iso

SERVICE_LABELS = ("service", "service_name", "app", "application", "app_kubernetes_io_name", "component", "job")
TEXT_ANNOTATIONS = ("summary", "description", "message", "title")
URL_ANNOTATIONS = ("runbook_url", "runbook", "dashboard_url", "dashboard")
NOWHERE = frozenset({"null", "none", "blackhole", "black_hole", "black-hole", "devnull", "dev-null", "discard", "noop", "drop"})
HEARTBEATS = frozenset({"Watchdog", "DeadMansSwitch", "DeadManSwitch", "InfoInhibitor"})
EARLY_CLOCK = timedelta(minutes=5)
"""A time of receipt that lies further than this before what is received is no time of receipt."""

_WHAT = "Alertmanager webhook"


class AlertmanagerReader:
    """Recognises a webhook's group of alerts; `Reader` says what each part is for."""

    name = "alertmanager"
    title = "Alertmanager webhooks"
    reads = (
        "Webhook payloads of Prometheus Alertmanager (version 4) and Grafana alerting, as your receiver stored them: "
        "one a file, in an array, one a line, with or without an envelope."
    )

    def recognise(self, head: Head) -> Confidence:
        """Return how sure it is."""
        return holds_delivery(head, _is_group, ('"alerts"', '"startsAt"', '"labels"'))

    def session(self, settings: Settings) -> AlertmanagerSession:  # noqa: ARG002 - every instant has its zone
        """Return a reading session."""
        return AlertmanagerSession()


class AlertmanagerSession:
    """Reads payloads; nothing is remembered between them."""

    def order(self, head: Head) -> int:  # noqa: ARG002 - no file explains another
        """Return 1: all alike."""
        return 1

    def read(self, artefact: Artefact) -> Iterator[Found]:
        """Yield one sighting an alert."""
        for delivery in deliveries(artefact, _is_group, _WHAT):
            if isinstance(delivery, LeftOut):
                yield delivery
                continue
            for place, alert in enumerate(items(delivery.body, "alerts")):
                yield from _Alert.of(delivery, alert if isinstance(alert, dict) else {}).found(artefact, place)
            if truncated := number(delivery.body, "truncatedAlerts"):
                why = "Alertmanager left alerts out of the payload (max_alerts); raise it to see them"
                yield LeftOut(artefact.at(delivery.place), why, truncated)


class _Alert(NamedTuple):
    """One alert of a payload. `started_at` and `ended_at` are None where the payload says the year 1."""

    delivery: Delivery
    name: str
    resolved: bool
    labels: dict[str, str]
    annotations: dict[str, str]
    started_at: Instant | None
    ended_at: Instant | None
    fingerprint: str
    urls: tuple[str, ...]

    @classmethod
    def of(cls, delivery: Delivery, alert: Mapping) -> _Alert:
        labels = texts(alert, "labels") or texts(delivery.body, "commonLabels")
        annotations = {**texts(delivery.body, "commonAnnotations"), **texts(alert, "annotations")}
        resolved = (text(alert, "status") or text(delivery.body, "status") or "").lower() in {"resolved", "ok", "normal"}
        named = (text(alert, "generatorURL"), *(annotations.get(name) for name in URL_ANNOTATIONS), text(alert, "dashboardURL"))
        return cls(
            delivery,
            labels.get("alertname") or text(delivery.body, "groupLabels", "alertname") or "An alert without a name",
            resolved,
            labels,
            annotations,
            instant(alert, "startsAt"),
            instant(alert, "endsAt") if resolved else None,
            text(alert, "fingerprint") or fingerprint_of(labels),
            tuple(dict.fromkeys(url for url in named if url and "://" in url)),
        )

    def found(self, artefact: Artefact, place: int) -> Iterator[Found]:
        """Yield the sighting, or why there is none."""
        citation = self.delivery.cite(artefact, "alerts", place)
        at = self.started_at or self.ended_at or self._received_at(None)
        if at is None:
            yield LeftOut(artefact.at(citation.place), f"{self.name}: no time that a timeline could show", damaged=True)
            return
        if self.started_at is None:
            why = f"{self.name}: its start is not told; it stands where it {'ended' if self.resolved else 'was received'}"
            yield Note(artefact.at(citation.place), why)
        state = "resolved" if self.resolved else "firing"
        receiver = text(self.delivery.body, "receiver")
        known_at = self._known_at(receiver, at)
        occurrence = to_iso(self.started_at) if self.started_at else f"until:{to_iso(at)}"
        ended = self.ended_at if self.ended_at and self.ended_at >= at else None
        yield Sighting(
            id=sighting_id("alertmanager", self.fingerprint, occurrence, state, receiver or ""),
            source="alertmanager",
            kind=Kind.ALERT,
            lane=Lane.SIGNAL,
            occurred_at=at,
            earliest=at,
            latest=at,
            summary=self._summary(),
            citation=citation,
            recorded_at=at,
            known_at=known_at,
            known_by=(receiver,) if known_at and receiver else (),
            ended_at=ended,
            service=next((self.labels[label] for label in SERVICE_LABELS if self.labels.get(label)), None),
            keys=(f"alert:{self.fingerprint}@{occurrence}",),
            links=(self.name, *self.urls),
            details=AlertDetails(
                self.name, state, self.labels.get("severity"), receiver, self.labels, self.annotations, *self.urls[:1]
            ),
        )

    def _summary(self) -> str:
        """Say the same for each state: that it resolved stands in `ended_at`, which a replay shows only when it is due."""
        said = next((self.annotations[name] for name in TEXT_ANNOTATIONS if self.annotations.get(name)), None)
        what = "fired" if self.started_at else f"{'resolved' if self.resolved else 'was firing'} (start not told)"
        return f"{self.name} {what}: {said}" if said else f"{self.name} {what}"

    def _known_at(self, receiver: str | None, at: Instant) -> Instant | None:
        if self.name in HEARTBEATS or (receiver or "").lower() in NOWHERE:
            return None
        sent = (self.ended_at or at) if self.resolved else at
        return self._received_at(sent) or sent

    def _received_at(self, not_before: Instant | None) -> Instant | None:
        """Return the time of receipt; a clock that runs late by a little moves it to `not_before`."""
        received = self.delivery.received_at
        if received is None or not_before is None:
            return received
        return max(received, not_before) if received >= not_before - EARLY_CLOCK else None


def fingerprint_of(labels: dict[str, str]) -> str:
    """Return the fingerprint that Alertmanager gives a set of labels: FNV-1a of 64 bits over sorted names and values.

    As in `LabelSet.Fingerprint` of prometheus/common: each name and each value is followed by the byte 255.
    """
    digest = 0xCBF29CE484222325
    for part in (part for name in sorted(labels) for part in (name, labels[name])):
        for byte in (*part.encode("utf-8", "replace"), 255):
            digest = (digest ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return f"{digest:016x}"


def _is_group(body: Mapping) -> bool:
    alerts = body.get("alerts")
    if not isinstance(alerts, list) or not (
        "groupKey" in body or "receiver" in body or "commonLabels" in body or "version" in body
    ):
        return False
    return not alerts or (
        isinstance(alerts[0], dict) and "labels" in alerts[0] and ("startsAt" in alerts[0] or "status" in alerts[0])
    )


READER = AlertmanagerReader()
