"""What may be done to many agents, or to many coverages, at once."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from palier.kernel.access import Actor
from palier.kernel.bulk import BulkAction, Refused, Undoing, UndoItem, bulk_action
from palier.modules.staff.forms import (
    HandOverForm,
    ManyTeamsHoursForm,
    SkillForm,
    ToTeamForm,
    UsualWeekForm,
)
from palier.modules.staff.permissions import Permission
from palier.modules.staff.selectors import many as plans
from palier.modules.staff.services import many as services
from palier.modules.staff.services.agents import skill_code

LEFT = {plans.LEFT: _("No longer in the staff")}


@bulk_action(
    key="staff.move-to-team", list="staff.agents", label=_("Move to a team"), icon="users-group",
    permission=Permission.AGENT_CHANGE, undoing=Undoing.REVERSIBLE,
)  # fmt: skip
class MoveToTeam(BulkAction):
    lead = _("The agents chosen join one team; presence is then filled with that team.")
    refusals = LEFT

    def form(self, data: Any, *, by: Actor, at: datetime) -> ToTeamForm:
        return ToTeamForm(data, teams=plans.team_choices(by=by))

    def plan(self, params: Any, *, by: Actor, at: datetime) -> Any:
        return plans.team_plan(team_id=params["team_id"], by=by, on=timezone.localdate(at))

    def states(self, params: Any) -> Any:
        return plans.team_states()

    def apply(self, ids: Sequence[UUID], params: Any, *, by: Actor, at: datetime) -> Refused | None:
        services.move_agents(agent_ids=ids, team_id=params["team_id"], by=by, at=at)
        return None

    def undo(self, items: Sequence[UndoItem], params: Any, *, by: Actor, at: datetime) -> Refused | None:
        services.return_agents(teams={item.id: item.before["team"] for item in items}, by=by, at=at)
        return None


@bulk_action(
    key="staff.set-usual-week", list="staff.agents", label=_("Set the usual week"), icon="calendar-event",
    permission=Permission.AGENT_CHANGE, undoing=Undoing.REVERSIBLE,
)  # fmt: skip
class SetUsualWeek(BulkAction):
    lead = _("The usual week is what presence is proposed from. Days already filled do not change.")
    refusals = LEFT

    def form(self, data: Any, *, by: Actor, at: datetime) -> UsualWeekForm:
        usual = {"saturday": "off", "sunday": "off"}
        return UsualWeekForm(data, initial=usual)

    def plan(self, params: Any, *, by: Actor, at: datetime) -> Any:
        return plans.week_plan(days=params, by=by, on=timezone.localdate(at))

    def states(self, params: Any) -> Any:
        return plans.week_states()

    def apply(self, ids: Sequence[UUID], params: Any, *, by: Actor, at: datetime) -> Refused | None:
        services.set_usual_weeks(weeks=dict.fromkeys(ids, params), by=by, at=at)
        return None

    def undo(self, items: Sequence[UndoItem], params: Any, *, by: Actor, at: datetime) -> Refused | None:
        services.set_usual_weeks(weeks={item.id: item.before["week"] for item in items}, by=by, at=at)
        return None


@bulk_action(
    key="staff.add-skill", list="staff.agents", label=_("Add a skill"), icon="certificate",
    permission=Permission.AGENT_CHANGE, undoing=Undoing.REVERSIBLE,
)  # fmt: skip
class AddSkill(BulkAction):
    lead = _("An authorisation, a language, a tool: what substitutes are proposed by.")
    form_class = SkillForm
    refusals = LEFT

    def plan(self, params: Any, *, by: Actor, at: datetime) -> Any:
        return plans.skill_plan(**params, by=by, on=timezone.localdate(at))

    def states(self, params: Any) -> Any:
        return plans.skill_states(label=params["label"])

    def apply(self, ids: Sequence[UUID], params: Any, *, by: Actor, at: datetime) -> Refused | None:
        services.add_skill_to_agents(agent_ids=ids, **params, by=by, at=at)
        return None

    def undo(self, items: Sequence[UndoItem], params: Any, *, by: Actor, at: datetime) -> Refused | None:
        held = {item.id: (item.before["held"], parse_date(item.before["until"] or "")) for item in items}
        services.restore_skill(code=skill_code(params["label"]), held=held, by=by, at=at)
        return None


@bulk_action(
    key="staff.hand-over", list="staff.coverage", label=_("Hand over to another agent"), icon="arrows-exchange",
    permission=Permission.COVERAGE_CHANGE, undoing=Undoing.REVERSIBLE,
)  # fmt: skip
class HandOver(BulkAction):
    lead = _(
        "Another agent covers the residences chosen: for some days in place of someone away, or for good."
    )
    refusals = {
        plans.NOT_HERS: _("This agent covers it already"),
        plans.ENDED: _("This coverage ends before the day chosen"),
        plans.TAKEN: _("The agent chosen covers this residence in this role on some of these days already"),
        plans.TWICE: _("Another coverage of the same residence was handed over: one agent holds one place"),
        plans.LATER: _("This coverage has not begun on the day chosen: choose a later day"),
    }

    def form(self, data: Any, *, by: Actor, at: datetime) -> HandOverForm:
        today = timezone.localdate(at)
        return HandOverForm(data, agents=plans.agent_choices(by=by, on=today), initial={"start_on": today})

    def plan(self, params: Any, *, by: Actor, at: datetime) -> Any:
        for_good = params["how"] == "good"
        return plans.hand_over_plan(
            agent_id=params["agent_id"], start_on=params["start_on"], end_on=None if for_good else _end(params),
            for_good=for_good, by=by,
        )  # fmt: skip

    def states(self, params: Any) -> Any:
        return plans.hand_over_states(agent_id=params["agent_id"], start_on=params["start_on"])

    def apply(self, ids: Sequence[UUID], params: Any, *, by: Actor, at: datetime) -> Refused | None:
        given = {"coverage_ids": ids, "agent_id": params["agent_id"], "start_on": params["start_on"]}
        if params["how"] == "good":
            done = services.give_residences(**given, by=by, at=at)
            return {one: plans.TWICE for one in ids if one not in done}
        services.lend_residences(**given, end_on=_end(params), by=by, at=at)
        return None

    def undo(self, items: Sequence[UndoItem], params: Any, *, by: Actor, at: datetime) -> Refused | None:
        services.take_back_residences(
            made=[UUID(item.after["made"]) for item in items if item.after["made"]],
            ends={item.id: parse_date(item.before["ends"] or "") for item in items},
            by=by,
            at=at,
        )
        return None


def _end(params: Any) -> date:
    """The first day after the last one."""
    return params["last_day"] + timedelta(days=1)


@bulk_action(
    key="staff.set-team-hours", list="staff.teams", label=_("Set the hours"), icon="clock",
    permission=Permission.HOURS_CHANGE, undoing=Undoing.REVERSIBLE,
)  # fmt: skip
class SetTeamHours(BulkAction):
    lead = _("The same hours for several teams, over the same days: those of a crisis, most often.")
    refusals = {
        plans.TAKEN: _("Has hours of this kind on some of these days already: end these first"),
        plans.CLOSED: _("This team is no longer active"),
    }

    def form(self, data: Any, *, by: Actor, at: datetime) -> ManyTeamsHoursForm:
        return ManyTeamsHoursForm(data, initial={"start_on": timezone.localdate(at)})

    def plan(self, params: Any, *, by: Actor, at: datetime) -> Any:
        given = _hours(params)
        return plans.hours_plan(kind=given["kind"], start_on=given["start_on"], end_on=given["end_on"], by=by)

    def states(self, params: Any) -> Any:
        return plans.hours_states(kind=params["kind"], start_on=params["start_on"])

    def apply(self, ids: Sequence[UUID], params: Any, *, by: Actor, at: datetime) -> Refused | None:
        services.set_hours_of_teams(team_ids=ids, **_hours(params), by=by, at=at)
        return None

    def undo(self, items: Sequence[UndoItem], params: Any, *, by: Actor, at: datetime) -> Refused | None:
        services.take_hours_away(made=[UUID(item.after["made"]) for item in items], by=by, at=at)
        return None


def _hours(params: Any) -> dict[str, Any]:
    """What the service takes, from what the form said."""
    form = ManyTeamsHoursForm()
    form.cleaned_data = dict(params)
    return form.service_arguments()
