"""`palier figures show`: the shape that scripts read, and the same numbers as the pages."""

import io
import json
from pathlib import Path

import jsonschema
import pytest
from rich.console import Console

from palier.config.cli.framework import Misused, Output
from palier.config.cli.running import _understand

SCHEMA = Path(__file__).resolve().parent.parent / "docs" / "cli" / "figures.schema.json"

pytestmark = pytest.mark.django_db


def run(*words):
    answers = io.StringIO()
    out = Output(
        answers=Console(file=answers, soft_wrap=True, highlight=False, width=200),
        remarks=Console(file=io.StringIO()),
    )
    command, options = _understand(["figures", "show", *words])
    command.function(options, out)
    return answers.getvalue()


def test_answers_in_the_shape_that_scripts_rely_on():
    said = json.loads(run("--organisation", "alpha", "--json"))

    jsonschema.validate(said, json.loads(SCHEMA.read_text(encoding="utf-8")))
    assert {one["key"] for one in said["figures"]} >= {
        "continuity.levels-in-force",
        "continuity.tasks-overdue",
    }


def test_says_the_same_to_people():
    assert "continuity.levels-in-force" in run("--organisation", "alpha")


def test_refuses_an_organisation_that_does_not_exist():
    with pytest.raises(Misused):
        run("--organisation", "nobody")
