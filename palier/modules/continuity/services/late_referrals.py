"""A referral that nobody answered reaches the crisis log and the coordinator on duty."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext

from palier.kernel.access import Actor
from palier.kernel.deliveries import send_mail
from palier.kernel.organisations.current import current_organisation
from palier.modules.continuity.enums import CellRole, LogCategory, Severity
from palier.modules.continuity.selectors.cell import on_duty_by_role
from palier.modules.continuity.services.telling import in_house_language, say_in_log


def hear_overdue_referral(*, referral_id: UUID, reference: str, by: Actor, at: datetime) -> None:
    """Write it in the log and tell the coordinator, once each: the reference alone, no name and no need."""
    key = f"referral-overdue:{referral_id}:{at.isoformat()}"
    with in_house_language():
        text = gettext(
            "Referral {reference} has had no answer: it is carried up to the continuity lead."
        ).format(reference=reference)
    say_in_log(key, text, by=by, at=at, category=LogCategory.INFORMATION, severity=Severity.NOTABLE)
    coordinator = on_duty_by_role().get(CellRole.COORDINATOR)
    if coordinator is None or not coordinator.email:
        return
    with in_house_language():
        subject = gettext("Overdue referral: {reference}").format(reference=reference)
        body = gettext(
            "Hello {name},\n\nNobody has answered the referral {reference}, and its team leader has not either.\n"
            "Open Palier to give it to somebody.\n\n{organisation}\n"
        ).format(name=coordinator.name, reference=reference, organisation=current_organisation().name)
    send_mail(
        key=key, to=coordinator.email, to_name=coordinator.name, subject=subject, body=body, by=by, at=at
    )
