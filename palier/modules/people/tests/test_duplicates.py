"""The search for duplicates over a whole organisation."""

import json
from datetime import date

import pytest
from django.db import connection

from palier.kernel.errors import NotAllowed, NotFound
from palier.modules.people.models import DuplicatePair, Person
from palier.modules.people.permissions import Permission
from palier.modules.people.rules import duplicates as rules
from palier.modules.people.rules.duplicates import Evidence
from palier.modules.people.selectors import resemblance
from palier.modules.people.selectors.duplicates import pair_rows, why
from palier.modules.people.services import duplicates
from palier.modules.people.tests.factories import (
    AT,
    TODAY,
    a_lease,
    a_lot,
    a_person,
    a_phone,
    an_actor,
    an_email,
)

pytestmark = pytest.mark.usefixtures("alpha")
BORN = date(1948, 5, 12)


def two_of_one():
    """Two records that say the same of one person."""
    return a_person("DURAND", "Marie", birth_on=BORN), a_person("DURAND", "Marie", birth_on=BORN)


def find():
    return duplicates.find_duplicates(on=TODAY, at=AT)


def proposed():
    """The pairs proposed, each as a set of names, with its evidence."""
    pairs = DuplicatePair.objects.select_related("first", "second").filter(state="proposed")
    return {frozenset((pair.first_id, pair.second_id)): rules.from_facts(pair.evidence) for pair in pairs}


def evidence_of(one, other):
    find()
    return proposed().get(frozenset((one.pk, other.pk)))


