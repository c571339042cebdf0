"""Teams and services of incidents become rows; what the columns held is kept."""

import django.db.models.deletion
from django.db import migrations, models
from django.utils.text import slugify


def to_rows(apps, schema_editor):
    Incident = apps.get_model("incidents", "Incident")
    IncidentService = apps.get_model("incidents", "IncidentService")
    Team = apps.get_model("people", "Team")
    for incident in Incident._base_manager.iterator(500):
        names = dict.fromkeys(str(name)[:200] for name in incident.old_services or ())
        IncidentService.objects.bulk_create(
            IncidentService(incident=incident, name=name, position=position) for position, name in enumerate(names)
        )
        if incident.old_team:
            team = Team.objects.filter(name__iexact=incident.old_team).first()
            if team is None:
                slug = slugify(incident.old_team, allow_unicode=True)[:80] or "team"
                taken = Team.objects.filter(slug__startswith=slug).count()
                team = Team.objects.create(name=incident.old_team, slug=f"{slug}-{taken + 1}" if taken else slug)
            Incident._base_manager.filter(pk=incident.pk).update(team=team)


class Migration(migrations.Migration):
    dependencies = [("incidents", "0001_initial"), ("people", "0002_teams_services")]

    operations = [
        migrations.RenameField("incident", "services", "old_services"),
        migrations.RenameField("incident", "team", "old_team"),
        migrations.AddField(
            "incident",
            "team",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="incidents", to="people.team"
            ),
        ),
        migrations.CreateModel(
            name="IncidentService",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(db_index=True, max_length=200)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="services", to="incidents.incident"
                    ),
                ),
            ],
            options={
                "ordering": ("position", "id"),
                "constraints": [
                    models.UniqueConstraint(fields=("incident", "name"), name="service_once_an_incident")
                ],
            },
        ),
        migrations.RunPython(to_rows, migrations.RunPython.noop),
        migrations.RemoveField("incident", "old_services"),
        migrations.RemoveField("incident", "old_team"),
    ]
