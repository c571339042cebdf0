"""The page of a postmortem as it is read: what stands on it for whom, and how little it asks for."""

import re
from datetime import UTC, datetime, timedelta
from io import BytesIO

import msgspec
import pytest
from tests.web.conftest import CHAT

from juncture.web.access.selectors import viewer_of
from juncture.web.actions.models import ActionItem
from juncture.web.evidence.operations import Received, pasted, receive_into_new
from juncture.web.postmortems import kept, selectors, showing
from juncture.web.postmortems.operations import apply, import_file, set_state

NINE = datetime(2026, 3, 10, 14, 0, tzinfo=UTC)


def metrics():
    """Return an export of Prometheus: requests that fail from the third minute to the eighth."""

    def series(code, rate):
        total, values = 0.0, []
        for number in range(80):
            total += rate(number)
            values.append([int((NINE + timedelta(seconds=15 * number)).timestamp()), str(total)])
        return {"metric": {"__name__": "http_requests_total", "service": "checkout", "code": code}, "values": values}

    failing = series("500", lambda number: 40.0 if 12 <= number < 32 else 0.0)
    well = series("200", lambda number: 2.0 if 12 <= number < 32 else 60.0)
    body = {"status": "success", "data": {"resultType": "matrix", "result": [failing, well]}}
    return Received("metrics.json", BytesIO(msgspec.json.encode(body)))


@pytest.fixture
def postmortem(viewer, work):
    receive_into_new(
        viewer, [metrics(), pasted(CHAT)], title="Checkout fails", visibility="organisation", date=NINE.date(), zone="UTC"
    )
    work()
    found = selectors.postmortems(viewer)[0][0].id
    set_state(viewer, found, "published")
    return found


@pytest.fixture
def reader(client, person):
    client.force_login(person("viewer"))
    return client


def test_the_page_asks_at_most_fifteen_questions(signed_in, postmortem, django_assert_max_num_queries):
    for address in (f"/postmortems/{postmortem}/", f"/postmortems/{postmortem}/published/"):
        with django_assert_max_num_queries(15):
            assert signed_in.get(address).status_code == 200


def test_the_cited_series_is_drawn_on_the_page_and_in_the_file(signed_in, postmortem):
    page = signed_in.get(f"/postmortems/{postmortem}/published/").content.decode()
    file = signed_in.get(f"/api/v1/postmortems/{postmortem}.html?publication=latest").content.decode()
    for text in (page, file):
        assert 'class="plot-figure"' in text
    points = r'<polyline class="actual"[^>]*points="([^"]+)"'
    assert re.findall(points, page) == re.findall(points, file)


def test_readers_see_neither_prompts_nor_questions_and_authors_do(signed_in, postmortem, person):
    working = signed_in.get(f"/postmortems/{postmortem}/").content.decode()
    assert "To write:" in working
    signed_in.force_login(person("viewer"))
    read = signed_in.get(f"/postmortems/{postmortem}/").content.decode()
    assert "To write:" not in read
    assert 'id="questions"' not in read
    assert "Everybody in the organisation" in read


def test_related_stands_above_what_is_written_and_below_what_is_read(signed_in, postmortem):
    working = signed_in.get(f"/postmortems/{postmortem}/").content.decode()
    assert working.index("Have we seen this before?") < working.index('id="title"')
    read = signed_in.get(f"/postmortems/{postmortem}/published/").content.decode()
    assert read.index('id="title"') < read.index('id="related"')
    assert 'href="#related"' in read


def test_a_page_that_was_drawn_is_not_drawn_again_and_never_for_another_text(viewer, postmortem, person, monkeypatch):
    drawn = []
    original = showing.article
    monkeypatch.setattr(showing, "_kept", kept.Kept())
    monkeypatch.setattr(showing, "article", lambda *given, **more: drawn.append(1) or original(*given, **more))
    reader = viewer_of(person("viewer"))
    first = showing.shown_article(reader, selectors.postmortem(reader, postmortem))
    assert showing.shown_article(reader, selectors.postmortem(reader, postmortem)) == first
    assert len(drawn) == 1
    section = selectors.postmortem(viewer, postmortem).sections[0]
    apply(viewer, postmortem, section.id, base=section.markdown, text=f"{section.markdown}\n\nzzWORKING alone.")
    working = showing.shown_article(viewer, selectors.postmortem(viewer, postmortem))
    assert "zzWORKING" in working
    assert "zzWORKING" not in showing.shown_article(reader, selectors.postmortem(reader, postmortem))
    assert len(drawn) == 2


