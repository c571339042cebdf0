import json
from datetime import datetime

import django.db.models.deletion
from django.db import migrations, models


def into_rows(apps, schema_editor):
    """Move the objects out of the frozen records into rows of their own."""
    encode = lambda value: json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()  # noqa: E731
    model = lambda name: apps.get_model("postmortems", name)  # noqa: E731
    for postmortem in model("Postmortem")._default_manager.iterator():
        record = json.loads(bytes(postmortem.derived))
        common = {"postmortem_id": postmortem.pk, "incident_id": postmortem.incident_id}
        impact, lessons = record.pop("impact", {}), record.pop("lessons", {})
        said = [(kind, text) for kind in ("went_well", "went_poorly", "got_lucky", "learned") for text in lessons.get(kind, [])]
        said += [("not_known", text) for text in impact.get("not_known", [])]
        said += [("question", text) for text in record.pop("questions", [])]
        rows = [
            ("Participant", record.pop("participants", []), "accepted"),
            ("Decision", record.pop("decisions", []), "proposed"),
            ("WeakPoint", record.pop("weak_points", []), "proposed"),
            ("Factor", record.pop("factors", []), "proposed"),
            ("Figure", impact.get("figures", []), "accepted"),
            ("Statement", [{"kind": kind, "text": text} for kind, text in said], "accepted"),
        ]
        for name, values, standing in rows:
            for position, value in enumerate(values):
                fields = {"standing": standing, **value, "position": position}
                if name == "Factor":
                    fields["code"] = fields.pop("id")
                if "at" in fields:
                    fields["at"] = datetime.fromisoformat(fields["at"])
                for frozen in ("citations", "options", "inputs"):
                    if frozen in fields:
                        fields[frozen] = encode(fields[frozen])
                model(name)._default_manager.create(**common, **fields)
        postmortem.drafted = postmortem.derived
        postmortem.derived = encode(record)
        postmortem.save(update_fields=["drafted", "derived"])


