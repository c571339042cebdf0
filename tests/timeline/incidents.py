"""Small incidents of different kinds, told as sightings, with what is true of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from juncture.model.evidence import (
    AlertDetails,
    ChangeDetails,
    Citation,
    CommandDetails,
    Kind,
    Lane,
    LogDetails,
    MessageDetails,
    PageDetails,
    Sighting,
    TurnDetails,
)
from juncture.model.identity import ArtefactHash, sighting_id
from juncture.model.instants import Instant
from juncture.model.record import MilestoneName

DAY = datetime(2026, 3, 2, tzinfo=UTC)


def clock(text: str) -> Instant:
    """The instant of `14:02` or `14:02:07` on the day of all these incidents."""
    hour, minute, *second = text.split(":")
    return DAY + timedelta(hours=int(hour), minutes=int(minute), seconds=float(second[0]) if second else 0.0)


@dataclass
class Evidence:
    """Collects sightings as readers would yield them."""

    sightings: list[Sighting] = field(default_factory=list)

    def _add(self, source: str, identity: str, **fields: object) -> Sighting:
        at = fields["occurred_at"]
        given = {
            "id": sighting_id(source, identity),
            "source": source,
            "earliest": at,
            "latest": at,
            "recorded_at": at,
            "citation": Citation(
                ArtefactHash("sha256:" + f"{abs(hash(source)) % 10**16:064d}"), source, f"line:{len(self.sightings) + 1}"
            ),
        }
        sighting = Sighting(**{**given, **fields})  # type: ignore[arg-type]
        self.sightings.append(sighting)
        return sighting

    def chat(
        self,
        at: str,
        who: str,
        text: str,
        channel: str | None = "incident",
        *,
        bot: bool = False,
        source: str = "slack",
        links: tuple[str, ...] = (),
        width: float = 0,
        **details: object,
    ) -> Sighting:
        """A message; `width` seconds wide as in pasted text."""
        when = clock(at)
        return self._add(
            source,
            f"{channel}/{at}/{who}/{text}",
            occurred_at=when,
            latest=when + timedelta(seconds=width),
            kind=Kind.MESSAGE,
            lane=Lane.PEOPLE,
            summary=text,
            actor=who,
            known_at=when,
            known_by=() if bot else (who,),
            links=links,
            details=MessageDetails(channel=channel, bot=bot, **details),  # type: ignore[arg-type]
        )

    def alert(
        self,
        at: str,
        name: str,
        *,
        end: str | None = None,
        service: str = "shop",
        receiver: str | None = "oncall",
        summary: str = "",
        labels: dict[str, str] | None = None,
    ) -> Sighting:
        """An alert's firing and, with `end`, its resolution, as two deliveries."""
        when = clock(at)
        common = {
            "occurred_at": when,
            "kind": Kind.ALERT,
            "lane": Lane.SIGNAL,
            "service": service,
            "keys": (f"alert:{name}/{service}@{at}",),
            "links": (name,),
            "summary": f"{name} fired: {summary or name}",
        }
        firing = self._add(
            "alertmanager",
            f"{name}{service}{at}firing{receiver}",
            known_at=when if receiver else None,
            known_by=(receiver,) if receiver else (),
            details=AlertDetails(name, "firing", "page", receiver, labels or {"service": service}),
            **common,
        )
        if end:
            over = clock(end)
            self._add(
                "alertmanager",
                f"{name}{service}{at}resolved{receiver}",
                known_at=over if receiver else None,
                known_by=(receiver,) if receiver else (),
                ended_at=over,
                details=AlertDetails(name, "resolved", "page", receiver, labels or {"service": service}),
                **common,
            )
        return firing

    def page(
        self,
        at: str,
        title: str,
        who: str,
        step: Kind = Kind.PAGE,
        *,
        actor: str | None = None,
        links: tuple[str, ...] = (),
        incident: str = "P1",
    ) -> Sighting:
        """One step of a page."""
        when = clock(at)
        known = actor or (who if step is Kind.PAGE else None)
        return self._add(
            "pagerduty",
            f"{incident}{step}{at}",
            occurred_at=when,
            kind=step,
            lane=Lane.SIGNAL if step is Kind.PAGE else Lane.PEOPLE,
            summary=title,
            actor=actor,
            known_at=when if known else None,
            known_by=(known,) if known else (),
            keys=(f"pagerduty:{incident}/{step}/{at}",),
            links=links,
            details=PageDetails(incident, 1, "high", (who,)),
        )

    def turn(
        self,
        at: str,
        metric: str,
        direction: str,
        *,
        end: str | None = None,
        service: str = "shop",
        labels: dict[str, str] | None = None,
    ) -> Sighting:
        """A series that left its usual range; with `end`, also its way back."""
        when = clock(at)
        details = TurnDetails(metric, direction, labels or {"service": service}, 1.0, 5.0, 9.0)
        found = self._add(
            "prometheus",
            f"{metric}{service}{labels}{at}",
            occurred_at=when,
            kind=Kind.TURN,
            lane=Lane.SIGNAL,
            summary=f"{metric} of {service} {'rose' if direction == 'up' else 'fell'} from around 1 to 5",
            service=service,
            ended_at=clock(end) if end else None,
            links=(metric,),
            details=details,
        )
        if end:
            back = TurnDetails(metric, "back", labels or {"service": service}, 1.0, 1.0, 9.0)
            self._add(
                "prometheus",
                f"{metric}{service}{labels}{end}back",
                occurred_at=clock(end),
                kind=Kind.TURN,
                lane=Lane.SIGNAL,
                summary=f"{metric} of {service} came back to around 1",
                service=service,
                links=(metric,),
                details=back,
            )
        return found

    def deploy(
        self,
        at: str,
        text: str,
        *,
        state: str = "finished",
        revision: str | None = None,
        service: str = "shop",
        kind: Kind = Kind.DEPLOYMENT,
        actor: str = "deployer",
        source: str = "deploys",
    ) -> Sighting:
        """A deploy record."""
        return self._add(
            source,
            f"{at}{text}{state}",
            occurred_at=clock(at),
            kind=kind,
            lane=Lane.CHANGE,
            summary=text,
            service=service,
            actor=actor,
            details=ChangeDetails(revision=revision, state=state),
        )

    def commit(self, at: str, text: str, revision: str) -> Sighting:
        """A commit in a log."""
        return self._add(
            "git",
            revision,
            occurred_at=clock(at),
            kind=Kind.COMMIT,
            lane=Lane.CHANGE,
            summary=text,
            actor="dev",
            keys=(f"commit:{revision}",),
            details=ChangeDetails(repository="shop", revision=revision),
        )

    def log(
        self, at: str, text: str, level: str = "error", *, count: int = 1, end: str | None = None, kind: Kind = Kind.LOG
    ) -> Sighting:
        """A log line, or a burst of them."""
        return self._add(
            "log",
            f"{at}{text}",
            occurred_at=clock(at),
            kind=kind,
            lane=Lane.SIGNAL,
            summary=text,
            ended_at=clock(end) if end else None,
            service="shop",
            details=LogDetails(level=level, template=text, count=count),
        )

    def command(self, at: str, text: str, who: str = "ana") -> Sighting:
        """A command of a shell's history."""
        when = clock(at)
        return self._add(
            "shell",
            f"{at}{text}",
            occurred_at=when,
            kind=Kind.COMMAND,
            lane=Lane.PEOPLE,
            summary=text,
            actor=who,
            known_at=when,
            known_by=(who,),
            details=CommandDetails(text),
        )


