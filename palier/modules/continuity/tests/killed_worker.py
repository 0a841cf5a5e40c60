"""A worker made to be killed: forks a child per line of its input; each runs one job of the crisis cell.

Arguments: database name, folder of the test. Lines: `posters RUN NOTICE`, `pack KEY` or `injects`. The parent never
touches the database nor Typst, so that a child begins clean; it prints the child's process id, then its exit status.
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
    settings.PACK_FOLDER = Path(folder) / "away"
    for alias in connections:
        connections[alias].settings_dict["NAME"] = database


def work(words: list[str]) -> None:
    from palier.kernel.organisations.current import open_organisation
    from palier.modules.continuity.jobs import crisis, exercises

    with open_organisation("alpha"):
        if words[0] == "posters":
            crisis.make_posters(run_id=words[1], notice_id=words[2])
        elif words[0] == "injects":
            exercises.play_due_injects()
        else:
            crisis.make_pack_now(key=words[1], by_name="Camille Ferrand")


def child(words: list[str]) -> None:
    status = 3
    try:
        work(words)
        status = 0
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        os._exit(status)


def say(word: object) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def main() -> None:
    database, folder = sys.argv[1:]
    prepare(database, folder)
    say("ready")
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            child(line.split())
        say(pid)
        say(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


if __name__ == "__main__":
    main()
