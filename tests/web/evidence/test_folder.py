"""A data folder and its database belong together: one without the evidence of the other is refused, not served."""

import pytest
from tests.web.conftest import CHAT

from juncture.model.errors import BadEvidence
from juncture.web.evidence.operations import pasted, receive_into_new
from juncture.web.evidence.store import check_evidence_is_here


def test_a_folder_without_the_evidence_of_its_database_is_refused(viewer, work, settings, tmp_path):
    check_evidence_is_here()
    receive_into_new(viewer, [pasted(CHAT)], title="", visibility="organisation", date=None, zone="UTC")
    work()
    check_evidence_is_here()
    settings.DATA = tmp_path / "another"
    with pytest.raises(BadEvidence, match="this folder holds none"):
        check_evidence_is_here()
