"""Proofs are written once; what people decide about data is audited."""

from django.db import migrations

from palier.kernel.audit.triggers import attach_audit
from palier.kernel.organisations.rights import RestrictRights


class Migration(migrations.Migration):
    dependencies = [("retention", "0001_initial"), ("audit", "0001_initial")]
    operations = [
        RestrictRights("retention_proof", "INSERT", "SELECT"),
        attach_audit("retention_rule"),
        attach_audit("retention_hold"),
        attach_audit("retention_request"),
        attach_audit("retention_register"),
        attach_audit("retention_register_note"),
        attach_audit("retention_processor"),
        attach_audit("retention_breach"),
    ]
