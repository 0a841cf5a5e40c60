"""A worker made to be killed: forks a child per line of its input; each makes the list of one campaign.

Arguments: database name. Lines: `RUN CAMPAIGN`. The parent never touches the database, so that a child begins clean; it
prints the child's process id, then its exit status.
"""

import os
import sys


def prepare(database: str) -> None:
    from palier.config.start import use_settings

    os.environ["DJANGO_SETTINGS_MODULE"] = "palier.config.settings.test"
    use_settings()
    import django

    django.setup()
    from django.db import connections

    for alias in connections:
        connections[alias].settings_dict["NAME"] = database


def work(run_id: str, campaign_id: str) -> None:
    from palier.kernel.organisations.current import open_organisation
    from palier.modules.outreach.jobs.campaigns import build_campaign

    with open_organisation("alpha"):
        build_campaign(run_id=run_id, campaign_id=campaign_id)


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