class TestFinding:
    def test_brings_together_the_same_name_and_birth_date(self):
        evidence = evidence_of(
            a_person("DURAND", "Marie", birth_on=BORN), a_person("Durand", "Marie", birth_on=BORN)
        )

        assert evidence == Evidence(alike=1, same_birth=True)

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            (("LEFÈVRE", "Hélène"), ("LEFEVRE", "Helene")),
            (("DA SILVA", "Jean-Pierre"), ("DASILVA", "Jean Pierre")),
            (("BENALI", "Karim"), ("BEN ALI", "Karim")),
            (("MARTINEZ", "Josefa"), ("MARTINES", "Josefa")),
            (("ROUX", "Marie Claude"), ("ROUX", "Marie")),
        ],
    )
    def test_forgives_accents_hyphens_and_a_letter(self, one, other):
        assert evidence_of(a_person(*one, birth_on=BORN), a_person(*other, birth_on=BORN))

    def test_sees_a_surname_in_the_place_of_the_given_name(self):
        evidence = evidence_of(
            a_person("MARTIN", "Simone", birth_on=BORN), a_person("SIMONE", "Martin", birth_on=BORN)
        )

        assert evidence.crossed
        assert evidence.alike == 1

    def test_sees_the_birth_name_of_one_in_the_surname_of_the_other(self):
        evidence = evidence_of(
            a_person("DURAND", "Marie", birth_name="ROUX", birth_on=BORN),
            a_person("ROUX", "Marie", birth_on=BORN),
        )

        assert evidence.by_birth_name

    def test_brings_together_one_number_and_one_name(self):
        one, other = a_person("DURAND", "Marie", birth_on=BORN), a_person("DURAND", "Marie")
        a_phone(one)
        a_phone(other)
        an_email(one)
        an_email(other)

        evidence = evidence_of(one, other)

        assert (evidence.same_phone, evidence.same_email, evidence.same_birth) == (True, True, False)

    def test_brings_together_one_name_in_one_lot(self):
        one, other, lot = a_person("DURAND", "Marie"), a_person("DURAND", "Marie", birth_on=BORN), a_lot()
        a_lease(one, lot=lot, left_on=date(2024, 1, 1))
        a_lease(other, lot=lot, entered_on=date(2024, 1, 1))

        assert evidence_of(one, other).same_lot

    def test_leaves_spouses_and_children_alone(self):
        people = [
            a_person("DURAND", "Marie", birth_on=BORN),
            a_person("DURAND", "Paul", birth_on=date(1946, 1, 2)),
            a_person("DURAND", "Léa", birth_on=date(2010, 3, 4)),
            a_person("DURAND", "Léo", birth_on=date(2010, 3, 4)),
        ]
        a_lease(*people)
        for person in people:
            a_phone(person)

        find()

        assert proposed() == {}

    def test_leaves_alone_two_of_one_name_born_on_other_days(self):
        one, other = (
            a_person("MARTIN", "Jean", birth_on=BORN),
            a_person("MARTIN", "Jean", birth_on=date(1975, 9, 30)),
        )
        a_lease(one, other)
        a_phone(one)
        a_phone(other)

        assert evidence_of(one, other) is None

    def test_warns_of_two_codes_in_use(self):
        one = a_person("DURAND", "Marie", birth_on=BORN, reference="T1")
        other = a_person("DURAND", "Marie", birth_on=BORN, reference="T2")
        a_lease(one)
        a_lease(other)

        assert evidence_of(one, other).two_codes

    def test_leaves_out_a_number_that_a_crowd_shares(self):
        people = [a_person(f"N{n}", "X") for n in range(rules.CROWD_OF_VALUE)]
        one, other = a_person("DURAND", "Marie"), a_person("DURAND", "Marie")
        for person in (*people, one, other):
            a_phone(person)

        assert evidence_of(one, other) is None

    def test_asks_a_common_word_of_a_date_that_a_crowd_shares(self, monkeypatch):
        monkeypatch.setattr(resemblance, "NEAR_BY_DATE", resemblance.NEAR_BY_DATE.replace("150", "3"))
        monkeypatch.setattr(resemblance, "DATED_WORD", resemblance.DATED_WORD.replace("150", "3"))
        for n in range(4):
            a_person(f"Nom{n}", f"Prénom{n}", birth_on=date(1900, 1, 1))
        one = a_person("DURAND", "Marie", birth_on=date(1900, 1, 1))
        other = a_person("DURANT", "Marie", birth_on=date(1900, 1, 1))

        assert evidence_of(one, other)

    def test_never_proposes_a_sealed_person(self):
        one, other = a_person("DURAND", "Marie", birth_on=BORN), a_person("DURAND", "Marie", birth_on=BORN)
        find()
        Person.objects.filter(pk=other.pk).update(
            sealed_at=AT, family_name="", given_names="", birth_on=None, household=None
        )

        assert evidence_of(one, other) is None
        assert not pair_rows(actor=an_actor(Permission.PERSON_MERGE)).exists()

    def test_asks_as_many_statements_whatever_the_number(self, django_assert_max_num_queries):
        for n in range(40):
            a_person(f"Nom{n // 2}", "Marie", birth_on=date(1950, 1, 1 + n // 2))

        with django_assert_max_num_queries(35):
            assert find()["proposed"] == 20


class TestFindingAgain:
    def test_adds_nothing_and_keeps_the_pair(self):
        two_of_one()
        find()
        before = DuplicatePair.objects.get().pk

        done = find()

        assert (done["new"], done["gone"], done["proposed"]) == (0, 0, 1)
        assert DuplicatePair.objects.get().pk == before

    def test_forgets_a_pair_for_which_nothing_speaks_any_more(self):
        one, _other = two_of_one()
        find()
        Person.objects.filter(pk=one.pk).update(birth_on=date(1971, 1, 1))

        done = find()

        assert (done["gone"], done["proposed"]) == (1, 0)

    def test_never_proposes_again_what_was_judged_different(self):
        two_of_one()
        find()
        pair = DuplicatePair.objects.get()
        duplicates.judge_different(pair_id=pair.pk, by=an_actor(Permission.PERSON_MERGE), at=AT)

        done = find()

        pair.refresh_from_db()
        assert (done["proposed"], pair.state) == (0, "different")


class TestJudging:
    @pytest.fixture
    def pair(self):
        two_of_one()
        find()
        return DuplicatePair.objects.get()

    def test_says_who_judged_first(self, pair):
        duplicates.judge_different(pair_id=pair.pk, by=an_actor(Permission.PERSON_MERGE, name="Luc"), at=AT)

        with pytest.raises(duplicates.JudgedAlready) as refusal:
            duplicates.judge_different(pair_id=pair.pk, by=an_actor(Permission.PERSON_MERGE), at=AT)

        assert "Luc" in str(refusal.value)

    def test_asks_for_the_right(self, pair):
        with pytest.raises(NotAllowed):
            duplicates.judge_different(pair_id=pair.pk, by=an_actor(Permission.PERSON_VIEW), at=AT)

        pair.refresh_from_db()
        assert pair.state == "proposed"

    def test_can_be_taken_back(self, pair):
        actor = an_actor(Permission.PERSON_MERGE, Permission.PERSON_VIEW)
        duplicates.judge_different(pair_id=pair.pk, by=actor, at=AT)

        duplicates.judge_again(pair_id=pair.pk, by=actor, at=AT)

        pair.refresh_from_db()
        assert (pair.state, pair.judged_by) == ("proposed", "")

    def test_knows_no_pair_of_somebody_else(self, pair):
        with pytest.raises(NotFound):
            duplicates.judge_different(
                pair_id=pair.first_id, by=an_actor(Permission.PERSON_MERGE, Permission.PERSON_VIEW), at=AT
            )


class TestTheStatement:
    @pytest.mark.parametrize("alike", [0, 55, 67, 92, 100])
    @pytest.mark.parametrize(
        "flags",
        [
            (),
            ("same_birth",),
            ("same_phone", "birth_is_close"),
            ("same_birth", "two_codes"),
            ("same_lot", "same_lease", "birth_differs"),
            resemblance.FLAGS,
        ],
    )
    def test_adds_up_as_the_rule_does(self, alike, flags):
        columns = ", ".join(f"{str(name in flags).lower()} AS {name}" for name in resemblance.FLAGS)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {resemblance.points_sql()}, {resemblance.kept_evidence_sql()}::text "
                f"FROM (SELECT {alike} AS alike, {columns}) AS e"
            )
            points, kept = cursor.fetchone()

        evidence = Evidence(alike=alike / 100, **dict.fromkeys(flags, True))
        assert points == rules.score(evidence)
        assert rules.from_facts(json.loads(kept)) == evidence

    @pytest.mark.parametrize(
        ("first", "second"),
        [
            (date(1948, 5, 12), date(1948, 12, 5)),
            (date(1948, 5, 12), date(1948, 5, 13)),
            (date(1948, 5, 12), date(1958, 5, 12)),
            (date(1948, 5, 12), date(1958, 5, 13)),
            (date(1948, 5, 12), date(1948, 5, 12)),
            (date(1948, 5, 12), None),
        ],
    )
    def test_compares_birth_dates_as_the_rule_does(self, first, second):
        one, other = a_person(birth_on=first), a_person(birth_on=second)

        evidence = resemblance.evidence_between(one.pk, other.pk, on=TODAY)

        said = {
            "same": evidence.same_birth,
            "close": evidence.birth_is_close,
            "differs": evidence.birth_differs,
        }
        relation = rules.birth_relation(first, second)
        assert [name for name, value in said.items() if value] == [] if relation == "unknown" else [relation]

    def test_says_why_in_one_phrase(self):
        said = why(Evidence(alike=0.92, same_birth=True, same_phone=True))

        assert "92" in said
        assert said.count(",") == 2
