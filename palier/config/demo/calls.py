"""Two weeks of calls: lists made by the levels lived, quiet conversations, a few hard ones, doors knocked at."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid5

from django.db import connection
from django.utils import timezone

from palier.config.demo.cast import Cast
from palier.config.demo.timeline import Timeline
from palier.kernel.access import SystemActor
from palier.kernel.calendar import is_working_day
from palier.kernel.errors import DomainError
from palier.modules.outreach.enums import AlertLevel, AttemptResult, CampaignState, VisitAnswer, Wellbeing
from palier.modules.outreach.models import Alert, Attempt, Call, Campaign, Report, Visit
from palier.modules.outreach.services import alerts, cadence, campaigns, desk, reporting, segments, visits
from palier.modules.referrals.models import Referral
from palier.modules.referrals.services import handling
from palier.modules.staff import public as staff

CALLERS = 6
SEED = UUID("6f3b1f5e-2f0c-4b58-9c1b-0a7d3c1f9e11")
JOBS = ("social_adviser", "social_worker", "adviser", "receptionist", "collection_officer")


@dataclass(frozen=True)
class Told:
    """One conversation of the story. `days`: how long ago; `needs` as the desk ticks them."""

    days: int
    note: str
    wellbeing: str = Wellbeing.SO_SO
    needs: tuple[str, ...] = ()
    alert: str = AlertLevel.NONE
    is_hard: bool = False
    then: str = ""


STORIES = (
    Told(9, "Sort peu. Sa fille fait les courses le samedi, mais part en vacances.", needs=("groceries",)),
    Told(9, "Contente d’avoir des nouvelles. Demande quand reprennent les ateliers.", Wellbeing.WELL),
    Told(
        6,
        "N’a parlé à personne depuis une semaine. Souhaite être rappelée souvent.",
        Wellbeing.WORRIED,
        alert=AlertLevel.WATCH,
        then="close",
    ),
    Told(6, "Le robinet de la cuisine fuit depuis lundi.", Wellbeing.WELL, ("technical_problem",)),
    Told(
        6,
        "Ne peut plus descendre l’escalier, a manqué deux repas. Le portage est à mettre en place aujourd’hui.",
        Wellbeing.WORRIED,
        ("meals",),
        AlertLevel.ACT,
        then="close",
    ),
    Told(6, "Attend une réponse de la CAF depuis deux mois.", needs=("benefits_or_job",)),
    Told(
        4,
        "Dit ne plus avoir envie de rien. A accepté que le service social passe demain.",
        Wellbeing.DISTRESS,
        ("psychological_support",),
        AlertLevel.ACT,
        is_hard=True,
        then="take",
    ),
    Told(3, "Ne sait pas comment suivre les cours de son fils à distance.", needs=("digital_or_school",)),
    Told(3, "Va bien. Propose d’aider ses voisins de palier.", Wellbeing.WELL),
    Told(2, "Deux échéances difficiles à payer, a peur du courrier.", needs=("rent_difficulty",)),
    Told(
        2,
        "Bruit chaque nuit à l’étage, ne dort plus.",
        Wellbeing.WORRIED,
        ("neighbourhood",),
        AlertLevel.WATCH,
    ),
)


class Calls:
    """Plans the calls of one landlord on its timeline, around the crises that it lives."""

    def __init__(self, cast: Cast, timeline: Timeline) -> None:
        self.cast, self.timeline = cast, timeline
        self.slug = cast.spec.slug
        self.lead = cast.actor("social", "clientele", "direction")

    def plan(self) -> None:
        """Put the calls on the timeline: callers chosen, days of calls, what was heard, what became of it."""
        add = self.timeline.add
        add(32, "11:00", self._segments)
        if self.slug == "quercy":
            add(20, "09:30", self._by_hand)
            add(6, "16:00", lambda at: self._close(at, "Les appels reprennent par secteur."))
        for days in range(21, -1, -1):
            add(days, "10:20", self._choose_callers)
            add(days, "12:30", self._choose_callers)
            add(days, "16:30", self._a_day)
        if self.slug == "corbieres":
            for told in STORIES:
                add(told.days, "15:10", partial(self._talk, told))
            add(11, "10:30", lambda at: self._close(at, "Première vague terminée : plus d’appels à passer."))
            add(3, "16:20", self._hear_back)
            for days in range(15, 0, -1):
                add(days, "17:10", self._doors)
            add(0, "00:10", self._sign)

    def _segments(self, at: datetime) -> None:
        segments.ensure_segments(by_name=self.lead.name, at=at)

    def _by_hand(self, at: datetime) -> None:
        draft = campaigns.Draft(
            name="Locataires isolés, automne",
            scope=campaigns.target("organisation", ""),
            segment_codes=("A", "B"),
            starts_on=timezone.localdate(at),
            reason="Demande du conseil d’administration.",
        )
        made = campaigns.create_campaign(draft=draft, by=self.lead, at=at)
        shown = campaigns.preview(campaign=made, at=at)
        campaigns.open_campaign(campaign_id=made.pk, fingerprint=shown.fingerprint, by=self.lead, at=at)

    def _close(self, at: datetime, reason: str) -> None:
        for one in Campaign.objects.filter(state__in=[CampaignState.OPEN, CampaignState.PAUSED]):
            campaigns.close(campaign_id=one.pk, reason=reason, by=self.lead, at=at)

    def _choose_callers(self, at: datetime) -> None:
        for one in Campaign.objects.filter(state=CampaignState.OPEN, callers__isnull=True):
            agents = [card for card in staff.crisis_directory(on=timezone.localdate(at)) if card.job in JOBS]
            chosen = sorted(agents, key=lambda card: (JOBS.index(card.job), card.name))[:CALLERS]
            callers = [
                {"agent_id": card.id, "daily_calls": 30, "languages": ["ar"] if rank == 1 else []}
                for rank, card in enumerate(chosen)
            ]
            campaigns.set_callers(campaign_id=one.pk, callers=callers, by=self.lead, at=at)
            cadence.open_rounds(at=at)

    # Days of calls.

    def _a_day(self, at: datetime) -> None:
        """Ring those whose day has come: most answer and are well, some do not answer."""
        day = timezone.localdate(at)
        if not is_working_day(day):
            return
        with connection.cursor() as cursor:
            cursor.execute(_RING, {"day": day, "at": at, "noon": at - timedelta(hours=4)})
            cursor.execute(_HEAR, {"day": day, "at": at})
            cursor.execute(_SETTLE, {"at": at})
        for call in Call.objects.filter(state="waiting", attempts_made__gte=3).select_related("line"):
            self._give_up(call, at)
        cadence.score_again(at=at)
        cadence.open_rounds(at=at)

    def _give_up(self, call: Call, at: datetime) -> None:
        call.state, call.ended_at = "unreached", at
        call.save(update_fields=["state", "ended_at"])
        if not Visit.objects.filter(line=call.line, state__in=["to_visit", "nobody"]).exists():
            visits.open_visit(call, by=self.lead, at=at)

    # Conversations that are told.

    def _talk(self, told: Told, at: datetime) -> None:
        caller = self._caller(at)
        call_id = desk.take_next(by=caller, at=at) if caller else None
        if caller is None or call_id is None:
            return
        outcome = reporting.Outcome(
            token=uuid5(SEED, f"{self.slug}/{told.note}"),
            result=AttemptResult.ANSWERED,
            wellbeing=told.wellbeing,
            alert_level=told.alert,
            note=told.note,
            needs=tuple(reporting.TickedNeed(kind) for kind in told.needs),
            consent="oral" if told.needs else "",
            is_hard=told.is_hard,
        )
        saved = reporting.save(call_id=call_id, outcome=outcome, by=caller, at=at)
        alert = Alert.objects.filter(report__attempt=saved.attempt_id).first()
        if alert is not None and told.then:
            alerts.take(alert_id=alert.pk, by=self.lead, at=at + timedelta(minutes=20))
        if alert is not None and told.then == "close":
            note = "Rappelée le lendemain, le portage est en place."
            alerts.close(alert_id=alert.pk, note=note, by=self.lead, at=at + timedelta(minutes=40))

    def _hear_back(self, at: datetime) -> None:
        """Our own teams take up what was heard: the caller reads what became of it."""
        told = {"technical_problem": "Joint changé.", "meals": "Premier repas livré ce midi."}
        for one in Referral.objects.filter(
            source_kind="outreach.report", kind__in=told, acknowledged_at=None
        ):
            doing: dict[str, Any] = {"referral_id": one.pk, "by": self.lead}
            handling.acknowledge(**doing, at=at - timedelta(hours=4))
            handling.settle(**doing, outcome="provided", note=told[one.kind], at=at)
        for one in Referral.objects.filter(
            source_kind="outreach.report", kind="benefits_or_job", acknowledged_at=None
        ):
            handling.acknowledge(referral_id=one.pk, by=self.lead, at=at)

    def _caller(self, at: datetime) -> SystemActor | None:
        one = Campaign.objects.filter(state=CampaignState.OPEN).order_by("created_at").first()
        rows = one.callers.filter(is_active=True).order_by("pk") if one else []
        cards = staff.agents_named([row.agent_id for row in rows])
        # Those who have an account first: whoever signs in as one of them finds what came of these conversations.
        accounts = self.cast.accounts()
        ranked = sorted(cards.values(), key=lambda card: (card.user_email not in accounts, card.name))
        named = next((card for card in ranked if card.user_email or card.email), None)
        if named is None:
            return None
        return SystemActor(
            user_id=named.id,
            name=named.name,
            email=named.user_email or named.email,
            organisation=self.slug,
            via="web",
        )

    def _doors(self, at: datetime) -> None:
        """The field team knocks at the doors that wait: most open."""
        if not is_working_day(timezone.localdate(at)):
            return
        waiting = Visit.objects.filter(state__in=["to_visit", "nobody"]).order_by("due_on", "pk")[:16]
        for rank, visit in enumerate(waiting):
            try:
                if rank % 5 == 4:
                    visits.find_nobody(visit_id=visit.pk, by=self.lead, at=at)
                else:
                    visits.meet(visit_id=visit.pk, answer=VisitAnswer.WELL, note="", by=self.lead, at=at)
            except DomainError:
                continue

    def _sign(self, at: datetime) -> None:
        """Callers who have an account find their calls under it, as if they had typed them at the desk."""
        for account, user_id in self.cast.accounts().items():
            rows = Attempt.objects.filter(agent__user_email=account)
            Report.objects.filter(attempt__in=rows).update(by_id=user_id)
            rows.update(by_id=user_id)


# What each number answers on a day: the same demonstration tells the same days.
_LUCK = "('x' || substr(md5(call.phone || %(day)s::text), 1, 4))::bit(16)::int / 655.36"
_RING = f"""
INSERT INTO outreach_attempt (id, call_id, at, direction, result, slot, by_id, by_name, agent_id)
SELECT public.uuid7(), call.id,
       %(noon)s::timestamptz
           + interval '1 second' * (row_number() OVER (ORDER BY call.score DESC) * 37 %% 12000),
       'outbound',
       CASE WHEN luck < 70 THEN 'answered' WHEN luck < 73 THEN 'third_party' WHEN luck < 88 THEN 'no_answer'
            WHEN luck < 96 THEN 'voicemail' ELSE 'busy' END,
       '', NULL, coalesce(trim(agent.first_name || ' ' || agent.last_name), 'Équipe sociale'), call.caller_id
