"""Every change of a row made outside a load is recorded."""

from django.db import migrations

from palier.kernel.audit.triggers import attach_audit

DERIVED = {
    "estate_agency": ("search_key",),
    "estate_sector": ("search_key",),
    "estate_reception_point": ("search_key",),
    "estate_reception_hours": (),
    "estate_district": (),
    "estate_residence": ("search_key", "department_code", "address_key", "name_key"),
    "estate_building": (),
    "estate_entrance": (),
    "estate_lot": ("search_key",),
    "estate_reservation": (),
}


class Migration(migrations.Migration):
    dependencies = [("estate", "0002_tree_holds_together"), ("audit", "0001_initial")]
    operations = [attach_audit(table, except_for=columns) for table, columns in DERIVED.items()]
