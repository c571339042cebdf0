"""What is typed is stored as it was taken in; the sections' Markdown, the history and every operation follow it."""

import random

import pytest
from pycrdt import Doc, Map, Text

from juncture.web.access.errors import NotAllowed, NotFound, SignInNeeded
from juncture.web.access.models import Session
from juncture.web.access.selectors import viewer_of
from juncture.web.incidents.editing import Edit, edit_incident
from juncture.web.journal.models import Change
from juncture.web.postmortems import operations
from juncture.web.postmortems.forgetting import Erased, forget
from juncture.web.postmortems.live_text import rows
from juncture.web.postmortems.models import LiveText, LiveUpdate, Postmortem, Publication, Section


class Hand:
    """A client's document, and the updates that it has not sent."""

    def __init__(self, live, who, seat=0):
        self.doc = Doc()
        self.doc.apply_update(live.document.whole())
        self.who, self.seat, self.made, self.hearing = who, seat, [], False
        self.doc.observe(lambda event: None if self.hearing else self.made.append(event.update))

    def text(self, section):
        return self.doc.get(f"section-{section}", type=Text)

    def sent(self):
        made, self.made = self.made, []
        return [operations.Sent(self.seat, self.who, update) for update in made]

    def hear(self, update):
        self.hearing = True
        self.doc.apply_update(update)
        self.hearing = False


@pytest.fixture
def sam(desk, author):
    return desk.seat(author)


@pytest.fixture
def live(desk):
    return operations.open_live(desk.row.pk)


def test_what_is_typed_is_in_the_markdown_once_it_is_settled_and_in_the_history_by_name(desk, sam, author, live):
    before = desk.markdown(desk.first)
    hand = Hand(live, sam)
    hand.text(desk.first).insert(0, "Ünder load 🧨. ")
    taken = operations.take_in(live, hand.sent())
    assert [seat for seat, _ in taken.own] == [0]
    assert taken.refused == taken.others == []
    assert desk.markdown(desk.first) == before
    operations.settle_live(desk.row.pk)
    assert desk.markdown(desk.first) == f"Ünder load 🧨. {before}"
    change = Change.objects.filter(object_kind="section", object_id=str(desk.first)).last()
    assert (change.by_id, change.action, change.before["markdown"]) == (author.pk, "write", before)
    assert Section.objects.get(pk=desk.first).version == 2


def test_two_who_type_in_one_section_are_both_in_the_history(desk, sam, author, person, live):
    robin = person("author", "robin@example.org")
    for user, seat in ((author, sam), (robin, desk.seat(robin))):
        hand = Hand(live, seat)
        hand.text(desk.first).insert(0, f"{user.pk} ")
        operations.take_in(live, hand.sent())
    operations.settle_live(desk.row.pk)
    change = Change.objects.filter(object_kind="section", object_id=str(desk.first)).last()
    assert (change.by_id, change.after["with"]) == (robin.pk, [author.pk])


def test_an_operation_merges_with_what_was_typed_and_is_told_to_who_types(desk, sam, viewer, live):
    base = desk.markdown(desk.first)
    hand = Hand(live, sam)
    hand.text(desk.first).insert(0, "Typed. ")
    operations.take_in(live, hand.sent())
    merged = operations.apply(viewer, desk.id, desk.first, base=base, text=f"{base} By the interface.")
    assert merged == f"Typed. {base} By the interface."
    for update in operations.take_in(live, []).others:
        hand.hear(update)
    assert str(hand.text(desk.first)) == desk.markdown(desk.first) == merged


def test_a_publication_holds_the_last_word_typed(desk, sam, viewer, live):
    hand = Hand(live, sam)
    hand.text(desk.first).insert(0, "The very last word. ")
    operations.take_in(live, hand.sent())
    operations.set_state(viewer, desk.id, "published")
    assert b"The very last word." in bytes(Publication.objects.get(postmortem=desk.row).record)


def test_the_page_that_is_read_holds_the_last_word_typed(desk, sam, live, signed_in):
    hand = Hand(live, sam)
    hand.text(desk.first).insert(0, "The very last word. ")
    operations.take_in(live, hand.sent())
    assert "The very last word." in signed_in.get(f"/postmortems/{desk.id}/").content.decode()


