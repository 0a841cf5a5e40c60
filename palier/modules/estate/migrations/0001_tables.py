"""The tables of the estate."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.db import migrations, models

import palier.kernel.models
import palier.kernel.search.expressions


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        # An exclusion constraint over a key needs it; the extension is the whole database's, made once.
        migrations.RunSQL("CREATE EXTENSION IF NOT EXISTS btree_gist SCHEMA public", migrations.RunSQL.noop),
        migrations.CreateModel(
            name="Building",
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
                ("code", models.TextField()),
                ("name", models.TextField(blank=True, db_default="", default="")),
                ("built_year", models.SmallIntegerField(blank=True, null=True)),
                ("floors", models.SmallIntegerField(blank=True, null=True)),
            ],
            options={
                "db_table": "estate_building",
            },
        ),
        migrations.CreateModel(
            name="Agency",
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
                ("number", models.TextField(blank=True, db_default="", default="")),
                ("repetition", models.TextField(blank=True, db_default="", default="")),
                ("street_type", models.TextField(blank=True, db_default="", default="")),
                ("street_name", models.TextField(blank=True, db_default="", default="")),
                ("complement", models.TextField(blank=True, db_default="", default="")),
                ("postcode", models.TextField(blank=True, db_default="", default="")),
                ("city", models.TextField(blank=True, db_default="", default="")),
                ("insee_code", models.TextField(blank=True, db_default="", default="")),
                ("longitude", models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True)),
                ("latitude", models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True)),
                (
                    "code",
                    models.TextField(error_messages={"unique": "Another agency has this code."}, unique=True),
                ),
                ("name", models.TextField()),
                ("parent_name", models.TextField(blank=True, db_default="", default="")),
                ("phone", models.TextField(blank=True, db_default="", default="")),
                ("email", models.TextField(blank=True, db_default="", default="")),
                ("is_open", models.BooleanField(db_default=True, default=True)),
                (
                    "search_key",
                    models.GeneratedField(
                        db_persist=True,
                        expression=palier.kernel.search.expressions.SearchKey(
                            django.db.models.functions.text.Concat(
                                "name",
                                models.Value(" "),
                                "code",
                                models.Value(" "),
                                "city",
                                models.Value(" "),
                                output_field=models.TextField(),
                            )
                        ),
                        output_field=models.TextField(),
                    ),
                ),
            ],
            options={
                "db_table": "estate_agency",
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["search_key"], name="estate_agency_search", opclasses=["gin_trgm_ops"]
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code", ""), _negated=True),
                        name="estate_agency_code_present",
                        violation_error_message="Give a code.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("insee_code", ""),
                            (
                                "insee_code__regex",
                                "^(0[1-9]|1[0-9]|2[1-9AB]|[3-8][0-9]|9[0-5])[0-9]{3}$|^97[1-8][0-9]{2}$|^98[0-9]{3}$",
                            ),
                            _connector="OR",
                        ),
                        name="estate_agency_insee_code_shape",
                        violation_error_message="Write the Insee code of the commune: five characters, such as 11262 or 2A004.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("postcode", ""), ("postcode__regex", "^[0-9]{5}$"), _connector="OR"
                        ),
                        name="estate_agency_postcode_shape",
                        violation_error_message="Write a postcode of five digits.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("latitude__isnull", True), ("longitude__isnull", True)),
                            models.Q(
                                ("latitude__isnull", False),
                                ("latitude__range", (-90, 90)),
                                ("longitude__isnull", False),
                                ("longitude__range", (-180, 180)),
                            ),
                            _connector="OR",
                        ),
                        name="estate_agency_point_whole",
                        violation_error_message="Give both the longitude and the latitude, in degrees, or neither.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="District",
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
                ("code", models.TextField(unique=True)),
                ("name", models.TextField(blank=True, db_default="", default="")),
            ],
            options={
                "db_table": "estate_district",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code", ""), _negated=True),
                        name="estate_district_code_present",
                        violation_error_message="Give a code.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Entrance",
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
                ("code", models.TextField()),
                ("address_line", models.TextField(blank=True, db_default="", default="")),
                ("has_lift", models.BooleanField(blank=True, null=True)),
                (
                    "building",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entrances",
                        to="estate.building",
                    ),
                ),
            ],
            options={
                "db_table": "estate_entrance",
            },
        ),
        migrations.CreateModel(
            name="Lot",
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
                    "code",
                    models.TextField(error_messages={"unique": "Another lot has this code."}, unique=True),
                ),
                (
                    "kind",
                    models.TextField(
                        choices=[
                            ("dwelling", "Dwelling"),
                            ("parking", "Parking space or garage"),
                            ("commercial", "Commercial premises"),
                            ("association", "Association premises"),
                            ("cellar", "Cellar"),
                            ("caretaker", "Caretaker's lodge"),
                            ("other", "Other lot"),
                        ],
                        db_default="dwelling",
                        default="dwelling",
                    ),
                ),
                (
                    "status",
                    models.TextField(
                        choices=[
                            ("unknown", "Not stated"),
                            ("occupied", "Occupied"),
                            ("vacant", "Vacant, to let"),
                            ("vacant_technical", "Vacant, kept empty"),
                            ("works", "Under works"),
                            ("for_sale", "For sale"),
                            ("demolition", "To be demolished"),
                            ("out_of_service", "Out of service"),
                        ],
                        db_default="unknown",
                        default="unknown",
                    ),
                ),
                ("status_since", models.DateField(blank=True, null=True)),
                ("door", models.TextField(blank=True, db_default="", default="")),
                ("floor", models.SmallIntegerField(blank=True, null=True)),
                (
                    "typology",
                    models.TextField(
                        blank=True,
                        choices=[
                            ("T1", "T1"),
                            ("T1bis", "T1 bis"),
                            ("T1'", "T1’"),
                            ("T2", "T2"),
                            ("T3", "T3"),
                            ("T4", "T4"),
                            ("T5", "T5"),
                            ("T6", "T6"),
                            ("T7", "T7 +"),
                        ],
                        db_default="",
                        default="",
                    ),
                ),
                ("rooms", models.SmallIntegerField(blank=True, null=True)),
                ("surface_m2", models.DecimalField(blank=True, decimal_places=2, max_digits=8, null=True)),
                (
                    "financing",
                    models.TextField(
                        blank=True,
                        choices=[
                            ("plai", "PLAI"),
                            ("plai_adp", "PLAI adapté"),
                            ("pla", "PLA"),
                            ("plus", "PLUS"),
                            ("plus_cd", "PLUS CD"),
                            ("pls", "PLS"),
                            ("pli", "PLI"),
                            ("pcl", "PCL"),
                            ("pap", "PAP locatif"),
                            ("palulos", "PALULOS"),
                            ("lls", "LLS"),
                            ("llts", "LLTS"),
                            ("hbm", "HBM"),
                            ("plr_psr", "PLR / PSR"),
                            ("hlmo", "HLM/O"),
                            ("ilm", "ILM"),
                            ("iln", "ILN"),
                            ("cff", "CFF special loan"),
                            ("other_after_1977", "Other, from 1977"),
                            ("other_before_1977", "Other, before 1977"),
                            ("none", "No subsidised loan"),
                        ],
                        db_default="",
                        default="",
                    ),
                ),
                ("convention_number", models.TextField(blank=True, db_default="", default="")),
                ("convention_on", models.DateField(blank=True, null=True)),
                (
                    "energy_class",
                    models.TextField(
                        blank=True,
                        choices=[
                            ("A", "A"),
                            ("B", "B"),
                            ("C", "C"),
                            ("D", "D"),
                            ("E", "E"),
                            ("F", "F"),
                            ("G", "G"),
                        ],
                        db_default="",
                        default="",
                    ),
                ),
                (
                    "ghg_class",
                    models.TextField(
                        blank=True,
                        choices=[
                            ("A", "A"),
                            ("B", "B"),
                            ("C", "C"),
                            ("D", "D"),
                            ("E", "E"),
                            ("F", "F"),
                            ("G", "G"),
                        ],
                        db_default="",
                        default="",
                    ),
                ),
                ("energy_assessed_on", models.DateField(blank=True, null=True)),
                ("is_accessible", models.BooleanField(blank=True, null=True)),
                ("rpls_id", models.TextField(blank=True, null=True)),
                (
                    "search_key",
                    models.GeneratedField(
                        db_persist=True,
                        expression=palier.kernel.search.expressions.SearchKey(
                            django.db.models.functions.text.Concat(
                                "code",
                                models.Value(" "),
                                "door",
                                models.Value(" "),
                                output_field=models.TextField(),
                            )
                        ),
                        output_field=models.TextField(),
                    ),
                ),
                (
                    "building",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lots",
                        to="estate.building",
                    ),
                ),
                (
                    "entrance",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lots",
                        to="estate.entrance",
                    ),
                ),
            ],
            options={
                "db_table": "estate_lot",
            },
        ),
        migrations.CreateModel(
            name="ReceptionPoint",
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
                ("number", models.TextField(blank=True, db_default="", default="")),
                ("repetition", models.TextField(blank=True, db_default="", default="")),
                ("street_type", models.TextField(blank=True, db_default="", default="")),
                ("street_name", models.TextField(blank=True, db_default="", default="")),
                ("complement", models.TextField(blank=True, db_default="", default="")),
                ("postcode", models.TextField(blank=True, db_default="", default="")),
                ("city", models.TextField(blank=True, db_default="", default="")),
                ("insee_code", models.TextField(blank=True, db_default="", default="")),
                ("longitude", models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True)),
                ("latitude", models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True)),
                (
                    "code",
                    models.TextField(
                        error_messages={"unique": "Another reception point has this code."}, unique=True
                    ),
                ),
                ("name", models.TextField()),
                ("phone", models.TextField(blank=True, db_default="", default="")),
                ("email", models.TextField(blank=True, db_default="", default="")),
                ("access_notes", models.TextField(blank=True, db_default="", default="")),
                ("is_open", models.BooleanField(db_default=True, default=True)),
                (
                    "search_key",
                    models.GeneratedField(
                        db_persist=True,
                        expression=palier.kernel.search.expressions.SearchKey(
                            django.db.models.functions.text.Concat(
                                "name",
                                models.Value(" "),
                                "code",
                                models.Value(" "),
                                "city",
                                models.Value(" "),
                                output_field=models.TextField(),
                            )
                        ),
                        output_field=models.TextField(),
                    ),
                ),
                (
                    "agency",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reception_points",
                        to="estate.agency",
                    ),
                ),
            ],
            options={
                "db_table": "estate_reception_point",
            },
        ),
        migrations.CreateModel(
            name="ReceptionHours",
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
                    "weekday",
                    models.SmallIntegerField(
                        choices=[
                            (1, "Monday"),
                            (2, "Tuesday"),
                            (3, "Wednesday"),
                            (4, "Thursday"),
                            (5, "Friday"),
                            (6, "Saturday"),
                            (7, "Sunday"),
                        ]
                    ),
                ),
                ("opens_at", models.TimeField()),
                ("closes_at", models.TimeField()),
                ("by_appointment", models.BooleanField(db_default=False, default=False)),
                (
                    "reception_point",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="hours",
                        to="estate.receptionpoint",
                    ),
                ),
            ],
            options={
                "db_table": "estate_reception_hours",
            },
        ),
        migrations.CreateModel(
            name="Reservation",
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
                    "purpose",
                    models.TextField(
                        choices=[
                            ("allocation", "Allocation"),
                            ("emergency", "Emergency rehousing"),
                            ("safety", "Rehousing for safety"),
                            ("carers", "Lodging of carers"),
                            ("shelter", "Relief of a shelter"),
                            ("works", "Rehousing during works"),
                            ("sale", "Sale under way"),
                            ("other", "Other purpose"),
                        ]
                    ),
                ),
                ("holder", models.TextField()),
                ("period", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                (
                    "state",
                    models.TextField(
                        choices=[("held", "Held"), ("released", "Released")],
                        db_default="held",
                        default="held",
                    ),
                ),
                ("note", models.TextField(blank=True, db_default="", default="")),
                ("reference", models.TextField(blank=True, db_default="", default="")),
                ("reserved_by", models.TextField()),
                ("reserved_at", models.DateTimeField()),
                ("released_by", models.TextField(blank=True, db_default="", default="")),
                ("released_at", models.DateTimeField(blank=True, null=True)),
                ("release_reason", models.TextField(blank=True, db_default="", default="")),
                (
                    "lot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reservations",
                        to="estate.lot",
                    ),
                ),
            ],
            options={
                "db_table": "estate_reservation",
            },
        ),
        migrations.CreateModel(
            name="Residence",
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
                ("number", models.TextField(blank=True, db_default="", default="")),
                ("repetition", models.TextField(blank=True, db_default="", default="")),
                ("street_type", models.TextField(blank=True, db_default="", default="")),
                ("street_name", models.TextField(blank=True, db_default="", default="")),
                ("complement", models.TextField(blank=True, db_default="", default="")),
                ("postcode", models.TextField(blank=True, db_default="", default="")),
                ("city", models.TextField(blank=True, db_default="", default="")),
                ("insee_code", models.TextField(blank=True, db_default="", default="")),
                ("longitude", models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True)),
                ("latitude", models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True)),
                (
                    "code",
                    models.TextField(
                        error_messages={"unique": "Another residence has this code."}, unique=True
                    ),
                ),
                ("name", models.TextField()),
                (
                    "source",
                    models.TextField(
                        choices=[
                            ("landlord", "The landlord's own file"),
                            ("rpls", "RPLS skeleton"),
                            ("screen", "Entered on screen"),
                        ],
                        db_default="landlord",
                        default="landlord",
                    ),
                ),
                (
                    "building_type",
                    models.TextField(
                        blank=True,
                        choices=[
                            ("collective", "Apartment building"),
                            ("individual", "Houses"),
                            ("student", "Student housing"),
                        ],
                        db_default="",
                        default="",
                    ),
                ),
                ("built_year", models.SmallIntegerField(blank=True, null=True)),
                ("first_let_year", models.SmallIntegerField(blank=True, null=True)),
                ("in_priority_district", models.BooleanField(blank=True, null=True)),
                ("declared_dwellings", models.IntegerField(blank=True, null=True)),
                ("has_lift", models.BooleanField(blank=True, null=True)),
                ("collective_heating", models.BooleanField(blank=True, null=True)),
                ("address_key", models.TextField(blank=True, db_default="", default="")),
                ("name_key", models.TextField(blank=True, db_default="", default="")),
                (
                    "department_code",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Case(
                            models.When(
                                insee_code__regex="^9[78]",
                                then=django.db.models.functions.text.Left("insee_code", 3),
                            ),
                            default=django.db.models.functions.text.Left("insee_code", 2),
                            output_field=models.TextField(),
                        ),
                        output_field=models.TextField(),
                    ),
                ),
                (
                    "search_key",
                    models.GeneratedField(
                        db_persist=True,
                        expression=palier.kernel.search.expressions.SearchKey(
                            django.db.models.functions.text.Concat(
                                "name",
                                models.Value(" "),
                                "street_type",
                                models.Value(" "),
                                "street_name",
                                models.Value(" "),
                                django.db.models.functions.text.LPad(
                                    models.F("number"),
                                    django.db.models.functions.comparison.Greatest(
                                        django.db.models.functions.text.Length(models.F("number")),
                                        models.Value(4),
                                    ),
                                    models.Value("0"),
                                ),
                                models.Value(" "),
                                "city",
                                models.Value(" "),
                                "code",
                                models.Value(" "),
                                output_field=models.TextField(),
                            )
                        ),
                        output_field=models.TextField(),
                    ),
                ),
                (
                    "agency",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="residences",
                        to="estate.agency",
                    ),
                ),
                (
                    "district",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="residences",
                        to="estate.district",
                    ),
                ),
            ],
            options={
                "db_table": "estate_residence",
            },
        ),
        migrations.AddField(
            model_name="lot",
            name="residence",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="lots", to="estate.residence"
            ),
        ),
        migrations.AddField(
            model_name="entrance",
            name="residence",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="entrances", to="estate.residence"
            ),
        ),
        migrations.AddField(
            model_name="building",
            name="residence",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="buildings", to="estate.residence"
            ),
        ),
        migrations.CreateModel(
            name="Sector",
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
                    "code",
                    models.TextField(error_messages={"unique": "Another sector has this code."}, unique=True),
                ),
                ("name", models.TextField()),
                (
                    "search_key",
                    models.GeneratedField(
                        db_persist=True,
                        expression=palier.kernel.search.expressions.SearchKey(
                            django.db.models.functions.text.Concat(
                                "name",
                                models.Value(" "),
                                "code",
                                models.Value(" "),
                                output_field=models.TextField(),
                            )
                        ),
                        output_field=models.TextField(),
                    ),
                ),
                (
                    "agency",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sectors",
                        to="estate.agency",
                    ),
                ),
            ],
            options={
                "db_table": "estate_sector",
            },
        ),
        migrations.AddField(
            model_name="residence",
            name="sector",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="residences",
                to="estate.sector",
            ),
        ),
        migrations.AddIndex(
            model_name="receptionpoint",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["search_key"], name="estate_reception_search", opclasses=["gin_trgm_ops"]
            ),
        ),
        migrations.AddConstraint(
            model_name="receptionpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(("code", ""), _negated=True),
                name="estate_reception_point_code_present",
                violation_error_message="Give a code.",
            ),
        ),
        migrations.AddConstraint(
            model_name="receptionpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("insee_code", ""),
                    (
                        "insee_code__regex",
                        "^(0[1-9]|1[0-9]|2[1-9AB]|[3-8][0-9]|9[0-5])[0-9]{3}$|^97[1-8][0-9]{2}$|^98[0-9]{3}$",
                    ),
                    _connector="OR",
                ),
                name="estate_reception_point_insee_code_shape",
                violation_error_message="Write the Insee code of the commune: five characters, such as 11262 or 2A004.",
            ),
        ),
        migrations.AddConstraint(
            model_name="receptionpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(("postcode", ""), ("postcode__regex", "^[0-9]{5}$"), _connector="OR"),
                name="estate_reception_point_postcode_shape",
                violation_error_message="Write a postcode of five digits.",
            ),
        ),
        migrations.AddConstraint(
            model_name="receptionpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("latitude__isnull", True), ("longitude__isnull", True)),
                    models.Q(
                        ("latitude__isnull", False),
                        ("latitude__range", (-90, 90)),
                        ("longitude__isnull", False),
                        ("longitude__range", (-180, 180)),
                    ),
                    _connector="OR",
                ),
                name="estate_reception_point_point_whole",
                violation_error_message="Give both the longitude and the latitude, in degrees, or neither.",
            ),
        ),
        migrations.AddConstraint(
            model_name="receptionhours",
            constraint=models.CheckConstraint(
                condition=models.Q(("weekday__range", (1, 7))),
                name="estate_reception_hours_weekday",
                violation_error_message="Choose a day of the week.",
            ),
        ),
        migrations.AddConstraint(
            model_name="receptionhours",
            constraint=models.CheckConstraint(
                condition=models.Q(("opens_at__lt", models.F("closes_at"))),
                name="estate_reception_hours_order",
                violation_error_message="The reception point must open before it closes.",
            ),
        ),
        migrations.AddConstraint(
            model_name="receptionhours",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    ("reception_point", "="),
                    ("weekday", "="),
                    (
                        models.Func(
                            django.db.models.functions.comparison.Cast(
                                django.db.models.functions.datetime.Extract("opens_at", "epoch"),
                                models.IntegerField(),
                            ),
                            django.db.models.functions.comparison.Cast(
                                django.db.models.functions.datetime.Extract("closes_at", "epoch"),
                                models.IntegerField(),
                            ),
                            function="int4range",
                            output_field=django.contrib.postgres.fields.ranges.IntegerRangeField(),
                        ),
                        "&&",
                    ),
                ],
                name="estate_reception_hours_apart",
                violation_error_message="Two openings of the same day overlap. Join them or change one.",
            ),
        ),
        migrations.AddIndex(
            model_name="reservation",
            index=models.Index(fields=["lot", "state"], name="estate_reservation_lot"),
        ),
        migrations.AddConstraint(
            model_name="reservation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "purpose__in",
                        ["allocation", "emergency", "safety", "carers", "shelter", "works", "sale", "other"],
                    )
                ),
                name="estate_reservation_purpose_known",
                violation_error_message="Choose one of the values proposed.",
            ),
        ),
        migrations.AddConstraint(
            model_name="reservation",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["held", "released"])),
                name="estate_reservation_state_known",
                violation_error_message="Choose one of the values proposed.",
            ),
        ),
        migrations.AddConstraint(
            model_name="reservation",
            constraint=models.CheckConstraint(
                condition=models.Q(("holder", ""), _negated=True),
                name="estate_reservation_holder_present",
                violation_error_message="Say who holds the reservation.",
            ),
        ),
        migrations.AddConstraint(
            model_name="reservation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("released_at__isnull", True), ("state", "held")),
                    models.Q(("released_at__isnull", False), ("state", "released")),
                    _connector="OR",
                ),
                name="estate_reservation_release_dated",
                violation_error_message="A released reservation needs the moment of its release.",
            ),
        ),
        migrations.AddConstraint(
            model_name="reservation",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[("lot", "="), ("period", "&&")],
                name="estate_reservation_apart",
                violation_error_message="This lot is already reserved over part of this period.",
            ),
        ),
        migrations.AddIndex(
            model_name="lot",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["search_key"], name="estate_lot_search", opclasses=["gin_trgm_ops"]
            ),
        ),
        migrations.AddIndex(
            model_name="lot",
            index=models.Index(fields=["residence", "kind", "status"], name="estate_lot_counts"),
        ),
        migrations.AddIndex(
            model_name="lot",
            index=models.Index(fields=["status", "kind"], name="estate_lot_status"),
        ),
        migrations.AddConstraint(
            model_name="lot",
            constraint=models.CheckConstraint(
                condition=models.Q(("code", ""), _negated=True),
                name="estate_lot_code_present",
                violation_error_message="Give a code.",
            ),
        ),
        migrations.AddConstraint(
            model_name="lot",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        ["dwelling", "parking", "commercial", "association", "cellar", "caretaker", "other"],
                    )
                ),
                name="estate_lot_kind_known",
                violation_error_message="Choose one of the values proposed.",
            ),
        ),
        migrations.AddConstraint(
            model_name="lot",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "status__in",
                        [
                            "unknown",
                            "occupied",
                            "vacant",
                            "vacant_technical",
                            "works",
                            "for_sale",
                            "demolition",
                            "out_of_service",
                        ],
                    )
                ),
                name="estate_lot_status_known",
                violation_error_message="Choose one of the values proposed.",
            ),
        ),
        migrations.AddConstraint(
            model_name="lot",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("typology__in", ["T1", "T1bis", "T1'", "T2", "T3", "T4", "T5", "T6", "T7", ""])
                ),
                name="estate_lot_typology_known",
                violation_error_message="Choose one of the values proposed.",
            ),
        ),
        migrations.AddConstraint(
            model_name="lot",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "financing__in",
                        [
                            "plai",
                            "plai_adp",
                            "pla",
                            "plus",
                            "plus_cd",
                            "pls",
                            "pli",
                            "pcl",
                            "pap",
                            "palulos",
                            "lls",
                            "llts",
                            "hbm",
                            "plr_psr",
                            "hlmo",
                            "ilm",
                            "iln",
                            "cff",
                            "other_after_1977",
                            "other_before_1977",
                            "none",
                            "",
                        ],
                    )
                ),
                name="estate_lot_financing_known",
                violation_error_message="Choose one of the values proposed.",
            ),
        ),
        migrations.AddConstraint(
            model_name="lot",
            constraint=models.CheckConstraint(
                condition=models.Q(("energy_class__in", ["A", "B", "C", "D", "E", "F", "G", ""])),
                name="estate_lot_energy_known",
                violation_error_message="Choose one of the values proposed.",
            ),
        ),
        migrations.AddConstraint(
            model_name="lot",
            constraint=models.CheckConstraint(
                condition=models.Q(("ghg_class__in", ["A", "B", "C", "D", "E", "F", "G", ""])),
                name="estate_lot_ghg_known",
                violation_error_message="Choose one of the values proposed.",
            ),
        ),
        migrations.AddConstraint(
            model_name="lot",
            constraint=models.UniqueConstraint(
                fields=("rpls_id",),
                name="estate_lot_rpls_once",
                violation_error_message="Another lot has this RPLS identifier.",
            ),
        ),
        migrations.AddConstraint(
            model_name="lot",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("surface_m2__isnull", True),
                    models.Q(("surface_m2__gt", 0), ("surface_m2__lt", 100000)),
                    _connector="OR",
                ),
                name="estate_lot_surface",
                violation_error_message="Write a surface in square metres, above zero, or leave it empty.",
            ),
        ),
        migrations.AddConstraint(
            model_name="lot",
            constraint=models.CheckConstraint(
                condition=models.Q(("rooms__isnull", True), ("rooms__range", (1, 30)), _connector="OR"),
                name="estate_lot_rooms",
                violation_error_message="Write a number of rooms between 1 and 30, or leave it empty.",
            ),
        ),
        migrations.AddConstraint(
            model_name="lot",
            constraint=models.CheckConstraint(
                condition=models.Q(("floor__isnull", True), ("floor__range", (-9, 99)), _connector="OR"),
                name="estate_lot_floor",
                violation_error_message="Write a floor between −9 and 99, or leave it empty.",
            ),
        ),
        migrations.AddConstraint(
            model_name="entrance",
            constraint=models.CheckConstraint(
                condition=models.Q(("code", ""), _negated=True),
                name="estate_entrance_code_present",
                violation_error_message="Give a code.",
            ),
        ),
        migrations.AddConstraint(
            model_name="entrance",
            constraint=models.UniqueConstraint(
                fields=("residence", "building", "code"),
                name="estate_entrance_once",
                nulls_distinct=False,
                violation_error_message="Another entrance of this building has this code.",
            ),
        ),
        migrations.AddConstraint(
            model_name="building",
            constraint=models.CheckConstraint(
                condition=models.Q(("code", ""), _negated=True),
                name="estate_building_code_present",
                violation_error_message="Give a code.",
            ),
        ),
        migrations.AddConstraint(
            model_name="building",
            constraint=models.UniqueConstraint(
                fields=("residence", "code"),
                name="estate_building_once",
                violation_error_message="Another building of this residence has this code.",
            ),
        ),
        migrations.AddConstraint(
            model_name="building",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("built_year__isnull", True), ("built_year__range", (1200, 2100)), _connector="OR"
                ),
                name="estate_building_built_year",
                violation_error_message="Write the year of construction with four digits, or leave it empty.",
            ),
        ),
        migrations.AddConstraint(
            model_name="sector",
            constraint=models.CheckConstraint(
                condition=models.Q(("code", ""), _negated=True),
                name="estate_sector_code_present",
                violation_error_message="Give a code.",
            ),
        ),
        migrations.AddIndex(
            model_name="residence",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["search_key"], name="estate_residence_search", opclasses=["gin_trgm_ops"]
            ),
        ),
        migrations.AddIndex(
            model_name="residence",
            index=models.Index(fields=["search_key", "id"], name="estate_residence_order"),
        ),
        migrations.AddIndex(
            model_name="residence",
            index=models.Index(fields=["insee_code"], name="estate_residence_commune"),
        ),
        migrations.AddIndex(
            model_name="residence",
            index=models.Index(fields=["address_key"], name="estate_residence_address"),
        ),
        migrations.AddConstraint(
            model_name="residence",
            constraint=models.CheckConstraint(
                condition=models.Q(("code", ""), _negated=True),
                name="estate_residence_code_present",
                violation_error_message="Give a code.",
            ),
        ),
        migrations.AddConstraint(
            model_name="residence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("insee_code", ""),
                    (
                        "insee_code__regex",
                        "^(0[1-9]|1[0-9]|2[1-9AB]|[3-8][0-9]|9[0-5])[0-9]{3}$|^97[1-8][0-9]{2}$|^98[0-9]{3}$",
                    ),
                    _connector="OR",
                ),
                name="estate_residence_insee_code_shape",
                violation_error_message="Write the Insee code of the commune: five characters, such as 11262 or 2A004.",
            ),
        ),
        migrations.AddConstraint(
            model_name="residence",
            constraint=models.CheckConstraint(
                condition=models.Q(("postcode", ""), ("postcode__regex", "^[0-9]{5}$"), _connector="OR"),
                name="estate_residence_postcode_shape",
                violation_error_message="Write a postcode of five digits.",
            ),
        ),
        migrations.AddConstraint(
            model_name="residence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("latitude__isnull", True), ("longitude__isnull", True)),
                    models.Q(
                        ("latitude__isnull", False),
                        ("latitude__range", (-90, 90)),
                        ("longitude__isnull", False),
                        ("longitude__range", (-180, 180)),
                    ),
                    _connector="OR",
                ),
                name="estate_residence_point_whole",
                violation_error_message="Give both the longitude and the latitude, in degrees, or neither.",
            ),
        ),
        migrations.AddConstraint(
            model_name="residence",
            constraint=models.CheckConstraint(
                condition=models.Q(("source__in", ["landlord", "rpls", "screen"])),
                name="estate_residence_source_known",
                violation_error_message="Choose one of the values proposed.",
            ),
        ),
        migrations.AddConstraint(
            model_name="residence",
            constraint=models.CheckConstraint(
                condition=models.Q(("building_type__in", ["collective", "individual", "student", ""])),
                name="estate_residence_type_known",
                violation_error_message="Choose one of the values proposed.",
            ),
        ),
        migrations.AddConstraint(
            model_name="residence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("built_year__isnull", True), ("built_year__range", (1200, 2100)), _connector="OR"
                ),
                name="estate_residence_built_year",
                violation_error_message="Write the year of construction with four digits, or leave it empty.",
            ),
        ),
        migrations.AddConstraint(
            model_name="residence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("declared_dwellings__isnull", True), ("declared_dwellings__gte", 0), _connector="OR"
                ),
                name="estate_residence_declared",
                violation_error_message="The number of dwellings cannot be negative.",
            ),
        ),
        migrations.AddConstraint(
            model_name="residence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("source", "rpls"), _negated=True),
                    models.Q(
                        models.Q(("address_key", models.Value("")), _negated=True),
                        ("declared_dwellings__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="estate_residence_skeleton_whole",
                violation_error_message="A residence from RPLS needs its address and its number of dwellings.",
            ),
        ),
        migrations.AddConstraint(
            model_name="residence",
            constraint=models.UniqueConstraint(
                condition=models.Q(("source", "rpls")),
                fields=("address_key", "name_key"),
                name="estate_residence_skeleton_once",
                violation_error_message="A residence with this address and this name exists already.",
            ),
        ),
    ]
