"""Every rule finds the secrets of its own examples, whole, and nothing in those that hold none."""

import random
import re
import string

import pytest

from juncture.evidence.mask import secrets_in
from juncture.evidence.secrets.rules import anchors_of, shapes

ALPHABETS = {
    "a": string.ascii_letters + string.digits,
    "x": "0123456789abcdef",
    "u": string.ascii_uppercase + string.digits,
    "l": string.ascii_lowercase + string.digits,
    "d": string.digits,
    "b": string.ascii_letters + string.digits + "+/",
    "w": string.ascii_letters + string.digits + "_-",
}


def expanded(example, seed):
    """Return the text of an example and the secrets in it."""
    dice = random.Random(seed)
    filled = re.sub(r"\{([axuldbw])(\d+)\}", lambda match: "".join(dice.choices(ALPHABETS[match[1]], k=int(match[2]))), example)
    secrets = re.findall("«(.*?)»", filled, re.DOTALL)
    return re.sub("[«»]", "", filled), secrets


@pytest.mark.parametrize(
    ("rule", "example"),
    [(rule, example) for rule in shapes() for example in rule.found],
    ids=lambda value: value if isinstance(value, str) else value.kind,
)
@pytest.mark.parametrize("seed", range(5))
def test_a_rule_finds_the_whole_secret_of_its_example(rule, example, seed):
    text, secrets = expanded(example, seed)
    masked = [text[start:end] for start, end, _ in secrets_in(text)]
    for secret in secrets:
        assert any(secret in found for found in masked), (text, masked)


@pytest.mark.parametrize("example", [example for rule in shapes() for example in rule.left], ids=lambda example: example[:60])
def test_a_rule_leaves_what_is_none(example):
    text, _ = expanded(example, 1)
    assert [(text[start:end], kind) for start, end, kind in secrets_in(text)] == []


def test_every_rule_has_an_example_and_anchors_in_lower_case_that_its_examples_hold():
    for rule in shapes():
        assert rule.found
        for example in rule.found:
            text, _ = expanded(example, 1)
            assert rule.probe or any(anchor in text.lower() for anchor in anchors_of(rule)), example
        assert all(anchor == anchor.lower() for anchor in rule.anchors)
