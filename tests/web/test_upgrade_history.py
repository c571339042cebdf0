"""Changes of an earlier version did not say of which postmortem they were: a data folder that is brought over says it."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from tests.web.conftest import CHAT

from juncture.web.actions.operations import add_action
from juncture.web.evidence.operations import pasted, receive_into_new
from juncture.web.journal.models import Change
from juncture.web.postmortems import operations, selectors

BEFORE = [("actions", "0003_listed_by_due"), ("journal", "0003_append_only")]


@pytest.fixture
def brought_over(transactional_db):
    """Return a function that takes the database back to what knew nothing of it, and brings it over."""

    def there_and_back():
        newest = MigrationExecutor(connection).loader.graph.leaf_nodes()
        MigrationExecutor(connection).migrate(BEFORE)
        MigrationExecutor(connection).migrate(newest)

    return there_and_back


@pytest.mark.parametrize("several", [False, True])
def test_each_change_says_of_which_postmortem_it_was(brought_over, viewer, work, several):
    run = receive_into_new(viewer, [pasted(CHAT)], title="Checkout", visibility="organisation", date=None, zone="UTC")
    work()
    first = selectors.postmortems(viewer)[0][0].id
    section = selectors.postmortem(viewer, first).sections[0]
    operations.apply(viewer, first, section.id, base=section.markdown, text="Words.")
    operations.add_object(viewer, first, "factors", {"title": "No lock timeout"})
    add_action(viewer, first, title="Mend it")
    if several:
        second, _ = operations.import_file(viewer, b"# Another\n", incident_id=run.incident.public_id)
        operations.add_object(viewer, second.public_id, "factors", {"title": "Found late"})
        add_action(viewer, second.public_id, title="Mend it there")
    known = list(Change.objects.values_list("pk", "postmortem_id"))
    assert len({of for _, of in known}) == 2 + several
    brought_over()
    assert list(Change.objects.values_list("pk", "postmortem_id")) == known
    with pytest.raises(Exception, match="append-only"):
        Change.objects.update(through="x")
