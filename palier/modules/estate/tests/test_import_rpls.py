"""RPLS files through the whole engine: skeletons by address, and the landlord's own return."""

from pathlib import Path

import pytest

from palier.kernel.imports.testing import load, load_rows
from palier.modules.estate.models import Lot, Residence
from palier.modules.estate.selectors.tree import counts
from palier.modules.estate.tests import factories

pytestmark = pytest.mark.usefixtures("alpha", "imports")

BY_ADDRESS = Path(__file__).parent / "files" / "rpls_par_adresse.csv"
NARBONNE = Path(__file__).parents[5] / "shared" / "data" / "rpls" / "rpls_narbonne_11262_par_adresse.csv"


def open_row(**given):
    """A line of the open file of 2025: one dwelling, no key."""
    return {
        "DEPCOM": "11262", "CODEPOSTAL": "11100", "LIBCOM": "Narbonne", "NUMVOIE": "5", "INDREP": "",
        "TYPVOIE": "RUE",
        "NOMVOIE": "DES ALOUETTES", "ETAGE": "2", "COMPLGEO": "LES GENETS", "LIEUDIT": "", "QPV_CODE": "2",
        "TYPECONST_CODE": "C", "NBPIECE": "3", "SURFHAB": "64", "CONSTRUCT": "1974", "LOCAT": "1975",
        "FINAN_CODE": "52",
        "DPEDATE": "01/1900", "DPEENERGIE": "", "EPSG": "2154", "X": "", "Y": "", "PLG_QP24": "HZ", **given,
    }  # fmt: skip


def return_row(**given):
    """A line of the landlord's own return, keyed by IDENT_INT."""
    return {"IDENT_INT": "0101-A-12", "IDENT_REP": "1123456789", "MODE": "1", **open_row(), **given}


class TestAFileByAddress:
    def test_gives_a_skeleton_by_address_and_name_and_no_lot(self):
        batch = load(kind="rpls", data=BY_ADDRESS.read_bytes())

        assert (batch.refused, Residence.objects.count(), Lot.objects.count()) == (0, 5, 0)
        assert counts().dwellings == 45
        assert set(Residence.objects.values_list("source", flat=True)) == {"rpls"}

    def test_reads_what_the_file_writes_badly(self):
        load(kind="rpls", data=BY_ADDRESS.read_bytes())

        genets = Residence.objects.get(name="Les Genets")
        assert (genets.address_key, genets.declared_dwellings) == ("11262|16|RUE DES ALOUETTES", 19)
        assert (genets.city, genets.in_priority_district, genets.built_year) == ("Narbonne", True, 1851)
        house = Residence.objects.get(address_key="11262|1BIS|RUE DU FOUR")
        assert (house.name, house.building_type) == ("1 bis rue du Four", "individual")
        assert Residence.objects.get(name="Mistral").built_year is None

    def test_changes_nothing_when_loaded_again(self):
        load(kind="rpls", data=BY_ADDRESS.read_bytes())
        before = list(Residence.objects.order_by("pk").values())

        batch = load(kind="rpls", data=BY_ADDRESS.read_bytes())

        assert (batch.applied, list(Residence.objects.order_by("pk").values())) == (0, before)

    def test_keeps_the_residence_whose_name_changed(self):
        load(kind="rpls", data=BY_ADDRESS.read_bytes())
        before = Residence.objects.get(name="Les Genets")

        load(
            kind="rpls",
            data=BY_ADDRESS.read_text(encoding="utf-8").replace("LES GENETS", "LES AJONCS").encode(),
        )

        after = Residence.objects.get(pk=before.pk)
        assert (after.name, Residence.objects.count()) == ("Les Ajoncs", 5)

    @pytest.mark.skipif(not NARBONNE.exists(), reason="the Narbonne file is not beside the project")
    def test_of_narbonne_gives_1170_residences_declaring_6043_dwellings(self):
        batch = load(kind="rpls", data=NARBONNE.read_bytes())

        assert (batch.refused, Residence.objects.count(), Lot.objects.count()) == (0, 1170, 0)
        assert counts().dwellings == 6043
        again = load(kind="rpls", data=NARBONNE.read_bytes())
        assert (again.applied, again.unchanged, Residence.objects.count()) == (0, 1170, 1170)


