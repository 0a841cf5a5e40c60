"""What continuity forgets when a person is sealed: texts of the crisis log, with their salt, and other free texts."""

from django.utils.translation import gettext

from palier.kernel.keys import SealedSubject, erase_texts, scrubs
from palier.modules.continuity.models import LogEntry
from palier.modules.continuity.services.log import erase_text

# Free texts that anybody of the cell may have written; names of agents and of places are not among them.
TEXTS = {
    "continuity_meeting": ("agenda", "minutes"),
    "continuity_cell_decision": ("text", "outcome"),
    "continuity_situation_report": ("highlights", "decisions", "needs", "next_steps"),
    "continuity_task": ("outcome",),
    "continuity_activation": ("reason", "lessons"),
    "continuity_activation_step": ("reason",),
    "continuity_call_out": ("reason",),
}


@scrubs("continuity_log_entry")
def forget_in_log(subject: SealedSubject) -> int:
    """Redact each entry that names her: an entry that says so, then text and salt erased. The chain stays whole."""
    texts = LogEntry.objects.exclude(text=None).order_by("seq").values_list("seq", "text")
    named = [seq for seq, text in texts.iterator(chunk_size=2000) if subject.mentions(text)]
    for seq in named:
        erase_text(seq=seq, reason=gettext("protection of a person"), author=subject.by, at=subject.at)
    return len(named)


@scrubs("continuity_texts")
def forget_in_texts(subject: SealedSubject) -> int:
    return sum(erase_texts(subject, table, *columns) for table, columns in TEXTS.items())
