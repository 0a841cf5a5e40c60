"""`palier retention`: dry by default, purging with --apply, in the shape that scripts read."""

import io
import json
from datetime import date
from pathlib import Path

import jsonschema
import pytest
from django.utils import timezone
from rich.console import Console

from palier.config.cli.framework import Misused, Output
from palier.config.cli.running import _understand
from palier.config.doctor import Level, _retention
from palier.kernel.accounts.testing import make_member
from palier.kernel.organisations.current import open_organisation
from palier.kernel.retention.selectors.rules import dry_run
from palier.kernel.retention.services.requests import record_request
from palier.kernel.retention.services.rules import switch_on
from palier.modules.staff.models import Presence
from palier.modules.staff.tests.factories import make_agent, make_presence

SCHEMA = Path(__file__).resolve().parent.parent / "docs" / "cli" / "retention.schema.json"
KEY = "staff.presence"

pytestmark = pytest.mark.django_db


def run(*words):
    answers = io.StringIO()
    out = Output(
        answers=Console(file=answers, soft_wrap=True, highlight=False, width=200),
        remarks=Console(file=io.StringIO()),
    )
    command, options = _understand(["retention", "--organisation", "alpha", *words])
    command.function(options, out)
    return answers.getvalue()


@pytest.fixture(autouse=True)
def old_presence(actor):
    make_member("alpha", "administrator")
    with open_organisation("alpha"):
        make_presence(make_agent(), date(2020, 1, 1), "on_site")
        now = timezone.now()
        switch_on(key=KEY, seen=dry_run(key=KEY, at=now).fingerprint, by=actor, at=now)


def left():
    with open_organisation("alpha"):
        return Presence.objects.count()


def test_says_what_would_go_and_changes_nothing():
    said = json.loads(run("--class", KEY, "--json"))

    jsonschema.validate(said, json.loads(SCHEMA.read_text(encoding="utf-8")))
    assert [(one["due"], one["purged"]) for one in said["classes"]] == [(1, 0)]
    assert left() == 1


def test_purges_when_told_to():
    said = json.loads(run("--class", KEY, "--json", "--apply"))

    assert [(one["due"], one["purged"]) for one in said["classes"]] == [(1, 1)]
    assert left() == 0


def test_refuses_a_class_that_does_not_exist():
    with pytest.raises(Misused):
        run("--class", "people.nothing")


def test_the_doctor_says_what_waits_for_an_answer(actor):
    with open_organisation("alpha"):
        record_request(
            kind="access",
            requester="Ana",
            channel="post",
            received_on=date(2020, 1, 6),
            by=actor,
            at=timezone.now(),
        )

    found = [each for each in _retention(timezone.now()) if each.level == Level.PROBLEM]

    assert [each.what for each in found] == ["alpha: 1 persons wait for an answer past its day"]
