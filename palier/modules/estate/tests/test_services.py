"""Reservations, statuses, agencies and reception points."""

from datetime import UTC, date, datetime, timedelta

import pytest

from palier.kernel.access import Actor
from palier.kernel.errors import NotAllowed, NotFound, TransitionRefused
from palier.kernel.journal.models import JournalEntry
from palier.kernel.models import new_id
from palier.modules.estate.enums import LotAction, LotStatus
from palier.modules.estate.models import Lot, ReceptionHours, Reservation
from palier.modules.estate.rules.opening import read_day, week_of
from palier.modules.estate.selectors.lots import is_lot_free, reservations_of
from palier.modules.estate.services import offices, reservations, statuses
from palier.modules.estate.tests import factories

pytestmark = pytest.mark.usefixtures("alpha")

NOW = datetime(2020, 3, 20, 9, tzinfo=UTC)
VISITOR = Actor(user_id=None, name="Visiteur", email="", organisation="alpha")


def hold(lot, by, **given):
    return reservations.reserve(
        **{
            "lot_id": lot.id, "purpose": "carers", "holder": "Centre hospitalier", "starts_at": NOW,
            "ends_at": NOW + timedelta(days=30), "by": by, "at": NOW, **given,
        }
    )  # fmt: skip


class TestReserve:
    def test_takes_a_vacant_lot_for_its_period(self, actor):
        lot = factories.make_lot(status="vacant")

        hold(lot, actor)

        assert not is_lot_free(lot.id, NOW)
        assert not is_lot_free(lot.id, NOW + timedelta(days=29))
        assert is_lot_free(lot.id, NOW + timedelta(days=30))
        assert is_lot_free(lot.id, NOW - timedelta(minutes=1))

    def test_refuses_a_lot_reserved_over_part_of_the_period(self, actor):
        lot = factories.make_lot(status="vacant")
        hold(lot, actor)

        with pytest.raises(reservations.LotAlreadyReserved) as refusal:
            hold(lot, actor, starts_at=NOW + timedelta(days=29), ends_at=None)

        assert refusal.value.code == "estate.lot-already-reserved"
        assert Reservation.objects.count() == 1

    def test_lets_the_next_begin_when_the_first_ends(self, actor):
        lot = factories.make_lot(status="vacant")
        hold(lot, actor)

        hold(lot, actor, starts_at=NOW + timedelta(days=30), ends_at=None)

        assert Reservation.objects.count() == 2

    @pytest.mark.parametrize("status", [one for one in LotStatus if one != LotStatus.VACANT])
    def test_refuses_a_lot_that_is_not_vacant(self, actor, status):
        lot = factories.make_lot(status=status)

        with pytest.raises(reservations.LotNotVacant):
            hold(lot, actor)
        assert not Reservation.objects.exists()

    def test_refuses_to_end_before_it_begins(self, actor):
        with pytest.raises(reservations.PeriodReversed):
            hold(factories.make_lot(status="vacant"), actor, ends_at=NOW)

    def test_asks_who_holds(self, actor):
        with pytest.raises(reservations.HolderMissing):
            hold(factories.make_lot(status="vacant"), actor, holder="  ")

    def test_refuses_who_may_not(self):
        with pytest.raises(NotAllowed):
            hold(factories.make_lot(status="vacant"), VISITOR)
        assert not Reservation.objects.exists()


class TestRelease:
    def test_frees_the_lot_at_once_and_keeps_the_past(self, actor):
        lot = factories.make_lot(status="vacant")
        reservation = hold(lot, actor)

        reservations.release(
            reservation_id=reservation.id, by=actor, at=NOW + timedelta(days=2), reason="Non utilisé"
        )

        assert is_lot_free(lot.id, NOW + timedelta(days=2))
        assert not is_lot_free(lot.id, NOW + timedelta(days=1))
        row = reservations_of(lot.id)[0]
        assert (row.state, row.release_reason, row.ends_at) == (
            "released",
            "Non utilisé",
            NOW + timedelta(days=2),
        )

    def test_of_what_had_not_begun_holds_nothing(self, actor):
        lot = factories.make_lot(status="vacant")
        reservation = hold(lot, actor, starts_at=NOW + timedelta(days=5))

        reservations.release(reservation_id=reservation.id, by=actor, at=NOW)

        hold(lot, actor, starts_at=NOW, ends_at=None)
        assert len(reservations_of(lot.id)) == 2

    def test_is_refused_twice(self, actor):
        reservation = hold(factories.make_lot(status="vacant"), actor)
        reservations.release(reservation_id=reservation.id, by=actor, at=NOW)

        with pytest.raises(TransitionRefused):
            reservations.release(reservation_id=reservation.id, by=actor, at=NOW)

    def test_of_nothing_is_not_found(self, actor):
        with pytest.raises(NotFound):
            reservations.release(reservation_id=new_id(), by=actor, at=NOW)


