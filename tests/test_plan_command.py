"""`palier plan …`: shapes that scripts read, dry without --apply, and exit codes."""

import io
import json
from pathlib import Path

import jsonschema
import pytest
from rich.console import Console

from palier.config.cli.framework import Misused, Output
from palier.config.cli.running import _understand
from palier.kernel.accounts.testing import make_member
from palier.kernel.errors import DomainError
from palier.kernel.organisations.current import open_organisation
from palier.modules.continuity.models import Activation, ActivationStep, ModeOverride, PlanVersion
from palier.modules.continuity.tests.plans import PLAN
from palier.modules.estate.tests.factories import make_agency

SCHEMAS = Path(__file__).resolve().parent.parent / "docs" / "cli"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def administrator(db):
    return make_member("alpha", "administrator", email="anne.morel@alpha.example", name="Anne Morel").user


@pytest.fixture
def plan_file(tmp_path):
    file = tmp_path / "plan.toml"
    file.write_text(PLAN, encoding="utf-8")
    return file


def run(*words, organisation="alpha"):
    """Return (answer, refusals): what the command says on standard output, and what it refuses."""
    answers = io.StringIO()
    out = Output(
        answers=Console(file=answers, soft_wrap=True, highlight=False, width=200),
        remarks=Console(file=io.StringIO()),
    )
    command, options = _understand(
        ["plan", *map(str, words), *(["--organisation", organisation] if organisation else [])]
    )
    try:
        command.function(options, out)
    except DomainError as refused:
        out.refuse(refused)
    return answers.getvalue(), out.refusals


def answer(*words, schema="plan-decision"):
    said, refusals = run(*words, "--json")
    assert not refusals
    read = json.loads(said)
    jsonschema.validate(read, json.loads((SCHEMAS / f"{schema}.schema.json").read_text(encoding="utf-8")))
    return read


@pytest.fixture
def plan(plan_file):
    answer("import", plan_file, "--apply", schema="plan-import")


class TestImport:
    def test_changes_nothing_without_apply(self, plan_file):
        said = answer("import", plan_file, schema="plan-import")

        assert (said["plan"], said["levels"], said["version"]) == ("pandemic", ["2", "3"], None)
        with open_organisation("alpha"):
            assert not PlanVersion.objects.exists()

    def test_brings_the_plan_into_force(self, plan_file):
        said = answer("import", plan_file, "--apply", schema="plan-import")

        assert (said["version"], said["state"]) == (1, "in_force")

    def test_twice_changes_nothing(self, plan, plan_file):
        assert answer("import", plan_file, "--apply", schema="plan-import")["version"] == 1

    def test_may_leave_a_draft(self, plan_file):
        assert answer("import", plan_file, "--draft", "--apply", schema="plan-import")["state"] == "draft"

    def test_says_every_error_by_table_and_key_with_its_line(self, plan_file):
        plan_file.write_text(PLAN.replace('"urgent_only"', '"urgent_onl"'), encoding="utf-8")

        said, refusals = run("import", plan_file, "--apply", "--json")

        (error,) = json.loads(said)["errors"]
        assert error["path"] == "levels.3.services.repairs.accept"
        assert f"{plan_file}:{error['line']}: levels.3.services.repairs.accept" in refusals[0]


class TestExport:
    def test_gives_back_the_same_file(self, plan, tmp_path):
        run("export", tmp_path / "out.toml")

        assert (tmp_path / "out.toml").read_text(encoding="utf-8") == PLAN

    def test_names_the_plans_when_none_is_called_so(self, plan, tmp_path):
        _said, refusals = run("export", tmp_path / "out.toml", "--plan", "flood")

        assert "pandemic" in refusals[0]
        assert not (tmp_path / "out.toml").exists()


class TestPreview:
    def test_has_the_shape_of_the_contract(self, plan):
        said = answer("preview", "--level", "3")

        assert [one["service"] for one in said["changes"]] == ["repairs", "reception", "payables"]
        assert (said["tasks"], said["notices"]) == (2, 3)
        assert (said["calls"], said["appointments"], said["parked"]) == (None, None, None)
        assert said["masks"] == {"needed": None, "stock": None}
        assert said["staff"]["needed"] == 2

    def test_is_for_a_place(self, plan):
        with open_organisation("alpha"):
            make_agency(code="A01")

        said = answer("preview", "--level", "3", "--scope", "agency:A01")

        assert [one["service"] for one in said["changes"]] == ["repairs", "reception"]

    def test_is_refused_for_a_place_that_does_not_exist(self, plan):
        _said, refusals = run("preview", "--level", "3", "--scope", "agency:ZZZ")

        assert "ZZZ" in refusals[0]

    @pytest.mark.parametrize("words", [["--scope", "street:A"], ["--scope", "A01"]])
    def test_is_misused_with_a_scope_that_is_not_one(self, plan, words):
        with pytest.raises(Misused):
            run("preview", "--level", "3", *words)

    def test_is_misused_without_a_level(self, plan):
        with pytest.raises(Misused):
            run("preview")


