"""Acts: what an event asks for, chooses, refuses or does to the system."""

from __future__ import annotations

import re
import tomllib
from enum import StrEnum
from functools import cache
from importlib.resources import files

import msgspec
from msgspec import Struct

from juncture.inquiry.commands import kind_of_command
from juncture.inquiry.effect import said
from juncture.inquiry.people import SPOKEN, is_by_a_person
from juncture.inquiry.shipments import is_undoing
from juncture.inquiry.speech import begins_an_act, best_phrase, looks_only, options_in, said_in_vain, said_refused, sentences
from juncture.inquiry.words import has_word
from juncture.model.evidence import ChangeDetails, CommandDetails, Event, Kind
from juncture.timeline.cues import ACTIONS, Cue, spoken

KIND_OF = {
    Cue.ROLLBACK: "undo",
    Cue.REVERT: "undo",
    Cue.RESTART: "restart",
    Cue.FAILOVER: "failover",
    Cue.FLAG: "flag",
    Cue.CANCEL: "cancel",
    Cue.SCALE: "scale",
    Cue.DEPLOY: "deploy",
    Cue.CONFIGURE: "configure",
    Cue.SHIELD: "shield",
}
"""The kind of decision that each action belongs to."""


class Form(StrEnum):
    """The part that an act plays in a decision."""

    ASK = "ask"
    AGREE = "agree"
    DECLINE = "decline"
    COMMIT = "commit"
    DONE = "done"
    DO = "do"
    """A command, or what a tool recorded."""


class Act(Struct, frozen=True):
    """One act. `kinds` are the kinds of decision it speaks of (empty: whatever was asked last); `names` what it names."""

    event: Event
    form: Form
    kinds: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()


class Messages(Struct, frozen=True):
    """Phrases of messages."""

    hands_over: tuple[str, ...]
    calls: tuple[str, ...]
    disowns: tuple[str, ...]
    reroutes: tuple[str, ...]
    tries_again: tuple[str, ...]
    tells: tuple[str, ...]
    no: tuple[str, ...]
    waits: tuple[str, ...]
    offers: tuple[str, ...]
    yes: tuple[str, ...]


@cache
def vocabulary() -> Messages:
    """Return the phrases of messages that `acts.toml` holds."""
    data = tomllib.loads(files(__package__).joinpath("acts.toml").read_text("utf-8"))
    return msgspec.convert(data["messages"], Messages)


def act_of(event: Event) -> Act | None:
    """Return the act of an event, None where it is none."""
    if event.kind in SPOKEN:
        return _of_message(event)
    if event.kind is Kind.COMMAND:
        kind = kind_of_command(_command(event))
        return Act(event, Form.DO, frozenset({kind}), names_in(event)) if kind else None
    if event.kind in {Kind.DEPLOYMENT, Kind.ROLLBACK, Kind.RELEASE, Kind.CONFIGURATION} or is_undoing(event):
        return Act(event, Form.DO, frozenset({_kind_of_change(event)}), names_in(event))
    if event.kind is Kind.ESCALATION and event.actor:
        return Act(event, Form.DO, frozenset({"escalate"}), names_in(event))
    return None


def asks_something(event: Event) -> bool:
    """Whether a message asks anything at all."""
    return event.kind in SPOKEN and (Cue.QUESTION in said(event.summary) or "?" in event.summary)


def names_in(event: Event) -> frozenset[str]:
    """Return what an act names exactly: versions, numbers of at least two digits, short hashes."""
    text = event.summary
    if isinstance(event.details, ChangeDetails):
        text = " ".join([text, event.details.reference or "", event.details.previous or ""])
    return frozenset(_NAME.findall(text))


_NAME = re.compile(r"\b\d+(?:\.\d+)+\b|(?<![\d.:])\b\d{2,}\b(?![\d:%.])(?!\s*%)|\b(?=[a-f]*\d)[0-9a-f]{7,12}\b")


def _of_message(event: Event) -> Act | None:
    text, cues = event.summary, said(event.summary)
    names, words = names_in(event), spoken(event.summary)
    if Cue.DECLARATION in cues and Cue.QUESTION not in cues:
        return Act(event, Form.COMMIT, frozenset({"declare"}), names)
    if not is_by_a_person(event):
        return None
    if form := _hand_over(words, cues):
        return Act(event, form, frozenset({"escalate"}), names)
    if has_word(words, vocabulary().reroutes):
        form = Form.ASK if cues & {Cue.QUESTION, Cue.PROPOSAL} else Form.COMMIT
        return Act(event, form, frozenset({"reroute"}), names)
    if has_word(words, vocabulary().tries_again) and Cue.QUESTION in cues and not cues & ACTIONS:
        return Act(event, Form.ASK, frozenset({"deploy"}), names)
    if Cue.CUSTOMER_UPDATE in cues and has_word(words, vocabulary().tells) and not cues & ACTIONS:
        form = Form.ASK if cues & {Cue.QUESTION, Cue.PROPOSAL} else Form.COMMIT
        return Act(event, form, frozenset({"tell"}), names)
    declined = _declines_an_act(text, cues)
    found = (Form.DECLINE, declined) if declined else _on_the_system(text, cues)
    if found is None and Cue.QUESTION in cues and len(options_in(text)) > 1:
        found = (Form.ASK, frozenset({"choice"}))
    return Act(event, found[0], found[1], names) if found else _answer(event, text, cues)


def _declines_an_act(text: str, cues: frozenset[Cue]) -> frozenset[str]:
    """Return the kinds of acts that a message speaks against: it begins with a no, and then says of what."""
    first = next(iter(sentences(text)), "")
    refuses = Cue.DECLINED in said(first) or _begins(first, vocabulary().no)
    if not refuses or said_in_vain(text) or "?" in text or Cue.COMMITMENT in said(first):
        return frozenset()
    return frozenset(KIND_OF[cue] for cue in cues & ACTIONS)


