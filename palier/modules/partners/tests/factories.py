"""Invented partners with good defaults: a test says only what differs."""

from itertools import count
from typing import Any

from palier.modules.partners.models import Partner, PartnerContact

_numbers = count(1)


def a_partner(**given: Any) -> Partner:
    number = next(_numbers)
    return Partner.objects.create(
        **{
            "reference": f"P{number:04}",
            "name": f"Partenaire {number}",
            "kind": "ccas",
            "phone": "04 65 71 00 10",
            "email": f"accueil{number}@partenaire.example",
            "needs": ["groceries", "meals"],
            **given,
        }
    )


def a_contact(partner: Partner, **given: Any) -> PartnerContact:
    return PartnerContact.objects.create(
        **{"partner": partner, "name": "Claire Aubert", "phone": "04 65 71 00 11", **given}
    )
