"""Words stored by imports, and the table of a batch's life."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class BatchState(models.TextChoices):
    RECEIVED = "received", _("Received")
    CHECKING = "checking", _("Being checked")
    CHECKED = "checked", _("Checked")
    APPLYING = "applying", _("Being applied")
    STOPPED = "stopped", _("Stopped on the way")
    APPLIED = "applied", _("Applied")
    ROLLING_BACK = "rolling_back", _("Being undone")
    ROLLED_BACK = "rolled_back", _("Undone")
    DISCARDED = "discarded", _("Discarded")


class BatchAction(models.TextChoices):
    CHECK = "check", _("Check")
    SHOW = "show", _("End the check")
    APPLY = "apply", _("Apply")
    STOP = "stop", _("Stop")
    RESUME = "resume", _("Resume")
    FINISH = "finish", _("Finish")
    ROLL_BACK = "roll_back", _("Undo")
    FINISH_ROLL_BACK = "finish_roll_back", _("End the undoing")
    DISCARD = "discard", _("Discard")


class Coverage(models.TextChoices):
    FULL = "full", _("Full: what is not in the file has ended")
    PARTIAL = "partial", _("Partial: what is not in the file does not change")


class Severity(models.TextChoices):
    ERROR = "error", _("To mend")
    WARNING = "warning", _("To look at")


class UndoVerdict(models.TextChoices):
    """What becomes of a row when the file that wrote it is undone."""

    FREE = "free", _("Goes back")
    CHANGED = "changed", _("Stays: somebody changed it since")
    LATER = "later", _("Stays: a later file wrote it")
    IN_USE = "in_use", _("Stays: something stands on it")
    MISSING = "missing", _("Is no more")
