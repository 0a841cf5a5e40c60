"""Pairs of possible duplicates, merges with what they changed, and former codes."""

import django.core.serializers.json
import django.db.models.deletion
from django.db import migrations, models

import palier.kernel.models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0002_audit"),
    ]

    operations = [
        migrations.CreateModel(
            name="Merge",
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
                ("kept_id", models.UUIDField()),
                ("gone_id", models.UUIDField()),
                (
                    "moved",
                    models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder),
                ),
                (
                    "settled",
                    models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder),
                ),
                ("merged_at", models.DateTimeField()),
                ("merged_by", models.TextField()),
                ("merged_by_id", models.UUIDField(blank=True, null=True)),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                ("undone_by", models.TextField(blank=True, db_default="", default="")),
                (
                    "left",
                    models.JSONField(default=list, encoder=django.core.serializers.json.DjangoJSONEncoder),
                ),
            ],
            options={
                "verbose_name": "merge of two persons",
                "verbose_name_plural": "merges of persons",
                "db_table": "people_merge",
                "indexes": [
                    models.Index(fields=["kept_id", "-merged_at"], name="people_merge_kept"),
                    models.Index(fields=["-merged_at"], name="people_merge_recent"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("undone_at__isnull", True)),
                        fields=("gone_id",),
                        name="people_merge_gone_once",
                        violation_error_message="This person was merged into another one already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kept_id", models.F("gone_id")), _negated=True),
                        name="people_merge_of_two",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DuplicatePair",
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
                (
                    "state",
                    models.TextField(
                        choices=[("proposed", "To look at"), ("different", "Two different persons")],
                        db_default="proposed",
                        default="proposed",
                    ),
                ),
                ("score", models.SmallIntegerField()),
                ("evidence", models.JSONField(default=dict)),
                ("found_at", models.DateTimeField()),
                ("judged_at", models.DateTimeField(blank=True, null=True)),
                ("judged_by", models.TextField(blank=True, db_default="", default="")),
                (
                    "first",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="people.person"
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="people.person"
                    ),
                ),
            ],
            options={
                "verbose_name": "pair of possible duplicates",
                "verbose_name_plural": "pairs of possible duplicates",
                "db_table": "people_duplicate_pair",
                "indexes": [
                    models.Index(fields=["state", "-score", "id"], name="people_duplicate_pair_work")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["proposed", "different"])),
                        name="people_duplicate_pair_state_known",
                        violation_error_message="Choose one of the values proposed.",
                    ),
                    models.UniqueConstraint(fields=("first", "second"), name="people_duplicate_pair_once"),
                    models.CheckConstraint(
                        condition=models.Q(("first__lt", models.F("second"))),
                        name="people_duplicate_pair_ordered",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "proposed"), ("judged_at__isnull", False), _connector="OR"
                        ),
                        name="people_duplicate_pair_judged",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MergeChange",
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
                ("position", models.IntegerField()),
                (
                    "kind",
                    models.TextField(
                        choices=[("update", "Changed"), ("delete", "Removed"), ("insert", "Added")]
                    ),
                ),
                ("table_name", models.TextField()),
                ("row_id", models.TextField()),
                ("column_name", models.TextField(blank=True, db_default="", default="")),
                (
                    "before",
                    models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, null=True),
                ),
                (
                    "after",
                    models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, null=True),
                ),
                (
                    "merge",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="changes", to="people.merge"
                    ),
                ),
            ],
            options={
                "verbose_name": "change made by a merge",
                "verbose_name_plural": "changes made by merges",
                "db_table": "people_merge_change",
                "indexes": [models.Index(fields=["row_id"], name="people_merge_change_row")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["update", "delete", "insert"])),
                        name="people_merge_change_kind_known",
                        violation_error_message="Choose one of the values proposed.",
                    ),
                    models.UniqueConstraint(
                        fields=("merge", "position"), name="people_merge_change_in_order"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PersonAlias",
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
                (
                    "fact",
                    models.TextField(
                        choices=[
                            ("reference", "Former reference"),
                            ("key", "Key in a file"),
                            ("id", "Record merged"),
                        ]
                    ),
                ),
                ("value", models.TextField()),
                ("recorded_at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="aliases",
                        to="people.person",
                    ),
                ),
            ],
            options={
                "verbose_name": "former code of a person",
                "verbose_name_plural": "former codes of persons",
                "db_table": "people_person_alias",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("fact__in", ["reference", "key", "id"])),
                        name="people_person_alias_fact_known",
                        violation_error_message="Choose one of the values proposed.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("value", ""), _negated=True), name="people_person_alias_present"
                    ),
                    models.UniqueConstraint(fields=("fact", "value"), name="people_person_alias_once"),
                ],
            },
        ),
    ]
