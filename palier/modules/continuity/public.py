"""What other modules and commands may ask of the continuity plan.

The mode of a service is asked of the kernel (`palier.kernel.modes.mode_of`), never here.
"""

from palier.modules.continuity.rules.plan_document import LANGUAGES, LEVEL_CODES, PlanDocument
from palier.modules.continuity.rules.plan_reading import Problem
from palier.modules.continuity.selectors.activations import (
    ActivationRow,
    activations_in_force,
    frozen_list,
    minimums_in_force,
    scope_text,
    status,
)
from palier.modules.continuity.selectors.cell import on_duty_by_role
from palier.modules.continuity.selectors.pack_annexes import pack_annex
from palier.modules.continuity.selectors.plans import exported, level_of, only_plan_code, version_in_force
from palier.modules.continuity.selectors.preview import (
    Preview,
    preview_extend,
    preview_level,
    preview_lift,
    preview_override_end,
)
from palier.modules.continuity.selectors.review_sections import (
    ReviewPeriod,
    ReviewSection,
    ReviewTable,
    review_section,
)
from palier.modules.continuity.selectors.vigilance import Vigilance, bulletin_card, vigilance_in_force
from palier.modules.continuity.services.activations import (
    Decision,
    PreviewOutdated,
    activate,
    change_level,
    close,
    debrief,
    extend,
    find_standing,
    lift,
    place_of,
    propose,
    standing_activation,
)
from palier.modules.continuity.services.overrides import (
    lift_override,
    override,
    override_preview,
    standing_override,
)
from palier.modules.continuity.services.plans import (
    PlanRefused,
    approve,
    canonical_text,
    checked_document,
    import_plan,
    submit,
)
from palier.modules.continuity.services.telling import in_house_language, said_short_moment, say_in_log
from palier.modules.continuity.services.templates import plan_template, plan_templates
from palier.modules.continuity.services.vigilance import apply_bulletin, load_bulletin, receive_bulletin

#: One map and what it says of our departments.
bulletin_told = bulletin_card

__all__ = [
    "LANGUAGES",
    "LEVEL_CODES",
    "ActivationRow",
    "Decision",
    "PlanDocument",
    "PlanRefused",
    "Preview",
    "PreviewOutdated",
    "Problem",
    "ReviewPeriod",
    "ReviewSection",
    "ReviewTable",
    "Vigilance",
    "activate",
    "activations_in_force",
    "apply_bulletin",
    "approve",
    "bulletin_told",
    "canonical_text",
    "change_level",
    "checked_document",
    "close",
    "debrief",
    "exported",
    "extend",
    "find_standing",
    "frozen_list",
    "import_plan",
    "in_house_language",
    "level_of",
    "lift",
    "lift_override",
    "load_bulletin",
    "minimums_in_force",
    "on_duty_by_role",
    "only_plan_code",
    "override",
    "override_preview",
    "pack_annex",
    "place_of",
    "plan_template",
    "plan_templates",
    "preview_extend",
    "preview_level",
    "preview_lift",
    "preview_override_end",
    "propose",
    "receive_bulletin",
    "review_section",
    "said_short_moment",
    "say_in_log",
    "scope_text",
    "standing_activation",
    "standing_override",
    "status",
    "submit",
    "version_in_force",
    "vigilance_in_force",
]
