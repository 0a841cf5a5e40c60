"""A plan as a file: what is refused and where, and that writing it back says the same."""

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from palier.kernel.modes import services
from palier.modules.continuity.enums import ImpactKind, NoticeChannel, PlanProblem
from palier.modules.continuity.rules.plan_compare import compare_plans
from palier.modules.continuity.rules.plan_document import (
    LEVEL_CODES,
    ActionCard,
    LevelDocument,
    Notice,
    PlanDocument,
    ServiceNeeds,
    StaffNeed,
    staff_needed,
)
from palier.modules.continuity.rules.plan_reading import read_plan
from palier.modules.continuity.rules.plan_writing import write_plan
from palier.modules.continuity.rules.sms import count_segments
from palier.modules.continuity.services.templates import plan_templates
from palier.modules.continuity.tests.plans import PLAN


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def read(text):
    return read_plan(text, services())


def problem(text):
    """The only problem of a text, as (path, kind)."""
    (found,) = read(text).problems
    return found


class TestReading:
    def test_takes_a_plan_that_is_right(self):
        document = read(PLAN).document

        assert document.level_codes == ("2", "3")
        assert document.levels["3"].services["repairs"] == {"accept": "urgent_only", "entry_protocol": "on"}
        assert document.levels["3"].staff["repairs"] == StaffNeed("repairs", 2)
        assert document.levels["3"].tasks[1].after == ("call-the-cell",)

    @pytest.mark.parametrize(
        ("old", "new", "path", "kind", "words"),
        [
            (
                'accept = "urgent_only"',
                'accept = "urgent_onl"',
                "levels.3.services.repairs.accept",
                PlanProblem.MISSPELT_VALUE,
                "urgent_only",
            ),
            (
                'accept = "urgent_only"',
                'accept = "xyz"',
                "levels.3.services.repairs.accept",
                PlanProblem.UNKNOWN_VALUE,
                "safety_only",
            ),
            (
                'accept = "urgent_only"',
                'acept = "all"',
                "levels.3.services.repairs.acept",
                PlanProblem.MISSPELT_KEY,
                "accept",
            ),
            (
                "[levels.3.services.payables]",
                "[levels.3.services.payable]",
                "levels.3.services.payable",
                PlanProblem.MISSPELT_SERVICE,
                "payables",
            ),
            (
                "[levels.3.services.payables]",
                "[levels.3.services.zzz]",
                "levels.3.services.zzz",
                PlanProblem.UNKNOWN_SERVICE,
                "repairs",
            ),
            (
                "[levels.3.staff]\nrepairs",
                "[levels.3.staff]\nrepair",
                "levels.3.staff.repair",
                PlanProblem.MISSPELT_SERVICE,
                "repairs",
            ),
            ('delay = "T+4 h"', 'delay = "4 hours"', "levels.3.tasks[2].delay", PlanProblem.DELAY, "T+4 h"),
            (
                'role = "lettings"',
                'role = "letting"',
                "levels.3.tasks[2].role",
                PlanProblem.MISSPELT_VALUE,
                "lettings",
            ),
            (
                'deputy = "coordinator"',
                'deputy = "lettings"',
                "levels.3.tasks[2].deputy",
                PlanProblem.SAME_DEPUTY,
                "lettings",
            ),
            (
                'after = ["call-the-cell"]',
                'after = ["call"]',
                "levels.3.tasks[2].after",
                PlanProblem.UNKNOWN_TASK,
                "call-the-cell",
            ),
            (
                'after = ["call-the-cell"]',
                'after = ["close-the-doors"]',
                "levels.3.tasks",
                PlanProblem.LOOP,
                "close-the-doors → close-the-doors",
            ),
            (
                'code = "close-the-doors"',
                'code = "Fermer !"',
                "levels.3.tasks[2].code",
                PlanProblem.CODE_SHAPE,
                "Fermer",
            ),
            (
                "mtpd_hours = 96",
                "mtpd_hours = 24",
                "services.reception.rto_hours",
                PlanProblem.TARGET_TOO_LONG,
                "24 h",
            ),
            (
                "rto_hours = 24\nmtpd_hours = 96",
                "rto_hours = 500",
                "services.reception.rto_hours",
                PlanProblem.TARGET_TOO_LONG,
                "168 h",
            ),
            (
                "rto_hours = 24",
                "rto_hours = -1",
                "services.reception.rto_hours",
                PlanProblem.NOT_POSITIVE,
                "above zero",
            ),
            (
                "rto_hours = 24",
                'rto_hours = "24"',
                "services.reception.rto_hours",
                PlanProblem.WRONG_TYPE,
                "whole number",
            ),
            (
                "review_days = 14",
                "review_days = true",
                "levels.3.review_days",
                PlanProblem.WRONG_TYPE,
                "True",
            ),
            ('name = "Full"\n', "", "levels.3.name", PlanProblem.MISSING, "name"),
            ('name = "Full"', 'name = " "', "levels.3.name", PlanProblem.EMPTY, "empty"),
            (
                "[levels.3.notices.fr]",
                "[levels.3.notices.de]",
                "levels.3.notices.de",
                PlanProblem.UNKNOWN_LANGUAGE,
                "de",
            ),
            (
                'sms = "{landlord}',
                'sms = "{lanlord}',
                "levels.3.notices.fr.sms",
                PlanProblem.UNKNOWN_VARIABLE,
                "{lanlord}",
            ),
            (
                'scenario = "pandemic"',
                'scenario = "pandemia"',
                "scenario",
                PlanProblem.MISSPELT_VALUE,
                "pandemic",
            ),
            ('code = "pandemic"\n', 'code = "pandemic"\nformat = 2\n', "format", PlanProblem.FORMAT, "2"),
            (
                'code = "pandemic"\n',
                'code = "pandemic"\nlegal = "x"\n',
                "legal",
                PlanProblem.MISSPELT_KEY,
                "legal_basis",
            ),
        ],
    )
    def test_names_the_table_and_the_key(self, old, new, path, kind, words):
        found = problem(PLAN.replace(old, new, 1) if old in PLAN else pytest.fail(old))

        assert (found.path, found.kind) == (path, kind)
        assert words in found.message

    def test_gives_the_line_of_each_problem(self):
        text = PLAN.replace('accept = "urgent_only"', 'accept = "x"')

        assert text.splitlines()[problem(text).line - 1] == 'accept = "x"'

    def test_gives_every_problem_at_once_in_the_order_of_the_file(self):
        text = PLAN.replace('accept = "urgent_only"', 'accept = "x"').replace(
            "rto_hours = 24", "rto_hour = 24"
        )

        found = read(text).problems

        assert [one.path for one in found] == [
            "services.reception.rto_hour",
            "levels.3.services.repairs.accept",
        ]

    def test_gives_the_line_of_a_syntax_error(self):
        found = problem(PLAN.replace('name = "Partial"', "name = Partial"))

        assert found.kind == PlanProblem.SYNTAX
        assert (found.path, found.line) == ("", PLAN.splitlines().index('name = "Partial"') + 1)

    def test_refuses_a_file_that_is_not_text(self):
        assert problem(b"\xff\xfe\x00").kind == PlanProblem.NOT_TEXT

    def test_takes_a_byte_order_mark(self):
        assert read(b"\xef\xbb\xbf" + PLAN.encode()).document is not None

    def test_refuses_a_level_that_is_unknown(self):
        assert problem(PLAN.replace("[levels.2", "[levels.7")).path == "levels.7"

    def test_refuses_an_empty_plan(self):
        found = read("")

        assert {one.path for one in found.problems} == {"code", "name", "scenario", "levels"}

    @pytest.mark.parametrize(
        ("grid", "kind"),
        [
            ("[0, 1, 2, 3, 4]", PlanProblem.WRONG_COUNT),
            ("[0, 1, 2, 3, 4, 5]", PlanProblem.OUT_OF_RANGE),
            ("[0, 1, 2, 3, 2, 4]", PlanProblem.IMPACT_FALLS),
        ],
    )
    def test_checks_the_impact_grid(self, grid, kind):
        text = PLAN.replace("[levels.2]", f"[services.reception.impact]\npersons = {grid}\n[levels.2]", 1)

        assert problem(text).kind == kind
        assert problem(text).path == "services.reception.impact.persons"

    def test_takes_a_number_where_the_values_are_numbers(self):
        document = read(PLAN.replace('target_days = "8"', "target_days = 8")).document

        assert document.levels["3"].services["payables"] == {"target_days": "8"}


