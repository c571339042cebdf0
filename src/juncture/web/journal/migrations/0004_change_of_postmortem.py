from django.db import migrations, models

from juncture.web.journal.append_only import guard


class Migration(migrations.Migration):
    dependencies = [
        ("journal", "0003_append_only"),
    ]

    operations = [
        migrations.AddField("change", "postmortem_id", models.BigIntegerField(null=True)),
        migrations.AddIndex("change", models.Index(fields=["postmortem_id", "id"], name="change_by_postmortem")),
        migrations.RunPython(lambda apps, editor: guard(editor.connection), migrations.RunPython.noop),
    ]
