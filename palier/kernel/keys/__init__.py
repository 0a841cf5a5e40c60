"""Keys: the master key, a data key per sealed file, the register of sealings, and who must forget. See
README.md.
"""

from palier.kernel.keys.box import (
    CannotDecrypt,
    DataKey,
    decrypt,
    encrypt,
    keyed_digest,
    new_data_key,
    open_data_key,
)
from palier.kernel.keys.master import (
    MasterKeyInPlace,
    MasterKeyMissing,
    MasterKeySpoiled,
    ensure_master_key,
    export_for_safe,
    fingerprint,
    import_from_safe,
    key_path,
)
from palier.kernel.keys.register import record_sealing, record_unsealing, register_path, sealings
from palier.kernel.keys.scrubbing import (
    ERASED,
    SealedSubject,
    declared_scrubbers,
    erase_texts,
    forget_everywhere,
    scrubs,
)

__all__ = [
    "ERASED",
    "CannotDecrypt",
    "DataKey",
    "MasterKeyInPlace",
    "MasterKeyMissing",
    "MasterKeySpoiled",
    "SealedSubject",
    "declared_scrubbers",
    "decrypt",
    "encrypt",
    "ensure_master_key",
    "erase_texts",
    "export_for_safe",
    "fingerprint",
    "forget_everywhere",
    "import_from_safe",
    "key_path",
    "keyed_digest",
    "new_data_key",
    "open_data_key",
    "record_sealing",
    "record_unsealing",
    "register_path",
    "scrubs",
    "sealings",
]
