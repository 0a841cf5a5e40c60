"""Alerts: raised by a call, taken by somebody, closed with what was done; late ones climb."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.deliveries import send_mail
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.events import publish
from palier.kernel.parameters import value_of
from palier.kernel.wording import guard
from palier.modules.continuity import public as continuity
from palier.modules.outreach.enums import AlertAction, AlertClimb, AlertState
from palier.modules.outreach.events import AlertRaised
from palier.modules.outreach.models import Alert, Report
from palier.modules.outreach.rules.desk import ALERT_CLIMB, ALERT_DUE
from palier.modules.outreach.workflow import ALERT
from palier.modules.staff import public as staff


class ClosingUntold(DomainError):
    code = "outreach.alert-closing-untold"
    message = _("Say in a few words what was done: whoever called will read it.")


class RecipientMissing(DomainError):
    code = "outreach.alert-recipient-missing"
    message = _("Say to whom the alert is handed over.")


def raise_alert(report: Report, *, at: datetime) -> Alert:
    """Open the alert of a report, due by its level; once, however often it is asked."""
    minutes = int(value_of(ALERT_DUE[report.alert_level].key, on=localdate(at)))
    alert, is_new = Alert.objects.get_or_create(
        report=report,
        defaults={
            "level": report.alert_level,
            "opened_at": at,
            "due_at": at + timedelta(minutes=minutes),
        },
    )
    if is_new:
        publish(AlertRaised(alert_id=str(alert.pk), level=alert.level, at=at))
    return alert


@transaction.atomic
def take(*, alert_id: UUID, by: Actor, at: datetime) -> Alert:
    """Take an alert in charge. A second click of the same person changes nothing.

    Raises: NotFound, TransitionRefused, NotAllowed.
    """
    alert = _lock(alert_id)
    if alert.state == AlertState.TAKEN and alert.taken_by_id == by.user_id:
        return alert
    ALERT.move(alert, AlertAction.TAKE, by=by, at=at)
    alert.taken_by_id, alert.taken_by_name, alert.taken_at = by.user_id, by.name, at
    alert.save(update_fields=["state", "taken_by_id", "taken_by_name", "taken_at"])
    return alert


@transaction.atomic
def transmit(*, alert_id: UUID, to: str, by: Actor, at: datetime) -> Alert:
    """Hand an alert over to somebody named: it stays due until they take it.

    Raises: RecipientMissing, NotFound, TransitionRefused, NotAllowed.
    """
    if not to.strip():
        raise RecipientMissing
    alert = _lock(alert_id)
    ALERT.move(alert, AlertAction.TRANSMIT, by=by, at=at)
    alert.transmitted_to, alert.transmitted_at = to.strip(), at
    alert.save(update_fields=["state", "transmitted_to", "transmitted_at"])
    return alert


@transaction.atomic
def close(*, alert_id: UUID, note: str, by: Actor, at: datetime, wording_reason: str = "") -> Alert:
    """Close an alert with what was done.

    Raises: ClosingUntold, UnfitWording, NotFound, TransitionRefused, NotAllowed.
    """
    if not note.strip():
        raise ClosingUntold
    wording = guard(note, reason=wording_reason)
    alert = _lock(alert_id)
    ALERT.move(alert, AlertAction.CLOSE, by=by, at=at)
    alert.closed_at, alert.closing_note = at, note.strip()
    alert.save(update_fields=["state", "closed_at", "closing_note"])
    wording.record(by=by, at=at, subject=alert)
    return alert


def _lock(alert_id: UUID) -> Alert:
    alert = Alert.objects.select_for_update(of=("self",)).filter(pk=alert_id).first()
    if alert is None:
        raise NotFound
    return alert


def carry_up_late_alerts(*, by: Actor, at: datetime) -> int:
    """Tell the caller's team leader of each alert that nobody took in time, then the continuity lead; nobody twice.

    Returns: how many steps were taken.
    """
    after = timedelta(minutes=int(value_of(ALERT_CLIMB.key, on=localdate(at))))
    late = Alert.objects.filter(state__in=[AlertState.OPEN, AlertState.TRANSMITTED], due_at__lt=at)
    waiting = late.exclude(climb=AlertClimb.CONTINUITY_LEAD).order_by("due_at").values_list("pk", flat=True)
    return sum(_carry_up(one, after, by=by, at=at) for one in list(waiting))


@transaction.atomic
def _carry_up(alert_id: UUID, after: timedelta, *, by: Actor, at: datetime) -> int:
    alert = (
        Alert.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("report__call__line__residence", "report__attempt")
        .filter(pk=alert_id, state__in=[AlertState.OPEN, AlertState.TRANSMITTED])
        .first()
    )
    if alert is None:
        return 0
    taken = 0
    if alert.climb == AlertClimb.NONE:
        taken += _climb(alert, AlertClimb.TEAM_LEADER, by=by, at=at)
    if alert.climb == AlertClimb.TEAM_LEADER and at >= alert.due_at + after:
        taken += _climb(alert, AlertClimb.CONTINUITY_LEAD, by=by, at=at)
    return taken


def _climb(alert: Alert, step: AlertClimb, *, by: Actor, at: datetime) -> int:
    alert.climb = step
    alert.save(update_fields=["climb"])
    journal.record("outreach.alert.climb", by=by, at=at, subject=alert, step=step.value)
    recipient = _leader(alert) if step == AlertClimb.TEAM_LEADER else _continuity_lead()
    if recipient[1]:
        _mail(alert, step, *recipient, by=by, at=at)
    if step == AlertClimb.CONTINUITY_LEAD and continuity.activations_in_force(at=at):
        _say_in_log(alert, by=by, at=at)
    return 1


def _leader(alert: Alert) -> tuple[str, str]:
    """Name and e-mail of the leader of the caller's team; empty when the caller is in no team."""
    agent_id = alert.report.attempt.agent_id
    agent = staff.agents_named([agent_id]).get(agent_id) if agent_id else None
    lead = staff.team_lead(agent.team_id) if agent and agent.team_id else None
    return (lead.leader_name, lead.leader_email) if lead else ("", "")


