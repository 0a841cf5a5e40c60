"""What the database refuses, whoever asks."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from psycopg.types.range import Range

from palier.modules.estate.models import ReceptionHours, Reservation, Residence
from palier.modules.estate.tests import factories

pytestmark = pytest.mark.usefixtures("alpha")


def check_deferred() -> None:
    """Keys over two columns are checked when the transaction commits: ask for it now."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class TestTheTree:
    def test_refuses_a_lot_in_another_residence_s_building(self):
        elsewhere = factories.make_building(factories.make_residence())

        with (
            pytest.raises(IntegrityError, match="estate_lot_building_of_same_residence"),
            transaction.atomic(),
        ):
            factories.make_lot(factories.make_residence(), building=elsewhere)
            check_deferred()

    def test_refuses_an_entrance_of_another_residence_s_building(self):
        elsewhere = factories.make_building(factories.make_residence())

        with pytest.raises(IntegrityError, match="estate_entrance_of_same_residence"), transaction.atomic():
            factories.make_entrance(factories.make_residence(), building=elsewhere)
            check_deferred()

    def test_takes_a_lot_without_building_nor_entrance(self):
        lot = factories.make_lot(kind="parking", typology="")

        check_deferred()
        assert (lot.building, lot.entrance) == (None, None)

    def test_refuses_two_entrances_of_one_code_where_the_building_is_unknown(self):
        residence = factories.make_residence()
        factories.make_entrance(residence, code="A")

        with pytest.raises(IntegrityError, match="estate_entrance_once"), transaction.atomic():
            factories.make_entrance(residence, code="A")


class TestAResidence:
    @pytest.mark.parametrize("insee_code", ["20004", "1101", "99999", "11262 "])
    def test_refuses_a_code_that_is_no_commune_s(self, insee_code):
        with pytest.raises(IntegrityError, match="insee_code_shape"), transaction.atomic():
            factories.make_residence(insee_code=insee_code)

    @pytest.mark.parametrize(
        ("insee_code", "department"), [("11262", "11"), ("2A004", "2A"), ("97411", "974"), ("", "")]
    )
    def test_knows_its_department(self, insee_code, department):
        assert factories.make_residence(insee_code=insee_code).department_code == department

    def test_is_searched_without_accents(self):
        record = factories.make_residence(
            name="Résidence Les Érables", code="X1", number="4", street_name="de l'Étang"
        )

        assert record.search_key == "residence les erables rue de l etang 0004 narbonne x1"

    def test_refuses_half_a_point(self):
        with pytest.raises(IntegrityError, match="point_whole"), transaction.atomic():
            factories.make_residence(longitude=3)

    def test_refuses_a_skeleton_twice_at_one_address_under_one_name(self):
        skeleton = {
            "source": "rpls",
            "address_key": "11262|2|RUE X",
            "name_key": "ROSES",
            "declared_dwellings": 4,
        }
        factories.make_residence(**skeleton)

        with pytest.raises(IntegrityError, match="skeleton_once"), transaction.atomic():
            factories.make_residence(**skeleton)
        assert Residence.objects.count() == 1

    def test_refuses_a_skeleton_without_a_count(self):
        with pytest.raises(IntegrityError, match="skeleton_whole"), transaction.atomic():
            factories.make_residence(source="rpls", address_key="11262|2|RUE X")


class TestOpeningHours:
    def test_refuse_to_overlap_on_one_day(self):
        point = factories.make_reception_point()

        with pytest.raises(IntegrityError, match="estate_reception_hours_apart"), transaction.atomic():
            ReceptionHours.objects.create(
                reception_point=point, weekday=1, opens_at=time(11, 30), closes_at=time(14)
            )

    def test_may_touch(self):
        point = factories.make_reception_point()

        ReceptionHours.objects.create(reception_point=point, weekday=1, opens_at=time(12), closes_at=time(14))

        assert point.hours.filter(weekday=1).count() == 2

    def test_refuse_to_end_before_they_begin(self):
        with pytest.raises(IntegrityError, match="estate_reception_hours_order"), transaction.atomic():
            ReceptionHours.objects.create(
                reception_point=factories.make_reception_point(),
                weekday=6,
                opens_at=time(12),
                closes_at=time(9),
            )


class TestReservations:
    def test_of_one_lot_never_overlap_whoever_writes_them(self):
        lot = factories.make_lot(status="vacant")
        start = datetime(2020, 3, 20, tzinfo=UTC)
        held = {
            "lot": lot,
            "purpose": "carers",
            "holder": "CH",
            "reserved_by": "Camille",
            "reserved_at": start,
        }
        Reservation.objects.create(period=Range(start, None, "[)"), **held)

        with pytest.raises(IntegrityError, match="estate_reservation_apart"), transaction.atomic():
            Reservation.objects.create(period=Range(start + timedelta(days=9), None, "[)"), **held)

    def test_say_when_they_were_released(self):
        lot = factories.make_lot(status="vacant")
        start = datetime(2020, 3, 20, tzinfo=UTC)

        with pytest.raises(IntegrityError, match="estate_reservation_release_dated"), transaction.atomic():
            Reservation.objects.create(
                lot=lot, purpose="carers", holder="CH", reserved_by="C", reserved_at=start, state="released",
                period=Range(start, None, "[)"),
            )  # fmt: skip
