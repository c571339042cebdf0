import datetime as dt
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juncture.evidence.artefact import Artefact
from juncture.evidence.commands import changes_by, command_rules
from juncture.evidence.reader import Confidence, Settings
from juncture.evidence.readers.shell_history import READER, WHOEVER_RAN_IT, owner_of
from juncture.model.evidence import Kind, Lane, LeftOut, Sighting


def artefact_of(text, name="history"):
    data = text if isinstance(text, bytes) else text.encode()
    return Artefact("sha256:0", name, len(data), lambda: io.BytesIO(data), name)


def read(text, name="history"):
    return list(READER.session(Settings(today=dt.date(2026, 11, 1))).read(artefact_of(text, name)))


def events(text, name="history"):
    return [item for item in read(text, name) if isinstance(item, Sighting)]


@pytest.mark.parametrize(
    ("text", "confidence"),
    [
        ("#1779176407\nls\n", Confidence.CERTAIN),
        (": 1779176407:0;ls\n", Confidence.CERTAIN),
        ("- cmd: ls\n  when: 1779176407\n", Confidence.CERTAIN),
        ("  501  2026-05-19 07:40:07 ls\n  502  2026-05-19 07:40:09 ls\n", Confidence.LIKELY),
        ("ls\ncd /\n", Confidence.NO),
        ("#!/bin/sh\n# 1779176407\nls\n", Confidence.NO),
        ("148 2026-05-19 07:40:07 INFO up\n97 2026-05-19 07:40:09 INFO up\n3 2026-05-19 07:40:09 INFO up\n", Confidence.NO),
        ("", Confidence.NO),
    ],
)
def test_histories_are_recognised_by_how_shells_write_times(text, confidence):
    assert READER.recognise(artefact_of(text).head()) is confidence


def test_a_command_of_several_lines_is_one_and_cited_whole():
    first, second = events("#1779176407\nfor n in 1 2; do\n  echo $n\ndone\n#1779176450\nls\n")
    assert first.summary == "for n in 1 2; do\n  echo $n\ndone"
    assert first.citation.place == "line:1-4"
    assert second.citation.place == "line:5-6"
    assert second.occurred_at == dt.datetime(2026, 5, 19, 7, 40, 50, tzinfo=dt.UTC)
    assert (second.latest - second.earliest).total_seconds() == 0.999999


def test_what_a_command_printed_was_known_to_who_ran_it():
    (event,) = events("#1779176407\nls\n", "/home/kim/.bash_history")
    assert (event.kind, event.actor, event.known_by, event.known_at) == (Kind.COMMAND, "kim", ("kim",), event.occurred_at)
    (event,) = events("#1779176407\nls\n")
    assert (event.actor, event.known_by) == (None, (WHOEVER_RAN_IT,))


@pytest.mark.parametrize(
    ("path", "owner"),
    [
        ("/home/kim/.bash_history", "kim"),
        ("evidence.zip!/Users/lee/.zsh_history", "lee"),
        ("backup/root/.bash_history", "root"),
        ("kim.zsh_history", "kim"),
        ("shell_history_kim.txt", "kim"),
        ("history-kim.txt", "kim"),
        (".bash_history", None),
        ("shell_history.txt", None),
        ("commands.txt", None),
    ],
)
def test_the_path_may_say_whose_history_it_is(path, owner):
    assert owner_of(path) == owner


@pytest.mark.parametrize("rule", command_rules(), ids=lambda rule: rule.name)
def test_every_command_rule_fits_its_good_examples_and_none_of_its_bad_ones(rule):
    assert [example for example in rule.good if changes_by(example).rule != rule.name] == []
    assert [example for example in rule.bad if changes_by(example)] == []


@pytest.mark.parametrize(
    ("command", "lane"),
    [
        ("sudo -u postgres psql -c 'select pg_terminate_backend(7)'", Lane.CHANGE),
        ("ssh depot-3 'sudo systemctl restart scanner'", Lane.CHANGE),
        ("cd /srv && PAGER=cat git revert --no-edit 4be1d09", Lane.CHANGE),
        ("echo systemctl restart scanner", Lane.PEOPLE),
        ("grep 'DROP TABLE' dump.sql", Lane.PEOPLE),
        ("less /var/log/deploy.log", Lane.PEOPLE),
    ],
)
def test_what_changes_something_is_told_from_what_looks(command, lane):
    (event,) = events(f"#1779176407\n{command}\n")
    assert event.lane is lane


def test_commands_without_a_time_are_counted():
    found = read("ls\ncd /\n#1779176407\nls\n")
    assert [(item.where, item.count) for item in found if isinstance(item, LeftOut)] == [("history, line 1", 2)]


def test_a_running_time_is_the_end_of_a_zsh_command():
    (event,) = events(": 1779176407:12;make deploy\n")
    assert (event.ended_at - event.occurred_at).total_seconds() == 12


def test_equal_commands_in_one_second_are_told_apart_and_keep_their_ids_in_a_longer_history():
    early, late = events("#1779176407\nls\n" * 2), events("#1779176407\nls\n" * 3)
    assert [event.id for event in early] == [event.id for event in late[:2]]
    assert len({event.id for event in late}) == 3


@given(
    st.lists(
        st.sampled_from(
            ["#1779176407", ": 1779176407:0;ls \\", "- cmd: x", "  when: 99999999999", "  1  2026-05-19 07:40:07 ls"]
        )
        | st.text(max_size=30)
    )
)
def test_no_text_breaks_it(lines):
    text = "\n".join(lines).encode("utf-8", "replace")
    READER.recognise(artefact_of(text).head())
    read(text)
