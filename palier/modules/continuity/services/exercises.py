"""Prepare, run and end an exercise: everything of a crisis, and nothing that leaves the cell."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.deliveries import send_mail
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.modes import Place
from palier.kernel.organisations.current import current_organisation
from palier.modules.continuity.enums import (
    ActivationState,
    ExerciseAction,
    ExerciseState,
    InjectAction,
    InjectClock,
    InjectState,
    LogCategory,
    LogSource,
    Severity,
)
from palier.modules.continuity.models import CallOutAnswer, Exercise, Inject, Observation
from palier.modules.continuity.permissions import Permission
from palier.modules.continuity.rules.exercise_script import Problem, ScriptLine, is_due, read_script
from palier.modules.continuity.selectors.plans import level_of, version_in_force
from palier.modules.continuity.services import activations, log
from palier.modules.continuity.services.telling import exercise_marked, in_house_language, said_moment
from palier.modules.continuity.workflow.lessons import EXERCISE, INJECT


class ExerciseUnknown(NotFound):
    code = "continuity.exercise-unknown"
    message = _("This exercise does not exist.")


class TitleMissing(DomainError):
    code = "continuity.exercise-title-missing"
    message = _("Give the exercise a title.")


class ScriptWrong(DomainError):
    code = "continuity.exercise-script-wrong"
    message = _("{problems}")

    def __init__(self, problems: Iterable[Problem]) -> None:
        super().__init__(problems=" ".join(str(one) for one in problems))


class ScriptClosed(DomainError):
    code = "continuity.exercise-script-closed"
    message = _("The exercise has begun: its script no longer changes. Write in its log instead.")


class OneAtATime(DomainError):
    code = "continuity.exercise-running"
    message = _("Another exercise is running. End it before starting this one.")


class NotRunning(DomainError):
    code = "continuity.exercise-not-running"
    message = _("The exercise is not running: nothing can be played in it.")


class ConclusionMissing(DomainError):
    code = "continuity.exercise-conclusion-missing"
    message = _("Write what the exercise showed.")


class NoteMissing(DomainError):
    code = "continuity.observation-missing"
    message = _("Write what you observe.")


class NotPlayed(DomainError):
    code = "continuity.inject-not-played"
    message = _("This event has not been announced yet: nobody can have answered it.")


@transaction.atomic
def prepare(
    *,
    title: str,
    plan_code: str,
    level: str,
    scope: Place,
    by: Actor,
    at: datetime,
    objectives: str = "",
    animator_name: str = "",
    planned_at: datetime | None = None,
    clock: str = InjectClock.HAND,
    script: str = "",
) -> Exercise:
    """Prepare an exercise: nobody is told yet.

    Raises: NotAllowed, TitleMissing, ScriptWrong, PlanUnknown, NoPlanInForce, LevelUnknown.
    """
    by.must(Permission.EXERCISE_RUN)
    if not title.strip():
        raise TitleMissing()
    level_of(version_in_force(code=plan_code, actor=by), level)
    lines = _script(script)
    activations.take_turn()
    number = (Exercise.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    exercise = Exercise(
        number=number,
        title=title.strip(),
        plan_code=plan_code,
        level=level,
        objectives=objectives.strip(),
        animator_name=animator_name.strip() or by.name,
        planned_at=planned_at,
        clock=clock,
        created_at=at,
        created_by_name=by.name,
    )
    exercise.scope_kind, exercise.scope_id = scope.kind.value, scope.id
    exercise.scope_code, exercise.scope_label = scope.code, str(scope)
    exercise.save()
    _write_script(exercise, lines)
    journal.record("continuity.exercise.prepare", by=by, at=at, subject=exercise, injects=len(lines))
    return exercise


@transaction.atomic
def rewrite(*, exercise_id: UUID, by: Actor, at: datetime, script: str, **said: Any) -> Exercise:
    """Change a prepared exercise and its script. Raises: NotAllowed, ExerciseUnknown, ScriptClosed, ScriptWrong."""
    by.must(Permission.EXERCISE_RUN)
    exercise = _locked(exercise_id, by)
    if exercise.state != ExerciseState.PREPARED:
        raise ScriptClosed()
    lines = _script(script)
    for name in ("title", "objectives", "animator_name", "planned_at", "clock"):
        if name in said:
            setattr(exercise, name, said[name])
    if not exercise.title.strip():
        raise TitleMissing()
    exercise.save(update_fields=["title", "objectives", "animator_name", "planned_at", "clock"])
    exercise.injects.all().delete()
    _write_script(exercise, lines)
    journal.record("continuity.exercise.rewrite", by=by, at=at, subject=exercise, injects=len(lines))
    return exercise


@transaction.atomic
def start(*, exercise_id: UUID, by: Actor, at: datetime, fingerprint: str = "", key: str = "") -> Exercise:
    """Begin: the level is activated as an exercise, which opens its tasks and calls the cell out.

    Whoever starts it decides, in the exercise as in a crisis.
    Raises: NotAllowed, ExerciseUnknown, OneAtATime, TransitionRefused, PreviewOutdated, AlreadyActive.
    """
    exercise = _locked(exercise_id, by)
    EXERCISE.move(exercise, ExerciseAction.START, by=by, at=at)
    decision = activations.Decision(reason=exercise.objectives or exercise.title, key=key)
    exercise.activation = activations.activate(
        plan_code=exercise.plan_code,
        level=exercise.level,
        scope=activations.place_of(exercise),
        decision=decision,
        by=by,
        at=at,
        fingerprint=fingerprint,
        exercise=True,
    )
    exercise.started_at = at
    try:
        with transaction.atomic():
            exercise.save(update_fields=["state", "activation", "started_at"])
    except IntegrityError as running:
        raise OneAtATime() from running
    return exercise


def adopt_activation(*, activation: Any, by: Actor, at: datetime) -> Exercise | None:
    """Make an exercise of a level that was activated as one without preparation: it has a board and an end too."""
    known = Exercise.objects.filter(activation=activation).first()
    running = Exercise.objects.filter(state=ExerciseState.RUNNING).exists()
    if known or running:
        return known
    number = (Exercise.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    return Exercise.objects.create(
        number=number,
        title=f"{activation.plan.name}, {activation.level} – {activation.level_name}",
        plan_code=activation.plan.code,
        level=activation.level,
        scope_kind=activation.scope_kind,
        scope_id=activation.scope_id,
        scope_code=activation.scope_code,
        scope_label=activation.scope_label,
        objectives=activation.reason,
        animator_name=by.name,
        state=ExerciseState.RUNNING,
        activation=activation,
        started_at=activation.effective_at,
        created_at=at,
        created_by_name=by.name,
    )


@transaction.atomic
def end(*, exercise_id: UUID, by: Actor, at: datetime, reason: str = "") -> Exercise:
    """End the exercise: its level is lifted, its tasks closed.

    Raises: NotAllowed, ExerciseUnknown, TransitionRefused.
    """
    exercise = _locked(exercise_id, by)
    EXERCISE.move(exercise, ExerciseAction.END, by=by, at=at)
    with in_house_language():
        said = reason.strip() or gettext("End of the exercise.")
    return _over(exercise, said, by=by, at=at)


@transaction.atomic
def stop_for_real(*, exercise_id: UUID, by: Actor, at: datetime) -> Exercise:
    """Stop everything at once: a real crisis has begun. The log says it outside the exercise, the cell is told.

    Raises: NotAllowed, ExerciseUnknown, TransitionRefused.
    """
    exercise = _locked(exercise_id, by)
    EXERCISE.move(exercise, ExerciseAction.STOP, by=by, at=at)
    exercise.is_stopped_for_real = True
    with in_house_language():
        said = gettext(
            "Exercise “{title}” stopped: a real crisis has begun. THIS IS NOT AN EXERCISE."
        ).format(title=exercise.title)
        reason = gettext("Stopped by a real crisis.")
    log.append(
        text=said,
        category=LogCategory.DECISION,
        author=by,
        event_at=at,
        at=at,
        key=f"exercise-stopped:{exercise.pk}",
        severity=Severity.CRITICAL,
        source=LogSource.CELL,
        kind="exercise-stopped",
        decision_maker=by.name,
    )
    _tell_it_is_real(exercise, said, by=by, at=at)
    return _over(exercise, reason, by=by, at=at)


@transaction.atomic
def cancel(*, exercise_id: UUID, by: Actor, at: datetime) -> Exercise:
    """Give a prepared exercise up. Raises: NotAllowed, ExerciseUnknown, TransitionRefused."""
    exercise = _locked(exercise_id, by)
    EXERCISE.move(exercise, ExerciseAction.CANCEL, by=by, at=at)
    exercise.save(update_fields=["state"])
    return exercise


@transaction.atomic
def assess(*, exercise_id: UUID, conclusion: str, by: Actor, at: datetime) -> Exercise:
    """Conclude; what was measured stays measured.

    Raises: NotAllowed, ExerciseUnknown, ConclusionMissing, TransitionRefused.
    """
    if not conclusion.strip():
        raise ConclusionMissing()
    exercise = _locked(exercise_id, by)
    EXERCISE.move(exercise, ExerciseAction.ASSESS, by=by, at=at)
    exercise.conclusion = conclusion.strip()
    exercise.save(update_fields=["state", "conclusion"])
    return exercise


# While it runs.


@transaction.atomic
def play(*, inject_id: UUID, by: Actor, at: datetime) -> Inject:
    """Announce an event: it is written in the log as an entry of the exercise.

    Raises: NotAllowed, ExerciseUnknown, NotRunning, TransitionRefused.
    """
    inject = _inject(inject_id, by)
    if inject.exercise.state != ExerciseState.RUNNING:
        raise NotRunning()
    INJECT.move(inject, InjectAction.PLAY, by=by, at=at)
    entry = log.append(
        text=_marked(inject.text),
        category=LogCategory.INFORMATION,
        author=by,
        event_at=at,
        at=at,
        key=f"inject:{inject.pk}",
        source=inject.source,
        severity=Severity.NOTABLE,
        kind="inject",
        activation_id=inject.exercise.activation_id,
        exercise=True,
    )
    inject.played_at, inject.played_by_name, inject.log_seq = at, by.name, entry.seq
    inject.save(update_fields=["state", "played_at", "played_by_name", "log_seq"])
    return inject


@transaction.atomic
def skip(*, inject_id: UUID, by: Actor, at: datetime) -> Inject:
    """Leave an event out. Raises: NotAllowed, ExerciseUnknown, NotRunning, TransitionRefused."""
    inject = _inject(inject_id, by)
    if inject.exercise.state != ExerciseState.RUNNING:
        raise NotRunning()
    INJECT.move(inject, InjectAction.SKIP, by=by, at=at)
    inject.save(update_fields=["state"])
    return inject


@transaction.atomic
def answered(*, inject_id: UUID, by: Actor, at: datetime) -> Inject:
    """Say that the cell has just done what was expected; twice keeps the first time.

    Raises: NotAllowed, ExerciseUnknown, NotPlayed, NotRunning.
    """
    by.must(Permission.EXERCISE_RUN)
    inject = _inject(inject_id, by)
    if inject.state != InjectState.PLAYED:
        raise NotPlayed()
    if inject.exercise.state != ExerciseState.RUNNING:
        raise NotRunning()
    if inject.answered_at is None:
        inject.answered_at, inject.answered_by_name = at, by.name
        inject.save(update_fields=["answered_at", "answered_by_name"])
        journal.record("continuity.inject.answered", by=by, at=at, subject=inject)
    return inject


@transaction.atomic
def observe(*, exercise_id: UUID, kind: str, text: str, by: Actor, at: datetime) -> Observation:
    """Note what is seen, while it runs or just after. Raises: NotAllowed, ExerciseUnknown, NoteMissing, NotRunning."""
    by.must(Permission.EXERCISE_OBSERVE)
    if not text.strip():
        raise NoteMissing()
    exercise = _locked(exercise_id, by)
    if exercise.state not in (ExerciseState.RUNNING, ExerciseState.ENDED):
        raise NotRunning()
    return Observation.objects.create(
        exercise=exercise,
        kind=kind,
        text=text.strip(),
        noted_at=at,
        author_id=by.user_id,
        author_name=by.name,
    )


def play_due(*, by: Actor, at: datetime) -> int:
    """Play what the clock has reached, each event in a transaction of its own. Returns: how many were played."""
    rows = Inject.objects.filter(
        state=InjectState.PLANNED, exercise__state=ExerciseState.RUNNING, exercise__clock=InjectClock.CLOCK
    ).select_related("exercise")
    due = [
        row.pk
        for row in rows.order_by("offset_minutes", "rank")
        if is_due(row.offset_minutes, at - (row.exercise.started_at or at))
    ]
    return sum(_play_once(pk, by=by, at=at) for pk in due)


@transaction.atomic
def _play_once(inject_id: UUID, *, by: Actor, at: datetime) -> bool:
    """Two clocks at once, or the animator's hand: the second finds it played and passes."""
    waiting = Inject.objects.select_for_update(of=("self",), skip_locked=True)
    if not waiting.filter(pk=inject_id, state=InjectState.PLANNED).exists():
        return False
    try:
        play(inject_id=inject_id, by=by, at=at)
    except DomainError:
        return False
    return True


