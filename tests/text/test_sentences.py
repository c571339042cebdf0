from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juncture.text.render import to_html
from juncture.text.sentences import fingerprint


def sentences(markdown: str) -> list[str]:
    """Return the sentences that a text is divided into, as they are told to whoever marks them."""
    found: list[str] = []

    def mark(text):
        found.append(text)
        return "", ""

    to_html(markdown, footnote=lambda _: "", sentence=mark)
    return found


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("Checkout failed.[^e1][^e2] It was 14:07.", ["Checkout failed.", "It was 14:07."]),
        ("It failed, e.g. Checkout did. Then it stopped.", ["It failed, e.g. Checkout did.", "Then it stopped."]),
        ("**Bold one.** Next (in brackets.) Yes!", ["Bold one.", "Next (in brackets.)", "Yes!"]),
        ("A link [to a page. About it](https://x.example). Then `code. Here` too", [
            "A link to a page. About it.", "Then code. Here too",
        ]),
        ("One line\nthat goes on. And\nends.\nNext", ["One line that goes on.", "And ends.", "Next"]),
        ("“Known?” It was. version 1.2.3 came.", ["“Known?”", "It was. version 1.2.3 came."]),
        ("- first. Second\n- third", ["first.", "Second", "third"]),
        ("障害が発生した。 Then it ended. 次に。", ["障害が発生した。 Then it ended.", "次に。"]),
        ("| a. B | c |\n|---|---|\n| d. E | f |", []),
        ("# A heading. With two", []),
    ],
)  # fmt: skip
def test_a_paragraph_is_divided_where_a_reader_would(markdown, expected):
    assert sentences(markdown) == expected


def test_what_stands_round_a_sentence_comes_out_as_it_was_given_and_closes_in_order():
    html = to_html("One. *Two.* Three", sentence=lambda text: (f'<span id="{len(text)}">', "<b>!</b></span>"))
    assert html == (
        '<p><span id="4">One.<b>!</b></span> <span id="4"><em>Two.</em><b>!</b></span> <span id="5">Three<b>!</b></span></p>\n'
    )


@given(st.text(alphabet="aB. !?*_`[]()^\n\"'1", max_size=60))
def test_marking_sentences_changes_no_word(text):
    marked = to_html(text, sentence=lambda _: ("", ""))
    assert marked == to_html(text)


def test_a_fingerprint_is_of_the_words_alone():
    assert fingerprint("It failed,  at 14:07.") == fingerprint("it failed at 14:07")
    assert fingerprint("It failed at 14:07.") != fingerprint("It failed at 14:08.")
