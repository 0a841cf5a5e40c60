"""Print the crisis log, on paper or for a spreadsheet, with the mentions that make the print a proof."""

import csv
import io
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.documents import services as documents
from palier.kernel.documents.models import Document
from palier.kernel.ui import typography
from palier.modules.continuity.permissions import Permission
from palier.modules.continuity.rules.log import ChainReport
from palier.modules.continuity.selectors import log
from palier.modules.continuity.selectors.reports import LANGUAGE
from palier.modules.continuity.services.notices import safe_cell
from palier.modules.continuity.services.telling import in_house_language, say_in_log

EXPORT_KIND = "log-export"


@transaction.atomic
def export_log(
    *, asked: log.LogFilter, described: str, by: Actor, at: datetime, form: str = "pdf"
) -> Document:
    """Print the entries that answer the filters, with the mentions that make the print a proof; the log says
    so.

    Mentions: activation, range of sequence numbers, hash of the last entry, state of the chain, author of the
    export.
    Raises: NotAllowed.
    """
    by.must(Permission.LOG_READ)
    lines = log.lines(list(log.entries(asked=asked, actor=by).order_by("seq")))
    report = log.chain_report()
    with translation.override(LANGUAGE):
        data = _export_data(lines, report, asked, described, by, at)
        title = f"Main courante, {data['range']}"
        document = (
            _export_pdf(data, title, by, at) if form == "pdf" else _export_csv(lines, data, title, by, at)
        )
    journal.record("continuity.log.export", by=by, at=at, subject=document, entries=len(lines), form=form)
    with in_house_language():
        text = gettext("Export of the log ({form}), {count} entries, SHA-256 {hash}").format(
            form=form.upper(), count=len(lines), hash=document.sha256
        )
    say_in_log(f"log-export:{document.pk}", text, by=by, at=at, about=document)
    return document


def _export_data(
    lines: list[log.LogLine],
    report: ChainReport,
    asked: log.LogFilter,
    described: str,
    by: Actor,
    at: datetime,
) -> dict[str, Any]:
    labels = dict(log.activation_choices())
    activation = labels.get(asked.activation_id) if asked.activation_id else None
    first, last = (lines[0].seq, lines[-1].seq) if lines else (0, 0)
    return {
        "activation": activation or "toutes",
        "range": f"entrées {first} à {last}" if lines else "aucune entrée",
        "filters": described or "aucun",
        "exported_by": f"{by.name} ({by.email})" if by.email else by.name,
        "exported_at": typography.moment(timezone.localtime(at), language=LANGUAGE),
        "chain_state": _chain_words(report),
        "head": f"n° {report.head_seq} : {report.head}".replace(" :", "\u00a0:"),
        "entries": [_entry_data(line) for line in lines],
    }


def _chain_words(report: ChainReport) -> str:
    if report.whole:
        return f"intègre, {report.entries} entrées vérifiées"
    return "ROMPUE aux entrées " + ", ".join(str(one.seq) for one in report.breaks)


def _entry_data(line: log.LogLine) -> dict[str, Any]:
    action = ""
    if line.action_owner:
        due = typography.short_moment(timezone.localtime(line.action_due_at)) if line.action_due_at else ""
        action = f"{line.action_owner}{', pour le ' + due if due else ''}"
    return {
        "seq": str(line.seq),
        "event_at": typography.short_moment(timezone.localtime(line.event_at)),
        "recorded_at": typography.short_moment(timezone.localtime(line.recorded_at)),
        "category": line.category_label,
        "severity": line.severity_label if line.severity != "routine" else "",
        "source": line.source_label,
        "place": line.place,
        "text": line.text,
        "redacted": line.redacted,
        "exercise": line.exercise,
        "action": action,
        "author": line.author,
        "decision_maker": line.decision_maker,
        "supersedes": str(line.supersedes_seq or ""),
        "hash": line.hash[:16],
    }


def _export_pdf(data: dict[str, Any], title: str, by: Actor, at: datetime) -> Document:
    return documents.produce(
        template="continuity/log_export.typ",
        data={"log": data},
        title=title,
        by=by,
        at=at,
        kind=EXPORT_KIND,
        permission=Permission.LOG_READ,
        retention_class="crisis-log",
        paper={
            "classification": "Document interne – main courante",
            "watermark": "EXERCICE"
            if data["entries"] and all(e["exercise"] for e in data["entries"])
            else "",
        },
    )


def _export_csv(
    lines: list[log.LogLine], data: dict[str, Any], title: str, by: Actor, at: datetime
) -> Document:
    target = io.StringIO()
    writer = csv.writer(target, delimiter=";", lineterminator="\r\n")
    for name, value in (
        ("Activation", data["activation"]),
        ("Plage", data["range"]),
        ("Filtres", data["filters"]),
        ("Exporté par", data["exported_by"]),
        ("Exporté le", data["exported_at"]),
        ("Chaîne", data["chain_state"]),
        ("Empreinte", data["head"]),
    ):
        writer.writerow([name, safe_cell(value)])
    writer.writerow([])
    writer.writerow(
        [
            "N°",
            "Date du fait",
            "Date de saisie",
            "Catégorie",
            "Source",
            "Gravité",
            "Lieu",
            "Texte",
            "Décideur",
            "Suite",
            "Échéance",
            "Corrige",
            "Auteur",
            "Exercice",
            "Empreinte",
        ]
    )
    for line in lines:
        cells = [
            str(line.seq),
            _stamp(line.event_at),
            _stamp(line.recorded_at),
            line.category_label,
            line.source_label,
            line.severity_label,
            line.place,
            line.text,
            line.decision_maker,
            line.action_owner,
            _stamp(line.action_due_at),
            str(line.supersedes_seq or ""),
            line.author,
            "oui" if line.exercise else "non",
            line.hash,
        ]
        writer.writerow([safe_cell(cell) for cell in cells])
    return documents.keep(
        content="\ufeff".encode() + target.getvalue().encode(),
        title=title,
        kind=EXPORT_KIND,
        by=by,
        at=at,
        media_type="text/csv",
        permission=Permission.LOG_READ,
        retention_class="crisis-log",
    )


def _stamp(value: datetime | None) -> str:
    return f"{timezone.localtime(value):%d/%m/%Y %H:%M:%S}" if value else ""
