"""Search path and database role together, in one statement, and it fails closed.

django-tenants sets the search path lazily, on the next cursor, and swallows database errors: a
failed switch would run the next query as the former organisation. Here the switch raises before
any statement of the caller is sent.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django_tenants.postgresql_backend import base
from django_tenants.utils import get_public_schema_name, quote_schema_name


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that is always in one place: the shared schema, or one organisation's under its role."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._leaving_savepoint = False
        super().__init__(*args, **kwargs)

    def set_tenant(self, tenant: Any, include_public: bool = True) -> None:
        """Choose where the next statement runs. Content types are not used, so no cache is cleared."""
        self.tenant = tenant
        self.schema_name = tenant.schema_name
        self.include_public_schema = include_public
        self.set_settings_schema(self.schema_name)
        self.search_path_set_schemas = None

    def savepoint_rollback(self, sid: str) -> None:
        # ROLLBACK TO SAVEPOINT names no table: it must pass even where the transaction is aborted
        # and a switch would be refused.
        self._leaving_savepoint = True
        try:
            super().savepoint_rollback(sid)
        finally:
            self._leaving_savepoint = False

    def _handle_search_path(self, cursor: Any = None) -> None:
        if self._setting_search_path or self._leaving_savepoint or self.search_path_set_schemas:
            return
        with self._switching(cursor) as switch:
            paths = self._get_cursor_search_paths()
            switch.execute(
                f"{self._role_statement()}; SET search_path = {', '.join(map(quote_schema_name, paths))}"
            )
            self.search_path_set_schemas = paths

    @contextmanager
    def _switching(self, cursor: Any) -> Iterator[Any]:
        self._setting_search_path = True
        own = self.connection.cursor() if cursor is None else None
        try:
            yield own or cursor
        finally:
            self._setting_search_path = False
            if own is not None:
                own.close()

    def _role_statement(self) -> str:
        """`RESET ROLE` first: from one organisation's role one may not enter another's."""
        takes_role = self.settings_dict.get("TAKES_ROLE", True)
        if not takes_role or self.schema_name == get_public_schema_name():
            return "RESET ROLE"
        return f"RESET ROLE; SET ROLE {quote_schema_name(self.schema_name)}"
