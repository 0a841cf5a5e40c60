"""The words by which people know the rows of these tables."""

from django.db import migrations

WORDS = {
    "household": ("household", "households"),
    "person": ("person", "persons"),
    "lease": ("lease", "leases"),
    "leaseparty": ("place in a lease", "places in leases"),
    "contactpoint": ("number or address", "numbers and addresses"),
    "consent": ("consent or objection", "consents and objections"),
    "vulnerabilitymarker": ("vulnerability marker", "vulnerability markers"),
}


class Migration(migrations.Migration):
    dependencies = [("people", "0004_merging_audit")]
    operations = [
        migrations.AlterModelOptions(name=name, options={"verbose_name": one, "verbose_name_plural": many})
        for name, (one, many) in WORDS.items()
    ]
