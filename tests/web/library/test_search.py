"""Search finds by words, narrows by facets, and tells nobody what is not theirs to see."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from tests.web.world import SECRET, WORKING, build

from juncture.web.access.selectors import viewer_of
from juncture.web.incidents.operations import declare
from juncture.web.library.asking import terms_of
from juncture.web.library.highlighting import looked_for, marked
from juncture.web.library.search import Search, found
from juncture.web.library.stemming import stem

HOSTILE = (
    '"', '""', '"a', 'a"b', "NEAR(a b)", "a NEAR/2 b", "*", "a*", "^a", "a AND", "OR", "NOT a", "{title}: a", "title:a", "-a",
    "a\x00b", "\x00", "x" * 10_000, "a " * 5_000, "🔥", "🔥 fire", "...", "'", "''", "a' OR 1=1 --", ":*", "a:*", "!a", "a & | b",
    "<->", "(", ")", "\\", "²", "日本語", "é", "\N{COMBINING ACUTE ACCENT}", "%s", "%", "_", "a_b", "İstanbul", "ﬁ",
)  # fmt: skip


@pytest.fixture
def there(db):
    return build()


@pytest.fixture
def seen(there):
    return {who: viewer_of(person) for who, person in there.people.items()}


def titles(viewer, text, **chosen):
    return [hit.object_id for hit in found(viewer, Search(text, {name: (value,) for name, value in chosen.items()})).hits]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_are_words(db, viewer, text):
    declare(viewer, title="Checkout fails")
    found(viewer, Search(text))


class AnyText(TestCase):
    @given(st.text(max_size=60))
    def test_any_text_can_be_looked_for(self, text):
        from juncture.web.access.viewer import Viewer

        for term in terms_of(text):
            assert all(re.fullmatch(r"[^\W_]+", word) for word in term.words)
        found(Viewer(user_id=1, role="author"), Search(text))


def test_words_are_found_by_their_stems_and_by_their_beginnings(db, viewer):
    incident = declare(viewer, title="Payments were waiting for a café lock", services=["orders-api"])
    for text in ("wait", "waits", "payment lock", "paym", "cafe", "CAFÉ", '"café lock"', "orders-api", "api", "orders"):
        assert titles(viewer, text) == [incident.public_id], text
    for text in ('"lock café"', "payments refunds", "zebra"):
        assert titles(viewer, text) == [], text


def test_a_word_that_is_whole_is_no_beginning(db, viewer):
    declare(viewer, title="Locksmith")
    assert titles(viewer, "locks") != []
    assert titles(viewer, "locks ") == []


def test_nobody_finds_a_restricted_incident_but_those_on_it(there, seen):
    for who in ("viewer", "author", "administrator"):
        answer = found(seen[who], Search(SECRET))
        assert (answer.hits, answer.facets) == ((), ()), who
    assert found(seen["creator"], Search(SECRET)).hits


def test_facets_count_only_what_the_viewer_may_see(there, seen):
    def counts(who):
        facets = found(seen[who], Search("checkout")).facets
        return {facet.name: {choice.value: choice.count for choice in facet.choices} for facet in facets}

    assert counts("author")["kind"]["postmortem"] == 1
    assert counts("administrator") == counts("author")
    assert counts("creator")["kind"]["postmortem"] == 2


def test_a_team_s_incident_is_found_by_the_team_alone(db, viewer, person):
    incident = declare(viewer, title="Quartz drifted", visibility="team", team="Clocks")
    other = viewer_of(person("author", "other@example.org"))
    assert titles(viewer, "quartz") == [incident.public_id]
    facet = next(facet for facet in found(viewer, Search("quartz")).facets if facet.name == "team")
    assert [(choice.value, choice.count) for choice in facet.choices] == [("Clocks", 1)]
    assert found(other, Search("quartz")).facets == ()


def test_readers_find_the_publication_and_writers_the_working_text(there, seen):
    assert titles(seen["author"], f'"{WORKING}"') == [there.open["postmortem"]]
    assert titles(seen["viewer"], f'"{WORKING}"') == []
    assert there.open["postmortem"] in titles(seen["viewer"], "checkout", kind="postmortem")


def test_a_facet_narrows_and_still_counts_its_other_values(db, viewer):
    declare(viewer, title="Lock one", services=["orders"], severity="Sev 1")
    declare(viewer, title="Lock two", services=["orders", "search"], severity="Sev 2")
    answer = found(viewer, Search("lock", {"service": ("search",)}))
    assert len(answer.hits) == 1
    by_name = {facet.name: {choice.value: choice.count for choice in facet.choices} for facet in answer.facets}
    assert by_name["service"] == {"orders": 2, "search": 1}
    assert by_name["severity"] == {"Sev 2": 1}


def test_highlights_are_escaped_and_mark_the_words_alone():
    looked = looked_for(terms_of("lock waits "))
    assert marked("<b>Lock</b> & waiting", looked) == "&lt;b&gt;<mark>Lock</mark>&lt;/b&gt; &amp; <mark>waiting</mark>"


def test_a_long_text_is_cut_round_the_first_word_that_was_found():
    text = f"{'lead ' * 200}here is the lock and more{' tail' * 200}"
    cut = marked(text, looked_for(terms_of("lock ")))
    assert cut.startswith("…")
    assert cut.endswith("…")
    assert "<mark>lock</mark>" in cut
    assert len(cut) < 300


def test_stems_are_those_of_the_index():
    import sqlite3
    from pathlib import Path

    words = {word for page in Path("docs").rglob("*.md") for word in re.findall("[a-z]+", page.read_text().lower())}
    words = sorted(word for word in words if len(word) < 25)
    base = sqlite3.connect(":memory:")
    base.execute("CREATE VIRTUAL TABLE said USING fts5(word, tokenize='porter unicode61')")
    base.execute("CREATE VIRTUAL TABLE stems USING fts5vocab('said', 'instance')")
    base.executemany("INSERT INTO said(rowid, word) VALUES (?, ?)", enumerate(words))
    stems = dict(base.execute("SELECT doc, term FROM stems"))
    base.close()
    assert {word: stem(word) for word in words} == {word: stems[number] for number, word in enumerate(words)}


def test_the_call_answers_hits_with_safe_highlights(there, client, seen):
    client.force_login(there.people["creator"])
    body = client.get("/api/v1/search", {"q": "checkout", "kind": "event"}).json()
    assert body["total"] == len(body["items"]) > 0
    assert {item["kind"] for item in body["items"]} == {"event"}
    assert all("<mark>checkout</mark>" in item["highlight"] for item in body["items"])
    assert client.get("/api/v1/search", {"q": "checkout", "limit": "0"}).status_code == 422
    assert client.get("/api/v1/search").json() == {"items": [], "total": 0}


def test_every_hit_leads_somewhere(there):
    client = there.clients["creator"]
    for item in client.get("/api/v1/search", {"q": "checkout"}).json()["items"]:
        assert client.get(item["url"].partition("#")[0]).status_code == 200, item


def test_the_page_says_where_each_hit_is(there, django_assert_max_num_queries):
    with django_assert_max_num_queries(15):
        page = there.clients["creator"].get("/library/", {"q": "checkout", "service": "nothing"}).content.decode()
    assert "With these filters nothing is left" in page
    with django_assert_max_num_queries(15):
        page = there.clients["creator"].get("/library/", {"q": "checkout"}).content.decode()
    assert "2 incidents" in page
    assert "<mark>checkout</mark>" in page
    assert "Timeline" in page


def test_the_page_without_words_shows_what_there_is_to_read(there, django_assert_max_num_queries):
    with django_assert_max_num_queries(15):
        page = there.clients["viewer"].get("/library/").content.decode()
    assert "Newest publications" in page
    assert WORKING not in page
    assert SECRET not in page


def test_what_is_not_found_is_told_with_what_to_try(db, signed_in):
    page = signed_in.get("/library/", {"q": "zebra crossing"}).content.decode()
    assert "Nothing holds all of these words" in page
    assert 'href="?q=zebra"' in page
