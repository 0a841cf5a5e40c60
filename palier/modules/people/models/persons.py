"""Persons and the households in which they live."""

from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from palier.kernel.access import Actor
from palier.kernel.columns import known, text
from palier.kernel.models import Record
from palier.kernel.search.expressions import search_key_column
from palier.modules.people.enums import Civility, Language, PersonKind
from palier.modules.people.permissions import Permission


class Household(Record):
    """People who live together. `declared_size` is what the rent roll says when it names nobody but the
    holder.
    """

    external_key = text()
    declared_size = models.SmallIntegerField(null=True, blank=True)

    class Meta:
        db_table = "people_household"
        verbose_name = _("household")
        verbose_name_plural = _("households")
        constraints = [
            models.UniqueConstraint(
                fields=["external_key"], condition=~Q(external_key=""), name="people_household_key_once"
            ),
            models.CheckConstraint(
                condition=Q(declared_size__isnull=True) | Q(declared_size__range=(1, 40)),
                name="people_household_size",
                violation_error_message=_("Write a number of people between 1 and 40, or leave it empty."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class PersonQuerySet(models.QuerySet["Person"]):
    def visible_to(self, actor: Actor) -> "PersonQuerySet":
        """Persons that this actor may know of. A sealed person is in nobody's list, the referent's
        included.
        """
        return self.filter(sealed_at__isnull=True) if actor.may(Permission.PERSON_VIEW) else self.none()

    def in_clear(self) -> "PersonQuerySet":
        """Persons who are not sealed, for what runs without an actor."""
        return self.filter(sealed_at__isnull=True)


class Person(Record):
    """A natural or legal person. When sealed, only the id and `sealed_at` remain: see `SealedIdentity`.

    `reference` is the ERP's third-party code; `external_key` is how a loaded file recognises the person.
    """

    reference = text()
    external_key = text()
    kind = models.TextField(choices=PersonKind, default=PersonKind.NATURAL, db_default="natural")
    civility = text(choices=Civility)
    family_name = text()
    given_names = text()
    birth_name = text()
    legal_name = text()
    birth_on = models.DateField(null=True, blank=True)
    deceased_on = models.DateField(null=True, blank=True)
    language = models.TextField(choices=Language, default=Language.FRENCH, db_default="fr")
    household = models.ForeignKey(Household, models.SET_NULL, null=True, blank=True, related_name="members")
    sealed_at = models.DateTimeField(null=True, blank=True)
    search_key = search_key_column("family_name", "given_names", "birth_name", "legal_name", "reference")

    objects = PersonQuerySet.as_manager()

    class Meta:
        db_table = "people_person"
        verbose_name = _("person")
        verbose_name_plural = _("persons")
        constraints = [
            known("kind", PersonKind, "people_person_kind_known"),
            known("civility", Civility, "people_person_civility_known", blank=True),
            known("language", Language, "people_person_language_known"),
            models.UniqueConstraint(
                fields=["reference"],
                condition=~Q(reference=""),
                name="people_person_reference_once",
                violation_error_message=_(
                    "Another person has this reference. Open their page instead of creating one."
                ),
            ),
            models.UniqueConstraint(
                fields=["external_key"], condition=~Q(external_key=""), name="people_person_key_once"
            ),
            models.CheckConstraint(
                condition=Q(sealed_at__isnull=False) | ~Q(family_name="") | ~Q(legal_name=""),
                name="people_person_named",
                violation_error_message=_("Give a name."),
            ),
            # A sealed person has nothing left in clear: the database refuses the contrary, whoever writes it.
            models.CheckConstraint(
                condition=Q(sealed_at__isnull=True)
                | Q(
                    reference="",
                    external_key="",
                    civility="",
                    family_name="",
                    given_names="",
                    birth_name="",
                    legal_name="",
                    birth_on__isnull=True,
                    deceased_on__isnull=True,
                    household__isnull=True,
                    kind=PersonKind.NATURAL,
                    language=Language.FRENCH,
                ),
                name="people_person_sealed_is_empty",
            ),
            models.CheckConstraint(
                condition=Q(deceased_on__isnull=True)
                | Q(birth_on__isnull=True)
                | Q(deceased_on__gte=models.F("birth_on")),
                name="people_person_dies_after_birth",
                violation_error_message=_(
                    "The date of death comes before the birth date. Correct one of them."
                ),
            ),
        ]
        indexes = [
            GinIndex(fields=["search_key"], opclasses=["gin_trgm_ops"], name="people_person_search"),
            models.Index(fields=["search_key", "id"], name="people_person_sort"),
            models.Index(fields=["birth_on"], name="people_person_birth"),
            models.Index(
                fields=["sealed_at"], condition=Q(sealed_at__isnull=False), name="people_person_sealed"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """« DURAND Marie », or the name of the body; never anything of a sealed person."""
        if self.kind == PersonKind.LEGAL:
            return self.legal_name
        return f"{self.family_name.upper()} {self.given_names}".strip()

    @property
    def is_sealed(self) -> bool:
        return self.sealed_at is not None

    def identity(self) -> dict[str, Any]:
        """Return every column that says who this is: what sealing moves and empties."""
        return {name: getattr(self, name) for name in IDENTITY_COLUMNS}


IDENTITY_COLUMNS = (
    "reference",
    "external_key",
    "kind",
    "civility",
    "family_name",
    "given_names",
    "birth_name",
    "legal_name",
    "birth_on",
    "deceased_on",
    "language",
    "household_id",
)
