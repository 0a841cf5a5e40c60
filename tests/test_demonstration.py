"""The demonstration: same files for the same seed, plausible shares, loaded without an error."""

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from statistics import mean

import pytest
from django.utils import timezone

from palier.config.demo import facts, install, life
from palier.config.demo.clock import told
from palier.config.demo.drills import map_of
from palier.config.demo.files import LEASES, property_rows, staff_rows, write_all
from palier.config.demo.households import Ledger, contracts
from palier.config.demo.property import residences
from palier.config.demo.staffing import ACCOUNTS, agents, coverage
from palier.config.demo.timeline import Timeline
from palier.kernel.geography.models import Commune, Department, Region
from palier.kernel.imports.models import ImportBatch
from palier.kernel.keys import ensure_master_key
from palier.kernel.organisations.current import open_organisation, open_shared
from palier.modules.continuity.rules.exercise_script import read_script
from palier.modules.continuity.rules.vigilance import read_bulletin
from palier.modules.continuity.services.templates import script_for
from palier.modules.estate.models import Lot, Residence
from palier.modules.outreach.models import Report
from palier.modules.people.models import Lease, Person
from palier.modules.referrals.models import Referral
from palier.modules.staff.models import Agent, Coverage, UsualWeek
from palier.modules.support.models import SupportFile

DAY = date(2026, 11, 22)
LANDLORD = facts.small().landlords[0]


def little(dwellings=120):
    return replace(LANDLORD, dwellings=dwellings)


class TestFiles:
    def test_are_the_same_for_the_same_seed(self, tmp_path):
        first = list(write_all(little(), 1, DAY, tmp_path / "first"))
        second = list(write_all(little(), 1, DAY, tmp_path / "second"))

        assert [one.path.read_bytes() for one in first] == [one.path.read_bytes() for one in second]

    def test_differ_for_another_seed(self):
        assert list(property_rows(little(), 1)) != list(property_rows(little(), 2))

    def test_are_written_as_french_erps_do(self, tmp_path):
        written = {one.kind: one.path.read_bytes() for one in write_all(little(), 1, DAY, tmp_path)}

        lines = written["patrimoine"].decode("cp1252").split("\r\n")
        assert "Code Insee" in lines[0].split(";")
        assert written["locatif"].decode("cp1252").splitlines()[0].split(";") == list(LEASES)
        assert any(",75;" in line or ",25;" in line or ";" in line for line in lines[1:])
        with pytest.raises(UnicodeDecodeError):
            written["patrimoine"].decode("utf-8")

    def test_a_residence_is_drawn_alone(self):
        """Adding dwellings elsewhere does not change the people of a residence that stays the same."""
        one = next(iter(residences(little(), 1)))

        again = [c.people[0].name for c in contracts(one, LANDLORD.slug, 1, Ledger(), DAY)]

        assert again == [c.people[0].name for c in contracts(one, LANDLORD.slug, 1, Ledger(), DAY)]

    def test_the_default_scale_is_about_six_thousand_dwellings(self):
        scale = facts.small()

        total = sum(one.dwellings for spec in scale.landlords for one in residences(spec, 2020))

        assert len(scale.landlords) == 3
        assert {spec.family for spec in scale.landlords} == {"oph", "esh", "coop"}
        assert 5_800 <= total <= 6_200


@pytest.fixture(scope="module")
def lived_in():
    """Households in place of the first landlord: (dwelling contract, its people)."""
    ledger = Ledger()
    found = [
        c for one in residences(LANDLORD, 2020) for c in contracts(one, LANDLORD.slug, 2020, ledger, DAY)
    ]
    return [
        c for c in found if c.left is None and c.nature.startswith("Bail") and "commercial" not in c.nature
    ]


def age(person):
    return (DAY - person.born).days // 365


class TestShares:
    def test_about_two_persons_a_dwelling_two_in_five_alone(self, lived_in):
        assert 1.85 <= mean(len(c.people) for c in lived_in) <= 2.3
        assert 0.36 <= mean(len(c.people) == 1 for c in lived_in) <= 0.50

    def test_about_one_holder_in_three_is_over_sixty(self, lived_in):
        ages = [age(c.people[0]) for c in lived_in]

        assert 0.27 <= mean(a >= 60 for a in ages) <= 0.40
        assert (
            0.06 <= mean(a >= 75 and len(c.people) == 1 for a, c in zip(ages, lived_in, strict=True)) <= 0.13
        )
        assert min(ages) >= 18

    def test_nobody_enters_before_being_an_adult_nor_before_the_building(self, lived_in):
        built = {one.code: one.built for one in residences(LANDLORD, 2020)}

        for contract in lived_in:
            assert (contract.entered - contract.people[0].born).days >= 18 * 365
            assert contract.entered.year >= built[contract.lot[:4]] - 1

    def test_about_one_in_nine_is_in_arrears(self, lived_in):
        assert 0.08 <= mean(c.balance > 0 for c in lived_in) <= 0.15

    def test_names_are_those_of_the_generation(self, lived_in):
        old = Counter(c.people[0].given for c in lived_in if age(c.people[0]) >= 78)
        children = Counter(p.given for c in lived_in for p in c.people if age(p) <= 10)

        assert {"Jean", "Marie", "Michel", "Monique", "Jacqueline"} & {
            name for name, _n in old.most_common(8)
        }
        assert {"Emma", "Jade", "Gabriel", "Louise", "Lucas"} & {
            name for name, _n in children.most_common(12)
        }
        assert not {"Jade", "Enzo"} & set(old)

    def test_numbers_and_addresses_belong_to_nobody(self, lived_in):
        people = [p for c in lived_in for p in c.people]

        assert all(p.mobile.startswith("06 39 98") for p in people if p.mobile)
        assert all(p.landline.startswith(("04 65 71", "05 36 49")) for p in people if p.landline)
        assert all(p.email.endswith(".example") for p in people if p.email)

    def test_every_residence_but_a_few_has_a_caretaker(self):
        found = tuple(residences(LANDLORD, 2020))
        staff = agents(LANDLORD, 2020, DAY)

        covered = {
            one.residence for one in coverage(LANDLORD, 2020, found, staff, DAY) if one.role == "Gardien"
        }

        assert 0.9 <= len(covered) / len(found) < 1
        assert {one.account.split("@")[0] for one in staff if one.account} == {one[0] for one in ACCOUNTS}
        assert len({one.email for one in staff}) == len(staff)


