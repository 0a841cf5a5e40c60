"""What the board and the reports count of hand-overs and of the watch over districts."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from palier.kernel.figures import figure
from palier.modules.referrals.enums import NeedKind, ReferralState
from palier.modules.referrals.models import Observation, Referral
from palier.modules.referrals.selectors.lines import overdue


@figure(
    key="referrals.open", label=_("Referrals not finished"), unit=_("referrals"), about="things", order=40
)
def referrals_open(*, at: datetime) -> int:
    return Referral.objects.in_clear().unfinished().filter(opened_at__lte=at).count()


@figure(
    key="referrals.overdue",
    label=_("Overdue referrals"),
    unit=_("referrals"),
    about="things",
    order=41,
    better="down",
)
def referrals_overdue(*, at: datetime) -> int:
    return Referral.objects.in_clear().filter(overdue(at)).count()


@figure(
    key="referrals.settled-week",
    label=_("Referrals settled over seven days"),
    unit=_("referrals"),
    about="things",
    order=42,
    better="up",
)
def settled_over_a_week(*, at: datetime) -> int:
    rows = Referral.objects.in_clear().filter(state=ReferralState.SETTLED)
    return rows.filter(closed_at__gt=at - timedelta(days=7), closed_at__lte=at).count()


@figure(
    key="referrals.observations-week",
    label=_("Observations in the districts over seven days"),
    unit=_("observations"),
    about="things",
    order=43,
)
def observations_over_a_week(*, at: datetime) -> int:
    today = timezone.localdate(at)
    return Observation.objects.filter(
        observed_on__gt=today - timedelta(days=7), observed_on__lte=today
    ).count()


def _opened_over_a_month(kind: NeedKind) -> None:
    """Declare what was opened of one kind; about persons: small numbers are never published.

    Nothing is said of a kind that nobody needed: the board stays calm.
    """

    @figure(
        key=f"referrals.opened-{kind.value.replace('_', '-')}",
        label=kind.label,
        unit=_("referrals over thirty days"),
        about="persons",
        order=340,
    )
    def opened(*, at: datetime) -> int | None:
        rows = Referral.objects.in_clear().filter(kind=kind, opened_at__lte=at)
        return rows.filter(opened_at__gt=at - timedelta(days=30)).count() or None


for _kind in NeedKind:
    _opened_over_a_month(_kind)
