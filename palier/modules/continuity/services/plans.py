"""Writing a plan: imported from its file, submitted, approved, archived."""

import hashlib
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from palier.kernel.access import Actor
from palier.kernel.errors import DomainError
from palier.kernel.events import publish
from palier.kernel.modes import services
from palier.modules.continuity.enums import ApprovalBody, VersionAction, VersionState
from palier.modules.continuity.events import PlanApproved
from palier.modules.continuity.models import ContinuityPlan, PlanVersion
from palier.modules.continuity.permissions import Permission
from palier.modules.continuity.rules.plan_document import REVIEW_MONTHS, PlanDocument
from palier.modules.continuity.rules.plan_reading import Problem, read_plan
from palier.modules.continuity.rules.plan_writing import write_plan
from palier.modules.continuity.selectors.plans import VersionUnknown
from palier.modules.continuity.workflow.plans import PLAN_VERSION


class PlanRefused(DomainError):
    code = "continuity.plan-refused"
    message = _("The file has {count} errors. Mend them, then import it again.")

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(count=len(problems))
        self.problems = problems


class VersionInReview(DomainError):
    code = "continuity.version-in-review"
    message = _("A version of “{plan}” is in review. Approve it or return it to draft first.")


class ReviewTooFar(DomainError):
    code = "continuity.review-too-far"
    message = _("A plan is reviewed at least every {months} months: choose a date before {latest}.")


class ReviewNotAhead(DomainError):
    code = "continuity.review-not-ahead"
    message = _("The next review must come after {on}. Choose a later date.")


def checked_document(content: str | bytes) -> PlanDocument:
    """Read a plan and return it. Raises: PlanRefused, with every problem."""
    reading = read_plan(content, services())
    if reading.document is None:
        raise PlanRefused(reading.problems)
    return reading.document


@transaction.atomic
def import_plan(*, content: str | bytes, by: Actor, at: datetime, note: str = "") -> PlanVersion:
    """Make a file the draft of its plan; a file that says what the newest version says changes nothing.

    Raises: PlanRefused, VersionInReview, NotAllowed.
    """
    by.must(Permission.PLAN_WRITE)
    document = checked_document(content)
    text = content.decode("utf-8-sig") if isinstance(content, bytes) else content
    plan = _plan_for(document, at=at)
    written = plan.versions.select_for_update(of=("self",)).exclude(state=VersionState.ARCHIVED)
    newest = written.order_by("-number").first()
    if newest is not None and newest.document == document:
        return newest
    if newest is not None and newest.state == VersionState.IN_REVIEW:
        raise VersionInReview(plan=plan.name)
    if newest is not None and newest.state == VersionState.DRAFT:
        return _rewrite(newest, text=text, document=document, by=by, at=at, note=note)
    return _new_version(plan, text=text, document=document, by=by, at=at, note=note)


def _plan_for(document: PlanDocument, *, at: datetime) -> ContinuityPlan:
    plan, _created = ContinuityPlan.objects.select_for_update(of=("self",)).get_or_create(
        code=document.code,
        defaults={"name": document.name, "scenario": document.scenario, "created_at": at},
    )
    return plan


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _rewrite(
    version: PlanVersion, *, text: str, document: PlanDocument, by: Actor, at: datetime, note: str
) -> PlanVersion:
    version.text, version.sha256, version.language = text, _digest(text), document.language
    version.created_at, version.created_by_name, version.note = at, by.name, note
    version.save(update_fields=["text", "sha256", "language", "created_at", "created_by_name", "note"])
    return version


def _new_version(
    plan: ContinuityPlan, *, text: str, document: PlanDocument, by: Actor, at: datetime, note: str
) -> PlanVersion:
    last = plan.versions.order_by("-number").values_list("number", flat=True).first() or 0
    return PlanVersion.objects.create(
        plan=plan,
        number=last + 1,
        text=text,
        sha256=_digest(text),
        language=document.language,
        created_at=at,
        created_by_name=by.name,
        note=note,
    )


