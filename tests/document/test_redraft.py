"""A newer draft beside an older one: labels, footnotes, and what differs."""

from hypothesis import given
from hypothesis import strategies as st

from juncture.document.redraft import Text, footnotes_in, hunks, markdown_of, relabelled, text_of, with_hunk, with_own_labels
from juncture.model.record import Section

A, B, C = ("0" * 31 + digit for digit in "abc")


def footnote(label, event, words="something"):
    return f"[^{label}]: 14:00:00 UTC, log: {words} (event {event}, sha256:{'1' * 64}, line:1)"


def bound(sections, label):
    return footnotes_in(sections)[label].partition("(event ")[2][:32]


def test_a_label_stays_bound_to_what_it_cited():
    text = [Section("Summary", f"It began.[^e1]\n\n{footnote('e1', A)}\n{footnote('e2', B)}")]
    newest = [Section("Summary", f"It began earlier.[^e1][^e2]\n\n{footnote('e1', C)}\n{footnote('e2', A)}")]
    named = relabelled(newest, text)
    assert text_of(named[0].markdown).prose == "It began earlier.[^e3][^e1]"
    assert (bound(named, "e3"), bound(named, "e1")) == (C, A)


def test_a_label_that_a_person_gave_to_something_else_is_not_taken():
    text = [Section("Summary", f"Mine.[^e1]\n\n{footnote('e1', B)}")]
    drafted = relabelled([Section("Summary", f"Drafted.[^e1]\n\n{footnote('e1', A)}")], text)
    newest = relabelled([Section("Summary", f"Newest.[^e1][^e2]\n\n{footnote('e1', A)}\n{footnote('e2', C)}")], text, drafted)
    assert text_of(drafted[0].markdown).prose == "Drafted.[^e2]"
    assert text_of(newest[0].markdown).prose == "Newest.[^e2][^e3]"


def test_a_series_is_known_by_its_place():
    place = f"(sha256:{'2' * 64}, /data/result/5)"
    text = [Section("Summary", f"Lost.[^s4]\n\n[^s4]: orders.json {place}")]
    named = relabelled([Section("Summary", f"Lost.[^s1]\n\n[^s1]: orders.json {place}")], text)
    assert text_of(named[0].markdown).prose == "Lost.[^s4]"


def test_footnotes_at_the_end_are_parted_and_others_stay_in_the_prose():
    amid = f"One.[^e1]\n\n{footnote('e1', A)}\n\nTwo."
    assert text_of(amid) == Text(amid, {})
    whole = f"One.[^e1]\n\n{footnote('e1', A)}\n{footnote('e2', B)}"
    assert text_of(whole).prose == "One.[^e1]"
    assert markdown_of(text_of(whole)) == whole


lines = st.lists(st.sampled_from(["", "a paragraph", "another one", "- an item", "a third"]), max_size=8).map("\n".join)


@given(lines, lines)
def test_all_hunks_together_lead_from_one_to_the_other(old, new):
    text = old
    for hunk in reversed(list(hunks(old, new))):
        text = with_hunk(text, hunk)
    assert text == new


@given(lines, lines)
def test_no_hunk_touches_a_line_outside_it(old, new):
    for hunk in hunks(old, new):
        before, after = old.split("\n"), with_hunk(old, hunk).split("\n")
        assert after[: hunk.start] == before[: hunk.start]
        assert after[len(after) - len(before) + hunk.end :] == before[hunk.end :]


def test_of_two_who_cite_at_once_each_cites_what_they_meant():
    base = "They acted."
    theirs = [Section("Summary", f"They acted.[^e1]\n\n{footnote('e1', A)}")]
    mine = f"They acted. And waited.[^e1]\n\n{footnote('e1', B)}"
    named = with_own_labels(base, mine, theirs)
    assert named == mine.replace("[^e1]", "[^e2]")
    assert with_own_labels(base, mine, [Section("Summary", base)]) == mine
    assert with_own_labels(base, mine, [Section("Summary", f"Other.[^e1]\n\n{footnote('e1', B)}")]) == mine


def test_a_label_that_stood_in_the_base_is_left_as_it_is():
    base = f"They acted.[^e1]\n\n{footnote('e1', A)}"
    document = [Section("Summary", base.replace(A, C))]
    assert with_own_labels(base, f"{base}\nMore.", document) == f"{base}\nMore."
