"""What continuity forgets when a person is sealed: texts of the crisis log, with their salt, and other free texts.

Rows stay, with their states and dates: only what names her is erased, in place.
"""

from typing import Any

from django.utils.translation import gettext

from palier.kernel.keys import ERASED, SealedSubject, erase_texts, scrubs
from palier.modules.continuity.models import AfterActionReview, LogEntry, ReviewProposal, SituationReport
from palier.modules.continuity.services.log import erase_text
from palier.modules.continuity.services.telling import in_house_language

# Free texts that anybody of the cell may have written.
TEXTS = {
    "continuity_task": ("title", "instructions", "owner_name", "outcome", "scope_label"),
    "continuity_cell_decision": ("text", "decided_by_name", "owner_name", "outcome"),
    "continuity_meeting": ("where", "agenda", "attendance", "minutes"),
    "continuity_call_out": ("reason",),
    "continuity_situation_report": ("highlights", "decisions", "needs", "next_steps"),
    "continuity_activation": ("reason", "legal_basis", "lessons"),
    "continuity_activation_step": ("reason",),
    "continuity_mode_override": ("reason", "lifted_reason"),
    "continuity_notice": ("title", "text"),
    "continuity_exercise": ("title", "objectives", "conclusion"),
    "continuity_inject": ("text", "expected"),
    "continuity_observation": ("text",),
    "continuity_review": ("conclusion",),
    "continuity_review_comment": ("text",),
    "continuity_review_proposal": ("reason",),
}


@scrubs("continuity_log_entry")
def forget_in_log(subject: SealedSubject) -> int:
    """Redact each entry that names her, in its text or beside it: an entry says so, and the chain stays whole."""
    with in_house_language():
        reason = gettext("protection of a person")
    entries = LogEntry.objects.exclude(salt=None).order_by("seq")
    named = [one.seq for one in entries.iterator(chunk_size=2000) if any(map(subject.mentions, one.texts))]
    for seq in named:
        erase_text(seq=seq, reason=reason, author=subject.by, at=subject.at)
    return len(named)


@scrubs("continuity_texts")
def forget_in_texts(subject: SealedSubject) -> int:
    return sum(erase_texts(subject, table, *columns) for table, columns in TEXTS.items())


@scrubs("continuity_frozen_reports")
def forget_in_frozen_reports(subject: SealedSubject) -> int:
    """Replace the strings of a frozen report that name her; its numbers and its chain head stay."""
    changed = 0
    for report in SituationReport.objects.select_for_update().exclude(frozen={}):
        kept = _without(report.frozen, subject)
        if kept != report.frozen:
            report.frozen = kept
            report.save(update_fields=["frozen"])
            changed += 1
    return changed


@scrubs("continuity_frozen_reviews")
def forget_in_reviews(subject: SealedSubject) -> int:
    """Replace the frozen facts of a review that name her, and what a proposal quotes of them."""
    changed = 0
    for review in AfterActionReview.objects.select_for_update().order_by("number"):
        kept = _without(review.facts, subject)
        if kept != review.facts:
            review.facts = kept
            review.save(update_fields=["facts"])
            changed += 1
    for proposal in ReviewProposal.objects.select_for_update().order_by("id"):
        before = [proposal.said, proposal.evidence, proposal.change]
        after = _without(before, subject)
        if after != before:
            proposal.said, proposal.evidence, proposal.change = after
            proposal.save(update_fields=["said", "evidence", "change"])
            changed += 1
    return changed


def _without(value: Any, subject: SealedSubject) -> Any:
    if isinstance(value, str):
        return ERASED if subject.mentions(value) else value
    if isinstance(value, dict):
        return {key: _without(one, subject) for key, one in value.items()}
    if isinstance(value, list):
        return [_without(one, subject) for one in value]
    return value
