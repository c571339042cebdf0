"""A data folder of an earlier version is brought to the form of this one, and nothing that it held is lost."""

from __future__ import annotations

import datetime as dt

import msgspec
import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from juncture.document.record_file import read
from juncture.model import record

FIRST = [
    ("people", "0001_initial"),
    ("access", "0001_initial"),
    ("journal", "0001_initial"),
    ("incidents", "0001_initial"),
    ("evidence", "0002_draft_follows"),
    ("timeline", "0002_event_in_order"),
    ("postmortems", "0002_renamed"),
]
"""Where each app stood in version 0.1.0 as it was first published."""

WRITTEN = """\
# Checkout fails

## Summary

Nobody could pay.

## What was decided

<!-- juncture:decisions -->
- 2026-03-02 14:29:10 UTC: Roll back, or keep looking?
  - chosen: Roll back
<!-- /juncture:decisions -->

<!-- juncture:factors -->
- F1, enabler: Migrations have no lock timeout
<!-- /juncture:factors -->

<!-- juncture:actions -->
- [x] Add a lock timeout
  - kind: prevent
  - owner: database team
  - due: 2026-03-20
<!-- /juncture:actions -->

<!-- juncture:lessons -->
- learned: A statement that waits for a lock stops what comes after it.
<!-- /juncture:lessons -->
"""


@pytest.fixture
def first_version(transactional_db):
    executor = MigrationExecutor(connection)
    newest = executor.loader.graph.leaf_nodes()
    others = [(app, None) for app in ("actions", "library")]
    executor.migrate([*others, *FIRST])
    yield executor.loader.project_state(FIRST).apps
    MigrationExecutor(connection).migrate(newest)


def test_incidents_and_postmortems_of_the_first_version_are_kept(first_version):
    old = first_version
    user = old.get_model("people", "User").objects.create(email="ana@example.org", name="Ana Sample", role="author")
    incident = old.get_model("incidents", "Incident")._base_manager.create(
        public_id="7", title="Checkout fails", services=["orders", "checkout"], team="Payments", created_by=user
    )
    value = read(WRITTEN).record
    drafted = msgspec.json.encode(msgspec.structs.replace(value, title="", sections=()))
    row = old.get_model("postmortems", "Postmortem")._base_manager.create(
        incident=incident,
        public_id="7",
        title=value.title,
        drafted=drafted,
        state="published",
        published_number=1,
        created_by=user,
    )
    for position, section in enumerate(value.sections):
        old.get_model("postmortems", "Section").objects.create(
            postmortem=row, position=position, heading=section.heading, markdown=section.markdown
        )
    old.get_model("postmortems", "Publication").objects.create(
        postmortem=row, number=1, record=msgspec.json.encode(value), ledger_head="sha256:" + "0" * 64
    )

    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())

    from juncture.web.access.selectors import viewer_of
    from juncture.web.incidents.selectors import incident as incident_of
    from juncture.web.people.models import User
    from juncture.web.postmortems.selectors import postmortem as postmortem_of

    viewer = viewer_of(User.objects.get(email="ana@example.org"))
    seen = incident_of(viewer, "7")
    assert (seen.services, seen.team) == (("orders", "checkout"), "Payments")
    for published in (False, True):
        now = postmortem_of(viewer, "7", published=published).record
        assert [(item.title, item.state, item.due) for item in now.actions] == [
            ("Add a lock timeout", record.ActionState.DONE, dt.date(2026, 3, 20))
        ]
        assert (now.decisions, now.factors, now.lessons) == (value.decisions, value.factors, value.lessons)
        assert now.sections == value.sections


def test_what_an_earlier_version_alone_had_is_not_taken_for_a_newer_one(db):
    from django.db.migrations.recorder import MigrationRecorder

    from juncture.web import setup

    MigrationRecorder(connection).record_applied("sessions", "0001_initial")
    setup.migrate()


def test_a_database_of_a_newer_version_is_refused_in_one_line(db):
    from django.db.migrations.recorder import MigrationRecorder

    from juncture.model.errors import BadEvidence
    from juncture.web import setup

    MigrationRecorder(connection).record_applied("incidents", "9999_of_tomorrow")
    with pytest.raises(BadEvidence, match="a newer version of Juncture has changed it"):
        setup.migrate()
