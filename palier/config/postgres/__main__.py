"""`python -m palier.config.postgres start|stop|status`: the embedded database by hand."""

import sys

from palier.config.environment import ENV
from palier.config.postgres import NoBinaries, PostgresError, embedded_status, ensure_running, stop_now


def main(arguments: list[str]) -> int:
    if arguments not in (["start"], ["stop"], ["status"]):
        print("usage: python -m palier.config.postgres start|stop|status", file=sys.stderr)
        return 2
    if not ENV.embedded:
        print("DATABASE_URL is set: there is no embedded database to act on.", file=sys.stderr)
        return 1
    try:
        return {"start": _start, "stop": _stop, "status": _status}[arguments[0]]()
    except (PostgresError, NoBinaries) as refusal:
        print(refusal, file=sys.stderr)
        return 1


def _start() -> int:
    server = ensure_running(keep=True)
    print(f"host={server.host} dbname={server.dbname} user={server.app}")
    return 0


def _stop() -> int:
    print("stopped" if stop_now() else "it was not running")
    return 0


def _status() -> int:
    status = embedded_status()
    print(f"{'running' if status.running else 'down'}: PostgreSQL {status.made_by}, {status.folder}")
    print(f"socket {status.socket}, run by {status.run_by}")
    return 0 if status.running else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
