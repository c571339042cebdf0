import pytest
from hypothesis import HealthCheck, given, settings
from tests.document.test_record_file import texts, whole
from tests.web.conftest import CHAT

from juncture.document.record_file import write
from juncture.web.evidence.operations import pasted, receive_into_new
from juncture.web.journal.models import Change
from juncture.web.postmortems import operations, selectors


@pytest.fixture
def drafted(viewer, work):
    receive_into_new(viewer, [pasted(CHAT)], title="Checkout fails", visibility="organisation", date=None, zone="UTC")
    work()
    return selectors.postmortems(viewer)[0][0].id


def put(api, postmortem, text, etag):
    headers = {"If-Match": etag} if etag else {}
    return api(
        "PUT",
        f"postmortems/{postmortem}.md",
        text,
        content_type="text/markdown",
        **{f"HTTP_{k.upper().replace('-', '_')}": v for k, v in headers.items()},
    )


def test_a_changed_file_comes_back_byte_for_byte(api, drafted):
    there = api("GET", f"postmortems/{drafted}.md")
    changed = there.content.replace(b"\n## ", b"\n\n\n## ", 1) + b"\n<!-- a comment of ours -->\n"
    answer = put(api, drafted, changed, there["ETag"])
    assert answer.status_code == 200, answer.content
    now = api("GET", f"postmortems/{drafted}.md")
    assert now.content == changed
    assert now["ETag"] == answer["ETag"] != there["ETag"]


def test_a_stale_file_is_refused_and_nothing_is_lost(api, viewer, drafted):
    there = api("GET", f"postmortems/{drafted}.md")
    section = selectors.postmortem(viewer, drafted).sections[0]
    operations.apply(viewer, drafted, section.id, base=section.markdown, text=f"Words of somebody. {section.markdown}")
    answer = put(api, drafted, there.content, there["ETag"])
    assert answer.status_code == 412
    assert b"Words of somebody." in api("GET", f"postmortems/{drafted}.md").content


def test_a_replacement_without_a_condition_is_refused(api, drafted):
    answer = put(api, drafted, b"# Title\n", "")
    assert answer.status_code == 428
    assert "If-Match" in answer.json()["detail"]


def test_after_a_later_change_everything_else_keeps_its_bytes(api, viewer, drafted):
    text = b"---\nours: kept   # with a remark\n---\n\n# A title\n\n## One\n\nFirst.\n\n\n## Two\n\n*  odd   list\n"
    put(api, drafted, text, "*")
    one = selectors.postmortem(viewer, drafted).sections[0]
    operations.apply(viewer, drafted, one.id, base=one.markdown, text="Changed.")
    now = api("GET", f"postmortems/{drafted}.md").content
    assert b"Changed." in now
    assert b"ours: kept   # with a remark\n" in now
    assert b"## Two\n\n*  odd   list\n" in now


def test_each_section_that_a_file_changes_is_in_its_history(api, viewer, drafted):
    section = selectors.postmortem(viewer, drafted).sections[0]
    there = api("GET", f"postmortems/{drafted}.md")
    line = next(line for line in section.markdown.splitlines() if len(line) > 20)
    put(api, drafted, there.content.replace(line.encode(), b"Another sentence."), there["ETag"])
    after = selectors.postmortem(viewer, drafted).sections[0]
    assert after.id == section.id
    assert after.version == section.version + 1
    written = Change.objects.filter(object_kind="section", object_id=str(section.id)).last()
    assert written.before["markdown"] == section.markdown
    assert written.after["markdown"] == after.markdown


def test_a_file_that_is_no_text_is_refused_with_its_line(api, drafted):
    answer = put(api, drafted, b"# T\n\nfine\n\xff\n", "*")
    assert (answer.status_code, answer.json()["detail"][:14]) == (422, "Line 4 is not ")
    assert put(api, drafted, b"# T\n\n\x00", "*").json()["detail"].startswith("Line 3 holds a NUL")


def test_a_line_that_cannot_be_read_stays_text_and_is_named(api, drafted):
    text = b"# T\n\n## Actions\n\n<!-- juncture:actions -->\n- [ ] Fine\n- no task at all\n<!-- /juncture:actions -->\n"
    notes = put(api, drafted, text, "*").json()["notes"]
    assert [note["where"] for note in notes] == ["line 7"]
    assert api("GET", f"postmortems/{drafted}.md").content == text


def test_a_file_written_elsewhere_is_imported_with_its_incident(api):
    text = b"---\nseverity: Sev 1\nservices: [checkout]\nstarted_at: 2026-03-02T14:01:00Z\n---\n\n# Checkout failed\n\n## Summary\n\nWords.\n"
    answer = api("POST", "postmortems", text, content_type="text/markdown")
    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert api("GET", f"postmortems/{told['id']}.md").content == text
    incident = api("GET", f"incidents/{told['incident']}").json()
    assert (incident["title"], incident["severity"], incident["services"]) == ("Checkout failed", "Sev 1", ["checkout"])


def test_a_file_is_imported_into_an_incident_that_there_is(api):
    incident = api("POST", "incidents", {"title": "Checkout fails", "visibility": "restricted"}).json()["id"]
    answer = api("POST", f"postmortems?incident={incident}", write(whole()).encode(), content_type="text/markdown")
    assert answer.json()["incident"] == incident
    assert api("POST", "postmortems?incident=none", b"# T\n", content_type="text/markdown").status_code == 404


@pytest.mark.django_db
@given(texts.filter(lambda text: "\x00" not in text and not any("\ud800" <= c <= "\udfff" for c in text)))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_every_text_that_is_sent_comes_back_byte_for_byte(viewer, text):
    from django.db import transaction

    with transaction.atomic():
        row, _ = operations.import_file(viewer, text.encode())
        assert selectors.markdown_file(viewer, row.public_id) == text.encode()
        operations.replace_file(viewer, row.public_id, f"{text}\n".encode(), expected_etag="*")
        assert selectors.markdown_file(viewer, row.public_id) == f"{text}\n".encode()
        transaction.set_rollback(True)
