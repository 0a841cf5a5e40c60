"""What the crisis cell's machinery does by itself: log, tasks, call-out, notices, pack."""

from typing import Any
from uuid import UUID

from django.utils import timezone

from palier.kernel.access import Actor, system_actor
from palier.kernel.events import on
from palier.kernel.jobs import job
from palier.kernel.jobs.models import JobRun
from palier.modules.continuity.services import call_out, decisions, late_tasks, log, notices, pack, reactions

NAME = "Palier"


def _machine() -> Actor:
    return system_actor(NAME)


def _author(event: dict[str, Any]) -> Actor:
    """Who did what the log is about to say: the person, not the job that writes it."""
    author_id = event.get("author_id")
    return Actor(
        user_id=UUID(author_id) if author_id else None,
        name=event.get("author_name") or NAME,
        email="",
        organisation="",
        via=event.get("via") or "job",
    )


def _decider(event: dict[str, Any]) -> Actor:
    return Actor(
        user_id=None,
        name=event["decided_by"] or NAME,
        email="",
        organisation="",
        via=event.get("via") or "job",
    )


# The log.


@on("continuity.to-log", queue="urgent")
def write_in_log(*, event: dict[str, Any], **_: Any) -> None:
    log.write_event(event=event, at=timezone.now(), author=_author(event))


@on("continuity.exercise-activated", queue="urgent")
@on("continuity.level-activated", queue="urgent")
def log_activation(*, event: dict[str, Any], **_: Any) -> None:
    reactions.log_level_decision(kind=reactions.ACTIVATED, event=event, by=_decider(event), at=timezone.now())


@on("continuity.exercise-changed", queue="urgent")
@on("continuity.level-changed", queue="urgent")
def log_change(*, event: dict[str, Any], **_: Any) -> None:
    reactions.log_level_decision(kind=reactions.CHANGED, event=event, by=_decider(event), at=timezone.now())


@on("continuity.exercise-extended", queue="urgent")
@on("continuity.level-extended", queue="urgent")
def log_extension(*, event: dict[str, Any], **_: Any) -> None:
    reactions.log_level_decision(kind=reactions.EXTENDED, event=event, by=_decider(event), at=timezone.now())


@on("continuity.exercise-lifted", queue="urgent")
@on("continuity.level-lifted", queue="urgent")
def log_lift(*, event: dict[str, Any], **_: Any) -> None:
    reactions.log_level_decision(kind=reactions.LIFTED, event=event, by=_decider(event), at=timezone.now())


@on("continuity.override-decided", queue="urgent")
def log_override(*, event: dict[str, Any], **_: Any) -> None:
    reactions.log_override(lifted=False, event=event, by=_decider(event), at=timezone.now())


@on("continuity.override-lifted", queue="urgent")
def log_override_lifted(*, event: dict[str, Any], **_: Any) -> None:
    reactions.log_override(lifted=True, event=event, by=_decider(event), at=timezone.now())


# What follows from a decision.


@on("continuity.exercise-activated", queue="urgent")
@on("continuity.level-activated", queue="urgent")
def call_the_cell(*, event: dict[str, Any], **_: Any) -> None:
    reactions.call_the_cell(event=event, by=_machine(), at=timezone.now())


@on("continuity.exercise-activated", queue="urgent")
@on("continuity.level-activated", queue="urgent")
def begin_level(*, event: dict[str, Any], **_: Any) -> None:
    reactions.level_begins(event=event, by=_machine(), at=timezone.now())


@on("continuity.exercise-changed", queue="urgent")
@on("continuity.level-changed", queue="urgent")
def begin_other_level(*, event: dict[str, Any], **_: Any) -> None:
    reactions.level_begins(event=event, by=_machine(), at=timezone.now())


@on("continuity.exercise-changed", queue="urgent")
@on("continuity.level-changed", queue="urgent")
def call_the_cell_again(*, event: dict[str, Any], **_: Any) -> None:
    reactions.call_the_cell(event=event, by=_machine(), at=timezone.now())


@on("continuity.exercise-extended")
@on("continuity.level-extended")
def produce_extension(*, event: dict[str, Any], **_: Any) -> None:
    decisions.produce_decision(step_id=UUID(event["step_id"]), by=_machine(), at=timezone.now())


@on("continuity.exercise-lifted", queue="urgent")
@on("continuity.level-lifted", queue="urgent")
def end_level(*, event: dict[str, Any], **_: Any) -> None:
    reactions.level_ends(event=event, by=_machine(), at=timezone.now())


@job(call_out.CALL_DEPUTIES, queue="urgent")
def call_deputies(*, call_out_id: str, **_: Any) -> None:
    call_out.call_deputies(call_out_id=UUID(call_out_id), by=_machine(), at=timezone.now())


# What time does.


@job("continuity.carry-up-late-tasks", queue="urgent", atomic=False, cron="*/5 * * * *")
def carry_up_late_tasks(**_: Any) -> None:
    late_tasks.carry_up_late_tasks(by=_machine(), at=timezone.now())


@job(notices.MAKE_POSTERS, queue="bulk", atomic=False)
def make_posters(*, run_id: str, notice_id: str, **_: Any) -> None:
    run = JobRun.objects.get(pk=run_id)
    if run.is_ended and run.state != "failed":
        return
    result = notices.make_posters(
        run=run, notice_id=UUID(notice_id), by=system_actor(run.started_by), at=timezone.now()
    )
    run.refresh_from_db()
    if not run.is_ended:
        run.finish(result=result)


@job("continuity.make-nightly-pack", queue="bulk", atomic=False, cron="40 1 * * *")
def make_nightly_pack(**_: Any) -> None:
    """One pack a night. Without a password nothing is made, and the board says that no pack leaves."""
    now = timezone.now()
    try:
        pack.make_pack(key=pack.nightly_key(now), by=_machine(), at=now)
    except pack.PasswordMissing:
        return


@job("continuity.make-pack-now", queue="bulk", atomic=False)
def make_pack_now(*, key: str, by_name: str, **_: Any) -> None:
    pack.make_pack(key=key, by=system_actor(by_name), at=timezone.now())
