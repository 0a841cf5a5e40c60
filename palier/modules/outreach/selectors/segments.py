"""What the pages of segments show."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from palier.kernel.access import Actor
from palier.kernel.errors import NotFound
from palier.modules.outreach.models import Segment
from palier.modules.outreach.permissions import Permission
from palier.modules.outreach.rules.criteria import Criteria, read_criteria
from palier.modules.outreach.rules.reasons import sentence
from palier.modules.outreach.selectors.campaigns import marker_label, reasons_of
from palier.modules.outreach.selectors.candidates import (
    Sampled,
    Scope,
    SegmentQuery,
    Summary,
    sample,
    summary,
)


@dataclass(frozen=True)
class SegmentCard:
    """A segment with its query in words: any of the groups, each a list of phrases that must all hold."""

    id: UUID
    code: str
    name: str
    weight: int
    cadence_days: int | None
    is_active: bool
    version: int
    changed_at: datetime
    changed_by: str
    phrases: tuple[tuple[str, ...], ...]
    criteria: Criteria


def _card(one: Segment) -> SegmentCard:
    criteria = read_criteria(one.criteria, segment=one.code)
    return SegmentCard(
        one.pk,
        one.code,
        one.name,
        one.weight,
        one.cadence_days,
        one.is_active,
        one.version,
        one.changed_at,
        one.changed_by,
        tuple(tuple(group) for group in sentence(criteria, marker_label=marker_label)),
        criteria,
    )


def segment_cards(*, actor: Actor) -> list[SegmentCard]:
    """Return every segment, the heaviest first. One query."""
    actor.must(Permission.CAMPAIGN_VIEW)
    return [_card(one) for one in Segment.objects.order_by("-is_active", "-weight", "code")]


def segment_card(*, segment_id: UUID, actor: Actor) -> SegmentCard:
    """Raises: NotFound."""
    actor.must(Permission.CAMPAIGN_VIEW)
    one = Segment.objects.filter(pk=segment_id).first()
    if one is None:
        raise NotFound
    return _card(one)


def phrases_of(criteria: Criteria) -> list[list[str]]:
    """Return a query in words."""
    return sentence(criteria, marker_label=marker_label)


@dataclass(frozen=True)
class Shown:
    """Somebody of a sample, with the reasons in words."""

    person_id: UUID
    name: str
    residence: str
    score: int
    reasons: tuple[str, ...]


def shown(rows: tuple[Sampled, ...] | list[Sampled]) -> list[Shown]:
    """Turn a sample into what a page shows."""
    return [Shown(r.person_id, r.name, r.residence, r.score, tuple(reasons_of(r.reasons))) for r in rows]


def who_matches(card: SegmentCard, *, at: datetime) -> tuple[Summary, list[Shown]]:
    """Return who matches one segment now, whatever the others take: numbers, and the ten most urgent."""
    query = SegmentQuery(card.code, card.criteria, card.weight, card.cadence_days)
    return summary([query], Scope(at)), shown(sample([query], Scope(at)))
