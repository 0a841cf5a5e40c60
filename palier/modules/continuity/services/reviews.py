"""Review dates that have come: said in the crisis log and mailed to the cell, once each. Nothing lifts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as translate

from palier.kernel.access import Actor
from palier.kernel.deliveries import send_mail
from palier.kernel.events import publish
from palier.kernel.modes import service
from palier.modules.continuity.enums import CellRole, LogCategory, OverrideState, Severity, VersionState
from palier.modules.continuity.events import ReviewDue
from palier.modules.continuity.models import Activation, ModeOverride, PlanVersion
from palier.modules.continuity.selectors.cell import on_duty_by_role
from palier.modules.continuity.services.telling import in_house_language, say_in_log

TOLD = (CellRole.DIRECTOR, CellRole.COORDINATOR)


@dataclass(frozen=True)
class Due:
    """Something to look at again. `key` is the same every day until the date is moved."""

    kind: str
    id: UUID
    label: str
    review_on: date
    about: Any
    activation_id: UUID | None = None

    @property
    def key(self) -> str:
        return f"review-due:{self.id}:{self.review_on.isoformat()}"


@transaction.atomic
def tell_due(*, by: Actor, at: datetime) -> int:
    """Tell the log and the cell what must be looked at again; the same date is never told twice.

    Returns: how many are due, told today or before.
    """
    with in_house_language():
        found = list(_due(timezone.localdate(at)))
        for one in found:
            _tell(one, by=by, at=at)
    return len(found)


def _due(today: date) -> Iterator[Due]:
    for row in Activation.objects.standing().real().filter(review_on__lte=today).select_related("plan"):
        label = translate("{plan}, level {level}, {scope}").format(
            plan=row.plan.name, level=row.level, scope=row.scope_label
        )
        if row.review_on:
            yield Due("activation", row.pk, label, row.review_on, row, row.pk)
    for override in ModeOverride.objects.filter(state=OverrideState.IN_FORCE, review_on__lte=today):
        label = translate("override of {service}, {scope}").format(
            service=service(override.service).name, scope=override.scope_label
        )
        if override.review_on:
            yield Due("override", override.pk, label, override.review_on, override)
    versions = PlanVersion.objects.filter(state=VersionState.IN_FORCE, next_review_on__lte=today)
    for version in versions.select_related("plan"):
        if version.next_review_on:
            yield Due("plan", version.pk, version.plan.name, version.next_review_on, version)


def _tell(due: Due, *, by: Actor, at: datetime) -> None:
    text = translate("To be reviewed since {day}: {label}. It goes on until somebody decides.").format(
        day=due.review_on.strftime("%d/%m/%Y"), label=due.label
    )
    say_in_log(
        due.key,
        text,
        by=by,
        at=at,
        category=LogCategory.REQUEST,
        severity=Severity.SERIOUS if due.kind == "activation" else Severity.ROUTINE,
        about=due.about,
        activation_id=due.activation_id,
    )
    on_duty = on_duty_by_role()
    for role in TOLD:
        member = on_duty.get(role)
        if member is not None and member.email:
            send_mail(
                key=f"{due.key}:{role}",
                to=member.email,
                to_name=member.name,
                subject=translate("To be reviewed: {label}").format(label=due.label),
                body=text,
                by=by,
                at=at,
                about=due.about,
            )
    publish(ReviewDue(due.kind, due.id, due.label, due.review_on))
