"""Change a plan field by field: each change is checked as an imported file is, and lands in the draft."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from palier.kernel.access import Actor
from palier.kernel.errors import DomainError
from palier.modules.continuity.enums import VersionState
from palier.modules.continuity.models import PlanVersion
from palier.modules.continuity.permissions import Permission
from palier.modules.continuity.rules.plan_amend import ChangeImpossible, amended
from palier.modules.continuity.selectors.plans import VersionUnknown
from palier.modules.continuity.services.plans import PlanRefused, canonical_text, import_plan

EDITABLE = (VersionState.DRAFT, VersionState.IN_FORCE)


class NotTheNewest(DomainError):
    code = "continuity.version-not-newest"
    message = _("Another version of this plan is newer. Open it and make the change there.")


class NotEditable(DomainError):
    code = "continuity.version-not-editable"
    message = _("A version in review or put away no longer changes. Return it to draft first.")


class GoneFromPlan(DomainError):
    code = "continuity.plan-part-gone"
    message = _("“{what}” is no longer in this plan: somebody has just changed it. Open the level again.")


class EditRefused(DomainError):
    code = "continuity.edit-refused"
    message = _("{problems}")


@transaction.atomic
def edit(*, version_id: UUID, change: Mapping[str, Any], by: Actor, at: datetime) -> PlanVersion:
    """Make one change: in the draft itself, or in a new draft that begins from the version in force.

    Raises: NotAllowed, VersionUnknown, NotEditable, NotTheNewest, GoneFromPlan, EditRefused.
    Returns: the draft that holds the change.
    """
    by.must(Permission.PLAN_WRITE)
    version = (
        PlanVersion.objects.visible_to(by)
        .select_related("plan")
        .select_for_update(of=("self", "plan"))
        .filter(pk=version_id)
        .first()
    )
    if version is None:
        raise VersionUnknown()
    if version.state not in EDITABLE:
        raise NotEditable()
    newer = version.plan.versions.filter(number__gt=version.number).exclude(state=VersionState.ARCHIVED)
    if newer.exists():
        raise NotTheNewest()
    try:
        text = canonical_text(amended(version.document, change))
        return import_plan(content=text, by=by, at=at, note=_note(version))
    except ChangeImpossible as gone:
        raise GoneFromPlan(what=str(gone)) from gone
    except PlanRefused as refused:
        raise EditRefused(problems=" ".join(str(one) for one in refused.problems)) from refused


def _note(version: PlanVersion) -> str:
    return version.note if version.state == VersionState.DRAFT else ""
