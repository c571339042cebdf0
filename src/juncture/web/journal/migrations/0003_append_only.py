from django.conf import settings
from django.db import migrations, models

from juncture.web.journal.append_only import guard, unguard


class Migration(migrations.Migration):
    dependencies = [
        ("journal", "0002_openings"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex("change", models.Index(fields=["by", "at"], name="change_by_person")),
        migrations.AddIndex("change", models.Index(fields=["action", "at"], name="change_by_action")),
        migrations.AddIndex("change", models.Index(fields=["object_kind", "at"], name="change_by_kind")),
        migrations.AddIndex("change", models.Index(fields=["incident_id", "at"], name="change_by_incident")),
        migrations.AddIndex("opening", models.Index(fields=["by", "at"], name="opening_by_person")),
        migrations.AddIndex("opening", models.Index(fields=["object_kind", "at"], name="opening_by_kind")),
        migrations.AddIndex("opening", models.Index(fields=["incident_id", "at"], name="opening_by_incident")),
        migrations.RunPython(
            lambda apps, editor: guard(editor.connection), lambda apps, editor: unguard(editor.connection)
        ),
    ]
