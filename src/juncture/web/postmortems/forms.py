"""The forms of objects, as data: what each is called, which fields it has, and what each means."""

from __future__ import annotations

from msgspec import Struct

from juncture.model.record import ActionKind, FactorRole
from juncture.web.postmortems.models import Statement


class Field(Struct, frozen=True):
    """One field of a form. `kind` is line, text, lines (a list, one a line), number, time or choice."""

    name: str
    label: str
    kind: str = "line"
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()


class ObjectForm(Struct, frozen=True):
    """The form of a kind of object; the first field is its title, and the only one that is needed."""

    kind: str
    one: str
    many: str
    teaches: str
    """What stands where there is none yet."""
    fields: tuple[Field, ...]


def _choices(*pairs: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    return pairs


_ROLES = (
    (FactorRole.TRIGGER.value, "Trigger: it set the rest off"),
    (FactorRole.ENABLER.value, "Enabler: it had to hold, too"),
    (FactorRole.AMPLIFIER.value, "Amplifier: it made it worse"),
    (FactorRole.MITIGATOR.value, "Mitigator: it kept it smaller"),
    (FactorRole.LUCK.value, "Luck: it could have gone otherwise"),
)

FORMS: dict[str, ObjectForm] = {
    form.kind: form
    for form in (
        ObjectForm(
            "decisions",
            "Decision",
            "Decisions",
            "A decision is a moment at which somebody had to choose. Select its sentence in the text and press Ctrl+Alt+D.",
            (
                Field("question", "What had to be decided", hint="As a question: Roll back, or keep looking?"),
                Field("chosen", "What was chosen", "text"),
                Field("options", "What else could have been done", "lines", "One a line."),
                Field("reason", "Why it made sense then", "text"),
                Field("expected", "What was expected of it", "text"),
                Field("outcome", "What came of it", "text"),
                Field("by", "Who decided", hint="A role, not a name."),
                Field("at", "When", "time", "ISO 8601, such as 2026-03-02T14:32:07Z."),
            ),
        ),
        ObjectForm(
            "factors",
            "Contributing factor",
            "Contributing factors",
            "Several conditions had to hold for this to happen. None of them is the cause alone.",
            (
                Field("title", "The condition", hint="As a sentence: migrations have no lock timeout."),
                Field("role", "The part it played", "choice", choices=_ROLES),
                Field("id", "Short name", hint="F1, F2: how actions name it."),
            ),
        ),
        ObjectForm(
            "lessons",
            "Lesson",
            "Lessons",
            "What went well is worth as much as what did not. Select a sentence and press Ctrl+Alt+L.",
            (
                Field("text", "The lesson", "text"),
                Field(
                    "kind",
                    "What it is",
                    "choice",
                    choices=tuple((kind.value, kind.label) for kind in list(Statement.Kind)[:4]),
                ),
            ),
        ),
        ObjectForm(
            "weak-points",
            "Weak point",
            "Weak points",
            "Where the system was weak. The evidence proposes some; each suggests an action.",
            (
                Field("title", "The weak point"),
                Field("statement", "What shows it", "text"),
                Field("suggestion", "What could be done", "text"),
                Field(
                    "action_kind",
                    "Kind of action",
                    "choice",
                    choices=_choices(("", "None"), *((kind.value, kind.value.title()) for kind in ActionKind)),
                ),
            ),
        ),
        ObjectForm(
            "participants",
            "Participant",
            "Participants",
            "Who took part, by role. Names appear on demand, and never in what is public.",
            (
                Field("role", "Role", hint="On-call engineer, incident lead, support."),
                Field("took_part", "What they did", "text"),
                Field("name", "Name", hint="Readers do not see it unless they ask."),
            ),
        ),
        ObjectForm(
            "figures",
            "Figure of the impact",
            "Impact",
            "A figure is a range with its formula. What nobody can say yet is listed as not known.",
            (
                Field("name", "What it counts", hint="Orders not placed."),
                Field("low", "Low end", "number"),
                Field("mid", "Middle", "number", "An exact count needs this one alone."),
                Field("high", "High end", "number"),
                Field("unit", "Unit"),
                Field("formula", "How it was calculated", "text"),
            ),
        ),
        ObjectForm(
            "not-known", "Gap", "Not known of the impact", "Say what nobody can say yet: it is better than a zero.",
            (Field("text", "What is not known, and what would tell", "text"),),
        ),
        ObjectForm(
            "questions", "Question", "Open questions", "No question is open.", (Field("text", "The question", "text"),)
        ),
    )
}  # fmt: skip
