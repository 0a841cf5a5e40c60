"""What social support counts: people accompanied, never whom."""

from datetime import datetime

from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from palier.kernel.figures.registry import figure
from palier.modules.support.enums import FileState
from palier.modules.support.models import SupportFile
from palier.modules.support.models.files import FOLLOWED


@figure(key="support.accompanied", label=_("People accompanied"), about="persons", order=260)
def accompanied(*, at: datetime) -> int:
    return SupportFile.objects.in_clear().filter(state__in=FOLLOWED).count()


@figure(key="support.waiting", label=_("Accompaniments waiting for an agreement"), about="persons", order=261)
def waiting(*, at: datetime) -> int:
    return SupportFile.objects.in_clear().filter(state=FileState.PROPOSED).count()


@figure(
    key="support.late-reviews",
    label=_("Reviews of accompaniment overdue"),
    about="things",
    order=262,
    better="down",
)
def late_reviews(*, at: datetime) -> int:
    return SupportFile.objects.in_clear().filter(state=FileState.ACTIVE, review_on__lt=localdate(at)).count()
