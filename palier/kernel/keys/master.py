"""The master key: one file of 32 random bytes, outside the data folder, in no backup, printed for the
safe.
"""

import base64
import hashlib
import os
import re
import secrets
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from palier.kernel.errors import DomainError

KEY_BYTES = 32
FORMAT = "palier-key-1"
HEADING = re.compile(r"^palier[\s-]*key[\s-]*1", re.IGNORECASE)
# Letters that people confuse when they type a printed key; base32 has no 0, 1, 8 nor 9.
MISREAD = str.maketrans({"0": "O", "1": "I", "8": "B"})


class MasterKeyMissing(DomainError):
    code = "keys.master-key-missing"
    message = _(
        "The master key file {path} is missing. Bring it back from the safe with `palier keys import FILE`."
    )


class MasterKeySpoiled(DomainError):
    code = "keys.master-key-spoiled"
    message = _(
        "This is not a key that Palier printed: {reason}. Check the groups of four letters against the paper."
    )


class MasterKeyInPlace(DomainError):
    code = "keys.master-key-in-place"
    message = _(
        "Another master key ({fingerprint}) is in place at {path}. Move it away first: what it "
        "encrypted can be read with it alone."
    )


def key_path() -> Path:
    """Return where the master key is read, as the environment says."""
    return Path(settings.KEY_FILE)


def master_key() -> bytes:
    """Return the 32 bytes of the master key.

    Raises: MasterKeyMissing, MasterKeySpoiled.
    """
    path = key_path()
    try:
        modified_ns = path.stat().st_mtime_ns
    except FileNotFoundError:
        raise MasterKeyMissing(path=str(path)) from None
    return _read(path, modified_ns)


@lru_cache(maxsize=4)
def _read(path: Path, modified_ns: int) -> bytes:
    """Read a key file once for each of its versions on disk."""
    return parse(path.read_text(encoding="ascii", errors="replace"))


def ensure_master_key() -> Path:
    """Create the master key where there is none, readable by its owner alone, and return its path.

    Two processes that start together end with the same key: the file appears whole or not at all.
    """
    path = key_path()
    if not path.exists():
        _write(path, secrets.token_bytes(KEY_BYTES))
    return path


def fingerprint(key: bytes | None = None) -> str:
    """Return eight letters that tell one master key from another and reveal nothing of it."""
    return hashlib.sha256(b"palier fingerprint" + (key or master_key())).hexdigest()[:8]


def export_for_safe() -> str:
    """Return the master key as lines to print and put in the safe."""
    key = master_key()
    return "\n".join(
        [
            "# Palier: master key. Without it, sealed files cannot be read by anyone.",
            "# Print this, put it in the safe, keep no other copy.",
            f"# fingerprint {fingerprint(key)}",
            f"{FORMAT} {printed(key)}",
            "",
        ]
    )


def import_from_safe(text: str) -> Path:
    """Put back the master key typed or copied from the safe, and return where it is.

    Raises: MasterKeySpoiled, MasterKeyInPlace (another key is there already).
    """
    key, path = parse(text), key_path()
    if path.exists():
        present = master_key()
        if present != key:
            raise MasterKeyInPlace(path=str(path), fingerprint=fingerprint(present))
        return path
    _write(path, key)
    return path


def printed(key: bytes) -> str:
    """Return a key as groups of four letters, the last group checking the others."""
    letters = base64.b32encode(key).decode("ascii").rstrip("=") + _check(key)
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def parse(text: str) -> bytes:
    """Return the key that a text written by `printed` holds, whatever the case, spaces and usual misreadings.

    Raises: MasterKeySpoiled.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    joined = HEADING.sub("", "".join(lines))
    letters = joined.upper().replace("-", "").replace(" ", "").translate(MISREAD)
    if len(letters) != 56:
        raise MasterKeySpoiled(reason=_("56 letters are expected"))
    try:
        key = base64.b32decode(letters[:52] + "====")
    except ValueError:
        raise MasterKeySpoiled(reason=_("a letter is not one of those used")) from None
    if letters[52:] != _check(key):
        raise MasterKeySpoiled(reason=_("the last group does not agree with the others"))
    return key


def _check(key: bytes) -> str:
    return base64.b32encode(hashlib.sha256(b"palier check" + key).digest()).decode("ascii")[:4]


def _write(path: Path, key: bytes) -> None:
    """Write a new key file whole: a link is atomic and never overwrites a key that is there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as handle:
            handle.write(f"{FORMAT} {printed(key)}\n")
            handle.flush()
            os.fsync(handle.fileno())
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)
