from __future__ import annotations

import pytest

from juncture.timeline import cues
from juncture.timeline.cues import Cue, cues_of

RULES = cues.rules()
ENTRIES = [*RULES.rule, *(action for action in RULES.action if action.cue)]
GOOD = [(entry.cue, text) for entry in ENTRIES for text in entry.good]
BAD = [(entry.cue, text) for entry in ENTRIES for text in entry.bad]


@pytest.mark.parametrize(("cue", "text"), GOOD, ids=str)
def test_a_good_example_has_its_cue(cue: Cue, text: str) -> None:
    assert cue in cues_of(text)


@pytest.mark.parametrize(("cue", "text"), BAD, ids=str)
def test_a_bad_example_does_not_have_the_cue(cue: Cue, text: str) -> None:
    assert cue not in cues_of(text)
