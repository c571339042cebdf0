"""Have we seen this before: what a page of related postmortems shows, and to whom it shows nothing."""

import pytest
from tests.web.conftest import PASSWORD

from juncture.web.access.operations import add_person
from juncture.web.access.selectors import viewer_of
from juncture.web.access.viewer import SYSTEM
from juncture.web.incidents.operations import declare
from juncture.web.incidents.selectors import incident as incident_of
from juncture.web.library.related import related_to
from juncture.web.postmortems import selectors
from juncture.web.postmortems.operations import import_file, set_state


def file(title, *, services="orders", factor="Migrations had no limit on how long they wait for a lock.", state="open"):
    return f"""\
---
services: [{services}]
started_at: 2026-03-10T14:06:02Z
mitigated_at: 2026-03-10T14:46:30Z
---
# {title}

## Summary

Something stopped.

## Decisions

### Cancel it, or wait? <!-- 2026-03-10T14:44:05Z -->

## Contributing factors

- F1 (enabler): {factor}
""".encode()


@pytest.fixture
def earlier(viewer):
    """Return a function that publishes an earlier postmortem and returns its id."""

    def publish(title, *, by=viewer, visibility=None, **more):
        incident = ""
        if visibility:
            incident = declare(by, title=title, visibility=visibility, services=("orders",)).public_id
        row, _ = import_file(by, file(title, **more), incident_id=incident)
        set_state(by, row.public_id, "published")
        return row.public_id

    return publish


def titles(viewer, postmortem):
    return [one.title for one in related_to(viewer, selectors.line(viewer, postmortem))]


def test_an_earlier_postmortem_of_the_same_service_is_named_with_why(viewer, earlier):
    earlier("A lock held the orders table")
    here = earlier("Orders stopped again")
    found = related_to(viewer, selectors.line(viewer, here))
    assert [one.title for one in found] == ["A lock held the orders table"]
    assert "both: service orders" in found[0].reasons


def test_what_shares_nothing_is_not_named_and_neither_is_the_postmortem_itself(viewer, earlier):
    earlier("Search ran out of disk", services="search", factor="Debug logs filled the disks.")
    here = earlier("Orders stopped again")
    assert titles(viewer, here) == []


def test_a_restricted_postmortem_is_named_to_nobody_who_may_not_see_it(viewer, earlier, person):
    earlier("A secret lock", visibility="restricted")
    here = earlier("Orders stopped again")
    assert titles(viewer, here) == ["A secret lock"]
    for role in ("viewer", "facilitator", "administrator"):
        assert titles(viewer_of(person(role)), here) == []


def test_readers_find_by_what_was_published_and_not_by_what_is_written_since(viewer, earlier, person):
    before = earlier("A lock held the orders table", services="billing", factor="Nothing was watched.")
    here = earlier("Orders stopped again", services="orders")
    row = selectors.postmortem(viewer, before)
    text = selectors.markdown_file(viewer, before).decode().replace("services: [billing]", "services: [orders]")
    from juncture.web.postmortems.file_text import etag_of
    from juncture.web.postmortems.operations import replace_file

    replace_file(viewer, row.id, text.encode(), expected_etag=etag_of(selectors.markdown_file(viewer, before)))
    assert titles(viewer, here) == ["A lock held the orders table"]
    assert titles(viewer_of(person("viewer")), here) == []


def test_an_incident_without_a_postmortem_asks_by_its_title_and_services(viewer, earlier):
    earlier("A lock held the orders table")
    incident = declare(viewer, title="Orders hang", services=("orders",))
    found = related_to(viewer, incident_of(viewer, incident.public_id))
    assert [one.title for one in found] == ["A lock held the orders table"]


def test_the_page_says_why_and_works_without_a_script(signed_in, earlier):
    earlier("A lock held the orders table")
    here = earlier("Orders stopped again")
    page = signed_in.get(f"/postmortems/{here}/related/").content.decode()
    assert "A lock held the orders table" in page
    assert "both: service orders" in page
    assert "<html" in page


def test_htmx_gets_the_piece_alone_and_nothing_where_there_is_nothing(signed_in, earlier):
    here = earlier("Orders stopped again")
    asked = {"HX-Request": "true"}
    assert signed_in.get(f"/postmortems/{here}/related/?folded=1", headers=asked).content.decode().strip() == ""
    earlier("A lock held the orders table")
    piece = signed_in.get(f"/postmortems/{here}/related/?folded=1", headers=asked).content.decode()
    assert "One earlier postmortem shares something with this." in piece
    assert "<html" not in piece


def test_related_asks_a_few_questions_whatever_there_is(viewer, earlier, django_assert_max_num_queries):
    for number in range(6):
        earlier(f"Lock number {number}")
    view = selectors.line(viewer, earlier("Orders stopped again"))
    with django_assert_max_num_queries(5):
        assert len(related_to(viewer, view)) == 5


def test_somebody_else_is_not_told_of_what_they_are_not_on(viewer, earlier, db):
    other = viewer_of(add_person(SYSTEM, email="other@example.org", name="Other Sample", role="author", password=PASSWORD))
    here = earlier("Orders stopped again", by=other)
    earlier("A secret lock", visibility="restricted", by=viewer)
    assert titles(other, here) == []


def test_what_somebody_may_not_see_has_no_part_in_what_counts_more(viewer, earlier, person):
    earlier("Orders were away", services="orders")
    earlier("Billing was away", services="billing")
    for number in range(6):
        earlier(f"A secret {number}", visibility="restricted", services="billing")
    here = earlier("Both stopped", services="orders, billing")
    assert titles(viewer, here)[0] == "Orders were away"
    assert titles(viewer_of(person("facilitator")), here) == ["Billing was away", "Orders were away"]
