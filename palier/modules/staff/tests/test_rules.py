from datetime import date, time

import pytest

from palier.modules.staff.enums import Job
from palier.modules.staff.rules import (
    JOB_WORDS,
    JOBS_OF_SERVICE,
    AgentDay,
    Candidate,
    Minimum,
    Need,
    forbidden_mention,
    job_of_title,
    last_working_day,
    overlapping_slots,
    propose_substitutes,
    proposed_state,
    strength,
    weekly_minutes,
)


class TestForbiddenMention:
    @pytest.mark.parametrize(
        "text",
        [
            "En arrêt maladie jusqu'au 3",
            "garde d’enfants",
            "Garde d'enfant le mercredi",
            "isolement",
            "isolée chez elle",
            "cas contact",
            "COVID-19",
            "personne vulnérable",
            "Vulnerable",
            "enceinte de 7 mois",
            "congé maternité",
            "RQTH",
            "mi-temps thérapeutique",
            "hospitalisé",
            "droit de retrait",
            "activité partielle",
            "accident du travail",
            "en grève",
            "sick leave",
            "childcare",
            "burn-out",
        ],
    )
    def test_recognises_reasons_of_absence_and_health(self, text):
        assert forbidden_mention(text)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "Équipe du matin, 7 h – 13 h",
            "Arrêt de bus devant l'agence",
            "Isolation des combles, tournée de contrôle",
            "Garde des clés de la loge",
            "Horaires d'été décalés, marché du mercredi",
            "Téléphone de l'astreinte",
            "Malakoff",
            "Un seul agent à la fois dans la loge",
        ],
    )
    def test_lets_the_organisation_of_work_be_noted(self, text):
        assert forbidden_mention(text) == ""


class TestStrength:
    def test_never_counts_the_unknown_as_present_nor_absent(self):
        agents = [
            AgentDay("caretaker", state)
            for state in ("field", "absent", "planned_leave", "unknown", "unknown")
        ]

        counted = strength(Minimum("cleaning", 3), agents)

        assert (counted.present, counted.absent, counted.unknown) == (1, 2, 2)
        assert counted.missing == 2
        assert not counted.hopeless

    def test_leaves_out_people_at_home_where_hands_are_needed(self):
        agents = [AgentDay("technician", "telework"), AgentDay("technician", "field")]

        assert strength(Minimum("repairs", 1), agents).present == 1
        assert strength(Minimum("on_call", 1), agents).present == 2

    def test_counts_by_skill_when_the_plan_names_one(self):
        agents = [
            AgentDay("adviser", "telework", frozenset({"langue-des-signes"})),
            AgentDay("adviser", "telework"),
        ]

        assert strength(Minimum("phone_reception", 2, "langue-des-signes"), agents).present == 1

    def test_says_when_even_the_unknown_would_not_be_enough(self):
        agents = [AgentDay("storekeeper", "absent"), AgentDay("storekeeper", "unknown")]

        assert strength(Minimum("supplies", 2), agents).hopeless

    def test_every_trade_named_by_a_service_exists(self):
        assert set().union(*JOBS_OF_SERVICE.values()) <= set(Job.values)


class TestProposedState:
    @pytest.mark.parametrize("source", ["planning", "yesterday"])
    def test_a_known_leave_wins(self, source):
        assert (
            proposed_state(usual_day="field", on_leave=True, yesterday="field", source=source)
            == "planned_leave"
        )

    def test_yesterdays_leave_is_not_proposed_again_once_over(self):
        assert (
            proposed_state(usual_day="field", on_leave=False, yesterday="planned_leave", source="yesterday")
            == ""
        )

    def test_the_planning_proposes_nothing_for_a_day_off(self):
        assert proposed_state(usual_day="off", on_leave=False, yesterday="field", source="planning") == ""

    def test_yesterday_is_repeated(self):
        assert (
            proposed_state(usual_day="on_site", on_leave=False, yesterday="telework", source="yesterday")
            == "telework"
        )


def candidate(name, **changes):
    values = {
        "agent_id": name,
        "name": name,
        "job": "caretaker",
        "state": "field",
        "skills": frozenset(),
        "agency_id": "north",
        "knows_residence": False,
        "residences": 3,
        "lon": 3.0,
        "lat": 43.2,
    }
    return Candidate(**(values | changes))


NEED = Need(job="caretaker", skills=frozenset(), agency_id="north", lon=3.02, lat=43.18)


