"""Secrets that are known by the name before them: `DB_PASSWORD=…`, `"token": "…"`, `the password is …`, `?access_token=…`.

What a name asks of its value differs: a password may be any word, a token looks made by a machine, and in a sentence both
have to look like more than one of its words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from juncture.evidence.secrets.rules import Span
from juncture.evidence.secrets.values import is_chosen, is_identifier, is_random, is_real

_SUFFIX = (
    r"(?:[_-]?(?:\d{1,3}|prod(?:uction)?|stag(?:e|ing)|dev|test|live|old|new|prev(?:ious)?|current|primary|secondary|value|"
    r"plain(?:text)?|raw|b64|base64|hex|encoded))?(?![\w]|-(?!>))"
)


class _Name(NamedTuple):
    kind: str
    pattern: re.Pattern[str]
    before: re.Pattern[str] | None
    """What has to stand before the word for it to name a secret."""
    loose: bool
    """Whether any word may be the value where it is assigned."""


def _name(kind: str, word: str, *, before: str = "", loose: bool = False) -> _Name:
    return _Name(
        kind,
        re.compile(word + _SUFFIX, re.IGNORECASE),
        re.compile(f"(?:{before})$", re.IGNORECASE) if before else None,
        loose,
    )


_API_KEY = (
    r"(?:api|app(?:lication)?|access|secret|private|auth|account|encryption|encrypt|signing|sign|master|shared|storage|service|"
    r"integration|license|licence|subscription|routing|deploy|consumer|client|webhook|ingest(?:ion)?|server|write|read|admin|"
    r"project|instrumentation|cipher|crypt(?:o)?|hmac|jwt|session|symmetric|aes|rails_master|function|host)[_\- .]?"
)
_WHOLE = r"(?:^|[^A-Za-z0-9])"
NAMES: dict[str, tuple[_Name, ...]] = {
    "pass": (
        _name("password", r"pass(?:words?|wd|[ -]?phrase|[ -]?code|wort|worten)", loose=True),
        _name("password", r"pass", before=r"(?:[_.]|[a-z](?=$)|--|db|sql|user|root|admin|my)", loose=True),
        _name("password", r"pass(?:e)?", before=_WHOLE),
    ),
    "psk": (_name("password", r"psk", before=_WHOLE + r"|[_.-]", loose=True),),
    "pwd": (_name("password", r"pwd", before=_WHOLE + r"|[_.-]|db|user|old|new|admin|sql", loose=True),),
    "pw": (_name("password", r"pw", before=_WHOLE + r"|[_.-]|bind|root|user|db", loose=True),),
    "kennwort": (_name("password", r"kennwort", loose=True),),
    "contrase": (_name("password", r"contrase(?:ñ|n)a", loose=True),),
    "senha": (_name("password", r"senha", before=_WHOLE, loose=True),),
    "wachtwoord": (_name("password", r"wachtwoord", loose=True),),
    "парол": (_name("password", r"пароль", loose=True),),
    "密码": (_name("password", r"密码", loose=True),),
    "パスワード": (_name("password", r"パスワード", loose=True),),
    "secret": (_name("secret", r"secret(?:[_-]?(?:access[_-]?)?key(?:[_-]?base)?|[_-]?token|[_-]?string)?"),),
    "token": (_name("token", r"token"),),
    "key": (_name("API key", r"key", before=_API_KEY),),
    "auth": (_name("credentials", r"auth", before=r"(?:^|[^A-Za-z0-9])_?"),),
    "cred": (_name("credentials", r"cred(?:ential)?s?", before=_WHOLE),),
    "pin": (_name("PIN", r"pin(?:[ -]?code)?", before=_WHOLE),),
    "otp": (_name("PIN", r"otp(?:[ -]?code)?", before=_WHOLE),),
    "code": (_name("PIN", r"code", before=r"(?:2fa|mfa|otp|verification|backup|recovery|door|access|one-time|auth)[_\- ]"),),
    "sig": (_name("signature", r"sig(?:nature)?", before=r"[?&;](?:[xX]-(?:amz|goog|ms|oss|cos|obs)-)?"),),
    "credential": (_name("credentials", r"credential", before=r"[?&;][xX]-(?:amz|goog)-"),),
}
_OTHER_WORDS = (
    "next|page|pages|paging|pagination|continuation|sync|cursor|scroll|resume|start|end|eos|bos|pad|unk|sep|cls|mask|special|"
    "lexer|syntax|parse|unexpected|by|com|tres|sur|over|under|bi|en|encom|max|min|num|total|prompt|completion|idempotency|"
    "cancellation|fencing|test|tests|low|high|band|all"
)
_TITLED = "|".join(word.title() for word in _OTHER_WORDS.split("|"))
_NO_SECRET_BEFORE = re.compile(rf"(?:(?:^|[^A-Za-z])(?i:{_OTHER_WORDS})|{_TITLED})[_\-. ]?$|:\d{{10,14}}:$")
"""Names that end in `token` or `pass` without naming a secret: page tokens, a compiler's tokens, bypass, low-pass."""

