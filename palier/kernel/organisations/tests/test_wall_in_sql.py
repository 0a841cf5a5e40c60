"""The wall between organisations, in SQL, with positive controls."""

import pytest
from django.db import DatabaseError, connection, transaction

from palier.kernel.access import system_actor
from palier.kernel.journal import record
from palier.kernel.organisations.current import open_organisation, open_shared
from palier.kernel.organisations.models import Organisation
from palier.kernel.organisations.rights import RESTRICTED

pytestmark = pytest.mark.django_db


def run(statement: str) -> list[tuple]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


def tables_of(schema: str) -> list[str]:
    return [
        row[0] for row in run(f"SELECT tablename FROM pg_tables WHERE schemaname = '{schema}' ORDER BY 1")
    ]


def tables_open_to(role: str, right: str, schema_pattern: str) -> set[str]:
    """By object id: a name cannot even be looked up in a schema that is closed to this login."""
    rows = run(
        f"""SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname LIKE '{schema_pattern}' AND c.relkind IN ('r', 'p', 'v', 'm')
        AND has_table_privilege('{role}', c.oid, '{right}')
        AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')"""
    )
    return {row[0] for row in rows}


class TestTheApplicationRole:
    @pytest.mark.parametrize(
        "right", ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"]
    )
    def test_has_no_right_on_any_organisations_table(self, right):
        assert tables_open_to("palier_app", right, "org\\_%") == set()

    def test_is_measured_by_a_query_that_can_find_something(self):
        """The positive control of the test above."""
        assert "journal_entry" in tables_open_to("org_alpha", "SELECT", "org_alpha")

    def test_is_refused_the_schema_itself(self):
        with pytest.raises(DatabaseError, match="permission denied"):
            run("SELECT * FROM org_alpha.journal_entry")

    def test_reads_users_which_an_organisation_may_not(self):
        assert run("SELECT count(*) FROM user_account")[0][0] >= 0

        with open_organisation("alpha"), pytest.raises(DatabaseError, match="permission denied"):
            run("SELECT * FROM public.user_account")


class TestAnOrganisationsRole:
    @pytest.mark.parametrize("right", ["SELECT", "INSERT", "UPDATE", "DELETE"])
    def test_has_no_right_on_another_organisations_tables(self, right):
        assert tables_open_to("org_alpha", right, "org_beta") == set()

    def test_has_the_declared_rights_on_its_own_tables_and_no_other(self):
        every = tables_of("org_alpha")
        for right in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE"):
            declared = {
                t for t in every if right in RESTRICTED.get(t, ("SELECT", "INSERT", "UPDATE", "DELETE"))
            }

            assert tables_open_to("org_alpha", right, "org_alpha") == declared, right

    def test_cannot_step_into_another_organisation(self):
        with open_organisation("alpha"):
            run("SELECT 1")

            with pytest.raises(DatabaseError, match="permission denied"):
                run("SELECT * FROM org_beta.journal_entry")

    def test_sees_its_own_lines_and_not_the_others(self):
        from django.utils import timezone

        with open_organisation("alpha"):
            record("test.line", by=system_actor("alpha"), at=timezone.now())
            assert run("SELECT count(*) FROM journal_entry")[0][0] == 1
        with open_organisation("beta"):
            assert run("SELECT count(*) FROM journal_entry")[0][0] == 0

    def test_may_not_rewrite_the_journal(self):
        with open_organisation("alpha"), pytest.raises(DatabaseError, match="permission denied"):
            run("UPDATE journal_entry SET kind = 'other'")

    def test_reads_reference_tables_only_in_the_shared_schema(self):
        reference = {table for table in tables_of("public") if table.startswith("geography_")}

        assert tables_open_to("org_alpha", "SELECT", "public") == reference
        for right in ("INSERT", "UPDATE", "DELETE"):
            assert tables_open_to("org_alpha", right, "public") == set()


class TestTheSwitch:
    def test_sets_the_role_with_the_search_path(self):
        with open_organisation("alpha"):
            assert run("SELECT current_user, current_schema()") == [("org_alpha", "org_alpha")]
        assert run("SELECT current_user, current_schema()") == [("palier_app", "public")]

    def test_goes_from_one_organisation_to_the_other_and_back(self):
        with open_organisation("alpha"):
            with open_organisation("beta"):
                assert run("SELECT current_user") == [("org_beta",)]
            assert run("SELECT current_user") == [("org_alpha",)]
            with open_shared():
                assert run("SELECT current_user") == [("palier_app",)]
            assert run("SELECT current_user") == [("org_alpha",)]

    def test_fails_closed_when_the_role_is_refused(self):
        """A role that this login may not take: no statement may run as the former organisation."""
        with open_organisation("alpha"):
            run("SELECT 1")
            stranger = Organisation(slug="owner", name="x", kind="landlord", schema_name="palier_owner")

            with (
                pytest.raises(DatabaseError, match="permission denied"),
                transaction.atomic(),
                open_organisation(stranger),
                connection.cursor() as cursor,
            ):
                cursor.execute("SELECT current_user")

            assert run("SELECT current_user") == [("org_alpha",)]

    def test_survives_a_rolled_back_savepoint(self):
        with open_organisation("alpha"):
            with pytest.raises(DatabaseError):
                run("SELECT 1 / 0")

            assert run("SELECT current_user, current_schema()") == [("org_alpha", "org_alpha")]
