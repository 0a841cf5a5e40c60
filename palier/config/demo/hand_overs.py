"""A few weeks of hand-overs, in every state, and of watch over districts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.utils import timezone

from palier.config.demo.cast import Cast
from palier.config.demo.directory import Directory
from palier.config.demo.draws import stream
from palier.config.demo.timeline import Timeline
from palier.kernel.access import system_actor
from palier.modules.estate import public as estate
from palier.modules.partners import public as partners
from palier.modules.people.models import Lease, LeaseParty
from palier.modules.referrals.services import climbing, handling, links, observing, opening, transmitting
from palier.modules.referrals.services.links import Answer
from palier.modules.staff import public as staff

SEED = UUID("2c1d7f3a-63f5-4a52-9d0e-5a64e4b8b0c7")


@dataclass(frozen=True)
class Told:
    """One hand-over of the story: how long ago, what, and by which way it went.

    `way`: the steps after the opening, each `days:step` or `days:step:more`.
    """

    days: int
    kind: str
    urgency: str
    summary: str
    consent: str = "oral"
    how: str = "pendant l’appel"
    way: tuple[str, ...] = ()
    of_place: bool = False


STORIES = (
    Told(
        24, "meals", "urgent", "Mettre en place un portage de repas, cinq jours par semaine.",
        way=("24:send", "23:acknowledge", "22:start", "17:settle:provided:Repas livrés depuis lundi."),
    ),
    Told(
        21, "groceries", "normal", "Porter des courses une fois par semaine, quatrième étage sans ascenseur.",
        way=("21:send", "19:acknowledge", "12:settle:provided:Colis hebdomadaire organisé."),
    ),
    Told(
        18, "rent_difficulty", "normal", "Étudier une demande de FSL avec la famille.", consent="written",
        how="formulaire signé à l’agence",
        way=("18:send", "16:acknowledge", "15:start", "6:settle:partly:Dossier déposé, réponse attendue."),
    ),
    Told(
        15, "digital_or_school", "normal", "Prêter une tablette pour suivre les cours à distance.",
        way=("15:send", "13:decline:no_capacity:Plus de tablette avant le mois prochain.", "12:team"),
    ),
    Told(
        13, "psychological_support", "urgent", "Proposer un rendez-vous d’écoute, de préférence le matin.",
        way=("13:send", "12:acknowledge", "12:start"),
    ),
    Told(
        11, "neighbourhood", "normal", "Organiser une médiation entre deux voisins de palier.", consent="refused",
        how="ne souhaite pas d’intervenant extérieur", way=("11:team", "10:acknowledge", "9:start"),
    ),
    Told(
        10, "technical_problem", "normal", "Vérifier la porte du hall, qui ne ferme plus.",
        consent="not_needed", how="", of_place=True,
        way=("10:team", "9:acknowledge", "7:settle:provided:Groom remplacé."),
    ),
    Told(
        8, "benefits_or_job", "normal", "Relancer la CAF sur une aide au logement suspendue.",
        way=("8:send", "6:acknowledge"),
    ),
    Told(
        7, "doorstep_visit", "urgent", "Passer voir : trois appels sans réponse.", consent="not_needed", how="",
        way=("7:team", "7:acknowledge", "6:settle:informed:Rentré de voyage, tout va bien."),
    ),
    Told(6, "groceries", "normal", "Porter un colis alimentaire avant la fin de la semaine.", way=("5:withdraw",)),
    Told(5, "social_support", "normal", "Faire le point sur le budget après une baisse d’heures.", way=("5:send",)),
    Told(4, "meals", "urgent", "Reprendre le portage de repas au retour de la famille.", way=("4:send",)),
    Told(2, "psychological_support", "urgent", "Rappeler pour proposer une écoute.", way=("2:team",)),
    Told(1, "digital_or_school", "normal", "Aider à se connecter à l’espace du collège."),
    Told(0, "groceries", "urgent", "Courses pour trois jours, plus de conserves ni de lait.", way=("0:send",)),
)  # fmt: skip
OBSERVATIONS = (
    (22, "schooling", "Une dizaine d’enfants suivent les cours sur un téléphone.", 10),
    (19, "association", "Salle commune prêtée à l’épicerie solidaire le mercredi.", 35),
    (16, "isolation", "Plusieurs locataires âgés ne descendent plus depuis l’arrêt de l’ascenseur.", 6),
    (14, "solidarity", "Des voisins font les courses des étages élevés.", 12),
    (11, "tension", "Regroupements le soir dans le hall, sans dégradation.", 8),
    (9, "schooling", "Le point d’accès de la salle commune est utilisé chaque après-midi.", 15),
    (6, "cleanliness", "Encombrants devant le local, non ramassés depuis deux semaines.", None),
    (3, "food", "Le commerce du quartier est fermé, le plus proche est à deux kilomètres.", 40),
    (1, "services", "Le bureau de poste ferme l’après-midi.", None),
)


class HandOvers:
    """Plans the partners, the referrals and the observations of one landlord on its timeline."""

    def __init__(self, cast: Cast, timeline: Timeline, seed: int) -> None:
        self.cast, self.timeline, self.seed = cast, timeline, seed
        self.by = cast.actor("social", "clientele", "agence", "direction")
        self.opened: dict[int, UUID] = {}
        self.sent: dict[int, transmitting.Sent] = {}

    def plan(self) -> None:
        directory = Directory(self.cast.spec, self.seed)
        self.timeline.add(33, "10:00", lambda at: directory.write(self.by, at))
        self.timeline.add(3, "10:00", lambda at: directory.retire(self.by, at))
        for number, story in enumerate(STORIES):
            self.timeline.add(story.days, "09:10", self._told(self._open, number, story))
            for rank, step in enumerate(story.way):
                when, _colon, what = step.partition(":")
                hour = f"{10 + rank * 2:02d}:20" if int(when) == story.days else f"{9 + rank:02d}:40"
                self.timeline.add(int(when), hour, self._told(self._take, number, what))
        for number, one in enumerate(OBSERVATIONS):
            self.timeline.add(one[0], "16:30", self._told(self._observe, number, one))
        for days in range(24, -1, -1):
            self.timeline.add(days, "08:30", self._carry_up)

    def _told(self, act: Callable[..., Any], *given: Any) -> Callable[[datetime], Any]:
        return lambda at: act(*given, at)

    def _open(self, number: int, story: Told, at: datetime) -> None:
        where = self._somewhere(number) if story.of_place else self._somebody(number, at)
        if not where:
            return
        self.opened[number] = opening.open_referral(
            kind=story.kind,
            urgency=story.urgency,
            summary=story.summary,
            consent=story.consent,
            consent_how=story.how,
            source_kind="referrals.form",
            source_id=uuid5(SEED, f"{self.cast.spec.slug}/{number}"),
            by=self.by,
            at=at,
            **where,
        )

    def _somebody(self, number: int, at: datetime) -> dict[str, Any]:
        leases = Lease.objects.in_clear().in_force(timezone.localdate(at)).filter(lot__kind="dwelling")
        holders = LeaseParty.objects.filter(lease__in=leases, role="holder", person__deceased_on__isnull=True)
        rows = list(holders.order_by("person__reference").values_list("person_id", "lease__lot_id"))
        if not rows:
            return {}
        person_id, lot_id = stream(self.seed, self.cast.spec.slug, "hand-over", number).choice(rows)
        return {"person_id": person_id, "lot_id": lot_id}

    def _somewhere(self, number: int) -> dict[str, Any]:
        rows = sorted(estate.residences(), key=lambda row: row.code)
        return {"residence_id": stream(self.seed, self.cast.spec.slug, "place", number).choice(rows).id}

    def _take(self, number: int, what: str, at: datetime) -> None:
        referral_id = self.opened.get(number)
        if referral_id is None:
            return
        step, _colon, more = what.partition(":")
        doing: dict[str, Any] = {"referral_id": referral_id, "by": self.by, "at": at}
        match step:
            case "send":
                self._send(number, doing)
            case "team":
                team = next((one for one in staff.team_leads() if one.leader_id), None)
                if team is not None:
                    handling.assign(team_id=team.id, **doing)
            case "withdraw":
                handling.withdraw(reason="La famille a trouvé une autre solution.", **doing)
            case _:
                self._answer(number, step, more, doing)

    def _send(self, number: int, doing: dict[str, Any]) -> None:
        story = STORIES[number]
        near = partners.partners_for(kind=story.kind, department=self.cast.spec.departments[0])
        if near:
            self.sent[number] = transmitting.transmit(partner_id=near[0].id, sent_by="mail", **doing)

    def _answer(self, number: int, step: str, more: str, doing: dict[str, Any]) -> None:
        said, _colon, note = more.partition(":")
        if number in self.sent:
            secret = self._received(self.sent[number], doing["at"])
            links.open_link(secret=secret, at=doing["at"] - timedelta(minutes=4))
            outcome = {"outcome": said} if step == "settle" else {"reason": said}
            links.answer_link(secret=secret, answer=Answer(step, note=note, **outcome), at=doing["at"])
        elif step == "acknowledge":
            handling.acknowledge(**doing)
        elif step == "start":
            handling.start(**doing)
        else:
            handling.settle(outcome=said, note=note, **doing)

    def _received(self, sent: transmitting.Sent, at: datetime) -> str:
        """Return the secret of the partner's link, made again: the one that was mailed is kept nowhere."""
        link = transmitting.make_link(sent.transmission_id, target=sent.to_email, at=at)
        return links.read_link(link.rstrip("/").rsplit("/", 1)[1])[1]

    def _observe(self, number: int, one: tuple[int, str, str, int | None], at: datetime) -> None:
        districts = sorted(estate.districts(), key=lambda row: row.code)
        random = stream(self.seed, self.cast.spec.slug, "observation", number)
        where: dict[str, Any] = (
            {"district_id": random.choice(districts).id}
            if districts
            else {"residence_id": random.choice(sorted(estate.residences(), key=lambda row: row.code)).id}
        )
        _days, kind, seen, people = one
        noted = observing.note_observation(
            kind=kind,
            seen=seen,
            people_count=people,
            observed_on=timezone.localdate(at),
            by=self.by,
            at=at,
            **where,
        )
        if number == 2:
            observing.follow_observation(
                observation_id=noted.pk, kind="groceries", urgency="urgent",
                summary="Organiser les courses des étages élevés avec l’épicerie solidaire.", by=self.by, at=at,
            )  # fmt: skip
        if number in (1, 3):
            observing.close_observation(
                observation_id=noted.pk, note="Suivi avec l’association.", by=self.by, at=at
            )

    def _carry_up(self, at: datetime) -> None:
        climbing.carry_up_overdue(by=system_actor("Palier"), at=at)
