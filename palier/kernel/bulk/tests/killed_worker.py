"""A worker made to be killed: forks a child per line of its input; each applies one bulk run.

Arguments: database name. Lines: `JOB_RUN BULK_RUN`. The parent never touches the database, so that a child begins
clean; it prints the child's process id, then its exit status.
"""

import os
import sys
import time


def prepare(database: str) -> None:
    from palier.config.start import use_settings

    os.environ["DJANGO_SETTINGS_MODULE"] = "palier.config.settings.test"
    use_settings()
    import django

    django.setup()
    from django.db import connections

    for alias in connections:
        connections[alias].settings_dict["NAME"] = database


def work(run_id: str, bulk_id: str) -> None:
    from palier.kernel.bulk import jobs
    from palier.kernel.bulk.registry import action_named
    from palier.kernel.organisations.current import open_organisation

    action = action_named("staff.move-to-team")
    assert action is not None
    plain = action.apply

    def slowly(*given: object, **options: object) -> object:
        # A kill must find the worker inside a chunk as well as between two.
        done = plain(*given, **options)  # type: ignore[arg-type]
        time.sleep(0.03)
        return done

    action.apply, action.chunk = slowly, 10  # type: ignore[method-assign, assignment, misc]
    with open_organisation("alpha"):
        jobs.apply(run_id=run_id, bulk_id=bulk_id)


def child(words: list[str]) -> None:
    status = 3
    try:
        work(*words)
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
    prepare(sys.argv[1])
    say("ready")
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            child(line.split())
        say(pid)
        say(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


if __name__ == "__main__":
    main()
