"""Every change of a row made outside a load is recorded; readings of sealed files are never changed."""

from django.db import migrations

from palier.kernel.audit.triggers import attach_audit
from palier.kernel.organisations.rights import RestrictRights

DERIVED = {
    "people_person": ("search_key",),
    "people_household": (),
    "people_lease": ("search_key",),
    "people_lease_party": (),
    "people_contact_point": ("search_key",),
    "people_consent": (),
    "people_marker": (),
    # The bytes would say nothing and weigh much; a key kept in the audit could not be destroyed.
    "people_sealed_identity": ("payload", "wrapped_key"),
    "people_sealed_reader": (),
    "people_tray_line": ("content",),
}


class Migration(migrations.Migration):
    dependencies = [("people", "0001_tables"), ("audit", "0001_initial")]
    operations = [
        *(attach_audit(table, except_for=columns) for table, columns in DERIVED.items()),
        RestrictRights("people_sealed_reading", "INSERT", "SELECT"),
    ]
