"""Merges, judgements and former codes are recorded; what a merge changed is a trace already."""

from django.db import migrations

from palier.kernel.audit.triggers import attach_audit

AUDITED = ("people_duplicate_pair", "people_merge", "people_person_alias")


class Migration(migrations.Migration):
    dependencies = [("people", "0003_merging"), ("audit", "0001_initial")]
    operations = [attach_audit(table) for table in AUDITED]