class TestWriting:
    @pytest.mark.parametrize("language", ["fr", "en"])
    def test_of_a_template_says_the_same_when_read_again(self, language):
        for template in plan_templates(language):
            written = write_plan(template.document, services())

            assert read(written).document == template.document
            assert write_plan(read(written).document, services()) == written

    def test_says_above_each_mode_what_may_be_chosen(self):
        written = write_plan(read(PLAN).document, services())

        assert "#   accept: all < urgent_only < safety_only" in written

    def test_puts_levels_in_order_wherever_they_stood(self):
        turned = PLAN[PLAN.index("[levels.3]") :] + PLAN[PLAN.index("[levels.2]") : PLAN.index("[levels.3]")]
        head = PLAN[: PLAN.index("[levels.2]")]

        assert read(head + turned).document == read(PLAN).document


WORDS = (
    st.text(
        st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="{}"), min_size=1, max_size=40
    )
    .map(str.strip)
    .filter(bool)
)
LINES = st.lists(WORDS, min_size=1, max_size=3).map("\n".join)
CODES = st.from_regex(r"\A[a-z][a-z0-9-]{0,12}\Z")


@st.composite
def plans(draw):
    declared = {one.key: one for one in services()}
    levels = {}
    for code in draw(st.lists(st.sampled_from(LEVEL_CODES), min_size=1, max_size=3, unique=True)):
        chosen = draw(st.lists(st.sampled_from(list(declared)), max_size=3, unique=True))
        codes = draw(st.lists(CODES, max_size=3, unique=True))
        levels[code] = LevelDocument(
            code=code,
            name=draw(WORDS),
            summary=draw(LINES),
            review_days=draw(st.integers(1, 400)),
            services={
                key: {
                    field.key: draw(st.sampled_from(field.order)).value
                    for field in draw(st.lists(st.sampled_from(declared[key].fields), unique=True))
                }
                for key in declared
                if key in chosen
            },
            staff={
                key: StaffNeed(key, draw(st.integers(1, 9)), draw(st.none() | st.integers(1, 999)))
                for key in declared
                if key in chosen
            },
            tasks=tuple(
                ActionCard(one, draw(WORDS), "director", draw(st.sampled_from(["T+0", "T+4 h", "D+2"])),
                           after=tuple(codes[:rank][-1:]), steps=tuple(draw(st.lists(WORDS, max_size=3))))
                for rank, one in enumerate(codes)
            ),
            notices={"fr": Notice(poster=draw(LINES), sms=draw(WORDS))} if draw(st.booleans()) else {},
        )  # fmt: skip
    grid = tuple(sorted(draw(st.lists(st.integers(0, 4), min_size=6, max_size=6))))
    return PlanDocument(
        code=draw(CODES),
        name=draw(WORDS),
        language=draw(st.sampled_from(["fr", "en"])),
        scenario="flood",
        summary=draw(st.just("") | LINES),
        distribution=tuple(draw(st.lists(WORDS, max_size=3))),
        services={"repairs": ServiceNeeds(rto_hours=2, impact={ImpactKind.PERSONS.value: grid})},
        levels={code: levels[code] for code in LEVEL_CODES if code in levels},
    )


