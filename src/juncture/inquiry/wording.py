"""How a decision is worded, from what was said and done: its question, options, choice and reason."""

from __future__ import annotations

import re

from juncture.inquiry.acts import Form, beyond_yes, names_in
from juncture.inquiry.effect import said
from juncture.inquiry.matters import Matter
from juncture.inquiry.people import SPOKEN
from juncture.inquiry.speech import (
    act_phrase,
    begins_with_act,
    best_phrase,
    capital,
    options_in,
    picked,
    preferred,
    question_of,
    quoted,
    reason_in,
    sentences,
    shortened,
    speech,
)  # fmt: skip
from juncture.model.evidence import CommandDetails, Event, Kind
from juncture.timeline.cues import Cue

_RANK = (
    "declare", "reroute", "escalate", "undo", "failover", "cancel", "restart", "flag", "shield", "scale", "configure", "deploy",
    "tell", "choice",
)  # fmt: skip
"""The kind that names a matter of several kinds."""

_VAGUE = re.compile(r"\b(?:it|this|that)\b")
_BARE = re.compile(r"(?:(?:roll|back|it|restart|revert|bounce|kick|reboot|fail|over|undo)\s?){1,3}", re.IGNORECASE)
"""A phrase that does not say what is meant."""

_SEVERITY = re.compile(r"\b(?:sev(?:erity)?[\s:-]*\d|p[0-4]|severity:? \w+)\b", re.IGNORECASE)
_MENTION = re.compile(r"@[\w.-]+(?: [A-Z][\w-]+)?")


class Wording:
    """The words of one matter that was chosen. `service` is what showed the effect, for words that leave it open."""

    def __init__(self, matter: Matter, service: str | None) -> None:
        self._matter = matter
        self._service = service
        self.kind = next((kind for kind in _RANK if kind in matter.kinds), "wait")
        self.options = tuple(self._with_object(option) for option in _voiced(matter))
        """The options that were voiced, as they were said, each once."""

    def question(self) -> str:
        """Return what was to be chosen, as it was asked or done."""
        if self.kind in {"declare", "escalate", "reroute"} and len(self.options) < 2:
            return speech().kinds[self.kind].question
        if len(self.options) > 1:
            first, *others = self.options[:3]
            return question_of(", or ".join([first, *(option[:1].lower() + option[1:] for option in others)]))
        if self.options:
            return question_of(self.options[0])
        phrase = self._own_phrase()
        return question_of(phrase) if phrase else self._bare_question()

    def chosen(self) -> str:
        """Return what was chosen: an option, the act, or the words that refused it."""
        event = self._matter.chosen
        if event is None:
            return ""
        if event.kind not in SPOKEN:
            return _done(event)
        if len(self.options) > 1 and (choice := picked(self.options, event.summary)):
            return choice
        if self._matter.form is Form.DECLINE:
            return f"Not now: “{shortened(quoted(declining_words(event)))}”"
        if self.kind in {"declare", "escalate", "reroute"} or not self.options:
            return self._by_itself(event)
        if len(self.options) == 1:
            return self._the_one_option(event)
        return _picked(self._matter, self.options) or f"“{shortened(_first_words(event.summary))}”"

    def reason(self) -> tuple[str | None, list[Event]]:
        """Return the reason that was given then, word for word, and the message that gave it."""
        matter = self._matter
        asked = [] if matter.form is Form.DECLINE else matter.asked
        for event in [*([matter.chosen] if matter.chosen else []), *reversed(asked)]:
            reason = reason_in(event.summary) if event.kind in SPOKEN else None
            if event is matter.chosen and matter.form is Form.DECLINE and (reason or "") in declining_words(event):
                reason = _other_words(event)
            if reason:
                return shortened(reason, 200), [event]
        return None, []

    def _by_itself(self, event: Event) -> str:
        """Return a choice that no option was voiced for, or that is not about one."""
        if self.kind == "declare":
            severity = _SEVERITY.search(event.summary)
            return f"Yes, {severity.group(0)}" if severity else "Yes"
        mention = _MENTION.search(event.summary)
        if self.kind == "escalate" and mention:
            return f"Hand over to {mention.group(0)}"
        phrase = self._own_phrase()
        return capital(shortened(phrase)) if phrase else speech().kinds[self.kind].chosen

    def _the_one_option(self, event: Event) -> str:
        option = self.options[0]
        if better := _said_better(self._matter, option):
            return capital(shortened(better))
        more = self._matter.form is Form.AGREE and beyond_yes(event.summary)
        return f"{option}: “{shortened(quoted(event.summary))}”" if more else option

    def _own_phrase(self) -> str | None:
        """Return what the choosing message says is done."""
        event = self._matter.chosen
        if event is None or event.kind not in SPOKEN:
            return None
        acting = [sentence for sentence in sentences(event.summary) if said(sentence) & {Cue.COMMITMENT, Cue.COMPLETED}]
        phrase = best_phrase([*acting, *sentences(event.summary)])
        return self._with_object(phrase) if phrase else None

    def _bare_question(self) -> str:
        question = speech().kinds[self.kind].question
        service = next((event.service for event in self._matter.events if event.service), self._service)
        needs_one = self.kind in {"undo", "restart", "failover", "scale"}
        return f"{question.rstrip('?')} {service}?" if service and needs_one else question

    def _with_object(self, phrase: str) -> str:
        """Say what is rolled back or restarted where the words leave it open and a version or service is known."""
        if not _BARE.fullmatch(phrase):
            return phrase
        versions = sorted(self._matter.names, key=lambda name: ("." not in name, len(name), name))
        services = [event.service for event in self._matter.events if event.service]
        named = [*versions, *services, *([self._service] if self._service else [])]
        return f"{re.sub(r' it$| it(?= )', '', phrase, flags=re.IGNORECASE)} {named[0]}" if named else phrase


