"""The `palier` command on a real installation: words, exit codes, dryness, JSON."""

import json
import stat
from pathlib import Path

import jsonschema
import pytest

from palier.config import backup
from palier.config.cli.framework import Misused, Output
from palier.config.environment import PROJECT_ROOT
from tests.platform.installation import Installation, installation

DONE, REFUSED, MISUSED = 0, 1, 2


@pytest.fixture(scope="module")
def ours(prepared):
    with installation(like=prepared) as made:
        yield made


def create(slug: str, *, kind: str = "landlord", admin: str = "claire.ferrand@autan.example") -> list[str]:
    return ["organisations", "create", slug, "--name", f"Office {slug}", "--kind", kind, "--admin", admin]


def schema(name: str) -> dict:
    return json.loads((PROJECT_ROOT / "docs" / "cli" / f"{name}.schema.json").read_text(encoding="utf-8"))


class TestOrganisations:
    def test_are_listed_one_slug_a_line(self, ours):
        assert ours.palier("organisations", "--kind", "federation").stdout.splitlines() == ["union"]

    def test_are_listed_in_json_as_documented(self, ours):
        answer = json.loads(ours.palier("organisations", "--json").stdout)

        jsonschema.validate(answer, schema("organisations"))
        assert [each["slug"] for each in answer] == ["autan", "union"]

    def test_are_not_created_without_apply(self, ours):
        done = ours.palier(*create("garrigue"))

        assert done.returncode == DONE and "--apply" in done.stderr
        assert "garrigue" not in ours.palier("organisations").stdout

    def test_have_each_a_slug_of_their_own(self, ours):
        done = ours.palier(*create("autan"), "--apply")

        assert done.returncode == REFUSED and "autan" in done.stderr

    @pytest.mark.parametrize("wrong", [create("Autan"), create("ab", admin="nobody")])
    def test_are_refused_when_misspelt(self, wrong):
        command, options = understood(wrong)

        with pytest.raises(Misused):
            command.function(options, Output())


def understood(words: list[str]):
    from palier.config.cli import running

    return running._understand(words)


class TestMisuse:
    @pytest.mark.parametrize("words", [["fly"], ["keys"], ["backup"], create("ab", kind="mairie")])
    def test_exits_2(self, words, capsys):
        with pytest.raises(SystemExit) as end:
            understood(words)

        assert end.value.code == MISUSED

    @pytest.mark.parametrize(
        "words", [["restore", "/nowhere/at/all", "--apply"], ["keys", "import", "/nowhere"]]
    )
    def test_names_the_file_that_is_not_there(self, words):
        with pytest.raises(Misused, match="/nowhere"):
            understood(words)

    def test_of_the_environment_names_the_variable(self):
        made = Installation(Path("/tmp/never"), {"PORT": "many"})

        done = made.palier("organisations")

        assert done.returncode == MISUSED
        assert "PORT" in done.stderr and "Traceback" not in done.stderr


class TestKeys:
    def test_come_back_from_the_safe_only_where_no_other_is(self, ours, tmp_path):
        printed = ours.palier("keys", "export").stdout
        paper = tmp_path / "paper.txt"
        paper.write_text(printed.lower(), encoding="utf-8")

        assert ours.palier("keys", "import", str(paper)).returncode == DONE

        elsewhere = Installation(tmp_path, {})
        assert elsewhere.palier("keys", "import", str(paper)).returncode == DONE
        assert elsewhere.palier("keys", "export").stdout == printed
        assert stat.S_IMODE(elsewhere.key.stat().st_mode) == 0o600

        other = tmp_path / "other.txt"
        other.write_text(printed.replace("palier-key-1 ", "palier-key-1 AAAA-"), encoding="utf-8")
        assert ours.palier("keys", "import", str(other)).returncode == REFUSED


@pytest.fixture(scope="module")
def saved(ours):
    """A backup of ours, which keeps a document."""
    put_document(ours)
    file = ours.folder / "sauvegarde é.palier"
    done = ours.palier("backup", str(file))
    assert done.returncode == DONE, done.stderr
    return file


