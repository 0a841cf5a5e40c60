"""The rent roll, in both its shapes, through the whole engine."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from palier.kernel.access import system_actor
from palier.kernel.imports.models import ImportChange
from palier.kernel.imports.services import roll_back
from palier.kernel.imports.staging import rows
from palier.kernel.imports.testing import NOON, as_csv, load_rows
from palier.kernel.imports.testing import load as load_batch
from palier.modules.estate.models import Lot
from palier.modules.people.importers import LOCATIF
from palier.modules.people.models import ContactPoint, Household, Lease, LeaseParty, Person, PersonAlias
from palier.modules.people.selectors.merging import preview
from palier.modules.people.services.estate import tell_estate_of_load, tell_estate_of_undoing
from palier.modules.people.services.merging import merge
from palier.modules.people.tests.factories import AT, TODAY, a_lot, a_marker, an_actor

pytestmark = pytest.mark.usefixtures("alpha")


def line(**cells):
    """One contract of a file, as the ERP writes it; only what differs is given."""
    usual = {
        "N° contrat": "C1",
        "Code lot": "R01-101",
        "Code tiers": "T1",
        "Civilité": "Mme",
        "Nom": "DURAND",
        "Prénom": "Marie",
        "Date de naissance": "12/05/1948",
        "Date d'entrée": "01/03/2019",
        "Date de sortie": "",
        "Solde": "-12,50",
        "Solde au": "31/10/2026",
        "Portable": "06 39 98 01 01",
        "E-mail": ("Marie.Durand@courriel.example"),
        "Langue": "français",
        "Nombre d'occupants": "2",
    }
    return {**usual, **cells}


def load(*rows, **options):
    return load_rows(kind="locatif", rows=rows, **options)


@pytest.fixture(autouse=True)
def lots(alpha):
    return [a_lot("R01-101"), a_lot("R01-102"), a_lot("R01-G01", kind="parking")]


class TestOneLinePerContract:
    def test_gives_a_lease_its_holder_household_and_contact_points(self):
        report = load(line())

        assert report["errors"] == []
        assert (report["read"], report["applied"], report["refused"]) == (1, 1, 0)
        lease = Lease.objects.get(reference="C1")
        holder = Person.objects.get(reference="T1")
        assert (lease.lot.code, lease.entered_on, lease.left_on) == ("R01-101", date(2019, 3, 1), None)
        assert (lease.balance, lease.balance_on) == (Decimal("-12.50"), date(2026, 10, 31))
        assert lease.parties.get().person == holder
        assert (holder.family_name, holder.given_names, holder.birth_on) == (
            "DURAND",
            "Marie",
            date(1948, 5, 12),
        )
        assert holder.household.declared_size == 2
        assert set(holder.contact_points.values_list("channel", "value", "line_type", "source")) == {
            ("phone", "+33639980101", "mobile", "import"),
            ("email", "marie.durand@courriel.example", "", "import"),
        }

    def test_changes_nothing_the_second_time(self):
        load(line())
        before = ImportChange.objects.count()

        report = load(line(), at=NOON + timedelta(days=3))

        assert (report["applied"], report["unchanged"]) == (0, 1)
        assert ImportChange.objects.count() == before

    def test_splits_a_full_name_and_its_civility(self):
        row = line(Titulaire="M. DE LA TOUR Jean-Paul")
        for name in ("Nom", "Prénom", "Civilité"):
            del row[name]

        load(row)

        person = Person.objects.get(reference="T1")
        assert (person.civility, person.family_name, person.given_names) == ("mr", "DE LA TOUR", "Jean-Paul")

    def test_reads_the_co_holder_in_columns_of_its_own(self):
        load(line(**{"Nom cotitulaire": "DURAND", "Prénom cotitulaire": "Paul", "Lien cotitulaire": "Époux"}))

        other = LeaseParty.objects.get(role="co_holder")
        assert (other.person.name, other.relation) == ("DURAND Paul", "spouse")

    def test_knows_one_person_in_two_contracts(self):
        load(line(), line(**{"N° contrat": "C2", "Code lot": "R01-G01"}))

        assert Person.objects.count() == 1
        assert Lease.objects.get(reference="C2").nature == "parking"
        assert Household.objects.count() == 1

    def test_knows_a_person_without_code_by_name_and_birth_date(self):
        row, other = line(), line(**{"N° contrat": "C2", "Code lot": "R01-102"})
        del row["Code tiers"], other["Code tiers"]

        load(row, other)

        assert Person.objects.count() == 1

    def test_recognises_a_body(self):
        load(line(Nom="ASSOCIATION L'ESCALE", Prénom="", **{"Date de naissance": "", "Civilité": ""}))

        body = Person.objects.get(reference="T1")
        assert (body.kind, body.legal_name, body.family_name) == ("legal", "ASSOCIATION L'ESCALE", "")

    def test_replaces_a_holder_and_keeps_the_former_one(self):
        load(line())
        load(line(**{"Code tiers": "T2", "Nom": "MOREL", "Prénom": "Luc", "Date de naissance": "02/02/1970"}))

        parties = {
            p.person.reference: (p.role, p.until is None) for p in LeaseParty.objects.select_related("person")
        }
        assert parties == {"T1": ("holder", False), "T2": ("holder", True)}

    def test_ends_a_number_that_the_file_no_longer_gives(self):
        load(line())
        load(line(Portable="06 39 98 02 02"))

        ended = dict(ContactPoint.objects.filter(channel="phone").values_list("value", "ended_on"))
        assert ended["+33639980101"] is not None
        assert ended["+33639980202"] is None

    def test_never_brings_back_a_number_that_an_agent_ended(self, actor):
        load(line())
        point = ContactPoint.objects.get(channel="phone")
        ContactPoint.objects.filter(pk=point.pk).update(ended_on=date(2026, 11, 1), source="agent")

        load(line())

        point.refresh_from_db()
        assert point.ended_on == date(2026, 11, 1)

    def test_keeps_a_death_that_the_file_does_not_know(self):
        load(line(**{"Date de décès": ""}))
        Person.objects.update(deceased_on=date(2026, 11, 2))

        load(line(**{"Date de décès": ""}))

        assert Person.objects.get().deceased_on == date(2026, 11, 2)

    def test_keeps_a_departure_recorded_here(self):
        load(line())
        Lease.objects.update(notice_on=date(2026, 11, 2), left_on=date(2026, 12, 2))

        load(line())

        assert Lease.objects.get().left_on == date(2026, 12, 2)

    def test_takes_back_an_exit_that_the_file_takes_back(self):
        load(line(**{"Date de sortie": "01/10/2026"}))
        load(line(**{"Date de sortie": ""}))

        assert Lease.objects.get().left_on is None

    @pytest.mark.parametrize(
        ("cells", "code", "column"),
        [
            ({"Code lot": "R99-1"}, "people.lot-unknown", "lot"),
            ({"Date de sortie": "01/01/2010"}, "people.exit-before-entry", "left_on"),
            ({"Date de naissance": "12/05/2048"}, "people.born-tomorrow", "birth_on"),
            ({"Date de décès": "01/01/1900"}, "value.unknown-mark", "died_on"),
            ({"Nom": ""}, "people.name-missing", "full_name"),
        ],
    )
    def test_names_what_is_wrong(self, cells, code, column):
        report = load(line(**cells))

        assert report["refused"] == 1
        assert Lease.objects.count() == Person.objects.count() == 0
        if code.startswith("people."):
            assert [error["code"] for error in report["errors"]] == [code]


class TestOneLinePerPerson:
    def rows(self):
        holder = line(Qualité="Titulaire")
        child = line(
            Qualité="Occupant",
            **{
                "Code tiers": "T9",
                "Prénom": "Lou",
                "Date de naissance": "01/02/2015",
                "Lien de parenté": "Enfant",
                "Portable": "",
                "E-mail": "",
                "Civilité": "Mlle",
            },
        )
        return holder, child

    def test_gathers_the_people_of_a_contract(self):
        report = load(*self.rows())

        assert report["errors"] == []
        parties = LeaseParty.objects.values_list("person__given_names", "role", "relation").order_by("role")
        assert list(parties) == [("Marie", "holder", ""), ("Lou", "occupant", "child")]
        assert Household.objects.get().members.count() == 2

    def test_changes_nothing_the_second_time(self):
        load(*self.rows())

        assert load(*self.rows())["applied"] == 0

    def test_refuses_a_second_holder(self):
        holder, child = self.rows()

        report = load(holder, {**child, "Qualité": "Titulaire"})

        assert [(error["line"], error["code"]) for error in report["errors"]] == [(3, "people.two-holders")]
        assert LeaseParty.objects.count() == 1


class TestFullFile:
    def test_ends_the_leases_that_it_no_longer_has(self):
        load(line(), line(**{"N° contrat": "C2", "Code lot": "R01-102", "Code tiers": "T2", "Nom": "MOREL"}))

        report = load(line(), full=True, accept_absent=True)

        gone = Lease.objects.get(reference="C2")
        assert report["absent"] == 1
        assert (gone.left_on, gone.is_left_by_absence) == (NOON.date(), True)
        assert Lease.objects.get(reference="C1").left_on is None


class TestWhoIsKnownAlready:
    """Nobody is written twice because a code came later, went away, or stands in two records of the software."""

    def without_code(self, **cells):
        row = line(**cells)
        del row["Code tiers"]
        return row

    def test_gives_a_code_to_whoever_was_loaded_without_one(self):
        load(self.without_code())
        before = Person.objects.get().pk

        report = load(line())

        person = Person.objects.get()
        assert (person.pk, person.reference, person.external_key) == (before, "T1", "T1")
        assert report["refused"] == 0
        assert Lease.objects.get().parties.get().until is None

    def test_finds_again_whoever_comes_without_a_code(self):
        load(line())

        load(self.without_code())

        person = Person.objects.get()
        assert (person.reference, person.external_key) == ("T1", "T1")

    def test_changes_nothing_the_third_time(self):
        load(self.without_code())
        load(line())

        assert load(line())["applied"] == 0
        assert load(self.without_code())["applied"] == 0
        assert load(line())["applied"] == 0

    def test_knows_without_birth_date_the_holder_of_the_same_contract(self):
        load(self.without_code(**{"Date de naissance": ""}))

        load(line())

        person = Person.objects.get()
        assert (person.reference, person.birth_on) == ("T1", date(1948, 5, 12))

    def test_creates_a_namesake_born_on_another_day(self):
        load(self.without_code())

        load(line(**{"Date de naissance": "01/01/1975"}))

        assert Person.objects.count() == 2

    def test_creates_somebody_of_the_same_name_elsewhere(self):
        load(self.without_code())

        load(line(**{"N° contrat": "C2", "Code lot": "R01-102"}))

        assert Person.objects.count() == 2

    def test_takes_none_of_two_who_answer(self):
        load(self.without_code())
        twin = Person.objects.get()
        other = Person.objects.create(
            family_name="Durand", given_names="Marie", birth_on=twin.birth_on, external_key="x"
        )
        LeaseParty.objects.create(lease=Lease.objects.get(), person=other, role="occupant")

        load(line())

        assert Person.objects.filter(reference="T1").get().pk not in (twin.pk, other.pk)

    def test_reads_two_codes_of_one_person_as_one(self):
        load(line(), line(**{"N° contrat": "C2", "Code lot": "R01-102", "Code tiers": "T2", "Nom": "DURANT"}))
        kept, gone = Person.objects.get(reference="T1"), Person.objects.get(reference="T2")
        merged(kept, gone)

        report = load(
            line(), line(**{"N° contrat": "C2", "Code lot": "R01-102", "Code tiers": "T2", "Nom": "DURANT"})
        )

        person = Person.objects.get()
        assert (person.pk, person.family_name, person.reference) == (kept.pk, "DURAND", "T1")
        assert (report["applied"], report["refused"]) == (0, 0)

    @pytest.mark.parametrize("contract", ["C1", "C2"])
    def test_leaves_them_in_the_dwelling_where_they_live_of_two_as_old(self, contract):
        both = (line(), line(**{"N° contrat": "C2", "Code lot": "R01-102", "Code tiers": "T2"}))
        load(*both)
        merged(Person.objects.get(reference="T1"), Person.objects.get(reference="T2"))
        home = Lease.objects.get(reference=contract).household
        Person.objects.update(household=home)

        report = load(*both)

        assert (report["applied"], Person.objects.get().household) == (0, home)

    def test_takes_a_death_from_either_code(self):
        load(line(), line(**{"N° contrat": "C2", "Code lot": "R01-102", "Code tiers": "T2"}))
        merged(Person.objects.get(reference="T1"), Person.objects.get(reference="T2"))

        load(
            line(
                **{
                    "N° contrat": "C2",
                    "Code lot": "R01-102",
                    "Code tiers": "T2",
                    "Date de décès": "03/11/2026",
                }
            )
        )

        assert Person.objects.get().deceased_on == date(2026, 11, 3)


def merged(kept, gone):
    """Make one of two records, as somebody would on the screen."""
    actor = an_actor("people:person:merge")
    shown = preview(kept_id=kept.pk, gone_id=gone.pk, actor=actor, on=TODAY)
    return merge(kept_id=kept.pk, gone_id=gone.pk, fingerprint=shown.fingerprint, by=actor, at=AT)


class TestAProposal:
    def test_is_a_word_of_the_list_that_the_screen_shows(self):
        load(line(**{"Nature du bail": "Bail garagee"}))

        ((proposal,),) = rows("SELECT proposal FROM import_issue WHERE column_name = 'nature'")
        assert proposal in LOCATIF.column("nature").type.words()


class TestAnUndoneRentRoll:
    def test_leaves_nothing_of_a_first_load(self):
        batch = load_batch(
            kind="locatif", data=as_csv([line(), line(**{"N° contrat": "C2", "Code lot": "R01-102"})])
        )

        done = roll_back(batch_id=batch.pk, by=system_actor("test"), at=NOON)

        assert done["left"] == 0
        for model in (Person, Lease, LeaseParty, ContactPoint, Household):
            assert not model.objects.exists()

    def test_gives_back_the_key_of_whoever_had_taken_a_code(self):
        row = line()
        del row["Code tiers"]
        load(row)
        before = Person.objects.get()
        batch = load_batch(
            kind="locatif",
            data=as_csv([line(Nom="DURAND-ROUX", Prénom="Marie"), line(**{"N° contrat": "C9"})]),
        )

        roll_back(batch_id=batch.pk, by=system_actor("test"), at=NOON)

        after = Person.objects.get()
        assert (after.pk, after.external_key, after.reference) == (before.pk, before.external_key, "")
        assert not PersonAlias.objects.exists()

    def test_keeps_a_person_whom_somebody_wrote_to_since(self):
        batch = load_batch(kind="locatif", data=as_csv([line()]))
        a_marker(Person.objects.get())

        done = roll_back(batch_id=batch.pk, by=system_actor("test"), at=NOON)

        assert Person.objects.filter(reference="T1").exists()
        assert done["left"] >= 1
        assert not Lease.objects.exists()

    def test_gives_the_lots_back(self):
        batch = load_batch(kind="locatif", data=as_csv([line()]))
        tell_estate_of_load(batch_id=batch.pk, by=system_actor("people.follow-load"), at=NOON)
        roll_back(batch_id=batch.pk, by=system_actor("test"), at=NOON)

        tell_estate_of_undoing(batch_id=batch.pk, by=system_actor("people.follow-load"), at=NOON)

        assert Lot.objects.get(code="R01-101").status == "vacant"
