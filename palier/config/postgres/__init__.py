"""The embedded PostgreSQL: started when needed, stopped by the last who used it.

Nothing here imports Django. `database_settings` only computes; `ensure_running` acts.

    server = ensure_running()        # starts the cluster if it is down; holds it for this process
    ...
    stop_if_mine()                   # stops it when nobody else holds it

With `DATABASE_URL` set, both do nothing and the settings point to that server.
"""

from palier.config.postgres.binaries import Binaries, NoBinaries, find_binaries, newest_tools
from palier.config.postgres.cluster import PostgresError
from palier.config.postgres.server import (
    APP_ROLE,
    DATABASE,
    OWNER_ROLE,
    Server,
    database_settings,
    embedded_status,
    ensure_running,
    held,
    revive,
    server_of,
    stop_if_mine,
    stop_now,
)

__all__ = [
    "APP_ROLE",
    "DATABASE",
    "OWNER_ROLE",
    "Binaries",
    "NoBinaries",
    "PostgresError",
    "Server",
    "database_settings",
    "embedded_status",
    "ensure_running",
    "find_binaries",
    "held",
    "newest_tools",
    "revive",
    "server_of",
    "stop_if_mine",
    "stop_now",
]
