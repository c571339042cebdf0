import csv
import io

import msgspec
import pytest
from tests.document import sample

from juncture.document.listing import to_csv


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_cell_of_a_table_is_a_formula(start):
    event = msgspec.structs.replace(sample.EVENTS[0], summary=f"{start}HYPERLINK(1)")
    rows = list(csv.DictReader(io.StringIO(to_csv([event]), newline="")))
    assert not rows[0]["summary"].startswith(start)
