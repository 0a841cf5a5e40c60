"""`palier load`: its answer, its exit codes, and what a dry run leaves."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import jsonschema
import pytest

from palier.config.cli.framework import COMMANDS, Misused, Output
from palier.config.cli.running import _load_commands, _parser
from palier.config.demo.facts import small, towns
from palier.config.demo.files import write_all
from palier.kernel.accounts.testing import make_member
from palier.kernel.geography.models import Commune, Department, Region
from palier.kernel.imports.models import ImportBatch
from palier.kernel.keys import ensure_master_key
from palier.kernel.organisations.current import open_organisation
from palier.modules.partners.models import Partner

SCHEMA = json.loads(
    (Path(__file__).parents[1] / "docs" / "cli" / "load.schema.json").read_text(encoding="utf-8")
)


@pytest.fixture
def files(db, settings, tmp_path):
    """A landlord's files, an administrator, the communes, and a key of the test's own."""
    settings.KEY_FILE, settings.FILES_FOLDER = tmp_path / "keys" / "master.key", tmp_path / "kept"
    ensure_master_key()
    make_member("alpha", "administrator")
    region = Region.objects.get_or_create(code="76", defaults={"name": "Occitanie"})[0]
    for town in towns().values():
        place = {"name": town.department, "region": region}
        department = Department.objects.get_or_create(code=town.department, defaults=place)[0]
        known = {"name": town.name, "department": department, "postcodes": [town.postcode]}
        Commune.objects.get_or_create(code=town.code, defaults=known)
    list(write_all(replace(small().landlords[0], dwellings=40), 20, date(2026, 11, 20), tmp_path))
    return tmp_path


def palier_load(capsys, *arguments):
    """Run the command; return its JSON answer and its exit code."""
    _load_commands()
    options = _parser().parse_args(["load", *map(str, arguments), "--organisation", "alpha", "--json"])
    capsys.readouterr()
    out = Output()
    COMMANDS["load"].function(options, out)
    answer = json.loads(capsys.readouterr().out)
    jsonschema.validate(answer, SCHEMA)
    return answer, 1 if out.refusals else 0


class TestTheCommand:
    def test_applies_and_says_so(self, files, capsys):
        answer, code = palier_load(capsys, "patrimoine", files / "patrimoine.csv", "--full", "--apply")

        assert code == 0
        assert answer["read"] == answer["applied"] > 40

    def test_changes_nothing_the_second_time(self, files, capsys):
        palier_load(capsys, "patrimoine", files / "patrimoine.csv", "--full", "--apply")

        answer, code = palier_load(capsys, "patrimoine", files / "patrimoine.csv", "--full", "--apply")

        assert (answer["applied"], answer["unchanged"], code) == (0, answer["read"], 0)

    def test_leaves_nothing_behind_without_apply(self, files, capsys):
        answer, code = palier_load(capsys, "patrimoine", files / "patrimoine.csv")

        assert (answer["applied"], code) == (answer["read"], 0)
        with open_organisation("alpha"):
            from django.db import connection

            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT (SELECT count(*) FROM estate_lot), (SELECT count(*) FROM import_stage)"
                )
                assert cursor.fetchone() == (0, 0)
            assert set(ImportBatch.objects.values_list("state", flat=True)) == {"discarded"}

    def test_exits_1_when_a_line_was_refused_and_applies_the_others(self, files, capsys):
        text = (files / "patrimoine.csv").read_text(encoding="cp1252").splitlines()
        text[1] = text[1].replace(text[1].split(";")[0], "1184,0", 1)
        (files / "spoiled.csv").write_text("\r\n".join(text), encoding="cp1252")

        answer, code = palier_load(capsys, "patrimoine", files / "spoiled.csv", "--apply")

        assert (answer["refused"], code) == (1, 1)
        assert [(error["line"], error["code"]) for error in answer["errors"]] == [(2, "value.damaged-code")]
        assert answer["applied"] == answer["read"] - 1

    def test_exits_1_with_the_reason_for_a_file_of_another_kind(self, files, capsys):
        answer, code = palier_load(capsys, "locatif", files / "patrimoine.csv", "--apply")

        assert (answer["read"], code) == (0, 1)
        assert answer["errors"][0]["code"] == "imports.wrong-kind"

    def test_loads_the_directory_of_partners(self, files, capsys):
        (files / "partenaires.csv").write_text(
            "Code partenaire;Nom;Type;Téléphone;Besoins\r\n"
            "CCAS-1;CCAS de Narbonne;CCAS;04 65 71 00 10;courses, accompagnement\r\n"
            "ASSO-2;Les Paniers;Vaisseau spatial;04 65 71 00 11;repas\r\n",
            encoding="cp1252",
        )

        dry, _code = palier_load(capsys, "partners", files / "partenaires.csv")
        with open_organisation("alpha"):
            assert not Partner.objects.exists()
        answer, code = palier_load(capsys, "partners", files / "partenaires.csv", "--apply")

        assert (dry["applied"], answer["applied"], answer["refused"], code) == (1, 1, 1, 1)
        assert [error["line"] for error in answer["errors"]] == [3]
        with open_organisation("alpha"):
            partner = Partner.objects.get()
        assert (partner.name, partner.phone, partner.needs) == (
            "CCAS de Narbonne", "+33465710010", ["groceries", "social_support"],
        )  # fmt: skip

    def test_is_misused_without_its_file(self, files, capsys):
        with pytest.raises(Misused):
            palier_load(capsys, "patrimoine", files / "nothing.csv")

    def test_is_misused_for_an_organisation_that_is_not_there(self, files, capsys):
        _load_commands()
        arguments = ["load", "patrimoine", str(files / "patrimoine.csv"), "--organisation", "nobody"]
        options = _parser().parse_args(arguments)

        with pytest.raises(Misused):
            COMMANDS["load"].function(options, Output())
