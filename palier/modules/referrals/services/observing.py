"""Watch over a district: note what field teams saw, follow it by a referral, close it."""

from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.wording import guard
from palier.modules.estate import public as estate
from palier.modules.partners import public as partners
from palier.modules.referrals.enums import ConsentGiven, ObservationAction, ObservationKind
from palier.modules.referrals.models import Observation
from palier.modules.referrals.permissions import Permission
from palier.modules.referrals.services.opening import open_referral
from palier.modules.referrals.workflow import OBSERVATION


class NowhereObserved(DomainError):
    code = "referrals.nowhere-observed"
    message = _("Choose a district or a residence.")


class ObservedTomorrow(DomainError):
    code = "referrals.observed-tomorrow"
    message = _("This day has not come yet. Choose today or a past day.")


SOURCE = "referrals.observation"


@transaction.atomic
def note_observation(
    *,
    kind: str,
    observed_on: date,
    seen: str,
    by: Actor,
    at: datetime,
    district_id: UUID | None = None,
    residence_id: UUID | None = None,
    partner_id: UUID | None = None,
    people_count: int | None = None,
    form_key: UUID | None = None,
    wording_reason: str = "",
) -> Observation:
    """Note what was seen, in words that name nobody. The same form sent twice notes it once.

    Units: people_count in people. Raises: NotAllowed, NotFound, NowhereObserved, ObservedTomorrow, UnfitWording.
    """
    by.must(Permission.OBSERVATION_NOTE)
    wording = guard(seen, reason=wording_reason)
    if observed_on > timezone.localdate(at):
        raise ObservedTomorrow
    if residence_id is not None:
        district_id = estate.district_of_residence(estate.residence(residence_id).id)
    elif district_id is None:
        raise NowhereObserved
    if district_id is not None and district_id not in {one.id for one in estate.districts()}:
        raise NotFound
    if partner_id is not None and partners.partner(partner_id) is None:
        raise NotFound
    noted = Observation(
        kind=ObservationKind(kind),
        observed_on=observed_on,
        district_id=district_id,
        residence_id=residence_id,
        partner_id=partner_id,
        people_count=people_count,
        seen=seen.strip(),
        noted_at=at,
        noted_by_id=by.user_id,
        noted_by_name=by.name,
        form_key=form_key,
    )
    try:
        with transaction.atomic():
            noted.save(force_insert=True)
    except IntegrityError:
        same = Observation.objects.filter(form_key=form_key).first() if form_key else None
        if same is None:
            raise
        return same
    journal.record("referrals.observation.note", by=by, at=at, subject=noted, what=noted.kind)
    wording.record(by=by, at=at, subject=noted)
    return noted


@transaction.atomic
def follow_observation(
    *,
    observation_id: UUID,
    kind: str,
    urgency: str,
    summary: str,
    by: Actor,
    at: datetime,
    wording_reason: str = "",
) -> UUID:
    """Open a referral about what was seen; nobody is named. The same need twice gives the same referral.

    Raises: NotAllowed, NotFound, TransitionRefused, NothingConcerned, UnfitWording.
    """
    noted = _locked(observation_id, by)
    OBSERVATION.move(noted, ObservationAction.FOLLOW, by=by, at=at)
    noted.save(update_fields=["state"])
    return open_referral(
        kind=kind,
        urgency=urgency,
        summary=summary,
        residence_id=noted.residence_id,
        district_id=noted.district_id,
        consent=ConsentGiven.NOT_NEEDED,
        source_kind=SOURCE,
        source_id=noted.pk,
        partner_id=noted.partner_id,
        by=by,
        at=at,
        wording_reason=wording_reason,
    )


@transaction.atomic
def close_observation(
    *, observation_id: UUID, note: str, by: Actor, at: datetime, wording_reason: str = ""
) -> Observation:
    """Say that nothing more is to be done. Raises: NotAllowed, NotFound, TransitionRefused, UnfitWording."""
    wording = guard(note, reason=wording_reason)
    noted = _locked(observation_id, by)
    OBSERVATION.move(noted, ObservationAction.CLOSE, by=by, at=at)
    noted.close_note = note.strip()
    noted.save(update_fields=["state", "close_note"])
    wording.record(by=by, at=at, subject=noted)
    return noted


def _locked(observation_id: UUID, by: Actor) -> Observation:
    rows = Observation.objects.visible_to(by).select_for_update(of=("self",))
    noted = rows.filter(pk=observation_id).first()
    if noted is None:
        raise NotFound
    return noted
