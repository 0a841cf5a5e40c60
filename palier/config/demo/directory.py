"""The partners of a landlord, kind by kind, in its own communes; contacts and addresses are invented."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone
from unidecode import unidecode

from palier.config.demo.draws import LANDLINES, stream
from palier.config.demo.facts import LandlordSpec, Town, towns
from palier.kernel.access import Actor
from palier.modules.partners.models import EmergencyNumber, Partner
from palier.modules.partners.services import numbers, partners

OFFICE = "lun-ven 8h30-12h 13h30-17h"
NAMES = {"11": "l’Aude", "31": "la Haute-Garonne", "46": "le Lot"}


@dataclass(frozen=True)
class Told:
    """One partner of the story. `of_town`: one for each large commune; otherwise one for the department."""

    stem: str
    name: str
    kind: str
    needs: tuple[str, ...]
    of_town: bool = False
    hours: str = OFFICE
    contact: tuple[str, str] = ("", "")
    agreement: str = ""
    more: dict[str, str] = field(default_factory=dict)


DIRECTORY = (
    Told(
        "ccas", "CCAS de {town}", "ccas", ("groceries", "meals", "social_support", "benefits_or_job", "doorstep_visit"),
        of_town=True, contact=("Claire Aubert", "Responsable du pôle seniors"), agreement="Convention d’orientation",
    ),
    Told(
        "epicerie", "Épicerie solidaire de {town}", "food_aid", ("groceries",), of_town=True,
        hours="mar-ven 9h-12h ; sam 9h-11h30",
    ),
    Told(
        "mds", "Maison des solidarités – {department}", "social_service",
        ("social_support", "benefits_or_job", "rent_difficulty", "psychological_support"),
        contact=("Bruno Lacaze", "Responsable territorial"), agreement="Protocole de prévention des expulsions",
    ),
    Told("caf", "Caisse d’allocations familiales – {department}", "caf", ("benefits_or_job", "rent_difficulty")),
    Told(
        "repas", "Les Repas du pays", "association", ("meals", "doorstep_visit"),
        hours="lun-sam 8h-18h", contact=("Sylvie Marty", "Coordinatrice"),
    ),
    Told(
        "ecoute", "Point écoute « À deux voix »", "health", ("psychological_support",),
        hours="lun-ven 9h-20h", contact=("Nadine Fabre", "Accueil"),
    ),
    Told(
        "clavier", "Clavier pour tous", "association", ("digital_or_school",),
        hours="lun-ven 9h-18h", contact=("Hakim Saadi", "Animateur"), agreement="Prêt de tablettes",
    ),
    Told(
        "mediation", "Médiation des quartiers", "association", ("neighbourhood",),
        hours="lun-ven 14h-21h", contact=("Julie Costes", "Médiatrice"),
    ),
    Told(
        "abri", "L’Abri d’Occitanie", "association", ("violence",), hours="lun-dim 0h00-23h59",
        contact=("Permanence", "Écoute et mise à l’abri"), agreement="Protocole départemental violences",
    ),
    Told("ddets", "Direction de l’emploi et des solidarités – {department}", "state", ("social_support",)),
    Told("energie", "Service solidarité énergie", "energy", ("rent_difficulty",)),
)  # fmt: skip


class Directory:
    """Writes the directory of one landlord."""

    def __init__(self, spec: LandlordSpec, seed: int) -> None:
        self.spec = spec
        self.random = stream(seed, spec.slug, "directory")

    def write(self, by: Actor, at: datetime) -> None:
        """Register the partners, those of the towns first, and write that the emergency numbers were checked."""
        for told in DIRECTORY:
            for town in self._large_towns() if told.of_town else (None,):
                self._register(told, town, by, at)
        for number in EmergencyNumber.objects.order_by("position")[:8]:
            numbers.check_number(number_id=number.pk, by=by, at=at)

    def retire(self, by: Actor, at: datetime) -> None:
        """One association stops: it stays in the directory and is proposed no more."""
        for partner in Partner.objects.filter(reference__startswith="ENERGIE"):
            partners.set_active(partner_id=partner.pk, is_active=False, by=by, at=at)

    def _large_towns(self) -> list[Town]:
        served = [towns()[code] for agency in self.spec.agencies for code in agency.towns]
        return sorted(served, key=lambda town: -town.population)[:4]

    def _register(self, told: Told, town: Town | None, by: Actor, at: datetime) -> None:
        department = self.spec.departments[0]
        name = told.name.format(town=town.name if town else "", department=NAMES.get(department, department))
        host = "-".join(unidecode(name).lower().replace("’", " ").replace("«", "").replace("»", "").split())[
            :40
        ]
        host = "-".join(filter(None, "".join(sign if sign.isalnum() else "-" for sign in host).split("-")))
        partner = partners.register_partner(
            reference=f"{told.stem}-{town.code if town else department}".upper(),
            name=name.replace("de Auterive", "d’Auterive"),
            kind=told.kind,
            needs=list(told.needs),
            departments=[department],
            communes=[town.code] if town else [],
            insee_code=town.code if town else "",
            city=town.name if town else "",
            postcode=town.postcode if town else "",
            phone=self._phone(department),
            email=f"accueil@{host}.example",
            opening_hours=told.hours,
            by=by,
            at=at,
            **told.more,
        )
        if told.contact[0]:
            partners.add_contact(
                partner_id=partner.pk,
                name=told.contact[0],
                role=told.contact[1],
                phone=self._phone(department),
                email=f"orientations@{host}.example",
                receives_referrals=True,
                by=by,
                at=at,
            )
        if told.agreement:
            today = timezone.localdate(at)
            partners.add_protocol(
                partner_id=partner.pk,
                title=told.agreement,
                starts_on=today - timedelta(days=400),
                signed_on=today - timedelta(days=405),
                review_on=today + timedelta(days=90),
                by=by,
                at=at,
            )

    def _phone(self, department: str) -> str:
        number = self.random.randint(0, 9999)
        return f"{LANDLINES.get(department, '04 65 71')} {number // 100:02d} {number % 100:02d}"
