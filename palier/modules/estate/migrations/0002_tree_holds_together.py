"""A building, an entrance and a lot belong to one residence: keys over both columns say so."""

from django.db import migrations

KEYS = """
ALTER TABLE estate_building ADD CONSTRAINT estate_building_in_residence UNIQUE (id, residence_id);
ALTER TABLE estate_entrance ADD CONSTRAINT estate_entrance_in_residence UNIQUE (id, residence_id);
ALTER TABLE estate_entrance ADD CONSTRAINT estate_entrance_of_same_residence
    FOREIGN KEY (building_id, residence_id) REFERENCES estate_building (id, residence_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE estate_lot ADD CONSTRAINT estate_lot_building_of_same_residence
    FOREIGN KEY (building_id, residence_id) REFERENCES estate_building (id, residence_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE estate_lot ADD CONSTRAINT estate_lot_entrance_of_same_residence
    FOREIGN KEY (entrance_id, residence_id) REFERENCES estate_entrance (id, residence_id) DEFERRABLE INITIALLY DEFERRED;
"""

UNDO = """
ALTER TABLE estate_lot DROP CONSTRAINT estate_lot_entrance_of_same_residence;
ALTER TABLE estate_lot DROP CONSTRAINT estate_lot_building_of_same_residence;
ALTER TABLE estate_entrance DROP CONSTRAINT estate_entrance_of_same_residence;
ALTER TABLE estate_entrance DROP CONSTRAINT estate_entrance_in_residence;
ALTER TABLE estate_building DROP CONSTRAINT estate_building_in_residence;
"""


class Migration(migrations.Migration):
    dependencies = [("estate", "0001_tables")]
    operations = [migrations.RunSQL(KEYS, UNDO)]
