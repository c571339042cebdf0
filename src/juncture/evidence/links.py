"""What free text speaks of: addresses, commits, pull requests and issues, alerts.

The timeline joins a message to what it names by these texts, so each is given in the one form that its source also uses:
a URL as written, a commit hash in lower case, `#412` or `owner/name#412`, an alert by its name.
"""

from __future__ import annotations

import re

LINKS_LIMIT = 50
"""Links taken from one text; a pasted log names thousands of things, and none of them matters after the first few."""

_LINK = re.compile(
    r"""(?x)
    (?P<url> \b(?:https?|ftp|ssh|slack|msteams):// [^\s<>"`|\\^{}\x00-\x1f]+ )
    | (?P<reference> (?<![\w/&#.-]) (?:[A-Za-z0-9][\w.-]{0,99}/[A-Za-z0-9_][\w.-]{0,99})? \#\d{1,9} (?![\w-]) )
    | \b(?:PR|MR|[Pp]ull\ request|[Mm]erge\ request|[Ii]ssue|GH)[\ -]?[#!]?(?P<number>\d{1,9}) (?![\w.:-]*\w)
    | (?<![\w!-])!(?P<merge_request>\d{1,9})(?![\w-])
    | (?<![\w:.-]) (?P<commit> [0-9a-f]{7,40} ) (?![\w-])
    | (?<![\w./:@-]) (?P<alert> [A-Z][a-z0-9]+(?:[A-Z]+[a-z0-9]*)+ ) (?![\w/-])
    """
)
_DIGITS = b"0123456789"
_CAPITAL_WITHIN = re.compile(r"[a-z0-9][A-Z]")
_SEVEN_DIGITS = re.compile(r"[0-9a-f]{7}")
_NUMBERED = ("!", "PR", "MR", "GH", "equest", "ssue")
_AFTER_COMMIT_WORD = re.compile(r"(?:\bcommit|\bsha|\brev|\brevision|\bhash)[:\s(`]{1,3}$", re.IGNORECASE)
_NO_ALERTS = frozenset(
    {
        "BitBucket",
        "CamelCase",
        "CloudFlare",
        "CloudFront",
        "CloudWatch",
        "CrowdStrike",
        "DataDog",
        "DevOps",
        "DigitalOcean",
        "DockerHub",
        "DynamoDB",
        "ElasticSearch",
        "FaceTime",
        "FireHydrant",
        "GitHub",
        "GitLab",
        "GraphQL",
        "IntelliJ",
        "JavaScript",
        "JetBrains",
        "LaTeX",
        "LinkedIn",
        "MacBook",
        "MacOS",
        "MariaDB",
        "McDonald",
        "MongoDB",
        "MySQL",
        "NewRelic",
        "OpenAI",
        "OpenSSL",
        "OpenShift",
        "OpenStack",
        "OpsGenie",
        "OpsLevel",
        "PagerDuty",
        "PayPal",
        "PostgreSQL",
        "PostgresQL",
        "PowerPoint",
        "PowerShell",
        "RabbitMQ",
        "RedHat",
        "ServiceNow",
        "SharePoint",
        "SignalFx",
        "SolarWinds",
        "StatusPage",
        "TeamCity",
        "TypeScript",
        "VictorOps",
        "WhatsApp",
        "WordPress",
        "YouTube",
    }
)


def links_in(text: str) -> tuple[str, ...]:
    """Return what `text` names, each once, in order of first mention; at most `LINKS_LIMIT`.

    - URLs, without the punctuation that follows them in a sentence
    - commit hashes of 7 to 40 digits that no other reading explains: letters and digits both, or after a word such as `commit`
    - `#412` and `owner/name#412`; `PR 412`, `issue 412`, `GH-412` and GitLab's `!412` are given as `#412`
    - names in the manner of alerts (`HighErrorRate`), products such as PagerDuty excepted
    """
    if not _may_name_something(text):
        return ()
    found: dict[str, None] = {}
    for match in _LINK.finditer(text):
        link = _named(match, text)
        if link:
            found[link] = None
            if len(found) == LINKS_LIMIT:
                break
    return tuple(found)


def _may_name_something(text: str) -> bool:
    """Return whether a slower look is worth it: most messages name nothing, and there are millions of them."""
    if "://" in text or "#" in text:
        return True
    if not text[1:].islower() and _CAPITAL_WITHIN.search(text):
        return True
    data = text.encode("utf-8", "replace")
    if len(data.translate(None, _DIGITS)) == len(data):
        return False
    return _SEVEN_DIGITS.search(text) is not None or any(mark in text for mark in _NUMBERED)


def _named(match: re.Match[str], text: str) -> str | None:
    kind, value = match.lastgroup, match[match.lastgroup or 0]
    if kind == "url":
        return _without_sentence_end(value)
    if kind == "reference":
        return value
    if kind in ("number", "merge_request"):
        return f"#{value}"
    if kind == "commit":
        if value.isalpha():
            return None
        return (
            value if not value.isdigit() or _AFTER_COMMIT_WORD.search(text, max(0, match.start() - 12), match.start()) else None
        )
    return None if value in _NO_ALERTS else value


def _without_sentence_end(url: str) -> str:
    """Return a URL without the marks that close the sentence or the bracket it stands in; its own brackets stay."""
    while url:
        last = url[-1]
        if last in ".,;:!?'*_~\u2026\u201d\u2019" or (
            last in ")]" and url.count(last) > url.count("(" if last == ")" else "[")
        ):
            url = url[:-1]
        else:
            break
    return url
