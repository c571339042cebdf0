"""The front page: what waits for somebody, what was learned, and what it cost, as far as it is theirs to see."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from tests.web.world import SECRET, build

from juncture.model import record
from juncture.web.access.selectors import viewer_of
from juncture.web.evidence.account_selectors import awaited_accounts
from juncture.web.evidence.remembering import begin_account, release_account
from juncture.web.incidents.editing import add_person_to_incident, remove_person_from_incident
from juncture.web.incidents.models import Incident
from juncture.web.incidents.operations import declare
from juncture.web.library.costs import cost_lately, currency_of
from juncture.web.library.indexing import index_actions, index_postmortem
from juncture.web.library.shelf import learned_lately, shortened
from juncture.web.postmortems.models import Postmortem, Publication


def published(viewer, title, *figures, visibility="organisation", lessons=None, **fields):
    """Publish a postmortem that says so, by its rows."""
    incident = declare(viewer, title=title, visibility=visibility, **fields)
    row = Postmortem(incident=incident, public_id=incident.public_id, title=title, state="published", published_number=1)
    row.derived = msgspec.json.encode(record.Postmortem(title=""))
    row.save()
    money = tuple(
        record.Figure(name="Revenue", unit=unit, low=low, mid=(low + high) / 2, high=high, formula="f")
        for unit, low, high in figures
    )
    value = record.Postmortem(title=title, impact=record.Impact(money), lessons=lessons or record.Lessons())
    Publication.objects.create(postmortem=row, number=1, record=msgspec.json.encode(value), ledger_head="")
    index_postmortem(row.pk)
    index_actions(row.pk)
    return incident


def now():
    return datetime.now(UTC) + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("unit", "currency"),
    [
        ("EUR", ("EUR", 1)), ("€", ("EUR", 1)), ("k EUR", ("EUR", 1000)), ("thousand $", ("USD", 1000)), ("million GBP", ("GBP", 1e6)),
        ("requests", None), ("%", None), ("min", None), ("", None), ("EUR per hour", None),
    ],
)  # fmt: skip
def test_a_unit_is_money_or_it_is_not(unit, currency):
    assert currency_of(unit) == currency


def test_costs_are_sums_of_ranges_and_each_opens_into_its_postmortem(viewer):
    published(viewer, "Orders lost", ("EUR", 100, 200), ("requests", 9, 9))
    published(viewer, "Refunds", ("k EUR", 1, 1), ("$", 5, 6))
    published(viewer, "Nobody counted")
    declare(viewer, title="Not written yet")
    cost = cost_lately(viewer, now())
    assert [(each.currency, each.low, each.high) for each in cost.sums] == [("EUR", 1100, 1200), ("USD", 5, 6)]
    assert [part.title for part in cost.sums[0].parts] == ["Refunds", "Orders lost"]
    assert cost.sums[0].parts[0].url.endswith("/published/")
    assert (cost.not_known, cost.incidents) == (2, 4)


def test_a_near_miss_and_what_is_long_ago_cost_nothing_now(viewer):
    published(viewer, "Long ago", ("EUR", 100, 200), started_at=datetime.now(UTC) - timedelta(days=91))
    published(viewer, "Nearly", near_miss=True)
    assert cost_lately(viewer, now()) is None


def test_what_a_restricted_incident_cost_is_in_nobody_else_s_sum(viewer, person):
    published(viewer, "Quiet", ("EUR", 100, 200), visibility="restricted")
    for role in ("viewer", "facilitator", "administrator"):
        assert cost_lately(viewer_of(person(role)), now()) is None
    assert cost_lately(viewer, now()).sums[0].high == 200


def test_lessons_and_luck_are_told_in_their_authors_words(viewer, person):
    published(viewer, "One", lessons=record.Lessons(learned=("A lock queues.",), went_well=("Calm.",)))
    published(viewer, "Two", lessons=record.Lessons(got_lucky=("Somebody was awake.",)))
    published(viewer, "Three")
    hidden = published(viewer, "Four", lessons=record.Lessons(learned=("Hush.",)), visibility="restricted")
    reader = viewer_of(person("viewer"))
    assert [(line.kind, line.text) for line in learned_lately(reader, limit=5)] == [
        ("told", ""), ("got_lucky", "Somebody was awake."), ("learned", "A lock queues."),
    ]  # fmt: skip
    assert learned_lately(viewer, limit=1)[0].text == "Hush."
    Incident.objects.get_queryset().filter(pk=hidden.pk).update(visibility="organisation")
    assert learned_lately(reader, limit=1)[0].text == "Hush."


@pytest.mark.parametrize("who", ["viewer", "author", "administrator", "creator"])
def test_the_front_page_asks_the_database_sixteen_times_at_most(db, who, django_assert_max_num_queries):
    there = build()
    for number in range(8):
        published(viewer_of(there.people["creator"]), f"Number {number}", ("EUR", 1, 2))
        declare(viewer_of(there.people["creator"]), title=f"Waiting {number}", severity="Sev 1")
    with django_assert_max_num_queries(16):
        page = there.clients[who].get("/").content.decode()
    assert "Learned lately" in page
    assert who == "creator" or SECRET not in page


def test_the_front_page_begins_with_the_box_where_there_is_no_incident(signed_in):
    assert "Start from what the incident left behind" in signed_in.get("/").content.decode()


def test_a_reader_without_incidents_is_told_what_will_stand_here(client, person):
    client.force_login(person("viewer"))
    assert "Nothing here yet" in client.get("/").content.decode()


def test_the_front_page_says_why_an_incident_needs_a_postmortem_and_what_waits(signed_in, viewer):
    published(viewer, "Known <b>cost</b>", ("EUR", 14_500, 20_100))
    page = signed_in.get("/").content.decode()
    assert "EUR&nbsp;14,500–20,100" in page
    assert "Known &lt;b&gt;cost&lt;/b&gt;" in page
    assert "Nothing waits for you." in page


def test_where_nothing_waits_the_newest_incidents_stand_and_a_reader_is_promised_what_is_theirs(client, viewer, person):
    published(viewer, "Read me")
    client.force_login(person("viewer"))
    page = client.get("/").content.decode()
    assert '<h3 class="row-title"><a href="/incidents/1/">Read me</a></h3>' in page
    assert "drafts" not in page
    declare(viewer, title="Open", severity="Sev 1")
    client.force_login(person("facilitator"))
    assert "Newest incidents" not in client.get("/").content.decode()


@pytest.mark.parametrize("role", ["viewer", "author"])
def test_an_account_is_waited_for_of_who_was_added_until_it_is_released(client, person, role):
    creator, asked = viewer_of(person("author", "creator@example.org")), person(role, "asked@example.org")
    incident = declare(creator, title="Carts empty")
    client.force_login(asked)
    assert "account of yours" not in client.get("/").content.decode()
    add_person_to_incident(creator, incident.public_id, "asked@example.org")
    page = client.get("/").content.decode()
    assert "One account of yours waits to be written or released." in page
    assert f'href="/incidents/{incident.public_id}/accounts/"' in page
    account = begin_account(viewer_of(asked), incident.public_id, text="Around 14:30 I saw errors.")
    page = client.get("/").content.decode()
    assert f'<a class="button" href="/accounts/{account.public_id}/">Continue your account' in page
    assert "Write what you remember" not in page
    release_account(viewer_of(asked), account.public_id)
    assert "account of yours" not in client.get("/").content.decode().lower()


def test_no_account_is_waited_for_once_the_postmortem_is_published_or_who_was_added_no_longer_sees_it(viewer, person):
    asked = person("viewer")
    done = published(viewer, "Done", visibility="restricted")
    hidden = declare(viewer, title="Hidden", visibility="restricted")
    for incident in (done, hidden):
        add_person_to_incident(viewer, incident.public_id, asked.email)
    assert [one.title for one in awaited_accounts(viewer_of(asked), limit=5)] == ["Hidden"]
    begin_account(viewer_of(asked), hidden.public_id, text="I saw it.")
    remove_person_from_incident(viewer, hidden.public_id, asked.pk)
    assert awaited_accounts(viewer_of(asked), limit=5) == []


@pytest.mark.parametrize(
    ("prose", "short"),
    [
        ("One. Two three.", "One. Two three."),
        ("A first sentence. And then 1,767 of 2,207. Fewer came", "A first sentence."),
        ("no sentence ends in here at all", "no sentence ends in…"),
        ("x" * 60, "x" * 10 + "…"),
    ],
)
def test_what_is_too_long_for_a_line_ends_with_a_sentence_or_a_word(prose, short):
    assert shortened(prose, 20) == short
