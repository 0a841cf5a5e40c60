"""Every change of a row is recorded; readings are never changed."""

from django.db import migrations

from palier.kernel.audit.triggers import attach_audit
from palier.kernel.organisations.rights import RestrictRights

TABLES = {
    # The bytes would say nothing and weigh much; a key kept in the audit could not be destroyed.
    "support_file": ("sealed_key", "sealed_content"),
    "support_file_reader": (),
    "support_aim": (),
    "support_step": (),
    "support_file_partner": (),
    "support_appointment": (),
    "support_paper": (),
    "support_entry": (),
}


class Migration(migrations.Migration):
    dependencies = [("support", "0001_tables"), ("audit", "0001_initial")]
    operations = [
        *(attach_audit(table, except_for=columns) for table, columns in TABLES.items()),
        RestrictRights("support_file_reading", "INSERT", "SELECT", "DELETE"),
    ]
