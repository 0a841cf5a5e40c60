"""Segments: the four usual ones made at first use, and changes kept only once their effect was seen."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.errors import DomainError, NotFound
from palier.modules.outreach.models import Segment
from palier.modules.outreach.permissions import Permission
from palier.modules.outreach.rules.criteria import Criteria, CriteriaRefused, read_criteria
from palier.modules.outreach.selectors.candidates import Change, Scope, SegmentQuery, compare

DEFAULTS: tuple[dict[str, Any], ...] = (
    {
        "code": "A",
        "name": _("Seniors alone, loss of autonomy, earlier alert"),
        "weight": 100,
        "cadence_days": 7,
        "groups": [
            [{"input": "age", "at_least": 75}, {"input": "lives_alone"}],
            [{"input": "markers", "among": ["needs_help_to_leave", "stays_indoors", "home_help"]}],
            [{"input": "former_alert"}],
        ],
    },
    {
        "code": "B",
        "name": _("Seniors of 65 to 74 alone, couples of 75 and over"),
        "weight": 70,
        "cadence_days": 14,
        "groups": [
            [{"input": "age", "at_least": 65, "at_most": 74}, {"input": "lives_alone"}],
            [{"input": "age", "at_least": 75}, {"input": "household_size", "at_least": 2, "at_most": 2}],
        ],
    },
    {
        "code": "D",
        "name": _("At their request, or reported by an agent"),
        "weight": 60,
        "cadence_days": 14,
        "groups": [[{"input": "asked"}], [{"input": "reported"}], [{"input": "followed"}]],
    },
    {
        "code": "C",
        "name": _("Single parents in arrears, loss of income, students alone"),
        "weight": 50,
        "cadence_days": None,
        "groups": [
            [{"input": "single_parent"}, {"input": "in_arrears"}],
            [{"input": "markers", "among": ["income_loss", "student_alone"]}],
        ],
    },
)
"""Usage of landlords in spring 2020 (domain dossier § 2.1): a starting point that each organisation changes, after
its own impact assessment (RGPD art. 35)."""


class SegmentUnknown(NotFound):
    code = "outreach.segment-unknown"
    message = _("This segment does not exist, or no longer does.")


class QueryRefused(DomainError):
    code = "outreach.query-refused"
    message = _("This query cannot be kept. {why}")


class PreviewOutdated(DomainError):
    code = "outreach.preview-outdated"
    message = _("The numbers have changed since you looked: here is what the change would do now.")
    status = 409


class SegmentChangedMeanwhile(DomainError):
    code = "outreach.segment-changed-meanwhile"
    message = _("{name} changed this segment on {moment}. Look at it again before changing it.")


@transaction.atomic
def ensure_segments(*, by_name: str, at: datetime) -> list[Segment]:
    """Return the segments of the organisation, making the usual ones where there is none yet. Safe to run twice."""
    if not Segment.objects.exists():
        Segment.objects.bulk_create(
            [
                Segment(
                    code=one["code"],
                    name=str(one["name"]),
                    criteria={"any": [{"all": group} for group in one["groups"]]},
                    weight=one["weight"],
                    cadence_days=one["cadence_days"],
                    position=place,
                    changed_at=at,
                    changed_by=by_name,
                )
                for place, one in enumerate(DEFAULTS)
            ],
            ignore_conflicts=True,
        )
    return list(Segment.objects.order_by("position", "code"))


def checked_criteria(document: Any, *, code: str) -> Criteria:
    """Read a query that somebody wrote. Raises: QueryRefused."""
    try:
        return read_criteria(document, segment=code)
    except CriteriaRefused as refused:
        raise QueryRefused(why=str(refused)) from refused


def effect_of_change(
    *, segment_id: UUID, criteria: Any, weight: int, cadence_days: int | None, is_active: bool, at: datetime
) -> Change:
    """Say who would enter and leave a segment, before anything is kept. Raises: SegmentUnknown, QueryRefused."""
    segment = Segment.objects.filter(pk=segment_id).first()
    if segment is None:
        raise SegmentUnknown
    read = checked_criteria(criteria, code=segment.code)
    before = [SegmentQuery.of(one) for one in Segment.objects.filter(is_active=True)]
    after = [one for one in before if one.code != segment.code]
    if is_active:
        after.append(SegmentQuery(segment.code, read, weight, cadence_days))
    return compare(before, after, code=segment.code, scope=Scope(at))


@transaction.atomic
def change_segment(
    *, segment_id: UUID, values: Mapping[str, Any], fingerprint: str, version: int, by: Actor, at: datetime
) -> Segment:
    """Keep a change whose effect was shown. Campaigns already built keep the segment as it was.

    `values`: name, criteria, weight, cadence_days, is_active. `fingerprint` is that of the effect shown.
    Raises: SegmentUnknown, QueryRefused, PreviewOutdated, SegmentChangedMeanwhile, NotAllowed.
    """
    by.must(Permission.SEGMENT_MANAGE)
    segment = Segment.objects.select_for_update(of=("self",)).filter(pk=segment_id).first()
    if segment is None:
        raise SegmentUnknown
    if segment.version != version:
        raise SegmentChangedMeanwhile(name=segment.changed_by, moment=f"{segment.changed_at:%d/%m/%Y %H:%M}")
    asked = {key: values[key] for key in ("criteria", "weight", "cadence_days", "is_active")}
    effect = effect_of_change(segment_id=segment_id, at=at, **asked)
    if effect.fingerprint != fingerprint:
        raise PreviewOutdated
    segment.criteria = checked_criteria(values["criteria"], code=segment.code).as_json()
    segment.name, segment.weight = values["name"], values["weight"]
    segment.cadence_days, segment.is_active = values["cadence_days"], values["is_active"]
    segment.version, segment.changed_at, segment.changed_by = segment.version + 1, at, by.name
    segment.full_clean(exclude=["id"])
    segment.save()
    journal.record(
        "outreach.segment.change",
        by=by,
        at=at,
        subject=segment,
        version=segment.version,
        entering=effect.entering,
        leaving=effect.leaving + effect.caught,
    )
    return segment


@transaction.atomic
def create_segment(
    *, code: str, name: str, criteria: Any, weight: int, cadence_days: int | None, by: Actor, at: datetime
) -> Segment:
    """Add a segment, inactive: it is put to use by a change whose effect is shown. Raises: QueryRefused, NotAllowed."""
    by.must(Permission.SEGMENT_MANAGE)
    segment = Segment(
        code=code.strip().upper(),
        name=name.strip(),
        criteria=checked_criteria(criteria, code=code.strip().upper()).as_json(),
        weight=weight,
        cadence_days=cadence_days,
        position=100,
        is_active=False,
        changed_at=at,
        changed_by=by.name,
    )
    _refuse_same_code(segment)
    segment.full_clean(exclude=["id"])
    segment.save(force_insert=True)
    journal.record("outreach.segment.create", by=by, at=at, subject=segment, code=segment.code)
    return segment


class CodeTaken(DomainError):
    code = "outreach.segment-code-taken"
    message = _("Another segment has the code “{segment}”. Choose another one.")


def _refuse_same_code(segment: Segment) -> None:
    if Segment.objects.filter(code=segment.code).exists():
        raise CodeTaken(segment=segment.code)
