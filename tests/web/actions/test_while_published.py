"""An action is changed while its postmortem is being published: neither waits for what the other holds."""

import threading

import pytest
from django.db import connection, connections, transaction
from tests.web.conftest import CHAT

from juncture.web.actions import operations
from juncture.web.actions.models import ActionItem
from juncture.web.evidence.operations import pasted, receive_into_new
from juncture.web.postmortems.models import Postmortem

pytestmark = pytest.mark.django_db(transaction=True)


def test_who_closes_an_action_does_not_wait_for_its_postmortem(viewer, work):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    receive_into_new(viewer, [pasted(CHAT)], title="Checkout fails", visibility="organisation", date=None, zone="UTC")
    work()
    postmortem = Postmortem.objects.visible_to(viewer).get()
    action = operations.add_action(viewer, postmortem.public_id, title="Add a limit")
    failed = []

    def close():
        try:
            operations.set_state(viewer, action.public_id, "done")
        except Exception as error:  # noqa: BLE001 - it is looked at by the test
            failed.append(error)
        finally:
            connections.close_all()

    other = threading.Thread(target=close)
    with transaction.atomic():
        Postmortem.objects.get_queryset().select_for_update(no_key=True).get(pk=postmortem.pk)
        other.start()
        other.join(20)
        waits = other.is_alive()
    other.join()
    assert (waits, failed) == (False, [])
    assert ActionItem.objects.get_queryset().get(pk=action.pk).state == "done"
