"""What the shop, its teams, alerts and channels are called in one recording: all chosen by the seed."""

from __future__ import annotations

import random
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Team:
    """A team that is on call; `receiver` is Alertmanager's, `channel` where its pages appear."""

    name: str
    receiver: str
    channel: str


@dataclass(frozen=True)
class Scene:
    """The names of one recording."""

    company: str
    web: str
    payments: str
    database: str
    database_owner: str
    first_team: Team
    right_team: Team
    error_alert: str
    slow_alert: str
    sustained_alert: str
    deploys_channel: str
    support_channel: str
    general_channel: str
    random_channel: str
    incident_channel: str
    pager_bot: str
    page_text: str
    resolved_text: str
    deploy_text: str
    environment: str
    severity: str
    deploy_bot: str
    incident_bot: str
    incident_number: str
    log_timezone: str
    log_line_prefix: str
    log_time_key: str
    subject: str
    version_parts: list[int] = field(default_factory=list)

    def next_version(self) -> str:
        """Give the next release's name; counts up."""
        self.version_parts[-1] += 1
        return ".".join(str(part) for part in self.version_parts)

    def version(self) -> str:
        """Give the newest release's name."""
        return ".".join(str(part) for part in self.version_parts)

    def link(self, what: str) -> str:
        """Somewhere in the company's own tools."""
        return f"https://{what}.{self.company}.example"


def scene(rng: random.Random, first: str, right: str) -> Scene:
    """Give the scene whose first-paged team is called `first` and whose concerned team `right`."""
    company = rng.choice(("shop", "northwind", "papershop", "marigold", "tinbox", "lanternbooks"))
    receivers = rng.choice(("{}-oncall", "oncall-{}", "pager-{}", "{}"))
    channels = rng.choice(("alerts-{}", "{}-alerts", "team-{}", "{}-oncall", "ops-{}"))
    start = rng.choice(([rng.randint(180, 900)], [rng.randint(1, 4), rng.randint(3, 40), rng.randint(0, 9)]))
    return Scene(
        company=company,
        web=rng.choice(("storefront", "shop-web", "web", "shopfront", "checkout-api", "shop-api")),
        payments=rng.choice(("payments", "payment-gateway", "paygate", "billing-gw", "charger")),
        database=rng.choice(("shop", "store", "commerce", "maindb")),
        database_owner=rng.choice(("app", "shop_app", "service", "dbadmin")),
        first_team=Team(first, receivers.format(first), channels.format(first)),
        right_team=Team(right, receivers.format(right), channels.format(right)),
        error_alert=rng.choice(
            ("HighErrorRatio", "HttpErrorsHigh", "ShopErrorBudgetBurn", "Http5xxRatio", "CheckoutErrors", "WebErrorRateHigh")
        ),
        slow_alert=rng.choice(("SlowRequests", "LatencyP95High", "HighLatency", "ResponseTimeDegraded")),
        sustained_alert=rng.choice(
            ("ErrorsSustained", "OrdersStalled", "CustomerImpactEscalation", "ErrorsNotRecovering", "OrderRateLow")
        ),
        deploys_channel=rng.choice(("deploys", "releases", "shipping", "ci-deploys")),
        support_channel=rng.choice(("support", "customer-support", "helpdesk", "cs-escalations")),
        general_channel="general",
        random_channel=rng.choice(("random", "watercooler", "kitchen", "offtopic")),
        incident_channel=rng.choice(("inc-{}-checkout", "incident-{}", "inc{}", "sev-{}")).format(rng.randint(31, 480)),
        pager_bot=rng.choice(("Pager", "pagebot", "Oncall Bot", "AlertRelay")),
        page_text=rng.choice(
            (
                "Paging {who} ({team} on call)",
                "*Triggered*, page sent to {who} ({team})",
                ":pager: {team}: {who} paged",
                "{who} you have a page",
            )
        ),
        resolved_text=rng.choice(("Resolved", "*Resolved*", ":white_check_mark: alert cleared", "Recovered")),
        deploy_text=rng.choice(
            (
                "{icon} {action} {service} {version} ({commit}) {status} by {user}",
                "{icon} `{service}` {version}: {action} {status} ({user})",
                "{icon} [{status}] {action} of {service}@{version} by {user}",
                "{user}: {action} {service} {version} {status} {icon}",
            )
        ),
        environment=rng.choice(("", "", "prod", "production", "eu-1")),
        severity=rng.choice(("page", "critical", "sev2", "high")),
        deploy_bot=rng.choice(("deploybot", "Shipit", "Deploys", "ci")),
        incident_bot=rng.choice(("incident-bot", "Incidents", "firedrill")),
        incident_number=str(rng.randint(31, 480)),
        log_timezone=rng.choice(("UTC", "UTC", "Etc/UTC", "Europe/Berlin", "Europe/London")),
        log_line_prefix=rng.choice(
            ("%m [%p] %q%u@%d %a ", "%m [%p] %q[user=%u,db=%d,app=%a] ", "%m [%p]: %q%a ", "%t [%p] %q%u@%d ")
        ),
        log_time_key=rng.choice(("ts", "time", "timestamp", "@timestamp")),
        subject=rng.choice(("imperative", "scoped", "conventional", "numbered")),
        version_parts=list(start),
    )
