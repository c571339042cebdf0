from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('timeline', '0004_due_timelines'),
    ]

    operations = [
        migrations.AddField(
            model_name='storedtimeline',
            name='due_from',
            field=models.DateTimeField(null=True),
        ),
    ]
