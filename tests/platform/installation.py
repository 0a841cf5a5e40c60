"""A whole installation in a folder of its own, driven through the command line as people drive it."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from palier.config.environment import PROJECT_ROOT, child_environment

TIMEOUT_S = 240


@dataclass(frozen=True)
class Installation:
    """`data` holds database and files, `key` lies beside; `extra` are more variables of the environment."""

    folder: Path
    extra: dict[str, str]

    @property
    def data(self) -> Path:
        return self.folder / "données"

    @property
    def key(self) -> Path:
        return self.folder / "clé" / "master.key"

    @property
    def environment(self) -> dict[str, str]:
        cleared = {
            "DATABASE_URL": "",
            "DATABASE_OWNER_URL": "",
            "PALIER_SECRET_KEY": "",
            "DJANGO_SETTINGS_MODULE": "",
        }
        own = {"PALIER_DATA": str(self.data), "PALIER_KEY_FILE": str(self.key), "PALIER_ENV": "dev"}
        environment = child_environment(**{**cleared, **own, **self.extra})
        del environment["DJANGO_SETTINGS_MODULE"]
        return environment

    def palier(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return self.python("-m", "palier.config.cli", *arguments)

    def postgres(self, action: str) -> "subprocess.CompletedProcess[str]":
        return self.python("-m", "palier.config.postgres", action)

    def python(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=PROJECT_ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
        )

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, *arguments], cwd=PROJECT_ROOT, env=self.environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip

    def is_up(self) -> bool:
        return self.postgres("status").returncode == 0


@contextmanager
def installation(like: Installation | None = None, **extra: str) -> Iterator[Installation]:
    """A new installation, or a copy of one whose database is down, in a path with a space and accents.

    Every user may enter it, since root lends its database to another one; it is removed at the end.
    """
    folder = Path(tempfile.mkdtemp(prefix="palier é "))
    folder.chmod(0o711)
    if like is not None:
        # Owners must follow, which shutil does not do.
        subprocess.run(["cp", "-a", f"{like.folder}/.", str(folder)], check=True)
    made = Installation(folder, extra)
    try:
        yield made
    finally:
        made.postgres("stop")
        shutil.rmtree(folder)