def test_a_file_that_replaces_the_document_is_typed_into_the_live_text(desk, sam, viewer, live):
    hand = Hand(live, sam)
    text = operations.apply(viewer, desk.id, desk.first, base=desk.markdown(desk.first), text="Old words.")
    assert text
    from juncture.web.postmortems.selectors import markdown_file

    whole = markdown_file(viewer, desk.id).replace(b"Old words.", b"New words.\r\nOf another system.")
    operations.replace_file(viewer, desk.id, whole, expected_etag="*")
    for update in operations.take_in(live, []).others:
        hand.hear(update)
    assert "New words.\nOf another system." in str(hand.text(desk.first))


@pytest.mark.parametrize("forge", ["garbage", "other root", "mark", "embed", "nul", "cr", "long"])
def test_what_no_editor_sends_is_refused_and_nothing_of_it_is_kept(desk, sam, live, forge):
    hand, other = Hand(live, sam, 1), Hand(live, sam, 2)
    text = hand.text(desk.first)
    text.insert(0, "x")
    if forge == "other root":
        hand.doc.get("section-999999", type=Map)["a"] = "b"
    elif forge == "mark":
        text.format(0, 1, {"bold": True})
    elif forge == "embed":
        text.insert_embed(0, {"image": "x"})
    elif forge in {"nul", "cr", "long"}:
        text.insert(0, {"nul": "a\x00b", "cr": "a\r\nb", "long": "x" * 1_000_001}[forge])
    forged = hand.sent()
    if forge == "garbage":
        forged.append(operations.Sent(1, sam, b"\x01\x02garbage"))
    other.text(desk.second).insert(0, "Honest. ")
    taken = operations.take_in(live, [*forged, *other.sent()])
    assert [one.seat for one in taken.refused] == [1]
    assert [seat for seat, _ in taken.own] == [2]
    fresh = operations.open_live(desk.row.pk)
    assert fresh.document.text(desk.second).startswith("Honest. ")
    assert not fresh.document.text(desk.first).startswith(("x", "a"))
    assert fresh.document.state() == live.document.state()


def test_rights_are_looked_up_with_every_batch(desk, sam, author, person, live):
    def why(who):
        hand = Hand(live, who)
        hand.text(desk.first).insert(0, "x")
        (refused,) = operations.take_in(live, hand.sent()).refused
        return type(refused.why)

    stranger, reader = person("author", "stranger@example.org"), person("viewer")
    reader_seat, stranger_seat, leaver = desk.seat(reader), desk.seat(stranger), desk.seat(person("author", "gone@example.org"))
    assert why(reader_seat) is NotAllowed
    edit_incident(viewer_of(author), desk.incident, Edit(visibility="restricted"))
    assert why(stranger_seat) is NotFound
    Session.objects.filter(user=leaver.person).delete()
    assert why(leaver) is SignInNeeded
    assert why(desk.seat(author).__class__(session="0" * 64, person=author.pk)) is SignInNeeded
    assert LiveUpdate.objects.count() == 0


def test_a_text_that_was_made_anew_takes_nothing_of_the_old_one(desk, sam, live):
    hand = Hand(live, sam)
    hand.text(desk.first).insert(0, "x")
    LiveText.objects.filter(pk=desk.row.pk).update(epoch="another")
    with pytest.raises(operations.LiveTextGone):
        operations.take_in(live, hand.sent())
    assert LiveUpdate.objects.count() == 0


def test_many_updates_become_a_snapshot_which_another_process_catches_up_with(desk, sam, live, monkeypatch):
    monkeypatch.setattr(rows, "MANY_UPDATES", 20)
    late = operations.open_live(desk.row.pk)
    hand = Hand(live, sam)
    for number in range(50):
        hand.text(desk.first).insert(0, f"{number} ")
        operations.take_in(live, hand.sent())
    operations.settle_live(desk.row.pk)
    assert LiveUpdate.objects.count() == 0
    (missing,) = operations.take_in(late, []).others
    assert late.number == live.number == 51
    assert late.document.text(desk.first) == str(hand.text(desk.first))
    assert len(missing) < 2000


def test_erased_words_are_in_no_update_and_no_snapshot(desk, sam, live):
    words = "Robin's home number is 555 0100 and nothing else"
    hand = Hand(live, sam)
    hand.text(desk.first).insert(0, f"They said: \u201c{words}\u201d. ")
    operations.take_in(live, hand.sent())
    operations.settle_live(desk.row.pk)
    forget(Postmortem.objects.select_related("incident").get(pk=desk.row.pk).incident, erased_of(words))
    kept = bytes(LiveText.objects.get(pk=desk.row.pk).snapshot) + b"".join(bytes(u.update) for u in LiveUpdate.objects.all())
    assert b"555 0100" not in kept
    assert "555 0100" not in desk.markdown(desk.first)
    for update in operations.take_in(live, []).others:
        hand.hear(update)
    assert "555 0100" not in str(hand.text(desk.first))


