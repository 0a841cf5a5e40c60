"""What a caller has typed and not saved; how far an alert was carried up; a number found at once."""

import django.db.models.deletion
from django.db import migrations, models

import palier.kernel.models


class Migration(migrations.Migration):
    dependencies = [
        ("outreach", "0002_audit"),
        ("staff", "0002_audit"),
    ]

    operations = [
        migrations.CreateModel(
            name="Draft",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=palier.kernel.models.DatabaseUUID7(),
                        default=palier.kernel.models.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("by_id", models.UUIDField()),
                ("content", models.JSONField(default=dict)),
                ("saved_at", models.DateTimeField()),
            ],
            options={
                "db_table": "outreach_draft",
            },
        ),
        migrations.AddField(
            model_name="alert",
            name="climb",
            field=models.TextField(
                choices=[
                    ("none", "Not carried up"),
                    ("team_leader", "Team leader"),
                    ("continuity_lead", "Continuity lead"),
                ],
                db_default="none",
                default="none",
            ),
        ),
        migrations.AddIndex(
            model_name="call",
            index=models.Index(
                condition=models.Q(("phone", ""), _negated=True), fields=["phone"], name="outreach_call_phone"
            ),
        ),
        migrations.AddConstraint(
            model_name="alert",
            constraint=models.CheckConstraint(
                condition=models.Q(("climb__in", ["none", "team_leader", "continuity_lead"])),
                name="outreach_alert_climb_known",
                violation_error_message="Choose one of the values proposed.",
            ),
        ),
        migrations.AddField(
            model_name="draft",
            name="call",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="draft", to="outreach.call"
            ),
        ),
        migrations.AddIndex(
            model_name="draft",
            index=models.Index(fields=["saved_at"], name="outreach_draft_age"),
        ),
    ]