@dataclass(frozen=True)
class Told:
    """An incident with what is true of it; None for a milestone that is absent by nature."""

    name: str
    evidence: Evidence
    milestones: dict[MilestoneName, str | None]
    trigger: str | None
    decisions: tuple[str, ...]


def _milestones(*texts: str | None) -> dict[MilestoneName, str | None]:
    return dict(zip(MilestoneName, texts, strict=True))


def small_talk(evidence: Evidence, times: Iterable[str]) -> None:
    """Talk beside the point, in channels of its own."""
    lines = [
        "morning all",
        "anyone for lunch?",
        "ack, pizza it is",
        "rolling back to decaf :coffee:",
        "the projector is broken again",
        "thanks!",
        "declaring this the best cake",
        "restart the coffee machine pls",
    ]
    for number, at in enumerate(times):
        evidence.chat(at, "sam", lines[number % len(lines)], "random")


def bad_setting() -> Told:
    """A setting shipped at 13:48 bites at 14:02; an innocent deploy stands between; nobody declares."""
    one = Evidence()
    one.commit("13:30:02", "payments: raise provider concurrency", "a" * 40)
    one.deploy(
        "13:48:11", "config payments provider_timeout 3s -> 300ms", kind=Kind.CONFIGURATION, state="applied", service="payments"
    )
    one.chat("13:55:00", "release-bot", ":rocket: deploy shop 412 (bbbbbbb) started by mia", "deploys", bot=True)
    one.deploy("13:55:02", "deploy shop 412", state="started", revision="b" * 40)
    one.chat("13:56:40", "release-bot", ":white_check_mark: deploy shop 412 (bbbbbbb) finished by mia", "deploys", bot=True)
    one.deploy("13:56:41", "deploy shop 412", revision="b" * 40)
    small_talk(one, ["13:00", "13:20", "13:58", "14:06", "14:12", "14:20", "14:31", "14:40"])
    one.log("14:02:03", "POST /checkout 502 provider timeout after 300ms")
    one.turn("14:02:20", "service:http_errors:ratio1m", "up", end="14:27:30")
    one.turn("14:02:35", "orders_per_minute", "down", end="14:28:05")
    one.turn("14:02:15", "payments_pool_in_use", "up", end="14:27:00", service="payments")
    one.alert("14:04:20", "CheckoutErrorsHigh", end="14:29:20", summary="4 % of checkouts fail")
    one.chat("14:04:24", "alert-bot", "[FIRING:1] CheckoutErrorsHigh shop: 4 % of checkouts fail", "ops", bot=True)
    one.chat("14:05:10", "ana", "looking", "ops")
    one.chat("14:05:58", "ana", "checkout gives 502 for about one in 20, payments times out", "ops")
    one.chat("14:07:30", "tom", "was there a deploy? 412 went out at 13:55", "ops")
    one.chat("14:08:15", "ana", "could be that, but it only touched the footer", "ops")
    one.chat("14:09:40", "tom", "should we roll 412 back anyway?", "ops")
    one.chat("14:10:20", "ana", "yeah go ahead", "ops")
    one.chat("14:10:45", "tom", "rolling back 412 now", "ops")
    one.command("14:10:50", "./deploy.sh rollback shop", "tom")
    one.deploy("14:12:00", "rollback shop to 411", kind=Kind.ROLLBACK)
    one.chat("14:14:10", "ana", "no change, still 4%", "ops")
    one.chat("14:18:30", "ana", "found it: provider_timeout was set to 300ms this morning", "ops")
    one.chat("14:24:05", "ana", "i'd put the timeout back to 3s, objections?", "ops")
    one.chat("14:24:50", "tom", "none, do it", "ops")
    one.chat("14:25:10", "ana", "setting it back to 3s", "ops")
    one.deploy(
        "14:26:30", "config payments provider_timeout 300ms -> 3s", kind=Kind.CONFIGURATION, state="applied", service="payments"
    )
    one.chat("14:28:10", "ana", "errors are back to normal", "ops")
    one.chat("14:29:25", "alert-bot", "[RESOLVED] CheckoutErrorsHigh shop", "ops", bot=True)
    one.chat("14:33:00", "ana", "ok all clear, thanks tom", "ops")
    return Told(
        "bad setting",
        one,
        _milestones("14:02:03", "14:04:20", "14:05:10", None, "14:26:45", "14:33:00"),
        "13:48:11",
        ("14:10:20", "14:25:10"),
    )


