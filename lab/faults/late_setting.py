"""A wrong setting that bites five minutes or more after it shipped; an innocent deploy in between is suspected first."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from lab.director import Director
from lab.faults import habits
from lab.faults.play import Fault, Play
from lab.journal import Kind
from lab.monitoring import AlertPlan
from lab.repository import Change, subject_line
from lab.scene import scene
from lab.stack import StackPlan

PATIENT = {"pool_size": 12, "statement_timeout_ms": 6000, "cache_ttl_seconds": 7200, "token_refresh_seconds": 180}


@dataclass(frozen=True)
class Setting:
    """One setting that can be wrong: where it stands, from what to what, and why it takes a while to be felt."""

    kind: Literal["token", "pool", "statement", "timeout"]
    service: Literal["web", "payments"]
    key: str
    old: tuple[int, ...]
    new: tuple[float, ...]
    subjects: tuple[str, ...]
    why_late: tuple[str, ...]
    right: tuple[str, ...]


SETTINGS = (
    Setting(
        "token",
        "payments",
        "token_refresh_seconds",
        (120, 180, 240),
        (1800, 3600, 7200),
        ("Ask for a provider token once an hour", "Fewer token calls to the provider", "Relax token refresh"),
        ("the old token ran out", "the token from the restart expired", "the token lives only some minutes"),
        ("payments", "billing", "money"),
    ),
    Setting(
        "pool",
        "web",
        "pool_size",
        (10, 12, 14),
        (2,),
        ("Trim the connection pool", "Fewer idle database connections", "Right-size the pool for quiet hours"),
        ("traffic picked up", "the rush came", "there was real load"),
        ("platform", "backend", "infra"),
    ),
    Setting(
        "statement",
        "web",
        "statement_timeout_ms",
        (6000, 7000, 8000),
        (1000, 1500, 2000),
        ("Cancel slow statements earlier", "Lower the statement timeout", "Fail fast on slow queries"),
        ("the catalogue cache expired", "the cache had to be rebuilt", "until then the cache hid it"),
        ("platform", "database", "data-infra"),
    ),
    Setting(
        "timeout",
        "web",
        "timeout_seconds",
        (3,),
        (0.4, 0.45),
        ("Fail fast when payments hang", "Shorter timeout for payments", "Do not wait for slow payments"),
        ("the provider got slower today", "charges take longer since the provider's checks", "payments were quick until then"),
        ("payments", "checkout", "billing"),
    ),
)
INNOCENT = (
    (
        "Change the banner for the weekend",
        "shop/texts.py",
        'BANNER = "Free delivery from 40 EUR"',
        'BANNER = "Free delivery all weekend"',
        "changes the banner text",
    ),
    ("Offer gift wrap", "shop/texts.py", "GIFT_WRAP = False", "GIFT_WRAP = True", "shows the gift wrap box"),
    (
        "Rename the checkout button",
        "shop/texts.py",
        'CHECKOUT_BUTTON = "Place order"',
        'CHECKOUT_BUTTON = "Buy now"',
        "renames a button",
    ),
    (
        "Friendlier text for empty order lists",
        "shop/texts.py",
        "You have no orders yet.",
        "Nothing here yet. Have a look around!",
        "changes a sentence on the orders page",
    ),
    ("Document the returns policy", "docs/returns.md", "within 30 days.", "within 60 days.", "touches docs and a page text"),
)


@dataclass(frozen=True)
class Choices:
    """What the seed chose for this fault. Times in seconds."""

    manner: habits.Manner
    setting: Setting
    old: int
    new: float
    innocent: tuple[str, str, str, str, str]
    late_by: float
    baseline: float
    innocent_after: float
    escalates: bool
    detours: tuple[str, ...]
    fix: Literal["revert", "rollback"]
    tempo: float


def build(rng: random.Random) -> Play:
    """All choices of one seed."""
    setting = rng.choice(SETTINGS)
    old = rng.choice(setting.old)
    first, right = rng.choice(("storefront", "web", "shop-ui", "frontend")), rng.choice(setting.right)
    manner = habits.manner([rng.random() for _ in range(6)])
    if manner.declared_by == "right":  # they are brought in later
        manner = replace(manner, declared_by="first")
    choices = Choices(
        manner=manner,
        setting=setting,
        old=old,
        new=rng.choice(setting.new),
        innocent=rng.choice(INNOCENT),
        late_by=rng.uniform(312, 375),
        baseline=rng.uniform(75, 95),
        innocent_after=rng.uniform(110, 250),
        escalates=rng.random() < 0.5,
        detours=tuple(rng.sample(("restart", "hypotheses", "log"), rng.randint(0, 2))),
        fix=rng.choice(("revert", "rollback")),
        tempo=rng.uniform(1.1, 1.7),
    )
    settings = {**PATIENT}
    if setting.key in settings:
        settings[setting.key] = old
    plan = StackPlan(
        alerts=AlertPlan(
            error_team=first,
            slow_team=first if rng.random() < 0.5 else None,
            sustained_team=right if choices.escalates else None,
            error_ratio=rng.choice((0.03, 0.05)),
            hold_seconds=rng.choice((9, 12)),
            sustained_seconds=rng.choice((50, 60, 75)),
            repeat=rng.choice(("60s", "90s", "2m")),
        ),
        settings=settings,
    )
    if setting.kind == "token":
        plan = replace(plan, token_lifetime=choices.late_by)
    if setting.kind == "pool":
        plan = replace(plan, charge_seconds=0.22)
    if setting.kind == "statement":
        plan = replace(plan, cache_expires_in=choices.baseline + 25 + choices.late_by)
    return Play(
        scene(rng, first, right), dict(habits.ROLES), plan, ("common", "late_setting"), lambda director: run(director, choices)
    )


def run(director: Director, choices: Choices) -> None:
    """Play the recording from baseline to the end."""
    scene, manner = director.scene, choices.manner
    director.tempo = choices.tempo
    shipped = _ship(director, choices)
    _innocent(director, choices, shipped)
    _bite(director, choices, shipped)
    if manner.support:
        habits.support_notices(director)
    director.until(lambda: director.paged(scene.first_team.receiver), 150)
    director.step(f"{scene.first_team.name} paged")
    channel = scene.first_team.channel
    director.pause(2, 6)
    habits.acknowledge(director, "first", channel, manner.acknowledge, scene.error_alert)
    here = habits.declare(director, manner, channel)
    _blame(director, choices, here)
    _find(director, choices, here, shipped)
    _fix(director, choices, here)
    director.step("mitigation done, waiting for recovery")
    habits.recover(director, here, "first")
    if director.chance(0.5):
        director.say("other", "ask_reship", here)
        message = director.say("first", "answer_reship", here)
        director.decide(f"Ship {director.slots['innocent']} again now?", "later", message.at)
    habits.close(director, manner, here, "first")
    if director.chance(0.6):
        director.say(director.rng.choice(("right", "lead")), "lessons", here, lost=str(director.rng.randint(2, 4)))
    director.pause(8, 14)
    director.step(f"end; firing: {sorted(director.stack.pager.firing())}")


def _service(director: Director, choices: Choices) -> str:
    return director.scene.web if choices.setting.service == "web" else director.scene.payments


def _ship(director: Director, choices: Choices) -> float:
    """Ship the wrong setting; return when it was live, in epoch seconds."""
    scene, setting = director.scene, choices.setting
    director.step(f"baseline; {setting.kind}")
    habits.schedule_noise(director, 760)
    service = _service(director, choices)
    if setting.kind == "statement":
        director.slots |= {"area": "catalogue", "use_it": "see the catalogue"}
    subject = subject_line(scene, director.rng.choice(setting.subjects), director.rng)
    old_version = scene.version()
    version = scene.next_version()
    new = str(choices.new if choices.new % 1 else int(choices.new))
    director.slots |= {
        "service": service,
        "version": version,
        "old_version": old_version,
        "change": subject[0].lower() + subject[1:],
        "key": setting.key,
        "old": str(choices.old),
        "new": new,
    }
    begun = director.stack.measurements()[0].sent
    ready = begun + choices.baseline
    if setting.kind == "statement":
        ready = max(director.stack.cache_expires_at() - choices.late_by - 4, begun + 45)
    director.until(lambda: time.time() > ready - 12, 200)
    path = f"config/{setting.service}.toml"
    change = Change(subject, replace=((path, f"{setting.key} = {choices.old}", f"{setting.key} = {new}"),))
    director.stack.repository.commit(change, director.people["dev"], version=version)
    if director.chance(0.75):
        director.say("dev", "ship_setting", scene.deploys_channel)
    director.shell("dev", f"./deploy.sh deploy {service} {version}", typing=(0.5, 2))
    shipped = _finished(director, service, version)
    director.journal.add(
        Kind.TRIGGER,
        f"deploy of {service} {version} set {setting.key} from {choices.old} to {new}; "
        f"it was felt only when {setting.why_late[0]}",
        at=shipped,
    )
    director.step(f"{version} shipped with {setting.key} = {new}")
    if director.chance(0.5):
        director.say("dev", "setting_done", scene.deploys_channel)
    return shipped


def _finished(director: Director, service: str, version: str) -> float:
    for record in director.deploy_records():
        if (record["service"], record["version"], record["status"]) == (service, version, "finished"):
            return datetime.fromisoformat(record["timestamp"]).timestamp()
    raise ValueError(f"the deploy of {service} {version} did not finish")


def _innocent(director: Director, choices: Choices, shipped: float) -> None:
    """Another deploy, of the web service, that changes a text."""
    scene = director.scene
    subject, path, old, new, what = choices.innocent
    director.until(lambda: time.time() > shipped + choices.innocent_after, 300)
    innocent = scene.next_version()
    director.slots |= {"innocent": innocent, "innocent_what": what}
    change = Change(subject_line(scene, subject, director.rng), replace=((path, old, new),))
    director.stack.repository.commit(change, director.people["other"], version=innocent)
    if director.chance(0.7):
        director.say("other", "ship_innocent", scene.deploys_channel)
    director.shell("other", f"./deploy.sh deploy {scene.web} {innocent}", typing=(0.5, 2))
    director.step(f"innocent {innocent} shipped")


def _bite(director: Director, choices: Choices, shipped: float) -> None:
    """Wait until the setting is felt; for two kinds the world outside changes now, which the old value would have borne."""
    director.until(lambda: time.time() > shipped + choices.late_by - 5, 400)
    kind = choices.setting.kind
    if kind == "pool":
        if director.chance(0.5):
            director.say("analyst", "campaign", director.scene.general_channel, typing=(0, 2))
        director.stack.set_rate(42)
    if kind == "timeout":
        if director.chance(0.4):
            director.say("analyst", "provider_note", "eng", typing=(0, 2))
        director.stack.set_pace(0.62)
    director.step("bites now")


def _blame(director: Director, choices: Choices, here: str) -> None:
    """Suspect the newest deploy and roll it back; it does not help."""
    web, innocent = director.scene.web, director.slots["innocent"]
    director.slots["ago"] = str(max(1, round((time.time() - _finished(director, web, innocent)) / 60)))
    suspecter = director.rng.choice(("first", "lead"))
    director.say(suspecter, "suspect_innocent", here)
    if director.chance(0.6):
        director.say("other", "innocent_defends", here, typing=(2, 5))
    message = director.say("first", "rolling_back_innocent", here, typing=(1, 4))
    director.decide(f"Roll back the newest deploy, {innocent}?", "yes, first", message.at)
    director.shell("first", f"./deploy.sh rollback {web}", typing=(1, 3))
    director.pause(12, 18)
    habits.measure(director)
    director.say("first", "rollback_no_help", here)
    for detour in choices.detours:
        if detour == "hypotheses":
            habits.hypotheses(director, here, 1, "first")
        elif detour == "log":
            director.slots["logline"] = habits.log_line(director)
            director.say("first", "log_line", here)
        elif choices.setting.kind != "token":
            _restart(director, here)


def _restart(director: Director, here: str) -> None:
    web = director.scene.web
    director.say("lead", "propose_restart", here, typing=(1, 4))
    message = director.say("first", "restarting", here, typing=(1, 4))
    director.decide(f"Restart {web}?", "yes", message.at)
    director.shell("first", f"./deploy.sh restart {web}", typing=(1, 3))
    director.pause(8, 12)
    habits.measure(director)
    director.say("first", "restart_no_help", here, typing=(1, 3))


def _find(director: Director, choices: Choices, here: str, shipped: float) -> None:
    """Somebody looks further back than the last deploy."""
    scene, setting = director.scene, choices.setting
    right_team = scene.right_team
    if not director.paged(right_team.receiver) or director.chance(0.4):
        message = director.say("first", "pull_in", here, typing=(1, 4))
        director.decide("Whom to bring in?", f"{right_team.name} on call", message.at)
    _symptom(director, choices, here)
    if choices.manner.acknowledge != "none" and director.chance(0.7):
        director.say("right", "look_config", here, typing=(2, 5))
    look = director.rng.choice(
        (
            f"git log --oneline -5 -- config/{setting.service}.toml",
            "git log -3 --format='%h %ad %an %s' --date=iso -- config/",
            "tail -6 $SHOP_HOME/deploys.jsonl | cut -c1-150",
        )
    )
    output = director.shell("right", look, typing=(2, 4))
    if director.chance(0.5):
        director.paste("right", output, here, lines=4)
    old, new = director.slots["old_version"], director.slots["version"]
    output = director.shell("right", f"git diff -U0 build-{old} build-{new} -- config/", typing=(2, 5))
    if director.chance(0.7):
        changed = [line for line in output.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")]
        director.paste("right", "\n".join(changed), here)
    started = director.stack.pager.deliveries()[0].at
    director.slots["late"] = str(max(5, round((started - shipped) / 60)))
    director.say("right", "found_setting", here, typing=(2, 5))
    if director.chance(0.5):
        director.say("right", "why_late", here, why=director.rng.choice(setting.why_late), typing=(2, 4))


def _symptom(director: Director, choices: Choices, here: str) -> None:
    """Look at what shows where it comes from: a log line, a metric."""
    scene, kind = director.scene, choices.setting.kind
    looks: dict[str, str] = {
        "token": f"grep '\"{scene.payments}\"' $SHOP_HOME/app.log | grep error | tail -2",
        "pool": f"curl -s localhost:$(cat $SHOP_HOME/{scene.web}.port)/metrics | grep '^db_pool'",
        "statement": "grep 'rebuild failed' $SHOP_HOME/app.log | tail -2",
        "timeout": "grep '\"/checkout\"' $SHOP_HOME/app.log | grep error | tail -2",
    }
    output = director.shell("right", looks[kind], typing=(2, 5))
    if director.chance(0.6):
        director.paste("right", output, here, lines=5)
    age = director.stack.monitoring.value("payments_token_age_seconds") or 0
    director.slots |= {"token_age": f"{age:.0f}", "pool": director.slots["new"], "limit": f"{choices.new / 1000:.1f}s"}
    director.say("right", f"symptom_{kind}", here, typing=(2, 5))


def _fix(director: Director, choices: Choices, here: str) -> None:
    """Back to the old value: by a revert that is deployed, or by the deploy script's rollback."""
    scene, setting = director.scene, choices.setting
    service, version = director.slots["service"], director.slots["version"]
    asker = "right" if director.chance(0.7) else "first"
    answerer = director.rng.choice([role for role in ("lead", "dev", "first", "right") if role != asker])
    director.say(asker, f"ask_fix_{choices.fix}", here, typing=(1, 4))
    message = director.say(answerer, "agree", here, typing=(2, 6))
    how = (
        f"revert {version} and deploy" if choices.fix == "revert" else f"roll {service} back to {director.slots['old_version']}"
    )
    director.decide("How to get the old value back?", how, message.at)
    director.say(asker, f"do_fix_{choices.fix}", here, typing=(1, 3))
    if choices.fix == "rollback":
        director.shell(asker, f"./deploy.sh rollback {service}", typing=(0.5, 2))
    else:
        fixed = scene.next_version()
        repository = director.stack.repository
        change = Change(
            f'Revert "{director.slots["change"]}"',
            f"Back to {setting.key} = {choices.old}.",
            replace=(
                (
                    f"config/{setting.service}.toml",
                    f"{setting.key} = {director.slots['new']}",
                    f"{setting.key} = {choices.old}",
                ),
            ),
        )
        repository.commit(change, director.people[asker], version=fixed)
        director.shell(asker, f"./deploy.sh deploy {service} {fixed}", typing=(0.5, 2))
    if director.chance(0.5):
        director.say(asker, "fix_out", here, typing=(1, 3))


FAULT = Fault(
    "late-setting",
    "a wrong setting bites five minutes after it shipped; an innocent deploy in between is blamed and rolled back first",
    13,
    build,
)
