"""The figures of calls, and what a level of the plan will have called before anyone confirms it."""

from datetime import datetime, timedelta

from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from palier.kernel.figures import figure
from palier.kernel.previews import PreviewedAct, PreviewRequest, Undoing, preview_item
from palier.modules.continuity.public import ReviewPeriod, ReviewSection, review_section
from palier.modules.outreach.enums import AttemptResult, CallState, CampaignState, LineState
from palier.modules.outreach.models import Alert, Attempt, Call, Line, Need
from palier.modules.outreach.services import levels

WEEK = timedelta(days=7)
SMALLEST = 11


@preview_item("calls", label=_("Households to call"))
def calls_of_level(request: PreviewRequest) -> PreviewedAct | None:
    """Count the households that the mode of calls will have called, and freeze the list of people."""
    step = request.step("calls")
    if step is None:
        return None
    people, calls = levels.list_for_level(
        scope_kind=request.scope.kind.value, scope_id=request.scope.id, after=step.after, at=request.at
    )
    frozen = tuple([str(person), code] for person, code in people.items())
    return PreviewedAct(calls, Undoing.REVERSIBLE, frozen)


@figure(key="outreach.calls-made", label=_("Calls made in 7 days"), unit=_("calls"), about="things", order=30)
def calls_made(*, at: datetime) -> int:
    return Attempt.objects.filter(at__gt=at - WEEK, at__lte=at).count()


@figure(
    key="outreach.households-reached",
    label=_("Households reached in 7 days"),
    unit=_("households"),
    about="persons",
    order=31,
    better="up",
)
def households_reached(*, at: datetime) -> int:
    return Line.objects.filter(last_reached_at__gt=at - WEEK, last_reached_at__lte=at).count()


@figure(
    key="outreach.households-followed",
    label=_("Households called regularly"),
    unit=_("households"),
    about="persons",
    order=32,
)
def households_followed(*, at: datetime) -> int:
    return Line.objects.filter(state=LineState.ACTIVE, campaign__state=CampaignState.OPEN).count()


@figure(
    key="outreach.households-unreached",
    label=_("Households not reached"),
    unit=_("households"),
    about="persons",
    order=33,
    better="down",
)
def households_unreached(*, at: datetime) -> int:
    return Call.objects.filter(state=CallState.UNREACHED).values("line_id").distinct().count()


@figure(
    key="outreach.calls-late",
    label=_("Calls overdue"),
    unit=_("calls"),
    about="things",
    order=34,
    better="down",
)
def calls_late(*, at: datetime) -> int:
    waiting = Call.objects.filter(state=CallState.WAITING, campaign__state=CampaignState.OPEN)
    return waiting.filter(due_on__lt=localdate(at)).count()


@figure(key="outreach.needs", label=_("Needs heard in 7 days"), unit=_("needs"), about="persons", order=35)
def needs_heard(*, at: datetime) -> int:
    return Need.objects.filter(report__at__gt=at - WEEK, report__at__lte=at).count()


@figure(
    key="outreach.alerts-open",
    label=_("Open alerts"),
    unit=_("alerts"),
    about="persons",
    order=36,
    better="down",
)
def alerts_open(*, at: datetime) -> int:
    return Alert.objects.exclude(state="closed").count()


@figure(
    key="outreach.answer-rate",
    label=_("Calls answered in 7 days"),
    unit="%",
    about="things",
    order=37,
    better="up",
)
def answer_rate(*, at: datetime) -> int | None:
    rang = Attempt.objects.filter(at__gt=at - WEEK, at__lte=at)
    total = rang.count()
    answered = (AttemptResult.ANSWERED, AttemptResult.THIRD_PARTY, AttemptResult.CALLBACK_ASKED)
    return round(100 * rang.filter(result__in=answered).count() / total) if total else None


@review_section("outreach", order=60)
def calls_of_crisis(period: ReviewPeriod) -> ReviewSection | None:
    """Say what calls were during a crisis that is over: acts, and people without small counts."""
    attempts = Attempt.objects.filter(at__gte=period.since, at__lt=period.until)
    made = attempts.count()
    if not made:
        return None
    answered = attempts.filter(result__in=("answered", "third_party", "callback_asked")).count()
    heard = Call.objects.filter(
        state=CallState.REACHED, ended_at__gte=period.since, ended_at__lt=period.until
    )
    needs = Need.objects.filter(report__at__gte=period.since, report__at__lt=period.until)
    alerts = Alert.objects.filter(opened_at__gte=period.since, opened_at__lt=period.until)
    return ReviewSection(
        title="Appels de convivialité",
        facts=(
            ("Appels passés", str(made)),
            ("Appels décrochés", str(answered)),
            ("Foyers joints", _said(heard.values("line_id").distinct().count())),
            ("Besoins entendus", _said(needs.count())),
            ("Alertes", _said(alerts.count())),
        ),
    )


def _said(count: int) -> str:
    return str(count) if count == 0 or count >= SMALLEST else f"moins de {SMALLEST}"