class TestRoundTrip:
    @settings(max_examples=60, deadline=None)
    @given(plans())
    def test_of_any_plan_loses_nothing(self, document):
        written = write_plan(document, services())

        assert read(written).document == document
        assert write_plan(read(written).document, services()) == written


class TestComparing:
    def test_names_what_changed_added_and_removed(self):
        before = read(PLAN).document
        text = PLAN.replace('accept = "urgent_only"', 'accept = "safety_only"').replace(
            'entry_protocol = "on"\n[levels.3.services.reception]', "[levels.3.services.reception]"
        )
        after = read(text).document

        found = {one.path: (one.kind, one.before, one.after) for one in compare_plans(before, after)}

        assert found["levels.3.services.repairs.accept"] == ("changed", "urgent_only", "safety_only")
        assert found["levels.3.services.repairs.entry_protocol"] == ("removed", "on", "")

    def test_says_nothing_of_two_plans_that_say_the_same(self):
        assert compare_plans(read(PLAN).document, read(PLAN).document) == ()


class TestStaffNeeded:
    def test_is_a_number(self):
        assert staff_needed(StaffNeed("repairs", 2), None) == 2

    def test_grows_with_the_dwellings_and_is_rounded_up(self):
        assert staff_needed(StaffNeed("repairs", 1, 1000), 6001) == 7

    def test_is_unknown_without_the_dwellings(self):
        assert staff_needed(StaffNeed("repairs", 1, 1000), None) is None


