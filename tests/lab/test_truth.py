"""Truth from the lab's own log."""

from lab.journal import Journal, Kind, Mark
from lab.load import Measurement
from lab.truth import felt, iso, truth

START = 1_795_000_000.0


def requests(bad_from: float, bad_to: float, *, until: float = 600, stray: float | None = None) -> list[Measurement]:
    """Two requests a second; all sent within the given seconds fail after one second."""
    found = []
    for half in range(int(until * 2)):
        sent = half / 2
        bad = bad_from <= sent < bad_to or sent == stray
        found.append(Measurement(START + sent, 1.0 if bad else 0.1, 500 if bad else 200, "/checkout"))
    return found


def journal() -> Journal:
    log = Journal()
    log.add(Kind.TRIGGER, "deploy", at=START + 180)
    return log


def test_felt_spans_the_first_bad_request_as_sent_to_the_last_as_answered() -> None:
    seen = felt(requests(200, 300), START + 180)
    assert seen is not None
    assert (seen.started, seen.ended) == (START + 200, START + 299.5 + 1.0)


def test_a_stray_failure_is_not_the_fault() -> None:
    seen = felt(requests(200, 300, stray=185), START + 180)
    assert seen is not None
    assert seen.started == START + 200
    seen = felt(requests(200, 300, stray=450), START + 180)
    assert seen is not None
    assert seen.ended == START + 300.5


def test_a_slow_answer_is_felt_too() -> None:
    slow = [Measurement(START + second, 2.5, 200, "/orders") for second in range(20)]
    seen = felt(slow, START)
    assert seen is not None
    assert seen.ended == START + 19 + 2.5


def test_what_users_never_felt_is_no_incident() -> None:
    assert felt(requests(0, 0), START) is None


def test_the_page_of_the_wrong_team_is_the_first_signal() -> None:
    log = journal()
    log.add(Kind.PAGE, "page to frontend", at=START + 230)
    log.add(Kind.PAGE, "page to orders", at=START + 290)
    milestones = truth(log, requests(200, 300), fault="f", seed=1, scene={})["milestones"]
    assert isinstance(milestones, dict)
    assert milestones["detected_at"] == iso(START + 230)


def test_a_person_who_writes_before_the_page_is_the_first_signal() -> None:
    log = journal()
    log.add(Kind.POST, "checkout hangs?", at=START + 210, mark=Mark.SIGNAL)
    log.add(Kind.PAGE, "page to frontend", at=START + 230)
    milestones = truth(log, requests(200, 300), fault="f", seed=1, scene={})["milestones"]
    assert isinstance(milestones, dict)
    assert milestones["detected_at"] == iso(START + 210)


def test_milestones_that_nobody_said_are_null_and_resolved_falls_back_to_the_last_alert() -> None:
    log = journal()
    log.add(Kind.PAGE, "page to frontend", at=START + 230)
    log.add(Kind.POST, "hm", at=START + 240)
    log.add(Kind.ALERTS_RESOLVED, "Slow resolved", at=START + 350)
    log.add(Kind.ALERTS_RESOLVED, "Errors resolved", at=START + 340)
    milestones = truth(log, requests(200, 300), fault="f", seed=1, scene={})["milestones"]
    assert isinstance(milestones, dict)
    assert milestones["acknowledged_at"] is None
    assert milestones["declared_at"] is None
    assert milestones["resolved_at"] == iso(START + 350)


def test_decisions_keep_their_order_and_choice() -> None:
    log = journal()
    log.add(Kind.DECISION, "Cancel?", at=START + 290, chosen="cancel")
    log.add(Kind.DECISION, "Restart?", at=START + 250, chosen="no")
    found = truth(log, requests(200, 300), fault="f", seed=1, scene={})
    assert found["decisions"] == [
        {"at": iso(START + 250), "question": "Restart?", "chosen": "no"},
        {"at": iso(START + 290), "question": "Cancel?", "chosen": "cancel"},
    ]


def test_instants_are_utc_with_milliseconds() -> None:
    assert iso(1_795_000_000.1234) == "2026-11-18T11:06:40.123Z"
