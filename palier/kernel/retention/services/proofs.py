"""Proofs of destruction: numbered, chained, printed, free of personal data."""

import re
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from palier.kernel.access import Actor
from palier.kernel.documents.models import Document
from palier.kernel.documents.services import produce
from palier.kernel.organisations.current import current_organisation
from palier.kernel.parameters.registry import parameter
from palier.kernel.retention.enums import ProofKind
from palier.kernel.retention.models import DestructionProof, RetentionRun
from palier.kernel.retention.permissions import Permission
from palier.kernel.retention.registry import RetentionClass, name_of_table
from palier.kernel.retention.rules import GENESIS, proof_hash
from palier.kernel.retention.selectors.rules import said_term, term_read
from palier.kernel.retention.services.holds import take_the_lock
from palier.kernel.ui.typography import day, number

ISO_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}(T|$)")


def prove_purge(*, run: RetentionRun, one: RetentionClass, by: Actor, at: datetime) -> DestructionProof:
    """Write the proof of a finished purge and its certificate. In the caller's transaction."""
    with translation.override(settings.LANGUAGE_CODE):
        common = parameter(one.parameter.key).dated_on(localdate(at))
        facts: dict[str, Any] = {
            "class": one.key,
            "label": str(one.label),
            "trigger": str(one.trigger),
            "term": said_term(term_read(run.term)),
            "source": _(common.source) if common and common.source else "",
            "action": str(one.action.label),
            "before": localdate(run.before),
            "first_on": run.first_on,
            "last_on": run.last_on,
            "rows": run.applied,
            "tables": _said_tables(run.tables),
            "years": run.years,
            "held": run.held,
            "started_at": run.started_at,
            "finished_at": at,
        }
        return _write(ProofKind.PURGE, one.key, facts, source_id=run.pk, by=by, at=at)


def prove_erasure(
    *, source_id: UUID, counts: dict[str, int], kept: list[str], by: Actor, at: datetime
) -> DestructionProof:
    """Write the proof of an erasure: numbers alone, nothing that says who. In the caller's transaction."""
    with translation.override(settings.LANGUAGE_CODE):
        facts: dict[str, Any] = {
            "label": _("Erasure at the request of a person"),
            "source": _("Regulation (EU) 2016/679, art. 17"),
            "rows": sum(counts.values()),
            "tables": _said_tables(counts),
            "kept": kept,
            "finished_at": at,
        }
        return _write(ProofKind.ERASURE, "", facts, source_id=source_id, by=by, at=at)


def _said_tables(counts: dict[str, int]) -> dict[str, int]:
    """Rows by the name that people know."""
    said: dict[str, int] = {}
    for table, count in sorted(counts.items()):
        name = name_of_table(table)
        said[name] = said.get(name, 0) + count
    return said


def _write(
    kind: ProofKind, class_key: str, facts: dict[str, Any], *, source_id: UUID, by: Actor, at: datetime
) -> DestructionProof:
    take_the_lock()
    last = DestructionProof.objects.order_by("-number").values_list("number", "hash").first()
    own_number, previous = (last[0] + 1, last[1]) if last else (1, GENESIS)
    facts = _as_stored({**facts, "number": own_number, "organisation": current_organisation().name})
    own_hash = proof_hash(previous_hash=previous, facts=facts)
    document = _certificate(own_number, own_hash, previous, kind, facts, source_id=source_id, by=by, at=at)
    proof = DestructionProof(
        number=own_number,
        kind=kind,
        class_key=class_key,
        facts=facts,
        previous_hash=previous,
        hash=own_hash,
        document_id=document.pk,
        document_sha256=document.sha256,
        made_at=at,
        source_id=source_id,
    )
    proof.save(force_insert=True)
    return proof


def _as_stored(facts: dict[str, Any]) -> dict[str, Any]:
    """Facts as JSON gives them back, so that the hash of what is read is that of what was written."""
    return {key: value.isoformat() if hasattr(value, "isoformat") else value for key, value in facts.items()}


def _certificate(
    own_number: int,
    own_hash: str,
    previous: str,
    kind: ProofKind,
    facts: dict[str, Any],
    *,
    source_id: UUID,
    by: Actor,
    at: datetime,
) -> Document:
    title = f"Certificat de destruction n° {own_number}"
    data = {
        "number": str(own_number),
        "is_purge": kind == ProofKind.PURGE,
        "hash": own_hash,
        "previous": previous if own_number > 1 else "",
        "made_on": day(localdate(at), weekday=False),
        "facts": {name: _printed(value) for name, value in facts.items()},
        "tables": [[name, number(count)] for name, count in facts["tables"].items()],
        "years": [[year, number(count)] for year, count in sorted(facts.get("years", {}).items())],
        "kept": facts.get("kept", []),
    }
    return produce(
        template="retention/certificate.typ",
        data=data,
        title=title,
        by=by,
        at=at,
        kind="destruction-certificate",
        key=f"retention proof {source_id}",
        permission=Permission.RULE_VIEW,
        retention_class="proof",
        paper={"kind": "Certificat de destruction", "made_on": day(localdate(at), weekday=False)},
    )


def _printed(value: Any) -> str:
    """Print a fact: a day from ISO 8601, a number with its spaces, a text as it is."""
    if isinstance(value, int):
        return number(value)
    if isinstance(value, str) and ISO_DAY.match(value):
        return day(date.fromisoformat(value[:10]), weekday=False)
    return "" if value is None else str(value)
