"""Every change of a referral is recorded. Its story is written once and stays."""

from django.db import migrations

from palier.kernel.audit.triggers import attach_audit

AUDITED = ("referrals_referral", "referrals_transmission", "referrals_observation")


class Migration(migrations.Migration):
    dependencies = [("referrals", "0001_tables"), ("audit", "0001_initial")]
    operations = [
        *(attach_audit(table) for table in AUDITED),
        attach_audit("referrals_step"),
    ]
