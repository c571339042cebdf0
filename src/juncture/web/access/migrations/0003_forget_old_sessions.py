from django.db import migrations


class Migration(migrations.Migration):
    """Sessions have a table of their own, by digest; the old one held what opens them. People sign in once more."""

    dependencies = [("access", "0002_sessions_second_factor")]

    operations = [migrations.RunSQL("DROP TABLE IF EXISTS django_session", migrations.RunSQL.noop)]
