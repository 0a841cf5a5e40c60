"""How long hand-overs and observations are kept, what is told to the person, and the lines of the register."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from palier.kernel.documents import store
from palier.kernel.documents.models import Document
from palier.kernel.organisations.current import switching
from palier.kernel.retention import (
    Chunk,
    Holds,
    LegalBasis,
    Rows,
    Subject,
    personal_data,
    processing,
    retention_class,
)
from palier.modules.referrals.enums import ReferralState
from palier.modules.referrals.models import Observation, Referral, Transmission

PURPOSE = _("Hand a need over to whoever can answer it, and follow it until it is settled")


@retention_class(
    key="referrals.referral",
    label=_("Referrals and their transmissions"),
    trigger=_("Day on which the referral was closed"),
    months=3,
    least=1,
    most=6,
    source=_("Domain usage for call records: end of the crisis + 3 months, 6 at most"),
    purpose=PURPOSE,
    order=50,
)
class ClosedReferrals(Rows):
    model = Referral
    since = "closed_at"
    chunk_rows = 500

    def rows(self) -> QuerySet[Referral]:
        """Those that are closed; a sealed person's were emptied by her sealing and go like the others."""
        return Referral.objects.in_clear().filter(closed_at__isnull=False)

    def held(self, holds: Holds) -> Q:
        return Q(pk__in=holds.ids("referrals_referral")) | Q(person__in=holds.ids("people_person"))

    def describe(self, row: Any) -> str:
        return f"{row.reference} · {ReferralState(row.state).label}"

    def apply(self, chunk: Chunk) -> None:
        sent = Transmission.objects.filter(referral__in=chunk.ids)
        forms = Document.objects.filter(pk__in=sent.exclude(document_id=None).values("document_id"))
        paths = list(forms.values_list("path", flat=True))
        chunk.delete(forms)
        chunk.delete(sent)
        chunk.delete(Referral.objects.filter(pk__in=chunk.ids))
        for path in paths:
            chunk.erase_file(store.absolute(schema=switching().schema_name, path=path))


@retention_class(
    key="referrals.observation",
    label=_("Observations of field teams in the districts"),
    trigger=_("Day of the observation"),
    months=24,
    least=6,
    most=60,
    source=_("Domain usage: two seasons to compare; nobody is named"),
    purpose=_("Watch over the districts"),
    order=51,
)
class OldObservations(Rows):
    model = Observation
    since = "observed_on"

    def describe(self, row: Any) -> str:
        return f"{row.observed_on:%d/%m/%Y}"


@personal_data(
    "people",
    key="referrals.referrals",
    label=_("Referrals"),
    purpose=PURPOSE,
    basis=LegalBasis.CONSENT,
    retention="referrals.referral",
    tables=("referrals_referral",),
)
def referrals_of(subject: Subject) -> list[dict[Any, Any]]:
    """Tell the person each need that was handed over, to whom and with what result."""
    rows = (
        Referral.objects.in_clear()
        .filter(person_id=subject.id)
        .select_related("partner")
        .order_by("opened_at")
    )
    return [_told(row) for row in rows]


def _told(row: Referral) -> dict[Any, Any]:
    return {
        _("Referral"): row.reference,
        _("Need"): str(row.get_kind_display()),
        _("What is to be done"): row.summary,
        _("Agreement of the person"): ". ".join(
            filter(None, (str(row.get_consent_display()), row.consent_how))
        ),
        _("Opened on"): row.opened_at,
        _("State"): str(row.get_state_display()),
        _("Partner"): row.partner.name if row.partner else "",
        _("Outcome"): ". ".join(
            filter(None, (str(row.get_outcome_display()) if row.outcome else "", row.outcome_note))
        ),
    }


processing(
    key="referrals.hand-over",
    label=_("Referrals to services and partners"),
    purpose=PURPOSE,
    basis=LegalBasis.CONSENT,
    persons=_("Tenants and occupants who express a need"),
    data=_(
        "Identity, a safe telephone number, address, need, agreement and how it was given, outcome; no health data"
    ),
    recipients=_(
        "Agents in charge; the partner chosen, by a link that expires and shows only what is needed"
    ),
    retention=("referrals.referral",),
    measures=_(
        "Digest of the link alone is kept, each opening is journalled, words about health are refused"
    ),
    assessment=_("People in a weak position and transmission outside: impact assessment needed (CNIL list)"),
    notice=_(
        "You may refuse that we hand your situation over. Without your agreement, only a danger to life allows it."
    ),
    app="palier.modules.referrals",
)
