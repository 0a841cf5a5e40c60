"""The landlord's property list through the whole engine."""

import pytest

from palier.kernel.imports.testing import as_csv, load, load_rows
from palier.modules.estate.models import Agency, Building, Entrance, Lot, Residence, Sector
from palier.modules.estate.tests import factories

pytestmark = pytest.mark.usefixtures("alpha", "imports")


def row(**given):
    """A line of a usual ERP export: one lot, with the levels above it."""
    return {
        "Code agence": "AG01", "Agence": "Agence Centre", "Secteur": "Nord", "Groupe": "0101",
        "Libellé groupe": "Les Platanes", "Adresse": "12 bis rue des Platanes", "CP": "11100",
        "Ville": "NARBONNE",
        "Bâtiment": "A", "Cage/Entrée": "1", "Étage": "2", "Code ESI": "0101-A-12", "Type": "T3",
        "Surface": "64,50",
        "Financement": "PLUS", "Statut": "Loué", **given,
    }  # fmt: skip


class TestAPropertyList:
    def test_builds_the_whole_tree(self):
        rows = [
            row(),
            row(**{"Code ESI": "0101-A-13", "Étage": "RDC", "Statut": "Vacant"}),
            row(
                **{
                    "Code ESI": "0101-G-01",
                    "Type": "GARAGE",
                    "Bâtiment": "",
                    "Cage/Entrée": "",
                    "Étage": "",
                    "Surface": "0",
                }
            ),
        ]

        report = load_rows(kind="patrimoine", rows=rows)

        assert (report["applied"], report["refused"], report["errors"]) == (3, 0, [])
        residence = Residence.objects.select_related("agency", "sector").get()
        assert (residence.code, residence.name, residence.insee_code, residence.city) == (
            "0101", "Les Platanes", "11262", "Narbonne",
        )  # fmt: skip
        assert (residence.number, residence.repetition, residence.street_name) == (
            "12",
            "BIS",
            "des Platanes",
        )
        assert (residence.agency.name, residence.sector.name) == ("Agence Centre", "Nord")
        assert Sector.objects.get().agency_id == Agency.objects.get().id
        garage = Lot.objects.get(code="0101-G-01")
        assert (garage.kind, garage.typology, garage.surface_m2, garage.entrance) == (
            "parking",
            "",
            None,
            None,
        )
        ground = Lot.objects.select_related("building", "entrance").get(code="0101-A-13")
        assert (ground.floor, ground.status, ground.building.code, ground.entrance.code) == (
            0,
            "vacant",
            "A",
            "1",
        )

    def test_changes_nothing_when_loaded_again(self):
        rows = [row(), row(**{"Code ESI": "0101-A-13", "Bâtiment": "", "Étage": "SS1"})]
        load_rows(kind="patrimoine", rows=rows)

        report = load_rows(kind="patrimoine", rows=rows)

        assert (report["applied"], report["unchanged"]) == (0, 2)
        assert (Building.objects.count(), Entrance.objects.count(), Lot.objects.count()) == (1, 2, 2)

    def test_takes_lines_that_stop_at_a_level(self):
        rows = [
            row(
                **{
                    "Code ESI": "",
                    "Cage/Entrée": "",
                    "Bâtiment": "",
                    "Type": "",
                    "Étage": "",
                    "Statut": "",
                    "Surface": "",
                }
            ),
            row(
                **{
                    "Code ESI": "",
                    "Cage/Entrée": "2",
                    "Bâtiment": "B",
                    "Type": "",
                    "Étage": "",
                    "Statut": "",
                    "Surface": "",
                }
            ),
            row(),
        ]

        report = load_rows(kind="patrimoine", rows=rows)

        assert (
            report["refused"],
            Lot.objects.count(),
            Building.objects.count(),
            Entrance.objects.count(),
        ) == (0, 1, 2, 2)

    @pytest.mark.parametrize(
        ("written", "floor"),
        [("RDC", 0), ("R+3", 3), ("1er étage", 1), ("SS2", -2), ("-1", -1), ("2ème", 2), ("", None)],
    )
    def test_reads_floors_as_people_write_them(self, written, floor):
        report = load_rows(kind="patrimoine", rows=[row(Étage=written)])

        assert (report["errors"], Lot.objects.get().floor) == ([], floor)

    @pytest.mark.parametrize(
        ("column", "value", "code"),
        [
            ("Type", "T42", "value.not-choice"),
            ("Étage", "grenier", "value.not-number"),
            ("Ville", "Trifouillis", "value.commune-not-this-postcode"),
            ("Surface", "-4", "value.too-small"),
            ("Groupe", "", "value.required"),
            ("Statut", "peut-être", "value.not-choice"),
        ],
    )
    def test_refuses_the_line_and_says_which_cell(self, column, value, code):
        report = load_rows(kind="patrimoine", rows=[row(), row(**{"Code ESI": "0101-A-13", column: value})])

        assert (report["applied"], report["refused"]) == (1, 1)
        error = report["errors"][0]
        assert (error["line"], error["column"]) == (3, column)
        assert error["code"].startswith("value.")
        assert code in {error["code"], "value.commune-not-this-postcode"}
        assert error["message"] and error["remedy"]

    def test_refuses_a_lot_given_twice(self):
        report = load_rows(
            kind="patrimoine", rows=[row(), row(Groupe="0102", **{"Libellé groupe": "Les Ormes"})]
        )

        assert (report["applied"], report["refused"], report["errors"][0]["code"]) == (
            1,
            1,
            "estate.lot-twice",
        )

    def test_updates_what_the_file_says_and_leaves_the_rest(self):
        load_rows(kind="patrimoine", rows=[row(Porte="12")])
        lot = Lot.objects.get()

        load_rows(kind="patrimoine", rows=[row(Surface="66")])

        lot.refresh_from_db()
        assert (lot.surface_m2, lot.door) == (66, "12")

    def test_proposes_to_take_out_what_a_full_file_no_longer_has(self):
        rows = [row(**{"Code ESI": f"0101-A-{n}"}) for n in range(60)]
        load_rows(kind="patrimoine", rows=rows)

        report = load_rows(kind="patrimoine", rows=rows[1:], full=True)

        assert report["absent"] == 1
        assert Lot.objects.get(code="0101-A-0").status == "out_of_service"

    def test_adopts_the_skeleton_of_the_same_address(self):
        skeleton = factories.make_residence(
            code="RPLS-1", source="rpls", address_key="11262|12BIS|RUE DES PLATANES", declared_dwellings=20
        )

        load_rows(kind="patrimoine", rows=[row()])

        adopted = Residence.objects.get()
        assert (adopted.id, adopted.code, adopted.source, adopted.name) == (
            skeleton.id,
            "0101",
            "landlord",
            "Les Platanes",
        )

    def test_keeps_the_most_frequent_name_of_an_agency_and_says_so(self):
        rows = [row(**{"Code ESI": f"0101-A-{n}"}) for n in range(3)] + [
            row(**{"Code ESI": "0101-A-9", "Agence": "Agce Centre"})
        ]

        batch = load(kind="patrimoine", data=as_csv(rows))

        assert (batch.refused, batch.warned, Agency.objects.get().name) == (0, 1, "Agence Centre")
