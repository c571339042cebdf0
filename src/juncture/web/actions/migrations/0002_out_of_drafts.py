"""Move the actions that postmortems held in their records into rows."""

import json
import secrets

from django.db import migrations

_TEXTS = ("kind", "priority", "ticket", "factor", "criterion")


def into_rows(apps, schema_editor):
    """Make rows of the actions in every record, and take them out of it."""
    Postmortem = apps.get_model("postmortems", "Postmortem")
    ActionItem = apps.get_model("actions", "ActionItem")
    number = 0
    for row in Postmortem.objects.select_related("incident").order_by("pk").iterator(200):
        derived = json.loads(bytes(row.derived))
        actions = derived.pop("actions", [])
        if not actions:
            continue
        restricted = row.incident.visibility == "restricted"
        made = []
        for position, action in enumerate(actions):
            number += not restricted
            made.append(
                ActionItem(
                    postmortem=row,
                    incident_id=row.incident_id,
                    number=None if restricted else number,
                    public_id=secrets.token_hex(12) if restricted else str(number),
                    position=position,
                    title=action["title"],
                    owner_text=action.get("owner"),
                    due=action.get("due"),
                    state=action.get("state") or "open",
                    state_at=row.created_at,
                    published=row.published_number > 0,
                    **{name: action.get(name) for name in _TEXTS},
                )
            )
        ActionItem.objects.bulk_create(made, batch_size=100)
        row.derived = json.dumps(derived, ensure_ascii=False, separators=(",", ":")).encode()
        row.save(update_fields=["derived"])


class Migration(migrations.Migration):

    dependencies = [
        ("actions", "0001_actions_as_rows"),
    ]

    operations = [
        migrations.RunPython(into_rows, migrations.RunPython.noop),
    ]
