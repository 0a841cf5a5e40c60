"""The register of sealings: ids only, in a file beside the master key, out of the database and of its
backups.

A backup made before a sealing brings the person back in clear when it is restored: the register says whom to seal
again at once.
"""

import fcntl
import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from palier.kernel.keys.master import key_path


@dataclass(frozen=True)
class Sealing:
    """One person to keep sealed in one organisation's schema."""

    schema: str
    person_id: UUID
    since: datetime


def register_path() -> Path:
    """Return where the register is kept: beside the key, under its name."""
    path = key_path()
    return path.with_name(path.name + ".sealings")


def record_sealing(*, schema: str, person_id: UUID, at: datetime) -> None:
    """Write that a person is sealed; on disk when this returns."""
    _append({"schema": schema, "person": str(person_id), "at": at.isoformat(), "state": "sealed"})


def record_unsealing(*, schema: str, person_id: UUID, at: datetime) -> None:
    """Write that a person is no longer sealed; on disk when this returns."""
    _append({"schema": schema, "person": str(person_id), "at": at.isoformat(), "state": "open"})


def sealings(schema: str | None = None) -> list[Sealing]:
    """Return who must be sealed, the last word on each person winning."""
    last: dict[tuple[str, str], dict[str, str]] = {}
    try:
        lines = register_path().read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    for line in lines:
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError:
            # A line cut by a power failure: the sealing that wrote it was not committed either.
            continue
        last[(row["schema"], row["person"])] = row
    return [
        Sealing(schema=row["schema"], person_id=UUID(row["person"]), since=datetime.fromisoformat(row["at"]))
        for row in last.values()
        if row["state"] == "sealed" and schema in (None, row["schema"])
    ]


def _append(row: dict[str, str]) -> None:
    path = register_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "a+", encoding="utf-8") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        handle.seek(0, os.SEEK_END)
        if handle.tell() and not _ends_with_newline(path):
            handle.write("\n")
        handle.write(json.dumps(row) + "\n")
        handle.flush()
        os.fsync(handle.fileno())


def _ends_with_newline(path: Path) -> bool:
    with path.open("rb") as handle:
        handle.seek(-1, os.SEEK_END)
        return handle.read(1) == b"\n"
