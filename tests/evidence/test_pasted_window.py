import pytest

from juncture.evidence.conversation.window import (
    addition_at_end,
    additions,
    day_of_separator,
    is_membership,
    is_window_line,
    membership,
    preview_of,
)


@pytest.mark.parametrize(("addition", "line"), [(one, line) for one in additions() for line in one.good])
def test_what_a_window_adds_is_known(addition, line):
    assert addition_at_end(line) == addition.what
    assert is_window_line(line) == addition.anywhere


@pytest.mark.parametrize("line", [line for one in additions() for line in one.bad])
def test_what_somebody_wrote_is_no_addition(line):
    assert addition_at_end(line) is None


@pytest.mark.parametrize("line", membership().good)
def test_lines_of_the_program_are_membership(line):
    assert is_membership(line)


@pytest.mark.parametrize("line", membership().bad)
def test_words_of_people_are_no_membership(line):
    assert not is_membership(line)


@pytest.mark.parametrize(
    ("line", "certain"),
    [
        ("—— March 2, 2026 ——", True),
        ("----- Today March 2nd, 2026 -----", True),
        ("--- Day changed Mon Mar 02 2026", True),
        ("--- Log opened Mon Mar 02 14:02:11 2026", True),
        ("Monday, March 2nd", False),
        ("Mon, Mar 02, 2026", False),
        ("Montag, 2. März", False),
        ("Today", False),
    ],
)
def test_a_separator_tells_the_day(line, certain):
    day, decorated = day_of_separator(line)
    assert decorated == certain
    assert (day.days_ago == 0) if line == "Today" else ((day.month, day.day) == (3, 2))


@pytest.mark.parametrize("line", ["sam", "max", "So", "Mo", "today we wait", "March", "2", "may"])
def test_names_and_words_are_no_days(line):
    assert day_of_separator(line) is None


def test_a_preview_names_whose_message_follows():
    assert preview_of("the import has stopped... by Beispiel, Ana (IT)") == "Beispiel, Ana (IT)"
    assert preview_of("see the file by Ana, has an attachment.") == "Ana"
    assert preview_of("nearby") is None
