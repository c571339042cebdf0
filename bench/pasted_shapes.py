"""The shapes of copied conversations, a function a shape. `TOOLS` is for working on the reader, `HELD_OUT` only for measuring it."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from typing import NamedTuple

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Variant(NamedTuple):
    """A shape, and which conversations it can show."""

    name: str
    render: Callable
    nicks: bool = False
    decorated: bool = True
    bots: bool = True
    multiline: bool = True
    reactions: bool = True
    replies: bool = False
    edits: bool = True
    grouping: bool = True
    seconds: bool = False
    days: int = 0
    """How many more days the conversation may go on: only shapes that show days can say so."""
    crosses_midnight: bool = False
    relative: bool = False
    """Whether days are told as Today and Yesterday: the date given is that of copying."""

    def today(self, messages):
        """Return the day of copying."""
        return messages[-1].at.date()

    def date(self, messages):
        """Return the date that a person would give for it."""
        if self.relative:
            return messages[-1].at.date()
        return messages[0].at.date()


def twelve(at, space=" ", *, upper=True):
    half = "AM" if at.hour < 12 else "PM"
    return f"{(at.hour + 11) % 12 + 1}:{at:%M}{space}{half if upper else half.lower()}"


def bare_twelve(at):
    return f"{(at.hour + 11) % 12 + 1}:{at:%M}"


def ordinal(day):
    return f"{day}{'th' if 10 < day < 14 else {1: 'st', 2: 'nd', 3: 'rd'}.get(day % 10, 'th')}"


def day_word(day, today, style="us"):
    gone = (today - day).days
    if gone == 0:
        return "Today"
    if gone == 1:
        return "Yesterday"
    if style == "slack":
        return f"{DAYS[day.weekday()]}, {MONTHS[day.month - 1]} {ordinal(day.day)}"
    if style == "de":
        return f"{day:%d.%m.%Y}"
    return f"{day:%m/%d/%Y}"


def new_days(messages):
    """Yield each message with its day if it is the first of that day, else None."""
    last = None
    for message in messages:
        day = message.at.date()
        yield message, (day if day != last else None)
        last = day


# Slack, desktop and web


def slack_two_lines(
    draw, messages, *, clock=twelve, bare=bare_twelve, indent="  ", separators=True, gap="\n\n\n\n", badge="\nAPP"
):
    today, out = messages[-1].at.date(), []
    separators = (separators and draw.random() < 0.7) or len({m.at.date() for m in messages}) > 1
    for message, day in new_days(messages):
        if day and separators:
            out.append(f"{day_word(day, today, 'slack')}\n")
        if draw.random() < 0.02:
            out.append("New\n")
        if message.grouped and not (day and separators):
            out.append(f"{bare(message.at)}\n")
        else:
            out.append(f"{gap if out else ''}{message.name}{badge if message.bot else ''}\n{indent}{clock(message.at)}\n")
        out.append(message.text + (" (edited) " if message.edited else "") + "\n")
        for (short, emoji), count in message.reactions:
            out.append(
                draw.choice(
                    (
                        f":{short}:\n{count}\n",
                        f"{emoji}\n{count}\n",
                        f"{count}\n" if "\n" in message.text else f":{short}:\n{count}\n",
                    )
                )
            )
        if message.replies:
            word = "reply" if message.replies == 1 else "replies"
            out.append(f"{message.replies} {word}\nLast reply today at {twelve(message.at)}View thread\n")
    return "".join(out)


def slack_one_line(draw, messages, *, clock=twelve, between="  ", bare=bare_twelve, app=" APP"):
    today, out = messages[-1].at.date(), []
    several = len({m.at.date() for m in messages}) > 1
    for message, day in new_days(messages):
        if day and several:
            out.append(f"{day_word(day, today, 'slack')}\n")
        if message.grouped and not (day and several):
            out.append(f"{bare(message.at)}\n{message.text}")
        else:
            out.append(f"{message.name}{app if message.bot else ''}{between}{clock(message.at)}\n{message.text}")
        out.append((" (edited)" if message.edited else "") + "\n")
        out.extend(f"{emoji} {count}\n" for (_, emoji), count in message.reactions)
        if draw.random() < 0.3:
            out.append("\n")
    return "".join(out)


def slack_brackets(_draw, messages, *, clock=twelve):
    today, out = messages[-1].at.date(), []
    several = len({m.at.date() for m in messages}) > 1
    for message, day in new_days(messages):
        if day and several:
            label = f"{MONTHS[day.month - 1]} {ordinal(day.day)}, {day.year}"
            prefix = {0: "Today ", 1: "Yesterday "}.get((today - day).days, "")
            out.append(f"\n----- {prefix}{label} -----\n")
        if message.grouped and not (day and several):
            out.append(f"\n[{clock(message.at)}]\n{message.text}\n")
        else:
            out.append(f"\n{message.name}{' APP' if message.bot else ''} [{clock(message.at)}]\n{message.text}\n")
        if message.edited:
            out[-1] = out[-1].rstrip("\n") + " (edited)\n"
        out.extend(f":{short}: {count}\n" for (short, _), count in message.reactions)
    return "".join(out)


def slack_thread(_draw, messages):
    today, out = messages[-1].at.date(), ["Thread\nincident-7\n"]
    for number, message in enumerate(messages):
        day = message.at.date()
        word = day_word(day, today) if (today - day).days < 2 else f"{MONTHS[day.month - 1][:3]} {ordinal(day.day)}"
        out.append(f"{message.name}\n  {word} at {twelve(message.at)}\n{message.text}{' (edited)' if message.edited else ''}\n")
        if number == 0 and len(messages) > 1:
            out.append(f"{len(messages) - 1} repl{'y' if len(messages) == 2 else 'ies'}\n")
        out.append("\n\n")
    return "".join(out)


def crlf(render):
    return lambda draw, messages: render(draw, messages).replace("\n", "\r\n")


def narrow(render):
    return lambda draw, messages: render(draw, messages).replace(" AM\n", "\u202fAM\n").replace(" PM\n", "\u202fPM\n")


# Microsoft Teams


def teams_brackets(_draw, messages, *, clock=twelve, indent="", dated=False, blank="\n"):
    today, out = messages[-1].at.date(), []
    for message in messages:
        day = message.at.date()
        lead = ""
        if dated:
            gone = (today - day).days
            lead = "" if gone == 0 else "Yesterday " if gone == 1 else f"{day.month}/{day.day} "
        text = textwrap.indent(message.text, indent)
        out.append(f"[{lead}{clock(message.at)}] {message.name}\n{blank}{text}\n{blank}")
        out.extend(f"{word} {count}\n" for (_, count), word in zip(message.reactions, ("like", "heart"), strict=False))
        out.append("\n")
    return "".join(out)


def teams_new(draw, messages, *, dated=False, previews=True, clock=twelve, day_style="us"):
    today, out = messages[-1].at.date(), []
    for message, day in new_days(messages):
        gone = (today - message.at.date()).days
        if day and dated and draw.random() < 0.8:
            out.append(f"{DAYS[day.weekday()]}, {MONTHS[day.month - 1]} {day.day}\n")
        if previews and not message.grouped:
            short = message.text.split("\n")[0]
            short = short if len(short) <= 45 else short[:45] + "..."
            out.append(f"{short} by {message.name}\n")
        lead = ""
        if dated:
            lead = (
                ""
                if gone == 0
                else "Yesterday "
                if gone == 1
                else (f"{message.at:%d/%m/%Y} " if day_style == "uk" else f"{message.at.month}/{message.at.day} ")
            )
        if message.grouped:
            out.append(f"{lead}{clock(message.at)}\n")
        else:
            out.append(f"{message.name}\n{lead}{clock(message.at)}\n")
        if message.edited:
            out.append("Edited\n")
        out.append(f"\n{message.text}\n\n")
        if message.reactions:
            count = message.reactions[0][1]
            out.append(f"{count} Like reaction{'s' if count > 1 else ''}.\n{count}\n")
        if draw.random() < 0.1:
            out.append("has context menu\n")
    if draw.random() < 0.5:
        out.insert(max(1, len(out) // 2), "Last read\n") if not previews else None
    return "".join(out)


def teams_inline(_draw, messages):
    return "".join(f"[{m.at:%H:%M}] {m.name}: {m.text}\n" for m in messages)


# Discord


def discord_stamp(at, today, clock=twelve, *, plain_today=False, day_style="us"):
    gone = (today - at.date()).days
    if gone == 0:
        return clock(at) if plain_today else f"Today at {clock(at)}"
    if gone == 1:
        return f"Yesterday at {clock(at)}"
    return f"{at:%m/%d/%Y} {clock(at)}" if day_style == "us" else f"{at:%d/%m/%Y} {clock(at)}"


def discord_cozy(
    _draw,
    messages,
    *,
    clock=twelve,
    dash=" — ",
    plain_today=False,
    day_style="us",
    bracketed_groups=False,
    badge="\nAPP\n",
    separators=False,
):
    today, out = messages[-1].at.date(), []
    for message, day in new_days(messages):
        if day and separators and out:
            out.append(f"{MONTHS[day.month - 1]} {day.day}, {day.year}\n")
        stamp = discord_stamp(message.at, today, clock, plain_today=plain_today, day_style=day_style)
        edited = " (edited)" if message.edited else ""
        if message.grouped and bracketed_groups:
            out.append(f"[{clock(message.at)}]\n{message.text}{edited}\n")
        else:
            out.append(f"{message.name}{badge if message.bot else ''}{dash}{stamp}\n{message.text}{edited}\n")
        out.extend(f"{emoji}\n{count}\n" for (_, emoji), count in message.reactions)
    return "".join(out)


def discord_glued(_draw, messages):
    today = messages[-1].at.date()
    return "".join(f"{m.name}{discord_stamp(m.at, today)}\n{m.text}\n" for m in messages)


def discord_compact(_draw, messages, *, space="", clock=twelve):
    return "".join(f"[{clock(m.at)}]{space}{m.name}: {m.text}{' (edited)' if m.edited else ''}\n" for m in messages)


# Mattermost


def mattermost(draw, messages, *, clock=twelve, pictures=True, separators=True, bot="BOT"):
    today, out = messages[-1].at.date(), []
    for message, day in new_days(messages):
        if day and separators:
            gone = (today - day).days
            out.append(
                (
                    "Today"
                    if gone == 0
                    else "Yesterday"
                    if gone == 1
                    else f"{DAYS[day.weekday()][:3]}, {MONTHS[day.month - 1][:3]} {day.day:02}, {day.year}"
                )
                + "\n"
            )
        if message.grouped:
            out.append(f"{clock(message.at)}\n\n{message.text}\n\n")
            continue
        if pictures:
            out.append(f"{message.name} profile image\t\n")
        out.append(
            f"{message.name}\n{bot + chr(10) if message.bot else ''}{clock(message.at)}\n{chr(10) if draw.random() < 0.6 else ''}{message.text}\n"
        )
        if message.edited:
            out.append("Edited\n")
        out.append("\n")
    return "".join(out)


# Terminals


def irssi(draw, messages, *, form="{:%H:%M} <{}> {}", days=True, system=False):
    out = []
    for number, (message, day) in enumerate(new_days(messages)):
        if day and number and days:
            out.append(f"--- Day changed {day:%a %b %d %Y}\n")
        lines = [line for line in message.text.split("\n") if line.strip()]
        out.append(form.format(message.at, message.name, lines[0]) + "\n")
        out.extend(f"{line}\n" for line in lines[1:])
        if system and draw.random() < 0.1:
            out.append(f"{message.at:%H:%M} -!- Mode/#incident [+o {message.name}] by ChanServ\n")
    return "".join(out)


def weechat(_draw, messages, *, time="%H:%M", prefix=""):
    width = max(len(m.name) for m in messages) + len(prefix)
    blank = " " * len(messages[0].at.strftime(time))
    out = []
    for message in messages:
        lines = [line for line in message.text.split("\n") if line.strip()]
        out.append(f"{message.at.strftime(time)} {prefix + message.name:>{width}} | {lines[0]}\n")
        out.extend(f"{blank} {'':>{width}} | {line}\n" for line in lines[1:])
    return "".join(out)


# Others


def whatsapp(_draw, messages, *, form="[{:%d/%m/%Y, %H:%M:%S}] {}: {}"):
    return "".join((form(m) if callable(form) else form.format(m.at, m.name, m.text)) + "\n" for m in messages)


def zoom(_draw, messages, *, new=False):
    out = []
    for m in messages:
        if new:
            out.append(f"{m.at:%H:%M:%S}\t From {m.name} to Everyone:\n" + textwrap.indent(m.text, "\t") + "\n")
        else:
            out.append(f"{m.at:%H:%M:%S}\t From {m.name} to Everyone : {m.text}\n")
    return "".join(out)


def google_chat(_draw, messages, *, clock=twelve, three_lines=False):
    today, out = messages[-1].at.date(), []
    for m in messages:
        gone = (today - m.at.date()).days
        lead = "" if gone == 0 else "Yesterday " if gone == 1 else f"{MONTHS[m.at.month - 1][:3]} {m.at.day}, "
        edited = ", Edited" if m.edited else ""
        if three_lines:
            out.append(f"{m.name}\n, \n{lead}{clock(m.at)}{edited}\n{m.text}\n")
        else:
            out.append(f"{m.name}, {lead}{clock(m.at)}{edited}\n{m.text}\n")
    return "".join(out)


def mail_headers(_draw, messages, *, separator="\n"):
    return "".join(
        f"From: {m.name} <{'.'.join(filter(str.isalnum, m.name.lower().split()))}x@example.com>\n"
        f"Sent: {DAYS[m.at.weekday()]}, {MONTHS[m.at.month - 1]} {m.at.day}, {m.at.year} {twelve(m.at)}\n"
        f"To: Incident <incident@example.com>\nSubject: RE: checkout is down\n\n{m.text}\n{separator}"
        for m in messages
    )


def telegram(_draw, messages, *, clock="%H:%M"):
    return "".join(f"{m.name}, [{m.at:%d.%m.%Y} {m.at.strftime(clock)}]\n{m.text}\n\n" for m in messages)


def h24(at):
    return f"{at:%H:%M}"


def us_whatsapp(m):
    return f"{m.at.month}/{m.at.day}/{m.at:%y}, {twelve(m.at, chr(0x202F))} - {m.name}: {m.text}"


def ios_whatsapp(m):
    return f"\u200e[{m.at:%d.%m.%y}, {m.at:%H:%M:%S}] {m.name}: \u200e{m.text}"


_PLAIN = {"reactions": False, "edits": False, "bots": False, "decorated": False, "grouping": False}

TOOLS = {
    "slack": [
        Variant("two lines", slack_two_lines, replies=True),
        Variant("two lines, days", slack_two_lines, replies=True, days=5, crosses_midnight=True, relative=True),
        Variant("two lines, CRLF", crlf(slack_two_lines), replies=True),
        Variant("two lines, narrow blank", narrow(slack_two_lines), replies=True),
        Variant("two lines, 24 h", lambda d, m: slack_two_lines(d, m, clock=h24, bare=h24)),
        Variant("one line", slack_one_line),
        Variant("one line, midnight", slack_one_line, days=2, crosses_midnight=True, relative=True),
        Variant("one line, blank", lambda d, m: slack_one_line(d, m, between=" ")),
        Variant("one line, am", lambda d, m: slack_one_line(d, m, clock=lambda at: twelve(at, upper=False))),
        Variant("brackets", slack_brackets),
        Variant("brackets, days", slack_brackets, days=6, crosses_midnight=True, relative=True),
        Variant(
            "thread", slack_thread, grouping=False, reactions=False, bots=False, days=3, crosses_midnight=True, relative=True
        ),
    ],
    "teams": [
        Variant("brackets", teams_brackets, bots=False, edits=False, grouping=False),
        Variant(
            "brackets, indented",
            lambda d, m: teams_brackets(d, m, indent="    ", blank=""),
            bots=False,
            edits=False,
            grouping=False,
        ),
        Variant(
            "brackets, dated",
            lambda d, m: teams_brackets(d, m, dated=True),
            bots=False,
            edits=False,
            grouping=False,
            days=4,
            crosses_midnight=True,
            relative=True,
        ),
        Variant("new", teams_new, bots=False),
        Variant("new, no previews", lambda d, m: teams_new(d, m, previews=False), bots=False, grouping=False),
        Variant(
            "new, days", lambda d, m: teams_new(d, m, dated=True), bots=False, days=4, crosses_midnight=True, relative=True
        ),
        Variant("inline 24 h", teams_inline, **_PLAIN),
    ],
    "discord": [
        Variant(
            "cozy", discord_cozy, nicks=True, decorated=False, grouping=False, days=4, crosses_midnight=True, relative=True
        ),
        Variant(
            "cozy, today plain",
            lambda d, m: discord_cozy(d, m, plain_today=True),
            nicks=True,
            decorated=False,
            grouping=False,
            days=4,
            crosses_midnight=True,
            relative=True,
        ),
        Variant(
            "cozy, groups",
            lambda d, m: discord_cozy(d, m, bracketed_groups=True),
            nicks=True,
            decorated=False,
            days=2,
            crosses_midnight=True,
            relative=True,
        ),
        Variant(
            "cozy, people",
            lambda d, m: discord_cozy(d, m, separators=True),
            days=2,
            grouping=False,
            crosses_midnight=True,
            relative=True,
        ),
        Variant(
            "glued", discord_glued, nicks=True, **{**_PLAIN, "multiline": True}, days=1, crosses_midnight=True, relative=True
        ),
        Variant("compact", discord_compact, nicks=True, **{**_PLAIN, "edits": True}),
    ],
    "mattermost": [
        Variant("pictures", mattermost, nicks=True, reactions=False, decorated=False),
        Variant("no pictures", lambda d, m: mattermost(d, m, pictures=False), reactions=False),
        Variant("24 h", lambda d, m: mattermost(d, m, clock=h24), nicks=True, reactions=False, decorated=False),
        Variant("days", mattermost, nicks=True, reactions=False, decorated=False, days=5, crosses_midnight=True, relative=True),
    ],
    "terminal": [
        Variant("irssi", irssi, nicks=True, **_PLAIN, days=2, crosses_midnight=True),
        Variant("irssi, system", lambda d, m: irssi(d, m, system=True), nicks=True, **_PLAIN),
        Variant("irssi, midnight", lambda d, m: irssi(d, m, days=False), nicks=True, **_PLAIN, crosses_midnight=True),
        Variant(
            "[time] <nick>", lambda d, m: irssi(d, m, form="[{:%H:%M}] <{}> {}"), nicks=True, **_PLAIN, crosses_midnight=True
        ),
        Variant(
            "seconds <nick>",
            lambda d, m: irssi(d, m, form="{:%H:%M:%S} <{}> {}"),
            nicks=True,
            **_PLAIN,
            seconds=True,
            crosses_midnight=True,
        ),
        Variant("weechat", weechat, nicks=True, **_PLAIN),
        Variant(
            "weechat, seconds",
            lambda d, m: weechat(d, m, time="%H:%M:%S"),
            nicks=True,
            **_PLAIN,
            seconds=True,
            crosses_midnight=True,
        ),
        Variant("time nick:", lambda d, m: irssi(d, m, form="{:%H:%M} {}: {}"), nicks=True, **_PLAIN),
    ],
    "whatsapp": [
        Variant("ios", whatsapp, **_PLAIN, seconds=True, days=3, crosses_midnight=True),
        Variant("us", lambda d, m: whatsapp(d, m, form=us_whatsapp), **_PLAIN, days=3, crosses_midnight=True),
    ],
    "zoom": [
        Variant("old", zoom, **_PLAIN, seconds=True),
        Variant("new", lambda d, m: zoom(d, m, new=True), **_PLAIN, seconds=True),
    ],
    "google-chat": [
        Variant(
            "one line", google_chat, bots=False, reactions=False, grouping=False, days=3, crosses_midnight=True, relative=True
        ),
        Variant(
            "three lines",
            lambda d, m: google_chat(d, m, three_lines=True),
            bots=False,
            reactions=False,
            grouping=False,
            relative=True,
        ),
    ],
    "mail": [Variant("headers", mail_headers, **_PLAIN, days=3, crosses_midnight=True)],
}

# Written before the parser; not looked at while it was improved.


def german_discord(_draw, messages):
    today, out = messages[-1].at.date(), []
    for m in messages:
        gone = (today - m.at.date()).days
        stamp = (
            f"heute um {m.at:%H:%M} Uhr"
            if gone == 0
            else f"gestern um {m.at:%H:%M} Uhr"
            if gone == 1
            else f"{m.at:%d.%m.%Y %H:%M}"
        )
        out.append(f"{m.name} — {stamp}\n{m.text}{' (bearbeitet)' if m.edited else ''}\n")
    return "".join(out)


def french_teams(_draw, messages):
    return "".join(f"[{m.at:%H:%M}] {m.name}\n\n{m.text}\n\n\n" for m in messages)


def trimmed(render):
    return lambda draw, messages: "".join(line.strip() + "\n" for line in render(draw, messages).split("\n"))


def no_blank_lines(render):
    return lambda draw, messages: "".join(line + "\n" for line in render(draw, messages).split("\n") if line.strip())


def slack_compact(_draw, messages):
    return "".join(f"{twelve(m.at)}\n{m.name}\n{m.text}\n" for m in messages)


def rocket_chat(_draw, messages):
    return "".join(f"{m.name}\n{m.name.lower().split()[0]}\n{twelve(m.at)}\n{m.text}\n\n" for m in messages)


def hexchat(_draw, messages):
    out = []
    for m in messages:
        lines = [line for line in m.text.split("\n") if line.strip()]
        out.append(f"{m.at:%b %d %H:%M:%S} <{m.name}>\t{lines[0]}\n")
        out.extend(f"{m.at:%b %d %H:%M:%S} <{m.name}>\t{line}\n" for line in lines[1:0])
    return "".join(out)


def weechat_log(_draw, messages):
    return "".join(f"{m.at:%Y-%m-%d %H:%M:%S}\t{m.name}\t{m.text}\n" for m in messages)


def pidgin(_draw, messages):
    return "".join(f"({m.at:%H:%M:%S}) {m.name}: {m.text}\n" for m in messages)


def skype(_draw, messages):
    return "".join(f"[{m.at.month}/{m.at.day}/{m.at.year} {twelve(m.at)}] {m.name}: {m.text}\n" for m in messages)


def webex(_draw, messages):
    return "".join(f"{m.name} {m.at.month}/{m.at.day}/{m.at:%y}, {twelve(m.at)}\n{m.text}\n\n" for m in messages)


def element(_draw, messages):
    return "".join(f"{m.at:%a, %b %d %Y %H:%M:%S}\n{m.name}\n{m.text}\n\n\n" for m in messages)


HELD_OUT = {
    "slack": [
        Variant("trimmed", trimmed(slack_two_lines), replies=True),
        Variant("trimmed, 24 h", trimmed(lambda d, m: slack_two_lines(d, m, clock=h24, bare=h24))),
        Variant("no blank lines", no_blank_lines(slack_two_lines), replies=True, days=3, crosses_midnight=True, relative=True),
        Variant("lower-case pm", lambda d, m: slack_one_line(d, m, clock=lambda at: twelve(at, "", upper=False), between=" ")),
        Variant("one line, 24 h", lambda d, m: slack_one_line(d, m, clock=h24, bare=h24)),
        Variant("compact", slack_compact, **_PLAIN),
    ],
    "teams": [
        Variant("brackets, 24 h", french_teams, **_PLAIN),
        Variant(
            "new, British",
            lambda d, m: teams_new(d, m, dated=True, clock=lambda at: twelve(at, upper=False), day_style="uk"),
            bots=False,
            days=9,
            crosses_midnight=True,
            relative=True,
        ),
        Variant("new, trimmed", no_blank_lines(lambda d, m: teams_new(d, m, previews=False)), bots=False, grouping=False),
        Variant("brackets, CRLF", crlf(teams_brackets), bots=False, edits=False, grouping=False),
    ],
    "discord": [
        Variant(
            "German",
            german_discord,
            nicks=True,
            decorated=False,
            reactions=False,
            bots=False,
            grouping=False,
            days=4,
            crosses_midnight=True,
            relative=True,
        ),
        Variant(
            "British",
            lambda d, m: discord_cozy(d, m, clock=h24, day_style="uk"),
            nicks=True,
            decorated=False,
            grouping=False,
            days=9,
            crosses_midnight=True,
            relative=True,
        ),
        Variant(
            "no dash",
            lambda d, m: discord_cozy(d, m, dash=" ", badge=" BOT"),
            nicks=True,
            decorated=False,
            grouping=False,
            days=4,
            crosses_midnight=True,
            relative=True,
        ),
        Variant("compact, blank", lambda d, m: discord_compact(d, m, space=" ", clock=h24), nicks=True, **_PLAIN),
    ],
    "mattermost": [
        Variant(
            "24 h, people",
            lambda d, m: mattermost(d, m, clock=h24, pictures=False),
            reactions=False,
            days=3,
            crosses_midnight=True,
            relative=True,
        ),
        Variant("trimmed", no_blank_lines(mattermost), nicks=True, reactions=False, decorated=False),
        Variant("rocket.chat", rocket_chat, **_PLAIN),
    ],
    "terminal": [
        Variant("hexchat", hexchat, nicks=True, **{**_PLAIN, "multiline": False}, seconds=True, days=3, crosses_midnight=True),
        Variant(
            "weechat log",
            weechat_log,
            nicks=True,
            **{**_PLAIN, "multiline": False},
            seconds=True,
            days=3,
            crosses_midnight=True,
        ),
        Variant("pidgin", pidgin, nicks=True, **_PLAIN, seconds=True, crosses_midnight=True),
        Variant("weechat, ops", lambda d, m: weechat(d, m, prefix="@", time="%H:%M:%S"), nicks=True, **_PLAIN, seconds=True),
        Variant("[seconds] nick:", lambda d, m: irssi(d, m, form="[{:%H:%M:%S}] {}: {}"), nicks=True, **_PLAIN, seconds=True),
    ],
    "others": [
        Variant(
            "whatsapp ios",
            lambda d, m: whatsapp(d, m, form=ios_whatsapp),
            **_PLAIN,
            seconds=True,
            days=3,
            crosses_midnight=True,
        ),
        Variant("skype", skype, **_PLAIN, days=3, crosses_midnight=True),
        Variant("webex", webex, **_PLAIN, days=3, crosses_midnight=True),
        Variant("element", element, **_PLAIN, seconds=True, days=3, crosses_midnight=True),
        Variant("telegram", telegram, **_PLAIN, days=3, crosses_midnight=True),
    ],
}
