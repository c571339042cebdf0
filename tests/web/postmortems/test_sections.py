"""Which sections a document has: added, renamed, moved, taken out; every citation stays bound, and history brings all back."""

import pytest
from tests.web.conftest import CHAT

from juncture.web.access.errors import InTheWay, Invalid, NotAllowed, NotFound
from juncture.web.access.selectors import viewer_of
from juncture.web.evidence.operations import pasted, receive, receive_into_new
from juncture.web.journal.models import Change
from juncture.web.postmortems import operations, selectors
from juncture.web.postmortems.diagnosing import diagnostics
from juncture.web.postmortems.models import Postmortem
from juncture.web.postmortems.object_selectors import written
from juncture.web.postmortems.proposal_selectors import proposals_of


@pytest.fixture
def drafted(viewer, work):
    receive_into_new(viewer, [pasted(CHAT)], title="Checkout fails", visibility="organisation", date="2026-03-02", zone="UTC")
    work()
    return selectors.postmortems(viewer)[0][0].id


def sections(viewer, drafted):
    return selectors.postmortem(viewer, drafted).sections


def headings(viewer, drafted):
    return [one.heading for one in sections(viewer, drafted)]


def the(viewer, drafted, heading):
    return next(one.id for one in sections(viewer, drafted) if one.heading == heading)


def unbound(viewer, drafted):
    return [one.rule for one in diagnostics(viewer, *written(viewer, drafted)) if one.rule.startswith("citation/")]


def test_a_section_is_added_where_it_is_wanted_and_written_in(viewer, drafted):
    before = headings(viewer, drafted)
    row = operations.add_section(viewer, drafted, "  What customers\nsaw ", after=the(viewer, drafted, "Summary"))
    assert headings(viewer, drafted) == [before[0], "What customers saw", *before[1:]]
    operations.apply(viewer, drafted, row.pk, base="", text="An error page.")
    assert "An error page." in selectors.markdown_file(viewer, drafted).decode()
    operations.add_section(viewer, drafted, "At the end")
    assert headings(viewer, drafted)[-1] == "At the end"


def test_a_section_moves_and_stops_at_the_ends(viewer, drafted):
    before = headings(viewer, drafted)
    operations.move_section(viewer, drafted, the(viewer, drafted, before[1]), by=-1)
    assert headings(viewer, drafted) == [before[1], before[0], *before[2:]]
    operations.move_section(viewer, drafted, the(viewer, drafted, before[1]), by=-5)
    operations.move_section(viewer, drafted, the(viewer, drafted, before[1]), by=500)
    assert headings(viewer, drafted) == [before[0], *before[2:], before[1]]
    assert unbound(viewer, drafted) == []


def test_what_is_taken_out_leaves_the_footnotes_that_others_cite_and_comes_back(viewer, drafted):
    text = next(one.markdown for one in sections(viewer, drafted) if one.heading == "Sources")
    assert "[^e1]: " in text
    operations.remove_section(viewer, drafted, the(viewer, drafted, "Sources"))
    assert "Sources" not in headings(viewer, drafted)
    assert unbound(viewer, drafted) == []
    gone = Change.objects.filter(object_kind="section", action="remove").get()
    operations.restore_text(viewer, drafted, gone.pk, side="before")
    assert headings(viewer, drafted)[-1] == "Sources"


def test_newer_evidence_still_finds_a_section_that_was_renamed(viewer, drafted, work):
    operations.rename_section(viewer, drafted, the(viewer, drafted, "Detection"), "How we heard of it")
    incident = Postmortem.objects.get_queryset().get().incident.public_id
    log = "2026-03-02T13:55:00Z ERROR payment capture failed\n2026-03-02T13:56:00Z ERROR payment capture failed\n"
    receive(viewer, incident, [pasted(log)], date=None, zone="UTC")
    work()
    assert "Detection" not in headings(viewer, drafted)
    assert [one.title for one in proposals_of(viewer, drafted).proposals] == ["How we heard of it"]


