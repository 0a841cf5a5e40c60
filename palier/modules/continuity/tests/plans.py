"""A small plan and the decisions about it, with good defaults: a test says only what differs."""

from datetime import UTC, date, datetime

from palier.kernel.places import Place, organisation_place
from palier.modules.continuity.services import activations, overrides, plans
from palier.modules.continuity.services.activations import Decision

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)

PLAN = """
code = "pandemic"
name = "Pandemic"
scenario = "pandemic"

[services.reception]
rto_hours = 24
mtpd_hours = 96

[levels.2]
name = "Partial"
review_days = 7
[levels.2.services.repairs]
entry_protocol = "on"
[levels.2.services.reception]
opening = "by_appointment"
[[levels.2.tasks]]
code = "call-the-cell"
title = "Call the cell"
role = "director"
delay = "T+1 h"

[levels.3]
name = "Full"
review_days = 14
[levels.3.services.repairs]
accept = "urgent_only"
entry_protocol = "on"
[levels.3.services.reception]
opening = "closed"
[levels.3.services.payables]
target_days = "8"
[levels.3.staff]
repairs = 2
[[levels.3.tasks]]
code = "call-the-cell"
title = "Call the cell"
role = "director"
delay = "T+1 h"
[[levels.3.tasks]]
code = "close-the-doors"
title = "Close the doors"
role = "lettings"
deputy = "coordinator"
delay = "T+4 h"
after = ["call-the-cell"]
services = ["reception"]
[levels.3.notices.fr]
poster = "{residence} : {on_call_number}"
sms = "{landlord} : {on_call_number}"
[levels.3.notices.en]
poster = "{residence}: {on_call_number}"
"""


def make_plan(*, by, at=NOON, text=PLAN):
    """A plan in force."""
    version = plans.import_plan(content=text, by=by, at=at)
    plans.submit(version_id=version.pk, by=by, at=at)
    return plans.approve(version_id=version.pk, by=by, at=at)


def activate(
    *, by, level="3", scope: Place | None = None, at=NOON, plan="pandemic", reason="Lockdown", **options
):
    """A level in force, on the whole organisation unless said otherwise."""
    decision = options.pop("decision", None) or Decision(reason=reason, **_decision(options))
    return activations.activate(
        plan_code=plan,
        level=level,
        scope=scope or organisation_place(),
        decision=decision,
        by=by,
        at=at,
        **options,
    )


def change(activation, *, by, level, at, reason="It gets better", **options):
    decision = Decision(reason=reason, **_decision(options))
    return activations.change_level(
        activation_id=activation.pk, level=level, decision=decision, by=by, at=at, **options
    )


def lift(activation, *, by, at, reason="It is over", **options):
    decision = Decision(reason=reason, **_decision(options))
    return activations.lift(activation_id=activation.pk, decision=decision, by=by, at=at, **options)


def override(
    *, by, service="repairs", at=NOON, scope=None, reason="Floods", review_on=date(2026, 12, 1), **values
):
    return overrides.override(
        service=service,
        values=values,
        scope=scope or organisation_place(),
        decision=Decision(reason=reason, review_on=review_on),
        by=by,
        at=at,
    )


def _decision(options):
    return {name: options.pop(name) for name in ("name", "review_on", "key") if name in options} | (
        {"at": options.pop("decided_at")} if "decided_at" in options else {}
    )
