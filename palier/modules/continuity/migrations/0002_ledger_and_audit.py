"""What was asked of a service is written once; every change of the other tables is recorded."""

from django.db import migrations

from palier.kernel.audit.triggers import attach_audit
from palier.kernel.organisations.rights import RestrictRights


class Migration(migrations.Migration):
    dependencies = [("continuity", "0001_tables"), ("audit", "0001_initial")]

    operations = [
        RestrictRights("continuity_mode_change", "INSERT", "SELECT"),
        attach_audit("continuity_plan"),
        # The text of a version has its own hash, and versions are its history.
        attach_audit("continuity_plan_version", except_for=("text",)),
        attach_audit("continuity_activation"),
        attach_audit("continuity_activation_step", except_for=("preview", "frozen")),
        attach_audit("continuity_mode_override"),
    ]
