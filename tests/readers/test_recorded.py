import importlib.util
from pathlib import Path

import pytest

_spec = importlib.util.spec_from_file_location("recorded", Path(__file__).parent / "recorded.py")
recorded = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(recorded)


@pytest.mark.parametrize("case", recorded.cases(), ids=lambda case: f"{case.parent.name}/{case.name}")
def test_recorded_documents_give_the_expected_sightings(case):
    expected = (case / "expected.jsonl").read_text(encoding="utf-8").splitlines()
    assert list(recorded.found_in(case)) == expected