def _over(exercise: Exercise, reason: str, *, by: Actor, at: datetime) -> Exercise:
    exercise.ended_at = at
    exercise.save(update_fields=["state", "ended_at", "is_stopped_for_real"])
    exercise.injects.filter(state=InjectState.PLANNED).update(state=InjectState.SKIPPED)
    activation = exercise.activation
    if activation is not None and activation.state in (
        ActivationState.DECIDED,
        ActivationState.ACTIVE,
        ActivationState.CHANGED,
    ):
        decision = activations.Decision(reason=reason)
        activations.lift(activation_id=activation.pk, decision=decision, by=by, at=at)
    return exercise


def _tell_it_is_real(exercise: Exercise, said: str, *, by: Actor, at: datetime) -> None:
    """Everyone who was called for the exercise hears that it is over and that this is real, without the prefix."""
    called = CallOutAnswer.objects.filter(call_out__activation=exercise.activation).exclude(email="")
    with in_house_language():
        subject = gettext("NOT AN EXERCISE: a real crisis has begun")
        body = gettext("{said}\n\nSaid by {name} on {when}.\n\n{organisation}").format(
            said=said, name=by.name, when=said_moment(at), organisation=current_organisation().name
        )
    for email, name in sorted({(one.email, one.name) for one in called}):
        send_mail(
            key=f"exercise-stopped:{exercise.pk}:{email}",
            to=email,
            to_name=name,
            subject=subject,
            body=body,
            by=by,
            at=at,
            about=exercise,
        )


