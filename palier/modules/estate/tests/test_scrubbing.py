"""A sealed person is forgotten by what people wrote on a reservation."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from palier.kernel.audit.models import AuditEntry
from palier.kernel.keys.scrubbing import ERASED, SealedSubject, declared_scrubbers, forget_everywhere
from palier.modules.estate.selectors.lots import is_lot_free
from palier.modules.estate.services import reservations
from palier.modules.estate.tests import factories

pytestmark = pytest.mark.usefixtures("alpha")

NOW = datetime(2020, 3, 20, 9, tzinfo=UTC)


def forget(*words):
    subject = SealedSubject(person_id=UUID(int=1), records=(), words=words, key=None, by=None, at=NOW)
    return forget_everywhere(subject, only=["estate_reservation"])["estate_reservation"]


def test_the_words_go_and_the_lot_stays_held(actor):
    lot = factories.make_lot(status="vacant")
    held = reservations.reserve(
        lot_id=lot.id, purpose="safety", holder="Mme Lefèvre", note="vue avec LEFEVRE hier", starts_at=NOW,
        by=actor, at=NOW,
    )  # fmt: skip
    written = AuditEntry.objects.count()

    assert forget("Lefèvre") == 1

    held.refresh_from_db()
    assert (held.holder, held.note) == (ERASED, ERASED)
    assert not is_lot_free(lot.id, NOW + timedelta(days=1))
    assert AuditEntry.objects.count() == written


def test_other_reservations_are_left_alone(actor):
    held = reservations.reserve(
        lot_id=factories.make_lot(status="vacant").id, purpose="carers", holder="Hôpital Lefèvrier", starts_at=NOW,
        by=actor, at=NOW,
    )  # fmt: skip

    assert forget("Lefèvre") == 0

    held.refresh_from_db()
    assert held.holder == "Hôpital Lefèvrier"
    assert "estate_reservation" in declared_scrubbers()
