"""The report of a campaign as a PDF, and what is said of the municipal register, which is never held here."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.documents import services as documents
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.models import new_id
from palier.kernel.ui.typography import day, short_day
from palier.modules.outreach.permissions import Permission
from palier.modules.outreach.selectors.reports import CampaignReport, campaign_report
from palier.modules.people import public as people
from palier.modules.referrals import public as referrals


class AgreementMissing(DomainError):
    code = "outreach.agreement-missing"
    message = _("The person must agree before anything is sent to the mayor. Say how they agreed.")


class MayNotBeContacted(DomainError):
    code = "outreach.may-not-be-contacted"
    message = _("Nothing may be prepared for this person now.")


@transaction.atomic
def produce_report(*, campaign_id: UUID, by: Actor, at: datetime) -> UUID:
    """Make the report of a campaign as a PDF and keep it. Returns: the document's id.

    Raises: NotFound, NotAllowed.
    """
    by.must(Permission.REPORT_EXPORT)
    report = campaign_report(campaign_id=campaign_id, actor=by, at=at)
    made = documents.produce(
        template="outreach/reports/campaign.typ",
        data={"report": _printed(report)},
        title=gettext("Calls: {name}").format(name=report.name),
        by=by,
        at=at,
        kind="outreach-report",
        permission=Permission.CAMPAIGN_VIEW,
        paper={"subtitle": report.scope},
    )
    journal.record("outreach.campaign.report", by=by, at=at, document=str(made.pk))
    return made.pk


def _printed(report: CampaignReport) -> dict[str, object]:
    return {
        "context": report.context,
        "starts_on": short_day(report.starts_on),
        "last_day": short_day(report.last_day) if report.last_day else "",
        "made_at": day(localdate(report.made_at)),
        "least": report.least,
        "hidden": report.hidden,
        "attempts": report.attempts,
        "answered": report.answered,
        "visits": "·" if report.visits is None else str(report.visits),
        "tables": [
            {
                "title": one.title,
                "columns": list(one.columns),
                "rows": [
                    {"label": label, "cells": ["·" if value is None else str(value) for value in cells]}
                    for label, cells in one.rows
                ],
            }
            for one in report.tables
        ],
    }


@transaction.atomic
def inform_of_register(*, person_id: UUID, by: Actor, at: datetime) -> None:
    """Write down that a tenant was told of the municipal register. Nothing of the register itself is ever kept.

    Legal: CASF, art. L121-6-1 (the mayor keeps it), R121-2 to R121-12. Raises: NotFound, NotAllowed.
    """
    by.must(Permission.CALL_MAKE)
    if not people.names([person_id]):
        raise NotFound
    journal.record("outreach.register.inform", by=by, at=at, person=str(person_id))


@transaction.atomic
def request_registration(
    *, person_id: UUID, agreed: str, partner_id: UUID | None, by: Actor, at: datetime
) -> tuple[UUID, UUID]:
    """Prepare the third party's request to the mayor, agreed by the tenant, and hand it to the municipal service.

    `agreed`: `oral` or `written`. Returns: the document and the referral that carries it.
    Legal: CASF, art. R121-4 (a third party asks in writing, and the person must not oppose).
    Raises: AgreementMissing, NotFound, MayNotBeContacted, NotAllowed.
    """
    by.must(Permission.CALL_MAKE)
    if agreed not in (referrals.ConsentGiven.ORAL, referrals.ConsentGiven.WRITTEN):
        raise AgreementMissing
    known = people.names([person_id]).get(person_id)
    if known is None:
        raise NotFound
    home = people.homes_of([person_id], on=localdate(at)).get(person_id)
    reached = people.contactable(person_id, at=at, channel="phone", topic="courtesy_calls")
    if reached.why in ("deceased", "gone", "protected"):
        raise MayNotBeContacted
    document_id = documents.produce(
        template="outreach/reports/register.typ",
        data={
            "name": known.name,
            "home": f"{home.residence_name}, {home.lot_code}" if home else "",
            "phone": reached.value,
            "agreed": str(referrals.ConsentGiven(agreed).label),
            "on": day(localdate(at)),
            "by": by.name,
        },
        title=gettext("Request of registration on the municipal register"),
        by=by,
        at=at,
        kind="outreach-register",
        persons=[person_id],
        permission=Permission.CALL_MAKE,
        purpose=gettext("the request that you agreed to"),
    ).pk
    referral_id = referrals.open_referral(
        kind=referrals.NeedKind.SOCIAL_SUPPORT,
        urgency=referrals.Urgency.NORMAL,
        summary=gettext("Request of registration on the municipal register, with the person's agreement."),
        person_id=person_id,
        consent=agreed,
        consent_how=gettext("During a call or a visit"),
        source_kind="outreach.register",
        source_id=new_id(),
        partner_id=partner_id,
        by=by,
        at=at,
    )
    journal.record("outreach.register.request", by=by, at=at, document=str(document_id))
    return document_id, referral_id