def _hand_over(text: str, cues: frozenset[Cue]) -> Form | None:
    words = vocabulary()
    mentions = "@" in text
    asked = mentions and "?" in text and has_word(text, words.calls)
    if has_word(text, words.hands_over) or asked or (mentions and has_word(text, words.disowns)):
        return None if cues & ACTIONS & _NEVER_HANDED else Form.COMMIT
    if Cue.ESCALATION not in cues or cues & ACTIONS:
        return None
    return Form.ASK if not mentions and cues & {Cue.QUESTION, Cue.PROPOSAL} else Form.COMMIT


_NEVER_HANDED = frozenset({Cue.ROLLBACK, Cue.RESTART, Cue.CANCEL, Cue.FAILOVER})
"""Who asks somebody to do one of these asks for the act, not for help."""


def _on_the_system(text: str, cues: frozenset[Cue]) -> tuple[Form, frozenset[str]] | None:
    """Return what a message asks for, chooses or tells of acts on the system, by its sentences: each can do its own."""
    if not cues & ACTIONS or said_in_vain(text) or said_refused(text):
        return None
    each = [(sentence, said(sentence)) for sentence in sentences(text)]
    acting = [(sentence, found) for sentence, found in each if found & ACTIONS]
    for form, needs in _FORMS:
        kinds = frozenset(
            KIND_OF[cue]
            for sentence, found in acting
            if _has_form(form, needs, sentence, found, cues)
            for cue in found & ACTIONS
        )
        if kinds:
            return form, kinds
    return None


_FORMS = (
    (Form.COMMIT, frozenset({Cue.COMMITMENT})),
    (Form.ASK, frozenset({Cue.PROPOSAL, Cue.QUESTION})),
    (Form.DECLINE, frozenset({Cue.DECLINED})),
    (Form.DONE, frozenset({Cue.COMPLETED})),
    (Form.AGREE, frozenset({Cue.AGREEMENT})),
)


_WEIGHS = re.compile(
    r"^\W*(?:but |and |though )?\w+ing\b[^,.]{0,40}?"
    r"\s(?:loses|means|only|adds|would|takes|costs|isn't|doesn't|won't|helps|risks|buys|needs|requires)\b",
    re.IGNORECASE,
)
"""A sentence that weighs an act, and does not take it: `restarting loses the index`."""


def _has_form(form: Form, needs: frozenset[Cue], sentence: str, found: frozenset[Cue], whole: frozenset[Cue]) -> bool:
    asks = bool(found & {Cue.QUESTION, Cue.PROPOSAL})
    if form is Form.COMMIT:
        weighs = _WEIGHS.match(sentence) is not None
        return bool(found & needs) and not asks and not weighs and not looks_only(best_phrase([sentence]))
    if form is Form.ASK:
        asked_apart = bool(whole & needs) and (options_in(sentence) or Cue.QUESTION in whole) and best_phrase([sentence])
        offers = not found & {Cue.COMPLETED, Cue.NEGATED, Cue.DECLINED} and has_word(sentence, vocabulary().offers)
        return bool(
            ((asks or offers) and best_phrase([sentence])) or (asked_apart and not found & {Cue.COMPLETED, Cue.NEGATED})
        )
    if form is Form.AGREE:
        return bool(whole & needs)
    return bool(found & needs) and Cue.NEGATED not in found and not looks_only(best_phrase([sentence]))


def _answer(event: Event, text: str, cues: frozenset[Cue]) -> Act | None:
    """Return a yes or a no to what was asked last; whether something was, the caller knows."""
    if said_in_vain(text) or said_refused(text):
        return None
    words = vocabulary()
    opening = re.sub(r"^(?:@\S+|hmm?|well|ok so|so)[,:]?\s+", "", text.strip(), flags=re.IGNORECASE)
    waits = Cue.WAIT in cues and bool(cues & {Cue.PROPOSAL, Cue.COMMITMENT, Cue.NEGATED})
    waits = waits or any(_begins(sentence, words.waits) for sentence in sentences(opening))
    if Cue.DECLINED in cues or waits or _begins(opening, words.no):
        return Act(event, Form.DECLINE)
    if text.rstrip().endswith("?"):
        return None
    if not _WEIGHS.match(opening) and begins_an_act(
        re.sub(r"^(?:ok|okay|yes|yep|right|fine|sure|alright)[,.]?\s+", "", opening, flags=re.IGNORECASE)
    ):
        return Act(event, Form.COMMIT)
    if Cue.AGREEMENT in cues or Cue.COMMITMENT in cues or _begins(opening, words.yes):
        return Act(event, Form.AGREE)
    return None


def beyond_yes(text: str) -> bool:
    """Whether an answer says more than yes: `yes, after lunch`."""
    rest = text.lower()
    for word in sorted(vocabulary().yes, key=len, reverse=True):
        rest = re.sub(rf"(?<![\w']){re.escape(word)}(?![\w'])", " ", rest)
    return len(re.findall(r"[a-z]{3,}", rest)) > 1


def _begins(text: str, words: tuple[str, ...]) -> bool:
    lowered = text.lower()
    return any(lowered.startswith(word) and not lowered[len(word) : len(word) + 1].isalnum() for word in words)


def _kind_of_change(event: Event) -> str:
    if is_undoing(event):
        return "undo"
    kinds = [KIND_OF[cue] for cue in said(event.summary) & ACTIONS]
    if "restart" in kinds:
        return "restart"
    return "configure" if event.kind is Kind.CONFIGURATION else "deploy"


def _command(event: Event) -> str:
    return event.details.command if isinstance(event.details, CommandDetails) else event.summary