class TestTheOpenFile:
    def test_gathers_the_dwellings_of_one_address(self):
        rows = [
            open_row(ETAGE="0"),
            open_row(TYPVOIE="R", COMPLGEO=""),
            open_row(COMPLGEO="RESIDENCE LES GENETS"),
        ]

        report = load_rows(kind="rpls", rows=rows)

        assert report["refused"] == 0
        residence = Residence.objects.get()
        assert (residence.name, residence.declared_dwellings) == ("Les Genets", 3)

    def test_places_it_on_the_map_from_lambert_93(self):
        load_rows(kind="rpls", rows=[open_row(X="700227.794", Y="6231630.33", PLG_QP24="QP011004")])

        residence = Residence.objects.get()
        assert (float(residence.longitude), float(residence.latitude)) == (3.0028, 43.1839)
        assert (residence.district.code, residence.in_priority_district) == ("QP011004", False)

    @pytest.mark.parametrize(
        "point", [{"X": "", "Y": ""}, {"X": "0", "Y": "0"}, {"X": "5", "Y": "6", "EPSG": "2975"}]
    )
    def test_leaves_out_a_point_that_is_none(self, point):
        report = load_rows(kind="rpls", rows=[open_row(**point)])

        assert (report["refused"], Residence.objects.get().longitude) == (0, None)

    def test_completes_the_landlord_s_own_residence_instead_of_doubling_it(self):
        own = factories.make_residence(
            address_key="11262|5|RUE DES ALOUETTES", name="Les Genêts", built_year=1970
        )

        load_rows(kind="rpls", rows=[open_row(X="700227.794", Y="6231630.33")])

        own.refresh_from_db()
        assert Residence.objects.count() == 1
        assert (own.name, own.source, own.built_year, own.declared_dwellings) == (
            "Les Genêts",
            "landlord",
            1970,
            1,
        )
        assert float(own.longitude) == 3.0028

    def test_refuses_a_line_without_a_street_and_says_where(self):
        report = load_rows(kind="rpls", rows=[open_row(), open_row(NOMVOIE="")])

        assert (report["applied"], report["refused"]) == (1, 1)
        assert (report["errors"][0]["line"], report["errors"][0]["column"]) == (3, "NOMVOIE")


class TestTheLandlordsReturn:
    def test_gives_lots_keyed_by_their_own_reference(self):
        load_rows(
            kind="rpls",
            rows=[return_row(), return_row(IDENT_INT="0101-A-13", IDENT_REP="1123456790", MODE="2")],
        )

        lots = Lot.objects.order_by("code")
        assert [(lot.code, lot.status, lot.typology, lot.financing) for lot in lots] == [
            ("0101-A-12", "occupied", "T3", "hlmo"),
            ("0101-A-13", "vacant", "T3", "hlmo"),
        ]
        assert Residence.objects.get().declared_dwellings == 2
        assert counts().dwellings == 2

    def test_changes_nothing_when_loaded_again(self):
        rows = [return_row(), return_row(IDENT_INT="0101-A-13", IDENT_REP="1123456790")]
        load_rows(kind="rpls", rows=rows)

        assert load_rows(kind="rpls", rows=rows)["applied"] == 0

    def test_leaves_the_property_list_s_word_and_adds_what_it_lacks(self):
        residence = factories.make_residence()
        lot = factories.make_lot(residence, code="0101-A-12", surface_m2="70", floor=None, status="works")

        load_rows(kind="rpls", rows=[return_row(SURFHAB="64", DPEENERGIE="D", DPEDATE="03/2022")])

        lot.refresh_from_db()
        assert (lot.residence_id, lot.surface_m2, lot.status, lot.floor) == (residence.id, 70, "works", 2)
        assert (lot.rpls_id, lot.energy_class, lot.energy_assessed_on.isoformat()) == (
            "1123456789",
            "D",
            "2022-03-01",
        )
        assert Residence.objects.count() == 1

    def test_refuses_an_identifier_given_twice(self):
        report = load_rows(kind="rpls", rows=[return_row(), return_row(IDENT_INT="0101-A-13")])

        assert (report["applied"], report["refused"]) == (1, 1)
        assert report["errors"][0]["code"] == "estate.rpls-id-twice"

    def test_refuses_a_reference_given_twice(self):
        report = load_rows(kind="rpls", rows=[return_row(), return_row(IDENT_REP="1123456790")])

        assert report["errors"][0]["code"] == "line.duplicate"
