"""The way of a version of a plan: written, reviewed, approved, replaced."""

from palier.kernel.workflow import Workflow
from palier.modules.continuity.enums import VersionAction, VersionState
from palier.modules.continuity.permissions import Permission

PLAN_VERSION = Workflow(
    "continuity.plan",
    {
        VersionAction.SUBMIT: ((VersionState.DRAFT,), VersionState.IN_REVIEW, Permission.PLAN_WRITE),
        VersionAction.RETURN: ((VersionState.IN_REVIEW,), VersionState.DRAFT, Permission.PLAN_WRITE),
        VersionAction.APPROVE: ((VersionState.IN_REVIEW,), VersionState.IN_FORCE, Permission.PLAN_APPROVE),
        VersionAction.ARCHIVE: (
            (VersionState.DRAFT, VersionState.IN_REVIEW, VersionState.IN_FORCE),
            VersionState.ARCHIVED,
            Permission.PLAN_APPROVE,
        ),
    },
)
