"""Making the environment: prerequisites first, whole or not at all."""

import importlib.util
import subprocess
from pathlib import Path

import pytest

from palier.config import assets
from palier.config.environment import PROJECT_ROOT

SCRIPT = PROJECT_ROOT / "palier" / "config" / "setup_environment.py"


@pytest.fixture
def script(tmp_path, monkeypatch):
    """The set-up script, pointed at an empty project."""
    spec = importlib.util.spec_from_file_location("setup_environment", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    project = tmp_path / "projet é"
    (project / "requirements").mkdir(parents=True)
    (project / "palier" / "config").mkdir(parents=True)
    (project / "palier" / "config" / "setup_environment.py").write_bytes(SCRIPT.read_bytes())
    for name in ("runtime.txt", "dev.txt"):
        (project / "requirements" / name).write_text("", encoding="utf-8")
    monkeypatch.setattr(module, "PROJECT", str(project))
    monkeypatch.setattr(module, "VENV", str(project / ".venv"))
    whole = module.run
    # Installing pip is most of the cost of an environment, and nothing here needs it.
    monkeypatch.setattr(
        module, "run", lambda command: whole([*command, *["--without-pip"] * ("venv" in command)])
    )
    # The script takes the signals for itself, as it must when it runs alone.
    monkeypatch.setattr(module.signal, "signal", lambda number, handler: None)
    return module


class TestPrerequisites:
    def test_are_all_said_at_once_and_nothing_is_written(self, script, monkeypatch, capsys):
        monkeypatch.setattr(script, "can_make_environments", lambda python: False)
        monkeypatch.setattr(script, "NEEDED_BYTES", 10**18)

        assert script.main(["run"]) == 1

        said = capsys.readouterr().err
        assert "apt install python3-venv" in said and "free disk" in said
        assert sorted(each.name for each in Path(script.PROJECT).iterdir()) == ["palier", "requirements"]

    def test_include_a_recent_python(self, script, monkeypatch):
        monkeypatch.setattr(script, "find_python", lambda: None)

        with pytest.raises(script.SetupError, match=r"Python 3\.11"):
            script.check_prerequisites()


class TestMaking:
    def test_leaves_nothing_when_a_step_fails(self, script, monkeypatch):
        monkeypatch.setattr(script, "install", lambda purpose: script.run(["false"]))

        assert script.main(["run"]) == 1
        assert not Path(script.VENV).exists()

    def test_leaves_nothing_when_it_is_interrupted(self, script, monkeypatch):
        monkeypatch.setattr(script, "install", interrupt)

        assert script.main(["run"]) == 130
        assert not Path(script.VENV).exists()

    def test_removes_what_a_killed_run_left(self, script, monkeypatch):
        Path(script.VENV).mkdir()
        (Path(script.VENV) / "half-made").touch()
        monkeypatch.setattr(script, "install", lambda purpose: None)

        assert script.main(["run"]) == 0
        assert not (Path(script.VENV) / "half-made").exists()

    def test_is_done_once_and_again_when_a_lock_changes(self, script, monkeypatch):
        installed = []
        monkeypatch.setattr(script, "install", installed.append)

        assert [script.main(["run"]), script.main(["run"])] == [0, 0]
        assert installed == ["run"]
        Path(script.PROJECT, "requirements", "runtime.txt").write_text("# newer", encoding="utf-8")
        assert script.main(["run"]) == 0
        assert installed == ["run", "run"]

    def test_makes_the_command_that_finds_the_project(self, script, monkeypatch):
        monkeypatch.setattr(script, "install", lambda purpose: None)
        script.main(["run"])
        package = Path(script.PROJECT) / "palier"
        (package / "__init__.py").touch()
        (package / "config" / "__init__.py").touch()
        (package / "config" / "cli.py").write_text("import sys\nprint(sys.argv[1:])\n", encoding="utf-8")

        said = subprocess.run(
            [str(Path(script.VENV) / "bin" / "palier"), "doctor"], cwd="/", capture_output=True, text=True
        )

        assert said.stdout.strip() == "['doctor']", said.stderr


def interrupt(_purpose):
    raise KeyboardInterrupt


def test_the_lock_files_name_no_address():
    assert assets.lock_is_plain()
    for name in ("runtime.txt", "dev.txt"):
        lock = (PROJECT_ROOT / "requirements" / name).read_text(encoding="utf-8")
        assert "://" not in lock and "--hash=sha256:" in lock


def test_the_script_parses_on_an_old_python():
    import ast

    ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 7))
