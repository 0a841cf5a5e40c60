"""Every change of a row made outside a load is recorded; notes that tell a reason of absence are refused."""

from django.db import migrations

from palier.kernel.audit.triggers import attach_audit

AUDITED = {
    "staff_team": (),
    "staff_agent": ("search_key",),
    "staff_usual_week": (),
    "staff_planned_leave": (),
    "staff_team_hours": (),
    "staff_team_hours_slot": (),
    "staff_agent_skill": (),
    "staff_coverage": (),
    "staff_presence": (),
    "staff_equipment": (),
}
# The strongest stems of `rules.FORBIDDEN_PATTERN`: the service refuses more, the database refuses at least these.
STEMS = (
    "malad[a-z]*|arrets? de travail|gardes? d enfants?|isolement|quarantaine|covid[a-z0-9]*|cas contacts?|vulnerab[a-z]*"
    "|enceintes?|grossesse|maternite|paternite|handicap[a-z]*|rqth|invalid[a-z]*|hospital[a-z]*|depress[a-z]*"
    "|droit de retrait|activite partielle|sick[a-z]*|childcare|pregnan[a-z]*"
)


def refuse_reasons(table: str, column: str) -> migrations.RunSQL:
    """Have the database refuse notes that tell why somebody is absent. Legal: RGPD art. 5 and 9."""
    name = f"{table}_{column}_tells_no_reason"
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK"
        f" (public.search_key({column}) !~ '(?<![a-z0-9])({STEMS})(?![a-z0-9])')",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


class Migration(migrations.Migration):
    dependencies = [("staff", "0001_tables"), ("audit", "0001_initial")]
    operations = [
        *(attach_audit(table, except_for=columns) for table, columns in AUDITED.items()),
        refuse_reasons("staff_team_hours", "note"),
        refuse_reasons("staff_equipment", "label"),
    ]
