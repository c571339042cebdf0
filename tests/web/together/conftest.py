"""Postmortems whose text is typed, and people at their sockets."""

import pytest
from django.test import Client

from juncture.web.access.digests import digest_of
from juncture.web.access.sockets import Seated
from juncture.web.incidents.operations import declare
from juncture.web.postmortems import operations
from juncture.web.postmortems.models import Section


class Desk:
    """A postmortem in this process: its sections, and who sits at it."""

    def __init__(self, viewer) -> None:
        self.viewer = viewer
        self.incident = declare(viewer, title="Checkout fails").public_id
        self.row = operations.start_postmortem(viewer, self.incident)
        self.id = self.row.public_id
        self.first, self.second, *_ = Section.objects.filter(postmortem=self.row).values_list("pk", flat=True)

    def seat(self, user):
        client = Client()
        client.force_login(user)
        return Seated(digest_of(client.cookies["juncture_session"].value), user.pk)

    def markdown(self, section):
        return Section.objects.get(pk=section).markdown


@pytest.fixture
def desk(viewer):
    return Desk(viewer)