def erased_of(words):
    return Erased(frozenset(), (words,), "Erased.", (frozenset(words.casefold().split()),))


def test_words_typed_into_a_section_that_is_taken_out_are_in_the_history(desk, sam, viewer, live):
    hand = Hand(live, sam)
    operations.remove_section(viewer, desk.id, desk.first)
    hand.text(desk.first).insert(0, "Too late. ")
    operations.take_in(live, hand.sent())
    operations.settle_live(desk.row.pk)
    kept = Change.objects.filter(object_kind="section", object_id=str(desk.first)).last()
    assert kept.after["markdown"].startswith("Too late. ")


def test_the_worker_settles_what_a_process_that_died_left(desk, sam, live):
    from datetime import timedelta

    from django.utils import timezone

    from juncture.web.worker import work_once

    hand = Hand(live, sam)
    hand.text(desk.first).insert(0, "Left. ")
    operations.take_in(live, hand.sent())
    assert not operations.settle_next()
    LiveText.objects.update(typed_at=timezone.now() - timedelta(minutes=1))
    assert work_once()
    assert desk.markdown(desk.first).startswith("Left. ")
    assert not operations.settle_next()


def test_evidence_that_follows_does_not_rewrite_what_is_being_typed(desk, sam, live):
    hand = Hand(live, sam)
    hand.text(desk.first).insert(0, "Mine. ")
    operations.take_in(live, hand.sent())
    operations.follow_evidence(desk.viewer, desk.id)
    assert desk.markdown(desk.first).startswith("Mine. ")


@pytest.mark.parametrize("seed", range(12))
def test_whatever_the_order_three_hands_and_operations_end_with_one_text(desk, sam, viewer, live, seed):
    interleaved(random.Random(seed), desk, sam, viewer, live, steps=60)


def interleaved(chance, desk, sam, viewer, live, steps):
    """Let three clients, the interface and a restore change one document in any order: all end equal, as the log replays."""
    table = Table(desk, sam, viewer, live)
    for _ in range(steps):
        table.step(chance)
    for number in range(len(table.hands)):
        table.send(number)
    last = operations.take_in(live, []).others
    operations.settle_live(desk.row.pk)
    replayed = operations.open_live(desk.row.pk).document
    for number, hand in enumerate(table.hands):
        table.behind[number] += last
        table.hear(number)
        for section in (desk.first, desk.second):
            assert str(hand.text(section)) == replayed.text(section) == desk.markdown(section)


class Table:
    """Three clients at one document, each as far behind as chance has it."""

    SAID = ("load ", "🧨", "שלום ", "e\u0301", "lock_timeout ", "\n\n", "- [ ] a ", "«", "no ")

    def __init__(self, desk, sam, viewer, live):
        self.desk, self.viewer, self.live = desk, viewer, live
        self.hands = [Hand(live, sam, number) for number in range(3)]
        self.behind = [[] for _ in self.hands]

    def step(self, chance):
        number, section = chance.randrange(3), chance.choice([self.desk.first, self.desk.second])
        text = self.hands[number].text(section)
        acts = [self.type, self.cut, lambda *_: self.send(number), lambda *_: self.hear(number), self.write]
        chance.choices(acts, [5, 1, 2, 1, 1])[0](chance, text, section)

    def type(self, chance, text, section):
        text.insert(place(text, chance.randrange(len(str(text)) + 1)), chance.choice(self.SAID))

    def cut(self, chance, text, section):
        start = chance.randrange(len(str(text)) + 1)
        del text[place(text, start) : place(text, start + chance.randrange(1, 4))]

    def write(self, chance, text, section):
        base = self.desk.markdown(section)
        words = f"{base}{chance.choice(self.SAID)}" if chance.random() < 0.7 else base[: len(base) // 2]
        action = chance.choice(["write", "restore"])
        operations.apply(self.viewer, self.desk.id, section, base=base, text=words, action=action)

    def send(self, number):
        for sent in self.hands[number].sent():
            taken = operations.take_in(self.live, [sent])
            assert not taken.refused
            for other in range(3):
                self.behind[other] += taken.others + [update for _, update in taken.own if other != number]

    def hear(self, number):
        updates, self.behind[number] = self.behind[number], []
        for update in updates:
            self.hands[number].hear(update)


def place(text, characters):
    """The place in a text as it counts: bytes of UTF-8."""
    return len(str(text)[:characters].encode())