def _marked(text: str) -> str:
    with in_house_language():
        return exercise_marked(text, True)


def _script(text: str) -> tuple[ScriptLine, ...]:
    lines, problems = read_script(text)
    if problems:
        raise ScriptWrong(problems)
    return lines


def _write_script(exercise: Exercise, lines: Iterable[ScriptLine]) -> None:
    Inject.objects.bulk_create(
        Inject(
            exercise=exercise,
            rank=rank,
            offset_minutes=line.offset_minutes,
            text=line.text,
            expected=line.expected,
            within_minutes=line.within_minutes,
        )
        for rank, line in enumerate(lines, start=1)
    )


def _locked(exercise_id: UUID, by: Actor) -> Exercise:
    exercise = (
        Exercise.objects.visible_to(by)
        .select_related("activation__plan")
        .select_for_update(of=("self",))
        .filter(pk=exercise_id)
        .first()
    )
    if exercise is None:
        raise ExerciseUnknown()
    return exercise


def _inject(inject_id: UUID, by: Actor) -> Inject:
    """The row is locked with its exercise: an event is not announced while the exercise is being stopped."""
    inject = (
        Inject.objects.visible_to(by)
        .select_related("exercise")
        .select_for_update(of=("self", "exercise"))
        .filter(pk=inject_id)
        .first()
    )
    if inject is None:
        raise ExerciseUnknown()
    return inject
