"""From lines of text to log entries: levels, programs, and the lines that continue the one before."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from juncture.evidence.artefact import Artefact, Line
from juncture.evidence.colours import without_colours
from juncture.evidence.log_record import TEXT_LIMIT, LogRecord, place_of
from juncture.evidence.reader import Found
from juncture.evidence.stamps import Stamp, Stamps
from juncture.evidence.times import Span
from juncture.model.evidence import LeftOut

KEPT_CONTINUATIONS = 12
"""Lines of a stack trace or statement that are kept in the text; the citation covers all."""
RAW_LIMIT = 1000
"""Characters of a line that make its identity."""

_LEVELS = {
    "debug": "trace trc debug dbg fine finer finest verbose vrb debug1 debug2 debug3 debug4 debug5 d t v",
    "info": "info inf information informational notice log config system detail note i n",
    "warning": "warn warning wrn w",
    "error": "error err eror severe e",
    "fatal": "fatal critical crit panic emerg emergency alert dpanic f c",
}
LEVEL_OF = {word: level for level, words in _LEVELS.items() for word in words.split()}
"""The level, in Juncture's five words, of what programs write."""
SYSLOG_LEVELS = ("fatal", "fatal", "fatal", "error", "warning", "info", "info", "debug")
"""By RFC 5424 severity."""

_LOUD = (
    "TRACE|DEBUG[1-5]?|VERBOSE|INFO(?:RMATION)?|NOTICE|WARN(?:ING)?|ERROR|ERR|FATAL"
    "|CRIT(?:ICAL)?|EMERG(?:ENCY)?|PANIC|SEVERE|FINE(?:R|ST)?"
)
_LEVEL = re.compile(
    rf"""(?x)
    (?: ^ | [\s\[(<|=:"{{,] )
    (?: (?P<loud> {_LOUD} ) (?= [\s\])>|:,"}}-] | $ ) | (?P<colon> (?:LOG|ALERT|CONFIG) ) (?= [:\]] ) )
    | [\[(<|]\s? (?P<closed> (?i: {_LOUD}|EROR|DBG|INF|WRN|TRC|ALERT|NOTE|SYSTEM|[DIWEFCTVN] ) ) \s?[\])>:|]
    | \b (?:level|lvl|severity|loglevel|log\.level) = "? (?P<named> \w+ )
    | ^\s* (?P<first> (?i: {_LOUD} ) ) (?= \s*[:,|-] | \s{{2,}} )
    """
)
_LEVEL_WITHIN = 120
_JUNK = re.compile(r"""^[\])}>"'\s|:,;-]+(?<!-)(?=.)|^[\])}>"'\s|:,;]+""")
_CONTAINER = re.compile(r"^(?:stdout|stderr)\s[FP]\s")
_PROCESS = re.compile(r"^\[\d+(?:[-:]\d+)?\]:?\s+|^\d+#\d+:\s+")
_SYSLOG = re.compile(r"^\s(?P<host>[\w.:-]+)\s(?P<program>[A-Za-z_][\w./()@-]*)(?P<pid>\[\d+\])?:\s?(?P<message>.*)", re.DOTALL)
_RFC5424 = re.compile(
    r'^\s(?P<host>\S+)\s(?P<program>\S+)\s\S+\s\S+\s(?:-|(?:\[(?:[^\]"]|"(?:[^"\\]|\\.)*")*\])+)\s?(?P<message>.*)', re.DOTALL
)
_PRIORITY = re.compile(r"^<(?P<value>\d{1,3})>(?P<version>\d)?")
_REQUEST = re.compile(r'"(?P<method>[A-Z]{3,10})\s(?P<path>\S+)(?:\sHTTP/[\d.]+)?"\s(?P<status>\d{3})\b')
_POSTGRESQL = re.compile(r"(?:^|\s)(?P<word>DEBUG[1-5]?|INFO|NOTICE|WARNING|ERROR|LOG|FATAL|PANIC):\s\s")
_POSTGRESQL_MORE = re.compile(r"(?:^|\s)(?:DETAIL|HINT|STATEMENT|CONTEXT|QUERY|LOCATION|BACKTRACE):\s\s")
_POSTGRESQL_CSV = re.compile(
    r'^,"?[^",]*"?,"?[^",]*"?,\d*,(?:"[^"]*")?,[\w.]*,\d*,(?:"[^"]*")?,[^,]*,[^,]*,\d*,'
    r'(?P<word>[A-Z]+[1-5]?),\w{5},"(?P<message>(?:[^"]|"")*)'
)
"""The columns of `log_destination = csvlog` from the user to the message (PostgreSQL manual, 20.8.4)."""
_LOGFMT_MESSAGE = re.compile(r'(?:^|\s)(?:msg|message|event)=(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<bare>\S*))')
_LOGFMT_KNOWN = re.compile(
    r'(?:^|(?<=\s))(?:level|lvl|severity|msg|message|event|time|ts|timestamp|logger|caller)=(?:"(?:[^"\\]|\\.)*"|\S*)\s?'
)
_LOGFMT_SERVICE = re.compile(r'(?:^|\s)(?:service|app|component|program)=(?:"([^"]+)"|(\S+))')
_KLOG = re.compile(r"^\s+\d+\s(?P<file>[\w.-]+:\d+)\]\s")
_REDIS = re.compile(r"^\s(?P<mark>[.*#-])\s")
_REDIS_LEVELS = {".": "debug", "-": "info", "*": "info", "#": "warning"}
_SERVICE_LEAD = re.compile(r"^(?P<service>[\w.@/-]+)\s*\|\s")
_FRAME = re.compile(r"^\s+(?:at\s|File\s\"|from\s|in\s|\.\.\.|#\d|~|\^|\S+:\d+)")
"""Of a stack trace. Anything else that stands indented right below a line is its message (the console of .NET)."""
_NOISE_OF_A_TRACE = re.compile(r"^\s|^Traceback|^\.\.\. \d+ (?:more|common)|^goroutine \d|^\S+\.go:\d+")


