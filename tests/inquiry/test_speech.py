import pytest
from hypothesis import given
from hypothesis import strategies as st

from juncture.inquiry.speech import (
    act_phrase,
    best_phrase,
    options_in,
    preferred,
    reason_in,
    said_in_vain,
    said_refused,
    sentences,
)


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("rolling back 2.31.4", "roll back 2.31.4"),
        ("ok rolling back", "roll back"),
        ("let's roll back 412 first and ask later", "roll back 412 first and ask later"),
        ("I'd kill the report (pid 4123), ok?", "kill the report (pid 4123)"),
        ("going to cancel the migration, ok?", "cancel the migration"),
        ("bouncing web now", "bounce web"),
        ("Try a restart?", "restart"),
        ("could we just restart web and see, might be stuck connections?", "restart web"),
        ("shall we fail over to eu-west?", "fail over to eu-west"),
        ("the graphs look odd", None),
        ("412 went out before this", None),
    ],
)
def test_an_act_is_taken_out_of_the_words_around_it(text, phrase):
    assert act_phrase(text) == phrase


def test_the_clause_that_proposes_is_preferred():
    assert best_phrase(["release 412 went out at 13:55, should we roll back?"]) == "roll back"


@pytest.mark.parametrize(
    ("text", "options", "preference"),
    [
        ("cancel 4123 or let the report finish? i'd cancel", ("Cancel 4123", "Let the report finish"), "Cancel 4123"),
        (
            "two options: stop the migration, or kill the export. the export is easier to redo, ok?",
            ("Stop the migration", "Kill the export"),
            "Kill the export",
        ),
        ("either drain the node or restart the pod?", ("Drain the node", "Restart the pod"), None),
        ("is it the network or the disk?", (), None),
        ("roll back?", (), None),
    ],
)
def test_options_are_those_voiced(text, options, preference):
    assert options_in(text) == options
    assert preferred(options, text) == preference


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("changing the route, it'd page us all night otherwise", "it'd page us all night otherwise"),
        ("i'd kill the report, it can be rerun", "it can be rerun"),
        ("rolling back 412", None),
        ("should we roll back?", None),
    ],
)
def test_a_reason_is_the_clause_that_gives_it_word_for_word(text, reason):
    assert reason_in(text) == reason


def test_saying_that_nothing_changed_is_told_from_saying_that_it_failed_to_run():
    assert said_in_vain("restarted, same errors")
    assert not said_in_vain("errors are falling")
    assert said_refused("refused, another deploy is running")
    assert not said_refused("rolling back 412")


@given(st.text(max_size=300))
def test_any_text_can_be_read(text):
    sentences(text)
    act_phrase(text)
    best_phrase(sentences(text))
    options = options_in(text)
    assert preferred(options, text) in (None, *options)
    reason_in(text)
