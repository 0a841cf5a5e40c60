"""The crises of the demonstration: plans, a cell, levels lived and in force, a log, reports."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from palier.config.demo.cast import Cast
from palier.config.demo.draws import happens, stream
from palier.config.demo.drills import Drill, Weather
from palier.config.demo.facts import FOLDER, read_toml
from palier.config.demo.timeline import Timeline
from palier.kernel.access import system_actor
from palier.kernel.errors import DomainError
from palier.modules.continuity.enums import ApprovalBody, CellRole, NoticeChannel, NoticeState, Seat
from palier.modules.continuity.models import Activation, CallOutAnswer, Meeting, Notice, Task
from palier.modules.continuity.services import (
    activations,
    call_out,
    cell,
    late_tasks,
    log,
    meetings,
    notices,
    overrides,
    pack,
    plans,
    reports,
    tasks,
)
from palier.modules.continuity.services.templates import plan_template
from palier.modules.estate import public as estate

PACK_PASSWORD = "palier-demonstration"


@dataclass(frozen=True)
class Script:
    """What a landlord lived: which level of the pandemic plan is in force, and what else."""

    level: str
    has_whole_story: bool = False
    has_drill: bool = False
    agency_level: str = ""
    has_cyber: bool = False


SCRIPTS = {
    "corbieres": Script(level="3", has_whole_story=True, has_drill=True),
    "autan": Script(level="2", agency_level="3", has_cyber=True),
    "quercy": Script(level="1", has_drill=True),
}
BODIES = {
    "oph": ApprovalBody.BOARD,
    "esh": ApprovalBody.SUPERVISORY_BOARD,
    "coop": ApprovalBody.BOARD,
}
# Role in the cell, post of the holder, post of the deputy (stem of the title, end of the team's code).
SEATS: tuple[tuple[CellRole, tuple[str, str], tuple[str, str]], ...] = (
    (CellRole.DIRECTOR, ("Direct", "DIR"), ("Direct", "TECH")),
    (CellRole.COORDINATOR, ("Direct", "TECH"), ("Conduct", "TECH")),
    (CellRole.SECRETARY, ("Assistant", "DIR"), ("Chargé", "ATTR")),
    (CellRole.HUMAN_RESOURCES, ("Gestionnaire paie", "RES"), ("Comptable", "FIN")),
    (CellRole.LETTINGS, ("Responsable d'agence", ""), ("Chargé", "-CLI")),
    (CellRole.PROPERTY, ("Technicien", "TECH"), ("Magasin", "TECH")),
    (CellRole.SAFETY, ("Responsable de secteur", ""), ("Gardien", "")),
    (CellRole.SOCIAL, ("Responsable de l'action", "SOC"), ("Conseill", "SOC")),
    (CellRole.IT, ("Technicien informatique", "RES"), ("", "")),
    (CellRole.FINANCE, ("Gestionnaire quittancement", "FIN"), ("Comptable", "FIN")),
    (CellRole.COMMUNICATION, ("Chargé", "DIR"), ("", "")),
    (CellRole.LIAISON, ("Chargé", "ATTR"), ("", "")),
)


class Crisis:
    """Plans the crises of one landlord on its timeline."""

    def __init__(self, cast: Cast, timeline: Timeline, seed: int) -> None:
        self.cast, self.timeline, self.seed = cast, timeline, seed
        self.script = SCRIPTS.get(cast.spec.slug, Script(level="2"))
        self.told = read_toml(FOLDER / "story.toml")

    def plan(self) -> None:
        """Put everything on the timeline, in the order of the story."""
        add = self.timeline.add
        add(33, "10:00", lambda at: self._approve("pandemic.fr", at))
        add(32, "10:00", lambda at: self._approve("cyber-attack.fr", at))
        if self.script.has_drill:
            add(32, "11:00", lambda at: self._approve("heat-wave.fr", at))
            add(32, "11:30", lambda at: self._approve("flood.fr", at))
        add(30, "09:00", self._appoint)
        add(29, "15:00", self._pack_settings)
        if self.script.has_drill:
            Drill(self.cast, self.timeline, self.seed).plan()
            Weather(self.cast, self.timeline).plan()
        self._autumn()
        self._spring()
        add(3, "17:00", self._draft_next_version)

    def _autumn(self) -> None:
        """A first wave, lived and lifted, with its lessons."""
        add = self.timeline.add
        add(21, "09:00", lambda at: self._activate("pandemic", "1", "autumn", at))
        add(19, "10:00", lambda at: self._change("pandemic", "2", "autumn", at))
        self._work_from(21, 13)
        add(12, "17:00", lambda at: self._end("pandemic", "autumn_lift", "autumn", at))

    def _spring(self) -> None:
        """The wave in force."""
        add, script = self.timeline.add, self.script
        level, reason = script.level, "watch" if script.level == "1" else "spring"
        add(9, "11:45", lambda at: self._activate("pandemic", level, reason, at, review_in=14))
        self._work_from(9, 0)
        add(9, "15:00", self._issue_notices)
        if script.agency_level:
            add(
                4,
                "08:40",
                lambda at: self._activate("pandemic", script.agency_level, "agency", at, in_agency=True),
            )
        if script.has_cyber:
            add(1, "07:20", lambda at: self._activate("cyber-attack", "1", "cyber", at, review_in=2))
        if script.has_whole_story:
            self._whole_story()
        else:
            self._tell("log", self._log, lambda one: one["days"] in (9, 6, 2, 0))

    def _whole_story(self) -> None:
        self._tell("log", self._log)
        self._tell("meeting", self._meet)
        self._tell("decision", self._decide)
        self._tell("report", self._report)
        add = self.timeline.add
        add(2, "12:00", self._override)
        add(1, "16:00", lambda at: self._extend("pandemic", at))
        add(0, "07:30", lambda at: pack.make_pack(key=pack.nightly_key(at), by=self.cast.secretary, at=at))

    def _tell(self, kind: str, act: Any, wanted: Any = lambda one: True) -> None:
        for one in self.told[kind]:
            if wanted(one):
                self.timeline.add(one["days"], one["at"], partial(act, one))

    # Plans and people.

    def _approve(self, template: str, at: datetime) -> None:
        by = self.cast.actor("pca")
        version = plans.import_plan(
            content=plan_template(template).text,
            by=by,
            at=at,
            note="Modèle de la fédération, relu en comité de direction.",
        )
        plans.submit(version_id=version.pk, by=by, at=at + timedelta(minutes=5))
        plans.approve(
            version_id=version.pk,
            by=self.cast.director,
            at=at + timedelta(hours=5),
            body=BODIES.get(self.cast.spec.family, ApprovalBody.DIRECTOR),
        )

    def _draft_next_version(self, at: datetime) -> None:
        """The lessons of the first wave, being written into the plan."""
        text = plan_template("pandemic.fr").text.replace(
            'rhythm = "Chaque semaine"', 'rhythm = "Deux fois par semaine"'
        )
        plans.import_plan(
            content=text, by=self.cast.actor("pca"), at=at, note="Retour d’expérience de l’automne."
        )

    def _appoint(self, at: datetime) -> None:
        """Seat the cell, and a territorial cell with outside members."""
        by, seated = self.cast.director, set[str]()
        for role, holder, deputy in SEATS:
            for seat, (stem, team) in ((Seat.HOLDER, holder), (Seat.DEPUTY, deputy)):
                agent = self._free(stem, team, seated) if stem else None
                if agent is None:
                    continue
                seated.add(agent.reference)
                cell.appoint_member(
                    name=agent.full_name,
                    role=role,
                    seat=seat,
                    job=agent.title,
                    email=agent.account or agent.email,
                    phone=agent.mobile,
                    by=by,
                    at=at,
                )
        self._territorial(at)

    def _free(self, stem: str, team: str, seated: set[str]) -> Any:
        fits = (one for one in self.cast.staff if one.title.startswith(stem) and one.team_code.endswith(team))
        return next((one for one in fits if one.reference not in seated), None)

    def _territorial(self, at: datetime) -> None:
        spec, by = self.cast.spec, self.cast.director
        town = estate.agencies()[0]
        territory = cell.create_territorial_cell(
            code="territoire-1",
            name=f"Cellule territoriale {town.name.removeprefix('Agence ')}",
            by=by,
            at=at,
            departments=list(spec.departments),
            rhythm="Chaque semaine",
        )
        guests = (
            ("Nicole Abribat", "Directrice du CCAS", "CCAS", "ccas@commune.example", "04 65 71 02 01"),
            (
                "Karim Belhadj",
                "Chargé de mission",
                "Direction départementale",
                "ddets@etat.example",
                "04 65 71 02 02",
            ),
            (
                "Odile Marty",
                "Présidente",
                "Amicale des locataires",
                "amicale@locataires.example",
                "06 39 98 02 03",
            ),
        )
        for name, job, organisation, email, phone in guests:
            cell.appoint_member(
                name=name,
                seat=Seat.GUEST,
                cell_id=territory.pk,
                job=job,
                organisation=organisation,
                email=email,
                phone=phone,
                by=by,
                at=at,
            )

    def _pack_settings(self, at: datetime) -> None:
        pack.choose_settings(
            addresses=[f"pca@{self.cast.spec.domain}"], password=PACK_PASSWORD, by=self.cast.director, at=at
        )

    # Levels.

    def _decision(self, reason: str, **more: Any) -> activations.Decision:
        director = self.cast.director
        return activations.Decision(
            reason=self.told["reasons"][reason],
            name=director.name,
            user_id=director.user_id,
            capacity=self.cast.part("direction").agent.title,
            **more,
        )

    def _scope(self, in_agency: bool) -> Any:
        if not in_agency:
            return estate.organisation_place()
        return estate.place_of("agency", self.cast.spec.agencies[0].code)

    def _activate(
        self,
        plan: str,
        level: str,
        reason: str,
        at: datetime,
        *,
        in_agency: bool = False,
        review_in: int | None = None,
    ) -> None:
        review = at.date() + timedelta(days=review_in) if review_in else None
        activations.activate(
            plan_code=plan,
            level=level,
            scope=self._scope(in_agency),
            decision=self._decision(reason, review_on=review, legal_basis=self.told["legal"]["telework"]),
            by=self.cast.director,
            at=at,
        )

    def _standing(self, plan: str) -> Activation:
        found = activations.find_standing(plan_code=plan, scope=estate.organisation_place())
        assert found is not None, f"{plan} is not in force"
        return found

    def _change(self, plan: str, level: str, reason: str, at: datetime) -> None:
        activations.change_level(
            activation_id=self._standing(plan).pk,
            level=level,
            decision=self._decision(reason),
            by=self.cast.director,
            at=at,
        )

    def _extend(self, plan: str, at: datetime) -> None:
        standing = self._standing(plan)
        later = (standing.review_on or at.date()) + timedelta(days=14)
        activations.extend(
            activation_id=standing.pk,
            decision=self._decision("extend", review_on=later),
            by=self.cast.director,
            at=at,
        )

    def _end(self, plan: str, reason: str, lessons: str, at: datetime) -> None:
        standing = self._standing(plan)
        by = self.cast.director
        activations.lift(activation_id=standing.pk, decision=self._decision(reason), by=by, at=at)
        activations.debrief(activation_id=standing.pk, lessons=self.told["lessons"][lessons], by=by, at=at)

    def _override(self, at: datetime) -> None:
        """One agency takes the cleaning of its halls up again."""
        overrides.override(
            service="cleaning",
            values={"rounds": "normal"},
            scope=self._scope(in_agency=True),
            decision=self._decision("override", review_on=at.date() + timedelta(days=7)),
            by=self.cast.director,
            at=at,
        )

    # What people do meanwhile.

    def _work_from(self, first: int, last: int) -> None:
        """Answers to the call-outs soon after each decision, tasks done day by day, some of them late."""
        for days in range(first, last - 1, -1):
            self.timeline.add(days, "12:10", self._answer)
            self.timeline.add(days, "16:30", self._do_tasks)
            for at in ("18:10", "20:10"):
                self.timeline.add(days, at, self._carry_up)

    def _answer(self, at: datetime) -> None:
        random = stream(self.seed, self.cast.spec.slug, "answers", at.date())
        waiting = CallOutAnswer.objects.filter(answered_at__isnull=True, call_out__exercise=False)
        for answer in waiting.order_by("name", "id"):
            if happens(random, 0.8):
                via = "link" if happens(random, 0.7) else "phone"
                _allow(
                    lambda answer=answer, via=via: call_out.record_answer(
                        answer_id=answer.pk, via=via, by=self.cast.secretary, at=at
                    )
                )

    def _do_tasks(self, at: datetime) -> None:
        """Finish what was due by tonight, four times out of five, and begin what comes next."""
        random = stream(self.seed, self.cast.spec.slug, "tasks", at.date())
        by = self.cast.actor("pca")
        for task in Task.objects.unfinished().order_by("due_at", "code", "id"):
            if self._is_neglected(task):
                continue
            is_due = task.due_at is not None and task.due_at <= at + timedelta(hours=20)
            if is_due and happens(random, 0.78):
                _allow(lambda task=task: tasks.start_task(task_id=task.pk, by=by, at=at))
                _allow(lambda task=task: tasks.finish_task(task_id=task.pk, by=by, at=at, outcome="Fait."))
            elif is_due and happens(random, 0.5):
                _allow(lambda task=task: tasks.start_task(task_id=task.pk, by=by, at=at))

    def _carry_up(self, at: datetime) -> None:
        """What the machine does every five minutes, here twice a night: late tasks go up to the deputy and beyond."""
        late_tasks.carry_up_late_tasks(by=system_actor("Palier", organisation=self.cast.spec.slug), at=at)

    def _is_neglected(self, task: Task) -> bool:
        """One card in five is not taken up, among those that leave two days: the board has late tasks to show."""
        if task.due_at is None or task.due_at - task.opened_at < timedelta(hours=40):
            return False
        return happens(stream(self.seed, self.cast.spec.slug, "neglected", task.code, task.title), 0.2)

    def _issue_notices(self, at: datetime) -> None:
        """What was put up and published; messages wait for somebody to look at their recipients."""
        by = self.cast.actor("communication", "direction")
        ready = Notice.objects.filter(
            state=NoticeState.PREPARED,
            channel__in=(NoticeChannel.POSTER, NoticeChannel.WEBSITE),
            exercise=False,
        )
        for notice in ready.order_by("channel", "language"):
            notices.issue(notice_id=notice.pk, by=by, at=at)

    def _log(self, one: Mapping[str, Any], at: datetime) -> None:
        owner = one.get("owner", "")
        log.record_entry(
            text=one["text"],
            category=one["category"],
            source=one["source"],
            severity=one["severity"],
            by=self.cast.secretary,
            at=at,
            event_at=at - timedelta(minutes=6),
            action_owner=owner,
            action_due_at=at + timedelta(hours=one["due_hours"]) if owner else None,
        )

    def _meet(self, one: Mapping[str, Any], at: datetime) -> None:
        by, central = self.cast.secretary, cell.ensure_central_cell()
        meeting: Meeting = meetings.plan_meeting(
            cell_id=central.pk, starts_at=at, by=by, at=at, where=one["where"], agenda=one["agenda"]
        )
        meetings.hold_meeting(
            meeting_id=meeting.pk,
            attendance=one["attendance"],
            minutes=one["minutes"],
            by=by,
            at=at + timedelta(minutes=50),
        )

    def _decide(self, one: Mapping[str, Any], at: datetime) -> None:
        by = self.cast.secretary
        decided = meetings.record_decision(
            cell_id=cell.ensure_central_cell().pk,
            text=one["text"],
            by=by,
            at=at,
            decided_by_name=self.cast.director.name,
            owner_name=one["owner"],
            due_on=at.date() + timedelta(days=7),
        )
        if one["done"]:
            meetings.finish_decision(
                decision_id=decided.pk, outcome="Fait.", by=by, at=at + timedelta(hours=6)
            )

    def _report(self, one: Mapping[str, Any], at: datetime) -> None:
        by = self.cast.secretary
        report = reports.begin_report(by=by, at=at)
        words = {name: one[name] for name in ("highlights", "decisions", "needs", "next_steps")}
        reports.write_report(report_id=report.pk, by=by, at=at, next_at=at + timedelta(days=3), **words)
        reports.freeze_report(report_id=report.pk, by=by, at=at)
        reports.send_report(report_id=report.pk, by=by, at=at)


def _allow(act: Any) -> None:
    """Do what may be refused: a task that waits for another one is simply done another day."""
    from django.db import transaction

    try:
        with transaction.atomic():
            act()
    except DomainError:
        return
