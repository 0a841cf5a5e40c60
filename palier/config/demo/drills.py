"""What is rehearsed and what is announced: an exercise played and looked back upon, rules and a map of vigilance."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from palier.config.demo.cast import Cast
from palier.config.demo.draws import happens, stream
from palier.config.demo.facts import FOLDER, read_toml
from palier.config.demo.timeline import Timeline
from palier.kernel.errors import DomainError
from palier.modules.continuity.enums import ProposalState
from palier.modules.continuity.models import AfterActionReview, CallOutAnswer, Exercise, ReviewProposal, Task
from palier.modules.continuity.services import after_action, call_out, exercises, tasks, vigilance
from palier.modules.continuity.services.templates import script_for
from palier.modules.estate import public as estate

PLAN, LEVEL = "cyber-attack", "2"
DAY = 26
MAP_HOURS = 42


class Drill:
    """The exercise of a landlord: four weeks ago, a morning without computers."""

    def __init__(self, cast: Cast, timeline: Timeline, seed: int) -> None:
        self.cast, self.timeline, self.seed = cast, timeline, seed
        self.told = read_toml(FOLDER / "drill.toml")

    def plan(self) -> None:
        add = self.timeline.add
        add(DAY + 1, "15:00", self._prepare)
        add(DAY, "09:00", self._start)
        add(DAY, "09:13", self._answer)
        # The script's own times, a minute late at most.
        for rank, at in enumerate(("09:00", "09:10", "09:20", "09:35", "09:45")):
            add(DAY, at, partial(self._announce, rank))
        add(DAY, "09:40", self._add_a_task)
        for at in ("09:50", "11:40"):
            add(DAY, at, self._do_tasks)
        for one in self.told["observations"]:
            minutes = 9 * 60 + one["minutes"]
            add(DAY, f"{minutes // 60:02}:{minutes % 60:02}", partial(self._observe, one))
        add(DAY, "12:15", self._end)
        add(DAY - 1, "10:00", self._draft)
        add(DAY - 3, "14:00", self._settle)
        add(DAY - 4, "11:00", self._adopt)

    @property
    def _exercise(self) -> Exercise:
        return Exercise.objects.order_by("number").last()  # type: ignore[return-value]

    def _prepare(self, at: datetime) -> None:
        exercises.prepare(
            title=self.told["title"],
            plan_code=PLAN,
            level=LEVEL,
            scope=estate.organisation_place(),
            objectives=self.told["objectives"],
            animator_name=self.cast.actor("pca").name,
            script=script_for(PLAN, "fr"),
            planned_at=at + timedelta(hours=18),
            by=self.cast.actor("pca"),
            at=at,
        )

    def _start(self, at: datetime) -> None:
        exercises.start(exercise_id=self._exercise.pk, by=self.cast.director, at=at)

    def _answer(self, at: datetime) -> None:
        """Most of the cell answers within a quarter of an hour, some never."""
        random = stream(self.seed, self.cast.spec.slug, "drill", at.date())
        waiting = CallOutAnswer.objects.filter(answered_at__isnull=True, is_deputy=False)
        for rank, answer in enumerate(waiting.order_by("name", "id")):
            if happens(random, 0.85):
                moment = at - timedelta(minutes=9 - rank % 9)
                call_out.record_answer(answer_id=answer.pk, via="phone", by=self.cast.secretary, at=moment)

    def _announce(self, rank: int, at: datetime) -> None:
        by = self.cast.actor("pca")
        inject = self._exercise.injects.order_by("offset_minutes", "rank")[rank]
        exercises.play(inject_id=inject.pk, by=by, at=at)
        minutes = self.told["reactions"][rank]
        if minutes:
            exercises.answered(inject_id=inject.pk, by=by, at=at + timedelta(minutes=minutes))

    def _add_a_task(self, at: datetime) -> None:
        """What no card foresaw: the next version of the plan may have it."""
        tasks.add_task(
            title=self.told["added"]["title"],
            instructions=self.told["added"]["steps"],
            role="lettings",
            due_at=at + timedelta(minutes=50),
            activation_id=self._exercise.activation_id,
            by=self.cast.actor("pca"),
            at=at,
        )

    def _do_tasks(self, at: datetime) -> None:
        """Half of what is open, then nearly all: the slowest cards end late, the last is never done."""
        by = self.cast.actor("pca")
        open_now = list(Task.objects.unfinished().filter(exercise=True).order_by("due_at", "code", "id"))
        for task in open_now[: max(1, len(open_now) * 2 // 3)]:
            try:
                tasks.finish_task(task_id=task.pk, outcome="Joué.", by=by, at=at)
            except DomainError:
                continue

    def _observe(self, one: Mapping[str, Any], at: datetime) -> None:
        by = self.cast.actor("rh", "cellule", "pca")
        exercises.observe(exercise_id=self._exercise.pk, kind=one["kind"], text=one["text"], by=by, at=at)

    def _end(self, at: datetime) -> None:
        exercises.end(exercise_id=self._exercise.pk, by=self.cast.director, at=at)

    def _draft(self, at: datetime) -> None:
        by, exercise = self.cast.actor("pca"), self._exercise
        assert exercise.activation_id is not None
        exercises.assess(exercise_id=exercise.pk, conclusion=self.told["conclusion"], by=by, at=at)
        review = after_action.draft_review(activation_id=exercise.activation_id, by=by, at=at)
        for section, text in self.told["comments"].items():
            after_action.comment(review_id=review.pk, section=section, text=text, by=by, at=at)
        after_action.conclude(review_id=review.pk, conclusion=self.told["review"], by=by, at=at)
        after_action.share(review_id=review.pk, by=by, at=at)

    def _settle(self, at: datetime) -> None:
        """Every other proposal is accepted; the others are refused with a reason."""
        by = self.cast.director
        for rank, one in enumerate(ReviewProposal.objects.filter(state=ProposalState.OPEN).order_by("rank")):
            if rank % 2:
                reason = "Le retard tient à l’exercice : à revoir au prochain."
                after_action.refuse(proposal_id=one.pk, reason=reason, by=by, at=at)
            else:
                after_action.accept(proposal_id=one.pk, by=by, at=at)

    def _adopt(self, at: datetime) -> None:
        review = AfterActionReview.objects.order_by("number").last()
        assert review is not None
        after_action.adopt(review_id=review.pk, by=self.cast.director, at=at)


class Weather:
    """Rules kept in autumn, and the map of this morning: a colour proposes, nobody is called by it."""

    def __init__(self, cast: Cast, timeline: Timeline) -> None:
        self.cast, self.timeline = cast, timeline
        self.told = read_toml(FOLDER / "drill.toml")

    def plan(self) -> None:
        self.timeline.add(22, "10:00", self._keep_rules)
        self.timeline.add(1, "06:12", self._load)

    def _keep_rules(self, at: datetime) -> None:
        rules = (
            ("rain", "orange", "level", "flood", "2"),
            ("heat", "orange", "level", "heat-wave", "2"),
            ("heat", "orange", "calls", "", ""),
        )
        for phenomenon, colour, act, plan, level in rules:
            vigilance.keep_rule(
                phenomenon=phenomenon,
                colour=colour,
                act=act,
                plan_code=plan,
                level=level,
                by=self.cast.director,
                at=at,
            )

    def _load(self, at: datetime) -> None:
        content = map_of(self.told["weather"], self.cast.spec.departments, at)
        by = self.cast.actor("pca")
        vigilance.load_bulletin(content=content, source="cdp_carte_externe.json", by=by, at=at)


def map_of(weather: list[Mapping[str, Any]], departments: Any, at: datetime) -> bytes:
    """Write a map as Météo-France does, invented: the first department has weather, the others are green."""
    begin = at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    end = begin + timedelta(hours=MAP_HOURS)
    codes = list(dict.fromkeys(departments))
    domains = [_domain(code, weather if code == codes[0] else [], begin, end) for code in codes]
    period = {
        "echeance": "J",
        "begin_validity_time": begin.isoformat(),
        "end_validity_time": end.isoformat(),
        "timelaps": {"domain_ids": domains},
    }
    return json.dumps({"product": {"update_time": begin.isoformat(), "periods": [period]}}).encode()


def _domain(code: str, weather: list[Mapping[str, Any]], begin: datetime, end: datetime) -> dict[str, Any]:
    laps: dict[int, list[dict[str, Any]]] = {}
    for one in weather:
        lap = {
            "begin_time": (begin + timedelta(hours=one["since"])).isoformat(),
            "end_time": (begin + timedelta(hours=one["until"])).isoformat(),
            "color_id": one["colour"],
        }
        laps.setdefault(one["phenomenon"], []).append(lap)
    items = [
        {"phenomenon_id": str(number), "phenomenon_max_color_id": 1, "timelaps_items": laps.get(number, [])}
        for number in range(1, 10)
    ]
    return {"domain_id": code, "max_color_id": 1, "phenomenon_items": items}
