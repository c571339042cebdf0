import pytest
from hypothesis import given
from hypothesis import strategies as st

from juncture.document.claims import claims_of
from juncture.text.spans import sentences_of

NAMES = ("checkout", "HighLatency", "On-call engineer")

CLAIMS = [
    ("The first checkout failed at 14:07.", "an instant"),
    ("It lasted 39 minutes.", "a duration"),
    ("Errors rose to 12 % of requests.", "a quantity"),
    ("We lost 1,240 orders.", "a quantity"),
    ("HighLatency fired.", "what HighLatency did"),
    ("The on-call engineer acknowledged the page.", "what on-call engineer did"),
    ("On 2026-03-02 the release went out.", "an instant"),
]
NO_CLAIMS = [
    "The alert would have been of use.",
    "Was checkout restarted at 14:07?",
    "> Checkout failed at 14:07.",
    "    checkout failed at 14:07",
    "```\n14:07 checkout failed\n```",
    "Sam wrote “back at 14:15”.",
    "Give it a minute.",
    "Migrations should have a lock timeout in checkout.",
    "# At 14:07",
    "| 14:07 | failed |",
    "<!-- juncture:timeline -->",
    "[^e1]: 14:07:00 UTC, slack: failed (event 00)",
]


@pytest.mark.parametrize(("text", "states"), CLAIMS)
def test_what_states_what_happened_is_a_claim(text, states):
    assert [claim.states for claim in claims_of(text, names=NAMES)] == [states]


@pytest.mark.parametrize("text", NO_CLAIMS)
def test_opinion_questions_quotes_and_code_are_none(text):
    assert list(claims_of(text, names=NAMES)) == []


def test_a_citation_behind_the_full_stop_belongs_to_its_sentence():
    text = "It failed at 14:07.[^e1] It was seen at 14:09. [^e2][^e3] Nobody saw 14:10."
    assert [claim.cited for claim in claims_of(text)] == [True, True, False]


def test_lessons_claim_nothing():
    assert list(claims_of("It took 39 minutes.", heading="Lessons learned")) == []


def test_sentences_have_the_places_where_they_stand():
    text = "One is here.\nTwo goes\non. - no\n\n- Three, e.g. this.\n- [ ] Four\n"
    found = [text[one.start : one.end] for one in sentences_of(text)]
    assert found == ["One is here.", "Two goes\non.", "- no", "Three, e.g. this.", "Four"]


@given(st.text(alphabet=st.sampled_from("ab. !?\n>-[^e1]:`#|*\t\r12"), max_size=200))
def test_sentences_stand_in_order_and_never_overlap(text):
    last = 0
    for one in sentences_of(text):
        assert last <= one.start < one.end <= len(text)
        last = one.end
    list(claims_of(text, names=("ab",)))


def test_full_stops_within_a_quotation_end_no_sentence():
    text = 'The first signal came at 14:07: “hey, checkout fails. known?”.[^e1] It went on. He said "no. yes." at 14:08.[^e2]'
    assert [sentence.text[:9] for sentence in sentences_of(text)] == ["The first", "It went o", 'He said "']
    assert all(claim.cited for claim in claims_of(text))
    assert len(list(sentences_of('A 3" disk failed. It was replaced. All was well.'))) == 3
