import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from tests.web.conftest import CHAT, PASSWORD

from juncture.web.access.operations import add_person, new_token
from juncture.web.access.selectors import viewer_of
from juncture.web.access.viewer import SYSTEM
from juncture.web.evidence.operations import pasted, receive_into_new
from juncture.web.incidents.operations import declare
from juncture.web.journal.exporting import plain
from juncture.web.journal.models import Change, Opening
from juncture.web.journal.operations import record_change, record_opening
from juncture.web.people.models import User
from juncture.web.postmortems import selectors as postmortems
from juncture.web.postmortems.operations import set_state

SECRET = "zzSECRET"


@pytest.fixture
def administrator(person):
    return person("administrator")


@pytest.fixture
def boss(administrator):
    return viewer_of(administrator)


def signed(user):
    client = Client()
    client.force_login(user)
    return client


def text_of(answer):
    return (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode()


@pytest.mark.parametrize("table", ["journal_change", "journal_opening"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET through = 'x'", "DELETE FROM {}"])
def test_the_database_refuses_to_change_the_journal(viewer, table, statement):
    record_change(viewer, action="x", object_kind="x", object_id="1")
    record_opening(viewer, object_kind="x", object_id="1")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))
    assert Change.objects.filter(action="x", through="page").exists()
    assert Opening.objects.filter(through="page").exists()


@pytest.mark.django_db(transaction=True)
def test_it_still_does_after_the_tables_were_emptied_for_a_test():
    user = add_person(SYSTEM, email="a@example.org", name="A Sample", role="author", password=None)
    with pytest.raises(DatabaseError, match="append-only"):
        Change.objects.filter(object_id=str(user.pk)).update(through="x")


def test_who_did_what_is_shown_with_names(administrator, author, viewer, boss):
    declare(viewer, title="Checkout fails")
    page = text_of(signed(administrator).get("/settings/audit/"))
    assert all(words in page for words in ("declare", "Checkout fails", "Author Sample"))


def test_nothing_of_a_restricted_incident_is_in_the_audit_of_who_may_not_see_it(administrator, author, viewer, boss, work):
    run = receive_into_new(
        viewer, [pasted(CHAT.replace("checkout", SECRET))], title=SECRET, visibility="restricted", date=None, zone="UTC"
    )
    work()
    incident = run.incident
    postmortem = postmortems.postmortems(viewer)[0][0].id
    client = signed(author)
    client.get(f"/incidents/{incident.public_id}/")
    assert Opening.objects.filter(incident_id=incident.pk).exists()
    audit = signed(administrator)
    paths = ["/settings/audit/", f"/settings/audit/?incident={incident.public_id}", "/api/v1/audit",
             "/settings/audit/export.csv", "/settings/audit/export.jsonl", "/settings/audit/?kind=incident"]  # fmt: skip
    for path in paths:
        said = text_of(audit.get(path)).replace(f'value="{incident.public_id}"', "")
        said = said.replace(f"incident={incident.public_id}", "")
        for never in (SECRET, incident.public_id, run.public_id, postmortem):
            assert never not in said, (path, never)
    assert audit.get(f"/api/v1/audit?incident={incident.public_id}").json()["items"] == []
    incident.people.create(user=administrator)
    assert SECRET in text_of(audit.get("/settings/audit/"))


def test_pages_and_calls_of_a_restricted_incident_are_noted_once_in_ten_minutes(author, viewer):
    incident = declare(viewer, title="x", visibility="restricted")
    client = signed(author)
    for _ in range(3):
        client.get(f"/incidents/{incident.public_id}/")
    client.get(f"/api/v1/incidents/{incident.public_id}/timeline")
    row = Opening.objects.get()
    assert (row.by, row.object_kind, row.object_id, row.incident_id) == (
        author, "incident", incident.public_id, incident.pk)  # fmt: skip
    headers = {"Authorization": f"Bearer {new_token(author, scope='read', days=1)}"}
    Client().get(f"/api/v1/incidents/{incident.public_id}", headers=headers)
    assert Opening.objects.count() == 1


def test_what_is_not_open_to_somebody_is_not_noted_as_opened(administrator, viewer):
    incident = declare(viewer, title="x", visibility="restricted")
    assert signed(administrator).get(f"/incidents/{incident.public_id}/").status_code == 404
    assert not Opening.objects.exists()


def test_reading_what_is_open_to_all_is_not_watched_and_costs_nothing(author, viewer):
    declare(viewer, title="x")
    signed(author).get("/incidents/1/")
    assert not Opening.objects.exists()


def test_an_export_is_noted_also_of_an_open_incident(author, viewer, work):
    receive_into_new(viewer, [pasted(CHAT)], title="x", visibility="organisation", date=None, zone="UTC")
    work()
    postmortem = postmortems.postmortems(viewer)[0][0].id
    assert signed(author).get(f"/api/v1/postmortems/{postmortem}.md").status_code == 200
    row = Opening.objects.get()
    assert (row.object_kind, row.object_id) == ("postmortem export", f"{postmortem}.md")


def test_an_export_of_the_audit_is_whole_and_noted(administrator, boss, viewer):
    for number in range(1203):
        record_change(viewer, action="change", object_kind="incident", object_id=str(number))
    client = signed(administrator)
    rows = [json.loads(line) for line in text_of(client.get("/settings/audit/export.jsonl?kind=incident")).splitlines()]
    assert [row["object_id"] for row in rows] == [str(number) for number in reversed(range(1203))]
    rows = list(csv.DictReader(io.StringIO(text_of(client.get("/settings/audit/export.csv?kind=incident")))))
    assert (len(rows), rows[0]["by"]) == (1203, "Author Sample")
    assert "audit export" in text_of(client.get("/settings/audit/"))


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(name, administrator, author):
    assert plain(name) == f"'{name}"
    User.objects.filter(pk=author.pk).update(name=name)
    record_change(viewer_of(author), action="x", object_kind="person", object_id=name[:64])
    rows = list(csv.reader(io.StringIO(text_of(signed(administrator).get("/settings/audit/export.csv")), newline="")))
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for cell in row)


