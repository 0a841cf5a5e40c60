"""Who matches, with which score and for which reasons."""

from datetime import date, timedelta

import pytest

from palier.modules.outreach.enums import CriteriaProblem
from palier.modules.outreach.models import FollowedPerson, Line, Segment
from palier.modules.outreach.rules.criteria import MARKERS, CriteriaRefused, read_criteria
from palier.modules.outreach.rules.reasons import sentence, worded
from palier.modules.outreach.rules.scoring import Points, score
from palier.modules.outreach.selectors.candidates import Scope, SegmentQuery, compare, sample, summary
from palier.modules.outreach.services.segments import (
    PreviewOutdated,
    QueryRefused,
    change_segment,
    effect_of_change,
    ensure_segments,
)
from palier.modules.outreach.tests.factories import AT, add_line, make_campaign
from palier.modules.people.enums import MarkerNature
from palier.modules.people.models import Consent, Lease
from palier.modules.people.tests.factories import a_lease, a_marker, a_person, a_phone

SCOPE = Scope(AT)


def label(nature):
    return str(MarkerNature(nature).label)


def query(*groups, code="A", weight=100, cadence=7):
    document = {"any": [{"all": list(group)} for group in groups]}
    return SegmentQuery(code, read_criteria(document, segment=code), weight, cadence)


def somebody(age=82, *, alone=True, phone="+33639980101", **fields):
    person = a_person("Martin", "Jeanne", birth_on=date(2026 - age, 1, 1), **fields)
    lease = a_lease(person, *([] if alone else [a_person("Martin", "Paul", birth_on=date(1950, 1, 1))]))
    if alone:
        lease.household.declared_size = 1
        lease.household.save()
    if phone:
        a_phone(person, phone)
    return person


OLD_ALONE = ({"input": "age", "at_least": 75}, {"input": "lives_alone"})


class TestCriteria:
    def test_know_every_nature_of_marker(self):
        assert set(MARKERS) == set(MarkerNature.values)

    @pytest.mark.parametrize(
        ("document", "problem"),
        [
            ({}, CriteriaProblem.EMPTY),
            ({"any": [{"all": []}]}, CriteriaProblem.EMPTY_GROUP),
            ({"any": [{"all": [{"input": "nationality"}]}]}, CriteriaProblem.FORBIDDEN),
            ({"any": [{"all": [{"input": "shoe_size"}]}]}, CriteriaProblem.UNKNOWN),
            ({"any": [{"all": [{"input": "in_arrears"}]}]}, CriteriaProblem.ARREARS_ELSEWHERE),
            ({"any": [{"all": [{"input": "age"}]}]}, CriteriaProblem.NUMBER),
            ({"any": [{"all": [{"input": "age", "at_least": "75; DROP"}]}]}, CriteriaProblem.NUMBER),
            ({"any": [{"all": [{"input": "age", "at_least": 80, "at_most": 70}]}]}, CriteriaProblem.ORDER),
            ({"any": [{"all": [{"input": "markers", "among": ["cancer"]}]}]}, CriteriaProblem.MARKERS),
        ],
    )
    def test_refuse_what_may_not_be_asked(self, document, problem):
        with pytest.raises(CriteriaRefused) as refused:
            read_criteria(document, segment="A")

        assert refused.value.problem == problem
        assert "{" not in str(refused.value)

    def test_let_segment_c_ask_of_rent_owed(self):
        assert read_criteria({"any": [{"all": [{"input": "in_arrears"}]}]}, segment="C")

    def test_come_back_as_they_were_written(self):
        document = {"any": [{"all": [dict(one) for one in OLD_ALONE]}]}

        assert read_criteria(document, segment="A").as_json() == document

    def test_read_as_a_sentence(self):
        criteria = read_criteria({"any": [{"all": [dict(one) for one in OLD_ALONE]}]}, segment="A")

        assert sentence(criteria, marker_label=label) == [["is 75 or older", "lives alone"]]


