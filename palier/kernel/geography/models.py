"""The official places of France: shared reference tables that every organisation reads and none writes."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F

from palier.kernel.search.expressions import search_key_column


class Edition(models.Model):
    """Which edition of which source is loaded, so that loading it again costs nothing."""

    source = models.TextField(primary_key=True)
    fingerprint = models.TextField()
    loaded_at = models.DateTimeField()

    class Meta:
        db_table = "geography_edition"

    def __str__(self) -> str:
        return self.source


class Region(models.Model):
    """A region, or a territory overseas that stands for one. `code` is Insee's (three digits overseas)."""

    code = models.TextField(primary_key=True)
    name = models.TextField()

    class Meta:
        db_table = "geography_region"

    def __str__(self) -> str:
        return self.name


class Department(models.Model):
    """A department. `code` is Insee's: `01`, `2A`, `974`. `seat` is the code of its chief town."""

    code = models.TextField(primary_key=True)
    name = models.TextField()
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="departments")
    seat = models.TextField(blank=True)

    class Meta:
        db_table = "geography_department"

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


class Intercommunality(models.Model):
    """A group of communes with its own taxes (EPCI). `code` is its SIREN."""

    code = models.TextField(primary_key=True)
    name = models.TextField()
    kind = models.TextField()

    class Meta:
        db_table = "geography_intercommunality"

    def __str__(self) -> str:
        return self.name


class Commune(models.Model):
    """A commune of today, or a municipal district of Paris, Lyon or Marseille (then `within` is its commune).

    `code` is Insee's and is not the postcode; one commune may have several postcodes. `lon` and `lat` are
    degrees (WGS 84), null where no point is known.
    """

    code = models.TextField(primary_key=True)
    name = models.TextField()
    search_key = search_key_column("name")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="communes")
    intercommunality = models.ForeignKey(
        Intercommunality, on_delete=models.PROTECT, null=True, related_name="communes"
    )
    within = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="districts")
    population = models.IntegerField(null=True)
    postcodes = ArrayField(models.TextField(), default=list)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)

    class Meta:
        db_table = "geography_commune"
        indexes = [
            GinIndex(OpClass(F("search_key"), name="gin_trgm_ops"), name="geography_commune_search"),
            GinIndex(fields=["postcodes"], name="geography_commune_postcode"),
        ]

    def __str__(self) -> str:
        return self.name


class FormerCommune(models.Model):
    """A code that files still carry although the commune has merged: it leads to the commune of today."""

    code = models.TextField(primary_key=True)
    name = models.TextField(blank=True)
    commune = models.ForeignKey(Commune, on_delete=models.CASCADE, related_name="former")

    class Meta:
        db_table = "geography_former_commune"

    def __str__(self) -> str:
        return f"{self.code} → {self.commune_id}"
