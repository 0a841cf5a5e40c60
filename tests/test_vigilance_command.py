"""`palier vigilance load`: dry by default, applied once, in the shape that scripts read."""

import io
import json
from pathlib import Path

import jsonschema
import pytest
from rich.console import Console

from palier.config.cli.framework import Output
from palier.config.cli.running import _understand
from palier.kernel.accounts.testing import make_member
from palier.kernel.organisations.current import open_organisation
from palier.modules.continuity.models import VigilanceBulletin
from palier.modules.continuity.tests.vigilance_map import map_of
from palier.modules.estate.tests.factories import make_lot

SCHEMA = Path(__file__).resolve().parent.parent / "docs" / "cli" / "vigilance.schema.json"

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path):
    make_member("alpha", "administrator")
    with open_organisation("alpha"):
        make_lot()
    path = tmp_path / "map.json"
    path.write_bytes(map_of())
    return path


def run(*words):
    answers = io.StringIO()
    out = Output(
        answers=Console(file=answers, soft_wrap=True, highlight=False, width=200),
        remarks=Console(file=io.StringIO()),
    )
    command, options = _understand(["vigilance", "load", *map(str, words), "--organisation", "alpha"])
    command.function(options, out)
    return answers.getvalue(), out.refusals


def kept():
    with open_organisation("alpha"):
        return VigilanceBulletin.objects.count()


def test_says_and_keeps_nothing_until_told(file):
    said, refusals = run(file, "--json")

    answer = json.loads(said)
    jsonschema.validate(answer, json.loads(SCHEMA.read_text(encoding="utf-8")))
    assert (answer["applied"], refusals, kept()) == (False, [], 0)
    assert ("11", "heat", "orange") in [
        (one["department"], one["phenomenon"], one["colour"]) for one in answer["vigilances"]
    ]


def test_applies_once(file):
    first, _ = run(file, "--json", "--apply")
    second, _ = run(file, "--json", "--apply")

    assert (json.loads(first)["is_new"], json.loads(second)["is_new"], kept()) == (True, False, 1)


def test_speaks_to_people_too(file):
    said, _ = run(file)

    assert "Canicule" in said


def test_refuses_another_file(tmp_path, file):
    wrong = tmp_path / "wrong.json"
    wrong.write_text("{}")

    _said, refusals = run(wrong, "--apply")

    assert "cdp_carte_externe" in refusals[0]
    assert kept() == 0