def _continuity_lead() -> tuple[str, str]:
    duty = continuity.on_duty_by_role().get("coordinator")
    return (duty.name, duty.email) if duty else ("", "")


def _mail(alert: Alert, step: AlertClimb, name: str, address: str, *, by: Actor, at: datetime) -> None:
    """No name, no number of a tenant in a message: the page of alerts says the rest to those who may read it."""
    with continuity.in_house_language():
        subject = gettext("Call alert not taken in charge (level {level})").format(level=alert.level)
        body = gettext(
            "Hello {name},\n\nA call made to a household of {residence} raised an alert of level {level}. "
            "It was due on {due} and nobody has taken it in charge.\n\nOpen the page of alerts to take it."
        ).format(
            name=name,
            residence=alert.report.call.line.residence.name,
            level=alert.level,
            due=continuity.said_short_moment(alert.due_at),
        )
    send_mail(
        key=f"outreach-alert:{alert.pk}:{step.value}",
        to=address,
        to_name=name,
        subject=subject,
        body=body,
        by=by,
        at=at,
        about=alert,
    )


def _say_in_log(alert: Alert, *, by: Actor, at: datetime) -> None:
    with continuity.in_house_language():
        text = gettext(
            "Call alert of level {level} at {residence}, due {due}: nobody has taken it in charge; the continuity "
            "lead is told."
        ).format(
            level=alert.level,
            residence=alert.report.call.line.residence.name,
            due=continuity.said_short_moment(alert.due_at),
        )
    continuity.say_in_log(
        f"outreach-alert-late:{alert.pk}", text, by=by, at=at, severity="notable", about=alert
    )
