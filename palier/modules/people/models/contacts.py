"""How to reach a person, and what the person accepts."""

from datetime import datetime

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from palier.kernel.columns import flag, known, text
from palier.kernel.models import Record
from palier.kernel.search.expressions import search_key_column
from palier.modules.people.enums import Channel, ConsentChannel, ConsentKind, LineType, Slot, Source, Topic
from palier.modules.people.models.persons import Person


class ContactPoint(Record):
    """One number or address of one person. It never identifies an account: two people may share a phone.

    `value`: E.164 for a phone, lower case for an e-mail, lines for a postal address. `is_unsafe`: somebody else may
    read or answer; nothing is ever sent there by itself.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="contact_points")
    channel = models.TextField(choices=Channel)
    value = models.TextField()
    line_type = text(choices=LineType)
    is_preferred = flag()
    is_unsafe = flag()
    is_shared = flag()
    shared_with = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    slot = models.TextField(choices=Slot, default=Slot.ANY, db_default="any")
    source = models.TextField(choices=Source, default=Source.AGENT, db_default="agent")
    verified_at = models.DateTimeField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    search_key = search_key_column("value")

    class Meta:
        db_table = "people_contact_point"
        verbose_name = _("number or address")
        verbose_name_plural = _("numbers and addresses")
        constraints = [
            known("channel", Channel, "people_contact_point_channel_known"),
            known("line_type", LineType, "people_contact_point_line_known", blank=True),
            known("slot", Slot, "people_contact_point_slot_known"),
            known("source", Source, "people_contact_point_source_known"),
            models.CheckConstraint(
                condition=~Q(value=""),
                name="people_contact_point_present",
                violation_error_message=_("Write it."),
            ),
            models.CheckConstraint(
                condition=~Q(channel=Channel.PHONE) | Q(value__regex=r"^\+[1-9][0-9]{5,14}$"),
                name="people_contact_point_e164",
                violation_error_message=_("Write a phone number, such as 06 39 98 01 01."),
            ),
            models.CheckConstraint(
                condition=Q(shared_with__isnull=True) | Q(is_shared=True), name="people_contact_point_shared"
            ),
            models.UniqueConstraint(
                fields=["person", "channel", "value"],
                name="people_contact_point_once",
                violation_error_message=_("This person already has it."),
            ),
        ]
        indexes = [
            models.Index(fields=["channel", "value"], name="people_contact_point_value"),
            GinIndex(fields=["search_key"], opclasses=["gin_trgm_ops"], name="people_contact_point_search"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.person_id}"


class Consent(Record):
    """A consent, or an objection, with what proves it. Withdrawing ends it and keeps it (RGPD art. 7)."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="consents")
    kind = models.TextField(choices=ConsentKind)
    topic = models.TextField(choices=Topic)
    channel = models.TextField(choices=ConsentChannel, default=ConsentChannel.ANY, db_default="any")
    text_version = text()
    given_at = models.DateTimeField()
    proof = text()
    recorded_by = models.TextField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "people_consent"
        verbose_name = _("consent or objection")
        verbose_name_plural = _("consents and objections")
        constraints = [
            known("kind", ConsentKind, "people_consent_kind_known"),
            known("topic", Topic, "people_consent_topic_known"),
            known("channel", ConsentChannel, "people_consent_channel_known"),
            models.CheckConstraint(
                condition=~Q(kind=ConsentKind.CONSENT) | (~Q(text_version="") & ~Q(proof="")),
                name="people_consent_proven",
                violation_error_message=_(
                    "A consent needs the version of the text agreed to and what proves it."
                ),
            ),
            models.UniqueConstraint(
                fields=["person", "topic", "channel"],
                condition=Q(withdrawn_at__isnull=True),
                name="people_consent_open_once",
                violation_error_message=_(
                    "This is recorded already. Withdraw it before recording the contrary."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.topic}"

    def is_open(self, at: datetime) -> bool:
        return self.given_at <= at and (self.withdrawn_at is None or self.withdrawn_at > at)
