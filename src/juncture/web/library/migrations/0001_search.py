import django.db.models.deletion
from django.db import migrations, models

from juncture.web.library.full_text import drop_index, make_index


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('incidents', '0002_teams_services'),
        ('postmortems', '0002_renamed'),
    ]

    operations = [
        migrations.CreateModel(
            name='PublishedFigure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('name', models.TextField()),
                ('unit', models.CharField(max_length=60)),
                ('low', models.FloatField()),
                ('mid', models.FloatField()),
                ('high', models.FloatField()),
                ('incident', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='incidents.incident')),
                ('postmortem', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='postmortems.postmortem')),
            ],
            options={
                'ordering': ('postmortem', 'position'),
            },
        ),
        migrations.CreateModel(
            name='PublishedLesson',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('kind', models.CharField(max_length=20)),
                ('text', models.TextField()),
                ('published_at', models.DateTimeField(db_index=True)),
                ('incident', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='incidents.incident')),
                ('postmortem', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='postmortems.postmortem')),
            ],
            options={
                'ordering': ('postmortem', 'position'),
            },
        ),
        migrations.CreateModel(
            name='SearchEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('postmortem', 'Postmortems'), ('incident', 'Incidents'), ('action', 'Actions'), ('event', 'Events')], max_length=12)),
                ('object_id', models.CharField(max_length=64)),
                ('audience', models.CharField(choices=[('everybody', 'Everybody'), ('writers', 'Who may write'), ('readers', 'Who may not')], max_length=12)),
                ('title', models.TextField()),
                ('body', models.TextField()),
                ('services', models.TextField()),
                ('severity', models.CharField(max_length=40)),
                ('state', models.CharField(max_length=20)),
                ('at', models.DateTimeField()),
                ('weight', models.FloatField()),
                ('incident', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='incidents.incident')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('incident', 'kind', 'object_id', 'audience'), name='entry_once_an_audience')],
            },
        ),
        migrations.RunPython(make_index, drop_index),
    ]
