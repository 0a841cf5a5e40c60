"""The HR list and the coverage list, loaded through the whole engine."""

from datetime import date

import pytest

from palier.kernel.imports.testing import load_rows
from palier.modules.estate.tests.factories import make_agency, make_residence
from palier.modules.staff.models import Agent, AgentSkill, Coverage, Team, UsualWeek
from palier.modules.staff.tests.factories import make_agent

pytestmark = pytest.mark.usefixtures("alpha")

ANNE = {
    "N° matricule": "00123",
    "Nom": "DURAND",
    "Prénom": "Anne",
    "Emploi": "Gardienne d'immeuble",
    "Service": "Proximité Narbonne",
    "Agence": "Agence de Narbonne",
    "Courriel": "anne.durand@corbieres.example",
    "Mobile professionnel": "06 39 98 12 34",
    "Date d'entrée": "01/03/2018",
    "Télétravail": "",
    "Habilitations": "Habilitation électrique, SST",
}
PAUL = {
    "N° matricule": "00124",
    "Nom": "RÉMY",
    "Prénom": "Paul",
    "Emploi": "Chargé de clientèle",
    "Service": "Clientèle",
    "Agence": "Siège",
    "Courriel": "paul.remy@corbieres.example",
    "Mobile professionnel": "",
    "Date d'entrée": "15/09/2020",
    "Télétravail": "mardi, jeudi",
    "Habilitations": "",
}


class TestStaffList:
    def test_reads_the_words_of_an_hr_export(self):
        agency = make_agency(code="A01", name="Agence de Narbonne")

        report = load_rows(kind="staff", rows=[ANNE, PAUL])

        assert (report["applied"], report["refused"]) == (2, 0)
        anne = Agent.objects.get(reference="00123")
        assert (anne.name, anne.job, anne.phone) == ("Anne DURAND", "caretaker", "+33639981234")
        assert (anne.team.name, anne.agency_id) == ("Proximité Narbonne", agency.pk)
        assert anne.active_from == date(2018, 3, 1)
        assert set(AgentSkill.objects.values_list("skill__code", flat=True)) == {
            "habilitation-electrique",
            "sst",
        }
        assert Team.objects.get(name="Proximité Narbonne").agency_id == agency.pk

    def test_builds_the_ordinary_week_from_the_trade_and_the_days_of_telework(self):
        load_rows(kind="staff", rows=[ANNE, PAUL])

        anne = UsualWeek.objects.get(agent__reference="00123")
        paul = UsualWeek.objects.get(agent__reference="00124")
        assert (anne.monday, anne.saturday) == ("field", "off")
        assert (paul.monday, paul.tuesday, paul.thursday) == ("on_site", "telework", "telework")

    def test_an_agency_that_nobody_knows_is_a_warning_not_a_refusal(self):
        report = load_rows(kind="staff", rows=[PAUL])

        assert (report["applied"], report["refused"]) == (1, 0)
        assert Agent.objects.get(reference="00124").agency is None

    def test_loading_again_changes_nothing(self):
        make_agency(code="A01", name="Agence de Narbonne")
        load_rows(kind="staff", rows=[ANNE, PAUL])

        report = load_rows(kind="staff", rows=[ANNE, PAUL])

        assert (report["applied"], report["unchanged"]) == (0, 2)

    def test_full_names_are_cut(self):
        row = {"Matricule": "7", "Nom Prénom": "DE LA TOUR Anne-Marie", "Fonction": "CESF"}

        load_rows(kind="staff", rows=[row])

        agent = Agent.objects.get(reference="7")
        assert (agent.last_name, agent.first_name, agent.job) == (
            "DE LA TOUR",
            "Anne-Marie",
            "social_adviser",
        )

    def test_the_last_day_is_included(self):
        load_rows(kind="staff", rows=[{**ANNE, "Date de sortie": "31/12/2026"}])

        assert Agent.objects.get().active_until == date(2027, 1, 1)

    def test_a_departure_before_the_arrival_is_refused_at_its_line(self):
        report = load_rows(kind="staff", rows=[PAUL, {**ANNE, "Date de sortie": "01/01/2001"}])

        assert (report["applied"], report["refused"]) == (1, 1)
        assert [(error["line"], error["code"]) for error in report["errors"]] == [
            (3, "staff.exit-before-entry")
        ]


class TestCoverageList:
    def load(self, *rows, **options):
        return load_rows(kind="coverage", rows=list(rows), **options)

    def row(self, residence, agent, **given):
        return {
            "Groupe": residence,
            "Matricule": agent,
            "Fonction": "Gardien",
            "Depuis le": "01/01/2024",
            **given,
        }

    @pytest.fixture(autouse=True)
    def _people(self, alpha):
        make_residence(code="0101")
        make_agent(reference="G1")
        make_agent(reference="G2")

    def test_reads_who_covers_what(self):
        report = self.load(self.row("0101", "G1"), self.row("0101", "G2", Rang="Suppléant"))

        assert (report["applied"], report["refused"]) == (2, 0)
        assert set(Coverage.objects.values_list("agent__reference", "role", "rank", "start_on")) == {
            ("G1", "caretaker", "holder", date(2024, 1, 1)),
            ("G2", "caretaker", "deputy", date(2024, 1, 1)),
        }

    def test_a_new_holder_ends_the_former_one(self):
        self.load(self.row("0101", "G1"))

        report = self.load(self.row("0101", "G2", **{"Depuis le": "01/06/2026"}))

        assert report["refused"] == 0
        assert set(Coverage.objects.values_list("agent__reference", "end_on")) == {
            ("G1", date(2026, 6, 1)),
            ("G2", None),
        }

    def test_two_holders_in_one_file_are_refused(self):
        report = self.load(self.row("0101", "G1"), self.row("0101", "G2"))

        assert (report["applied"], report["refused"]) == (1, 1)
        assert report["errors"][0]["code"] == "staff.two-holders"

    def test_unknown_codes_are_refused(self):
        report = self.load(self.row("9999X", "G1"), self.row("0101", "G9"))

        assert {error["code"] for error in report["errors"]} == {
            "staff.residence-unknown",
            "staff.agent-unknown",
        }
        assert not Coverage.objects.exists()

    def test_loading_again_without_dates_changes_nothing(self):
        row = {"Groupe": "0101", "Matricule": "G1", "Fonction": "Gardien"}
        self.load(row)

        report = self.load(row)

        assert (report["applied"], report["unchanged"]) == (0, 1)
        assert Coverage.objects.count() == 1

    def test_a_full_file_ends_what_it_no_longer_has(self):
        self.load(self.row("0101", "G1"), self.row("0101", "G2", Rang="Suppléant"))

        report = self.load(self.row("0101", "G1"), full=True, accept_absent=True)

        assert report["absent"] == 1
        assert set(Coverage.objects.values_list("agent__reference", "end_on")) == {
            ("G1", None),
            ("G2", date(2026, 11, 20)),
        }


class TestDepartures:
    def test_an_agent_absent_from_a_full_file_has_left_and_covers_nothing(self):
        load_rows(kind="staff", rows=[ANNE, PAUL])
        residence = make_residence(code="0101")
        load_rows(
            kind="coverage",
            rows=[{"Groupe": "0101", "Matricule": "00123", "Fonction": "Gardien", "Depuis le": "01/01/2024"}],
        )

        load_rows(kind="staff", rows=[PAUL], full=True, accept_absent=True)

        assert Agent.objects.get(reference="00123").active_until == date(2026, 11, 20)
        assert Coverage.objects.get(residence=residence).end_on == date(2026, 11, 20)