FROM (SELECT call.*, {_LUCK} AS luck FROM outreach_call call
      JOIN outreach_campaign campaign ON campaign.id = call.campaign_id AND campaign.state = 'open'
      WHERE call.state = 'waiting' AND call.due_on <= %(day)s AND (call.not_before IS NULL OR call.not_before <= %(at)s)
        AND NOT (call.score %% 17 = 0 AND call.attempts_made = 0)) call
LEFT JOIN staff_agent agent ON agent.id = call.caller_id
"""
_HEAR = """
INSERT INTO outreach_report (id, call_id, attempt_id, at, by_name, wellbeing, alert_level, note)
SELECT public.uuid7(), attempt.call_id, attempt.id, attempt.at, attempt.by_name,
       CASE WHEN ('x' || substr(md5(call.phone), 1, 2))::bit(8)::int < 165 THEN 'well'
            WHEN ('x' || substr(md5(call.phone), 1, 2))::bit(8)::int < 240 THEN 'so_so' ELSE 'worried' END, '0', ''
FROM outreach_attempt attempt JOIN outreach_call call ON call.id = attempt.call_id
WHERE call.state = 'waiting' AND attempt.result IN ('answered', 'third_party')
  AND NOT EXISTS (SELECT FROM outreach_report report WHERE report.attempt_id = attempt.id)
"""
_SETTLE = """
WITH last AS (
    SELECT DISTINCT ON (call.id) call.id, call.line_id, attempt.at, attempt.result,
           (SELECT count(*) FROM outreach_attempt one WHERE one.call_id = call.id) AS made,
           (SELECT min(one.at) FROM outreach_attempt one WHERE one.call_id = call.id) AS first_at
    FROM outreach_call call JOIN outreach_attempt attempt ON attempt.call_id = call.id
    WHERE call.state = 'waiting' ORDER BY call.id, attempt.at DESC
),
ended AS (
    UPDATE outreach_call call SET attempts_made = last.made, first_attempt_at = last.first_at,
           last_attempt_at = last.at, last_result = last.result,
           state = CASE WHEN last.result IN ('answered', 'third_party') THEN 'reached' ELSE 'waiting' END,
           ended_at = CASE WHEN last.result IN ('answered', 'third_party') THEN last.at END
    FROM last WHERE last.id = call.id RETURNING call.line_id, call.state, last.at
)
UPDATE outreach_line line SET last_reached_at = ended.at FROM ended
WHERE line.id = ended.line_id AND ended.state = 'reached'
"""