def pasted_only() -> Told:
    """Nothing but a pasted channel, exact to the minute."""
    one = Evidence()

    def says(at: str, who: str, text: str) -> None:
        one.chat(at, who, text, None, source="paste", width=59.999999)

    says("09:12", "Lea", "hey is search broken for anybody else? getting a spinner")
    says("09:13", "Omar", "same here")
    says("09:14", "Omar", "search nodes are oom-killing, taking a look")
    says("09:16", "Lea", "three customers wrote in already")
    says("09:19", "Omar", "this is an incident, sev2. i'll lead")
    says("09:20", "Lea", "status page updated")
    says("09:24", "Ida", "i think it's the reindex job from last night")
    says("09:27", "Omar", "should we kill the reindex or give it 10 more minutes?")
    says("09:28", "Ida", "kill it, it'll take hours")
    says("09:29", "Omar", "killing the reindex")
    says("09:33", "Ida", "heap is coming down")
    says("09:35", "Omar", "restarting the search nodes one by one")
    says("09:44", "Lea", "search works again for me")
    says("09:52", "Omar", "all good, closing the incident. thanks everyone")
    says("09:53", "Lea", "thanks!")
    return Told("pasted only", one, _milestones("09:12", "09:12", "09:14", "09:19", "09:44", "09:52"), None, ("09:29", "09:35"))


