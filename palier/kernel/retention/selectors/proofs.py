"""The proofs of destruction, and whether their chain holds."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from palier.kernel.retention.models import DestructionProof
from palier.kernel.retention.rules import first_break


@dataclass(frozen=True)
class ProofLine:
    """One proof as the page lists it."""

    number: int
    kind: str
    kind_label: str
    label: str
    rows: int
    held: int | None
    term: str
    before: date | None
    made_at: datetime
    hash: str
    document_id: UUID | None


def proof_lines() -> list[ProofLine]:
    """Every proof, newest first."""
    return [_line(proof) for proof in DestructionProof.objects.order_by("-number")]


def _line(proof: DestructionProof) -> ProofLine:
    facts: dict[str, Any] = proof.facts
    before = facts.get("before")
    return ProofLine(
        number=proof.number,
        kind=proof.kind,
        kind_label=proof.get_kind_display(),
        label=facts.get("label", ""),
        rows=facts.get("rows", 0),
        held=facts.get("held"),
        term=facts.get("term", ""),
        before=date.fromisoformat(before) if before else None,
        made_at=proof.made_at,
        hash=proof.hash,
        document_id=proof.document_id,
    )


def chain_break() -> int | None:
    """Return the number of the first proof that does not hold, or None: the chain is read whole."""
    rows = DestructionProof.objects.order_by("number").values_list("number", "previous_hash", "hash", "facts")
    return first_break(rows.iterator(chunk_size=500))
