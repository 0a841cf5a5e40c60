"""Files on the disk: written whole or not at all, read back only if their hash still holds."""

import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings


@dataclass(frozen=True)
class StoredFile:
    """A file under the organisation's folder; `path` is relative to it and safe to keep in a row."""

    path: str
    sha256: str
    size_bytes: int


def write(*, schema: str, path: str, content: bytes) -> StoredFile:
    """Write `content` at `path` in the organisation's folder: temporary file, flush to disk, rename."""
    target = absolute(schema=schema, path=path)
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(6)}.part")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640)
    try:
        with os.fdopen(descriptor, "wb") as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _flush_folder(target.parent)
    return StoredFile(path=path, sha256=digest(content), size_bytes=len(content))


def read(*, schema: str, path: str) -> bytes | None:
    """Read a kept file, or None when it is no longer there."""
    try:
        return absolute(schema=schema, path=path).read_bytes()
    except FileNotFoundError:
        return None


def digest(content: bytes) -> str:
    """SHA-256 of a file's content, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def absolute(*, schema: str, path: str) -> Path:
    """Place a relative path under the organisation's folder; a path that would leave it is a programming
    error.
    """
    folder = files_folder(schema=schema)
    target = (folder / path).resolve()
    if not target.is_relative_to(folder.resolve()):
        raise ValueError(f"{path!r} leaves the folder of {schema}")
    return target


def files_folder(*, schema: str) -> Path:
    """The folder that holds all the kept files of one organisation."""
    return Path(settings.FILES_FOLDER) / schema


def _flush_folder(folder: Path) -> None:
    # The rename itself reaches the disk only when its folder does.
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