@pytest.fixture
def landlord(db, settings, tmp_path):
    """Alpha, with the communes of the demonstration, a key and a folder of the test's own."""
    settings.KEY_FILE, settings.FILES_FOLDER = tmp_path / "keys" / "master.key", tmp_path / "kept"
    ensure_master_key()
    with open_shared():
        region = Region.objects.get_or_create(code="76", defaults={"name": "Occitanie"})[0]
        for town in facts.towns().values():
            department = Department.objects.get_or_create(
                code=town.department, defaults={"name": town.department, "region": region}
            )[0]
            Commune.objects.get_or_create(
                code=town.code,
                defaults={"name": town.name, "department": department, "postcodes": [town.postcode]},
            )
    with open_organisation("alpha") as organisation:
        yield organisation


class TestLoading:
    def test_every_file_loads_without_an_error(self, landlord, tmp_path):
        spec, at = little(100), timezone.make_aware(datetime(2026, 10, 18, 9))

        for written in write_all(spec, 1, DAY, tmp_path):
            install._load(spec, written.kind, written.path, at=at)

        assert {batch.kind: batch.refused for batch in ImportBatch.objects.all()} == dict.fromkeys(
            ("patrimoine", "locatif", "staff", "coverage"), 0
        )
        assert Lot.objects.filter(kind="dwelling").count() == pytest.approx(100, abs=3)
        assert Residence.objects.filter(longitude__isnull=True).count() == 0
        assert Lease.objects.exists()
        # One in so many was typed twice, the second time without a birth date: duplicates to be found.
        assert Person.objects.filter(birth_on__isnull=True, kind="natural").count() <= 2
        staff = len(list(staff_rows(spec, 1, DAY)))
        assert (Agent.objects.count(), UsualWeek.objects.count()) == (staff, staff)
        assert not Agent.objects.filter(job="other").exclude(job_title__startswith="Assistant").exists()
        assert Coverage.objects.exists()


class TestLife:
    def test_of_a_landlord_can_be_told_to_its_end(self, landlord, tmp_path):
        spec, at = little(100), timezone.make_aware(datetime(2026, 10, 18, 9))
        staff = agents(spec, 1, DAY)
        with open_shared():
            install._open_accounts(landlord, staff)
        with open_organisation("alpha"):
            for written in write_all(spec, 1, DAY, tmp_path):
                install._load(spec, written.kind, written.path, at=at)

            life.live(spec, staff, seed=1, now=timezone.make_aware(datetime(2026, 11, 20, 9)), tell=str)

            told = Referral.objects.filter(state="settled", transmissions__isnull=False)
            assert told.exists() and Report.objects.exists() and SupportFile.objects.exists()


class TestTimeline:
    def test_runs_in_order_each_at_its_own_moment_and_nothing_later_than_now(self, alpha):
        now = timezone.make_aware(datetime(2026, 11, 22, 12))
        timeline, seen = Timeline(now), []
        timeline.add(0, "13:00", lambda at: seen.append("too late"))
        timeline.add(1, "09:00", lambda at: seen.append(("second", at == timezone.now())))
        timeline.add(3, "09:00", lambda at: seen.append(("first", at == timezone.now())))

        timeline.run()

        assert seen == [("first", True), ("second", True)]
        assert timezone.now() - datetime.now(tz=timezone.get_current_timezone()) < timedelta(minutes=1)

    def test_the_clock_comes_back_after_a_failure(self):
        with pytest.raises(RuntimeError), told(timezone.make_aware(datetime(2020, 3, 16))):
            raise RuntimeError

        assert timezone.now().year >= 2026


class TestWeather:
    def test_is_written_as_meteo_france_writes_it(self):
        at = timezone.make_aware(datetime(2026, 11, 21, 6, 12))

        read = read_bulletin(map_of(drill()["weather"], ["11", "66"], at))

        assert read.departments == {"11", "66"}
        assert {one.department for one in read.stretches} == {"11"}
        assert "orange" in {one.colour for one in read.stretches}


class TestDrill:
    def test_reacts_to_each_event_of_the_script_that_it_plays(self):
        lines, problems = read_script(script_for("cyber-attack", "fr"))

        assert problems == ()
        assert len(lines) == len(drill()["reactions"])
        assert [one.offset_minutes for one in lines] == [0, 10, 20, 35, 45]


def drill():
    return facts.read_toml(facts.FOLDER / "drill.toml")
