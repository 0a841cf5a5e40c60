"""What some tables need besides what fits: model label -> field -> value, or a function of the world."""

from datetime import date, time, timedelta
from typing import Any

from django.apps import apps
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from palier.kernel.access import system_actor
from palier.modules.continuity.tests.plans import PLAN

CANARY = "canari-de-beta-7f3a"


def parent(label: str) -> Any:
    return lambda world: world.row(apps.get_model(label))


def another(label: str) -> Any:
    """A row of its own: sealing the person whom every other page is about would hide her from them."""
    return lambda world: world.make(apps.get_model(label))


tomorrow = date.today() + timedelta(days=1)

SENIORS = {"any": [{"all": [{"input": "age", "at_least": 75}]}]}


def in_two_days(_world: Any) -> Any:
    return timezone.now() + timedelta(days=2)


RECIPES: dict[str, dict[str, Any]] = {
    "bulk.BulkRun": {
        "action": "staff.move-to-team",
        "state": "done",
        "params": {},
        "confirmed_at": lambda world: timezone.now(),
    },
    "estate.ReceptionHours": {"opens_at": time(9), "closes_at": time(12)},
    "estate.Reservation": {"period": lambda world: DateTimeTZRange(timezone.now(), None)},
    "people.ContactPoint": {"value": "+33199001234"},
    "people.SealedIdentity": {"person": another("people.Person")},
    "people.Merge": {"kept_id": lambda world: world.make(apps.get_model("people.Person")).pk},
    # In the order in which they are made, which is that of their keys.
    "people.DuplicatePair": {"first": parent("people.Person"), "second": another("people.Person")},
    "outreach.Segment": {"criteria": SENIORS, "weight": 80, "cadence_days": 7},
    "outreach.Campaign": {
        "scope_kind": "organisation",
        "scope_id": "",
        "ends_on": None,
        "closed_at": None,
        "max_attempts": 3,
        "attempt_days": 2,
    },
    "outreach.CampaignSegment": {"criteria": SENIORS, "code": "A", "weight": 80, "cadence_days": 7},
    "outreach.CampaignCaller": {"daily_calls": 30, "languages": []},
    "outreach.Line": {"phone": "+33199001235", "state": "active", "ended_because": "", "ended_at": None},
    "outreach.LineMember": {"reasons": [{"code": "added", "name": CANARY, "why": CANARY}]},
    "outreach.Call": {
        "phone": "+33199001235",
        "state": "waiting",
        "ended_at": None,
        "leased_by_id": None,
        "leased_until": None,
    },
    "outreach.Alert": {"level": "2", "opened_at": lambda world: timezone.now(), "due_at": in_two_days},
    "outreach.Visit": {"answer": "", "ended_at": None},
    "referrals.Referral": {"due_at": None, "closed_at": None},
    "referrals.Transmission": {"expires_at": in_two_days, "ended_at": None},
    "referrals.Observation": {"residence": parent("estate.Residence")},
    "staff.PlannedLeave": {"start_on": date.today(), "end_on": tomorrow},
    "staff.TeamHoursSlot": {"starts_at": time(9), "ends_at": time(12)},
    # A code is part of the address: the canary in it would only come back from the one who asks.
    "retention.DestructionProof": {"hash": "0" * 64, "facts": {"label": CANARY, "rows": 1}},
    "retention.LegalHold": {"about_table": "people_person"},
    "continuity.ContinuityPlan": {"code": "plan-de-beta"},
    "continuity.PlanVersion": {"text": PLAN.replace("Full", CANARY).replace('"Pandemic"', f'"{CANARY}"')},
    "continuity.Notice": {"language": "fr"},
    "continuity.VigilanceBulletin": {
        "applied_at": lambda world: timezone.now(),
        "valid_until": lambda world: timezone.now() + timedelta(days=1),
    },
    "continuity.VigilanceStretch": {
        "colour": "orange",
        "until": lambda world: timezone.now() + timedelta(days=1),
    },
    "continuity.AfterActionReview": {
        "facts": {"sections": [{"key": "tasks", "title": CANARY, "facts": [], "tables": [], "curves": []}]}
    },
    "continuity.ReviewProposal": {
        "said": {"level": "3", "card": CANARY, "before": "T+1 h", "after": "T+2 h"},
        "change": {"what": "delay", "level": "3", "code": CANARY, "delay": "T+2 h"},
    },
    "continuity.ModeOverride": {
        "service": "repairs",
        "reason": "canari",
        "review_on": tomorrow,
        "values": {"accept": "all"},
    },
    "continuity.ModeChange": {
        "activation": parent("continuity.Activation"),
        "step": parent("continuity.ActivationStep"),
        "recorded_at": lambda world: timezone.now(),
        "effective_at": lambda world: timezone.now() + timedelta(hours=1),
    },
}


def kept_document(canary: str) -> Any:
    """A document whose file is really there."""
    from palier.kernel.documents.services import keep

    return keep(content=b"%PDF-1.7", title=canary, kind="wall", by=SOMEBODY, at=timezone.now())


def received_file(canary: str) -> Any:
    """A file as a person sends it, read and not applied."""
    from palier.kernel.imports import services
    from palier.kernel.imports.kinds import kind_named

    columns = kind_named("patrimoine").columns
    lines = [";".join(str(column.label) for column in columns), ";".join(canary for _ in columns)]
    return services.receive(
        kind="patrimoine",
        data="\n".join(lines).encode(),
        file_name=f"{canary}.csv",
        coverage="partial",
        by=SOMEBODY,
        at=timezone.now(),
        day=date.today(),
    )


def told_entry(canary: str) -> Any:
    """A line of the crisis log, in its chain."""
    from palier.modules.continuity.services.log import record_entry

    return record_entry(text=canary, category="fact", by=SOMEBODY, at=timezone.now())


def received_request(canary: str) -> Any:
    """A request about personal data, in the register."""
    from palier.kernel.retention.services.requests import record_request

    return record_request(
        kind="erasure", requester=canary, channel="post", received_on=date.today(), asked=canary,
        by=SOMEBODY, at=timezone.now(),
    )  # fmt: skip


def kept_answer(canary: str) -> Any:
    """A file of an access answer that is really there, encrypted."""
    from palier.kernel.retention.models import DataRequest
    from palier.kernel.retention.services.answers import keep_file

    request = DataRequest.objects.first() or received_request(canary)
    return keep_file(request, "json", canary.encode(), at=timezone.now())


SOMEBODY = system_actor("canari-de-beta-7f3a", organisation="beta", via="web")
# Rows that only their own service makes whole.
MAKERS = {
    "documents.Document": kept_document,
    "imports.ImportBatch": received_file,
    "continuity.LogEntry": told_entry,
    "retention.DataRequest": received_request,
    "retention.AccessPackage": kept_answer,
}
