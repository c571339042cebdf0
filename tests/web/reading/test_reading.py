"""The page of a postmortem as it is read: what stands on it for whom, and how little it asks for."""

import re
from datetime import UTC, datetime, timedelta
from io import BytesIO

import msgspec
import pytest
from tests.web.conftest import CHAT

from juncture.web.access.selectors import viewer_of
from juncture.web.evidence.operations import Received, pasted, receive_into_new
from juncture.web.postmortems import kept, selectors, showing
from juncture.web.postmortems.operations import apply, set_state

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
