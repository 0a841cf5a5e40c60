"""A small landlord for the browser: enough for every main page to have something to show."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from palier.kernel.access import SystemActor
from palier.kernel.accounts.testing import make_member
from palier.kernel.organisations.current import open_organisation
from palier.kernel.places import organisation_place
from palier.modules.continuity.services import log, tasks
from palier.modules.continuity.services.activations import Decision, activate
from palier.modules.continuity.tests.plans import make_plan
from palier.modules.estate.tests.factories import make_agency, make_lot, make_reception_point, make_residence
from palier.modules.people.tests.factories import a_lease, a_person, a_phone
from palier.modules.staff.tests.factories import make_agent, make_presence, make_team


def fill(slug: str, email: str) -> dict[str, Any]:
    """Write the samples and commit them; return the records that pages are opened with."""
    member = make_member(slug, email=email, name="Agnès Marty")
    with open_organisation(slug):
        actor = SystemActor(
            user_id=member.user.pk, name="Agnès Marty", email=email, organisation=slug, via="web"
        )
        samples = _property() | _staff()
        samples["person"] = _tenant(samples["lot"])
        samples |= _crisis(actor)
    return samples


def _property() -> dict[str, Any]:
    agency = make_agency(code="A01", name="Agence de Narbonne")
    make_reception_point(agency=agency)
    residence = make_residence(
        code="R001", name="Les Acacias", agency=agency, insee_code="11262", city="Narbonne"
    )
    lots = [make_lot(residence, code=f"L{number:03d}") for number in range(1, 31)]
    return {"agency": agency, "residence": residence, "lot": lots[0]}


def _tenant(lot: Any) -> Any:
    person = a_person("Fabre", "Léa")
    a_lease(person, lot=lot)
    a_phone(person)
    return person


def _staff() -> dict[str, Any]:
    team = make_team()
    agents = [make_agent(team=team, last_name=name) for name in ("Nguyen", "Roux", "Bélanger")]
    today = timezone.localdate()
    make_presence(agents[0], today, "on_site")
    make_presence(agents[1], today, "absent")
    return {"team": team, "agent": agents[0]}


def _crisis(actor: Any) -> dict[str, Any]:
    now = timezone.now()
    plan = make_plan(by=actor, at=now)
    activation = activate(
        plan_code=plan.plan.code, level="3", scope=organisation_place("Vitrine Habitat"),
        decision=Decision(reason="Confinement"), by=actor, at=now,
    )  # fmt: skip
    task = tasks.add_task(
        title="Fermer les points d’accueil",
        role="lettings",
        due_at=now - timedelta(hours=1),
        by=actor,
        at=now,
    )
    log.record_entry(
        text="Ascenseur en panne au 12 rue Droite.", category="incident", severity="serious", by=actor, at=now
    )
    return {"activation": activation, "task": task, "plan": plan.plan}
