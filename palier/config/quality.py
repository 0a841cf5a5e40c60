"""`make test`, `make check`, `make lock`, `make bench`: what developers run, in the order of its cost."""

import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

from palier.config.environment import PROJECT_ROOT, child_environment

PYTHON = [sys.executable, "-m"]
CHECKS: dict[str, list[str]] = {
    "lint": [*PYTHON, "ruff", "check", "."],
    "format": [*PYTHON, "ruff", "format", "--check", "."],
    "import contracts": [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
    "translations": [*PYTHON, "palier.config.messages", "missing"],
    "templates": [*PYTHON, "djlint", "palier", "--lint", "--quiet"],
    "migrations": [*PYTHON, "palier.config.quality", "migrations"],
    "types": [*PYTHON, "mypy", "palier"],
}
LOCK = [
    "pip",
    "compile",
    "-q",
    "--python-version",
    "3.11",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-header",
]


def check() -> int:
    """Run every check, even after one has failed, and say at the end which failed."""
    _prepare_files()
    failed = []
    for name, command in CHECKS.items():
        began = time.monotonic()
        done = subprocess.run(
            command, cwd=PROJECT_ROOT, env=_quiet_environment(), capture_output=True, text=True
        )
        said = (done.stdout + done.stderr).strip()
        # This one answers with what is missing, and says nothing when all is well.
        is_bad = done.returncode != 0 or (name == "translations" and bool(done.stdout.strip()))
        print(f"{'FAILED' if is_bad else 'ok':>6}  {name} ({time.monotonic() - began:.1f} s)", flush=True)
        if is_bad:
            failed.append(name)
            print(said, flush=True)
    if failed:
        print(f"{len(failed)} of {len(CHECKS)} checks failed: {', '.join(failed)}")
    return 1 if failed else 0


def migrations() -> int:
    """1 when a model differs from what its migrations make. No database is needed."""
    from palier.config.start import use_settings

    use_settings()
    import django

    django.setup()
    from django.core.management import call_command

    # The order in which a database got its migrations is doctor's affair: there may be no database here.
    warnings.filterwarnings("ignore", message="Got an error checking", category=RuntimeWarning)
    try:
        call_command("makemigrations", check=True, dry_run=True, skip_checks=True)
    except SystemExit as changes:
        return int(changes.code or 0)
    return 0


def test(arguments: Sequence[str]) -> int:
    """Run every test on a database of its own, made for this run and removed after it."""
    _prepare_files()
    with tempfile.TemporaryDirectory(prefix="palier-test-") as folder:
        # Root lends the database to another user, who must be able to reach it.
        Path(folder).chmod(0o711)
        environment = _quiet_environment(
            PALIER_ENV="test",
            PALIER_DATA=f"{folder}/data",
            PALIER_KEY_FILE=f"{folder}/key/master.key",
            DJANGO_SETTINGS_MODULE="palier.config.settings.test",
        )
        for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
            environment.pop(name, None)
        try:
            return subprocess.run(
                [*PYTHON, "pytest", *arguments], cwd=PROJECT_ROOT, env=environment
            ).returncode
        finally:
            stop = [*PYTHON, "palier.config.postgres", "stop"]
            subprocess.run(stop, cwd=PROJECT_ROOT, env=environment, capture_output=True)


def _prepare_files() -> None:
    """Assets and compiled translations, as a served installation has them."""
    command = [*PYTHON, "palier.config.quality", "files"]
    subprocess.run(command, cwd=PROJECT_ROOT, env=_quiet_environment(), check=True)


def files() -> int:
    """Make them; in a process of its own, whose settings are not the tests'."""
    from palier.config.start import use_settings

    use_settings()
    import django

    django.setup()
    from palier.config.assets import AssetsError, build_assets
    from palier.config.messages import PO, compile_catalogue

    try:
        build_assets(print)
    except AssetsError as trouble:
        print(trouble, file=sys.stderr)
        return 1
    if PO.exists():
        compile_catalogue()
    return 0


def _quiet_environment(**changes: str) -> dict[str, str]:
    """Nothing of these processes is signed for anybody: no secret is made in the home folder for them."""
    return child_environment(PYTHONDONTWRITEBYTECODE="1", PALIER_SECRET_KEY="checks only", **changes)


def lock() -> int:
    """Resolve the requirements again, with hashes and without the address of any index."""
    uv = shutil.which("uv")
    if uv is None:
        print("`make lock` needs uv: pip install uv, in an environment of your own.", file=sys.stderr)
        return 1
    for name in ("runtime", "dev"):
        command = [uv, *LOCK, f"requirements/{name}.in", "-o", f"requirements/{name}.txt"]
        done = subprocess.run(command, cwd=PROJECT_ROOT)
        if done.returncode != 0:
            return done.returncode
    return 0


def bench() -> int:
    """Run every benchmark of bench/, each in a process of its own."""
    benches = sorted((PROJECT_ROOT / "bench").glob("bench_*.py"))
    if not benches:
        print("There is no benchmark yet: they come in bench/, one file each.")
        return 0
    return max(subprocess.run([sys.executable, str(each)], cwd=PROJECT_ROOT).returncode for each in benches)


def screenshots() -> int:
    """Take the pictures of the docs again, on the demonstration."""
    _prepare_files()
    return subprocess.run([sys.executable, "scripts/screenshots.py"], cwd=PROJECT_ROOT).returncode


def main(arguments: list[str]) -> int:
    actions: dict[str, Callable[[], int]] = {
        "check": check,
        "files": files,
        "migrations": migrations,
        "lock": lock,
        "bench": bench,
        "screenshots": screenshots,
        "test": lambda: test(arguments[1:]),
    }
    if not arguments or arguments[0] not in actions:
        print(f"usage: python -m palier.config.quality {'|'.join(actions)}", file=sys.stderr)
        return 2
    return actions[arguments[0]]()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
