import json

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from tests.document.test_record_file import records, whole

from juncture.web.actions.operations import replace_actions
from juncture.web.incidents.operations import declare
from juncture.web.postmortems.mapping import from_record, to_record
from juncture.web.postmortems.models import Decision, Postmortem, Section, Standing
from juncture.web.postmortems.storing import store_new, store_over


def stored(viewer, value, public_id="7"):
    incident = declare(viewer, title="Checkout fails")
    row = Postmortem(incident=incident, public_id=public_id)
    rows = from_record(row, value)
    row.save()
    store_new(rows)
    replace_actions(viewer, row, value.actions)
    return Postmortem.objects.get_queryset().get(pk=row.pk)


def test_a_whole_record_comes_back_from_its_rows(viewer):
    row = stored(viewer, whole())
    assert to_record(row) == whole()
    assert len(json.loads(bytes(row.derived))) > 0
    assert b"Keep looking" not in bytes(row.derived), "no fact lives twice"


def _storable(value):
    return "\x00" not in msgspec.json.encode(value).decode() and b"\\u0000" not in msgspec.json.encode(value)


@pytest.mark.django_db
@given(records.filter(_storable))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_every_record_comes_back_from_its_rows(viewer, value):
    from django.db import transaction

    with transaction.atomic():
        assert to_record(stored(viewer, value)) == value
        transaction.set_rollback(True)


@pytest.mark.django_db
@given(records.filter(_storable), records.filter(_storable))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_a_record_stored_over_another_is_that_record(viewer, first, second):
    from django.db import transaction

    with transaction.atomic():
        row = stored(viewer, first)
        rows = from_record(row, second)
        row.save()
        store_over(viewer, row, rows, by_person=True)
        replace_actions(viewer, row, second.actions)
        assert to_record(row) == second
        transaction.set_rollback(True)


def test_rows_that_speak_of_the_same_thing_keep_their_identity(viewer):
    row = stored(viewer, whole())
    decision, section = Decision.of(row).get(), Section.objects.filter(postmortem=row).first()
    changed = msgspec.structs.replace(
        whole(),
        decisions=(msgspec.structs.replace(whole().decisions[0], chosen="Roll back"),),
        sections=(msgspec.structs.replace(whole().sections[0], markdown="Another text."), *whole().sections[1:]),
    )
    rows = from_record(row, changed)
    told = store_over(viewer, row, rows, by_person=True)
    assert Decision.of(row).get().pk == decision.pk
    assert [(one.section, one.after) for one in told] == [(section.pk, "Another text.")]


def test_what_was_put_aside_is_not_in_the_record_and_a_new_draft_leaves_it_aside(viewer):
    row = stored(viewer, whole())
    Decision.of(row).update(standing=Standing.DISMISSED)
    assert to_record(row).decisions == ()
    rows = from_record(row, whole(), proposed=True)
    store_over(viewer, row, rows, by_person=False)
    assert to_record(row).decisions == ()


@pytest.mark.django_db(transaction=True)
def test_older_data_folders_get_their_objects_as_rows(viewer):
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    incident = declare(viewer, title="Checkout fails")
    executor = MigrationExecutor(connection)
    executor.migrate([("postmortems", "0002_renamed")])
    old = executor.loader.project_state([("postmortems", "0002_renamed")]).apps
    frozen = msgspec.json.encode(msgspec.structs.replace(whole(), title="", sections=()))
    made = old.get_model("postmortems", "Postmortem")._default_manager.create(
        incident_id=incident.pk, public_id="old", title=whole().title, drafted=frozen
    )
    for position, section in enumerate(whole().sections):
        old.get_model("postmortems", "Section").objects.create(
            postmortem=made, position=position, heading=section.heading, markdown=section.markdown
        )
    MigrationExecutor(connection).migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())
    assert to_record(Postmortem.objects.get_queryset().get(public_id="old")) == whole()
