"""The table of overlapping decisions, played on the rule and on the database; the page says the same."""

import subprocess
import sys
import tomllib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import NAMESPACE_OID, uuid5

import pytest

from palier.kernel.modes import (
    ModeChange,
    Place,
    PlaceKind,
    PlaceRef,
    SourceKind,
    in_force,
    merge,
    mode_of,
    service,
)
from palier.kernel.places import WHOLE_ORGANISATION
from palier.modules.continuity.rules.plan_document import LevelDocument, PlanDocument
from palier.modules.continuity.services import activations, overrides, plans
from palier.modules.continuity.services.activations import Decision

ROOT = Path(__file__).resolve().parents[4]
CASES = tomllib.loads((ROOT / "docs/overlaps.toml").read_text(encoding="utf-8"))["case"]
START = datetime(2026, 11, 2, 8, tzinfo=UTC)
LEVELS = ("3", "2", "1", "0")


def identity(kind, code):
    """The id of a place: places of the landlord have uuids, communes and departments their own codes."""
    own = kind in (PlaceKind.AGENCY, PlaceKind.RECEPTION, PlaceKind.RESIDENCE)
    return str(uuid5(NAMESPACE_OID, code)) if own else code


NORTH = PlaceRef(PlaceKind.AGENCY, identity(PlaceKind.AGENCY, "North"))
SOUTH = PlaceRef(PlaceKind.AGENCY, identity(PlaceKind.AGENCY, "South"))
NARBONNE = (PlaceRef(PlaceKind.COMMUNE, "11262"), PlaceRef(PlaceKind.DEPARTMENT, "11"))
SETE = (PlaceRef(PlaceKind.COMMUNE, "34301"), PlaceRef(PlaceKind.DEPARTMENT, "34"))
WITHIN = {
    "residence:Mill": (NORTH, *NARBONNE),
    "residence:Port": (SOUTH, *SETE),
    "reception:North desk": (NORTH, *NARBONNE),
    "reception:South desk": (SOUTH, *SETE),
}


def hour(number):
    return START + timedelta(hours=number)


def place(name):
    kind, _, code = name.partition(":")
    kind = PlaceKind(kind)
    return Place(kind, identity(kind, code), code, code or "Organisation", WITHIN.get(name, ()))


def named(case):
    return pytest.param(case, id=case["title"].lower().replace(" ", "-"))


NAMED = [named(case) for case in CASES]


class TestTable:
    def test_has_twenty_cases(self):
        assert len(CASES) == 20

    def test_is_the_page_of_the_docs(self):
        script = [sys.executable, str(ROOT / "scripts/overlaps_page.py"), "--check"]

        assert subprocess.run(script, check=False).returncode == 0, "run scripts/overlaps_page.py"


class TestRule:
    @pytest.mark.parametrize("case", NAMED)
    def test_answers(self, case):
        ask = case["ask"]
        at, known_at = hour(ask["at"]), hour(ask.get("known_at", ask["at"]))

        answer = merge(
            service(ask["service"]),
            place(ask["place"]),
            in_force(_changes(case["events"]), at=at, known_at=known_at),
            at=at,
            known_at=known_at,
        )

        assert _said(answer) == _expected(case)
        assert [one.change.source_id for one in answer.contributions if one.decisive] == case["answer"][
            "decided_by"
        ]


class TestDatabase:
    @pytest.mark.django_db
    @pytest.mark.parametrize("case", NAMED)
    def test_answers(self, case, alpha, actor):
        _decide(case["events"], actor)
        ask = case["ask"]
        known_at = hour(ask["known_at"]) if "known_at" in ask else None

        answer = mode_of(ask["service"], place(ask["place"]), hour(ask["at"]), known_at)

        assert _said(answer) == _expected(case)
        assert len([one for one in answer.contributions if one.decisive]) == len(case["answer"]["decided_by"])


def _said(answer):
    return {key: value.value for key, value in answer.mode.departures().items()} | {
        key: answer[key].value for key in answer.overridden
    }


def _expected(case):
    return {key: value for key, value in case["answer"].items() if key != "decided_by"}


def _changes(events):
    """The same decisions as plain values."""
    made, asked = [], {}
    for event in events:
        source = event.get("plan") or event["name"]
        scope = place(event.get("scope", "organisation")).ref
        wanted = event.get("modes") or ({event["service"]: event["values"]} if "values" in event else {})
        scope, former, kind, exercise = asked.get(source, (scope, {}, None, event.get("exercise", False)))
        kind = kind or (SourceKind.OVERRIDE if event["do"] == "override" else SourceKind.ACTIVATION)
        for key in {**former, **wanted}:
            made.append(
                ModeChange(
                    sequence=len(made),
                    service=key,
                    scope=scope,
                    source_kind=kind,
                    source_id=source,
                    values=wanted.get(key, {}),
                    effective_at=hour(event.get("begins", event["at"])),
                    recorded_at=hour(event["at"]),
                    exercise=exercise,
                )
            )
        asked[source] = (scope, wanted, kind, exercise)
    return made


def _decide(events, actor):
    """The same decisions by the services that people use."""
    standing = {}
    for name in {event["plan"] for event in events if "plan" in event}:
        _plan_of(name, [event for event in events if event.get("plan") == name and "modes" in event], actor)
    used = dict.fromkeys(standing, 0)
    for event in events:
        at, decision = hour(event["at"]), Decision(reason="Case", review_on=date(2026, 12, 1))
        name = event.get("plan") or event["name"]
        if event["do"] == "activate":
            used[name] = 0
            standing[name] = activations.activate(
                plan_code=name,
                level=LEVELS[0],
                scope=place(event.get("scope", "organisation")),
                decision=decision,
                by=actor,
                at=at,
                effective_at=hour(event.get("begins", event["at"])),
                exercise=event.get("exercise", False),
            ).pk
        elif event["do"] == "change":
            used[name] += 1
            activations.change_level(
                activation_id=standing[name], level=LEVELS[used[name]], decision=decision, by=actor, at=at
            )
        elif event["do"] == "lift":
            activations.lift(activation_id=standing[name], decision=decision, by=actor, at=at)
        elif event["do"] == "override":
            standing[name] = overrides.override(
                service=event["service"],
                values=event["values"],
                scope=place(event.get("scope", "organisation")),
                decision=decision,
                by=actor,
                at=at,
            ).pk
        else:
            overrides.lift_override(override_id=standing[name], reason="Case", by=actor, at=at)


def _plan_of(name, events, actor):
    """A plan with one level for each decision of the case about it."""
    document = PlanDocument(
        code=name,
        name=name,
        language="en",
        scenario="other",
        levels={
            level: LevelDocument(level, level, services=event["modes"])
            for level, event in zip(LEVELS, events, strict=False)
        },
    )
    version = plans.import_plan(content=plans.canonical_text(document), by=actor, at=START)
    plans.submit(version_id=version.pk, by=actor, at=START)
    plans.approve(version_id=version.pk, by=actor, at=START)


def test_whole_organisation_is_one_place():
    assert place("organisation").ref == WHOLE_ORGANISATION
