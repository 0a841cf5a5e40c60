"""What other modules may ask of the staff. Ids in, plain values out; nothing here needs an actor."""

from palier.modules.staff.rules import JOBS_OF_SERVICE, Minimum, ServiceStrength
from palier.modules.staff.selectors.agents import (
    AgentCard,
    agent_of_user,
    agents_named,
    find_agents,
)
from palier.modules.staff.selectors.agents import directory as crisis_directory
from palier.modules.staff.selectors.coverage import CoveringAgent, residences_covered_by, who_covers
from palier.modules.staff.selectors.leaders import TeamLead, team_lead, team_leads
from palier.modules.staff.selectors.presence import PresenceLine
from palier.modules.staff.selectors.presence import presence_lines as presence_sheet_rows
from palier.modules.staff.selectors.strength import (
    PresenceNumbers,
    minimums_in_force,
    presence_numbers,
    set_minimum_source,
)
from palier.modules.staff.selectors.today import PresentAgent, agents_present, is_away, states_on

__all__ = [
    "JOBS_OF_SERVICE",
    "AgentCard",
    "CoveringAgent",
    "Minimum",
    "PresenceLine",
    "PresenceNumbers",
    "PresentAgent",
    "ServiceStrength",
    "TeamLead",
    "agent_of_user",
    "agents_named",
    "agents_present",
    "crisis_directory",
    "find_agents",
    "is_away",
    "minimums_in_force",
    "presence_numbers",
    "presence_sheet_rows",
    "residences_covered_by",
    "set_minimum_source",
    "states_on",
    "team_lead",
    "team_leads",
    "who_covers",
]
