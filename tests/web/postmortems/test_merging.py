import random
import re
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from juncture.web.postmortems.merging import merge

WORDS = [
    "checkout",
    "failed",
    "for",
    "users",
    "when",
    "the",
    "migration",
    "waited",
    "behind",
    "a",
    "report",
    "and",
    "every",
    "query",
    "after",
    "it",
    "too",
]


def edited(chance, words, mark):
    """Return words after some edits, and the words that were typed."""
    words, typed = list(words), []
    for number in range(chance.randint(1, 3)):
        start = chance.randint(0, len(words))
        end = min(len(words), start + chance.choice([0, 0, 1, 3, 12]))
        new = [f"{mark}{number}x{place}" for place in range(chance.choice([0, 1, 2, 5]))]
        words[start:end] = new
        typed = [word for word in typed if word in words] + new
    return words, [word for word in typed if word in words]


@given(st.integers(0, 10**9))
def test_no_word_that_anybody_typed_is_lost_or_doubled(seed):
    chance = random.Random(seed)
    base = [chance.choice(WORDS) for _ in range(chance.randint(0, 60))]
    mine, my_words = edited(chance, base, "mine")
    theirs, their_words = edited(chance, base, "theirs")
    merged = Counter(re.findall(r"\w+", merge(" ".join(base), " ".join(mine), " ".join(theirs))))
    assert [word for word in (*my_words, *their_words) if merged[word] != 1] == []


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_any_texts_merge_and_an_unchanged_one_changes_nothing(base, mine, theirs):
    merge(base, mine, theirs)
    assert merge(base, mine, base) == mine
    assert merge(base, base, theirs) == theirs
    assert merge(base, mine, mine) == mine


def test_edits_in_different_places_both_stand():
    base = "It failed at 14:01.\n\nNobody knew.\n"
    assert merge(base, base.replace("14:01", "14:03"), base.replace("Nobody", "One person")) == (
        "It failed at 14:03.\n\nOne person knew.\n"
    )


def test_what_is_typed_into_a_stretch_that_another_takes_away_stays():
    merged = merge("one two three four", "one four", "one two typed three four")
    assert "typed" in merged
    assert "two" not in merged


def test_the_same_change_stands_once():
    assert merge("a b", "a new b", "a new b and more") == "a new b and more"