class TestActivate:
    def test_is_dry_without_apply(self, plan):
        said = answer("activate", "--level", "3", "--reason", "Lockdown")

        assert said["applied"] is False
        with open_organisation("alpha"):
            assert not Activation.objects.exists()

    def test_agrees_with_its_preview_to_the_unit(self, plan):
        shown = answer("preview", "--level", "3")

        done = answer("activate", "--level", "3", "--reason", "Lockdown", "--apply")

        assert {**done, "applied": False, "reference": None} == shown
        assert done["reference"].endswith("-001")

    def test_is_decided_by_the_first_administrator_and_says_it_came_by_command(self, plan):
        answer("activate", "--level", "3", "--reason", "Lockdown", "--apply")

        with open_organisation("alpha"):
            step = ActivationStep.objects.get()
            assert (step.decided_by_name, step.via) == ("Anne Morel", "command")

    def test_is_decided_by_whoever_is_named(self, plan):
        make_member("alpha", "director", email="paul.roy@alpha.example", name="Paul Roy")

        answer(
            "activate", "--level", "3", "--reason", "L", "--decided-by", "paul.roy@alpha.example", "--apply"
        )

        with open_organisation("alpha"):
            assert ActivationStep.objects.get().decided_by_name == "Paul Roy"

    def test_is_refused_to_who_may_not_decide(self, plan):
        make_member("alpha", "caretaker", email="luc@alpha.example")

        _said, refusals = run(
            "activate", "--level", "3", "--reason", "L", "--decided-by", "luc@alpha.example", "--apply"
        )

        assert refusals
        with open_organisation("alpha"):
            assert not Activation.objects.exists()

    def test_is_misused_with_an_unknown_decision_maker(self, plan):
        with pytest.raises(Misused):
            run("activate", "--level", "3", "--decided-by", "nobody@alpha.example", "--apply")

    def test_is_refused_without_a_reason(self, plan):
        assert run("activate", "--level", "3", "--apply")[1]

    def test_keeps_a_past_time_as_that_of_the_decision(self, plan):
        answer("activate", "--level", "3", "--reason", "L", "--at", "2026-01-05T08:00", "--apply")

        with open_organisation("alpha"):
            activation = Activation.objects.get()
            assert activation.decided_at.isoformat() == "2026-01-05T07:00:00+00:00"
            assert activation.effective_at == activation.recorded_at > activation.decided_at

    def test_of_another_level_changes_the_one_in_force(self, plan):
        answer("activate", "--level", "2", "--reason", "Cases rise", "--apply")
        shown = answer("preview", "--level", "3")

        done = answer("activate", "--level", "3", "--reason", "Lockdown", "--apply")

        assert (done["changes"], done["tasks"]) == (shown["changes"], shown["tasks"])
        with open_organisation("alpha"):
            assert [one.kind for one in ActivationStep.objects.order_by("number")] == ["activate", "change"]

    def test_of_the_level_in_force_is_refused(self, plan):
        answer("activate", "--level", "3", "--reason", "Lockdown", "--apply")

        assert run("activate", "--level", "3", "--reason", "Again", "--apply")[1]

    def test_begins_at_a_time_to_come(self, plan):
        answer("activate", "--level", "3", "--reason", "L", "--at", "2099-01-05T08:00", "--apply")

        assert answer("status", schema="plan-status")["activations"] == []
        later = answer("status", "--at", "2099-01-06T08:00", schema="plan-status")
        assert later["modes"]["reception"]["state"] == "stopped"


class TestWhole:
    def test_activate_change_extend_override_lift(self, plan):
        answer("activate", "--plan", "pandemic", "--level", "3", "--reason", "Lockdown", "--apply")
        changed = answer("change", "--level", "2", "--reason", "Better", "--apply")
        answer("extend", "--review-on", "2099-01-01", "--reason", "Not over", "--apply")
        relaxed = answer(
            "override",
            "reception",
            "opening=open",
            "--review-on",
            "2099-01-01",
            "--reason",
            "Meeting",
            "--apply",
        )
        during = answer("status", schema="plan-status")
        answer("override", "reception", "--end", "--reason", "Over", "--apply")
        lifted = answer("lift", "--reason", "Over", "--apply")

        assert {one["service"]: one["to"]["state"] for one in changed["changes"]}["reception"] == "reduced"
        assert [one["service"] for one in relaxed["changes"]] == ["reception"]
        assert [(one["level"], one["review_on"]) for one in during["activations"]] == [("2", "2099-01-01")]
        assert during["modes"]["reception"]["state"] == "normal"
        assert {one["to"]["state"] for one in lifted["changes"]} == {"normal"}
        after = answer("status", schema="plan-status")
        assert after["activations"] == []
        assert {one["state"] for one in after["modes"].values()} == {"normal"}

    def test_override_is_dry_without_apply(self, plan):
        answer("override", "repairs", "accept=urgent_only", "--review-on", "2099-01-01", "--reason", "R")

        with open_organisation("alpha"):
            assert not ModeOverride.objects.exists()

    def test_override_names_what_is_possible(self, plan):
        _said, refusals = run(
            "override", "repairs", "accept=most", "--review-on", "2099-01-01", "--reason", "R"
        )

        assert "safety_only" in refusals[0]

    def test_lift_is_refused_where_nothing_is_active(self, plan):
        assert run("lift", "--reason", "Over", "--apply")[1]

    def test_people_read_it_too(self, plan):
        said, _refusals = run("activate", "--level", "3", "--reason", "Lockdown", "--apply")

        assert "normal → stopped" in said


class TestTemplate:
    def test_lists_the_plans_to_begin_from(self):
        said, _refusals = run("template", organisation="")

        assert {line.split()[0] for line in said.splitlines()} == {
            f"{plan}.{language}"
            for plan in ("pandemic", "cyber-attack", "heat-wave", "flood", "energy")
            for language in ("fr", "en")
        }

    def test_written_to_a_file_imports(self, tmp_path):
        run("template", "cyber-attack.fr", tmp_path / "p.toml", organisation="")

        assert answer("import", tmp_path / "p.toml", "--apply", schema="plan-import")["state"] == "in_force"
