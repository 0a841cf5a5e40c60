"""Scripts, lessons and amended plans: rules, no database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from palier.kernel.modes import services
from palier.modules.continuity.enums import Evidence, ProposalKind, ScriptProblem
from palier.modules.continuity.rules.exercise_script import ScriptLine, is_due, read_script, write_script
from palier.modules.continuity.rules.lessons import (
    ReviewFact,
    RoleFact,
    StaffFact,
    TaskFact,
    minutes_of,
    next_delay,
    proposals,
    punctuality,
)
from palier.modules.continuity.rules.plan_amend import ChangeImpossible, amended, new_code
from palier.modules.continuity.rules.plan_reading import read_plan
from palier.modules.continuity.rules.plan_writing import write_plan
from palier.modules.continuity.services.templates import FOLDER, plan_templates, script_for
from palier.modules.continuity.tests.plans import PLAN

BEGUN = datetime(2026, 11, 2, 8, tzinfo=UTC)


class TestScript:
    def test_reads_what_it_wrote(self):
        lines = (
            ScriptLine(0, "Le gardien appelle"),
            ScriptLine(45, "La préfecture demande un point", "Répondre", 20),
            ScriptLine(120, "Un élu écrit", "Préparer une réponse"),
        )

        assert read_script(write_script(lines)) == (lines, ())

    def test_passes_over_notes_and_empty_lines(self):
        found, problems = read_script("# morning\n\nT+1 h | One\n")

        assert ([one.offset_minutes for one in found], problems) == ([60], ())

    @pytest.mark.parametrize(
        ("line", "kind"),
        [
            ("T+15 min", ScriptProblem.SHAPE),
            ("a | b | c | 4 | e", ScriptProblem.SHAPE),
            ("D+2 | Later", ScriptProblem.DELAY),
            ("soon | Later", ScriptProblem.DELAY),
            ("T+5 min | ", ScriptProblem.EMPTY),
            ("T+5 min | x | y | ²", ScriptProblem.WITHIN),
            ("T+5 min | x | y | 0", ScriptProblem.WITHIN),
        ],
    )
    def test_says_which_line_is_wrong(self, line, kind):
        _found, (problem,) = read_script(f"# first\n{line}")

        assert (problem.kind, problem.line) == (kind, 2)
        assert "2" in str(problem)

    def test_plays_an_event_once_its_time_has_come(self):
        assert is_due(15, timedelta(minutes=15))
        assert not is_due(15, timedelta(minutes=14))


@pytest.mark.parametrize("path", sorted((FOLDER / "scripts").glob("*.txt")), ids=lambda path: path.name)
def test_every_script_that_comes_with_palier_can_be_read(path):
    lines, problems = read_script(path.read_text(encoding="utf-8"))

    assert problems == ()
    assert len(lines) >= 5
    assert all(one.expected and one.within_minutes for one in lines)


def test_every_plan_comes_with_a_script_in_both_languages():
    codes = {one.document.code for one in plan_templates("fr")}

    assert codes == {"pandemic", "cyber-attack", "heat-wave", "flood", "energy"}
    assert all(script_for(code, language) for code in codes for language in ("fr", "en"))
    assert script_for("../../secrets", "fr") == ""


def task(**given):
    said = {
        "code": "close-the-doors",
        "level": "3",
        "title": "Close the doors",
        "role": "lettings",
        "deputy": "coordinator",
        "delay": "T+4 h",
        "opened_at": BEGUN,
        "due_at": BEGUN + timedelta(hours=4),
        "started_at": BEGUN,
        "ended_at": BEGUN + timedelta(hours=3),
        "is_done": True,
        "since": BEGUN,
    }
    return TaskFact(**{**said, **given})


def worked_out(tasks=(), roles=(), reviews=(), staff=()):
    return proposals(tasks=tasks, roles=roles, reviews=reviews, staff=staff)


class TestProposals:
    def test_say_nothing_when_all_went_well(self):
        assert worked_out([task()], [RoleFact(1, "lettings", 4, 1)]) == ()

    def test_give_a_late_card_the_delay_that_it_took(self):
        (one,) = worked_out([task(ended_at=BEGUN + timedelta(hours=7))])

        assert (one.kind, one.change["delay"]) == (ProposalKind.LONGER_DELAY, "T+8 h")
        assert one.evidence[0].said["late"] == timedelta(hours=3)

    def test_leave_a_card_alone_that_was_a_few_minutes_late(self):
        assert worked_out([task(ended_at=BEGUN + timedelta(hours=4, minutes=9))]) == ()

    def test_hand_a_card_that_nobody_took_to_its_deputy(self):
        missed = task(is_done=False, started_at=None, ended_at=BEGUN + timedelta(days=1))

        (one,) = worked_out([missed], [RoleFact(7, "lettings", None, 2)])

        assert (one.kind, one.change["role"], one.change["deputy"]) == (
            ProposalKind.OTHER_ROLE,
            "coordinator",
            "lettings",
        )
        assert [fact.kind for fact in one.evidence] == [
            Evidence.NEVER_ENDED,
            Evidence.NEVER_BEGUN,
            Evidence.ROLE_SILENT,
        ]

    def test_name_a_deputy_where_there_is_none(self):
        missed = task(is_done=False, deputy="", ended_at=BEGUN + timedelta(days=1))

        (one,) = worked_out([missed])

        assert (one.kind, one.change["deputy"]) == (ProposalKind.DEPUTY, "coordinator")

    def test_name_a_deputy_for_a_role_that_did_not_answer(self):
        (one,) = worked_out([task(deputy="")], [RoleFact(7, "lettings", None, 1)])

        assert (one.kind, one.evidence[0].kind) == (ProposalKind.DEPUTY, Evidence.ROLE_SILENT)

    def test_leave_alone_what_was_not_due_when_the_level_was_lifted(self):
        assert worked_out([task(is_done=False, ended_at=BEGUN + timedelta(hours=1))]) == ()

    def test_make_a_card_of_what_was_added_by_hand_and_done(self):
        added = task(code="", by_hand=True, log_seq=12, role="", steps=("Ring",))

        (one,) = worked_out([added])

        assert (one.kind, one.change["role"], one.change["steps"]) == (
            ProposalKind.NEW_CARD,
            "coordinator",
            ["Ring"],
        )
        assert one.evidence[1].said == {"seq": 12}

    def test_do_not_keep_what_was_added_and_given_up(self):
        assert worked_out([task(code="", by_hand=True, is_done=False)]) == ()

    def test_look_at_a_level_sooner_when_its_review_was_forgotten(self):
        late = ReviewFact("3", BEGUN.date(), BEGUN.date() + timedelta(days=5), 14)

        (one,) = worked_out(reviews=[late])

        assert (one.kind, one.change["days"], one.evidence[0].said["days"]) == (
            ProposalKind.SHORTER_REVIEW,
            7,
            5,
        )

    def test_ask_for_the_staff_that_was_ever_there(self):
        never = StaffFact("3", "repairs", "Repairs", 6, 6, None, (2, 4, 3))
        met = replace(never, present=(2, 6))
        empty = replace(never, present=())

        (one,) = worked_out(staff=[never, met, empty])

        assert (one.change["count"], one.evidence[0].said["best"]) == (4, 4)

    def test_do_not_rewrite_a_minimum_for_one_bad_day(self):
        assert worked_out(staff=[StaffFact("3", "repairs", "Repairs", 6, 6, None, (2,))]) == ()

    def test_share_more_dwellings_among_those_who_are_there(self):
        never = StaffFact("3", "cleaning", "Cleaning", 10, 1, 100, (5, 4, 5))

        (one,) = worked_out(staff=[never])

        assert (one.change["count"], one.change["per_dwellings"]) == (1, 200)


@pytest.mark.parametrize(
    ("hours", "longer", "delay"),
    [
        (0.1, "", "T+15 min"),
        (1, "", "T+1 h"),
        (7, "T+4 h", "T+8 h"),
        (3, "T+4 h", "T+6 h"),
        (100, "T+72 h", "D+5"),
    ],
)
def test_the_next_delay_is_long_enough_and_longer(hours, longer, delay):
    found = next_delay(timedelta(hours=hours), longer_than=longer)

    assert found == delay
    assert not longer or minutes_of(found) > minutes_of(longer)


def test_punctuality_counts_each_task_once():
    tasks = [
        task(),
        task(ended_at=BEGUN + timedelta(hours=9)),
        task(is_done=False, ended_at=BEGUN + timedelta(days=1)),
        task(is_done=False, ended_at=BEGUN + timedelta(hours=1)),
    ]

    counted = punctuality(tasks)

    assert (counted.in_time, counted.late, counted.missed, counted.unfinished, counted.total) == (
        1,
        1,
        1,
        1,
        4,
    )


class TestAmended:
    @pytest.fixture
    def document(self):
        return read_plan(PLAN, services()).document

    @pytest.mark.parametrize(
        ("change", "field", "value"),
        [
            ({"what": "delay", "code": "close-the-doors", "delay": "T+8 h"}, "delay", "T+8 h"),
            ({"what": "role", "code": "close-the-doors", "role": "safety", "deputy": "it"}, "role", "safety"),
            ({"what": "deputy", "code": "close-the-doors", "deputy": "safety"}, "deputy", "safety"),
        ],
    )
    def test_changes_one_card_and_nothing_else(self, document, change, field, value):
        made = amended(document, {**change, "level": "3"})

        cards = {one.code: one for one in made.levels["3"].tasks}
        assert getattr(cards["close-the-doors"], field) == value
        assert made.levels["2"] == document.levels["2"]
        assert cards["call-the-cell"] == document.levels["3"].tasks[0]

    def test_makes_a_plan_that_can_be_read_again(self, document):
        card = {
            "what": "card",
            "level": "3",
            "title": "Appeler les étages élevés",
            "role": "social",
            "deputy": "coordinator",
            "delay": "T+2 h",
            "steps": ["Sonner"],
        }

        made = amended(
            amended(document, card),
            {"what": "staff", "level": "3", "service": "repairs", "count": 1, "per_dwellings": None},
        )

        assert read_plan(write_plan(made, services()), services()).document == made

    def test_says_what_the_plan_no_longer_has(self, document):
        with pytest.raises(ChangeImpossible, match="gone"):
            amended(document, {"what": "delay", "level": "3", "code": "gone", "delay": "T+8 h"})

    def test_gives_a_new_card_a_code_of_its_own(self):
        assert new_code("Appeler l'étage élevé !", set()) == "appeler-l-etage-eleve"
        assert new_code("Close the doors", {"close-the-doors"}) == "close-the-doors-2"
        assert new_code("???", set()) == "card"
