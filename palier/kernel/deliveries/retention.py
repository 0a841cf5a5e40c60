"""How long what was sent keeps its addressee and its text."""

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from palier.kernel.deliveries.models import Delivery
from palier.kernel.keys import ERASED
from palier.kernel.retention import Action, Chunk, Holds, LegalBasis, Rows, processing, retention_class


@retention_class(
    key="deliveries.message",
    label=_("Messages sent: addressee and text"),
    trigger=_("Day of sending"),
    months=12,
    least=3,
    most=36,
    source=_("Domain usage: the time to prove that a message was sent"),
    action=Action.ANONYMISE,
    purpose=_("Prove what was sent, and send it once"),
    order=52,
)
class SentMessages(Rows):
    """The row stays with its key, its state and its dates: a message must never leave twice."""

    model = Delivery
    since = "ended_at"

    def due(self, *, before: datetime) -> QuerySet[Delivery]:
        return Delivery.objects.filter(ended_at__lt=before).exclude(target=ERASED)

    def held(self, holds: Holds) -> Q:
        return Q(pk__in=holds.ids("delivery")) | Q(persons__overlap=holds.ids("people_person"))

    def describe(self, row: Delivery) -> str:
        return str(row.get_channel_display())

    def apply(self, chunk: Chunk) -> None:
        chunk.counts["delivery"] += Delivery.objects.filter(pk__in=chunk.ids).update(
            target=ERASED,
            target_name=ERASED,
            subject=ERASED,
            body=ERASED,
            error="",
            persons=[],
            attachments=[],
        )


processing(
    key="deliveries.messages",
    label=_("Messages to agents and tenants"),
    purpose=_("Tell people what concerns them, and prove it"),
    basis=LegalBasis.LEGITIMATE_INTEREST,
    persons=_("Agents, tenants, partners"),
    data=_("Address or number, text, day and state of sending"),
    recipients=_("Those who send; the mail server of the organisation"),
    retention=("deliveries.message",),
    measures=_("Persons who object or are sealed are left out"),
    app="palier.kernel.deliveries",
    order=52,
)
