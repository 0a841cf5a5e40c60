"""The chain of the crisis log: what each entry's hash covers, and how a whole chain is checked.

h_n = SHA-256(h_{n-1} + canonical JSON of entry n). The JSON holds one salted digest of everything that a person
may type in an entry, never the texts: erasing texts and salt, as the law may ask, leaves the chain whole and what
was written unfindable.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

#: What precedes the first entry of every chain.
GENESIS = "0" * 64


@dataclass(frozen=True)
class ChainedEntry:
    """One entry as it is stored. `salt` is None once redacted; `redacts_seq` names what it redacted."""

    seq: int
    previous_hash: str
    hash: str
    facts: dict
    text_digest: str
    texts: tuple[str, ...]
    salt: str | None
    redacts_seq: int | None = None


@dataclass(frozen=True)
class Break:
    """The first or any later place where the chain does not hold, with a code that the screen puts into
    words.
    """

    seq: int
    code: str


@dataclass(frozen=True)
class ChainReport:
    """Result of a check: how many entries, the head that can be compared with a printed one, what is
    broken.
    """

    entries: int
    head_seq: int
    head: str
    breaks: tuple[Break, ...]

    @property
    def whole(self) -> bool:
        """Whether nothing is broken."""
        return not self.breaks


def canonical(facts: dict) -> bytes:
    """Write facts in the one way that hashes alike everywhere: sorted keys, no spaces, UTC to the
    microsecond.
    """
    return json.dumps(
        facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain
    ).encode()


def text_digest(*, texts: Iterable[str], salt: str) -> str:
    """Digest of what was typed with its salt (hexadecimal), the only trace of the texts inside the chain."""
    return hashlib.sha256(
        bytes.fromhex(salt) + json.dumps(list(texts), ensure_ascii=False).encode()
    ).hexdigest()


def entry_hash(*, previous_hash: str, facts: dict) -> str:
    """Hash of an entry laid on the hash before it."""
    return hashlib.sha256(previous_hash.encode() + canonical(facts)).hexdigest()


def check_chain(entries: Iterable[ChainedEntry]) -> ChainReport:
    """Follow a chain from its first entry and say every place where it does not hold.

    Codes: gap (a sequence number is missing), link (does not follow the entry before), altered (the facts do
    not give the hash), text (the text is not the one that was hashed), erased (a text is missing and no entry
    says why).
    """
    breaks: list[Break] = []
    redacted: set[int] = set()
    erased: list[int] = []
    seq, head, entries_read = 0, GENESIS, 0
    for entry in entries:
        entries_read += 1
        breaks.extend(_breaks_of(entry, expected_seq=seq + 1, previous=head))
        if entry.redacts_seq is not None:
            redacted.add(entry.redacts_seq)
        if entry.salt is None:
            erased.append(entry.seq)
        seq, head = entry.seq, entry.hash
    breaks.extend(Break(number, "erased") for number in erased if number not in redacted)
    return ChainReport(entries_read, seq, head, tuple(sorted(breaks, key=lambda b: (b.seq, b.code))))


def _breaks_of(entry: ChainedEntry, *, expected_seq: int, previous: str) -> list[Break]:
    breaks = []
    if entry.seq != expected_seq:
        breaks.append(Break(entry.seq, "gap"))
    if entry.previous_hash != previous:
        breaks.append(Break(entry.seq, "link"))
    facts = {
        **entry.facts,
        "seq": entry.seq,
        "text_digest": entry.text_digest,
        "redacts_seq": entry.redacts_seq,
    }
    if entry_hash(previous_hash=entry.previous_hash, facts=facts) != entry.hash:
        breaks.append(Break(entry.seq, "altered"))
    if not _text_holds(entry):
        breaks.append(Break(entry.seq, "text"))
    return breaks


def _text_holds(entry: ChainedEntry) -> bool:
    """Whether the text is the one that was hashed; an erased one is judged by the entry that says so."""
    return entry.salt is None or text_digest(texts=entry.texts, salt=entry.salt) == entry.text_digest


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
