"""Where tenants are received: the agencies' addresses, a reception point in each, their hours."""

from datetime import datetime, time

from palier.config.demo.facts import LandlordSpec, towns
from palier.kernel.access import Actor
from palier.modules.estate import public as estate
from palier.modules.estate.rules.opening import DayHours, HoursSlot
from palier.modules.estate.services.offices import save_agency, save_reception_point

MORNING, AFTERNOON = HoursSlot(time(9), time(12)), HoursSlot(time(14), time(17))
BY_APPOINTMENT = HoursSlot(time(14), time(17), by_appointment=True)
# Monday to Friday; Wednesday afternoon by appointment, Friday afternoon closed.
WEEK = (
    DayHours(1, (MORNING, AFTERNOON)),
    DayHours(2, (MORNING, AFTERNOON)),
    DayHours(3, (MORNING, BY_APPOINTMENT)),
    DayHours(4, (MORNING, AFTERNOON)),
    DayHours(5, (MORNING,)),
    DayHours(6),
    DayHours(7),
)
STREETS = ("boulevard de l’Aqueduc", "allée du Marché", "rue de la Source", "place de l’Horloge")


def open_offices(spec: LandlordSpec, *, by: Actor, at: datetime) -> None:
    """Give each agency its address and its reception point, and the largest town a second one."""
    known = {row.code: row for row in estate.agencies()}
    for number, agency in enumerate(spec.agencies, start=1):
        town = towns()[agency.towns[0]]
        kind, _space, name = STREETS[number % len(STREETS)].partition(" ")
        place = {
            "number": str(10 + number),
            "street_type": kind,
            "street_name": name,
            "postcode": town.postcode,
            "city": town.name,
            "insee_code": town.code,
        }
        phone = f"{spec.phone[:-2]}{20 + number}"
        row = known[agency.code]
        save_agency(
            agency_id=row.id,
            values={
                "code": agency.code,
                "name": agency.name,
                "phone": phone,
                "email": _mail(spec, number),
                **place,
            },
            by=by,
            at=at,
        )
        for rank, word in enumerate(("Accueil de", "Permanence de") if number == 1 else ("Accueil de",)):
            where = towns()[agency.towns[rank]]
            save_reception_point(
                values={
                    **place,
                    "code": f"{agency.code}-ACC{rank + 1}",
                    "name": f"{word} {where.name}",
                    "agency_id": row.id,
                    "phone": phone,
                    "email": _mail(spec, number),
                    "postcode": where.postcode,
                    "city": where.name,
                    "insee_code": where.code,
                    "access_notes": "Entrée de plain-pied, sonnette à hauteur de fauteuil."
                    if rank == 0
                    else "",
                },
                week=WEEK if rank == 0 else (DayHours(2, (MORNING,)), DayHours(4, (MORNING,))),
                by=by,
                at=at,
            )


def _mail(spec: LandlordSpec, number: int) -> str:
    return f"agence{number}@{spec.domain}"
