"""Encryption at rest: AES-256-GCM, a data key per file, each wrapped by the master key."""

import hashlib
import hmac
import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.utils.translation import gettext_lazy as _

from palier.kernel.errors import DomainError
from palier.kernel.keys.master import fingerprint, master_key

VERSION = b"\x01"
NONCE_BYTES = 12


class CannotDecrypt(DomainError):
    code = "keys.cannot-decrypt"
    message = _(
        "This was encrypted with another key, or it was altered. The key file in place is {fingerprint}: "
        "compare it with the paper in the safe."
    )


@dataclass(frozen=True)
class DataKey:
    """The key of one file, open in memory. `wrapped` is what is stored: it needs the master key to be
    used.
    """

    secret: bytes
    wrapped: bytes

    def encrypt(self, plain: bytes, *, about: str) -> bytes:
        """Encrypt bytes; `about` (which record, which field) is bound to them and must be given to
        decrypt.
        """
        return _encrypt(self.secret, plain, about)

    def decrypt(self, sealed: bytes | memoryview, *, about: str) -> bytes:
        """Return the bytes that `encrypt` was given.

        Raises: CannotDecrypt.
        """
        return _decrypt(self.secret, sealed, about)

    def __repr__(self) -> str:
        # A traceback or a log line that prints its variables must not print a key.
        return "DataKey(…)"


def new_data_key(*, about: str) -> DataKey:
    """Make the key of one file, wrapped for that file alone."""
    secret = AESGCM.generate_key(bit_length=256)
    return DataKey(secret=secret, wrapped=_encrypt(_subkey("wrap"), secret, about))


def open_data_key(wrapped: bytes | memoryview, *, about: str) -> DataKey:
    """Return the data key of a file from what is stored beside it.

    Raises: CannotDecrypt, MasterKeyMissing.
    """
    return DataKey(secret=_decrypt(_subkey("wrap"), bytes(wrapped), about), wrapped=bytes(wrapped))


def encrypt(plain: bytes, *, about: str) -> bytes:
    """Encrypt what belongs to no sealed file (a received import file, a nightly pack) under the master
    key.
    """
    return _encrypt(_subkey("files"), plain, about)


def decrypt(sealed: bytes | memoryview, *, about: str) -> bytes:
    """Return what `encrypt` was given.

    Raises: CannotDecrypt, MasterKeyMissing.
    """
    return _decrypt(_subkey("files"), sealed, about)


def keyed_digest(text: str, *, about: str) -> str:
    """Return a digest that only this installation can compute: it finds an exact value without holding it.

    A plain hash of a name and a birth date is guessed in minutes; this one needs the master key.
    """
    return hmac.new(_subkey("digest"), f"{about}\x00{text}".encode(), hashlib.sha256).hexdigest()


def _subkey(purpose: str) -> bytes:
    """Derive one key per use from the master key, so that none is used for two things."""
    return hmac.new(master_key(), f"palier {purpose}".encode(), hashlib.sha256).digest()


def _encrypt(key: bytes, plain: bytes, about: str) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return VERSION + nonce + AESGCM(key).encrypt(nonce, plain, about.encode())


def _decrypt(key: bytes, sealed: bytes | memoryview, about: str) -> bytes:
    sealed = bytes(sealed)
    nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    try:
        if sealed[:1] != VERSION:
            raise InvalidTag
        return AESGCM(key).decrypt(nonce, body, about.encode())
    except (InvalidTag, ValueError):
        raise CannotDecrypt(fingerprint=fingerprint()) from None