def test_filters_narrow_by_person_action_kind_incident_and_days(administrator, boss, author, viewer, api):
    incident = declare(viewer, title="Checkout fails")
    declare(boss, title="Other")
    token = new_token(administrator, scope="admin", days=1)

    def found(query):
        return {item["object_id"] for item in api("GET", f"audit?kind=incident&{query}", token=token).json()["items"]}

    assert found("") == {"1", "2"}
    assert found("person=author%40example") == {"1"}
    assert found("person=Administrator") == {"2"}
    assert found("action=declare") == {"1", "2"}
    assert found("action=open") == set()
    assert found(f"incident=INC-{incident.public_id}") == {"1"}
    today = datetime.now(UTC).date()
    assert found(f"from={today}&to={today}") == {"1", "2"}
    assert found(f"to={today - timedelta(days=1)}") == set()


def test_pages_go_on_by_cursor_without_gap_or_repetition(administrator, boss, viewer, api):
    now = datetime.now(UTC)
    Change.objects.bulk_create(
        Change(through="page", action="x", object_kind="many", object_id=str(number)) for number in range(150)
    )
    Opening.objects.bulk_create(Opening(through="page", object_kind="many", object_id=f"o{n}") for n in range(60))
    assert Change.objects.filter(object_kind="many", at__gte=now).count() == 150
    token = new_token(administrator, scope="admin", days=1)
    seen, cursor = [], ""
    while cursor is not None:
        page = api("GET", f"audit?kind=many&limit=37&cursor={cursor}", token=token).json()
        seen += [item["object_id"] for item in page["items"]]
        cursor = page["next"]
    assert len(seen) == len(set(seen)) == 210


@pytest.mark.parametrize(
    "query",
    [
        "cursor=x",
        "cursor=LTU",
        "cursor=MXwxfDE",
        "from=yesterday",
        "to=9999-12-31",
        "from=0001-01-01",
        "incident=%00",
        "person=%00",
    ],
)
def test_no_query_breaks_the_audit(administrator, query):
    client = signed(administrator)
    User.objects.filter(pk=administrator.pk).update(zone="Pacific/Kiritimati")
    for path in ("/settings/audit/", "/api/v1/audit"):
        assert client.get(f"{path}?{query}").status_code in {200, 422}


def test_a_reading_token_of_an_administrator_opens_no_audit(administrator, api):
    assert api("GET", "audit", token=new_token(administrator, scope="write", days=1)).status_code == 403


def test_no_secret_is_ever_in_the_journal(client, administrator):
    client.post("/sign-in/", {"email": administrator.email, "password": PASSWORD})
    token = next(
        part
        for part in text_of(client.post("/settings/tokens/new/", {"name": "x", "scope": "read", "days": "7"})).split('"')
        if len(part) == 43
    )
    said = str(list(Change.objects.values()))
    assert token not in said
    assert PASSWORD not in said
    assert "sign in" in said


def test_the_audit_takes_few_queries(administrator, boss, viewer, django_assert_max_num_queries):
    for number in range(60):
        record_change(viewer, action="change", object_kind="role", object_id=str(number))
    client = signed(administrator)
    with django_assert_max_num_queries(9):
        assert client.get("/settings/audit/").status_code == 200


def test_what_changed_is_said_in_a_few_words(administrator, boss, author):
    from juncture.web.people.membership import change_role

    change_role(boss, author.pk, "viewer")
    assert "role: author → viewer" in text_of(signed(administrator).get("/settings/audit/"))


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ({"a": 1}, {"a": 1}, None),
        (None, {"name": "x", "days": 7}, "name: x; days: 7"),
        ({"second_factor_required": False}, {"second_factor_required": True}, "second factor required: no → yes"),
        ({"teams": []}, {"teams": ["a", "b"]}, "teams: none → a, b"),
        (None, {"a": "x" * 500}, f"a: {'x' * 156}…"),
        ("odd", ["odd"], None),
    ],
)
def test_a_change_in_words(before, after, words):
    from juncture.web.journal.telling import changed

    assert changed(before, after) == words


def test_a_state_is_told_with_the_one_before_also_on_an_incident(viewer, administrator, work):
    receive_into_new(viewer, [pasted(CHAT)], title="Checkout", visibility="organisation", date=None, zone="UTC")
    work()
    set_state(viewer, postmortems.postmortems(viewer)[0][0].id, "published")
    assert "state: draft → published" in text_of(signed(administrator).get("/settings/audit/?action=set_state"))