class TestTemplates:
    @pytest.mark.parametrize("language", ["fr", "en"])
    def test_have_every_level_and_real_cards(self, language):
        for template in plan_templates(language):
            assert template.document.level_codes == LEVEL_CODES
            assert template.document.language == language
            assert template.cards >= 30
            for level in template.document.levels.values():
                assert all(card.steps for card in level.tasks)

    def test_say_the_same_in_both_languages(self):
        for french, english in zip(plan_templates("fr"), plan_templates("en"), strict=True):
            one, other = french.document, english.document
            assert (one.code, one.services.keys(), one.level_codes) == (
                other.code,
                other.services.keys(),
                other.level_codes,
            )
            for code in one.levels:
                mine, theirs = one.levels[code], other.levels[code]
                assert mine.services == theirs.services
                assert mine.staff == theirs.staff
                assert mine.notices == theirs.notices
                assert [
                    (card.code, card.role, card.delay.replace("J+", "D+"), card.after) for card in mine.tasks
                ] == [(card.code, card.role, card.delay, card.after) for card in theirs.tasks]

    def test_name_every_service_at_the_full_level_of_the_pandemic(self):
        pandemic = next(one for one in plan_templates("fr") if one.document.code == "pandemic")

        assert set(pandemic.document.levels["3"].services) == {one.key for one in services()}

    def test_hold_what_landlords_did_in_spring_and_in_autumn_2020(self):
        levels = next(one.document for one in plan_templates("fr") if one.document.code == "pandemic").levels
        spring, autumn = levels["3"].services, levels["2"].services

        assert (spring["reception"]["opening"], autumn["reception"]["opening"]) == (
            "closed",
            "by_appointment",
        )
        assert (spring["works"]["sites"], autumn["works"]["sites"]) == ("stopped", "protocol")
        assert (spring["repairs"]["accept"], autumn["repairs"]["accept"]) == ("urgent_only", "all")
        assert (spring["payables"]["target_days"], autumn["payables"]["target_days"]) == ("8", "15")
        assert spring["allocation"]["session"] == "remote"
        assert autumn["reception"]["travel_document"] == "on"

    @pytest.mark.parametrize("language", ["fr", "en"])
    def test_tell_tenants_the_on_call_number_on_every_poster(self, language):
        for template in plan_templates(language):
            for level in template.document.levels.values():
                for notice in level.notices.values():
                    assert "{on_call_number}" in notice.poster

    def test_follow_the_colours_of_the_heat(self):
        levels = next(one.document for one in plan_templates("fr") if one.document.code == "heat-wave").levels
        cadence = [levels[code].services["calls"]["cadence"] for code in ("0", "1", "2", "3")]

        assert cadence == ["monthly", "weekly", "twice_weekly", "daily"]
        for code, colour in (("1", "jaune"), ("2", "orange"), ("3", "rouge")):
            assert colour in levels[code].name

    @pytest.mark.parametrize("code", ["heat-wave", "flood", "energy"])
    def test_name_a_deputy_on_every_card_of_the_newer_plans(self, code):
        document = next(one.document for one in plan_templates("fr") if one.document.code == code)

        cards = [card for level in document.levels.values() for card in level.tasks]
        assert len({card.code for card in cards}) >= 30
        assert all(card.deputy and card.deputy != card.role for card in cards)
        assert all(len(card.steps) >= 2 for card in cards)

    def test_keep_text_messages_in_one_segment(self):
        known = {
            "landlord": "Habitat audois", "on_call_number": "04 65 71 00 00", "phone": "04 65 71 00 01",
            "website": "habitat-audois.example",
        }  # fmt: skip
        for template in plan_templates("fr"):
            for level in template.document.levels.values():
                for notice in level.notices.values():
                    if NoticeChannel.SMS in notice.channels:
                        count = count_segments(notice.sms.format(**known))
                        assert (count.coding, count.segments) == ("gsm7", 1), notice.sms