_CLOSING = r"""\\{0,4}["'`\])*_]{0,3}[ \t]{0,8}"""
_ASSIGNED = re.compile(
    _CLOSING
    + r"""(?P<sign>:=|=>|->|→|={1,3}|::?|\uff1a|,(?=\\{0,4}["']))[ \t]{0,8}(?:[*_]{1,2}[ \t]{0,2})?(?:!!\w+ |[rbuf](?=["']))?"""
)
_FLAG = re.compile(r"""[ \t=]{1,3}""")
_TOLD = re.compile(
    r"""(?ix) ["'`*_]{0,2}
    (?:\s+(?:for|to|on|of|in|at)\s+(?:the\s+|our\s+)?[\w@./'-]{1,60}(?:\s+[\w@./'-]{1,40}){0,3}?)?
    [ \t]{0,3} (?:[ \t](?:is|was|are|will\ be|ist|est|es|reads|should\ be)\b | :{1,2} | ={1,2} | [-=]> | → |
        [ \t][\u2013\u2014-](?=[ \t]))[ \t]{0,4}
    (?:(?:now|still|currently|again|just|simply|probably|set\ to|changed\ to|reset\ to|always)[ \t:]+){0,2}[*_]{0,2}"""
)
_ADJACENT = re.compile(r"""[ \t]{1,3}(?=["'`]?[^\s:="'`])""")
_QUOTED = {
    '"': re.compile(r"""(?P<open>\\{0,8}")(?P<value>(?:\\.|[^"\\\n]){0,2000}?)(?P=open)"""),
    "'": re.compile(r"""(?P<open>\\{0,8}')(?P<value>(?:\\.|[^'\\\n]){0,2000}?)(?P=open)"""),
    "`": re.compile(r"""(?P<open>`{1,3})(?P<value>[^`\n]{0,2000})`"""),
    "“": re.compile(r"""(?P<open>[“„])(?P<value>[^”“\n]{0,2000})[”“]"""),
}
_QUOTED["„"] = _QUOTED["“"]
_BARE = re.compile(r"""(?P<value>[^\s"'`<>]{1,1000})""")
_OFFERED = re.compile(r"\b(?:user|login|with|use|using|try)\b[^\n]*$", re.IGNORECASE)
_NEXT_FIELD = re.compile(
    r"[;&,](?=\s*[\w .-]{0,40}=|\s*$|\s*[\w-]{1,40}:|;)|\\+[nrt](?=\W|$|[A-Z])|[)\]}]+[,;.]?$|(?<=\w)[,;|](?=\s|$)"
)
_TWO_GROUPS = re.compile(r"\d{3}[ -]\d{3}(?![\w-])")
_TRAILING = ".,;:)]}"


def assigned(text: str, at: int, anchor: str) -> Iterator[Span]:
    """Yield the value of the name in which `anchor` stands at a place of a text, if it is a secret."""
    for name in NAMES[anchor]:
        word = name.pattern.match(text, at)
        if word and (found := _value_of(text, at, word.end(), name)):
            yield (*found, name.kind)
            return


def _value_of(text: str, start: int, end: int, name: _Name) -> tuple[int, int] | None:
    before = text[max(0, start - 40) : start]
    if name.before and not name.before.search(before):
        return None
    if _NO_SECRET_BEFORE.search(before):
        return None
    sure = _sure(name, before, text[start:end])
    if (sign := _ASSIGNED.match(text, end)) and (span := _taken(text, sign.end(), sure, name, sign["sign"])):
        return span
    if re.search(r"(?:^|[\s\"'`])--?[\w.-]*$", before) and (flag := _FLAG.match(text, end)):
        return _taken(text, flag.end(), is_real if name.loose else is_chosen, name, "=")
    if (told := _TOLD.match(text, end)) and (span := _told(text, told.end(), name)):
        return span
    if adjacent := _ADJACENT.match(text, end):
        return _adjacent(text, adjacent.end(), before, name)
    return None


def _sure(name: _Name, before: str, word: str) -> Callable[[str], bool]:
    """Return what an assigned value has to be: of a password anything real, of an environment variable too."""
    shouted = word.isupper() and not before[-1:].islower()
    if name.kind == "PIN":
        return _is_pin
    if name.loose:
        return is_real
    if shouted and name.kind in ("secret", "token"):
        return lambda value: is_real(value) and not is_identifier(value)
    return lambda value: is_random(value) or (len(value) >= 8 and is_chosen(value))


