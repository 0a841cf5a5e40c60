"""Accompaniments of a few weeks: one that ended well, some in progress, one suspended, one that waits."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from django.utils import timezone

from palier.config.demo.cast import Cast
from palier.config.demo.draws import stream
from palier.config.demo.timeline import Timeline
from palier.kernel.access import Actor
from palier.modules.partners import public as partners
from palier.modules.people.models import Lease, LeaseParty
from palier.modules.support.enums import Doer, EntryKind, Place
from palier.modules.support.models import SupportFile
from palier.modules.support.services import files, work


@dataclass(frozen=True)
class Story:
    """What is told of one accompaniment. `began`: days ago; a state as of today."""

    began: int
    origin: str
    situation: str
    aims: tuple[str, ...]
    steps: tuple[tuple[str, Doer, int], ...]
    lines: tuple[tuple[int, EntryKind, str], ...] = ()
    ends: str = ""


STORIES = (
    Story(
        31,
        "call",
        "Deux loyers en retard depuis une baisse d’heures. Souhaite régler sa dette sans dossier d’expulsion.",
        ("Solder les deux loyers", "Retrouver l’aide au logement"),
        (
            ("Demander l’aide du FSL", Doer.PERSON, 20),
            ("Mettre à jour la situation auprès de la CAF", Doer.WORKER, 18),
        ),
        (
            (24, EntryKind.CALL, "A réuni ses trois derniers bulletins de salaire."),
            (16, EntryKind.PARTNER, "Dossier complet, passage en commission la semaine prochaine."),
        ),
        "reached",
    ),
    Story(
        26,
        "field",
        "Ne sort plus depuis le départ de son fils. Souhaite de l’aide pour les courses et des visites.",
        ("Rompre l’isolement", "Organiser les courses"),
        (
            ("Mettre en place le portage de repas", Doer.PARTNER, 4),
            ("Prendre contact avec le club du quartier", Doer.WORKER, -6),
        ),
        ((12, EntryKind.VISIT, "Reçoit volontiers. Préfère les visites du matin."),),
    ),
    Story(
        19,
        "referral",
        "Charges d’énergie trop lourdes. Souhaite comprendre ses factures et étaler le reste dû.",
        ("Étaler le reste dû", "Réduire les consommations"),
        (
            ("Demander le détail au fournisseur", Doer.PERSON, -3),
            ("Programmer la visite énergie", Doer.WORKER, 2),
        ),
        ((8, EntryKind.MEETING, "Factures lues ensemble : l’écart vient du chauffe-eau."),),
    ),
    Story(
        14,
        "person",
        "Hébergeait sa sœur, logement trop petit. Souhaite demander une mutation.",
        ("Déposer une demande de mutation",),
        (("Renouveler la demande de logement", Doer.PERSON, 9),),
        (),
        "suspended",
    ),
    Story(3, "call", "Souhaite parler de ses difficultés de paiement.", (), (), (), "proposed"),
)


class Accompaniments:
    """The social workers of one landlord at work."""

    def __init__(self, cast: Cast, timeline: Timeline, seed: int) -> None:
        self.cast, self.timeline, self.seed = cast, timeline, seed
        self.by: Actor = cast.actor("social", "clientele")
        self.phone = cast.part("social", "clientele").agent.mobile
        self.files: dict[int, UUID] = {}

    def plan(self) -> None:
        """Put each story on the timeline."""
        for number, story in enumerate(STORIES):
            self.timeline.add(story.began, "10:10", self._told(number, self._open))
            if story.ends == "proposed":
                continue
            self.timeline.add(story.began - 1, "14:20", self._told(number, self._agree))
            for days, kind, text in story.lines:
                self.timeline.add(days, "11:30", self._line(number, kind, text))
            if story.ends == "reached":
                self.timeline.add(2, "16:00", self._told(number, self._close))
            elif story.ends == "suspended":
                self.timeline.add(5, "15:00", self._told(number, self._suspend))
            else:
                self.timeline.add(1, "17:00", self._told(number, self._appoint))

    def _told(self, number: int, act: Callable[[int, Story, datetime], Any]) -> Callable[[datetime], Any]:
        return lambda at: act(number, STORIES[number], at)

    def _open(self, number: int, story: Story, at: datetime) -> None:
        person_id = self._somebody(stream(self.seed, self.cast.spec.slug, "support", number), at)
        if person_id is None or self.by.user_id is None:
            return
        file = files.propose(
            person_id=person_id,
            origin=story.origin,
            situation=story.situation,
            worker_id=self.by.user_id,
            worker_name=self.by.name,
            worker_phone=self.phone,
            by=self.by,
            at=at,
        )
        self.files[number] = file.pk

    def _somebody(self, random: Random, at: datetime) -> UUID | None:
        """A holder whom nobody accompanies yet."""
        leases = Lease.objects.in_clear().in_force(timezone.localdate(at)).filter(lot__kind="dwelling")
        holders = LeaseParty.objects.filter(lease__in=leases, role="holder", person__deceased_on__isnull=True)
        taken = SupportFile.objects.values("person_id")
        ids = list(
            holders.exclude(person_id__in=taken)
            .order_by("person__reference")
            .values_list("person_id", flat=True)
        )
        return random.choice(ids) if ids else None

    def _agree(self, number: int, story: Story, at: datetime) -> None:
        file_id = self.files.get(number)
        if file_id is None:
            return
        today = timezone.localdate(at)
        doing: dict[str, Any] = {"file_id": file_id, "by": self.by, "at": at}
        files.agree(
            agreed_on=today,
            agreement_means="oral" if number % 2 else "signed",
            may_share=number % 2 == 0,
            review_on=timezone.localdate(self.timeline.now) + timedelta(days=5 + 9 * number),
            **doing,
        )
        aims = [work.set_aim(title=title, due_on=today + timedelta(days=60), **doing) for title in story.aims]
        partner = next(iter(partners.partners_for(kind="meals")), None)
        for rank, (title, doer, days_left) in enumerate(story.steps):
            served_by = doer if doer != Doer.PARTNER or partner else Doer.WORKER
            work.set_step(
                title=title,
                doer=served_by,
                partner_id=partner.id if partner and served_by == Doer.PARTNER else None,
                aim_id=aims[rank % len(aims)].pk,
                due_on=timezone.localdate(self.timeline.now) + timedelta(days=days_left),
                **doing,
            )
        work.ask_paper(label="Avis d’imposition", **doing)

    def _line(self, number: int, kind: EntryKind, text: str) -> Callable[[datetime], Any]:
        def tell(at: datetime) -> None:
            if number in self.files:
                work.tell(file_id=self.files[number], kind=kind, text=text, by=self.by, at=at)

        return tell

    def _appoint(self, number: int, story: Story, at: datetime) -> None:
        if number not in self.files:
            return
        starts_at = self.timeline.moment(-(2 + number), "10:00")
        work.plan_appointment(
            file_id=self.files[number], starts_at=starts_at, minutes=45, place=Place.PHONE, by=self.by, at=at
        )

    def _suspend(self, number: int, story: Story, at: datetime) -> None:
        if number in self.files:
            until = timezone.localdate(self.timeline.now) + timedelta(days=12)
            files.suspend(
                file_id=self.files[number], until=until, reason="Absente trois semaines.", by=self.by, at=at
            )

    def _close(self, number: int, story: Story, at: datetime) -> None:
        if number not in self.files:
            return
        file = SupportFile.objects.get(pk=self.files[number])
        doing: dict[str, Any] = {"file_id": file.pk, "by": self.by, "at": at}
        for step in file.steps.all():
            work.move_step(step_id=step.pk, action="finish", outcome="Fait.", **doing)
        for aim in file.aims.all():
            work.move_aim(aim_id=aim.pk, action="reach", **doing)
        note = "Aide accordée, dette soldée, droits rétablis. Recontactera si besoin."
        files.close(result=story.ends, closing_note=note, **doing)
