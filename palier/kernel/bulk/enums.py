"""Words stored by bulk actions."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class RunState(models.TextChoices):
    """Where a run stands. A draft has a selection and nothing done; it disappears after a day."""

    DRAFT = "draft", pgettext_lazy("bulk run", "Being prepared")
    APPLYING = "applying", pgettext_lazy("bulk run", "Under way")
    STOPPED = "stopped", pgettext_lazy("bulk run", "Stopped on the way")
    DONE = "done", pgettext_lazy("bulk run", "Done")


class RunAction(models.TextChoices):
    CONFIRM = "confirm", pgettext_lazy("bulk run", "Confirm")
    STOP = "stop", pgettext_lazy("bulk run", "Stop")
    RESUME = "resume", pgettext_lazy("bulk run", "Go on")
    FINISH = "finish", pgettext_lazy("bulk run", "Finish")


class Outcome(models.TextChoices):
    """What became of one row of a run."""

    PENDING = "pending", pgettext_lazy("bulk row", "To do")
    APPLIED = "applied", pgettext_lazy("bulk row", "Done")
    UNCHANGED = "unchanged", pgettext_lazy("bulk row", "Already so")
    REFUSED = "refused", pgettext_lazy("bulk row", "Left as it was")


GONE = "gone"
CHANGED_SINCE = "changed-since"
REASONS = {
    GONE: _("No longer there, or no longer yours to change"),
    CHANGED_SINCE: _("Changed since by somebody: left as it is now"),
}
"""Reasons that every action shares, beside those that it declares."""
