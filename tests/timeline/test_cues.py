from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from juncture.timeline import cues
from juncture.timeline.cues import ACTIONS, Cue, cues_of

RULES = cues.rules()
ENTRIES = [*RULES.rule, *(action for action in RULES.action if action.cue)]
WORDS = sorted({word for rule in RULES.rule for word in rule.needs})
GOOD = [(entry.cue, text) for entry in ENTRIES for text in entry.good]
BAD = [(entry.cue, text) for entry in ENTRIES for text in entry.bad]


@pytest.mark.parametrize(("cue", "text"), GOOD, ids=str)
def test_a_good_example_has_its_cue(cue: Cue, text: str) -> None:
    assert cue in cues_of(text)


@pytest.mark.parametrize(("cue", "text"), BAD, ids=str)
def test_a_bad_example_does_not_have_the_cue(cue: Cue, text: str) -> None:
    assert cue not in cues_of(text)


@given(st.text(max_size=300) | st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join))
@settings(deadline=None)
def test_any_text_has_cues_or_none_and_never_fails(text: str) -> None:
    assert cues_of(text) <= frozenset(Cue)


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("rollign back now", Cue.COMMITMENT),
        ("shoudl we roll it back?", Cue.PROPOSAL),
        ("delcaring sev1", Cue.DECLARATION),
        ("lookign into it", Cue.ACKNOWLEDGEMENT),
        ("chekout is faling", Cue.SYMPTOM),
        ("RB?", Cue.PROPOSAL),
        ("Im restarting it", Cue.COMMITMENT),
        ("lets fail over", Cue.PROPOSAL),
        ("db\u2019s back to normal", Cue.MITIGATED),
        ("*resolved*", Cue.RESOLVED),
        (":white_check_mark: all clear", Cue.RESOLVED),
    ],
)
def test_hurried_writing_is_understood(text: str, cue: Cue) -> None:
    assert cue in cues_of(text)


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("not resolved yet", Cue.RESOLVED),
        ("are we back to normal?", Cue.MITIGATED),
        ("once it's back to normal we close", Cue.MITIGATED),
        ("i don't think this is an incident", Cue.DECLARATION),
        ("is this an incident?", Cue.DECLARATION),
        ("we should be rolled back by now", Cue.COMPLETED),
        ("will be resolved soon", Cue.RESOLVED),
        ("no errors from us", Cue.SYMPTOM),
        ("i don't think we should roll back", Cue.COMMITMENT),
        ("it's not fixed", Cue.MITIGATED),
    ],
)
def test_what_is_asked_denied_or_expected_is_not_stated(text: str, denied: Cue) -> None:
    assert denied not in cues_of(text)


def test_code_and_links_say_nothing() -> None:
    assert cues_of("`rolling back` https://example.com/all-clear/resolved") == frozenset()


def test_every_rule_and_action_has_examples_of_both_kinds() -> None:
    assert all(rule.good and rule.bad for rule in RULES.rule)
    assert all(action.good and action.bad for action in RULES.action if action.cue)
    assert {rule.cue for rule in RULES.rule} | ACTIONS == set(Cue)
