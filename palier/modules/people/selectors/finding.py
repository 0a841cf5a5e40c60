"""Find somebody by what people type, for the forms of other modules."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from palier.kernel.access import Actor
from palier.kernel.search.matching import best_matches
from palier.modules.people.rules.contacts import normal_phone
from palier.modules.people.selectors.persons import person_rows, with_phone


@dataclass(frozen=True)
class FoundPerson:
    """Somebody found: `detail` says the lot, the residence and the reference."""

    id: UUID
    name: str
    detail: str


def find_persons(*, text: str, actor: Actor, on: date, limit: int = 8) -> list[FoundPerson]:
    """Find by name, reference or whole phone number, as the header's box does. One query."""
    rows: Any = person_rows(actor=actor, on=on)
    number = normal_phone(text) if sum(sign.isdigit() for sign in text) >= 9 else None
    found: list[Any] = (
        list(with_phone(rows, number)[:limit]) if number else list(best_matches(rows, text, limit=limit))
    )
    return [
        FoundPerson(
            row.pk, row.name, " · ".join(filter(None, (row.lot_code, row.residence_name, row.reference)))
        )
        for row in found
    ]
