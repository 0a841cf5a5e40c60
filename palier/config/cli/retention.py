"""`palier retention`: what would be purged, and the purge itself."""

from typing import Any

from django.utils import timezone

from palier.config.cli.framework import (
    APPLY,
    JSON,
    ORGANISATION,
    Misused,
    Options,
    Output,
    acting,
    argument,
    command,
    opened,
)


@command(
    "retention",
    help="say what has been kept long enough; with --apply, purge the classes that are switched on",
    arguments=[
        ORGANISATION,
        argument("--class", dest="key", metavar="KEY", help="one class alone, such as people.tenant-file"),
        JSON,
        APPLY,
    ],
)
def retention(options: Options, out: Output) -> None:
    from palier.kernel.retention.selectors.rules import dry_run, rule_lines
    from palier.kernel.retention.services.engine import apply_rules, resume

    now = timezone.now()
    by = acting(options.organisation)
    with opened(options.organisation) as organisation:
        lines = [one for one in rule_lines(on=timezone.localdate(now)) if options.key in (None, one.key)]
        if not lines:
            raise Misused(f"No class of retention is called {options.key!r}.")
        seen = {one.key: dry_run(key=one.key, at=now) for one in lines}
        purged: dict[str, int] = {}
        if options.apply:
            for one in lines:
                if one.state == "to_confirm":
                    out.refuse(f"{one.key}: its duration changed; confirm its dry run on its page first")
            purged = resume(by=by, at=now)
            for key, count in apply_rules(by=by, at=now, keys=[one.key for one in lines]).items():
                purged[key] = purged.get(key, 0) + count
    rows = [_row(one, seen[one.key], purged) for one in lines]
    if options.json:
        out.json({"organisation": organisation.slug, "at": now, "applied": options.apply, "classes": rows})
    else:
        columns = ("class", "state", "kept_for", "due", "held", "purged")
        out.table(columns, [[row[name] for name in columns] for row in rows], title=organisation.name)
    if not options.apply:
        out.dry()


def _row(line: Any, seen: Any, purged: dict[str, int]) -> dict[str, Any]:
    return {
        "class": line.key,
        "label": line.label,
        "state": line.state,
        "kept_for": str(line.term),
        "due": seen.due,
        "held": seen.held,
        "purged": purged.get(line.key, 0),
    }
