"""What the board and the reports count of people. Sealed persons count; nobody is told from a number."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from palier.kernel.figures import figure
from palier.modules.people.models import VulnerabilityMarker
from palier.modules.people.selectors.occupancy import people_in


@figure(key="people.persons-housed", label=_("People housed"), unit=_("people"), about="persons", order=20)
def persons_housed(*, at: datetime) -> int:
    return people_in(on=timezone.localdate(at)).persons


@figure(key="people.households", label=_("Households"), unit=_("households"), about="persons", order=21)
def households(*, at: datetime) -> int:
    return people_in(on=timezone.localdate(at)).households


@figure(
    key="people.marked-vulnerable",
    label=_("People with a vulnerability marker"),
    unit=_("people"),
    about="persons",
    order=22,
)
def marked_vulnerable(*, at: datetime) -> int:
    markers = VulnerabilityMarker.objects.in_force(timezone.localdate(at))
    return markers.values("person").distinct().count()


@figure(
    key="people.markers-to-review", label=_("Markers to review"), unit=_("markers"), about="things", order=23
)
def markers_due(*, at: datetime) -> int:
    return VulnerabilityMarker.objects.to_review(timezone.localdate(at)).count()
