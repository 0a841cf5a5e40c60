"""The organisations that this installation serves. Shared schema; no table of theirs points here by key."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_tenants.models import TenantMixin

from palier.kernel.models import Record

slug_shape = RegexValidator(
    r"^[a-z][a-z0-9-]{1,39}$",
    _("Use 2 to 40 lower-case letters, digits and hyphens, beginning with a letter."),
)


class OrganisationKind(models.TextChoices):
    LANDLORD = "landlord", _("Landlord")
    FEDERATION = "federation", _("Federation")


class LegalFamily(models.TextChoices):
    """Families of the Hlm movement (domain: families of organisations); the family decides which rules apply."""

    OPH = "oph", _("Public housing office (OPH)")
    ESH = "esh", _("Social housing company (ESH)")
    COOP = "coop", _("Hlm cooperative")
    SACICAP = "sacicap", _("SACICAP")
    SEM = "sem", _("Approved semi-public company")
    ASSO = "asso", _("Association")
    SAC = "sac", _("Coordination company")
    OTHER = "other", _("Other")


class Organisation(TenantMixin, Record):
    """A landlord or a federation: one schema and one database role of the same name."""

    auto_create_schema = False

    slug = models.TextField(unique=True, validators=[slug_shape])
    name = models.TextField()
    kind = models.TextField(choices=OrganisationKind)
    legal_family = models.TextField(choices=LegalFamily, blank=True)
    siren = models.TextField(blank=True)
    region = models.TextField(blank=True)
    departments = ArrayField(models.TextField(), default=list, blank=True)
    address = models.TextField(blank=True)
    phone = models.TextField(blank=True)
    on_call_number = models.TextField(blank=True)
    email = models.TextField(blank=True)
    website = models.TextField(blank=True)
    dpo_contact = models.TextField(blank=True)
    is_demonstration = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "organisation"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=OrganisationKind.values), name="organisation_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        return f"/o/{self.slug}/"


def schema_of(slug: str) -> str:
    """The name that an organisation's schema and role share: `org_` and the slug, `-` written `_`."""
    return "org_" + slug.replace("-", "_")
