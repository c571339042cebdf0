"""Lists show who may not write the title that was published, not the one of the working text."""

import json

from django.db import migrations, models


def tell_titles(apps, schema_editor):
    """Take each published title from the latest publication."""
    del schema_editor
    Postmortem = apps.get_model("postmortems", "Postmortem")
    Publication = apps.get_model("postmortems", "Publication")
    latest = Publication.objects.filter(number=models.F("postmortem__published_number"))
    for postmortem, record in latest.values_list("postmortem_id", "record").iterator(chunk_size=50):
        title = json.loads(bytes(record)).get("title", "")
        Postmortem.objects.filter(pk=postmortem).update(published_title=title)


class Migration(migrations.Migration):
    dependencies = [("postmortems", "0005_newest_draft")]

    operations = [
        migrations.AddField("postmortem", "published_title", models.TextField(default="")),
        migrations.RunPython(tell_titles, migrations.RunPython.noop),
    ]
