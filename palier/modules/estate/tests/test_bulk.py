"""Many lots, reservations or residences at once: what is announced, what is done, what is put back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from palier.kernel.access import Actor
from palier.kernel.audit.selectors import history_of
from palier.kernel.bulk.testing import Bulk
from palier.kernel.errors import NotAllowed
from palier.kernel.models import new_id
from palier.kernel.outbox.models import OutboxEntry
from palier.modules.estate.models import Lot, Reservation, Residence
from palier.modules.estate.services import many
from palier.modules.estate.services.reservations import reserve
from palier.modules.estate.tests.factories import make_agency, make_lot, make_residence, make_sector

pytestmark = pytest.mark.django_db


@pytest.fixture
def bulk(alpha, actor):
    return Bulk(actor, timezone.now())


def statuses(*lots):
    return [Lot.objects.get(pk=one.pk).status for one in lots]


def held(lot, bulk, **given):
    values = {"purpose": "carers", "holder": "ARS", "starts_at": bulk.at - timedelta(days=1), **given}
    return reserve(lot_id=lot.pk, **values, by=bulk.actor, at=bulk.at)


class TestStatuses:
    def test_move_where_the_workflow_allows(self, bulk):
        vacant, let, out = (
            make_lot(status="vacant"),
            make_lot(status="occupied"),
            make_lot(status="out_of_service"),
        )

        run = bulk.run(
            "estate.change-lot-status", [vacant, let, out], action="retire", reason="Arrêté de péril"
        )

        assert (run.applied, run.unchanged, run.refused) == (1, 1, 1)
        assert statuses(vacant, let, out) == ["out_of_service", "occupied", "out_of_service"]

    def test_leave_a_lot_to_whom_it_is_reserved_for(self, bulk):
        lot = make_lot(status="vacant")
        held(lot, bulk)

        preview = bulk.preview("estate.change-lot-status", [lot], action="start_works", reason="Chaudière")

        assert (preview.change, preview.refused_count) == (0, 1)

    def test_are_told_in_the_history_and_to_the_other_modules(self, bulk):
        lot = make_lot(status="vacant")

        bulk.run("estate.change-lot-status", [lot], action="keep_empty", reason="Dégât des eaux")

        steps = [line.step for line in history_of("estate_lot", lot.pk) if line.step]
        assert steps == ["estate.lot.keep_empty"]
        assert (
            OutboxEntry.objects.get(name="estate.lot-status-changed").payload["after"] == "vacant_technical"
        )

    def test_are_put_back_with_their_day(self, bulk):
        lot = make_lot(status="vacant", status_since=bulk.today - timedelta(days=40))
        run = bulk.run("estate.change-lot-status", [lot], action="keep_empty", reason="Dégât des eaux")

        bulk.undo(run)

        lot.refresh_from_db()
        assert (lot.status, lot.status_since) == ("vacant", bulk.today - timedelta(days=40))

    def test_ask_for_the_right_in_the_service_too(self, bulk):
        reader = Actor(new_id(), "X", "", "alpha", permissions=frozenset({"estate:lot:read"}))

        with pytest.raises(NotAllowed):
            many.change_statuses(
                lot_ids=[make_lot(status="vacant").pk], action="retire", by=reader, at=bulk.at
            )


class TestReservations:
    def given(self, bulk):
        return {"purpose": "carers", "holder": "CHU", "first_day": bulk.today, "last_day": None, "note": ""}

    def test_take_the_vacant_ones(self, bulk):
        free, taken, let = make_lot(status="vacant"), make_lot(status="vacant"), make_lot(status="occupied")
        held(taken, bulk)

        run = bulk.run("estate.reserve-lots", [free, taken, let], **self.given(bulk))

        assert (run.applied, run.refused) == (1, 2)
        assert Reservation.objects.get(holder="CHU").lot == free

    def test_are_released_by_undoing(self, bulk):
        free = make_lot(status="vacant")
        run = bulk.run("estate.reserve-lots", [free], **self.given(bulk))

        bulk.undo(run)

        assert Reservation.objects.get().state == "released"

    def test_stay_when_somebody_released_and_reserved_since(self, bulk):
        free = make_lot(status="vacant")
        run = bulk.run("estate.reserve-lots", [free], **self.given(bulk))
        many.release_reservations(
            reservation_ids=[Reservation.objects.get().pk], by=bulk.actor, at=bulk.at + timedelta(minutes=1)
        )
        held(free, bulk, starts_at=bulk.at + timedelta(hours=1))

        preview = bulk.preview_of(bulk_undo(bulk, run))

        assert (preview.change, preview.refused_count) == (0, 1)

    def test_released_together_are_held_again(self, bulk):
        lots = [make_lot(status="vacant") for _number in range(2)]
        reservations = [held(lot, bulk) for lot in lots]
        periods = [one.period for one in reservations]

        run = bulk.run("estate.release-reservations", reservations, reason="Fin de mobilisation")

        assert set(Reservation.objects.values_list("state", "release_reason")) == {
            ("released", "Fin de mobilisation")
        }
        bulk.undo(run)
        for one, period in zip(reservations, periods, strict=True):
            one.refresh_from_db()
            assert (one.state, one.period, one.released_at) == ("held", period, None)

    def test_are_not_held_again_on_a_lot_that_was_let(self, bulk):
        lot = make_lot(status="vacant")
        run = bulk.run("estate.release-reservations", [held(lot, bulk)], reason="")
        Lot.objects.filter(pk=lot.pk).update(status="occupied")

        undone = bulk.undo(run)

        assert (undone.applied, undone.refused) == (0, 1)
        assert Reservation.objects.get().state == "released"


def bulk_undo(bulk, run):
    from palier.kernel.bulk import services

    return services.begin_undo(run_id=run.pk, by=bulk.actor, at=bulk.at)


class TestResidences:
    def test_are_attached_and_given_back(self, bulk):
        was, agency, sector = make_agency(), make_agency(), make_sector()
        residences = [make_residence(agency=was), make_residence(agency=None)]

        run = bulk.run("estate.attach-residences", residences, agency_id=agency.pk, sector_id=None)

        assert set(Residence.objects.values_list("agency", flat=True)) == {agency.pk}
        bulk.undo(run)
        assert {one.pk: one.agency_id for one in Residence.objects.all()} == {
            residences[0].pk: was.pk,
            residences[1].pk: None,
        }
        assert sector.pk
