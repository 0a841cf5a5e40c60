"""What a sealed person is told of her own data: from her file alone, opened by her referent."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from palier.kernel.retention import Subject
from palier.kernel.retention.selectors.answers import assembled, section
from palier.kernel.retention.services.answers import as_json, as_pdf
from palier.modules.people.enums import (
    Channel,
    ConsentKind,
    MarkerNature,
    MarkerOrigin,
    Topic,
)
from palier.modules.people.models import SealedIdentity
from palier.modules.people.rules.contacts import shown_phone
from palier.modules.people.services.reading import readable

MEDIA = {"json": "application/json", "pdf": "application/pdf"}


def sealed_answer(
    *, file: SealedIdentity, content: dict[str, Any], number: str, extension: str, at: datetime
) -> bytes:
    """Return her access answer as JSON or PDF. It is handed over at once and kept nowhere.

    Called with what `reading.open_file` gave: the reading is written already.
    Legal: règlement (UE) 2016/679, art. 15.
    """
    with translation.override(settings.LANGUAGE_CODE):
        told = readable(content)
        subject = Subject(kind="people", id=file.person_id, title=told["name"])
        answer = assembled(subject=subject, sections=_sections(content, told), reference=number, at=at)
    return as_json(answer) if extension == "json" else as_pdf(answer, at=at)


def _sections(content: dict[str, Any], told: dict[str, Any]) -> list[dict[str, Any]]:
    rows = content["rows"]
    return [
        section(key="people.identity", label=_("Identity"), records=[_identity(content["identity"])]),
        section(
            key="people.contact-points",
            label=_("Phone numbers and addresses"),
            records=[_contact(one) for one in rows["people_contact_point"]],
        ),
        section(
            key="people.leases",
            label=_("Leases"),
            records=[
                {
                    _("Contract number"): one["reference"],
                    _("Dwelling"): f"{one['lot']} · {one['residence']}",
                    _("Entered on"): one["entered_on"],
                    _("Left on"): one["left_on"],
                }
                for one in told["leases"]
            ],
        ),
        section(
            key="people.consents",
            label=_("Consents and objections"),
            records=[_consent(one) for one in rows["people_consent"]],
        ),
        section(
            key="people.markers",
            label=_("Vulnerability markers"),
            records=[_marker(one) for one in rows["people_marker"]],
        ),
        section(
            key="people.sealed",
            label=_("Sealed file"),
            records=[
                {_("Reason"): content["reason"], _("Since"): str(content["sealed_at"])[:10], **_safe(content)}
            ],
        ),
    ]


def _identity(identity: dict[str, Any]) -> dict[str, Any]:
    return {
        _("Reference"): identity["reference"],
        _("Family name"): identity["family_name"],
        _("Given names"): identity["given_names"],
        _("Birth name"): identity["birth_name"],
        _("Name of the body"): identity["legal_name"],
        _("Birth date"): identity["birth_on"],
    }


def _contact(one: dict[str, Any]) -> dict[str, Any]:
    is_phone = one["channel"] == Channel.PHONE
    return {
        _("Channel"): Channel(one["channel"]).label,
        _("Value"): shown_phone(one["value"]) if is_phone else one["value"],
        _("Not safe: nothing is sent there"): one["is_unsafe"],
    }


def _consent(one: dict[str, Any]) -> dict[str, Any]:
    return {
        _("Kind"): ConsentKind(one["kind"]).label,
        _("About"): Topic(one["topic"]).label,
        _("Proof"): one["proof"],
    }


def _marker(one: dict[str, Any]) -> dict[str, Any]:
    return {
        _("Nature"): MarkerNature(one["nature"]).label,
        _("Origin"): MarkerOrigin(one["origin"]).label,
        _("Note"): one["note"],
    }


def _safe(content: dict[str, Any]) -> dict[str, Any]:
    safe = content.get("safe") or {}
    return {_("How to reach her safely"): " ".join(filter(None, (safe.get("channel"), safe.get("how"))))}