class TestCandidates:
    def test_say_why_and_how_urgent(self, alpha):
        person = somebody(82)
        Line.objects.filter(pk=add_line(make_campaign(), person).pk).update(
            last_reached_at=AT - timedelta(days=40)
        )

        (found,) = sample([query(OLD_ALONE)], SCOPE)

        assert worded(found.reasons, marker_label=label) == [
            "82 years old",
            "lives alone",
            "no contact for 40 days",
        ]
        expected = score(weight=100, days_without_contact=40, has_open_alert=False, points=Points())
        assert found.score == expected.total == 160

    def test_take_the_heaviest_segment(self, alpha):
        somebody(82)

        found = sample(
            [query(({"input": "age", "at_least": 60},), code="B", weight=50), query(OLD_ALONE)], SCOPE
        )

        assert [one.code for one in found] == ["A"]

    def test_leave_out_the_dead_the_gone_the_sealed_and_who_object(self, alpha):
        somebody(82, phone="+33639980101", deceased_on=date(2026, 11, 1))
        gone = somebody(83, phone="+33639980102")
        Lease.objects.filter(parties__person=gone).update(left_on=date(2026, 11, 20))
        objects = somebody(84, phone="+33639980103")
        Consent.objects.create(
            person=objects, kind="opt_out", topic="courtesy_calls", given_at=AT, recorded_by="Test"
        )

        counted = summary([query(OLD_ALONE)], SCOPE)

        assert (counted.people, counted.opted_out) == (0, 1)

    def test_never_use_an_unsafe_number(self, alpha):
        hidden = somebody(82, phone="")
        a_phone(hidden, "+33639980104", is_unsafe=True)
        careful = somebody(83, phone="+33639980105")
        a_phone(careful, "+33639980106", is_unsafe=True)

        counted = summary([query(OLD_ALONE)], SCOPE)

        assert (counted.people, counted.protected, counted.calls) == (1, 1, 1)

    def test_join_households_that_share_a_number(self, alpha):
        somebody(82, phone="+33639980107")
        somebody(85, phone="+33639980107")
        somebody(90, phone="")

        counted = summary([query(OLD_ALONE)], SCOPE)

        assert (counted.people, counted.households, counted.without_number, counted.calls) == (3, 2, 1, 1)

    @pytest.mark.parametrize(
        ("condition", "prepare"),
        [
            ({"input": "markers", "among": ["isolated"]}, lambda p: a_marker(p, "isolated")),
            ({"input": "asked"}, lambda p: a_marker(p, "asked_to_be_called")),
            ({"input": "reported"}, lambda p: a_marker(p, "isolated", origin="agent")),
            ({"input": "followed"}, lambda p: FollowedPerson.objects.create(person=p, since=AT)),
            ({"input": "adapted_dwelling"}, lambda p: a_marker(p, "adapted_dwelling")),
            ({"input": "single_parent"}, lambda p: a_marker(p, "alone_with_children")),
            (
                {"input": "in_arrears"},
                lambda p: Lease.objects.filter(parties__person=p).update(balance=90, balance_on=AT.date()),
            ),
            ({"input": "household_size", "at_most": 1}, lambda p: None),
            ({"input": "days_without_contact", "at_least": 30}, lambda p: None),
        ],
    )
    def test_answer_each_input(self, alpha, condition, prepare):
        person = somebody(40)
        prepare(person)

        (found,) = sample([query((condition,), code="C")], SCOPE)

        assert found.person_id == person.pk
        assert worded(found.reasons, marker_label=label)

    def test_ignore_a_balance_too_old(self, alpha):
        person = somebody(40)
        Lease.objects.filter(parties__person=person).update(balance=90, balance_on=date(2026, 6, 1))

        assert not sample([query(({"input": "in_arrears"},), code="C")], SCOPE)


class TestChange:
    def test_says_who_enters_leaves_and_stays(self, alpha):
        somebody(72, phone="+33639980111")
        somebody(76, phone="+33639980112")
        somebody(90, phone="+33639980113")
        before = [query(({"input": "age", "at_least": 75},))]
        after = [query(({"input": "age", "at_least": 70, "at_most": 80},))]

        change = compare(before, after, code="A", scope=SCOPE)

        assert (change.entering, change.leaving, change.same) == (1, 1, 1)
        assert len(change.entering_sample) == len(change.leaving_sample) == 1

    def test_is_kept_only_as_it_was_shown(self, alpha, actor):
        ensure_segments(by_name="Test", at=AT)
        segment = Segment.objects.get(code="A")
        asked = {
            "criteria": {"any": [{"all": [{"input": "age", "at_least": 70}]}]},
            "weight": 100,
            "cadence_days": 7,
            "is_active": True,
        }
        shown = effect_of_change(segment_id=segment.pk, at=AT, **asked)
        somebody(72)

        with pytest.raises(PreviewOutdated):
            change_segment(
                segment_id=segment.pk,
                values={**asked, "name": "Seniors"},
                fingerprint=shown.fingerprint,
                version=1,
                by=actor,
                at=AT,
            )

        segment.refresh_from_db()
        assert segment.version == 1
        again = effect_of_change(segment_id=segment.pk, at=AT, **asked)
        kept = change_segment(
            segment_id=segment.pk,
            values={**asked, "name": "Seniors"},
            fingerprint=again.fingerprint,
            version=1,
            by=actor,
            at=AT,
        )
        assert kept.version == 2

    def test_refuses_rent_owed_outside_segment_c(self, alpha):
        ensure_segments(by_name="Test", at=AT)

        with pytest.raises(QueryRefused) as refused:
            effect_of_change(
                segment_id=Segment.objects.get(code="A").pk,
                criteria={"any": [{"all": [{"input": "in_arrears"}]}]},
                weight=100,
                cadence_days=7,
                is_active=True,
                at=AT,
            )

        assert refused.value.code == "outreach.query-refused"