def log_records(artefact: Artefact, stamps: Stamps) -> Iterator[LogRecord | Found]:
    """Yield the entries of a text log in its order; lines without a time continue the entry before.

    Lines before the first time, and lines with a time that no calendar has, are counted as left out.
    """
    pending: _Entry | None = None
    before, broken, cut = _Counted(), _Counted(), _Counted()
    for line in map(_plain, artefact.lines()):
        if line.cut:
            cut.add(line.number)
        stamp = stamps.find(line.text)
        if stamp is None:
            if pending is not None:
                pending.add(line)
            elif line.text.strip("\x00 \t\r"):
                before.add(line.number)
            continue
        if stamp.span is None:
            broken.add(line.number)
            continue
        if pending is not None and (more := _POSTGRESQL_MORE.search(line.text, stamp.end, stamp.end + _LEVEL_WITHIN)):
            pending.add(line, more.start())
            continue
        if pending is not None:
            yield pending.record()
        pending = _Entry(line, stamp, stamp.span)
    if pending is not None:
        yield pending.record()
    yield from before.left_out(artefact, "lines without a time, before the first that has one")
    yield from broken.left_out(artefact, "lines with a time that no calendar or clock has", damaged=True)
    yield from cut.left_out(artefact, "lines longer than 1 MB, of which only the beginning was read", damaged=True)
    yield from stamps.notes


def _plain(line: Line) -> Line:
    return line._replace(text=without_colours(line.text)) if "\x1b" in line.text else line


class _Counted:
    def __init__(self) -> None:
        self._first = 0
        self._count = 0

    def add(self, number: int) -> None:
        self._first = self._first or number
        self._count += 1

    def left_out(self, artefact: Artefact, why: str, *, damaged: bool = False) -> Iterator[LeftOut]:
        if self._count:
            yield LeftOut(artefact.at(f"line:{self._first}"), why, count=self._count, damaged=damaged)


class _Entry:
    """An entry that may still be continued."""

    def __init__(self, line: Line, stamp: Stamp, span: Span) -> None:
        self._number = self._last = line.number
        self._line = line.text[: 2 * TEXT_LIMIT]
        self._stamp = stamp
        self._span = span
        self._more: list[str] = []

    def add(self, line: Line, start: int = 0) -> None:
        text = line.text[start : start + TEXT_LIMIT].replace("\x00", "")
        if not text.strip():
            return
        self._last = line.number
        follows = self._last == self._number + 1
        noise = _FRAME if follows and text[:1].isspace() else _NOISE_OF_A_TRACE
        if len(self._more) < KEPT_CONTINUATIONS and not (start == 0 and noise.match(text)):
            self._more.append(_PROCESS.sub("", text.strip()))

    def record(self) -> LogRecord:
        lead = self._line[: self._stamp.start]
        rest = self._line[self._stamp.end :].replace("\x00", "")
        parsed = parse(lead, rest)
        text = "\n".join((parsed.text, *self._more))[:TEXT_LIMIT]
        return LogRecord(
            span=self._span,
            text=text,
            message=parsed.message,
            raw=self._line[:RAW_LIMIT],
            place=place_of(self._number, self._last),
            lines=(self._number, self._last),
            level=parsed.level,
            service=parsed.service,
        )


class Parsed:
    """A line without its stamp: what people read, what templates are made of, the level and the program."""

    __slots__ = ("level", "message", "service", "text")

    def __init__(self, text: str, message: str = "", level: str | None = None, service: str | None = None) -> None:
        self.text = text
        self.message = message or text
        self.level = level
        self.service = service


