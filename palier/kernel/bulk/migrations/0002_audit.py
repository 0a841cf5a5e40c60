"""Who asked for what is audited; the rows of a run are themselves the trace of what it did."""

from django.db import migrations

from palier.kernel.audit.triggers import attach_audit


class Migration(migrations.Migration):
    dependencies = [("bulk", "0001_tables"), ("audit", "0001_initial")]

    operations = [attach_audit("bulk_run", except_for=("applied", "unchanged", "refused", "selection"))]