class Migration(migrations.Migration):

    dependencies = [
        ('incidents', '0002_teams_services'),
        ('postmortems', '0002_renamed'),
    ]

    operations = [
        migrations.RenameField('postmortem', 'drafted', 'derived'),
        migrations.AddField(
            model_name='postmortem',
            name='drafted',
            field=models.BinaryField(default=b''),
        ),
        migrations.AlterField(
            model_name='postmortem',
            name='practice',
            field=models.TextField(default='google'),
        ),
        migrations.AlterField(
            model_name='postmortem',
            name='title',
            field=models.TextField(),
        ),
        migrations.AlterField(
            model_name='section',
            name='heading',
            field=models.TextField(blank=True),
        ),
        migrations.CreateModel(
            name='Decision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField()),
                ('standing', models.CharField(choices=[('proposed', 'Proposed'), ('accepted', 'Accepted'), ('dismissed', 'Dismissed')], default='accepted', max_length=10)),
                ('touched', models.BooleanField(default=False)),
                ('at', models.DateTimeField()),
                ('question', models.TextField()),
                ('chosen', models.TextField()),
                ('options', models.BinaryField(default=b'[]')),
                ('reason', models.TextField(null=True)),
                ('expected', models.TextField(null=True)),
                ('outcome', models.TextField(null=True)),
                ('by', models.TextField(null=True)),
                ('kind', models.TextField(null=True)),
                ('event', models.TextField(null=True)),
                ('citations', models.BinaryField(default=b'[]')),
                ('incident', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='incidents.incident')),
                ('postmortem', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='%(class)ss', to='postmortems.postmortem')),
            ],
            options={
                'ordering': ('position', 'id'),
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Factor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField()),
                ('standing', models.CharField(choices=[('proposed', 'Proposed'), ('accepted', 'Accepted'), ('dismissed', 'Dismissed')], default='accepted', max_length=10)),
                ('touched', models.BooleanField(default=False)),
                ('code', models.TextField()),
                ('title', models.TextField()),
                ('role', models.CharField(choices=[('trigger', 'trigger'), ('enabler', 'enabler'), ('amplifier', 'amplifier'), ('mitigator', 'mitigator'), ('luck', 'luck')], max_length=10)),
                ('citations', models.BinaryField(default=b'[]')),
                ('incident', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='incidents.incident')),
                ('postmortem', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='%(class)ss', to='postmortems.postmortem')),
            ],
            options={
                'ordering': ('position', 'id'),
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Figure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField()),
                ('standing', models.CharField(choices=[('proposed', 'Proposed'), ('accepted', 'Accepted'), ('dismissed', 'Dismissed')], default='accepted', max_length=10)),
                ('touched', models.BooleanField(default=False)),
                ('name', models.TextField()),
                ('unit', models.TextField()),
                ('low', models.FloatField()),
                ('mid', models.FloatField()),
                ('high', models.FloatField()),
                ('formula', models.TextField()),
                ('inputs', models.BinaryField(default=b'{}')),
                ('citations', models.BinaryField(default=b'[]')),
                ('incident', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='incidents.incident')),
                ('postmortem', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='%(class)ss', to='postmortems.postmortem')),
            ],
            options={
                'ordering': ('position', 'id'),
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Participant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField()),
                ('standing', models.CharField(choices=[('proposed', 'Proposed'), ('accepted', 'Accepted'), ('dismissed', 'Dismissed')], default='accepted', max_length=10)),
                ('touched', models.BooleanField(default=False)),
                ('role', models.TextField()),
                ('took_part', models.TextField()),
                ('name', models.TextField(null=True)),
                ('citations', models.BinaryField(default=b'[]')),
                ('incident', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='incidents.incident')),
                ('postmortem', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='%(class)ss', to='postmortems.postmortem')),
            ],
            options={
                'ordering': ('position', 'id'),
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='SentText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.BinaryField()),
                ('record', models.CharField(max_length=64)),
                ('postmortem', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='sent', to='postmortems.postmortem')),
            ],
        ),
        migrations.CreateModel(
            name='Statement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField()),
                ('standing', models.CharField(choices=[('proposed', 'Proposed'), ('accepted', 'Accepted'), ('dismissed', 'Dismissed')], default='accepted', max_length=10)),
                ('touched', models.BooleanField(default=False)),
                ('kind', models.CharField(choices=[('went_well', 'Went well'), ('went_poorly', 'Went poorly'), ('got_lucky', 'Got lucky'), ('learned', 'Learned'), ('not_known', 'Not known'), ('question', 'Question')], max_length=12)),
                ('text', models.TextField()),
                ('incident', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='incidents.incident')),
                ('postmortem', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='%(class)ss', to='postmortems.postmortem')),
            ],
            options={
                'ordering': ('position', 'id'),
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='WeakPoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField()),
                ('standing', models.CharField(choices=[('proposed', 'Proposed'), ('accepted', 'Accepted'), ('dismissed', 'Dismissed')], default='accepted', max_length=10)),
                ('touched', models.BooleanField(default=False)),
                ('rule', models.TextField()),
                ('title', models.TextField()),
                ('statement', models.TextField()),
                ('suggestion', models.TextField(null=True)),
                ('action_kind', models.CharField(choices=[('prevent', 'prevent'), ('detect', 'detect'), ('mitigate', 'mitigate'), ('repair', 'repair'), ('investigate', 'investigate'), ('process', 'process')], max_length=12, null=True)),
                ('citations', models.BinaryField(default=b'[]')),
                ('incident', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='incidents.incident')),
                ('postmortem', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='%(class)ss', to='postmortems.postmortem')),
            ],
            options={
                'ordering': ('position', 'id'),
                'abstract': False,
            },
        ),
        migrations.RunPython(into_rows, migrations.RunPython.noop),
    ]
