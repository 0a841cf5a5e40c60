"""Reads: places, counts, and the number of queries that they cost."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from palier.kernel.places import PlaceKind, PlaceRef
from palier.modules.estate import public
from palier.modules.estate.models import Lot
from palier.modules.estate.selectors.places import whole_city
from palier.modules.estate.tests import factories

pytestmark = pytest.mark.usefixtures("alpha")

NOW = datetime(2020, 3, 20, 9, tzinfo=UTC)


class TestPlaceOf:
    def test_a_residence_lies_in_its_agency_commune_department_and_organisation(self):
        agency = factories.make_agency()
        residence = factories.make_residence(agency=agency, code="R1")

        place = public.place_of("residence", "R1")

        assert (place.id, place.code, place.label) == (str(residence.id), "R1", residence.name)
        assert place.scopes == {
            PlaceRef(PlaceKind.RESIDENCE, str(residence.id)),
            PlaceRef(PlaceKind.AGENCY, str(agency.id)),
            PlaceRef(PlaceKind.COMMUNE, "11262"),
            PlaceRef(PlaceKind.DEPARTMENT, "11"),
            PlaceRef(PlaceKind.ORGANISATION, ""),
        }

    def test_an_arrondissement_lies_in_its_city(self):
        residence = factories.make_residence(insee_code="13203", city="Marseille", postcode="13003")

        assert public.place_of_id("residence", residence.id).lies_in(PlaceRef(PlaceKind.COMMUNE, "13055"))
        assert (whole_city("75101"), whole_city("69389"), whole_city("13217")) == ("75056", "69123", "13217")

    def test_an_agency_is_not_in_the_commune_of_its_office(self):
        factories.make_agency(code="A1")

        assert public.place_of("agency", "A1").within == ()

    def test_a_reception_point_lies_in_its_agency_and_commune(self):
        agency = factories.make_agency()
        factories.make_reception_point(code="P1", agency=agency)

        scopes = public.place_of("reception", "P1").scopes
        assert {PlaceRef(PlaceKind.AGENCY, str(agency.id)), PlaceRef(PlaceKind.COMMUNE, "11262")} <= scopes

    @pytest.mark.parametrize(
        ("kind", "code"), [("residence", "R9"), ("commune", "99999"), ("department", "75"), ("planet", "1")]
    )
    def test_what_is_not_there_is_refused(self, kind, code):
        with pytest.raises(public.PlaceUnknown):
            public.place_of(kind, code)

    @pytest.mark.parametrize("id_", ["", "not-a-uuid", str(UUID(int=0))])
    def test_an_id_that_is_not_there_is_refused(self, id_):
        with pytest.raises(public.PlaceUnknown):
            public.place_of_id("agency", id_)

    def test_every_place_has_its_own_reference(self):
        factories.make_residence(agency=factories.make_agency())
        factories.make_reception_point()

        refs = [place.ref for place in public.places()]

        assert len(refs) == len(set(refs)) == 6
        assert {ref.kind for ref in refs} == set(PlaceKind)

    def test_the_place_of_a_lot_is_its_residence(self):
        lot = factories.make_lot()

        assert public.place_of_lot(lot.id).id == str(lot.residence_id)


class TestCounts:
    def test_count_dwellings_by_status_and_what_skeletons_declare(self):
        residence = factories.make_residence()
        for status in ("occupied", "occupied", "vacant", "works", "unknown", "out_of_service"):
            factories.make_lot(residence, status=status)
        factories.make_lot(residence, kind="parking", typology="")
        factories.make_residence(source="rpls", address_key="k", declared_dwellings=12)

        assert public.counts() == public.EstateCounts(
            residences=2, dwellings=17, occupied=2, vacant=1, unavailable=1, unknown=1, other_lots=1
        )

    def test_are_those_of_a_place(self):
        agency = factories.make_agency()
        factories.make_lot(factories.make_residence(agency=agency), status="vacant")
        factories.make_lot(factories.make_residence(insee_code="31555", city="Toulouse"), status="vacant")

        assert public.counts(place=public.place_of("agency", agency.code)).dwellings == 1
        assert public.counts(place=public.place_of("department", "31")).vacant == 1
        assert public.counts().dwellings == 2

    def test_by_department_add_up(self):
        factories.make_lot(factories.make_residence())
        factories.make_residence(source="rpls", address_key="k", declared_dwellings=9, insee_code="31555")

        assert [(row.department_code, row.dwellings) for row in public.counts_by_department()] == [
            ("11", 1),
            ("31", 9),
        ]


class TestLookups:
    def test_find_ids_by_code_and_leave_out_the_unknown(self):
        lot = factories.make_lot(code="0101-A-12")

        assert public.lot_ids_by_code(["0101-A-12", "none"]) == {"0101-A-12": lot.id}
        assert public.lot_by_code("0101-A-12").label == "Dwelling 0101-A-12, T3, floor 2"

    def test_reception_points_come_with_their_week(self):
        agency = factories.make_agency()
        factories.make_reception_point(agency=agency)
        factories.make_reception_point(is_open=False)
        residence = factories.make_residence(agency=agency)

        (point,) = public.reception_points(public.place_of_id("residence", residence.id))

        assert [day.is_closed for day in point.week] == [False] * 5 + [True] * 2
        assert len(public.reception_points(closed_too=True)) == 2

    def test_only_vacant_lots_are_free(self):
        vacant, occupied = factories.make_lot(status="vacant"), factories.make_lot(status="occupied")

        assert public.vacant_lot_ids(at=NOW) == {vacant.id}
        assert not public.is_lot_free(occupied.id, NOW)
        assert not public.is_lot_free(UUID(int=1), NOW)


@pytest.mark.parametrize(
    ("read", "queries"),
    [
        (lambda: public.residences(), 1),
        (lambda: public.places_of_residences(), 1),
        (lambda: public.reception_points(), 2),
        (lambda: public.counts(), 2),
        (lambda: public.counts_by_department(), 2),
        (lambda: public.lots(Lot.objects.values_list("id", flat=True)[:500]), 2),
    ],
)
@pytest.mark.parametrize("size", [10, 200])
def test_reads_cost_as_many_queries_for_many_rows(django_assert_num_queries, read, queries, size):
    agency = factories.make_agency()
    for _ in range(size):
        factories.make_lot(factories.make_residence(agency=agency))
        factories.make_reception_point(agency=agency, mornings=False)

    with django_assert_num_queries(queries):
        read()