def _taken(text: str, at: int, sure: Callable[[str], bool], name: _Name, sign: str) -> tuple[int, int] | None:
    span = _bounds(text, at)
    if span is None:
        return None
    value, quoted = text[slice(*span)], text[at : at + 6].lstrip("\\")[:1] in _QUOTED
    if not sure(value) or (name.loose and value.isdigit() and len(value) < 4):
        return None
    if not quoted and (sign in (":", "::", "->", "→", "=>") or text[at - 1 : at] == " "):
        # `password: reset failed` is a sentence; `password: letmein` at the end of a line is not.
        rest = text[span[1] : span[1] + 40].split("\n", 1)[0].lstrip(_TRAILING + " \t")
        if rest and not is_chosen(value) and not re.match(r"[\w.-]+\s?[:=]|[#/|<(\\]|$", rest):
            return None
    if name.kind == "token" and value.isdigit():
        return None
    return span


def _told(text: str, at: int, name: _Name) -> tuple[int, int] | None:
    """Return the value in a sentence: in quotes any that is no state, else one that looks like more than a word."""
    span = _bounds(text, at)
    if span is None:
        return None
    value = text[slice(*span)]
    if name.kind == "PIN":
        return span if _is_pin(value) else None
    quoted = text[at : at + 2].lstrip("\\")[:1] in _QUOTED
    if quoted and name.loose:
        words = len(value.split())
        return span if len(value) >= 4 and (words == 1 or 3 <= words <= 8) and is_real(value) else None
    if name.loose or name.kind == "credentials":
        if name.kind == "credentials":
            return _second_part(text, span)
        return span if is_chosen(value) or (value.isdigit() and len(value) >= 6) else None
    return span if is_random(value) and (len(value) >= 12 or quoted) else None


def _second_part(text: str, span: tuple[int, int]) -> tuple[int, int] | None:
    """Return the password of `admin / S3cret`, `admin:S3cret`."""
    pair = re.compile(r"[\w.@+-]{2,60}\s{0,2}[/:|,]\s{0,2}(?:(?:pw|password)\s)?[\"'`]?(?P<secret>[^\s\"'`]{5,})").match(
        text, span[0]
    )
    if pair is None or not is_chosen(pair["secret"].rstrip(_TRAILING)):
        return None
    return pair.start("secret"), pair.start("secret") + len(pair["secret"].rstrip(_TRAILING))


def _adjacent(text: str, at: int, before: str, name: _Name) -> tuple[int, int] | None:
    """Return the value right after the name: `user admin password Tr0ub4dor&3`, `api key 3f9a…`."""
    span = _bounds(text, at)
    if span is None or name.kind == "PIN":
        return None
    value = text[slice(*span)]
    quoted = text[at] in _QUOTED
    if name.kind == "password":
        strong = is_chosen(value) and (
            _is_strong(value) or bool(re.search(r"(?i)\b(?:user|login|with|use|using|try)\b[^\n]*$", before))
        )
        return span if (quoted and name.loose and is_chosen(value)) or strong else None
    plain = re.fullmatch(r"[A-Za-z0-9_+/=.~-]{20,}", value)
    return span if plain and is_random(value) and not _looks_like_id(value) else None


def _is_strong(value: str) -> bool:
    kinds = (
        any(char.isdigit() for char in value),
        any(char.isupper() for char in value[1:]),
        any(char.islower() for char in value),
        bool(re.search(r"[!@#$%^&*?+=~]", value)),
    )
    return len(value) >= 6 and sum(kinds) >= 3


def _looks_like_id(value: str) -> bool:
    return bool(re.fullmatch(r"[0-9a-f]{8}-[0-9a-f-]{27}", value, re.IGNORECASE))


def _is_pin(value: str) -> bool:
    digits = re.sub("[ -]", "", value)
    return digits.isdigit() and 4 <= len(digits) <= 10


def _bounds(text: str, at: int) -> tuple[int, int] | None:
    """Return where the value at `at` begins and ends, without its quotes or the sentence's own marks."""
    mark = text[at : at + 6].lstrip("\\")[:1]
    if number := _TWO_GROUPS.match(text, at):
        return number.span()
    if mark in _QUOTED and (match := _QUOTED[mark].match(text, at)):
        return match.span("value")
    match = _BARE.match(text, at + (1 if mark in _QUOTED else 0))
    if match is None:
        return None
    start, end = match.span("value")
    if cut := _NEXT_FIELD.search(text, start, end):
        end = cut.start()
    while end > start and text[end - 1] in _TRAILING:
        end -= 1
    return (start, end) if end > start else None
