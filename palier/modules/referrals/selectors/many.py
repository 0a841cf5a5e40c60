"""What bulk actions would do to each referral chosen."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from palier.kernel.access import Actor
from palier.kernel.bulk import planned, with_state
from palier.modules.referrals.enums import CLOSED
from palier.modules.referrals.models import Referral
from palier.modules.referrals.services.story import agent_id_of

FINISHED = "finished"


def assign_plan(*, agent_id: UUID | None, team_id: UUID | None, by: Actor, at: datetime) -> Any:
    """Say what giving each one to somebody would change: closed ones stay, those they have already too."""
    return planned(
        Referral.objects.visible_to(by, agent_id=agent_id_of(by, at)),
        label="reference",
        now="state",
        refused={FINISHED: Q(state__in=CLOSED)},
        unchanged=Q(agent=agent_id, team=team_id, partner__isnull=True),
    )


def withdraw_plan(*, by: Actor, at: datetime) -> Any:
    """Say which ones may be withdrawn: those that are not closed."""
    return planned(
        Referral.objects.visible_to(by, agent_id=agent_id_of(by, at)),
        label="reference",
        now="state",
        refused={FINISHED: Q(state__in=CLOSED)},
    )


def given_states() -> Any:
    """Return who has each one, for undoing."""
    return with_state(
        Referral.objects.all(), agent="agent_id", team="team_id", partner="partner_id", state="state"
    )
