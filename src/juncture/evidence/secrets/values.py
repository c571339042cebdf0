"""Is a value a secret, or a word, a name, a reference to one, or a filler where one was taken out?"""

from __future__ import annotations

import base64
import binascii
import re
from functools import cache
from importlib import resources

_FILLER = re.compile(
    r"""(?ix) ^(?:
        [*x•●█\#.…_\-+~?=]+ | .{0,3}\*{3,}.{0,4} | .*(?:redacted[\])>]|\[filtered|\[masked|\(masked|\(hidden|\*{4,}|x{6,}).*
      | [<\[{(].*[>\]})] | [(\[{][a-z_ -]* | <[^>]*>? | \$[{(].* | \{\{.* | %[sdvqr] | %[({].* | %\w+% | @\w+@ | :[a-z_]+
      | \#\{.*
      | (?:your|my|some|the|insert|enter|put|add|change|replace)[-_ ]?(?:[a-z]+[-_ ]?){0,3}?
        (?:password|passwd|pass|pw|secret|token|key|here|this|me)
      | (?:redacted|masked|hidden|filtered|removed|omitted|sanitized|scrubbed|censored|placeholder|todo|tbd|example|dummy|n/?a)
    )$"""
)
"""What stands where a secret was taken out or is still to be put in."""

_VARIABLE = re.compile(r"^\$(?:[A-Z_][A-Z0-9_]*|[a-z_]+|\d)$|^\$(?:env|ENV)[:.]\w+$")
_REFERENCE = re.compile(
    r"""(?ix) ^(?:
        (?:[a-z_]+[._])+[a-z_]*[(\[].* | [a-z_][a-z_.]{2,}[(\[]                            # a call, an index
      | [a-z_][a-z_.]*\d?\([\w.,:\s'"$/-]*\)[;.,a-z()]* | \([\w.\s]*\)
      | (?:os|process|config|settings|env|self|this|req|request|args|opts|options|params|ctx|cfg|conf|app|user|secrets|
           vars?|local|data|module|each|values?|inputs?|context|props|state|credentials|creds|session|payload|body|headers?|
           kwargs|\w*config|\w*settings|\w*service|\w*props)(?:\.|->|\[)[\w.\->\[\]'"()]+      # a field of something
      | (?:vault|op|ssm|arn|secretsmanager|gcpsm|awssm|azurekeyvault|keyvault|ref\+\w+|sops|projects|file|https?|env|secret|
           keychain|doppler|chamber|credstash|k8s|kv)(?::|/|://|!).*                  # where it is kept
      | ![a-z]+ | [a-z]:\\.* | `.*                                                 # a tag, a path, a command
    )$"""
)
_PATH = re.compile(
    r"^@?(?:\.{1,2}|~)?(?:/[a-z0-9_.@-]{1,40})+/?$|^@?[\w./~-]{1,200}\.(?:pem|key|crt|json|ya?ml|txt|env|conf|ini)$"
)
_ENVIRONMENT_NAME = re.compile(r"^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$")
_WORD = re.compile(r"^[^\W\d_]+(?:['\u2019-][^\W\d_]+)*$")
_NAME = re.compile(r"^[A-Za-z][A-Za-z]*\d{0,4}(?:[-_./:][A-Za-z]*\d{0,5})+$")
"""Words with numbers behind, joined: `checkout-db-2`, `orders.created`, `release/2024`, `sha256-hashed`."""
_POD = re.compile(r"^[a-z][a-z0-9]*(?:[-.][a-z0-9]{1,12}){2,}$")
"""What Kubernetes calls things: `checkout-7d9f8b6c5-x2x9k`."""
_NUMBER = re.compile(r"^[\d.,:/\-+TZ_ ]+(?:[a-zA-Z]{1,3}|%)?$")
_ADDRESS = re.compile(
    r"^(?:https?://\S+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?|"
    r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,6}(?::\d+)?(?:/\S*)?)$",
    re.IGNORECASE,
)
_DIGEST = re.compile(r"^(?:sha\d{1,3}|md5|blake2\w?|sha\d-\d+)[:\-=].+$", re.IGNORECASE)
_UUID = re.compile(r"^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$", re.IGNORECASE)
_TECHNICAL = re.compile(
    r"(?:base64|sha-?\d{1,3}|md5|utf-?8|utf-?16|oauth-?2?|saml2?|bcrypt|argon2\w*|ed25519|x509|rsa-?\d*|hs\d{3}|rs\d{3}|"
    r"es\d{3}|aes-?\d*|http2?|tls1|k8s|i18n|ipv[46]|mp[34]|v\d+(?:\.\d+)*|pbkdf2|hmac|jwt|win32|x86|amd64|arm64)(?:$|[-_.,/])",
    re.IGNORECASE,
)