class TestBackup:
    def test_restores_into_an_empty_installation_same_rows_same_files(self, ours, tmp_path):
        document = put_document(ours)
        file = tmp_path / "sauvegarde é.palier"

        assert ours.palier("backup", str(file)).returncode == DONE

        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert key_material(ours) not in file.read_bytes()
        with installation() as empty:
            empty.key.parent.mkdir()
            empty.key.write_bytes(ours.key.read_bytes())
            empty.key.chmod(0o600)
            dry = empty.palier("restore", str(file))
            assert (dry.returncode, "--apply" in dry.stderr) == (DONE, True)

            done = empty.palier("restore", str(file), "--apply")

            assert done.returncode == DONE, done.stderr
            assert counts(empty) == counts(ours)
            assert (empty.data / "files" / document).read_bytes() == (
                ours.data / "files" / document
            ).read_bytes()
            doctor = empty.palier("doctor")
            assert doctor.returncode == DONE, doctor.stdout
            again = empty.palier("restore", str(file), "--apply")
            assert again.returncode == REFUSED and "not empty" in again.stderr

    def test_never_overwrites_one(self, ours, tmp_path):
        file = tmp_path / "b"
        file.write_bytes(b"precious")

        assert ours.palier("backup", str(file)).returncode == REFUSED
        assert file.read_bytes() == b"precious"

    def test_that_was_cut_short_is_refused(self, saved, tmp_path):
        cut = tmp_path / "cut"
        cut.write_bytes(saved.read_bytes()[:-20_000])

        with pytest.raises(backup.NotABackup):
            backup.read_manifest(cut)

    def test_whose_file_was_altered_is_refused(self, saved, tmp_path):
        altered = tmp_path / "altered"
        altered.write_bytes(saved.read_bytes().replace(b"An order of the cell", b"An order of the c3ll"))

        with pytest.raises(backup.NotABackup, match=DOCUMENT_PATH):
            backup._unpack(altered, tmp_path, backup.read_manifest(altered))


DOCUMENT_PATH = "2026/11/ordre.pdf"
PUT_DOCUMENT = """
from palier.config.postgres import held
from palier.config.start import use_settings
use_settings()
import django
django.setup()
from django.utils import timezone
from palier.kernel.documents import store
from palier.kernel.documents.models import Document
from palier.kernel.organisations.current import open_organisation
with held(), open_organisation("autan") as organisation:
    kept = store.write(
        schema=organisation.schema_name, path="2026/11/ordre.pdf", content=b"An order of the cell")
    Document.objects.get_or_create(path=kept.path, defaults=dict(
        title="Ordre", kind="decision", filename="ordre.pdf", size_bytes=kept.size_bytes, sha256=kept.sha256,
        made_at=timezone.now(), made_by_name="Claire Ferrand"))
"""
COUNT = """
import json
from palier.config.postgres import held
from palier.config.start import use_settings
use_settings()
import django
django.setup()
from palier.config.backup import count_rows
with held() as server, server.connect("owner") as owner:
    print(json.dumps(count_rows(owner)))
"""


def put_document(where: Installation) -> str:
    done = where.python("-c", PUT_DOCUMENT)
    assert done.returncode == 0, done.stderr
    return f"org_autan/{DOCUMENT_PATH}"


def counts(where: Installation) -> dict[str, int]:
    done = where.python("-c", COUNT)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def key_material(where: Installation) -> bytes:
    return where.key.read_bytes().split()[-1]


@pytest.fixture
def copy(prepared):
    """An installation to spoil."""
    with installation(like=prepared) as made:
        yield made


class TestDoctor:
    def test_answers_as_documented_and_finds_a_sound_installation_whole(self, ours):
        done = ours.palier("doctor", "--json")

        answer = json.loads(done.stdout)
        jsonschema.validate(answer, schema("doctor"))
        assert done.returncode == DONE, answer
        assert {each["about"] for each in answer} >= {
            "master key",
            "database",
            "roles",
            "tables",
            "the wall",
            "locks",
        }

    def test_sees_everything_that_was_spoiled(self, copy):
        inside = copy.data / "master.key"
        inside.write_bytes(copy.key.read_bytes())
        path = copy.data / "files" / put_document(copy)
        path.write_bytes(path.read_bytes() + b" ")
        execute(copy, "GRANT SELECT ON org_autan.document TO org_union")

        done = Installation(copy.folder, {"PALIER_KEY_FILE": str(inside)}).palier("doctor")

        assert done.returncode == REFUSED
        said = done.stdout
        assert "set PALIER_KEY_FILE" in said and "chmod 600" in said
        assert f"org_autan/{DOCUMENT_PATH}" in said
        assert "✗ the wall" in said

    def test_sees_tables_that_wait_for_a_migration(self, copy):
        execute(copy, "DELETE FROM org_autan.django_migrations WHERE app = 'documents'")

        done = copy.palier("doctor")

        assert done.returncode == REFUSED and "palier setup" in done.stdout


GRANT = """
from palier.config.postgres import held
with held() as server, server.connect("owner") as owner:
    owner.execute({statement!r})
"""


def execute(where: Installation, statement: str) -> None:
    done = where.python("-c", GRANT.format(statement=statement))
    assert done.returncode == 0, done.stderr
