"""What an organisation begins with: four severities, and the criteria of the SRE book and its error-budget policy."""

import datetime

from django.db import migrations

SEVERITIES = (
    ("Sev 1", "Users cannot do what they came for, or data is at risk.", "bad"),
    ("Sev 2", "Much is slow or broken for many users.", "warn"),
    ("Sev 3", "Something is broken for some, and there is a way round it.", ""),
    ("Sev 4", "Nobody outside felt it.", ""),
)
CRITERIA = (
    ("downtime", 15),
    ("data_loss", None),
    ("by_hand", None),
    ("intervention", None),
    ("resolution", 60),
    ("error_budget", 20),
    ("severity", None),
    ("request", None),
)
EVER = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


def seed(apps, schema_editor):
    Severity = apps.get_model("incidents", "Severity")
    Criterion = apps.get_model("incidents", "Criterion")
    Incident = apps.get_model("incidents", "Incident")
    for position, (name, description, tone) in enumerate(SEVERITIES):
        key = "".join(filter(str.isalnum, name.casefold()))
        Severity.objects.create(name=name, key=key, description=description, tone=tone, position=position)
    least = Severity.objects.get(key="sev2")
    for kind, threshold in CRITERIA:
        of = least if kind == "severity" else None
        Criterion.objects.create(kind=kind, threshold=threshold, severity=of, set_at=EVER)
    for incident in Incident._base_manager.exclude(severity="").iterator(500):
        key = "".join(filter(str.isalnum, incident.severity.casefold()))
        Incident._base_manager.filter(pk=incident.pk).update(severity_key=key)


class Migration(migrations.Migration):
    dependencies = [("incidents", "0003_criteria_severities")]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