def declining_words(event: Event) -> str:
    """Return the sentence of a message that refuses or puts off, the first one if none stands out."""
    found = sentences(event.summary)
    refusing = [one for one in found if said(one) & {Cue.DECLINED, Cue.WAIT}]
    return next(iter([*refusing, *found]), event.summary)


def _voiced(matter: Matter) -> tuple[str, ...]:
    found: list[str] = []
    for event in matter.asked:
        voiced = options_in(event.summary)
        phrase = None if voiced else _asked_phrase(event)
        if phrase and (not found or (begins_with_act(phrase) and not _is_a_vote(phrase, found))):
            voiced = (capital(phrase),)
        found += [option for option in voiced if option.lower() not in {one.lower() for one in found}]
    return tuple(found)


def _is_a_vote(phrase: str, options: list[str]) -> bool:
    """Whether a phrase repeats the act of an option: it speaks for that one, and adds none."""
    return phrase.split(maxsplit=1)[0].lower() in {option.split()[0].lower() for option in options}


def _asked_phrase(event: Event) -> str | None:
    """Return the act that a message asks for, `it` filled in with the version that it names.

    A clause that begins with the act says it best: of `412 went out before this, should we roll back?` the second one.
    """
    acting = [sentence for sentence in sentences(event.summary) if said(sentence) & {Cue.QUESTION, Cue.PROPOSAL}]
    phrase = best_phrase([*acting, *sentences(event.summary)])
    names = names_in(event)
    named = next(iter(names)) if len(names) == 1 else None
    return _VAGUE.sub(named, phrase, count=1) if phrase and named and named not in phrase else phrase


def _said_better(matter: Matter, option: str) -> str | None:
    """Return how the choice or a step said the same act with what it was done to: `kill it` became `kill job 7731`."""
    vague = _VAGUE.search(option) is not None or len(option.split()) < 3
    for event in [matter.chosen, *matter.steps] if matter.chosen and vague else []:
        phrase = best_phrase(sentences(event.summary)) if event.kind in SPOKEN else None
        same = phrase is not None and phrase.split()[0].lower() == option.split(maxsplit=1)[0].lower()
        if phrase and same and len(phrase.split()) >= max(2, len(option.split())) and not _VAGUE.search(phrase):
            return phrase
    return None


def _picked(matter: Matter, options: tuple[str, ...]) -> str | None:
    """Return the option that the answer, the proposal or what was then done picks."""
    for event in [*([matter.chosen] if matter.chosen else []), *reversed(matter.asked)]:
        if choice := preferred(options, event.summary):
            return choice
    for event in matter.steps:
        phrase = act_phrase(event.summary) if event.kind in SPOKEN else None
        if choice := picked(options, phrase or event.summary):
            return choice
    return None


def _done(event: Event) -> str:
    if event.kind is Kind.COMMAND:
        command = event.details.command if isinstance(event.details, CommandDetails) else event.summary
        return f"Run `{shortened(command.replace('`', ''))}`"
    return capital(shortened(event.summary))


def _first_words(text: str) -> str:
    found = sentences(text)
    return quoted(found[0] if found else text)


def _other_words(event: Event) -> str | None:
    """Return what a refusal says beside refusing: in a chat, that is its reason."""
    refusing = declining_words(event)
    return next((one.strip(" .") for one in sentences(event.summary) if one != refusing and not one.endswith("?")), None)
