"""The decision as a document: what the director signs, with its mandatory mentions."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import translation

from palier.kernel.access import Actor
from palier.kernel.documents import services as documents
from palier.kernel.documents.models import Document
from palier.kernel.ui import typography
from palier.modules.continuity.enums import NoticeChannel, StepKind
from palier.modules.continuity.models import ActivationStep, Task
from palier.modules.continuity.permissions import Permission
from palier.modules.continuity.rules.plan_document import LevelDocument
from palier.modules.continuity.selectors.measures import measures_of
from palier.modules.continuity.selectors.notices import language_label
from palier.modules.continuity.services.telling import house_language, said_moment, said_short_moment

DECISION_KIND = "activation-decision"
#: Documents are in French: they are acts of a French body, whatever language the screens speak.
LANGUAGE = "fr"

TITLES = {
    StepKind.ACTIVATE: "Décision d’activation du plan de continuité",
    StepKind.CHANGE: "Décision de changement de niveau",
    StepKind.EXTEND: "Décision de prolongation",
    StepKind.LIFT: "Décision de levée",
}


@transaction.atomic
def produce_decision(*, step_id: UUID, by: Actor, at: datetime) -> Document:
    """Produce and keep the decision of one step, once.

    Legal: mentions of a decision of activation (author, capacity, date and time, level, perimeter, measures,
    end or review date); for an office, name, first name and capacity of the author (CRPA art. L212-1).
    """
    step = ActivationStep.objects.select_related("activation__plan", "plan_version").get(pk=step_id)
    with translation.override(LANGUAGE):
        return documents.produce(
            template="continuity/decision.typ",
            data={"decision": decision_data(step)},
            title=_title(step),
            by=by,
            at=at,
            kind=DECISION_KIND,
            about=step.activation,
            permission=Permission.ACTIVATION_VIEW,
            key=f"decision:{step.pk}",
            retention_class="crisis-decision",
            paper={
                "subtitle": f"n° {step.activation.reference}, acte {step.number}",
                "classification": "Document interne",
                "watermark": "EXERCICE" if step.activation.exercise else "",
            },
        )


def decision_data(step: ActivationStep) -> dict[str, Any]:
    """What the decision says, in French, from the step alone: nothing of it can change afterwards."""
    activation, lifted = step.activation, step.kind == StepKind.LIFT
    level = None if lifted else step.plan_version.document.levels.get(step.level)
    return {
        "exercise": activation.exercise,
        "plan": f"{activation.plan.name} (version {step.plan_version.number})",
        "level": _level_words(step, level),
        "scope": activation.scope_label,
        "decided_by": step.decided_by_name,
        "capacity": step.decided_by_capacity,
        "decided_at": said_moment(step.decided_at),
        "effective_at": said_moment(step.effective_at),
        "recorded_at": said_moment(step.recorded_at),
        "lifted": lifted,
        "until": _until(step, lifted),
        "reason": step.reason,
        "legal_basis": activation.legal_basis or step.plan_version.document.legal_basis,
        "measures": measures_of(level),
        "tasks": _tasks(step),
        "notices": _notices(level),
    }


def _title(step: ActivationStep) -> str:
    return TITLES[StepKind(step.kind)]


def _level_words(step: ActivationStep, level: LevelDocument | None) -> str:
    if level is None:
        return f"Fin du niveau {step.former_level or step.level}"
    differs = step.former_level and step.former_level != step.level
    former = f" (auparavant\u00a0: niveau {step.former_level})" if differs else ""
    return f"{level.code} – {level.name}{former}"


def _until(step: ActivationStep, lifted: bool) -> str:
    if lifted:
        return said_moment(step.effective_at)
    return typography.day(step.review_on, language=house_language()) if step.review_on else ""


def _tasks(step: ActivationStep) -> list[dict[str, str]]:
    rows = Task.objects.filter(step=step).order_by("due_at", "id")
    return [
        {
            "due": said_short_moment(row.due_at) if row.due_at else "",
            "title": row.title,
            "role": row.get_role_display(),
        }
        for row in rows
    ]


def _notices(level: LevelDocument | None) -> list[str]:
    if level is None:
        return []
    return [
        f"{NoticeChannel(channel).label} ({language_label(language)})"
        for language, notice in level.notices.items()
        for channel in notice.channels
    ]
