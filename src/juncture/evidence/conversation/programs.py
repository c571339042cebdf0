"""Whether a program speaks, and whether what it says is an alert."""

from __future__ import annotations

import re

_MONITORING = re.compile(
    r"pager\s?duty|alert|opsgenie|datadog|grafana|prometheus|sentry|victorops|splunk|nagios|icinga|zabbix|new\s?relic|cloudwatch"
    r"|uptime|pingdom|statuscake|honeycomb|dynatrace|checkly|rootly|incident\.?io|firehydrant|monitor|watchdog|healthchecks",
    re.IGNORECASE,
)
_ALERT_MARK = re.compile(
    r"\[?\b(?:FIRING|RESOLVED|ALERT|ALERTING|TRIGGERED|CRITICAL|PROBLEM|RECOVERY|RECOVERED|NO DATA"
    r"|OUTAGE|DOWN|WARNING|SEV-?\d)\b(?::\d+)?\]?"
)
_ALERT_WORDS = re.compile(
    r"\b(?:alert|alarm|firing|triggered|resolved|acknowledged|escalated|incident\s#?\d|is (?:down|up|critical|unhealthy)"
    r"|has recovered|threshold|monitor)\b",
    re.IGNORECASE,
)


def reads_as_alert(text: str, author: str = "") -> bool:
    """Return whether a program's message tells of an alert: by its marks, or an alert's words from a monitoring program."""
    start = text[:300]
    if _ALERT_MARK.search(start):
        return True
    return bool(_MONITORING.search(author) and _ALERT_WORDS.search(start))