def test_newer_evidence_neither_brings_back_what_was_taken_out_nor_moves_what_was_moved(viewer, drafted, work):
    operations.remove_section(viewer, drafted, the(viewer, drafted, "Weak points"))
    operations.move_section(viewer, drafted, the(viewer, drafted, "Detection"), by=-10)
    arranged = headings(viewer, drafted)
    incident = Postmortem.objects.get_queryset().get().incident.public_id
    log = "2026-03-02T13:55:00Z ERROR payment capture failed\n2026-03-02T13:56:00Z ERROR payment capture failed\n"
    receive(viewer, incident, [pasted(log)], date=None, zone="UTC")
    work()
    assert headings(viewer, drafted) == arranged
    detection = next(one.markdown for one in sections(viewer, drafted) if one.heading == "Detection")
    assert "6\xa0min after the start" in detection


@pytest.mark.parametrize("heading", ["", " \n ", "x" * 201, "half \ud800"])
def test_a_heading_is_a_few_words(viewer, drafted, heading):
    before = headings(viewer, drafted)
    with pytest.raises(Invalid):
        operations.add_section(viewer, drafted, heading)
    with pytest.raises(Invalid):
        operations.rename_section(viewer, drafted, the(viewer, drafted, "Summary"), heading)
    assert headings(viewer, drafted) == before


def test_the_last_section_stays(viewer):
    row, _ = operations.import_file(viewer, b"# Old one\n\n## Summary\n\nIt broke.\n")
    for one in sections(viewer, row.public_id)[1:]:
        operations.remove_section(viewer, row.public_id, one.id)
    with pytest.raises(InTheWay):
        operations.remove_section(viewer, row.public_id, sections(viewer, row.public_id)[0].id)


def test_who_may_not_write_arranges_nothing(viewer, drafted, person):
    operations.set_state(viewer, drafted, "published")
    reader, one = viewer_of(person("viewer")), the(viewer, drafted, "Summary")
    for act in (
        lambda: operations.add_section(reader, drafted, "Mine"),
        lambda: operations.rename_section(reader, drafted, one, "Mine"),
        lambda: operations.move_section(reader, drafted, one, by=1),
        lambda: operations.remove_section(reader, drafted, one),
    ):
        with pytest.raises(NotAllowed):
            act()
    with pytest.raises(NotFound):
        operations.move_section(viewer, drafted, one + 10_000, by=1)


def test_the_editor_arranges_by_its_forms_and_the_history_tells(viewer, drafted, signed_in):
    summary = the(viewer, drafted, "Summary")
    page = f"/postmortems/{drafted}/sections/{summary}/is"
    assert signed_in.post(f"{page}/down/").status_code == 302
    signed_in.post(f"{page}/rename/", {"heading": "In short <b>"})
    signed_in.post(f"/postmortems/{drafted}/sections/", {"heading": "Added here", "after": summary})
    assert headings(viewer, drafted)[1:3] == ["In short <b>", "Added here"]
    added = the(viewer, drafted, "Added here")
    told = signed_in.post(f"/postmortems/{drafted}/sections/{added}/is/remove/", follow=True).content.decode()
    assert "The section is out of the document." in told
    assert "In short &lt;b&gt;" in told
    history = signed_in.get(f"/postmortems/{drafted}/history/").content.decode()
    for words in ("renamed the section", "moved the section", "removed the section", "added the section"):
        assert words in history
    assert signed_in.get("/settings/audit/").status_code in {200, 403}


def test_the_api_arranges(api, viewer, drafted):
    summary = the(viewer, drafted, "Summary")
    made = api("POST", f"postmortems/{drafted}/sections", {"heading": "Mine", "after": summary})
    assert (made.status_code, made.json()["heading"]) == (201, "Mine")
    answer = api("POST", f"postmortems/{drafted}/sections/{made.json()['id']}/place", {"heading": "Ours", "place": 1}).json()
    assert answer["items"][0]["heading"] == "Ours"
    assert api("DELETE", f"postmortems/{drafted}/sections/{made.json()['id']}").status_code == 200
    assert "Ours" not in headings(viewer, drafted)
    assert api("DELETE", f"postmortems/{drafted}/sections/{made.json()['id']}").status_code == 404
