"""Every change made outside a whole-campaign job is recorded; attempts and call sheets are their own trace."""

from django.db import migrations

from palier.kernel.audit.triggers import attach_audit

TABLES = (
    "outreach_segment",
    "outreach_script",
    "outreach_campaign",
    "outreach_campaign_segment",
    "outreach_campaign_caller",
    "outreach_line",
    "outreach_line_member",
    "outreach_call",
    "outreach_report",
    "outreach_need",
    "outreach_alert",
    "outreach_visit",
)


class Migration(migrations.Migration):
    dependencies = [("outreach", "0001_tables"), ("audit", "0001_initial")]
    operations = [attach_audit(table) for table in TABLES]