class TestChangeStatus:
    def test_moves_the_lot_and_dates_it(self, actor):
        lot = factories.make_lot(status="vacant")

        statuses.change_status(
            lot_id=lot.id, action=LotAction.START_WORKS, by=actor, at=NOW, reason="Amiante"
        )

        lot.refresh_from_db()
        assert (lot.status, lot.status_since) == ("works", date(2020, 3, 20))
        assert JournalEntry.objects.get(kind="estate.lot.start_works").data["reason"] == "Amiante"

    def test_refuses_to_take_a_lot_from_its_holder(self, actor):
        lot = factories.make_lot(status="vacant")
        hold(lot, actor)

        with pytest.raises(statuses.LotHeld):
            statuses.change_status(lot_id=lot.id, action=LotAction.PUT_ON_SALE, by=actor, at=NOW)
        assert Lot.objects.get().status == "vacant"

    def test_lets_the_reserved_lot_be_let(self, actor):
        lot = factories.make_lot(status="vacant")
        hold(lot, actor)

        statuses.change_status(lot_id=lot.id, action=LotAction.LET, by=actor, at=NOW)

        assert Lot.objects.get().status == "occupied"


class TestSetStatuses:
    def test_follows_leases_without_touching_works(self, actor):
        one, other = factories.make_lot(status="unknown"), factories.make_lot(status="works")

        changed = statuses.set_statuses(
            statuses={one.id: "occupied", other.id: "occupied"}, on=date(2020, 3, 1), by=actor, at=NOW
        )

        one.refresh_from_db()
        other.refresh_from_db()
        assert (changed, one.status, one.status_since, other.status) == (
            1,
            "occupied",
            date(2020, 3, 1),
            "works",
        )

    def test_writes_nothing_where_nothing_changes(self, actor):
        lot = factories.make_lot(status="vacant")

        assert statuses.set_statuses(statuses={lot.id: "vacant"}, on=date(2020, 3, 1), by=actor, at=NOW) == 0
        assert not JournalEntry.objects.exists()

    def test_costs_as_many_queries_for_a_thousand(self, actor, django_assert_num_queries):
        residence = factories.make_residence()
        lots = Lot.objects.bulk_create(Lot(code=f"N{n}", residence=residence) for n in range(1000))

        with django_assert_num_queries(4):  # savepoint, update, journal line, release
            statuses.set_statuses(
                statuses={lot.id: "occupied" for lot in lots}, on=date(2020, 3, 1), by=actor, at=NOW
            )


class TestSaveReceptionPoint:
    def test_creates_it_with_its_week(self, actor):
        week = week_of([(1, slot) for slot in read_day("9h-12h, 14h-17h sur rdv")])

        point = offices.save_reception_point(
            values={"code": "ACC1", "name": "Accueil du Parc", "city": "Narbonne"},
            week=week,
            by=actor,
            at=NOW,
        )

        assert [(row.weekday, row.by_appointment) for row in point.hours.order_by("opens_at")] == [
            (1, False),
            (1, True),
        ]

    def test_keeps_the_rows_of_untouched_days(self, actor):
        point = factories.make_reception_point()
        monday = point.hours.get(weekday=1)
        week = week_of([(1, read_day("9h-12h")[0]), (2, read_day("10h-12h")[0])])

        offices.save_reception_point(
            reception_point_id=point.id,
            values={"code": point.code, "name": point.name},
            week=week,
            by=actor,
            at=NOW,
        )

        assert ReceptionHours.objects.filter(pk=monday.pk).exists()
        assert [(row.weekday, row.opens_at.hour) for row in point.hours.order_by("weekday")] == [
            (1, 9),
            (2, 10),
        ]

    def test_refuses_a_code_already_taken(self, actor):
        factories.make_reception_point(code="ACC1", name="Accueil du Parc")

        with pytest.raises(offices.CodeTaken) as refusal:
            offices.save_reception_point(values={"code": "ACC1", "name": "Autre"}, week=(), by=actor, at=NOW)
        assert "Accueil du Parc" in str(refusal.value)


class TestSaveAgency:
    def test_changes_what_is_given_and_nothing_else(self, actor):
        agency = factories.make_agency(phone="04 65 71 00 01")

        offices.save_agency(
            agency_id=agency.id, values={"code": agency.code, "name": "Agence Ouest"}, by=actor, at=NOW
        )

        agency.refresh_from_db()
        assert (agency.name, agency.phone) == ("Agence Ouest", "04 65 71 00 01")

    def test_refuses_who_may_not(self):
        with pytest.raises(NotAllowed):
            offices.save_agency(values={"code": "X", "name": "X"}, by=VISITOR, at=NOW)
