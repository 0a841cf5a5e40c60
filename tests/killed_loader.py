"""A loader made to be killed: forks a child per line of its input; each runs one load as `palier load` does.

The line « undo » has the child go on with the undoing of the latest load instead.

Arguments: database name, data folder of the test, organisation, property file. The parent never touches the
database nor a table, so that a child begins clean; it prints the child's process id, then its exit status.
"""

import os
import sys
from pathlib import Path


def prepare(database: str, folder: str) -> None:
    from palier.config.start import use_settings

    os.environ["DJANGO_SETTINGS_MODULE"] = "palier.config.settings.test"
    use_settings()
    import django

    django.setup()
    from django.conf import settings
    from django.db import connections

    settings.KEY_FILE = Path(folder) / "keys" / "master.key"
    settings.FILES_FOLDER = Path(folder) / "kept"
    for alias in connections:
        connections[alias].settings_dict["NAME"] = database


def make_small_steps() -> None:
    """Many slices and chunks, so that there are many places to be killed at."""
    from palier.kernel.imports import checking
    from palier.kernel.imports.services import checks

    checking.SLICE_LINES = 120
    checking.slices.__defaults__ = (120,)
    checks.CHUNK_LINES = 50


def load(organisation: str, file: str) -> int:
    from palier.config.cli.framework import COMMANDS, Output
    from palier.config.cli.running import _load_commands, _parser

    _load_commands()
    options = _parser().parse_args(
        ["load", "patrimoine", file, "--organisation", organisation, "--full", "--apply", "--json"]
    )
    out = Output()
    COMMANDS["load"].function(options, out)
    return 1 if out.refusals else 0


def undo(organisation: str) -> int:
    """Go on with the undoing that was decided, as the job does."""
    from django.utils import timezone

    from palier.kernel.access import system_actor
    from palier.kernel.imports import services
    from palier.kernel.imports.models import ImportBatch
    from palier.kernel.imports.services import undoing
    from palier.kernel.organisations.current import open_organisation

    undoing.CHUNK_ROWS = 20
    with open_organisation(organisation):
        batch = ImportBatch.objects.latest("received_at")
        services.undo_batch(batch_id=batch.pk, by=system_actor("test"), at=timezone.now())
    return 0


def child(organisation: str, file: str, what: str) -> None:
    status = 3
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        make_small_steps()
        status = undo(organisation) if what == "undo" else load(organisation, file)
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        os._exit(status)


def main() -> None:
    database, folder, organisation, file = sys.argv[1:]
    prepare(database, folder)
    import palier.config.cli.load
    import palier.kernel.imports.services  # noqa: F401

    print("ready", flush=True)
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            child(organisation, file, line.strip())
        print(pid, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
