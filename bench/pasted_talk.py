"""Made-up incident conversations: who says what when, with all that makes a copied channel hard to read."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

PEOPLE = (
    "Sam Sample",
    "Robin Example",
    "Ana Beispiel",
    "Jo Muster",
    "Kim Placeholder",
    "Lee O'Test",
    "Max von Probe",
    "Mary-Ann Smith",
    "José Prueba",
    "Zoë Échantillon",
    "Łukasz Wzór",
    "Иван Пример",
    "サンプル太郎",
    "김예시",
    "دانا نموذج",
    "Will Power",
    "Art May",
    "Mark Down",
    "Grace Sunday",
    "Al",
    "Dr. Pat Sample",
    "Sample, Alex",
    "Chris S.",
    "Toni Sample Jr.",
)
DECORATED = (
    "{} (she/her)",
    "{} (they/them)",
    "{} | Payments",
    "{} [SRE]",
    "{} 🌴",
    "{} :palm_tree:",
    "{} (External)",
    "{} - on call",
)
NICKS = (
    "sam",
    "robin",
    "ana_b",
    "jo-muster",
    "kim.p",
    "xX_lee_Xx",
    "max42",
    "zoe",
    "ivan|away",
    "dana",
    "sre-oncall",
    "m4x",
    "`tick`",
    "[ops]pat",
)
BOTS = ("PagerDuty", "Alertmanager", "GitHub", "Deploy Bot", "statusbot")
BOT_TEXTS = (
    "[FIRING:1] HighErrorRate checkout (critical)",
    "Triggered #4711: checkout latency above 2 s",
    "[RESOLVED] HighErrorRate checkout",
    "deploy of shop/checkout 3f2a91c to production finished in 92 s",
    "Build #412 failed on main",
)
SHORT = (
    "ok",
    "yes",
    "no",
    "Thanks",
    "Looking",
    "On it",
    "same here",
    "+1",
    "Rolling back",
    "hm",
    "Restarting",
    "Done",
    "wait",
    "Acknowledged",
    "?",
    "lol no",
    "Yes please",
    "Better now",
    "👀",
    "5xx is up",
    "still broken",
)
SENTENCES = (
    "checkout answers 500 since the deploy",
    "I see a lot of lock waits on orders, started around 14:05",
    "rolling back release 412 now",
    "error rate is falling, 12 % to 3 %",
    "can somebody page the database people?",
    "The migration of 13:58 took an exclusive lock, see https://ci.example.org/412",
    "nope: not us, the load balancer is fine",
    "Status page is updated. Next update at 3:00 PM",
    "who owns payments-api?",
    "I'd rather wait for the replica, failing over now would lose 90 s of writes",
    "FYI: support has 40 tickets already",
    'it says "too many connections" (max 100)',
    "deployed 3f2a91c at 2:31 PM, that is a minute before the alert",
    "Let's declare it: SEV2, I am the incident commander",
    "back to normal, all checks green",
    "please don't restart the workers yet",
    "see #412 and HighErrorRate in the runbook",
    "@robin can you look at the pool size?",
    "取り消します、少し待ってください",
    "Я перезапустил сервис",
    "no idea why; will look into it tomorrow",
    "Sam said at 13:40 that the queue was long",
)
LOGS = (
    '2026-03-02 14:05:11,123 ERROR checkout: could not obtain lock on relation "orders"',
    '2026-03-02T14:05:12Z level=error msg="timeout" route=/checkout',
    "Mar  2 14:05:13 web-1 checkout[4711]: worker died",
    "[14:05:14] ERROR checkout - pool exhausted",
    "14:05:15 web-1 | GET /checkout 500",
)
BLOCKS = (
    ("steps:", "1. broker", "2. workers", "3. web"),
    ("two things:", "- drop the index", "- raise the pool to 200"),
    ("SELECT pid, state", "FROM pg_stat_activity", "WHERE wait_event_type = 'Lock';"),
    ("the query is", "    UPDATE orders SET state = 'paid'", "and it waits"),
    ("Summary so far", "", "Nothing is lost, we only answer late.", "Next: find out who took the lock."),
)


class Message(NamedTuple):
    """What was really said."""

    name: str
    at: dt.datetime
    """Wall clock, without a zone."""
    text: str
    bot: bool = False
    edited: bool = False
    reactions: tuple[tuple[str, int], ...] = ()
    replies: int = 0
    grouped: bool = False
    """Shown under the name of the one before."""


REACTIONS = (("eyes", "👀"), ("+1", "👍"), ("tada", "🎉"), ("pray", "🙏"), ("white_check_mark", "✅"))


def conversation(draw, variant):
    """Return messages as `variant` can show them: a name pool, a clock that goes forward, perhaps several days."""
    size = draw.randint(2, 40)
    pool = NICKS if variant.nicks else PEOPLE
    names = draw.sample(pool, min(len(pool), draw.randint(1 if size < 4 else 2, 6)))
    if variant.decorated and draw.random() < 0.4:
        names[0] = draw.choice(DECORATED).format(names[0])
    at = dt.datetime(
        2026, draw.randint(1, 12), draw.randint(1, 28), draw.randint(0, 23), draw.randint(0, 59), draw.randint(0, 59)
    )
    if not variant.crosses_midnight:
        at = at.replace(hour=draw.randint(0, 12))
    first, messages, name = at, [], None
    for _ in range(size):
        pause = draw.choice((0, 5, 20, 40, 70, 150, 300, 900, 2400)) + draw.randint(0, 30)
        if variant.days and draw.random() < 0.06:
            pause += draw.choice((9, 16, 26)) * 3600
        then = at + dt.timedelta(seconds=pause)
        if (then.date() - first.date()).days > variant.days + (1 if variant.crosses_midnight else 0):
            break
        if not variant.crosses_midnight and not variant.days and then.date() != first.date():
            break
        same = name is not None and draw.random() < 0.35
        bot = variant.bots and not same and draw.random() < 0.12
        name = name if same else draw.choice(BOTS) if bot else draw.choice(names)
        bot = name in BOTS
        if messages and variant.grouping:
            grouped = name == messages[-1].name and then - at < dt.timedelta(minutes=5) and then.date() == at.date()
        else:
            grouped = False
        messages.append(
            Message(
                name,
                then,
                _text(draw, variant, bot),
                bot,
                edited=variant.edits and draw.random() < 0.08,
                reactions=tuple((r, draw.randint(1, 12)) for r in draw.sample(REACTIONS, draw.randint(1, 2)))
                if variant.reactions and draw.random() < 0.15
                else (),
                replies=draw.randint(1, 30) if variant.replies and draw.random() < 0.06 else 0,
                grouped=grouped,
            )
        )
        at = then
    return messages


def _text(draw, variant, bot):
    if bot:
        return draw.choice(BOT_TEXTS)
    kind = draw.random()
    if kind < 0.2:
        return draw.choice(SHORT)
    if kind < 0.8 or not variant.multiline:
        return draw.choice(SENTENCES)
    if kind < 0.9:
        return "\n".join(draw.choice(BLOCKS))
    return "\n".join([draw.choice(("this is in the log", "from the log:", "look")), *draw.sample(LOGS, draw.randint(1, 3))])