_SESSION = re.compile(r"sess|auth|token|sid$|jwt|csrf|xsrf|remember|login|sso", re.IGNORECASE)


@cache
def _states() -> frozenset[str]:
    """Return what stands behind the name of a secret without being one: `expired`, `is`, `required`."""
    text = resources.files("juncture.evidence.secrets").joinpath("words.txt").read_text("utf-8")
    return frozenset(line for line in text.splitlines() if not line.startswith("#"))


def is_real(value: str) -> bool:
    """Tell whether a value in the place of a secret may be one: no filler, no reference, no state such as `expired`."""
    stripped = value.strip("\"'`.,;:!?()[]{}<> \\")
    if len(stripped) < 3 or any(pattern.match(value) for pattern in (_FILLER, _VARIABLE, _REFERENCE, _PATH)):
        return False
    if _FILLER.match(stripped):
        return False
    words = stripped.lower().split()
    if len(words) > 1:
        known = sum(word.strip(".,;:!?") in _states() for word in words)
        return known * 2 <= len(words)
    return stripped.lower() not in _states() and not _ENVIRONMENT_NAME.match(stripped)


def is_chosen(value: str) -> bool:
    """Tell whether a value looks like a password that a person chose or a generator made: more than a word or a name."""
    if len(value) < 5 or value[0] == "-" or not is_real(value) or _NUMBER.match(value) or _ADDRESS.match(value):
        return False
    if _WORD.match(value):
        # Letters alone: a word, unless upper and lower case are mixed as no word mixes them.
        inner = value[1:]
        return len(value) >= 8 and not inner.islower() and not value.isupper() and not _camel(value)
    if _UUID.match(value) or (value.count("-") >= 3 and len(value) >= 20):
        return True
    return not (_TECHNICAL.match(value) or _POD.match(value) or _NAME.match(value))


def is_dense(value: str) -> bool:
    """Tell whether a value mixes letters and digits, or both cases, as what follows a vendor's prefix does."""
    mixed = any(char.isdigit() for char in value) or not (value.isupper() or value.islower())
    return mixed and len(set(value)) >= 8


def is_random(value: str) -> bool:
    """Tell whether a value looks made by a machine: letters and digits mixed without pattern, no word, name, path or digest."""
    if len(value) < 8 or not is_real(value) or _DIGEST.match(value) or _ADDRESS.match(value) or _TECHNICAL.match(value):
        return False
    if _UUID.match(value):
        return True
    digits = sum(char.isdigit() for char in value)
    letters = sum(char.isalpha() for char in value)
    if not letters or (not digits and not _mixed_case(value)) or len(set(value)) < min(8, len(value) * 2 // 3):
        return False
    if _NAME.match(value) or (_POD.match(value) and len(value) < 64):
        return False
    return not re.match(r"^\d{4}-\d\d-\d\d", value) and not re.match(r"^/?(?:[a-z][a-z0-9_.-]*/)+[\w.-]*$", value)


def is_identifier(value: str) -> bool:
    """Tell whether a value is a name in a program, such as `_password_reset_token`."""
    return bool(re.fullmatch(r"_?[a-z]+(?:_[a-z]+)+", value))


def is_user_password(value: str) -> bool:
    """Tell whether what follows `-u user:` is a password rather than a group."""
    return not value.isdigit() and is_real(value) and not re.fullmatch(r"[a-z][a-z_-]{1,20}", value)


def is_credential(value: str) -> bool:
    """Tell whether what follows an authorisation scheme is one."""
    return (
        is_real(value) and not value.startswith("$") and (is_random(value.split(",", 1)[0]) or "=" in value or is_chosen(value))
    )


def is_basic(value: str) -> bool:
    """Tell whether a value is `user:password` in base64 (RFC 7617)."""
    try:
        data = base64.b64decode(value + "=" * (-len(value) % 4), validate=True)
    except (binascii.Error, ValueError):
        return False
    return b":" in data and data.isascii() and data.decode("ascii").isprintable()


def is_cookie(value: str) -> bool:
    """Tell whether cookies, or one as `name=value`, hold more than settings: something made by a machine, or a session."""
    for part in value.split(";"):
        name, _, content = part.strip().partition("=")
        if is_random(content) or (
            _SESSION.search(name) and is_dense(content + name) and len(content) >= 8 and is_real(content)
        ):
            return True
    return False


def _mixed_case(value: str) -> bool:
    return len(value) >= 16 and not value.isupper() and not value.islower() and not _camel(value)


def _camel(value: str) -> bool:
    """Tell whether letters are words in camel case, such as `ConnectionRefusedError`."""
    parts = re.findall(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+", value)
    return bool(parts) and sum(map(len, parts)) == len(value) and sum(map(len, parts)) / len(parts) >= 3.2
