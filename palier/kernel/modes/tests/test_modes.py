"""The rule for overlaps, with no database: examples first, then what must hold whatever is decided."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palier.kernel.modes import (
    BeginsBeforeRecorded,
    ModeChange,
    ModeField,
    Place,
    PlaceKind,
    PlaceRef,
    Service,
    SourceKind,
    State,
    UnknownField,
    UnknownValue,
    WrongDeclaration,
    in_force,
    merge,
    with_hypothesis,
)
from palier.kernel.places import CONTAINED_KINDS, WHOLE_ORGANISATION


class Accept(StrEnum):
    ALL = "all"
    URGENT_ONLY = "urgent_only"
    SAFETY_ONLY = "safety_only"


class Protocol(StrEnum):
    OFF = "off"
    ON = "on"


REPAIRS = Service(
    key="repairs",
    name="Repairs",
    fields=(
        ModeField("accept", "Requests accepted", Accept, (State.NORMAL, State.ADAPTED, State.REDUCED)),
        ModeField("entry_protocol", "Protocol", Protocol, (State.NORMAL, State.ADAPTED)),
    ),
    place_kind=PlaceKind.RESIDENCE,
    rto_hours=1,
    mtpd_hours=4,
    operated=False,
)
START = datetime(2026, 11, 2, 8, tzinfo=UTC)
AGENCY = PlaceRef(PlaceKind.AGENCY, "a1")
COMMUNE = PlaceRef(PlaceKind.COMMUNE, "11262")
RESIDENCE = Place(PlaceKind.RESIDENCE, "r1", within=(AGENCY, COMMUNE))
ORGANISATION = Place(PlaceKind.ORGANISATION, "")


def change(source="one", sequence=1, scope=WHOLE_ORGANISATION, hours=0, recorded=0, **values):
    kind = values.pop("kind", SourceKind.ACTIVATION)
    exercise = values.pop("exercise", False)
    return ModeChange(
        sequence=sequence,
        service="repairs",
        scope=scope,
        source_kind=kind,
        source_id=source,
        values=values,
        effective_at=START + timedelta(hours=hours),
        recorded_at=START + timedelta(hours=recorded),
        exercise=exercise,
    )


def answer(changes, place=RESIDENCE, hours=1, known=None, **options):
    at = START + timedelta(hours=hours)
    known_at = START + timedelta(hours=hours if known is None else known)
    asked = in_force(changes, at=at, known_at=known_at, **options)
    return merge(REPAIRS, place, asked, at=at, known_at=known_at)


class TestDeclaration:
    def test_refuses_a_target_delay_that_is_not_shorter_than_the_longest_interruption(self):
        with pytest.raises(WrongDeclaration):
            Service(
                key="x", name="x", fields=REPAIRS.fields, place_kind=PlaceKind.RESIDENCE,
                rto_hours=4, mtpd_hours=4, operated=False,
            )  # fmt: skip

    def test_refuses_a_first_value_that_is_not_normal(self):
        with pytest.raises(WrongDeclaration):
            ModeField("accept", "x", Protocol, (State.ADAPTED, State.STOPPED))

    def test_refuses_a_more_protective_value_in_a_better_state(self):
        with pytest.raises(WrongDeclaration):
            ModeField("accept", "x", Accept, (State.NORMAL, State.STOPPED, State.ADAPTED))

    def test_refuses_a_state_missing_for_a_value(self):
        with pytest.raises(WrongDeclaration):
            ModeField("accept", "x", Accept, (State.NORMAL, State.ADAPTED))

    def test_refuses_two_fields_with_one_key(self):
        with pytest.raises(WrongDeclaration):
            Service(
                key="x", name="x", fields=(REPAIRS.fields[0], REPAIRS.fields[0]),
                place_kind=PlaceKind.RESIDENCE, rto_hours=1, mtpd_hours=4, operated=False,
            )  # fmt: skip


class TestMode:
    def test_is_normal_in_the_fields_that_nobody_names(self):
        mode = REPAIRS.mode({"accept": "urgent_only"})

        assert mode["accept"] is Accept.URGENT_ONLY
        assert mode["entry_protocol"] is Protocol.OFF

    def test_refuses_an_unknown_field(self):
        with pytest.raises(UnknownField):
            REPAIRS.mode({"acept": "all"})

    def test_refuses_an_unknown_value(self):
        with pytest.raises(UnknownValue):
            REPAIRS.mode({"accept": "urgent"})

    def test_amounts_to_the_worst_of_its_fields(self):
        assert REPAIRS.mode({"accept": "safety_only", "entry_protocol": "on"}).state == State.REDUCED

    def test_compares_by_protection(self):
        mode = REPAIRS.mode({"accept": "safety_only"})

        assert mode.at_least("accept", "urgent_only")
        assert not REPAIRS.normal.at_least("accept", Accept.URGENT_ONLY)


class TestMerging:
    def test_answers_normal_when_nothing_is_decided(self):
        said = answer([])

        assert said.is_normal
        assert said.contributions == ()
        assert said.since is None

    def test_keeps_the_most_protective_value_of_each_field(self):
        said = answer([
            change("plan A", 1, accept="urgent_only", entry_protocol="on"),
            change("plan B", 2, scope=AGENCY, accept="safety_only"),
        ])  # fmt: skip

        assert said.mode.plain() == {"accept": "safety_only", "entry_protocol": "on"}
        assert [one.decisive for one in said.contributions] == [("entry_protocol",), ("accept",)]

    def test_lists_a_contribution_that_decides_nothing(self):
        said = answer([change("A", 1, accept="urgent_only"), change("B", 2, accept="safety_only")])

        assert [one.is_decisive for one in said.contributions] == [False, True]

    def test_lets_a_residence_inherit_from_its_commune(self):
        changes = [change(scope=COMMUNE, accept="urgent_only")]

        assert answer(changes)["accept"] == Accept.URGENT_ONLY
        assert answer(changes, place=ORGANISATION).is_normal

    def test_lets_the_crisis_cell_relax_what_it_names_and_nothing_else(self):
        said = answer([
            change("plan", 1, accept="safety_only", entry_protocol="on"),
            change("cell", 2, kind=SourceKind.OVERRIDE, accept="all"),
        ])  # fmt: skip

        assert said.mode.plain() == {"accept": "all", "entry_protocol": "on"}
        assert said.overridden == ("accept",)

    def test_keeps_the_most_protective_of_two_overrides(self):
        said = answer([
            change("cell", 1, kind=SourceKind.OVERRIDE, accept="safety_only"),
            change("other", 2, kind=SourceKind.OVERRIDE, scope=AGENCY, accept="all"),
        ])  # fmt: skip

        assert said["accept"] == Accept.SAFETY_ONLY

    def test_never_sees_an_exercise(self):
        changes = [change(exercise=True, accept="safety_only")]

        assert answer(changes).is_normal
        assert answer(changes, exercises=True)["accept"] == Accept.SAFETY_ONLY

    def test_supposes_without_writing(self):
        asked = [change("A", 1, accept="safety_only"), change("B", 2, entry_protocol="on")]
        supposed = with_hypothesis(asked, [change("A", 3, accept="urgent_only")])

        said = merge(REPAIRS, RESIDENCE, supposed, at=START, known_at=START)

        assert said.mode.plain() == {"accept": "urgent_only", "entry_protocol": "on"}


class TestTime:
    def test_refuses_a_change_that_begins_before_it_is_recorded(self):
        with pytest.raises(BeginsBeforeRecorded):
            change(hours=0, recorded=1, accept="urgent_only")

    def test_begins_at_its_effective_time(self):
        changes = [change(hours=3, accept="urgent_only")]

        assert answer(changes, hours=2).is_normal
        assert answer(changes, hours=3)["accept"] == Accept.URGENT_ONLY

    def test_is_replaced_by_what_the_same_source_records_later(self):
        changes = [
            change(sequence=1, accept="safety_only"),
            change(sequence=2, hours=5, recorded=5, accept="all"),
        ]

        assert answer(changes, hours=4)["accept"] == Accept.SAFETY_ONLY
        assert answer(changes, hours=5).is_normal

    def test_lifting_now_cancels_what_was_planned_for_later(self):
        changes = [
            change(sequence=1, hours=10, accept="safety_only"),
            change(sequence=2, hours=4, recorded=4),
        ]

        assert answer(changes, hours=11).is_normal

    def test_answers_as_people_knew_it_then(self):
        changes = [
            change(sequence=1, hours=10, accept="safety_only"),
            change(sequence=2, hours=4, recorded=4),
        ]

        assert answer(changes, hours=11, known=3)["accept"] == Accept.SAFETY_ONLY
        assert answer(changes, hours=11, known=4).is_normal

    def test_explains_the_past_after_it_is_lifted(self):
        changes = [change(sequence=1, accept="urgent_only"), change(sequence=2, hours=48, recorded=48)]

        assert answer(changes, hours=47)["accept"] == Accept.URGENT_ONLY
        assert answer(changes, hours=48).is_normal


class TestPlace:
    def test_knows_one_organisation_only(self):
        assert Place(PlaceKind.ORGANISATION, "habitat-audois").ref == WHOLE_ORGANISATION

    def test_lies_in_everything_that_contains_it(self):
        assert RESIDENCE.scopes == {RESIDENCE.ref, AGENCY, COMMUNE, WHOLE_ORGANISATION}

    def test_every_kind_contains_itself(self):
        assert all(kind in CONTAINED_KINDS[kind] for kind in PlaceKind)


SCOPES = st.sampled_from(
    [WHOLE_ORGANISATION, AGENCY, COMMUNE, RESIDENCE.ref, PlaceRef(PlaceKind.AGENCY, "a2")]
)
VALUES = st.fixed_dictionaries(
    {}, optional={"accept": st.sampled_from(list(Accept)), "entry_protocol": st.sampled_from(list(Protocol))}
)


@st.composite
def decisions(draw, kinds=tuple(SourceKind), max_size=8):
    made, recorded = [], 0
    for sequence in range(draw(st.integers(0, max_size))):
        recorded += draw(st.integers(0, 6))
        values = {key: value.value for key, value in draw(VALUES).items()}
        made.append(
            change(
                source=draw(st.sampled_from("abcd")),
                sequence=sequence,
                scope=draw(SCOPES),
                recorded=recorded,
                hours=recorded + draw(st.integers(0, 12)),
                kind=draw(st.sampled_from(kinds)),
                exercise=draw(st.booleans()) and draw(st.booleans()),
                **values,
            )
        )
    return made


class TestWhateverIsDecided:
    @given(decisions(), st.randoms(), st.integers(0, 60))
    def test_order_of_reading_does_not_matter(self, made, random, hours):
        shuffled = list(made)
        random.shuffle(shuffled)

        assert answer(shuffled, hours=hours).mode == answer(made, hours=hours).mode

    @given(decisions(), st.integers(0, 60))
    def test_saying_it_twice_changes_nothing(self, made, hours):
        assert answer(made + made, hours=hours).mode == answer(made, hours=hours).mode

    @given(decisions(kinds=(SourceKind.ACTIVATION,)), SCOPES, VALUES)
    def test_one_more_activation_never_protects_less(self, made, scope, values):
        plain = {key: value.value for key, value in values.items()}
        more = [*made, change("new", 99, scope=scope, **plain)]
        before, after = answer(made, hours=80), answer(more, hours=80)

        assert all(after.at_least(one, before[one]) for one in REPAIRS.fields)
        assert after.state.rank >= before.state.rank

    @given(decisions(), SCOPES, VALUES)
    def test_lifting_restores_what_was_there(self, made, scope, values):
        plain = {key: value.value for key, value in values.items()}
        opened = change("new", 98, scope=scope, recorded=70, hours=70, **plain)
        lifted = change("new", 99, scope=scope, recorded=80, hours=80)

        assert answer([*made, opened, lifted], hours=81).mode == answer(made, hours=81).mode

    @given(decisions(), st.integers(0, 60), st.integers(0, 60))
    def test_what_is_recorded_later_never_changes_the_past(self, made, hours, cut):
        recorded_by_then = [one for one in made if one.recorded_at <= START + timedelta(hours=hours)]

        assert answer(made, hours=hours, known=hours + cut).mode == answer(recorded_by_then, hours=hours).mode

    @given(decisions(), st.integers(0, 60))
    def test_every_departure_from_normal_has_someone_who_decided_it(self, made, hours):
        said = answer(made, hours=hours)
        decided = {key for one in said.contributions for key in one.decisive}

        assert set(said.mode.departures()) <= decided

    @given(decisions(), st.integers(0, 60))
    def test_without_the_exercises_nothing_differs(self, made, hours):
        real = [one for one in made if not one.exercise]

        assert answer(made, hours=hours).mode == answer(real, hours=hours).mode

    @given(VALUES, VALUES, VALUES)
    def test_merging_two_modes_is_commutative_associative_and_idempotent(self, a, b, c):
        one, two, three = REPAIRS.mode(a), REPAIRS.mode(b), REPAIRS.mode(c)

        assert one.merged(two) == two.merged(one)
        assert one.merged(two).merged(three) == one.merged(two.merged(three))
        assert one.merged(one) == one
