"""`palier doctor`: what is wrong with this installation and how to mend it."""

from collections.abc import Iterator
from datetime import datetime

from django.utils import timezone

from palier.config.cli.framework import JSON, Options, Output, argument, command
from palier.config.environment import ENV

MARKS = {"ok": "✓", "remark": "!", "problem": "✗"}
SETTINGS = argument(
    "--settings", action="store_true", help="also show the settings in force, without secrets"
)


@command("doctor", help="say what is wrong and how to mend it", arguments=[JSON, SETTINGS], database=False)
def doctor(options: Options, out: Output) -> None:
    from palier.config.doctor import Level

    findings = list(_examine(timezone.now()))
    problems = [each for each in findings if each.level == Level.PROBLEM]
    if options.json:
        out.json([{"level": f.level, "about": f.about, "what": f.what, "remedy": f.remedy} for f in findings])
    else:
        for each in findings:
            out.say(f"{MARKS[each.level]} {each.about}: {each.what}")
            if each.remedy:
                out.say(f"    → {each.remedy}")
        if options.settings:
            out.table(["setting", "value"], list(ENV.rundown.items()))
    if problems:
        out.refuse(f"{len(problems)} to mend.")
    elif not options.json:
        out.say("This installation is whole.")


def _examine(at: datetime) -> Iterator:  # type: ignore[type-arg]
    from django.db import DatabaseError, connections

    from palier.config import doctor
    from palier.config.postgres import NoBinaries, PostgresError, held

    yield from doctor.examine_machine(at)
    try:
        with held():
            try:
                yield from doctor.examine_database(at)
            finally:
                connections.close_all()
    except (PostgresError, NoBinaries) as trouble:
        yield doctor.problem("database", str(trouble), "see the lines above")
    except DatabaseError as trouble:
        said = str(trouble).strip().splitlines()
        yield doctor.problem(
            "database", said[0] if said else type(trouble).__name__, "see docs/deployment.md"
        )
