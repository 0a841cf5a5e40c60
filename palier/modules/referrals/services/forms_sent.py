"""The transmission form (« fiche de transmission »), kept with its hash."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from palier.kernel.access import Actor
from palier.kernel.documents.services import produce
from palier.kernel.ui import typography
from palier.modules.partners.public import PartnerCard
from palier.modules.referrals.enums import NeedKind
from palier.modules.referrals.models import Referral, Transmission
from palier.modules.referrals.permissions import Permission
from palier.modules.referrals.selectors.handed import handed_over
from palier.modules.referrals.services.telling import in_house_language, said_moment

PURPOSE = "vous orienter vers l’aide que vous avez acceptée, ou que votre sécurité demande"


def produce_form(
    referral: Referral, sent: Transmission, partner: PartnerCard, *, by: Actor, at: datetime
) -> Any:
    """Produce the form of a transmission. Mentions: identity, contact, need, urgency, consent and how it was given,
    sender, date (domain dossier § 2.5), those of every letter (§ 0.6) and the RGPD footer.
    """
    with in_house_language():
        data = _data(referral, sent, partner, by=by, at=at)
        title = f"Fiche de transmission {referral.reference}"
    is_violence = referral.kind == NeedKind.VIOLENCE
    return produce(
        template="referrals/transmission.typ",
        data={"form": data},
        title=title,
        kind="referrals.transmission",
        by=by,
        at=at,
        about=referral,
        persons=[referral.person_id] if referral.person_id else [],
        permission=Permission.VIOLENCE_VIEW if is_violence else Permission.REFERRAL_VIEW_ALL,
        key=f"transmission:{sent.pk}",
        retention_class="referral",
        purpose=PURPOSE,
        paper={"classification": "Confidentiel – réservé au service destinataire"},
    )


def _data(
    referral: Referral, sent: Transmission, partner: PartnerCard, *, by: Actor, at: datetime
) -> dict[str, Any]:
    handed = handed_over(referral, sent, at=at)
    return {
        "reference": handed.reference,
        "to_name": partner.name if sent.to_name == partner.name else f"{partner.name} – {sent.to_name}",
        "to_kind": partner.kind_label,
        "kind": handed.kind_label,
        "urgency": handed.urgency_label,
        "is_vital": handed.urgency == "vital",
        "summary": handed.summary,
        "name": handed.name,
        "phone": typography.phone(handed.phone) if handed.phone else "",
        "place": "\n".join(handed.place),
        "consent": "Oui" if handed.consent_given else "Non",
        "consent_label": handed.consent_label,
        "consent_how": handed.consent_how,
        "consent_on": said_moment(referral.consent_at) if referral.consent_at else "",
        "basis": handed.basis_label,
        "names_somebody": bool(handed.name),
        "sender": by.name,
        "sender_contact": " · ".join(
            filter(None, (typography.phone(handed.landlord_phone), handed.landlord_email))
        ),
        "sent_at": said_moment(sent.sent_at),
        "answer_by": said_moment(referral.ack_due_at),
        "due_at": said_moment(referral.due_at) if referral.due_at else "",
        "opened_on": typography.day(
            timezone.localdate(referral.opened_at), language=settings.LANGUAGE_CODE, weekday=False
        ),
    }
