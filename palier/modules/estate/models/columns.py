"""Columns that several tables of the estate share."""

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

# Codes of communes are text: `01004`, `2A004`, `97411`. 20xxx does not exist since Corsica was divided.
INSEE_CODE = r"^(0[1-9]|1[0-9]|2[1-9AB]|[3-8][0-9]|9[0-5])[0-9]{3}$|^97[1-8][0-9]{2}$|^98[0-9]{3}$"

insee_shape = RegexValidator(
    INSEE_CODE, _("Write the Insee code of the commune: five characters, such as 11262 or 2A004.")
)
postcode_shape = RegexValidator(r"^[0-9]{5}$", _("Write a postcode of five digits."))


class Located(models.Model):
    """A street address and a point. Empty text where unknown; the point is both or neither."""

    number = models.TextField(blank=True, default="", db_default="")
    repetition = models.TextField(blank=True, default="", db_default="")
    street_type = models.TextField(blank=True, default="", db_default="")
    street_name = models.TextField(blank=True, default="", db_default="")
    complement = models.TextField(blank=True, default="", db_default="")
    postcode = models.TextField(blank=True, default="", db_default="")
    city = models.TextField(blank=True, default="", db_default="")
    insee_code = models.TextField(blank=True, default="", db_default="")
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)

    class Meta:
        abstract = True


def located_constraints(table: str) -> list[models.CheckConstraint]:
    """Return what every address must respect, named after its table."""
    return [
        models.CheckConstraint(
            condition=models.Q(insee_code="") | models.Q(insee_code__regex=INSEE_CODE),
            name=f"{table}_insee_code_shape",
            violation_error_message=_(
                "Write the Insee code of the commune: five characters, such as 11262 or 2A004."
            ),
        ),
        models.CheckConstraint(
            condition=models.Q(postcode="") | models.Q(postcode__regex=r"^[0-9]{5}$"),
            name=f"{table}_postcode_shape",
            violation_error_message=_("Write a postcode of five digits."),
        ),
        models.CheckConstraint(
            condition=models.Q(longitude__isnull=True, latitude__isnull=True)
            | models.Q(
                longitude__isnull=False,
                latitude__isnull=False,
                longitude__range=(-180, 180),
                latitude__range=(-90, 90),
            ),
            name=f"{table}_point_whole",
            violation_error_message=_("Give both the longitude and the latitude, in degrees, or neither."),
        ),
    ]


def known(
    field: str, choices: type[models.TextChoices], name: str, *, blank: bool = False
) -> models.CheckConstraint:
    """Return the constraint that lists the values a column may hold."""
    values = [*choices.values, ""] if blank else list(choices.values)
    return models.CheckConstraint(
        condition=models.Q(**{f"{field}__in": values}),
        name=name,
        violation_error_message=_("Choose one of the values proposed."),
    )


def code_present(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=~models.Q(code=""), name=name, violation_error_message=_("Give a code.")
    )
