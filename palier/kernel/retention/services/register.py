"""What the organisation writes in its registers: heading, notes, processors, breaches; and the printed register."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.documents.models import Document
from palier.kernel.documents.services import produce
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.retention.models import Breach, Processor, RegisterNote, RegisterSettings
from palier.kernel.retention.permissions import Permission
from palier.kernel.retention.rules import breach_due_at
from palier.kernel.retention.selectors.register import ActivityLine, activity_line, register_page
from palier.kernel.ui.typography import day, moment, short_day


class ProcessorKnown(DomainError):
    code = "retention.processor-known"
    message = _("This processor is in the list already for the same work.")


class BreachInFuture(DomainError):
    code = "retention.breach-in-future"
    message = _("A breach cannot be found after now. Correct the day and the hour.")


class TellingInDisorder(DomainError):
    code = "retention.telling-in-disorder"
    message = _("Nobody can be told before the breach was found, nor after now. Correct the dates.")


class LateReasonMissing(DomainError):
    code = "retention.late-reason-missing"
    message = _("The CNIL was told after 72 hours, on {due_at} at the latest: say why.")


@transaction.atomic
def change_heading(*, by: Actor, at: datetime, **fields: str) -> RegisterSettings:
    """Change what the register says of the organisation itself.

    Raises: NotAllowed.
    """
    by.must(Permission.REGISTER_WRITE)
    heading, _is_new = RegisterSettings.objects.update_or_create(
        only=True, defaults={**fields, "changed_at": at, "changed_by": by.name}
    )
    journal.record("retention.register.heading", by=by, at=at, subject=heading)
    return heading


@transaction.atomic
def complete_activity(*, key: str, by: Actor, at: datetime, **fields: Any) -> RegisterNote:
    """Add what the organisation knows of one activity: other recipients, measures, impact assessment.

    Raises: NotAllowed, NotFound.
    """
    by.must(Permission.REGISTER_WRITE)
    if activity_line(key=key, on=localdate(at)) is None:
        raise NotFound
    note, _is_new = RegisterNote.objects.update_or_create(
        activity_key=key, defaults={**fields, "changed_at": at, "changed_by": by.name}
    )
    journal.record("retention.register.complete", by=by, at=at, subject=note, key=key)
    return note


@transaction.atomic
def add_processor(*, name: str, role: str, country: str, contract: str, by: Actor, at: datetime) -> Processor:
    """Add somebody who handles data for the organisation.

    Raises: NotAllowed, ProcessorKnown.
    """
    by.must(Permission.REGISTER_WRITE)
    try:
        with transaction.atomic():
            processor = Processor.objects.create(
                name=name.strip(), role=role.strip(), country=country.strip(), contract=contract.strip()
            )
    except IntegrityError as known:
        raise ProcessorKnown from known
    journal.record("retention.processor.add", by=by, at=at, subject=processor)
    return processor


@transaction.atomic
def end_processor(*, processor_id: UUID, on: date, by: Actor, at: datetime) -> None:
    """Take a processor out of the list; it stays in the history.

    Raises: NotAllowed, NotFound.
    """
    by.must(Permission.REGISTER_WRITE)
    processor = (
        Processor.objects.select_for_update(of=("self",)).filter(pk=processor_id, ended_on=None).first()
    )
    if processor is None:
        raise NotFound
    processor.ended_on = on
    processor.save(update_fields=["ended_on"])
    journal.record("retention.processor.end", by=by, at=at, subject=processor)


@transaction.atomic
def record_breach(*, by: Actor, at: datetime, breach_id: UUID | None = None, **fields: Any) -> Breach:
    """Write a breach in its register, or complete it.

    Raises: NotAllowed, NotFound, BreachInFuture, TellingInDisorder, LateReasonMissing.
    Legal: règlement (UE) 2016/679, art. 33 and 34.
    """
    by.must(Permission.REGISTER_WRITE)
    _check_breach(fields, at)
    if breach_id is None:
        breach = Breach(recorded_by=by.name, recorded_at=at)
    else:
        found = Breach.objects.select_for_update(of=("self",)).filter(pk=breach_id).first()
        if found is None:
            raise NotFound
        breach = found
    for name, value in fields.items():
        setattr(breach, name, value)
    breach.is_risk = breach.is_risk or breach.is_high_risk
    breach.save()
    journal.record("retention.breach.record", by=by, at=at, subject=breach)
    return breach


def _check_breach(fields: dict[str, Any], at: datetime) -> None:
    found_at, told_at, people_at = (
        fields.get(n) for n in ("found_at", "authority_told_at", "people_told_at")
    )
    if found_at is None or found_at > at:
        raise BreachInFuture
    if any(told is not None and not found_at <= told <= at for told in (told_at, people_at)):
        raise TellingInDisorder
    due_at = breach_due_at(found_at)
    if told_at is not None and told_at > due_at and not (fields.get("late_reason") or "").strip():
        raise LateReasonMissing(due_at=moment(due_at))


# -- Printing --------------------------------------------------------------------------------------


def print_register(*, by: Actor, at: datetime) -> Document:
    """Print the register as it stands, and keep it.

    Raises: NotAllowed.
    """
    by.must(Permission.REGISTER_VIEW)
    with translation.override("fr"):
        page = register_page(on=localdate(at))
        data = {
            "controller": page.controller,
            "officer": [page.officer_name, page.officer_contact],
            "security": page.security,
            "activities": [_printed(one) for one in page.activities],
            "processors": [[one.name, one.role, one.country, one.contract] for one in page.processors],
        }
        return produce(
            template="retention/register.typ",
            data=data,
            title="Registre des activités de traitement",
            by=by,
            at=at,
            kind="processing-register",
            permission=Permission.REGISTER_VIEW,
            retention_class="register",
            paper={"subtitle": f"État au {day(localdate(at), weekday=False)}"},
        )


def _printed(one: ActivityLine) -> dict[str, Any]:
    return {
        "label": one.label,
        "facts": [
            ["Finalité", one.purpose],
            ["Base légale", one.basis_label],
            ["Personnes concernées", one.persons],
            ["Données", one.data],
            ["Données sensibles", one.sensitive],
            ["Destinataires", "\n".join(filter(None, (one.recipients, one.more_recipients)))],
            ["Durées de conservation", "\n".join(f"{label} : {term}" for label, term in one.terms)],
            ["Mesures de sécurité", "\n".join(filter(None, (one.measures, one.more_measures)))],
            ["Transferts", one.transfers],
            ["Analyse d’impact", _assessment(one)],
            ["Remarques", one.note],
        ],
    }


def _assessment(one: ActivityLine) -> str:
    if not one.assessment:
        return ""
    done = f"faite le {short_day(one.assessed_on)}" if one.assessed_on else "à faire"
    return f"{one.assessment} ({done})"
