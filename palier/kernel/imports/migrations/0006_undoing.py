"""An undoing that is planned, worked through by chunks, and told; the state of a batch that is being undone."""

import django.core.serializers.json
import django.db.models.deletion
from django.db import migrations, models

import palier.kernel.models


class Migration(migrations.Migration):
    dependencies = [
        ("imports", "0005_analyse_loaded"),
    ]

    operations = [
        migrations.CreateModel(
            name="ImportUndoRow",
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
                ("table_name", models.TextField()),
                ("row_id", models.UUIDField()),
                ("is_made", models.BooleanField()),
                (
                    "verdict",
                    models.TextField(
                        choices=[
                            ("free", "Goes back"),
                            ("changed", "Stays: somebody changed it since"),
                            ("later", "Stays: a later file wrote it"),
                            ("in_use", "Stays: something stands on it"),
                            ("missing", "Is no more"),
                        ]
                    ),
                ),
                ("because", models.TextField(blank=True)),
                ("is_done", models.BooleanField(default=False)),
            ],
            options={
                "verbose_name": "row of an undoing",
                "verbose_name_plural": "rows of undoings",
                "db_table": "import_undo_row",
            },
        ),
        migrations.RemoveConstraint(
            model_name="importbatch",
            name="import_batch_state_known",
        ),
        migrations.AddField(
            model_name="importbatch",
            name="undoing",
            field=models.JSONField(
                db_default=models.Value({}, models.JSONField()),
                default=dict,
                encoder=django.core.serializers.json.DjangoJSONEncoder,
            ),
        ),
        migrations.AddField(
            model_name="importbatch",
            name="undone_by",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
        migrations.AlterField(
            model_name="importbatch",
            name="state",
            field=models.TextField(
                choices=[
                    ("received", "Received"),
                    ("checking", "Being checked"),
                    ("checked", "Checked"),
                    ("applying", "Being applied"),
                    ("stopped", "Stopped on the way"),
                    ("applied", "Applied"),
                    ("rolling_back", "Being undone"),
                    ("rolled_back", "Undone"),
                    ("discarded", "Discarded"),
                ],
                default="received",
            ),
        ),
        migrations.AddConstraint(
            model_name="importbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "received",
                            "checking",
                            "checked",
                            "applying",
                            "stopped",
                            "applied",
                            "rolling_back",
                            "rolled_back",
                            "discarded",
                        ],
                    )
                ),
                name="import_batch_state_known",
                violation_error_message="This state does not exist.",
            ),
        ),
        migrations.AddField(
            model_name="importundorow",
            name="batch",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="undo_rows",
                to="imports.importbatch",
            ),
        ),
        migrations.AddIndex(
            model_name="importundorow",
            index=models.Index(fields=["batch", "position"], name="import_undo_row_order_idx"),
        ),
        migrations.AddIndex(
            model_name="importundorow",
            index=models.Index(fields=["row_id"], name="import_undo_row_row_idx"),
        ),
    ]