def provider_outage() -> Told:
    """A page is acknowledged in the paging system; the incident bot declares; a flag is turned; the provider recovers."""
    one = Evidence()
    small_talk(one, ["17:40", "18:01", "18:09", "18:30"])
    one.turn("18:00:30", "login_success_ratio", "down", end="18:41:00", service="auth")
    one.turn("18:00:45", "auth_request_duration_p95", "up", end="18:40:30", service="auth")
    one.alert("18:03:00", "LoginFailures", end="18:43:10", service="auth", summary="login success below 90 %")
    one.page("18:03:06", "Paged: LoginFailures", "Priya", links=("LoginFailures",))
    one.page("18:05:20", "Acknowledged: LoginFailures", "Priya", Kind.ACKNOWLEDGEMENT, actor="Priya")
    one.chat("18:06:00", "Priya", "logins via the sms provider time out, email codes are fine", "auth-team")
    one.chat("18:08:30", "incident-bot", "INC-88 Login failures declared by Priya", "auth-team", bot=True)
    one.chat("18:09:10", "Priya", "moving to #inc-88", "auth-team")
    one.chat("18:10:00", "Kofi", "here", "inc-88")
    one.chat("18:11:30", "Kofi", "provider status page is green but their api answers 503", "inc-88")
    one.chat("18:13:00", "Priya", "can somebody call their support?", "inc-88")
    one.chat("18:14:00", "Kofi", "calling them now", "inc-88")
    one.chat("18:17:20", "Priya", "what if we switch everybody to email codes?", "inc-88")
    one.chat("18:18:00", "Nora", "support will get tickets but that beats no login. +1", "inc-88")
    one.chat("18:18:40", "Priya", "ok turning off sms codes via the flag", "inc-88")
    one.chat("18:19:30", "flags", "flag sms_codes turned off by Priya", "inc-88", bot=True)
    one.chat("18:22:00", "Nora", "told support and posted on the status page", "inc-88")
    one.chat("18:25:00", "Kofi", "logins recovering, 97%", "inc-88")
    one.chat("18:38:00", "Kofi", "provider says fixed", "inc-88")
    one.chat("18:39:00", "Priya", "let's wait 5 min before we turn it back on", "inc-88")
    one.chat("18:46:00", "Priya", "turning sms codes back on", "inc-88")
    one.chat("18:55:00", "Priya", "resolving INC-88, all normal", "inc-88")
    one.page("18:55:30", "Resolved: LoginFailures", "Priya", Kind.RESOLUTION, actor="Priya")
    return Told(
        "provider outage",
        one,
        _milestones("18:00:30", "18:03:00", "18:05:20", "18:08:30", "18:41:00", "18:55:00"),
        None,
        ("18:18:40", "18:46:00"),
    )


def near_miss() -> Told:
    """A disk fills at night, somebody cleans up in time: no user felt it, and nobody says that it is over."""
    one = Evidence()
    one.turn("02:40:00", "node_filesystem_avail_bytes", "down", end="03:12:00", service="db1")
    one.alert("02:50:00", "DiskWillFill", end="03:15:00", service="db1", summary="disk full in 4 hours")
    one.page("02:50:20", "Paged: DiskWillFill", "Yuki", links=("DiskWillFill",))
    one.page("02:58:00", "Acknowledged: DiskWillFill", "Yuki", Kind.ACKNOWLEDGEMENT, actor="Yuki")
    one.command("03:01:00", "df -h", "yuki")
    one.command("03:08:00", "rm -r /var/lib/old-wal-archive", "yuki")
    one.chat("03:12:00", "Yuki", "old wal archive filled the disk on db1, removed it", "ops")
    return Told("near miss", one, _milestones(None, "02:50:00", "02:58:00", None, None, "03:15:00"), None, ())


ALL = (bad_setting, pasted_only, provider_outage, near_miss)
