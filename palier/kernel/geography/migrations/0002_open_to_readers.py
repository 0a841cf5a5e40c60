"""Every organisation's role, today's and tomorrow's, reads the reference tables; none writes them."""

from django.db import migrations

TABLES = "geography_region, geography_department, geography_intercommunality, geography_commune, geography_former_commune, geography_edition"


class Migration(migrations.Migration):
    dependencies = [("geography", "0001_places")]

    operations = [
        migrations.RunSQL(f"GRANT SELECT ON {TABLES} TO PUBLIC", f"REVOKE SELECT ON {TABLES} FROM PUBLIC")
    ]
