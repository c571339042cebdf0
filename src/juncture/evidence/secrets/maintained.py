"""The rules of detect-secrets, a maintained detector (https://github.com/Yelp/detect-secrets), used where they are precise.

Its plugins are asked for their patterns only, and imported only once a text holds one of the anchors below: running them line
by line costs a millisecond a line, and importing them a fifth of a second. Its rules for keywords and entropy are not used:
`assigned` reads the same with fewer false alarms.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from functools import cache

from juncture.evidence.secrets.rules import Span

_PLUGINS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("aws", "AWSKeyDetector", "AWS access key", ("akia", "abia", "acca")),
    ("azure_storage_key", "AzureStorageKeyDetector", "Azure storage key", ("accountkey=",)),
    ("github_token", "GitHubTokenDetector", "GitHub token", ("ghp_", "gho_", "ghu_", "ghs_", "ghr_")),
    ("gitlab_token", "GitLabTokenDetector", "GitLab token", ("glpat-", "gldt-", "glft-", "glsoat-", "glrt-", "gr1348941")),
    ("jwt", "JwtTokenDetector", "JSON Web Token", ("eyj",)),
    ("npm", "NpmDetector", "npm token", ("_authtoken",)),
    ("openai", "OpenAIDetector", "model service key", ("t3blbkfj",)),
    ("private_key", "PrivateKeyDetector", "private key", ("putty-user-key-file",)),
    ("pypi_token", "PypiTokenDetector", "PyPI token", ("pypi-ag",)),
    ("sendgrid", "SendGridDetector", "SendGrid key", ("sg.",)),
    ("slack", "SlackDetector", "Slack token", ("xox", "hooks.slack.com/")),
    ("square_oauth", "SquareOAuthDetector", "payment service key", ("sq0csp-",)),
    ("stripe", "StripeDetector", "Stripe key", ("k_live_",)),
    ("telegram_token", "TelegramBotTokenDetector", "Telegram bot token", (":aa",)),
    ("cloudant", "CloudantDetector", "database password", ("cloudant",)),
    ("ibm_cos_hmac", "IbmCosHmacDetector", "storage key", ("cos_hmac", "cos-hmac", "coshmac")),
    ("softlayer", "SoftlayerDetector", "cloud key", ("softlayer",)),
)  # fmt: skip
ANCHORS = {anchor: module for module, _, _, anchors in _PLUGINS for anchor in anchors}
"""The plugin's module for each anchor."""
BEFORE, STEP, AFTER = 100, 500, 1000
"""Characters before an anchor that are searched, those within which a next anchor is searched too, and those behind."""
_WORD = re.compile(r"[A-Za-z0-9_]")


def maintained(text: str, at: int, module: str) -> Iterator[Span]:
    """Yield what a plugin's rules find around a place in a text, but not in the middle of a longer word.

    Its patterns are made for lines of code; in a megabyte without a gap they would take minutes, so they get a stretch.
    """
    kind, patterns = _rules(module)
    for pattern in patterns:
        for match in pattern.finditer(text, max(0, at - BEFORE), at + STEP + AFTER):
            last = match.lastindex
            start, end = match.span(last) if last and len(match[last] or "") > 8 else match.span()
            if end > start and not _WORD.match(text[start - 1 : start]) and not _WORD.match(text[end : end + 1]):
                yield start, end, kind


@cache
def _rules(wanted: str) -> tuple[str, tuple[re.Pattern[str], ...]]:
    plugin, kind = next((plugin, kind) for module, plugin, kind, _ in _PLUGINS if module == wanted)
    detector = getattr(importlib.import_module(f"detect_secrets.plugins.{wanted}"), plugin)
    return kind, tuple(detector.denylist)
