"""Closed lists of the data protection pages. Stored values are English codes; screens show the labels."""

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Action(TextChoices):
    """What becomes of data that have been kept long enough."""

    DELETE = "delete", pgettext_lazy("data", "Deleted")
    ANONYMISE = "anonymise", _("Made anonymous")
    ARCHIVE = "archive", pgettext_lazy("data", "Archived")


class HoldNature(TextChoices):
    LITIGATION = "litigation", _("Litigation")
    CLAIM = "claim", _("Claim before litigation")
    INQUIRY = "inquiry", _("Police or court inquiry")
    AUDIT = "audit", _("Audit by an authority")
    REQUEST = "request", _("Request of the person (restriction)")


class RunState(TextChoices):
    RUNNING = "running", _("Under way")
    DONE = "done", _("Done")


class ProofKind(TextChoices):
    PURGE = "purge", _("Purge")
    ERASURE = "erasure", _("Erasure of a person")


class RequestKind(TextChoices):
    """Rights of the person. Legal: règlement (UE) 2016/679, art. 15 to 21."""

    ACCESS = "access", _("Access")
    RECTIFICATION = "rectification", _("Rectification")
    ERASURE = "erasure", _("Erasure")
    RESTRICTION = "restriction", _("Restriction")
    OBJECTION = "objection", _("Objection")
    PORTABILITY = "portability", _("Portability")


class RequestState(TextChoices):
    RECEIVED = "received", pgettext_lazy("request", "Received")
    IDENTIFIED = "identified", _("Identity checked")
    ANSWERED = "answered", pgettext_lazy("request", "Answered")
    REFUSED = "refused", pgettext_lazy("request", "Refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("request", "Withdrawn")


class RequestAction(StrEnum):
    IDENTIFY = "identify"
    EXTEND = "extend"
    ANSWER = "answer"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"


class IdentityProof(TextChoices):
    """How the identity was checked: what was seen, never a copy of it."""

    IN_PERSON = "in_person", _("Known by the agent who met the person")
    DOCUMENT_SEEN = "document_seen", _("Identity document seen, not kept")
    CALL_BACK = "call_back", _("Called back on the number in the file")
    OWN_EMAIL = "own_email", _("Sent from the e-mail address in the file")
    CONTRACT = "contract", _("Contract number and birth date given")
    MANDATE = "mandate", _("Mandate or guardianship order seen")


class RequestChannel(TextChoices):
    COUNTER = "counter", _("At the counter")
    POST = "post", _("By post")
    EMAIL = "email", _("By e-mail")
    PHONE = "phone", _("By phone")


class PackageFormat(TextChoices):
    JSON = "json", "JSON"
    PDF = "pdf", "PDF"


class LegalBasis(TextChoices):
    """Why a processing is lawful. Legal: règlement (UE) 2016/679, art. 6."""

    CONTRACT = "contract", _("Performance of a contract")
    LEGAL_OBLIGATION = "legal_obligation", _("Legal obligation")
    PUBLIC_TASK = "public_task", _("Task in the public interest")
    LEGITIMATE_INTEREST = "legitimate_interest", _("Legitimate interest")
    CONSENT = "consent", _("Consent")
    VITAL_INTEREST = "vital_interest", _("Vital interest")
