"""What a history calls the things and people that it is about, and which of them it can be narrowed to."""

from __future__ import annotations

from msgspec import Struct

from juncture.web.access.viewer import Viewer
from juncture.web.actions.changing import KIND as ACTION
from juncture.web.actions.models import ActionItem
from juncture.web.incidents.models import FormerAddress
from juncture.web.journal.models import Change
from juncture.web.postmortems.history.telling import OPENING
from juncture.web.postmortems.models import Postmortem, Section

GONE = "a section that is gone"


class Action(Struct, frozen=True):
    """An action as it is called today."""

    public_id: str
    title: str


class Names(Struct, frozen=True):
    """Headings by section, actions, names by person, by the journal's keys for them; `standing` are the sections there are."""

    sections: dict[str, str]
    standing: frozenset[str]
    actions: dict[str, Action]
    people: dict[int, str]

    def of(self, kind: str, object_id: str) -> str:
        """Return what a thing is called today, empty where only its changes know."""
        if kind == "section":
            return (self.sections[object_id] or OPENING) if object_id in self.sections else GONE
        if kind == ACTION and object_id in self.actions:
            return self.actions[object_id].title
        return ""


def names_of(viewer: Viewer, row: Postmortem) -> Names:
    """Return the names in the history of a postmortem whose working text the viewer may see: those of all its pages."""
    changes = Change.objects.filter(postmortem_id=row.pk)
    sections = {str(pk): heading for pk, heading in Section.objects.filter(postmortem=row).values_list("pk", "heading")}
    standing = frozenset(sections)
    written = changes.filter(object_kind="section").order_by()
    if gone := set(written.values_list("object_id", flat=True).distinct()) - standing:
        said = written.filter(object_id__in=gone).exclude(action="write")
        for key, before, after in said.values_list("object_id", "before__heading", "after__heading"):
            if (heading := before or after) is not None:
                sections.setdefault(key, heading)
    people = changes.exclude(by=None).order_by("by__name").values_list("by", "by__name").distinct()
    return Names(sections, standing, _actions(viewer, row), dict(people))


def _actions(viewer: Viewer, row: Postmortem) -> dict[str, Action]:
    rows = ActionItem.objects.visible_to(viewer).filter(postmortem=row).values_list("public_id", "title")
    found = {public_id: Action(public_id, title) for public_id, title in rows}
    former = FormerAddress.objects.filter(kind=ACTION, incident=row.incident_id).values_list("former_id", "public_id")
    return found | {old: found[new] for old, new in former if new in found}


def who(name: str | None, through: str) -> str:
    """Return who made a change in words: a person, or the program."""
    if name is not None:
        return name
    return "Command line" if through == "command" else "Juncture"
