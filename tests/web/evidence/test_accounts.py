"""Accounts: nobody's but their author's until released, evidence from then on."""

import pytest
from tests.web.conftest import CHAT

from juncture.model.evidence import Kind
from juncture.web.access.errors import InTheWay, Invalid, NotAllowed, NotFound, Stale
from juncture.web.access.selectors import viewer_of
from juncture.web.evidence.account_selectors import own_account, understood_in
from juncture.web.evidence.keeping import remove_artefact
from juncture.web.evidence.models import Account
from juncture.web.evidence.operations import pasted, receive_into_new
from juncture.web.evidence.remembering import begin_account, release_account, withdraw_account, write_account
from juncture.web.incidents.models import IncidentPerson
from juncture.web.journal.models import Change
from juncture.web.timeline.selectors import events_of

TEXT = "Around 14:30 I saw zzPRIVATE errors. I took it for the cache.\n\nBetween 14:40 and 14:50 we looked elsewhere."


@pytest.fixture
def incident(viewer, work):
    import datetime as dt

    run = receive_into_new(viewer, [pasted(CHAT)], title="x", visibility="organisation", date=dt.date(2026, 3, 2), zone="UTC")
    work()
    return run.incident


@pytest.fixture
def account(viewer, incident):
    return written(viewer, begin_account(viewer, incident.public_id).public_id)


def written(viewer, account, text=TEXT, **more):
    return write_account(viewer, account, text=text, speaker="On-call engineer", day=None, zone="UTC", **more)


def test_times_are_understood_while_it_is_written(viewer, account):
    found = understood_in(viewer, account.public_id)
    assert [(one.words, f"{one.earliest:%d %H:%M}", f"{one.latest:%H:%M}") for one in found] == [
        ("Around 14:30", "02 14:20", "14:40"),
        ("Between 14:40 and 14:50", "02 14:40", "14:50"),
    ]


@pytest.mark.parametrize("role", ["author", "facilitator", "administrator"])
def test_nobody_else_reads_it_before_it_is_released(client, person, account, role):
    someone = person(role, f"curious-{role}@example.org")
    client.force_login(someone)
    ours = (f"/accounts/{account.public_id}/", f"/api/v1/accounts/{account.public_id}")
    assert [client.get(path).status_code for path in ours] == [404, 404]
    elsewhere = (
        "/", "/incidents/1/", "/incidents/1/accounts/", "/incidents/1/evidence/", "/incidents/1/timeline/", "/library/?q=zzPRIVATE",
        "/api/v1/incidents/1/accounts", "/api/v1/incidents/1/evidence", "/api/v1/incidents/1/timeline", "/api/v1/search?q=errors",
    )  # fmt: skip
    for path in elsewhere:
        assert b"zzPRIVATE errors" not in client.get(path).content, path
        assert account.public_id.encode() not in client.get(path).content, path
    with pytest.raises(NotFound):
        release_account(viewer_of(someone), account.public_id)


def test_the_history_holds_no_word_of_it_and_does_not_tie_it_to_its_incident(viewer, account):
    written(viewer, account.public_id, text="another zzPRIVATE text")
    withdraw_account(viewer, account.public_id)
    changes = Change.objects.filter(object_kind="account")
    assert list(changes.values_list("action", "incident_id", "before", "after")) == [
        ("begin", None, None, None),
        ("withdraw", None, None, None),
    ]
    assert not Account.objects.get_queryset().exists()


def test_released_it_is_evidence_like_any_other(viewer, work, account):
    release_account(viewer, account.public_id)
    work()
    events = [event for event in events_of(viewer, "1")[0] if event.kind is Kind.ACCOUNT]
    assert [(event.actor, f"{event.earliest:%H:%M}", f"{event.latest:%H:%M}") for event in events] == [
        ("On-call engineer", "14:20", "14:40"),
        ("On-call engineer", "14:40", "14:50"),
    ]
    assert events[0].citations[0].place == "line:6"
    seen = own_account(viewer, account.public_id)
    assert (seen.text, events[0].citations[0].artefact) == ("", seen.artefact)


def test_released_it_is_not_taken_back_but_may_be_erased(viewer, work, account):
    release_account(viewer, account.public_id)
    for act in (withdraw_account, release_account):
        with pytest.raises(InTheWay):
            act(viewer, account.public_id)
    with pytest.raises(InTheWay):
        written(viewer, account.public_id)
    work()
    remove_artefact(viewer, "1", own_account(viewer, account.public_id).artefact, reason="asked for by its author")
    work()
    assert not [event for event in events_of(viewer, "1")[0] if event.kind is Kind.ACCOUNT]


def test_one_without_words_is_not_released(viewer, incident):
    with pytest.raises(Invalid, match="nothing in it"):
        release_account(viewer, begin_account(viewer, incident.public_id).public_id)


def test_two_windows_do_not_overwrite_each_other(viewer, account):
    with pytest.raises(Stale):
        written(viewer, account.public_id, version=1)
    written(viewer, account.public_id, version=2)


def test_who_only_reads_writes_one_when_they_were_added(person, incident):
    someone = person("viewer", "witness@example.org")
    with pytest.raises(NotAllowed):
        begin_account(viewer_of(someone), incident.public_id)
    IncidentPerson.objects.create(incident=incident, user=someone)
    account = begin_account(viewer_of(someone), incident.public_id)
    assert written(viewer_of(someone), account.public_id).text == TEXT


def test_it_is_saved_as_it_is_typed_and_says_what_it_understood(signed_in, account):
    sent = {"text": "At 14:32 it rose.", "speaker": "x", "day": "2026-03-05", "timezone": "UTC", "version": "2"}
    answer = signed_in.post(f"/accounts/{account.public_id}/save/", sent).content.decode()
    assert "<mark>At 14:32</mark>" in answer
    assert "5 Mar" in answer
    assert 'name="version" value="3"' in answer
    again = signed_in.post(f"/accounts/{account.public_id}/save/", sent).content.decode()
    assert "another window" in again
    assert signed_in.post(f"/accounts/{account.public_id}/", sent).status_code == 412
    kept = signed_in.post(f"/accounts/{account.public_id}/", sent | {"version": "3", "timezone": "Mars/Base"})
    assert (kept.status_code, "At 14:32 it rose." in kept.content.decode()) == (422, True)


def test_over_the_api_it_is_begun_changed_and_released(api, incident, work):
    begun = api("POST", "incidents/1/accounts", {"text": "At 14:32 it rose."})
    assert begun.status_code == 201
    account = begun.json()["id"]
    assert api("PATCH", f"accounts/{account}", {"speaker": "Database engineer"}).json()["speaker"] == "Database engineer"
    assert [one["id"] for one in api("GET", "incidents/1/accounts").json()["items"]] == [account]
    assert api("POST", f"accounts/{account}/release").status_code == 202
    assert api("DELETE", f"accounts/{account}").status_code == 409
