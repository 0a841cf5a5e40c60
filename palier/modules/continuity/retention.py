"""How long continuity keeps what was typed in the crisis log, in exercises and in reviews, and why."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from palier.kernel.retention import (
    Action,
    Chunk,
    Holds,
    LegalBasis,
    Rows,
    name_tables,
    processing,
    retention_class,
)
from palier.modules.continuity.enums import ExerciseState, LogCategory
from palier.modules.continuity.models import (
    AfterActionReview,
    Exercise,
    Inject,
    LogEntry,
    Observation,
    ReviewComment,
    ReviewProposal,
)
from palier.modules.continuity.services.log import erase_text


@retention_class(
    key="continuity.log-text",
    label=_("Texts of the crisis log"),
    trigger=_("Day of the entry"),
    months=60,
    least=12,
    most=120,
    source=_("Domain usage: five years; Civil code, art. 2224"),
    action=Action.ANONYMISE,
    purpose=_("Account for what was decided in a crisis"),
    order=40,
)
class LogTexts(Rows):
    """The text and its salt go; the entry, its date and its place in the chain stay, and an entry says so."""

    model = LogEntry
    since = "recorded_at"
    chunk_rows = 200
    lockable = False

    def rows(self) -> QuerySet[LogEntry]:
        return LogEntry.objects.filter(text__isnull=False).exclude(category=LogCategory.REDACTION)

    def due(self, *, before: datetime) -> QuerySet[LogEntry]:
        return self.rows().filter(recorded_at__lt=before)

    def held(self, holds: Holds) -> Q:
        entries = Q(pk__in=holds.ids("continuity_log_entry"))
        return entries | Q(activation__in=holds.ids("continuity_activation"))

    def describe(self, row: Any) -> str:
        return f"n° {row.seq}"

    def apply(self, chunk: Chunk) -> None:
        with translation.override(settings.LANGUAGE_CODE):
            reason = gettext("end of the time for which the texts of the log are kept")
        found = LogEntry.objects.filter(pk__in=chunk.ids).order_by("seq").values_list("seq", flat=True)
        for seq in found:
            erase_text(seq=seq, reason=reason, author=chunk.by, at=chunk.at)
            chunk.counts["continuity_log_entry"] += 1


@retention_class(
    key="continuity.exercise",
    label=_("Exercises: script, events, what observers noted"),
    trigger=_("End of the exercise; day of its preparation when it was given up"),
    months=60,
    least=12,
    most=120,
    source=_("Domain usage: five years, as the crisis log"),
    purpose=_("Show that the plan was rehearsed, and what came of it"),
    order=41,
)
class PastExercises(Rows):
    """Exercises that are over. Their level and its log stay, each for its own time; one to come is nobody's past."""

    model = Exercise
    since = "over_at"
    chunk_rows = 100

    def rows(self) -> QuerySet[Any]:
        over = (ExerciseState.ENDED, ExerciseState.ASSESSED, ExerciseState.CANCELLED)
        return Exercise.objects.filter(state__in=over).annotate(over_at=Coalesce("ended_at", "created_at"))

    def held(self, holds: Holds) -> Q:
        return Q(pk__in=holds.ids("continuity_exercise")) | Q(
            activation__in=holds.ids("continuity_activation")
        )

    def describe(self, row: Any) -> str:
        return f"n° {row.number}"

    def apply(self, chunk: Chunk) -> None:
        chunk.delete(Inject.objects.filter(exercise__in=chunk.ids))
        chunk.delete(Observation.objects.filter(exercise__in=chunk.ids))
        chunk.delete_own(Exercise)


@retention_class(
    key="continuity.review",
    label=_("After-action reviews: facts, comments, proposals"),
    trigger=_("Adoption of the review; day of its draft when it was never adopted"),
    months=60,
    least=12,
    most=120,
    source=_("Domain usage: five years, as the crisis log"),
    purpose=_("Learn from a crisis or an exercise, and amend the plan"),
    order=42,
)
class PastReviews(Rows):
    """What was learnt is in the plan by then; the PDF that was adopted has a time of its own."""

    model = AfterActionReview
    since = "written_at"
    chunk_rows = 100

    def rows(self) -> QuerySet[Any]:
        return AfterActionReview.objects.annotate(written_at=Coalesce("adopted_at", "drafted_at"))

    def held(self, holds: Holds) -> Q:
        return Q(pk__in=holds.ids("continuity_review")) | Q(activation__in=holds.ids("continuity_activation"))

    def describe(self, row: Any) -> str:
        return f"n° {row.number}"

    def apply(self, chunk: Chunk) -> None:
        chunk.delete(ReviewComment.objects.filter(review__in=chunk.ids))
        chunk.delete(ReviewProposal.objects.filter(review__in=chunk.ids))
        chunk.delete_own(AfterActionReview)


processing(
    key="continuity.crisis",
    label=_("Crisis management"),
    purpose=_("Decide, act and account for it when services are disrupted"),
    basis=LegalBasis.LEGITIMATE_INTEREST,
    persons=_("Agents; persons whom an entry of the log may name"),
    data=_("Entries of the crisis log, decisions, tasks, attendance at the crisis cell, exercises, reviews"),
    recipients=_("Crisis cell; authorities, on a printed situation report"),
    retention=("continuity.log-text", "continuity.exercise", "continuity.review"),
    measures=_("Chained log, texts that can be redacted, sealed persons in no text"),
    app="palier.modules.continuity",
    order=40,
)

name_tables(
    {
        "continuity_log_entry": _("texts of the crisis log"),
        "continuity_texts": _("texts of the crisis cell"),
        "continuity_exercise": _("exercises"),
        "continuity_inject": _("events of exercises"),
        "continuity_observation": _("notes of observers"),
        "continuity_review": _("after-action reviews"),
        "continuity_review_comment": _("comments of reviews"),
        "continuity_review_proposal": _("proposals of reviews"),
        "continuity_frozen_reports": _("situation reports"),
    }
)
