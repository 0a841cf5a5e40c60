"""The sender of every document: what a letter must say of it (domain: mandatory mentions common to
letters).
"""

from typing import TYPE_CHECKING

from palier.kernel.organisations.models import LegalFamily, Organisation
from palier.kernel.ui.typography import phone

if TYPE_CHECKING:
    from palier.kernel.documents.models import DocumentMentions

#: What each family is, as a French letter writes it, when the organisation has not written its own.
FORMS: dict[str, str] = {
    LegalFamily.OPH: (
        "office public de l’habitat, établissement public local à caractère industriel et commercial"
    ),
    LegalFamily.ESH: "société anonyme d’Hlm (entreprise sociale pour l’habitat)",
    LegalFamily.COOP: "société coopérative d’Hlm",
    LegalFamily.SACICAP: "société anonyme coopérative d’intérêt collectif pour l’accession à la propriété",
    LegalFamily.SEM: "société d’économie mixte agréée",
    LegalFamily.ASSO: "association loi du 1er juillet 1901",
    LegalFamily.SAC: "société de coordination",
}


def house_of(organisation: Organisation, mentions: "DocumentMentions | None") -> dict[str, str]:
    """The sender as templates read it. Empty values are left out of the page by the house style."""
    return {
        "legal_name": organisation.name,
        "legal_form": (mentions.legal_form if mentions else "") or FORMS.get(organisation.legal_family, ""),
        "siren": grouped_siren(organisation.siren),
        "registration": mentions.registration if mentions else "",
        "address": organisation.address,
        "phone": phone(organisation.phone),
        "on_call_number": phone(organisation.on_call_number),
        "email": organisation.email,
        "website": organisation.website,
        "privacy_contact": (mentions.privacy_contact if mentions else "")
        or organisation.dpo_contact
        or organisation.email,
        "privacy_notice_url": mentions.privacy_notice_url if mentions else "",
    }


def grouped_siren(siren: str) -> str:
    """Write a SIREN as people read it: 732 829 320."""
    digits = siren.replace(" ", "")
    if len(digits) != 9:
        return siren
    return "\u00a0".join((digits[:3], digits[3:6], digits[6:]))


#: The data protection mention, by language: what is always said, then what is said when it is known.
PRIVACY = {
    "fr": (
        "Données personnelles\u00a0: {legal_name}, responsable du traitement, les utilise pour {purpose}. "
        "Vous pouvez y accéder, les faire rectifier ou effacer, en limiter l’usage ou vous y opposer",
        "\u00a0: {privacy_contact}",
        ". Réclamation possible auprès de la CNIL (cnil.fr).",
        " Notice complète\u00a0: {privacy_notice_url}.",
    ),
    "en": (
        "Personal data: {legal_name}, the controller, uses them for {purpose}. "
        "You may access them, have them corrected or erased, limit their use or object to it",
        ": {privacy_contact}",
        ". Complaints may be lodged with the CNIL (cnil.fr).",
        " Full notice: {privacy_notice_url}.",
    ),
}


def privacy_text(house: dict[str, str], *, purpose: str, language: str = "fr") -> str:
    """The data protection mention at the foot of a document.

    Legal: règlement (UE) 2016/679, art. 13 (controller, purpose, rights, contact, complaint).
    """
    begins, contact, complaint, notice = PRIVACY.get(language, PRIVACY["fr"])
    text = begins + (contact if house["privacy_contact"] else "") + complaint
    if house["privacy_notice_url"]:
        text += notice
    return text.format(purpose=purpose, **house)
