"""What some tables need besides what fits: model label -> field -> value, or a function of the world."""

from datetime import date, time, timedelta
from typing import Any

from django.apps import apps
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone


def parent(label: str) -> Any:
    return lambda world: world.row(apps.get_model(label))


def another(label: str) -> Any:
    """A row of its own: sealing the person whom every other page is about would hide her from them."""
    return lambda world: world.make(apps.get_model(label))


tomorrow = date.today() + timedelta(days=1)

RECIPES: dict[str, dict[str, Any]] = {
    "documents.Document": {"sha256": "0" * 64},
    "estate.ReceptionHours": {"opens_at": time(9), "closes_at": time(12)},
    "estate.Reservation": {"period": lambda world: DateTimeTZRange(timezone.now(), None)},
    "people.ContactPoint": {"value": "+33199001234"},
    "people.SealedIdentity": {"person": another("people.Person")},
    "staff.PlannedLeave": {"start_on": date.today(), "end_on": tomorrow},
    "staff.TeamHoursSlot": {"starts_at": time(9), "ends_at": time(12)},
    "continuity.ModeOverride": {"reason": "canari", "review_on": tomorrow},
    "continuity.ModeChange": {
        "activation": parent("continuity.Activation"),
        "step": parent("continuity.ActivationStep"),
        "recorded_at": lambda world: timezone.now(),
        "effective_at": lambda world: timezone.now() + timedelta(hours=1),
    },
}
