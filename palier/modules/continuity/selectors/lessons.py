"""What happened in an activation that is over, gathered from the log, tasks, call-outs, presence and figures.

Facts are plain French words and numbers, as in a situation report: the document that prints them is in French.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from itertools import pairwise
from uuid import UUID

from django.utils import timezone

from palier.kernel.figures.models import FigureSnapshot
from palier.kernel.figures.registry import figures
from palier.kernel.modes import ModeChange, Place, Service, State, in_force, merge, services
from palier.kernel.ui import typography
from palier.modules.continuity.enums import CellRole, StepKind, TaskOrigin
from palier.modules.continuity.models import (
    Activation,
    ActivationStep,
    CallOut,
    CellDecision,
    Exercise,
    Inject,
    LogEntry,
    Task,
)
from palier.modules.continuity.rules.lessons import (
    ReviewFact,
    RoleFact,
    StaffFact,
    TaskFact,
    median_minutes,
    punctuality,
)
from palier.modules.continuity.rules.plan_document import ServiceNeeds
from palier.modules.continuity.selectors.modes import played_history
from palier.modules.continuity.selectors.preview import minimums_of
from palier.modules.continuity.selectors.reports import WORTH_TELLING, number_words
from palier.modules.continuity.selectors.review_sections import ReviewPeriod, ReviewSection, ReviewTable
from palier.modules.continuity.selectors.review_sections import sections_of as sections_of_others
from palier.modules.estate import public as estate
from palier.modules.staff import public as staff

LANGUAGE = "fr"
MOST_DAYS = 60
MOST_ENTRIES = 120
said_duration = partial(typography.duration, language=LANGUAGE)


@dataclass(frozen=True)
class Lived:
    """An activation as it was lived: everything that the sections and the proposals are worked out from."""

    activation: Activation
    steps: tuple[ActivationStep, ...]
    since: datetime
    until: datetime
    place: Place
    tasks: tuple[TaskFact, ...]
    roles: tuple[RoleFact, ...]
    reviews: tuple[ReviewFact, ...]
    staff: tuple[StaffFact, ...]


def lived(activation: Activation, *, place: Place, at: datetime) -> Lived:
    """Gather an activation. Queries: a dozen, and four for each of at most sixty days of presence."""
    steps = tuple(activation.steps.select_related("plan_version").order_by("number"))
    since = steps[0].effective_at if steps else activation.effective_at
    until = max(activation.lifted_at or at, since)
    return Lived(
        activation=activation,
        steps=steps,
        since=since,
        until=until,
        place=place,
        tasks=task_facts(activation, steps),
        roles=role_facts(activation.pk),
        reviews=review_facts(steps),
        staff=_staff_facts(steps, place, until),
    )


def task_facts(activation: Activation, steps: Sequence[ActivationStep]) -> tuple[TaskFact, ...]:
    """Every task of an activation. One query."""
    rows = activation.tasks.select_related("step").order_by("due_at", "id")
    return tuple(_task_fact(row, steps, activation.lifted_at) for row in rows)


def _task_fact(row: Task, steps: Sequence[ActivationStep], lifted_at: datetime | None) -> TaskFact:
    """A task as it went. What lifting has not closed yet ended with the level all the same."""
    levels = [step.level for step in steps if step.effective_at <= row.opened_at]
    return TaskFact(
        code=row.code,
        level=row.level or (levels[-1] if levels else (steps[0].level if steps else "")),
        title=row.title,
        role=row.role,
        deputy=row.deputy_role,
        delay=row.delay,
        opened_at=row.opened_at,
        due_at=row.due_at,
        started_at=row.started_at,
        ended_at=row.ended_at or lifted_at,
        is_done=row.state == "done",
        by_hand=row.origin != TaskOrigin.PLAN,
        log_seq=row.log_seq,
        steps=tuple(line for line in row.instructions.splitlines() if line.strip()),
        since=row.step.effective_at if row.step else (steps[0].effective_at if steps else None),
    )


def role_facts(activation_id: UUID) -> tuple[RoleFact, ...]:
    """How long each role took to answer each call-out. Two queries."""
    facts = []
    for call in (
        CallOut.objects.filter(activation_id=activation_id).order_by("number").prefetch_related("answers")
    ):
        by_role: dict[str, list[int | None]] = defaultdict(list)
        for one in call.answers.all():
            waited = (one.answered_at - call.called_at).total_seconds() if one.answered_at else None
            by_role[one.role].append(None if waited is None else int(waited // 60))
        for role, minutes in sorted(by_role.items()):
            known = [one for one in minutes if one is not None]
            facts.append(RoleFact(call.number, role, min(known) if known else None, len(minutes)))
    return tuple(facts)


def review_facts(steps: Sequence[ActivationStep]) -> tuple[ReviewFact, ...]:
    """Each review date, and the day on which the next decision was taken."""
    found = []
    for step, following in pairwise(steps):
        level = step.plan_version.document.levels.get(step.level)
        if step.review_on and level:
            decided_on = timezone.localdate(following.recorded_at)
            found.append(ReviewFact(step.level, step.review_on, decided_on, level.review_days))
    return tuple(found)


def _staff_facts(steps: Sequence[ActivationStep], place: Place, until: datetime) -> tuple[StaffFact, ...]:
    """Presence against the least staff of each level, on the days when somebody filled the sheets."""
    dwellings = estate.counts(place=place).dwellings
    names = {one.key: str(one.name) for one in services()}
    found = []
    for step, end in _levels_lived(steps, until):
        level = step.plan_version.document.levels.get(step.level)
        minimums = minimums_of(level, place, dwellings)
        if not level or not minimums:
            continue
        present: dict[str, list[int]] = defaultdict(list)
        for day in _days(step.effective_at, end):
            numbers = staff.presence_numbers(place=place, at=day, minimums=minimums)
            if numbers.present or numbers.absent:
                for one in numbers.services:
                    present[one.service].append(one.present)
        found += [
            StaffFact(
                level=step.level,
                service=one.service,
                service_label=names.get(one.service, one.service),
                needed=one.needed,
                count=level.staff[one.service].count,
                per_dwellings=level.staff[one.service].per_dwellings,
                present=tuple(present[one.service]),
            )
            for one in minimums
            if one.needed
        ]
    return tuple(found)


def _levels_lived(
    steps: Sequence[ActivationStep], until: datetime
) -> Iterable[tuple[ActivationStep, datetime]]:
    """Each level with the moment at which it gave way to the next."""
    levels = [one for one in steps if one.kind in (StepKind.ACTIVATE, StepKind.CHANGE)]
    ends = [one.effective_at for one in levels[1:]] + [until]
    return zip(levels, ends, strict=True)


def _days(since: datetime, until: datetime) -> list[datetime]:
    """Noon of each day, at most sixty of them, evenly taken."""
    first, last = timezone.localdate(since), timezone.localdate(until)
    every = (last - first).days + 1
    pace = max(1, -(-every // MOST_DAYS))
    zone = timezone.get_default_timezone()
    return [
        datetime.combine(first + timedelta(days=shift), time(12), tzinfo=zone)
        for shift in range(0, every, pace)
    ]


# Sections.


def sections(one: Lived) -> list[tuple[str, ReviewSection]]:
    """Every section that has something to say, in the order in which one reads it."""
    own = [
        ("summary", _summary(one)),
        ("timeline", _timeline(one)),
        ("decisions", _decisions(one)),
        ("exercise", _exercise(one)),
        ("tasks", _tasks(one)),
        ("call_out", _call_out(one)),
        ("services", _services(one)),
        ("staff", _staff(one)),
        ("figures", _figures(one)),
    ]
    said = [(key, section) for key, section in own if section is not None]
    # An exercise calls no tenant and serves nobody: other modules have nothing to say of it.
    return said if one.activation.exercise else said + sections_of_others(_period(one))


def _period(one: Lived) -> ReviewPeriod:
    activation = one.activation
    return ReviewPeriod(
        activation.pk, activation.reference, activation.scope_kind, activation.scope_id, one.since, one.until
    )


def _summary(one: Lived) -> ReviewSection:
    activation = one.activation
    kinds = Counter(step.kind for step in one.steps)
    facts = [
        ("Référence", activation.reference),
        ("Plan", f"{activation.plan.name} (version {activation.plan_version.number})"),
        ("Périmètre", activation.scope_label),
        ("Du", said(one.since)),
        ("Au", said(one.until)),
        ("Durée", said_duration(one.until - one.since)),
        ("Décidé par", ", ".join(dict.fromkeys(step.decided_by_name for step in one.steps))),
        ("Motif", activation.reason),
        ("Changements de niveau", str(kinds.get(StepKind.CHANGE, 0))),
        ("Prolongations", str(kinds.get(StepKind.EXTEND, 0))),
    ]
    rows = tuple(
        (
            said(step.effective_at),
            str(StepKind(step.kind).label),
            step.level,
            step.decided_by_name,
            step.reason,
        )
        for step in one.steps
    )
    table = ReviewTable(("Prend effet", "Acte", "Niveau", "Décidé par", "Motif"), rows, "Décisions de niveau")
    return ReviewSection("Ce qui s’est passé", tuple(facts), (table,))


def _timeline(one: Lived) -> ReviewSection | None:
    """What the log holds of note, exercise or not; corrected and erased entries are left out."""
    own = LogEntry.objects.filter(WORTH_TELLING, text__isnull=False, exercise=one.activation.exercise)
    about = own.filter(event_at__gte=one.since - timedelta(hours=1), event_at__lte=one.until)
    corrected = LogEntry.objects.filter(supersedes_seq__isnull=False).values("supersedes_seq")
    rows = list(about.exclude(seq__in=corrected).order_by("event_at", "seq")[:MOST_ENTRIES])
    mine = [row for row in rows if row.activation_id in (None, one.activation.pk)]
    if not mine:
        return None
    lines = tuple(
        (f"n°\u00a0{row.seq}", said(row.event_at), row.get_category_display(), row.text or "") for row in mine
    )
    return ReviewSection("Main courante", (), (ReviewTable(("N°", "Date", "Nature", "Entrée"), lines),))


def _decisions(one: Lived) -> ReviewSection | None:
    """Decisions of the cells, and how they ended."""
    rows = CellDecision.objects.filter(
        decided_at__gte=one.since, decided_at__lte=one.until, exercise=one.activation.exercise
    ).order_by("decided_at", "number")
    if not rows:
        return None
    lines = tuple(
        (said(row.decided_at), row.text, row.owner_name, row.get_state_display(), row.outcome) for row in rows
    )
    header = ("Date", "Décision", "Confiée à", "État", "Suite")
    return ReviewSection("Décisions de la cellule", (), (ReviewTable(header, lines),))


def _tasks(one: Lived) -> ReviewSection | None:
    if not one.tasks:
        return None
    counted = punctuality(one.tasks)
    facts = (
        ("Tâches ouvertes", str(counted.total)),
        ("Faites dans le délai", str(counted.in_time)),
        ("Faites en retard", str(counted.late)),
        ("Échues et jamais faites", str(counted.missed)),
        ("Non échues à la fin", str(counted.unfinished)),
    )
    return ReviewSection("Tâches", facts, tuple(_task_tables(one.tasks)))


def _task_tables(tasks: Sequence[TaskFact]) -> Iterable[ReviewTable]:
    by_role: dict[str, list[TaskFact]] = defaultdict(list)
    for task in tasks:
        by_role[task.role].append(task)
    late_first = sorted(
        by_role.items(), key=lambda pair: -sum(bool(t.lateness) or t.is_missed for t in pair[1])
    )
    yield ReviewTable(
        ("Rôle", "Tâches", "À l’heure", "En retard", "Jamais faites"),
        tuple(_role_row(role, mine) for role, mine in late_first),
        "Par rôle",
    )
    late = sorted((t for t in tasks if t.lateness or t.is_missed), key=lambda t: -_how_late(t))
    if late:
        yield ReviewTable(
            ("Tâche", "Rôle", "Échéance", "Faite le", "Retard"),
            tuple(_late_row(task) for task in late[:60]),
            "Tâches en retard",
        )


def _role_row(role: str, tasks: Sequence[TaskFact]) -> tuple[str, ...]:
    counted = punctuality(tasks)
    return (
        role_words(role),
        str(counted.total),
        str(counted.in_time),
        str(counted.late),
        str(counted.missed),
    )


def _how_late(task: TaskFact) -> float:
    end = task.ended_at or task.due_at
    return (end - task.due_at).total_seconds() if end and task.due_at else 0


def _late_row(task: TaskFact) -> tuple[str, ...]:
    ended = said(task.ended_at) if task.is_done and task.ended_at else "jamais"
    return (
        task.title,
        role_words(task.role),
        said(task.due_at) if task.due_at else "",
        ended,
        said_duration(timedelta(seconds=_how_late(task))) if task.is_done else "",
    )


def _call_out(one: Lived) -> ReviewSection | None:
    if not one.roles:
        return None
    known = [fact.minutes for fact in one.roles if fact.minutes is not None]
    middle = median_minutes(known)
    facts = (
        ("Appels de la cellule", str(len({fact.number for fact in one.roles}))),
        ("Rôles appelés", str(len(one.roles))),
        ("Rôles ayant répondu", str(len(known))),
        ("Temps de réponse médian", f"{middle}\u00a0min" if middle is not None else "–"),
        ("Temps de réponse le plus long", f"{max(known)}\u00a0min" if known else "–"),
    )
    rows = tuple(
        (
            f"n°\u00a0{fact.number}",
            role_words(fact.role),
            str(fact.people),
            "pas de réponse" if fact.minutes is None else f"{fact.minutes}\u00a0min",
        )
        for fact in sorted(one.roles, key=lambda f: (f.number, f.minutes is not None, -(f.minutes or 0)))
    )
    return ReviewSection(
        "Appel de la cellule", facts, (ReviewTable(("Appel", "Rôle", "Personnes", "Première réponse"), rows),)
    )


def _services(one: Lived) -> ReviewSection | None:
    changes = played_history(one.activation.pk)
    needs = one.activation.plan_version.document.services
    rows = [
        row
        for service in services()
        if (row := _service_row(service, changes, one, needs.get(service.key))) is not None
    ]
    if not rows:
        return None
    beyond = sum(bool(row[-1]) for row in rows)
    facts = (
        ("Services touchés", str(len(rows))),
        ("Services arrêtés au-delà de leur DMIA", str(beyond)),
    )
    header = ("Service", "Adapté", "Réduit", "Arrêté", "Délai visé / DMIA", "Au-delà de la DMIA")
    note = "Modes demandés par ce niveau seul\u00a0; d’autres décisions ont pu s’y ajouter."
    return ReviewSection("Services", facts, (ReviewTable(header, tuple(rows)),), note=note)


def _service_row(
    service: Service, changes: Sequence[ModeChange], one: Lived, needs: ServiceNeeds | None
) -> tuple[str, ...] | None:
    """How long a service was in each state, and for how long it was stopped beyond what the plan tolerates."""
    mine = [change for change in changes if change.service == service.key]
    if not mine:
        return None
    spans, longest = service_times(service, mine, place=one.place, since=one.since, until=one.until)
    rto = (needs and needs.rto_hours) or service.rto_hours
    mtpd = (needs and needs.mtpd_hours) or service.mtpd_hours
    beyond = max(timedelta(), longest - timedelta(hours=mtpd))
    asked = [spans.get(state, timedelta()) for state in (State.ADAPTED, State.REDUCED, State.STOPPED)]
    words = [said_duration(value) if value else "–" for value in asked]
    return (
        str(service.name),
        *words,
        f"{rto}\u00a0h / {mtpd}\u00a0h",
        said_duration(beyond) if beyond else "",
    )


def service_times(
    service: Service, changes: Sequence[ModeChange], *, place: Place, since: datetime, until: datetime
) -> tuple[dict[State, timedelta], timedelta]:
    """How long a service spent in each state over a period, and its longest stop without a break. Pure."""
    moments = sorted({since, until, *(c.effective_at for c in changes if since < c.effective_at < until)})
    spans: dict[State, timedelta] = defaultdict(timedelta)
    longest = running = timedelta()
    for begin, end in pairwise(moments):
        answer = merge(service, place, in_force(changes, at=begin, known_at=until), at=begin, known_at=until)
        spans[answer.state] += end - begin
        running = running + (end - begin) if answer.state == State.STOPPED else timedelta()
        longest = max(longest, running)
    return dict(spans), longest


def _staff(one: Lived) -> ReviewSection | None:
    if not one.staff:
        return None
    rows = tuple(
        (
            f"{fact.level} – {fact.service_label}",
            str(fact.needed),
            str(len(fact.present)),
            str(sum(value < fact.needed for value in fact.present)),
            _range(fact.present),
        )
        for fact in one.staff
    )
    never = sum(fact.never_met for fact in one.staff)
    facts = (("Minimums jamais tenus", str(never)),)
    header = ("Niveau et service", "Minimum", "Jours comptés", "Jours en dessous", "Présents")
    return ReviewSection("Effectifs", facts, (ReviewTable(header, rows),))


def _range(present: Sequence[int]) -> str:
    if not present:
        return "non renseigné"
    low, high = min(present), max(present)
    return str(low) if low == high else f"{low} à {high}"


def _figures(one: Lived) -> ReviewSection | None:
    """Each figure from the first to the last day, with its curve. One query."""
    first, last = timezone.localdate(one.since), timezone.localdate(one.until)
    rows = FigureSnapshot.objects.filter(day__gte=first, day__lte=last).order_by("day")
    by_key: dict[str, list[tuple[date, Decimal]]] = defaultdict(list)
    for key, day, value in rows.values_list("key", "day", "value"):
        if value is not None:
            by_key[key].append((day, value))
    known = [(figure, by_key[figure.key]) for figure in figures() if len(by_key.get(figure.key, ())) > 1]
    if not known:
        return None
    lines = tuple(
        (
            str(figure.label),
            number_words(points[0][1]),
            number_words(min(value for _day, value in points)),
            number_words(max(value for _day, value in points)),
            number_words(points[-1][1]),
        )
        for figure, points in known
    )
    curves = tuple(
        (str(figure.label), tuple(float(value) for _day, value in points)) for figure, points in known
    )
    header = ("Chiffre", "Au début", "Le plus bas", "Le plus haut", "À la fin")
    return ReviewSection("Chiffres", (), (ReviewTable(header, lines),), curves)


def _exercise(one: Lived) -> ReviewSection | None:
    """What was announced and how soon it was answered; what observers noted."""
    exercise = Exercise.objects.filter(activation=one.activation).first()
    if exercise is None:
        return None
    injects, notes = list(exercise.injects.all()), list(exercise.observations.all())
    played = [row for row in injects if row.played_at]
    timed = [row for row in played if row.within_minutes]
    met = [row for row in timed if _met(row)]
    facts = (
        ("Exercice", f"n°\u00a0{exercise.number} – {exercise.title}"),
        ("Animateur", exercise.animator_name),
        ("Objectifs", exercise.objectives),
        ("Événements annoncés", f"{len(played)} sur {len(injects)}"),
        ("Réactions dans le temps visé", f"{len(met)} sur {len(timed)}" if timed else "–"),
        ("Arrêté par une crise réelle", "oui" if exercise.is_stopped_for_real else "non"),
    )
    tables = []
    if played:
        header = ("T+", "Événement", "Réaction attendue", "Visé", "Mesuré")
        tables.append(ReviewTable(header, tuple(_inject_row(row) for row in played), "Événements"))
    if notes:
        lines = tuple((said(n.noted_at), n.get_kind_display(), n.text, n.author_name) for n in notes)
        tables.append(ReviewTable(("Heure", "Nature", "Constat", "Observateur"), lines, "Observations"))
    return ReviewSection("Déroulement de l’exercice", facts, tuple(tables))


def _met(row: Inject) -> bool:
    if not (row.answered_at and row.played_at and row.within_minutes):
        return False
    return row.answered_at - row.played_at <= timedelta(minutes=row.within_minutes)


def _inject_row(row: Inject) -> tuple[str, ...]:
    reacted = row.answered_at - row.played_at if row.answered_at and row.played_at else None
    measured = said_duration(reacted) if reacted is not None else "pas de réaction"
    return (
        f"{row.offset_minutes}\u00a0min",
        row.text,
        row.expected,
        f"{row.within_minutes}\u00a0min" if row.within_minutes else "",
        measured if row.expected or row.within_minutes else "",
    )


def said(value: datetime) -> str:
    return typography.short_moment(timezone.localtime(value), language=LANGUAGE)


def role_words(role: str) -> str:
    return str(CellRole(role).label) if role in CellRole.values else (role or "–")