class TestProposeSubstitutes:
    def test_prefers_somebody_who_knows_the_place(self):
        found = propose_substitutes(
            NEED, [candidate("near"), candidate("knows", knows_residence=True, lat=44.0)]
        )

        assert [one.candidate.name for one in found] == ["knows", "near"]

    def test_prefers_the_same_trade_to_another_one_that_knows_the_place(self):
        manager = candidate("manager", job="sector_manager", knows_residence=True)

        found = propose_substitutes(NEED, [manager, candidate("caretaker", lat=43.9)])

        assert [one.candidate.name for one in found] == ["caretaker", "manager"]

    def test_looks_across_agencies_when_the_agency_has_nobody(self):
        found = propose_substitutes(NEED, [candidate("elsewhere", agency_id="south", lat=43.6)])

        assert [one.candidate.name for one in found] == ["elsewhere"]
        assert not found[0].same_agency
        assert found[0].distance_km == pytest.approx(46.7, abs=0.5)

    def test_proposes_nobody_who_teleworks_nor_another_trade(self):
        people = [candidate("home", state="telework"), candidate("accounts", job="supplier_accountant")]

        assert propose_substitutes(NEED, people) == []

    def test_spares_the_most_burdened(self):
        found = propose_substitutes(NEED, [candidate("busy", residences=9), candidate("free", residences=1)])

        assert [one.candidate.name for one in found] == ["free", "busy"]

    def test_says_which_skills_are_missing(self):
        need = Need("technician", frozenset({"habilitation-electrique"}), "north", None, None)
        able = candidate("able", job="technician", skills=frozenset({"habilitation-electrique"}))

        found = propose_substitutes(need, [candidate("other", job="technician"), able])

        assert [one.candidate.name for one in found] == ["able", "other"]
        assert found[1].missing_skills == {"habilitation-electrique"}
        assert found[0].distance_km is None


class TestHours:
    def test_adds_the_minutes_of_a_week(self):
        assert weekly_minutes([(time(8), time(12)), (time(13, 30), time(17))]) == 450

    def test_finds_two_stretches_that_overlap(self):
        slots = [(0, time(8), time(12)), (1, time(8), time(12)), (0, time(11), time(13))]

        assert overlapping_slots(slots) == (0, time(11), time(13))
        assert overlapping_slots(slots[:2]) is None

    @pytest.mark.parametrize(
        ("day", "before"),
        [
            (date(2026, 11, 23), date(2026, 11, 20)),
            (date(2026, 11, 22), date(2026, 11, 20)),
            (date(2026, 11, 24), date(2026, 11, 23)),
        ],
    )
    def test_monday_looks_back_to_friday(self, day, before):
        assert last_working_day(day) == before


class TestJobOfTitle:
    @pytest.mark.parametrize(
        ("title", "job"),
        [
            ("Gardien d'immeuble", "caretaker"),
            ("GARDIENNE QUALIFIEE", "caretaker"),
            ("Employé(e) d'immeuble", "caretaker"),
            ("Agent d’entretien", "cleaner"),
            ("Chargée de secteur", "sector_manager"),
            ("Responsable de secteur", "sector_manager"),
            ("Technicien de maintenance", "technician"),
            ("Chargé·e de clientèle", "adviser"),
            ("Conseillère en économie sociale et familiale", "social_adviser"),
            ("CESF", "social_adviser"),
            ("Chargé de recouvrement", "collection_officer"),
            ("Gestionnaire quittancement", "rent_officer"),
            ("Comptable fournisseurs", "supplier_accountant"),
            ("Chargée d'attribution", "allocation_officer"),
            ("Agent d'accueil", "receptionist"),
            ("Magasinier", "storekeeper"),
            ("Directrice générale", "executive"),
            ("Responsable d'agence", "executive"),
            ("Gestionnaire paie", "hr_officer"),
            ("Administratrice systèmes et réseaux", "it_officer"),
            ("Conductrice d'opération", "works_manager"),
            ("Chargé de communication", "communication_officer"),
            ("Technicien informatique", "it_officer"),
            ("Responsable de l’action sociale", "social_worker"),
            ("Directeur du patrimoine", "executive"),
            ("Juriste", "other"),
            ("", "other"),
        ],
    )
    def test_reads_the_titles_of_hr_files(self, title, job):
        assert job_of_title(title) == job

    def test_every_word_leads_to_a_trade_that_exists(self):
        assert {job for _words, job in JOB_WORDS} <= set(Job.values)
