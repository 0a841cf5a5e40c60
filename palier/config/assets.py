"""Third-party files and static files, made ready at set-up so that starting is quick.

1. `npm ci` puts the pinned packages in node_modules (no script of theirs is run).
2. What pages need is picked out of them into build/vendor.
3. `collectstatic` hashes and compresses everything into build/static.

Each step has a stamp, written last, made of what the step depends on: done once, it costs nothing again.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from palier.config.environment import PROJECT_ROOT, child_environment

BUILD = PROJECT_ROOT / "build"
NODE_MODULES = PROJECT_ROOT / "node_modules"
OLDEST_NODE = 20
AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")

Tell = Callable[[str], None]


class AssetsError(RuntimeError):
    """The files of the pages could not be made ready; the message says what to do."""


def build_assets(tell: Tell) -> None:
    """Bring packages, picked files and static files up to date.

    Two programs that start at once on one tree take turns: the second finds the work done.
    Raises: AssetsError.
    """
    BUILD.mkdir(exist_ok=True)
    with (BUILD / "assets.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        _bring_up_to_date(tell)


def _bring_up_to_date(tell: Tell) -> None:
    _step(
        "packages", _package_files(), NODE_MODULES, tell, "Fetching the files of the pages", _fetch_packages
    )
    _step("vendor", _vendor_sources(), BUILD / "vendor", tell, "Picking icons, styles and fonts", _pick)
    _step(
        "static", _static_sources(), BUILD / "static", tell, "Compressing the static files", _collect_static
    )


def _step(
    name: str, sources: Iterable[Path], result: Path, tell: Tell, title: str, action: Callable[[], None]
) -> None:
    stamp = BUILD / f"{name}.stamp"
    wanted = _fingerprint(sources)
    if result.exists() and stamp.exists() and stamp.read_text(encoding="ascii") == wanted:
        return
    tell(f"{title}…")
    stamp.unlink(missing_ok=True)
    action()
    stamp.write_text(wanted, encoding="ascii")


def _fingerprint(sources: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(set(sources)):
        digest.update(os.fsencode(path.relative_to(PROJECT_ROOT)) + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _package_files() -> list[Path]:
    return [PROJECT_ROOT / "package.json", PROJECT_ROOT / "package-lock.json"]


def _vendor_sources() -> list[Path]:
    return [*_package_files(), Path(__file__), *(PROJECT_ROOT / "palier/kernel/ui").glob("icons.*"),
            PROJECT_ROOT / "palier/kernel/ui/assets.py"]  # fmt: skip


def _static_sources() -> list[Path]:
    own = [each for each in (PROJECT_ROOT / "palier").glob("**/static/**/*") if each.is_file()]
    locks = [PROJECT_ROOT / "requirements/runtime.txt"]
    return [*_vendor_sources(), *locks, *own]


def _fetch_packages() -> None:
    """Run `npm ci`. npm removes node_modules first, so what a stopped run leaves is never taken for whole."""
    command = [*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(
        command,
        cwd=PROJECT_ROOT,
        env=_npm_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        shutil.rmtree(NODE_MODULES, ignore_errors=True)
        raise AssetsError(
            f"The packages of the pages could not be fetched:\n{(done.stderr or done.stdout).strip()}"
        )


def npm() -> list[str]:
    """The command that runs npm: the machine's when its Node is recent enough, else the environment's own.

    Raises: AssetsError.
    """
    of_machine = shutil.which("npm")
    if of_machine and _node_of_machine() >= OLDEST_NODE:
        return [of_machine]
    program = Path(sys.executable).parent / "npm"
    if not program.exists():
        raise AssetsError("npm is missing: remove .venv and run `make run` again.")
    return [str(program)]


def _node_of_machine() -> int:
    try:
        said = subprocess.run(["node", "--version"], capture_output=True, text=True).stdout
        return int(said.strip().removeprefix("v").split(".")[0])
    except (OSError, ValueError):
        return 0


def _npm_environment() -> dict[str, str]:
    """npm keeps its cache in the home folder; where that cannot be written, in build."""
    # The environment's own programs first: its npm must find its own node, whatever old one the machine has.
    path = [str(Path(sys.executable).parent), *os.get_exec_path()]
    changes = {"NO_UPDATE_NOTIFIER": "1", "PATH": os.pathsep.join(path)}
    if not os.access(Path.home(), os.W_OK):
        changes["npm_config_cache"] = str(BUILD / "npm-cache")
    # Node knows the usual authorities only; behind a company's proxy, the machine knows one more.
    authorities = {"NODE_EXTRA_CA_CERTS": str(AUTHORITIES)} if AUTHORITIES.exists() else {}
    return child_environment(authorities, **changes)


def _pick() -> None:
    from palier.kernel.ui.assets import collect

    shutil.rmtree(BUILD / "vendor", ignore_errors=True)
    try:
        collect(NODE_MODULES, BUILD)
    except FileNotFoundError as missing:
        raise AssetsError(
            f"{missing.filename} is missing from the packages: check palier/kernel/ui/icons.txt."
        ) from missing


def _collect_static() -> None:
    from django.core.management import call_command
    from django.test.utils import override_settings

    shutil.rmtree(BUILD / "static", ignore_errors=True)
    # Outside debug mode, whatever this process runs in: the names must carry their hash.
    with override_settings(DEBUG=False):
        call_command("collectstatic", interactive=False, verbosity=0)


def lock_is_plain() -> bool:
    """True when the lock file names no address: packages come from whatever registry the machine uses."""
    lock = json.loads((PROJECT_ROOT / "package-lock.json").read_text(encoding="utf-8"))
    return not any("resolved" in each for each in lock["packages"].values())
