"""Record what a person agrees or objects to, and its withdrawal."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.events import publish
from palier.modules.people.enums import ConsentChannel, ConsentKind, Topic
from palier.modules.people.events import ConsentRecorded
from palier.modules.people.models import Consent, Person
from palier.modules.people.permissions import Permission
from palier.modules.people.services.persons import lock


class ConsentUnproven(DomainError):
    code = "people.consent-unproven"
    message = _(
        "A consent needs the version of the text agreed to and what proves it: a form, a call, a message."
    )


class AlreadyWithdrawn(DomainError):
    code = "people.already-withdrawn"
    message = _("This was withdrawn already.")


@transaction.atomic
def record_consent(
    *,
    person_id: UUID,
    kind: str,
    topic: str,
    by: Actor,
    at: datetime,
    channel: str = ConsentChannel.ANY,
    text_version: str = "",
    proof: str = "",
) -> Consent:
    """Record a consent or an objection. The contrary one, if it is open, is withdrawn at the same moment.

    Raises: ConsentUnproven, NotFound, NotAllowed.
    Legal: RGPD art. 7 (proof, withdrawal as easy as consent), art. 21 (objection).
    """
    by.must(Permission.CONSENT_EDIT)
    if kind == ConsentKind.CONSENT and not (text_version.strip() and proof.strip()):
        raise ConsentUnproven
    person = lock(person_id, by=by)
    open_ones = Consent.objects.filter(person=person, topic=topic, channel=channel, withdrawn_at__isnull=True)
    for former in open_ones:
        former.withdrawn_at = at
        former.save(update_fields=["withdrawn_at"])
    consent = Consent(
        person=person,
        kind=ConsentKind(kind),
        topic=Topic(topic),
        channel=ConsentChannel(channel),
        text_version=text_version.strip(),
        proof=proof.strip(),
        given_at=at,
        recorded_by=by.name,
    )
    consent.save(force_insert=True)
    journal.record(
        "people.consent.record", by=by, at=at, subject=person, topic=consent.topic, what=consent.kind
    )
    publish(ConsentRecorded(str(person.pk), consent.kind, consent.topic, consent.channel, at))
    return consent


@transaction.atomic
def withdraw_consent(*, consent_id: UUID, by: Actor, at: datetime) -> Consent:
    """End a consent or an objection. It stays readable, with both dates.

    Raises: AlreadyWithdrawn, NotFound, NotAllowed.
    """
    by.must(Permission.CONSENT_EDIT)
    consent = (
        Consent.objects.select_for_update(of=("self",))
        .select_related("person")
        .filter(pk=consent_id, person__in=Person.objects.visible_to(by))
        .first()
    )
    if consent is None:
        raise NotFound
    if consent.withdrawn_at is not None:
        raise AlreadyWithdrawn
    consent.withdrawn_at = at
    consent.save(update_fields=["withdrawn_at"])
    journal.record("people.consent.withdraw", by=by, at=at, subject=consent.person, topic=consent.topic)
    if consent.kind == ConsentKind.CONSENT:
        publish(ConsentRecorded(str(consent.person_id), "withdrawal", consent.topic, consent.channel, at))
    return consent


@transaction.atomic
def record_hand_over_consent(
    *, person_id: UUID, topic: str, how: str, text_version: str, by: Actor, at: datetime
) -> None:
    """Record that somebody agreed to be handed over, as the module that heard it says; once is enough.

    The right to hear it is the caller's own. An objection that is open is withdrawn at the same moment.
    Raises: NotFound. Legal: RGPD art. 7.
    """
    person = Person.objects.in_clear().select_for_update(of=("self",)).filter(pk=person_id).first()
    if person is None:
        raise NotFound
    open_ones = Consent.objects.filter(
        person=person, topic=topic, channel=ConsentChannel.ANY, withdrawn_at__isnull=True
    )
    if open_ones.filter(kind=ConsentKind.CONSENT).exists():
        return
    open_ones.update(withdrawn_at=at)
    Consent.objects.create(
        person=person,
        kind=ConsentKind.CONSENT,
        topic=Topic(topic),
        channel=ConsentChannel.ANY,
        text_version=text_version,
        proof=how,
        given_at=at,
        recorded_by=by.name,
    )
    journal.record(
        "people.consent.record",
        by=by,
        at=at,
        subject=person,
        topic=str(topic),
        what=ConsentKind.CONSENT.value,
    )