def _locked(version_id: UUID, by: Actor) -> PlanVersion:
    version = (
        PlanVersion.objects.visible_to(by)
        .select_related("plan")
        .select_for_update(of=("self",))
        .filter(pk=version_id)
        .first()
    )
    if version is None:
        raise VersionUnknown()
    return version


@transaction.atomic
def submit(*, version_id: UUID, by: Actor, at: datetime) -> PlanVersion:
    """Send a draft to review: its text no longer changes. Raises: TransitionRefused, NotAllowed."""
    version = _locked(version_id, by)
    PLAN_VERSION.move(version, VersionAction.SUBMIT, by=by, at=at)
    version.submitted_at, version.submitted_by_name = at, by.name
    version.save(update_fields=["state", "submitted_at", "submitted_by_name"])
    return version


@transaction.atomic
def return_to_draft(*, version_id: UUID, by: Actor, at: datetime, reason: str = "") -> PlanVersion:
    """Take a version back from review so that it can be rewritten. Raises: TransitionRefused, NotAllowed."""
    version = _locked(version_id, by)
    PLAN_VERSION.move(version, VersionAction.RETURN, by=by, at=at, reason=reason)
    version.save(update_fields=["state"])
    return version


@transaction.atomic
def approve(
    *,
    version_id: UUID,
    by: Actor,
    at: datetime,
    body: ApprovalBody | str = ApprovalBody.DIRECTOR,
    approved_by_name: str = "",
    approved_on: date | None = None,
    next_review_on: date | None = None,
) -> PlanVersion:
    """Bring a version into force; the former one is archived, what is active goes on under it.

    Raises: ReviewTooFar, ReviewNotAhead, TransitionRefused, NotAllowed.
    """
    version = _locked(version_id, by)
    approved_on = approved_on or timezone.localdate(at)
    next_review_on = next_review_on or latest_review(approved_on)
    _check_review(approved_on, next_review_on)
    PLAN_VERSION.move(version, VersionAction.APPROVE, by=by, at=at, body=str(body))
    for former in version.plan.versions.in_force().select_for_update(of=("self",)):
        PLAN_VERSION.move(former, VersionAction.ARCHIVE, by=by, at=at, replaced_by=version.number)
        former.archived_at = at
        former.save(update_fields=["state", "archived_at"])
    version.approval_body, version.approved_by_name = str(body), approved_by_name or by.name
    version.approved_on, version.next_review_on = approved_on, next_review_on
    version.save(
        update_fields=["state", "approval_body", "approved_by_name", "approved_on", "next_review_on"]
    )
    _rename(version)
    publish(
        PlanApproved(
            version.pk, version.plan.code, version.plan.name, version.number, version.approved_by_name
        )
    )
    return version


def _rename(version: PlanVersion) -> None:
    """A plan goes by the name and scenario of its version in force."""
    document, plan = version.document, version.plan
    plan.name, plan.scenario = document.name, document.scenario
    plan.save(update_fields=["name", "scenario"])


def latest_review(approved_on: date) -> date:
    """Return the last day on which a plan approved that day must be reviewed: a year later, same day."""
    year = approved_on.year + REVIEW_MONTHS // 12
    try:
        return approved_on.replace(year=year)
    except ValueError:  # 29 February
        return approved_on.replace(year=year, day=28)


def _check_review(approved_on: date, next_review_on: date) -> None:
    if next_review_on > latest_review(approved_on):
        raise ReviewTooFar(months=REVIEW_MONTHS, latest=latest_review(approved_on))
    if next_review_on <= approved_on:
        raise ReviewNotAhead(on=approved_on)


@transaction.atomic
def archive(*, version_id: UUID, by: Actor, at: datetime, reason: str = "") -> PlanVersion:
    """Put a version away; what is active under it goes on. Raises: TransitionRefused, NotAllowed."""
    version = _locked(version_id, by)
    PLAN_VERSION.move(version, VersionAction.ARCHIVE, by=by, at=at, reason=reason)
    version.archived_at = at
    version.save(update_fields=["state", "archived_at"])
    return version


def canonical_text(document: PlanDocument) -> str:
    """Return the text of a plan as the house writes it, its comments in the language of the plan."""
    with translation.override(document.language):
        return write_plan(document, services())
