"""Every change of a partner made outside a load is recorded."""

from django.db import migrations

from palier.kernel.audit.triggers import attach_audit

AUDITED = {
    "partners_partner": ("search_key",),
    "partners_contact": (),
    "partners_protocol": (),
    "partners_emergency_number": (),
}


class Migration(migrations.Migration):
    dependencies = [("partners", "0001_tables"), ("audit", "0001_initial")]
    operations = [attach_audit(table, except_for=columns) for table, columns in AUDITED.items()]
