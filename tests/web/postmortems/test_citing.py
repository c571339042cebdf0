"""Citing: a label says one thing in a document, whoever cites what, and when."""

import re

import pytest
from tests.web.conftest import CHAT

from juncture.web.evidence.operations import pasted, receive_into_new
from juncture.web.postmortems import operations, selectors
from juncture.web.postmortems.citing import citable


@pytest.fixture
def drafted(viewer, work):
    receive_into_new(viewer, [pasted(CHAT)], title="Checkout fails", visibility="organisation", date=None, zone="UTC")
    work()
    return selectors.postmortems(viewer)[0][0].id


def section(viewer, drafted, heading):
    return next(one for one in selectors.postmortem(viewer, drafted).sections if one.heading == heading)


def bound(viewer, drafted):
    whole = "\n".join(one.markdown for one in selectors.postmortem(viewer, drafted).sections)
    return re.findall(r"^\[\^([^\]]+)\]: .*\(event ([0-9a-f]{32})", whole, re.MULTILINE)


@pytest.mark.parametrize("where", [("Impact", "Impact"), ("Impact", "Detection")])
def test_two_people_who_cite_at_once_each_cite_what_they_meant(viewer, drafted, where):
    first, second = citable(viewer, drafted, "falling")[0], citable(viewer, drafted, "seeing the same")[0]
    read = [section(viewer, drafted, heading) for heading in where]
    for words, event, of in (("Hers", first, read[0]), ("His", second, read[1])):
        text = f"{of.markdown}\n\n{words}.[^e9]\n\n[^e9]: {event.definition}"
        operations.apply(viewer, drafted, of.id, base=of.markdown, text=text)
    labels = [label for label, _ in bound(viewer, drafted)]
    assert len(labels) == len(set(labels))
    whole = "\n".join(section(viewer, drafted, heading).markdown for heading in set(where))
    named = {words: re.search(rf"{words}\.\[\^([^\]]+)\]", whole)[1] for words in ("Hers", "His")}
    events = dict(bound(viewer, drafted))
    assert (events[named["Hers"]], events[named["His"]]) == (first.event, second.event)


def test_what_got_another_label_and_is_sent_again_is_there_once(viewer, drafted):
    first, second = citable(viewer, drafted, "falling")[0], citable(viewer, drafted, "seeing the same")[0]
    of = section(viewer, drafted, "Impact")
    texts = [f"{of.markdown}\n\n{words}.[^e9]\n\n[^e9]: {one.definition}" for words, one in (("A", first), ("B", second))]
    for text in (*texts, texts[1]):
        last = operations.apply(viewer, drafted, of.id, base=of.markdown, text=text)
    assert (last.count("B.["), last.count(f"(event {second.event}")) == (1, 1)


def test_what_is_saved_twice_is_the_same_once(viewer, drafted):
    of, event = section(viewer, drafted, "Impact"), citable(viewer, drafted, "falling")[0]
    text = f"{of.markdown}\n\nHers.[^e9]\n\n[^e9]: {event.definition}"
    once = operations.apply(viewer, drafted, of.id, base=of.markdown, text=text)
    assert operations.apply(viewer, drafted, of.id, base=of.markdown, text=text) == once == text
