from django.db import migrations, models


def say_whether_there_is_anything(apps, schema_editor):
    """What is there already was derived by an earlier version, or by none; where nothing is, nothing is behind."""
    is_empty = not apps.get_model("incidents", "Incident")._base_manager.exists()
    apps.get_model("library", "Derivation").objects.create(version=1 if is_empty else 0)


class Migration(migrations.Migration):

    dependencies = [
        ("library", "0003_titles_of_figures"),
        ("incidents", "0005_request_once_a_person"),
    ]

    operations = [
        migrations.CreateModel(
            name="Derivation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=0)),
                ("place", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.RunPython(say_whether_there_is_anything, migrations.RunPython.noop),
    ]
