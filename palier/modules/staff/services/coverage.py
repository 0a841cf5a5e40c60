"""Use cases that say who covers which residence."""

from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.errors import DomainError, NotFound
from palier.modules.staff.enums import CoverageRank
from palier.modules.staff.models import Agent, Coverage
from palier.modules.staff.permissions import Permission


class CoverageTaken(DomainError):
    code = "staff.coverage-taken"
    message = _(
        "{name} already covers this residence in this role on some of these days. "
        "End that coverage first, or add the agent as a second or a deputy."
    )


class CoverageEndsTooEarly(DomainError):
    code = "staff.coverage-ends-too-early"
    message = _("The last day comes before the first one. Correct one of the two dates.")


@transaction.atomic
def assign(
    *,
    agent_id: UUID,
    residence_id: UUID,
    role: str,
    rank: str,
    start_on: date,
    end_on: date | None,
    by: Actor,
    at: datetime,
) -> Coverage:
    """Have an agent cover a residence in a role over a half-open period.

    Raises: NotAllowed, NotFound, CoverageEndsTooEarly, CoverageTaken.
    """
    by.must(Permission.COVERAGE_CHANGE)
    agent = Agent.objects.visible_to(by).at_work(start_on).filter(pk=agent_id).first()
    if agent is None:
        raise NotFound()
    if end_on is not None and end_on <= start_on:
        raise CoverageEndsTooEarly()
    _refuse_if_taken(agent, residence_id, role, rank, start_on, end_on)
    coverage = Coverage(
        agent=agent, residence_id=residence_id, role=role, rank=rank, start_on=start_on, end_on=end_on
    )
    try:
        with transaction.atomic():
            coverage.save(force_insert=True)
    except IntegrityError as race:
        # Another screen took the place between the check and the insert; the exclusion constraint held.
        raise CoverageTaken(name=agent.name) from race
    journal.record(
        "staff.coverage-assigned", by=by, at=at, subject=coverage, agent=str(agent), role=role, rank=rank
    )
    return coverage


@transaction.atomic
def end_coverage(*, coverage_id: UUID, end_on: date, by: Actor, at: datetime) -> Coverage | None:
    """End a coverage on a day (the first day no longer covered); one that never began is taken away.

    Raises: NotAllowed, NotFound.
    """
    by.must(Permission.COVERAGE_CHANGE)
    coverage = Coverage.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=coverage_id).first()
    if coverage is None:
        raise NotFound()
    journal.record("staff.coverage-ended", by=by, at=at, subject=coverage, end_on=end_on)
    if end_on <= coverage.start_on:
        coverage.delete()
        return None
    coverage.end_on = end_on
    coverage.save(update_fields=["end_on"])
    return coverage


def _refuse_if_taken(
    agent: Agent, residence_id: UUID, role: str, rank: str, start_on: date, end_on: date | None
) -> None:
    there = Coverage.objects.filter(residence_id=residence_id, role=role).exclude(end_on__lte=start_on)
    if end_on is not None:
        there = there.filter(start_on__lt=end_on)
    same = there.filter(agent=agent).select_related("agent").first()
    if same is None and rank == CoverageRank.HOLDER:
        same = there.filter(rank=CoverageRank.HOLDER).select_related("agent").first()
    if same is not None:
        raise CoverageTaken(name=same.agent.name)
