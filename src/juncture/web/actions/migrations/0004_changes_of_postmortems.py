"""Say of each change in the journal of which postmortem it was, as far as that is known. Here, since actions are among them."""

from django.db import migrations
from django.db.models import Count, OuterRef, Subquery

from juncture.web.journal.append_only import guard, unguard

_PIECES = (
    "decision", "factor", "lesson", "weak_point", "participant", "figure", "not_known", "question"
)  # fmt: skip
_KINDS = (*_PIECES, "postmortem", "section", "action")


def say_of_which(apps, schema_editor):
    """All changes of an incident with one postmortem are of that; with several, each change tells by what it changed."""
    Postmortem, Change = apps.get_model("postmortems", "Postmortem"), apps.get_model("journal", "Change")
    postmortems = Postmortem._base_manager
    counted = postmortems.values("incident_id").annotate(count=Count("pk")).order_by()
    unguard(schema_editor.connection)
    one = postmortems.filter(incident_id=OuterRef("incident_id")).values("pk")[:1]
    alone = list(counted.filter(count=1).values_list("incident_id", flat=True))
    for start in range(0, len(alone), 500):
        rows = Change._base_manager.filter(incident_id__in=alone[start : start + 500], object_kind__in=_KINDS)
        rows.update(postmortem_id=Subquery(one))
    for incident in counted.filter(count__gt=1).values_list("incident_id", flat=True):
        _of_several(apps, incident)
    guard(schema_editor.connection)


def _of_several(apps, incident):
    Change = apps.get_model("journal", "Change")
    former = dict(
        apps.get_model("incidents", "FormerAddress")
        ._base_manager.filter(incident_id=incident)
        .values_list("former_id", "public_id")
    )
    documents = apps.get_model("postmortems", "Postmortem")._base_manager.filter(incident_id=incident)
    sections = apps.get_model("postmortems", "Section")._base_manager.filter(postmortem__incident_id=incident)
    actions = apps.get_model("actions", "ActionItem")._base_manager.filter(incident_id=incident)
    known = {
        "postmortem": dict(documents.values_list("public_id", "pk")),
        "section": {str(pk): postmortem for pk, postmortem in sections.values_list("pk", "postmortem_id")},
        "action": dict(actions.values_list("public_id", "postmortem_id")),
    }
    for change in Change._base_manager.filter(incident_id=incident, object_kind__in=_KINDS).iterator(200):
        if change.object_kind in _PIECES:
            of = (change.after or change.before or {}).get("postmortem_id")
        else:
            ids = known[change.object_kind]
            of = ids.get(change.object_id) or ids.get(former.get(change.object_id))
        if of is not None:
            Change._base_manager.filter(pk=change.pk).update(postmortem_id=of)


class Migration(migrations.Migration):
    dependencies = [
        ("actions", "0003_listed_by_due"),
        ("incidents", "0005_request_once_a_person"),
        ("journal", "0004_change_of_postmortem"),
        ("postmortems", "0004_postmortem_of_incident"),
    ]

    operations = [
        migrations.RunPython(say_of_which, migrations.RunPython.noop),
    ]
