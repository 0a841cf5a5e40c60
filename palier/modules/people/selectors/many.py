"""What would become of many persons or markers: the plans of bulk actions. Sealed persons are in none."""

from datetime import date

from django.db.models import Case, F, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Cast, Concat, NullIf, Trim
from django.db.models.functions.comparison import Coalesce

from palier.kernel.access import Actor
from palier.kernel.bulk import planned, with_state
from palier.modules.people.enums import Language, MarkerNature
from palier.modules.people.models import Person, VulnerabilityMarker
from palier.modules.people.permissions import Permission

CLOSED = "closed"


def _name(prefix: str = "") -> Coalesce:
    """As lists name people: a person by surname and given names, a company by its legal name."""
    person = Trim(
        Concat(F(f"{prefix}family_name"), Value(" "), F(f"{prefix}given_names"), output_field=TextField())
    )
    return Coalesce(NullIf(person, Value("")), F(f"{prefix}legal_name"), output_field=TextField())


def language_plan(*, language: str, by: Actor) -> QuerySet:
    """Persons who would be addressed in a language."""
    now = Case(
        *(When(language=code, then=Value(str(label))) for code, label in Language.choices),
        default=Value(""), output_field=TextField(),
    )  # fmt: skip
    return planned(Person.objects.visible_to(by), label=_name(), now=now, unchanged=Q(language=language))


def language_states() -> QuerySet:
    return with_state(Person.objects.in_clear(), language="language")


def _markers(by: Actor) -> QuerySet[VulnerabilityMarker]:
    if not by.may(Permission.MARKER_VIEW):
        return VulnerabilityMarker.objects.none()
    return VulnerabilityMarker.objects.filter(person__in=Person.objects.visible_to(by))


def _marker_label() -> Concat:
    nature = Case(
        *(When(nature=code, then=Value(str(label))) for code, label in MarkerNature.choices),
        default=Value(""), output_field=TextField(),
    )  # fmt: skip
    return Concat(_name("person__"), Value(" – "), nature, output_field=TextField())


def prolong_plan(*, review_on: date, by: Actor, on: date) -> QuerySet:
    """Markers that would be said to be still true, until a next review."""
    return planned(
        _markers(by), label=_marker_label(), refused={CLOSED: Q(closed_at__isnull=False)},
        unchanged=Q(review_on=review_on, reviewed_on=on),
    )  # fmt: skip


def close_plan(*, by: Actor) -> QuerySet:
    """Markers that would be said to be no longer true."""
    return planned(_markers(by), label=_marker_label(), unchanged=Q(closed_at__isnull=False))


def marker_states() -> QuerySet:
    return with_state(
        VulnerabilityMarker.objects.filter(person__sealed_at__isnull=True), review=Cast("review_on", TextField()),
        reviewed=Cast("reviewed_on", TextField()), reviewer="reviewed_by", closed=Cast("closed_at", TextField()),
    )  # fmt: skip
