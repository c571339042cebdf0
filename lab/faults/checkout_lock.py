"""A migration takes a lock that nobody tried under load: it waits for a long report, and every query waits for it."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import datetime

from lab.director import Director
from lab.faults import habits
from lab.faults.play import Fault, Play
from lab.journal import Kind, Mark
from lab.monitoring import AlertPlan
from lab.repository import Change, subject_line
from lab.scene import scene
from lab.stack import StackPlan

MIGRATIONS = {
    "orders": (
        ("gift_note", "ALTER TABLE orders ADD COLUMN gift_note text;", "Add a gift note to orders"),
        (
            "sales_channel",
            "ALTER TABLE orders ADD COLUMN sales_channel text NOT NULL DEFAULT 'web';",
            "Add the sales channel to orders",
        ),
        (
            "total_not_negative",
            "ALTER TABLE orders ADD CONSTRAINT total_not_negative CHECK (total_cents >= 0);",
            "Refuse negative order totals",
        ),
        ("state_default", "ALTER TABLE orders ALTER COLUMN state SET DEFAULT 'new';", "Give new orders a state by default"),
        ("shipped_at", "ALTER TABLE orders ADD COLUMN shipped_at timestamptz;", "Add the time of shipping to orders"),
    ),
    "order_items": (
        (
            "discount_cents",
            "ALTER TABLE order_items ADD COLUMN discount_cents integer NOT NULL DEFAULT 0;",
            "Add discounts on single items",
        ),
        (
            "quantity_positive",
            "ALTER TABLE order_items ADD CONSTRAINT quantity_positive CHECK (quantity > 0);",
            "Refuse items without a quantity",
        ),
        (
            "gift_wrap",
            "ALTER TABLE order_items ADD COLUMN gift_wrap boolean NOT NULL DEFAULT false;",
            "Add gift wrap for single items",
        ),
    ),
    "customers": (
        ("locale", "ALTER TABLE customers ADD COLUMN locale text NOT NULL DEFAULT 'en';", "Remember each customer's language"),
        ("opt_in", "ALTER TABLE customers ADD COLUMN opt_in boolean NOT NULL DEFAULT false;", "Add the newsletter opt-in"),
        ("phone", "ALTER TABLE customers ADD COLUMN phone text;", "Add a phone number for couriers"),
    ),
    "products": (
        ("weight_grams", "ALTER TABLE products ADD COLUMN weight_grams integer;", "Add the weight of products"),
        (
            "stock_not_negative",
            "ALTER TABLE products ADD CONSTRAINT stock_not_negative CHECK (stock >= 0);",
            "Refuse negative stock",
        ),
    ),
}
REPORTS = ("revenue export", "month-end report", "finance export", "cohort report", "tax report", "settlement export")
REPORT = (
    "COPY (SELECT o.id, o.placed_at, o.total_cents, c.email, p.name, i.quantity, pg_sleep({pace}) FROM orders o "
    "JOIN order_items i ON i.order_id = o.id JOIN customers c ON c.id = o.customer_id "
    "JOIN products p ON p.id = i.product_id) TO STDOUT"
)
ACTIVITY = (
    (
        'psql -c "select pid, application_name as app, wait_event_type as wait, now() - xact_start as age, '
        "left(query, 50) as query from pg_stat_activity where state <> 'idle' order by xact_start limit 8\""
    ),
    (
        'psql -c "select pid, usename, state, wait_event_type, age(clock_timestamp(), query_start), left(query, 60) '
        "from pg_stat_activity where datname = current_database() and state <> 'idle' order by query_start limit 8\""
    ),
    (
        'psql -xc "select pid, application_name, wait_event, query_start, left(query, 60) as query from pg_stat_activity '
        "where state = 'active' order by query_start limit 3\""
    ),
)
BLOCKING = (
    (
        'psql -c "select pid, pg_blocking_pids(pid) as blocked_by, left(query, 45) as query from pg_stat_activity '
        'where cardinality(pg_blocking_pids(pid)) > 0 order by query_start limit 6"'
    ),
    (
        'psql -c "select l.pid, l.mode, l.granted, a.application_name from pg_locks l join pg_stat_activity a using (pid) '
        "where l.relation = '{table}'::regclass order by l.granted desc, a.query_start limit 8\""
    ),
)


@dataclass(frozen=True)
class Choices:
    """What the seed chose for this fault."""

    manner: habits.Manner
    table: str
    statement: str
    migration: str
    change: str
    report: str
    first_reaction: str
    reroutes: bool
    detours: tuple[str, ...]
    ending: str
    baseline: float
    tempo: float
    dev_notices: bool
    closer: str


def build(rng: random.Random) -> Play:
    """All choices of one seed."""
    table = rng.choice(("orders", "orders", "order_items", "customers", "products"))
    name, statement, change = rng.choice(MIGRATIONS[table])
    manner = habits.manner([rng.random() for _ in range(6)])
    reroutes = rng.random() < 0.5
    reactions = ["not_ours", "ack"] if reroutes else ["not_ours", "ack", "silent"]
    reaction = rng.choice(reactions)
    if manner.acknowledge == "none" and reaction == "ack":
        reaction = "not_ours"
    if reaction == "silent" and manner.declared_by == "first":
        manner = replace(manner, declared_by="lead")
    right = rng.choice(("orders", "order-flow", "checkout", "commerce", "fulfilment"))
    first = rng.choice(("frontend", "web-platform", "edge", "growth", "mobile"))
    choices = Choices(
        manner=manner,
        table=table,
        statement=statement,
        migration=f"{rng.randint(12, 96):04d}_{name}.sql",
        change=change,
        report=rng.choice(REPORTS),
        first_reaction=reaction,
        reroutes=reroutes,
        detours=tuple(rng.sample(("restart", "rollback", "hypotheses"), rng.randint(0, 2))),
        ending=rng.choice(("cancel", "cancel", "terminate")),
        baseline=rng.uniform(170, 195),
        tempo=rng.uniform(1.5, 2.3),
        dev_notices=rng.random() < 0.25,
        closer=rng.choice(("right", "right", "lead")),
    )
    plan = StackPlan(
        alerts=AlertPlan(
            error_team=first,
            slow_team=first if rng.random() < 0.4 else None,
            sustained_team=None if reroutes else right,
            error_ratio=rng.choice((0.03, 0.05, 0.08)),
            hold_seconds=rng.choice((9, 12, 18)),
            sustained_seconds=rng.choice((60, 75, 90)),
            repeat=rng.choice(("60s", "90s", "2m")),
        ),
        settings={
            "pool_size": rng.choice((8, 10, 12)),
            "statement_timeout_ms": rng.choice((4000, 5000, 6000)),
            "cache_ttl_seconds": 7200,
            "token_refresh_seconds": 1800,
        },
        reporting_user=rng.choice(("reporting", "finance_ro", "bi", "metabase")),
    )
    return Play(
        scene(rng, first, right), dict(habits.ROLES), plan, ("common", "checkout_lock"), lambda director: run(director, choices)
    )


def run(director: Director, choices: Choices) -> None:
    """Play the recording from baseline to the end."""
    scene, manner = director.scene, choices.manner
    director.tempo = choices.tempo
    _baseline(director, choices)
    _ship(director, choices)
    if choices.dev_notices:
        director.until(lambda: director.error_ratio() > 0.05, 60)
        director.say("dev", "dev_notices", scene.deploys_channel, mark=Mark.SIGNAL, typing=(1, 6))
    elif manner.support and director.chance(0.6):
        habits.support_notices(director)
    _wrong_team(director, choices)
    here = _right_team(director, choices)
    _diagnose(director, choices, here)
    _end_it(director, choices, here)
    director.step("mitigation done, waiting for recovery")
    habits.recover(director, here, "right")
    _afterwards(director, choices, here)
    habits.close(director, manner, here, choices.closer)
    if director.chance(0.5):
        director.say(director.rng.choice(("right", "first")), "follow_up_routing", here)
    if director.chance(0.6):
        director.say("db", "lessons", here)
    director.pause(12, 25)
    director.step(f"end; firing: {sorted(director.stack.pager.firing())}; team {scene.right_team.name}")


def _baseline(director: Director, choices: Choices) -> None:
    scene, stack = director.scene, director.stack
    director.slots |= {
        "report": choices.report,
        "table": choices.table,
        "change": choices.change[0].lower() + choices.change[1:],
    }
    director.step("baseline")
    habits.schedule_noise(director, 600)
    director.pause(40, 60)
    if director.chance(0.5):
        habits.routine_deploy(director)
    old = scene.version()
    version = scene.next_version()
    director.slots |= {"version": version, "old_version": old}
    change = Change(
        subject_line(scene, choices.change, director.rng),
        "" if director.chance(0.5) else "Instant on staging, the table is small there.",
        write=((f"migrations/{choices.migration}", choices.statement + "\n"),),
    )
    stack.repository.commit(change, director.people["dev"], version=version)
    begun = stack.measurements()[0].sent
    director.until(lambda: stack.measurements()[-1].sent - begun > choices.baseline - 30, 240)
    report = REPORT.format(pace="0.04")
    environment = f"PGUSER={_reporting_user(director)} PGAPPNAME={choices.report.replace(' ', '-')}"
    stack.start_command(f'{environment} psql -qc "{report}" > /dev/null', director.people["analyst"], "report")
    director.step(f"{choices.report} runs")
    if director.chance(0.45):
        director.say("analyst", "report_started", "eng")
    director.until(lambda: stack.measurements()[-1].sent - begun > choices.baseline, 240)


def _reporting_user(director: Director) -> str:
    return director.stack.run_command(
        'psql -qAtc "select rolname from pg_roles where rolcanlogin and not rolsuper order by oid desc limit 1"',
        director.people["analyst"],
    ).strip()


def _ship(director: Director, choices: Choices) -> None:
    """Break it: deploy a migration that waits."""
    scene = director.scene
    if director.chance(0.75):
        director.say("dev", "ship", scene.deploys_channel)
    director.shell_start("dev", f"./deploy.sh deploy {scene.web} {director.slots['version']}", "deploy")
    director.until(lambda: _migrating(director) is not None, 30)
    at = _migrating(director)
    assert at is not None
    director.journal.add(
        Kind.TRIGGER,
        f"deploy of {scene.web} {director.slots['version']} ran migration {choices.migration} "
        f"({choices.statement.rstrip(';')}), "
        f"whose lock on {choices.table} waited for the running {choices.report} and blocked every query behind it",
        at=at,
    )
    director.step("migration waits")


def _migrating(director: Director) -> float | None:
    for record in director.deploy_records():
        if record["status"] == "migrating":
            return datetime.fromisoformat(record["timestamp"]).timestamp()
    return None


def _wrong_team(director: Director, choices: Choices) -> None:
    """Let the page go to the team that does not own it; then to the right one."""
    scene, manner = director.scene, choices.manner
    channel = scene.first_team.channel
    director.until(lambda: director.paged(scene.first_team.receiver), 150)
    director.step(f"{scene.first_team.name} paged")
    director.pause(4, 12)
    right = scene.right_team
    question = "Who should have this page?"
    if choices.first_reaction == "ack":
        habits.acknowledge(director, "first", channel, manner.acknowledge, scene.error_alert)
        if director.chance(0.6):
            habits.measure(director)
            director.say("first", "dashboard_link", channel)
        director.slots["logline"] = habits.log_line(director)
        message = director.say("first", "handover_after_look", channel, typing=(6, 14))
        director.decide(question, f"hand over to {right.name} on call", message.at)
    elif choices.first_reaction == "not_ours":
        message = director.say("first", "not_ours", channel, typing=(6, 16))
        director.decide(question, f"hand over to {right.name} on call", message.at)
    if choices.reroutes:
        message = director.say("first", "reroute", channel, typing=(3, 8))
        director.decide("Ask in chat only, or re-route the alert?", f"re-route the alert to {right.receiver}", message.at)
        director.shell(
            "first",
            f"sed -i '/team=\"{scene.first_team.name}\"/{{n;s/receiver: .*/receiver: {right.receiver}/}}' "
            "$ALERTING/alertmanager.yml && curl -sS -X POST $ALERTMANAGER/-/reload",
        )
    director.until(lambda: director.paged(right.receiver), 120)
    director.step(f"{right.name} paged")


def _right_team(director: Director, choices: Choices) -> str:
    """Let the right on-call take over; return the channel in which it goes on."""
    scene, manner = director.scene, choices.manner
    channel = scene.right_team.channel
    alert = scene.error_alert if choices.reroutes else scene.sustained_alert
    if choices.first_reaction == "ack" and manner.acknowledge != "none":
        director.say("right", "ack", channel, typing=(4, 12))
    else:
        habits.acknowledge(director, "right", channel, manner.acknowledge, alert)
    here = habits.declare(director, manner, channel)
    if manner.support and director.chance(0.5):
        director.say("support", "support_nag", scene.support_channel)
    return here


def _diagnose(director: Director, choices: Choices, here: str) -> None:
    director.slots["logline"] = habits.log_line(director)
    if director.chance(0.6):
        director.say("right", "log_line", here)
    for detour in choices.detours:
        director.step(f"detour: {detour}")
        if detour == "hypotheses":
            habits.hypotheses(director, here, director.rng.randint(1, 2), "right")
        elif detour == "restart":
            _restart(director, here)
        else:
            _rollback(director, here)
    looker = "db" if director.chance(0.4) else "right"
    if choices.manner.acknowledge != "none":
        director.say(looker, "look_database", here)
    output = director.shell(looker, director.rng.choice(ACTIVITY), typing=(2, 5))
    director.paste(looker, output, here)
    waiting = director.stack.run_command(
        "psql -qAtc \"select count(*) from pg_stat_activity where wait_event_type = 'Lock'\"", director.people["right"]
    ).strip()
    director.say(looker, "found_waiting", here, waiting=waiting)
    output = director.shell(looker, director.rng.choice(BLOCKING).format(table=choices.table))
    if director.chance(0.6):
        director.paste(looker, output, here, lines=6)
    pids = director.stack.run_command(
        "psql -qAtc \"select pid from pg_stat_activity where application_name = 'migrate' and state = 'active'\"; "
        "psql -qAtc \"select pid from pg_stat_activity where query like 'COPY (SELECT o.id%'\"",
        director.people["right"],
    ).split()
    if len(pids) != 2:
        raise ValueError("the migration or the report ended by itself; nothing is left to find")
    director.slots |= {"pid": pids[0], "report_pid": pids[1], "statement_short": choices.statement[:34].rstrip(";") + "…"}
    director.say(looker, "found_blocker", here)
    if "rollback" not in choices.detours and director.chance(0.5):
        director.say("dev", "dev_admits", here)


def _restart(director: Director, here: str) -> None:
    """Somebody wants to restart the service; it may be done, and does not help."""
    web = director.scene.web
    asker = director.rng.choice(("lead", "first"))
    director.say(asker, "propose_restart", here)
    if director.chance(0.35):
        message = director.say("right", "refuse_restart", here)
        director.decide(f"Restart {web}?", "no, look first", message.at)
        return
    message = director.say("right", "agree" if director.chance(0.5) else "restarting", here)
    director.decide(f"Restart {web}?", "yes", message.at)
    director.shell("right", f"kill -HUP $(cat $SHOP_HOME/{web}.pid)", typing=(2, 4))
    director.pause(14, 20)
    habits.measure(director)
    director.say("right", "restart_no_help", here)


def _rollback(director: Director, here: str) -> None:
    """Suspect the newest deploy; the deploy script refuses while it still runs."""
    web, version = director.scene.web, director.slots["version"]
    director.say(director.rng.choice(("lead", "first", "other")), "propose_rollback", here)
    message = director.say("right", "rolling_back", here)
    director.decide(f"Roll back {version} first?", "yes", message.at)
    output = director.shell("right", f"./deploy.sh rollback {web}", typing=(1, 4))
    director.paste("right", output, here, lines=3)
    director.say("right", "rollback_refused", here)
    director.say("dev", "dev_admits", here)


def _end_it(director: Director, choices: Choices, here: str) -> None:
    """One of the two has to go."""
    cancel = choices.ending == "cancel"
    asker = "right" if director.chance(0.7) else "db"
    answerer = director.rng.choice([role for role in ("lead", "dev", "db", "right") if role != asker])
    director.say(asker, "ask_cancel" if cancel else "ask_terminate", here)
    message = director.say(answerer, "agree", here, typing=(3, 9))
    director.decide(
        "Cancel the migration or end the report?",
        "cancel the migration" if cancel else f"end the {choices.report}",
        message.at,
    )
    director.say(asker, "do_cancel" if cancel else "do_terminate", here, typing=(1, 3))
    call = "pg_cancel_backend" if cancel else "pg_terminate_backend"
    pid = director.slots["pid" if cancel else "report_pid"]
    output = director.shell(asker, f'psql -c "select {call}({pid})"', typing=(1, 3))
    if director.chance(0.4):
        director.paste(asker, output, here, lines=3)


def _afterwards(director: Director, choices: Choices, here: str) -> None:
    if choices.ending == "cancel":
        director.say("dev", "migration_failed_seen", here)
        if director.chance(0.6):
            director.say("dev", "ask_retry", here)
            message = director.say(director.rng.choice(("right", "db", "lead")), "answer_retry_later", here)
            director.decide("Run the migration again now?", "no, later and with a lock_timeout", message.at)
        return
    director.say("dev", "migration_done_seen", here)
    if director.chance(0.7):
        director.say("analyst", "report_died", here if director.chance(0.5) else "eng")


FAULT = Fault(
    "checkout-lock",
    "a migration waits for a report's lock and blocks every query behind it; the page goes to the wrong team first",
    9,
    build,
)