def test_what_is_kept_stays_below_its_limit_and_the_least_used_goes():
    articles = kept.Kept(limit=10)
    for name in (b"a", b"b", b"c"):
        articles.get(name, lambda: "xxxx")
    drawn = []
    articles.get(b"c", lambda: drawn.append("c") or "xxxx")
    articles.get(b"a", lambda: drawn.append("a") or "xxxx")
    assert drawn == ["a"]
    assert articles.get(b"long", lambda: "x" * 11) == "x" * 11


def test_a_near_miss_says_so(viewer, signed_in, postmortem):
    from juncture.web.incidents.models import Incident

    Incident.objects.visible_to(viewer).update(near_miss=True)
    page = signed_in.get(f"/postmortems/{postmortem}/published/").content.decode()
    assert '<span class="chip absent">Near miss</span>' in page
    assert "Not known</span></dd>" not in page


@pytest.fixture
def with_actions(viewer):
    """Return a published postmortem with two actions."""
    text = b"""---
state: draft
---
# Orders stopped

## Summary

Orders stopped for an hour. Between 1,020 and 1,180 were lost.

## Actions

<!-- juncture:actions -->
- [ ] Give every migration a limit
- [ ] Alert when a lock wait passes 30 s
<!-- /juncture:actions -->
"""
    row, _ = import_file(viewer, text)
    set_state(viewer, row.public_id, "published")
    return row.public_id


def test_an_action_that_is_done_says_so_at_once_on_the_frozen_page_and_what_it_was(viewer, reader, with_actions):
    before = reader.get(f"/postmortems/{with_actions}/").content.decode()
    assert "0 of 2 verified, as of now." in before
    ActionItem.objects.visible_to(viewer).filter(title__startswith="Give").update(state="verified")
    after = reader.get(f"/postmortems/{with_actions}/").content.decode()
    assert "1 of 2 verified, as of now." in after
    assert "Open when published" in after
    file = reader.get(f"/api/v1/postmortems/{with_actions}.html").content.decode()
    assert re.search(r"1 of 2 verified, as of <time [^>]*>\w+day \d+ \w+ \d{4}, \d\d:\d\d UTC</time>", file)


def _rewrite(viewer, postmortem, before, after):
    section = next(one for one in selectors.postmortem(viewer, postmortem).sections if before in one.markdown)
    apply(viewer, postmortem, section.id, base=section.markdown, text=section.markdown.replace(before, after))


def test_what_a_later_publication_corrects_stands_as_a_difference_with_its_reason(viewer, reader, with_actions):
    _rewrite(viewer, with_actions, "1,020 and 1,180", "1,240 and 1,610")
    set_state(viewer, with_actions, "published", reason="Orders paid by voucher were left out.")
    page = reader.get(f"/postmortems/{with_actions}/").content.decode()
    assert "<del>Between 1,020 and 1,180 were lost.</del><ins>Between 1,240 and 1,610 were lost.</ins>" in page
    assert "Orders paid by voucher were left out." in page
    assert "Orders stopped for an hour.</del>" not in page


def test_what_was_taken_out_without_a_word_stays_out(viewer, reader, with_actions):
    _rewrite(viewer, with_actions, "Between 1,020 and 1,180 were lost.", "Some were lost.")
    set_state(viewer, with_actions, "published")
    assert "1,180" not in reader.get(f"/postmortems/{with_actions}/").content.decode()


def test_a_corrected_page_asks_no_more_than_fifteen_questions(viewer, reader, with_actions, django_assert_max_num_queries):
    _rewrite(viewer, with_actions, "1,180", "1,280")
    set_state(viewer, with_actions, "published", reason="A sum was wrong.")
    with django_assert_max_num_queries(15):
        reader.get(f"/postmortems/{with_actions}/")
