"""The documents of an accompaniment: what the person agrees to, and what it came to."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.timezone import localdate
from django.utils.translation import gettext

from palier.kernel.access import Actor
from palier.kernel.documents.models import Document
from palier.kernel.documents.services import produce
from palier.kernel.ui.typography import day
from palier.modules.people import public as people
from palier.modules.support.enums import FileState
from palier.modules.support.models import SupportFile
from palier.modules.support.permissions import Permission
from palier.modules.support.services.files import locked_file

PURPOSE = "accompagnement social convenu avec vous"


def agreement(*, file_id: UUID, by: Actor, at: datetime) -> Document:
    """Produce the agreement that the person signs: what is sought, how, who reads it, how to stop.

    Raises: NotAReader, NotFound, NotAllowed.
    """
    file = locked_file(file_id, by=by)
    data = {
        **_common(file, at),
        "aims": _aims(file),
        "partners": _partners(file),
        "may_share": file.may_share,
    }
    title = gettext("Accompaniment agreement") + f" {file.reference}"
    return _made(file, "support/agreement.typ", data, title, "support_agreement", by=by, at=at)


def closing_summary(*, file_id: UUID, by: Actor, at: datetime) -> Document:
    """Produce what the accompaniment came to, for the person and the file. Raises: NotAReader, NotFound."""
    file = locked_file(file_id, by=by)
    steps = [
        {"title": one.title, "state": str(one.get_state_display()), "outcome": one.outcome}
        for one in file.steps.all()
    ]
    data = {
        **_common(file, at),
        "aims": _aims(file),
        "steps": steps,
        "result": str(file.get_result_display()) if file.state == FileState.CLOSED else "",
        "closing_note": file.closing_note,
        "closed_on": day(file.closed_on, weekday=False) if file.closed_on else "",
    }
    title = gettext("Closing summary") + f" {file.reference}"
    return _made(file, "support/closing.typ", data, title, "support_closing", by=by, at=at)


def _made(
    file: SupportFile, template: str, data: dict[str, Any], title: str, kind: str, *, by: Actor, at: datetime
) -> Document:
    return produce(
        template=template,
        data={"file": data},
        title=title,
        kind=kind,
        about=file,
        persons=[file.person_id],
        # It opens from its file, by the file's readers; the list of documents shows it to nobody.
        permission=Permission.DOCUMENT_ANY,
        retention_class="support",
        purpose=PURPOSE,
        by=by,
        at=at,
    )


def _common(file: SupportFile, at: datetime) -> dict[str, Any]:
    name = people.names([file.person_id]).get(file.person_id)
    home = people.homes_of([file.person_id], on=localdate(at)).get(file.person_id)
    return {
        "reference": file.reference,
        "person": name.name if name else "",
        "home": f"{home.residence_name}, {home.lot_code}" if home else "",
        "worker": file.worker_name,
        "worker_phone": file.worker_phone,
        "made_on": day(localdate(at), weekday=False),
        "agreed_on": day(file.agreed_on, weekday=False) if file.agreed_on else "",
        "review_on": day(file.review_on, weekday=False) if file.review_on else "",
        "situation": file.situation,
        "version": file.agreement_version,
    }


def _aims(file: SupportFile) -> list[dict[str, str]]:
    return [
        {
            "title": one.title,
            "due": day(one.due_on, weekday=False) if one.due_on else "",
            "state": str(one.get_state_display()),
        }
        for one in file.aims.all()
    ]


def _partners(file: SupportFile) -> list[dict[str, Any]]:
    rows = file.partners.filter(until__isnull=True).select_related("partner").order_by("since")
    return [{"name": one.partner.name, "role": one.role, "may_share": one.may_share} for one in rows]
