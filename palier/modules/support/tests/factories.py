"""Invented accompaniments with good defaults: a test says only what differs."""

import itertools
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from palier.kernel.models import new_id
from palier.modules.people.models import Person
from palier.modules.people.tests.factories import a_lease, a_person
from palier.modules.support.models import SupportFile

AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
TODAY = date(2026, 11, 20)
_numbers = itertools.count(1)


def a_tenant(family_name: str = "Durand", given_names: str = "Marie") -> Person:
    person = a_person(family_name, given_names)
    a_lease(person)
    return person


def a_file(person: Person | None = None, *, worker_id: UUID | None = None, **given: Any) -> SupportFile:
    """A file in progress; `state="proposed"` for one that waits."""
    state = given.setdefault("state", "active")
    agreed: dict[str, Any] = {}
    if state in ("active", "suspended", "closed"):
        agreed = {"agreed_on": date(2026, 11, 2), "agreement_means": "oral", "review_on": date(2027, 2, 1)}
    return SupportFile.objects.create(
        **{
            "reference": f"AS-2026-{next(_numbers):04d}",
            "person": person or a_tenant(),
            "origin": "call",
            "worker_id": worker_id or new_id(),
            "worker_name": "Nadia Benali",
            "situation": "Souhaite étaler sa dette et retrouver ses droits.",
            "proposed_at": AT,
            "proposed_by": "Nadia Benali",
            **agreed,
            **given,
        }
    )
