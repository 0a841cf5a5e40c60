"""Referrals with good defaults: a test says only what differs."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from palier.kernel.access import Actor, SystemActor
from palier.kernel.models import new_id
from palier.modules.people.tests.factories import a_person
from palier.modules.referrals.models import Referral
from palier.modules.referrals.services.opening import open_referral

AT = datetime(2026, 11, 18, 9, 30, tzinfo=UTC)
"""A Wednesday, 10:30 in Paris."""


def somebody(**fields: Any) -> SystemActor:
    """Somebody who may do everything at alpha, without an agent's file."""
    return SystemActor(
        **{
            "user_id": new_id(),
            "name": "Camille Ferrand",
            "email": "camille.ferrand@alpha.example",
            "organisation": "alpha",
            "via": "web",
            **fields,
        }
    )


def with_rights(*permissions: str, **fields: Any) -> Actor:
    """Somebody who has these rights alone."""
    return Actor(
        **{
            "user_id": new_id(),
            "name": "Paul Arnal",
            "email": "paul.arnal@alpha.example",
            "organisation": "alpha",
            "permissions": frozenset(map(str, permissions)),
            **fields,
        }
    )


def opened(*, by: Actor | None = None, at: datetime = AT, person: Any = ..., **fields: Any) -> UUID:
    """Open a referral as a page would and return its id. `person=None`: it is about a place."""
    if person is ...:
        person = a_person()
    return open_referral(
        **{
            "kind": "groceries",
            "urgency": "normal",
            "consent": "oral",
            "consent_how": "au téléphone",
            "summary": "Apporter des courses jeudi",
            "person_id": person.pk if person else None,
            "source_kind": "outreach.report",
            "source_id": new_id(),
            "by": by or somebody(),
            "at": at,
            **fields,
        }
    )


def a_referral(**fields: Any) -> Referral:
    return Referral.objects.get(pk=opened(**fields))
