"""How much there is in each commune, and where: the circles of the maps."""

import pytest

from palier.modules.estate.public import counts_by_commune
from palier.modules.estate.tests.factories import make_lot, make_residence

pytestmark = pytest.mark.django_db

LIMOUX = {"insee_code": "11206", "city": "LIMOUX", "postcode": "11300"}


def by_code():
    return {one.insee_code: one for one in counts_by_commune()}


class TestCountsByCommune:
    def test_counts_dwellings_and_puts_the_largest_first(self, alpha):
        narbonne, limoux = make_residence(), make_residence(**LIMOUX)
        for _number in range(3):
            make_lot(narbonne)
        make_lot(narbonne, kind="parking", typology="")
        make_lot(narbonne, status="out_of_service")
        make_lot(limoux)

        assert [(one.insee_code, one.dwellings) for one in counts_by_commune()] == [
            ("11262", 3),
            ("11206", 1),
        ]

    def test_counts_what_an_open_file_declares_where_there_is_no_lot(self, alpha):
        make_residence(source="rpls", declared_dwellings=40, address_key="platanes 1", name_key="")

        assert by_code()["11262"].dwellings == 40

    def test_stands_in_the_middle_of_the_located_residences(self, alpha):
        make_residence(longitude="3.0000", latitude="43.1800")
        make_residence(longitude="3.0200", latitude="43.2000")

        found = by_code()["11262"]

        assert (found.longitude, found.latitude) == pytest.approx((3.01, 43.19))

    def test_says_so_when_no_point_is_known(self, alpha):
        make_residence(insee_code="01999", city="NULLE PART", postcode="01999")

        assert by_code()["01999"].longitude is None

    def test_costs_the_same_whatever_there_is(self, alpha, django_assert_max_num_queries):
        for _number in range(5):
            make_lot(make_residence())

        with django_assert_max_num_queries(6):
            counts_by_commune()
