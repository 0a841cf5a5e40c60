"""What follows from a decision about a level: the log says it, tasks open, the cell is called, notices are
ready.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.dateparse import parse_date
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from palier.kernel.access import Actor
from palier.kernel.modes import UnknownService, service
from palier.kernel.ui import typography
from palier.modules.continuity.enums import LogCategory, Severity
from palier.modules.continuity.models import LogEntry
from palier.modules.continuity.services import call_out, decisions, log, notices, tasks
from palier.modules.continuity.services.telling import (
    exercise_marked,
    house_language,
    in_house_language,
    said_moment,
)

ACTIVATED, CHANGED, EXTENDED, LIFTED = "activated", "changed", "extended", "lifted"

SENTENCES = {
    ACTIVATED: _(
        "Level {level} ({level_name}) of “{plan}” activated on: {scope}. In force from {when}. "
        "Review on {review}. Reason: {reason}"
    ),
    CHANGED: _(
        "“{plan}” goes from level {former} to level {level} ({level_name}) on: {scope}. "
        "In force from {when}. Review on {review}. Reason: {reason}"
    ),
    EXTENDED: _("Level {level} of “{plan}” extended on: {scope}. Review on {review}. Reason: {reason}"),
    LIFTED: _("“{plan}” lifted on: {scope}, from {when}. Reason: {reason}"),
}


def log_level_decision(*, kind: str, event: dict[str, Any], by: Actor, at: datetime) -> LogEntry:
    """Write a decision about a level in the log, once, under the name of who decided."""
    with in_house_language():
        review = parse_date(event["review_on"]) if event.get("review_on") else None
        text = str(SENTENCES[kind]).format(
            plan=event["plan_name"],
            level=event["level"],
            level_name=event["level_name"],
            former=event["former_level"],
            scope=event["scope_label"],
            when=said_moment(datetime.fromisoformat(event["effective_at"])),
            reason=event["reason"],
            review=typography.short_day(review) if review else "–",
        )
        if event.get("via") == "command":
            text += " " + gettext("(by command)")
        text = exercise_marked(text, bool(event.get("exercise")))
    return log.append(
        text=text,
        category=LogCategory.DECISION,
        author=by,
        key=f"level-{kind}:{event['step_id']}",
        at=at,
        event_at=min(datetime.fromisoformat(event["decided_at"]), at),
        severity=Severity.SERIOUS,
        source="palier",
        kind=f"level-{kind}",
        decision_maker=event["decided_by"],
        activation_id=UUID(event["activation_id"]),
        exercise=bool(event.get("exercise")),
        place_kind=event["scope_kind"],
        place_id=event.get("scope_id") or "",
        place_label=event["scope_label"],
    )


def log_override(*, lifted: bool, event: dict[str, Any], by: Actor, at: datetime) -> LogEntry:
    """Write an override, or its end, in the log, once."""
    with in_house_language():
        sentence = (
            gettext("Override lifted: {service} on {scope}. Reason: {reason}")
            if lifted
            else gettext("Override: {service} on {scope}: {values}. Review on {review}. Reason: {reason}")
        )
        review = parse_date(event["review_on"]) if event.get("review_on") else None
        text = sentence.format(
            service=_service_name(event["service"]),
            scope=event["scope_label"],
            reason=event["reason"],
            values=_values(event["service"], event.get("values") or {}),
            review=typography.short_day(review, language=house_language()) if review else "–",
        )
    kind = "override-lifted" if lifted else "override"
    return log.append(
        text=text,
        category=LogCategory.DECISION,
        author=by,
        key=f"{kind}:{event['override_id']}",
        at=at,
        event_at=min(datetime.fromisoformat(event["decided_at"]), at),
        severity=Severity.NOTABLE,
        source="palier",
        kind=kind,
        decision_maker=event["decided_by"],
        exercise=bool(event.get("exercise")),
        place_kind=event["scope_kind"],
        place_id=event.get("scope_id") or "",
        place_label=event["scope_label"],
    )


@transaction.atomic
def level_begins(*, event: dict[str, Any], by: Actor, at: datetime) -> None:
    """Open the tasks of the level, make its notices ready and produce the decision. Safe to run twice."""
    step_id = UUID(event["step_id"])
    tasks.open_cards(step_id=step_id, by=by, at=at)
    notices.prepare_notices(step_id=step_id, by=by, at=at)
    decisions.produce_decision(step_id=step_id, by=by, at=at)


@transaction.atomic
def call_the_cell(*, event: dict[str, Any], by: Actor, at: datetime) -> None:
    """Call the crisis cell out for a decision; a cell without members is said in the log, never passed
    over.
    """
    with in_house_language():
        reason = gettext("{plan}, level {level} ({level_name}) on {scope}: {reason}").format(
            plan=event["plan_name"],
            level=event["level"],
            level_name=event["level_name"],
            scope=event["scope_label"],
            reason=event["reason"],
        )
    try:
        call_out.call_out(
            reason=reason,
            by=by,
            at=at,
            activation_id=UUID(event["activation_id"]),
            step_id=UUID(event["step_id"]),
            exercise=bool(event.get("exercise")),
        )
    except call_out.NobodyToCall as refusal:
        with in_house_language():
            text = gettext("Nobody was called out. {reason}").format(reason=refusal)
            text = exercise_marked(text, bool(event.get("exercise")))
        log.append(
            text=text,
            category=LogCategory.INCIDENT,
            author=by,
            key=f"nobody-called:{event['step_id']}",
            at=at,
            event_at=at,
            severity=Severity.CRITICAL,
            source="palier",
            kind="nobody-called",
            activation_id=UUID(event["activation_id"]),
            exercise=bool(event.get("exercise")),
        )


@transaction.atomic
def level_ends(*, event: dict[str, Any], by: Actor, at: datetime) -> None:
    """Close what the level had opened and produce the decision that lifts it. Safe to run twice."""
    activation_id = UUID(event["activation_id"])
    with in_house_language():
        reason = gettext("The level was lifted.")
    tasks.close_tasks(activation_id=activation_id, reason=reason, by=by, at=at)
    notices.withdraw_prepared(activation_id=activation_id, by=by, at=at)
    decisions.produce_decision(step_id=UUID(event["step_id"]), by=by, at=at)


def _service_name(key: str) -> str:
    try:
        return str(service(key).name)
    except UnknownService:
        return key


def _values(key: str, values: dict[str, str]) -> str:
    try:
        declared = service(key)
    except UnknownService:
        return ", ".join(f"{name}={value}" for name, value in values.items())
    said = [
        f"{declared.field(name).label} = {declared.field(name).label_of(value)}"
        for name, value in values.items()
    ]
    return " ; ".join(said)
