"""When to try again, what is said, which key does what. No database."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palier.modules.outreach.enums import AttemptResult, ScriptContext, Wellbeing
from palier.modules.outreach.rules import desk, scripts, shortcuts
from palier.modules.outreach.rules.attempts import Miss, is_exhausted, next_try
from palier.modules.outreach.rules.slots import CODES, is_for_later, slot_at

MONDAY = date(2026, 11, 23)
TUESDAY = date(2026, 11, 24)


def tried(*misses, now=datetime(2026, 11, 23, 10), result="no_answer", preferred="", most=3, days=2):
    return next_try(
        [Miss(day, slot) for day, slot in misses],
        now=now,
        result=result,
        max_attempts=most,
        attempt_days=days,
        preferred=preferred,
    )


class TestNextTry:
    def test_is_later_the_same_day_in_another_slot(self):
        found = tried((MONDAY, "morning"))

        assert (found.day, found.slot) == (MONDAY, "noon")
        assert found.not_before == datetime(2026, 11, 23, 12)

    def test_prefers_the_slot_that_the_person_named(self):
        assert tried((MONDAY, "morning"), preferred="evening").slot == "evening"

    def test_goes_to_the_next_day_after_the_day_has_had_its_share(self):
        found = tried((MONDAY, "morning"), (MONDAY, "noon"), now=datetime(2026, 11, 23, 12, 30))

        assert (found.day, found.slot) == (TUESDAY, "afternoon")

    def test_is_none_after_three_slots_on_two_days(self):
        misses = ((MONDAY, "morning"), (MONDAY, "noon"), (TUESDAY, "afternoon"))

        assert tried(*misses, now=datetime(2026, 11, 24, 15)) is None

    def test_does_not_count_two_rings_of_one_slot_twice(self):
        misses = [Miss(MONDAY, "morning")] * 5 + [Miss(TUESDAY, "morning")]

        assert not is_exhausted(misses, max_attempts=3, attempt_days=2)

    def test_rings_a_busy_line_again_soon_once(self):
        first = tried((MONDAY, "morning"), result="busy")
        second = tried((MONDAY, "morning"), (MONDAY, "morning"), result="busy")

        assert first.not_before == datetime(2026, 11, 23, 10, 20)
        assert second.slot == "noon"

    @given(st.integers(1, 10), st.integers(1, 14), st.integers(0, 23), st.sampled_from(["", *CODES]))
    def test_always_ends_and_never_rings_twice_in_a_slot_of_a_day(self, most, days, hour, preferred):
        now, misses = datetime(2026, 11, 23, hour), []
        for _turn in range(most * 3 + days + 2):
            misses.append(Miss(now.date(), slot_at(now.hour)))
            found = next_try(
                misses,
                now=now,
                result="no_answer",
                max_attempts=most,
                attempt_days=days,
                preferred=preferred,
            )
            if found is None:
                break
            assert found.not_before > now
            assert Miss(found.day, found.slot) not in misses
            now = found.not_before

        assert found is None
        assert len({miss.day for miss in misses}) >= min(days, most)


class TestSlots:
    def test_leave_an_evening_person_alone_in_the_morning(self):
        assert is_for_later("evening", "morning")
        assert not is_for_later("morning", "evening")
        assert not is_for_later("any", "morning")


class TestScripts:
    VALUES = {
        "caller": "Anne Roux",
        "landlord": "Alpha Habitat",
        "person": "Mme Durand",
        "residence": "Les Tilleuls",
        "callback": "01 99 00 12 34",
    }

    @pytest.mark.parametrize("context", ScriptContext.values)
    @pytest.mark.parametrize("language", ["fr", "en"])
    def test_say_who_calls_for_whom_that_it_is_optional_and_leave_no_brace(self, context, language):
        words = scripts.default_words(context, language)
        body = scripts.fill(words.body, self.VALUES)

        assert body.missing == ()
        assert "{" not in body.text
        assert "Anne Roux" in body.text and "Alpha Habitat" in body.text
        assert ("Rien ne vous oblige" if language == "fr" else "You do not have to answer") in body.text
        assert "{" not in scripts.fill(words.voicemail, self.VALUES).text

    def test_say_how_to_check_the_caller_even_without_a_switchboard(self):
        assert "01 99 00 12 34" in scripts.anti_fraud("fr", "01 99 00 12 34")
        assert "avis d’échéance" in scripts.anti_fraud("fr", "")
        assert "coordonnées bancaires" in scripts.anti_fraud("tr", "")

    def test_leave_out_the_sentence_whose_variable_is_missing_and_say_which(self):
        filled = scripts.fill(
            "Bonjour. Rappelez au {rappel}. Bonne journée.", {**self.VALUES, "callback": ""}
        )

        assert filled.text == "Bonjour. Bonne journée."
        assert filled.missing == ("callback",)

    def test_find_words_between_braces_that_mean_nothing(self):
        assert scripts.unknown_variables("Bonjour {nom}, ici {appelant}.") == ["nom"]
        assert "{" not in scripts.fill("Bonjour {nom}. Au revoir.", self.VALUES).text


class TestKeys:
    def test_serve_once_each(self):
        keys = shortcuts.all_keys()

        assert len(keys) == len(set(keys))

    def test_cover_every_answer(self):
        assert set(shortcuts.RESULTS) == set(AttemptResult.values)
        assert set(shortcuts.WELLBEING) == set(Wellbeing.values)
        assert set(shortcuts.NEEDS) == set(desk.RECIPIENTS)


class TestConsent:
    def test_is_asked_for_what_leaves_the_house_only(self):
        assert desk.lacks_consent(["technical_problem", "groceries"], asked="") == ["groceries"]
        assert desk.lacks_consent(["groceries"], asked="oral") == []

    def test_refused_keeps_a_need_in_the_house_unless_a_life_is_at_stake(self):
        assert not desk.is_handed_over("groceries", consent="refused")
        assert desk.is_handed_over("urgent_health", consent="refused")

    def test_of_a_vital_need_is_not_waited_for(self):
        assert desk.consent_of("urgent_health", asked="") == "not_needed"


class TestUrgency:
    @pytest.mark.parametrize(
        ("kind", "level", "expected"),
        [
            ("groceries", "0", "normal"),
            ("groceries", "2", "urgent"),
            ("groceries", "3", "vital"),
            ("medicines", "0", "urgent"),
            ("urgent_health", "0", "vital"),
        ],
    )
    def test_follows_the_need_and_the_alert(self, kind, level, expected):
        assert desk.urgency_of(kind, level=level) == expected
        assert desk.urgency_of(kind, level=level, said="urgent") == "urgent"


class TestCallback:
    def test_is_offered_at_moments_still_to_come(self):
        evening = desk.callback_choices(datetime(2026, 11, 23, 18, 5))

        assert [code for code, _at in evening] == ["tomorrow_morning", "tomorrow_afternoon"]
        assert all(
            at > datetime(2026, 11, 23, 9) for _code, at in desk.callback_choices(datetime(2026, 11, 23, 9))
        )
