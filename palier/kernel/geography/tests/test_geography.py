"""The reference tables, loaded from the real package."""

from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from palier.kernel.geography import selectors
from palier.kernel.geography.loading import PACKAGE, PackageMissing, load_geography
from palier.kernel.geography.models import (
    Commune,
    Department,
    Edition,
    FormerCommune,
    Intercommunality,
    Region,
)
from palier.kernel.organisations.current import open_organisation

AT = datetime(2026, 11, 22, tzinfo=UTC)
NODE_MODULES = settings.PROJECT_ROOT / "node_modules"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not (NODE_MODULES / PACKAGE).exists(), reason="npm packages are absent: run make run once"
    ),
]


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """Loaded once for the module and committed; taken away afterwards: other tests expect no geography."""
    with django_db_blocker.unblock():
        load_geography(node_modules=NODE_MODULES, at=AT)
        yield
        with connection.cursor() as cursor:
            for model in (FormerCommune, Commune, Intercommunality, Department, Region, Edition):
                cursor.execute(f"DELETE FROM {model._meta.db_table}")


class TestLoading:
    def test_fills_every_table_and_a_second_time_does_nothing(self, loaded):
        assert Commune.objects.filter(within=None).count() > 34_900
        assert Department.objects.count() == 109

        assert load_geography(node_modules=NODE_MODULES, at=AT) is False

    def test_mends_a_row_that_differs(self, loaded):
        Commune.objects.filter(code="11262").update(name="Narbo", population=1)
        Edition.objects.all().delete()

        load_geography(node_modules=NODE_MODULES, at=AT)

        assert Commune.objects.get(code="11262").name == "Narbonne"

    def test_says_what_to_do_without_the_package(self, tmp_path):
        with pytest.raises(PackageMissing, match="make run"):
            load_geography(node_modules=tmp_path, at=AT)


class TestQuestions:
    def test_gives_a_commune_with_its_department_group_and_point(self, loaded):
        narbonne = selectors.commune("11262")

        assert (narbonne.name, narbonne.department_name, narbonne.region) == ("Narbonne", "Aude", "76")
        assert "Narbonne" in narbonne.intercommunality
        assert narbonne.postcodes == ("11100",)
        assert (round(narbonne.lat), round(narbonne.lon)) == (43, 3)

    def test_follows_a_former_code_to_the_commune_of_today(self, loaded):
        former = FormerCommune.objects.exclude(name="").first()

        assert selectors.commune(former.code).code == former.commune_id

    def test_knows_no_commune_of_the_old_corsica(self, loaded):
        assert selectors.commune("20004") is None
        assert selectors.commune("2A004").name == "Ajaccio"

    def test_finds_a_name_without_its_accents_and_with_a_slip(self, loaded):
        assert "Béziers" in [each.name for each in selectors.communes_named("beziers", limit=3)]
        assert "Narbonne" in [each.name for each in selectors.communes_named("narbone", limit=10)]

    def test_gives_the_district_of_a_great_town(self, loaded):
        district = selectors.commune("13201")

        assert district.department == "13"
        assert district.intercommunality == selectors.commune("13055").intercommunality

    def test_lists_the_communes_of_a_postcode(self, loaded):
        assert "11262" in [each.code for each in selectors.communes_of_postcode("11100")]

    def test_lists_the_departments_of_a_region(self, loaded):
        assert selectors.departments_of_region("24") == ["18", "28", "36", "37", "41", "45"]


class TestRights:
    def test_an_organisation_reads_and_does_not_write(self, loaded):
        with open_organisation("alpha"):
            assert selectors.commune("11262").name == "Narbonne"
            with (
                pytest.raises(DatabaseError, match="permission denied"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute("UPDATE geography_commune SET name = ''")