def parse(lead: str, rest: str) -> Parsed:
    """Return what a line says, given what stands before its stamp and what stands behind it."""
    if (table := _POSTGRESQL_CSV.match(rest)) and (level := LEVEL_OF.get(table["word"].lower())):
        message = table["message"].replace('""', '"')
        return Parsed(message if table["word"] == "LOG" else f"{table['word']}: {message}", level=level, service="postgresql")
    if request := _REQUEST.search(rest):
        return _request(request)
    if (named := _LOGFMT_MESSAGE.search(rest)) and "=" in lead + rest[: named.start() + 4]:
        return _logfmt(named, lead, rest)
    priority = _PRIORITY.match(lead)
    level = SYSLOG_LEVELS[int(priority["value"]) & 7] if priority else None
    syslog = _RFC5424.match(rest) if priority and priority["version"] else _SYSLOG.match(rest)
    if syslog and (priority or not lead.strip()) and _is_syslog(syslog, rest):
        program = syslog["program"].rsplit("/", 1)[-1]
        message = syslog["message"].lstrip("\ufeff")
        return Parsed(f"{syslog['host']} {program}: {message}", f"{program}: {message}", level_in(message) or level, program)
    if redis := _REDIS.match(rest):
        return Parsed(rest[redis.end() :], level=_REDIS_LEVELS[redis["mark"]], service="redis")
    if klog := _KLOG.match(rest):
        return Parsed(rest[klog.end() :], level=LEVEL_OF.get(lead[-1:].lower()))
    text = _PROCESS.sub("", _CONTAINER.sub("", _without_junk(rest)))
    if postgresql := _POSTGRESQL.search(text[:_LEVEL_WITHIN]):
        return _postgresql(text, postgresql)
    own = _SERVICE_LEAD.match(lead)
    level = level_in(text) or level_in(lead) or level
    return Parsed(text or lead.strip(), level=level, service=own["service"] if own else None)


def level_in(text: str) -> str | None:
    """Return the level that a line names near its start, in Juncture's words, None if it names none."""
    match = _LEVEL.search(text, 0, _LEVEL_WITHIN)
    return LEVEL_OF.get(match[match.lastgroup or 0].lower()) if match else None


def _is_syslog(match: re.Match[str], rest: str) -> bool:
    """Return whether it is a host and a program with a colon; `INFO worker: up` is none."""
    host = match["host"]
    return host.strip("[]():").lower() not in LEVEL_OF and not host.endswith((":", ",")) and not rest.startswith("  ")


def _request(match: re.Match[str]) -> Parsed:
    method, path, status = match["method"], match["path"], match["status"]
    route = path.split("?", 1)[0]
    return Parsed(f"{method} {path} {status}", f"{method} {route} status={status}", "error" if status[0] == "5" else "info")


def _logfmt(named: re.Match[str], lead: str, rest: str) -> Parsed:
    said = named["quoted"] if named["quoted"] is not None else named["bare"]
    said = re.sub(r"\\([\"\\nt])", lambda escape: {"n": " ", "t": " "}.get(escape[1], escape[1]), said)
    others = _LOGFMT_KNOWN.sub("", _without_junk(rest)).strip()
    service = _LOGFMT_SERVICE.search(lead) or _LOGFMT_SERVICE.search(rest)
    text = f"{said} {others}".strip()
    return Parsed(text, level=level_in(lead) or level_in(rest), service=(service[1] or service[2]) if service else None)


def _postgresql(text: str, match: re.Match[str]) -> Parsed:
    """Return a line of the server's own log; its session's prefix (user, database, application) is no part of the template."""
    word, message = match["word"], text[match.end() :]
    said = message if word == "LOG" else f"{word}: {message}"
    prefix = text[: match.start()].strip(" :")
    return Parsed(f"{prefix} {said}".strip(), said, LEVEL_OF[word.lower()], "postgresql")


def _without_junk(text: str) -> str:
    """Return the text without the marks that close or separate the stamp."""
    return _JUNK.sub("", text).rstrip()


def share_of_levels(lines: Iterable[str], stamps: Stamps) -> tuple[int, int, int]:
    """Return of the lines that are not blank: how many there are, how many have a stamp, how many look like a program's.

    A program's line has a level, a program with its process, a request, or a server's marks.
    """
    total = stamped = marked = 0
    for line in lines:
        if not line.strip():
            continue
        total += 1
        stamp = stamps.find(line)
        if stamp is not None and stamp.span is not None:
            stamped += 1
            parsed = parse(line[: stamp.start], line[stamp.end :])
            marked += parsed.level is not None or parsed.service is not None
    return total, stamped, marked
