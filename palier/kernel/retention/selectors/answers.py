"""Everything known of a person, as plain values: what an access request gets.

The shape is documented in docs/data-access.schema.json. Legal: règlement (UE) 2016/679, art. 15 and 20.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from palier.kernel.audit.models import AuditEntry
from palier.kernel.audit.selectors import readable_changes
from palier.kernel.deliveries.models import Delivery
from palier.kernel.documents.models import Document
from palier.kernel.errors import NotFound
from palier.kernel.organisations.current import current_organisation
from palier.kernel.retention.enums import LegalBasis
from palier.kernel.retention.persons import DeclaredSubject, Section, Subject, kind_named, sections_of
from palier.kernel.retention.reflection import record_ids_of, rows_of, told_record, undeclared
from palier.kernel.retention.registry import class_named
from palier.kernel.retention.rules import masked
from palier.kernel.retention.selectors.rules import said_term

SCHEMA = "palier/data-access/1"
PORTABLE = (LegalBasis.CONTRACT, LegalBasis.CONSENT)
LAST_CHANGES = 500


def subject_named(kind: str, subject_id: Any) -> tuple[DeclaredSubject, Subject]:
    """Raises: NotFound, SubjectSealed."""
    declared = kind_named(kind)
    if declared is None or subject_id is None:
        raise NotFound
    return declared, declared.handler.subject(subject_id)


def answer_to(
    *, kind: str, subject_id: Any, reference: str, at: datetime, portable: bool = False
) -> dict[str, Any]:
    """Gather everything known of a person. `portable`: only what she gave, under a contract or a consent.

    Raises: NotFound, SubjectSealed.
    """
    declared, subject = subject_named(kind, subject_id)
    sections = [_declared_section(one, subject, at) for one in sections_of(kind) if _is_told(one, portable)]
    if not portable:
        sections += _undeclared_sections(declared, subject)
        sections += _kernel_sections(declared, subject)
    return assembled(subject=subject, sections=sections, reference=reference, at=at)


def assembled(
    *, subject: Subject, sections: Sequence[Mapping[str, Any]], reference: str, at: datetime
) -> dict[str, Any]:
    """Put sections under the heading of an answer, other people masked."""
    organisation = current_organisation()
    return {
        "schema": SCHEMA,
        "made_at": at.isoformat(),
        "reference": reference,
        "controller": {
            "name": organisation.name,
            "siren": organisation.siren,
            "address": organisation.address,
            "contact": organisation.dpo_contact or organisation.email,
        },
        "person": {"kind": subject.kind, "name": subject.title},
        "sections": [_masked_section(one, subject) for one in sections if one["records"]],
    }


def _is_told(one: Section, portable: bool) -> bool:
    return not portable or one.basis in PORTABLE


def section(
    *,
    key: str,
    label: Any,
    records: Iterable[Mapping[Any, Any]],
    purpose: Any = "",
    basis: str = "",
    kept: str = "",
) -> dict[str, Any]:
    """One part of an answer, in plain values. Empty values are left out."""
    return {
        "key": key,
        "label": str(label),
        "purpose": str(purpose),
        "legal_basis": str(basis),
        "retention": kept,
        "records": [
            {str(name): plain(value) for name, value in record.items() if value not in (None, "")}
            for record in records
        ],
    }


def _declared_section(one: Section, subject: Subject, at: datetime) -> dict[str, Any]:
    kept = class_named(one.retention) if one.retention else None
    said = f"{kept.trigger} + {said_term(kept.term_on(localdate(at)))}" if kept else ""
    return section(
        key=one.key,
        label=one.label,
        records=one.provide(subject),
        purpose=one.purpose,
        basis=str(one.basis.label),
        kept=said,
    )


def _undeclared_sections(declared: DeclaredSubject, subject: Subject) -> list[dict[str, Any]]:
    """What other tables say of her, by their columns."""
    found = []
    for relation, table in undeclared(declared, told=True):
        records = [told_record(row, about=relation.field) for row in rows_of(relation, subject)]
        found.append(
            section(key=table, label=relation.related_model._meta.verbose_name_plural, records=records)
        )
    return found


def _kernel_sections(declared: DeclaredSubject, subject: Subject) -> list[dict[str, Any]]:
    """Messages, documents and changes that are about her."""
    messages = Delivery.objects.filter(persons__contains=[subject.id]).order_by("planned_at")
    documents = Document.objects.filter(persons__contains=[subject.id], withdrawn_at=None).order_by("made_at")
    return [
        section(
            key="deliveries",
            label=_("Messages sent to or about the person"),
            records=[
                {
                    _("Channel"): one.get_channel_display(),
                    _("Subject"): one.subject,
                    _("Text"): one.body,
                    _("State"): one.get_state_display(),
                    _("Sent on"): one.ended_at,
                }
                for one in messages
            ],
        ),
        section(
            key="documents",
            label=_("Documents that name the person"),
            records=[
                {_("Title"): one.title, _("Kind"): one.kind, _("Made on"): one.made_at, "SHA-256": one.sha256}
                for one in documents
            ],
        ),
        section(key="history", label=_("Changes of the file"), records=_changes(declared, subject)),
    ]


def _changes(declared: DeclaredSubject, subject: Subject) -> list[dict[str, Any]]:
    """What was changed in her rows, latest first. Whoever changed it is « an agent »."""
    ids = [one for _table, one in record_ids_of(declared, subject)]
    tables = {table for table, _one in record_ids_of(declared, subject)}
    entries = AuditEntry.objects.filter(row_id__in=ids, table_name__in=tables).order_by("-at")[:LAST_CHANGES]
    return [
        {
            _("Date"): entry.at,
            _("By"): _("an agent"),
            pgettext("record", "Field"): one.label,
            _("Before"): one.before,
            _("After"): one.after,
        }
        for entry in entries
        for one in readable_changes(entry.table_name, entry.changes)
        if not one.label.lower().endswith((" by", "id"))
    ]


def plain(value: Any) -> Any:
    """Turn a value into what JSON holds: days and instants in ISO 8601, amounts exact, as text."""
    if isinstance(value, bool | int | float) or value is None:
        return value
    if isinstance(value, datetime):
        return localtime(value).isoformat(timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if not isinstance(value, Decimal) else f"{value:f}"


def _masked_section(one: Mapping[str, Any], subject: Subject) -> dict[str, Any]:
    """Hide the names of others in the texts. Legal: art. 15, par. 4."""
    return {
        **one,
        "records": [
            {
                name: masked(value, hers=subject.hers, others=subject.others)
                if isinstance(value, str)
                else value
                for name, value in record.items()
            }
            for record in one["records"]
        ],
    }
