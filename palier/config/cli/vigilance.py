"""`palier vigilance load`: Météo-France's map, by hand or from cron. Shape: docs/cli/vigilance.schema.json."""

from typing import Any

from django.db import transaction
from django.utils import timezone, translation

from palier.config.cli.framework import (
    APPLY,
    JSON,
    ORGANISATION,
    Options,
    Output,
    acting,
    argument,
    command,
    existing_file,
    find_organisation,
    opened,
)


@command(
    "vigilance load",
    help="load Météo-France's vigilance map (the JSON file cdp_carte_externe)",
    arguments=[
        argument("file", metavar="FILE", type=existing_file, help="the map, as downloaded"),
        ORGANISATION,
        APPLY,
        JSON,
    ],
)
def load(options: Options, out: Output) -> None:
    """Read the map, say what it tells of our departments; `--apply` puts it in force and makes the proposals."""
    from palier.kernel.access import bind_actor
    from palier.kernel.errors import DomainError
    from palier.modules.continuity import public as continuity

    find_organisation(options.organisation)
    by, now = acting(options.organisation), timezone.now()
    with opened(options.organisation), translation.override("fr"), transaction.atomic():
        bind_actor(by)
        try:
            given = {"content": options.file.read_bytes(), "by": by, "at": now, "source": options.file.name}
            done = continuity.load_bulletin(**given)
        except DomainError as refusal:
            out.refuse(refusal)
            transaction.set_rollback(True)
            return
        _answer(options, out, done, continuity.bulletin_told(bulletin_id=done.bulletin_id, actor=by, at=now))
        if not options.apply:
            transaction.set_rollback(True)
            out.dry()


def _answer(options: Options, out: Output, done: Any, told: Any) -> None:
    bulletin, lines = told
    rows = [
        {
            "department": one.department,
            "phenomenon": one.phenomenon,
            "colour": one.colour,
            "since": one.since,
            "until": one.until,
        }
        for one in lines
    ]
    if options.json:
        answer = {
            "issued_at": bulletin.issued_at,
            "valid_from": bulletin.valid_from,
            "valid_until": bulletin.valid_until,
            "departments": list(bulletin.departments),
            "departments_missing": list(bulletin.missing),
            "is_new": done.is_new,
            "changes": done.changes,
            "proposals": done.proposals,
            "applied": bool(options.apply),
            "vigilances": rows,
        }
        out.json(answer)
        return
    title = f"Vigilance, {timezone.localtime(bulletin.issued_at):%d/%m/%Y %H:%M}"
    shown = [
        [
            f"{one.department_name} ({one.department})",
            one.phenomenon_label,
            one.colour_label,
            f"{timezone.localtime(one.since):%d/%m %H:%M}",
            f"{timezone.localtime(one.until):%d/%m %H:%M}",
        ]
        for one in lines
    ]
    out.table(["department", "phenomenon", "colour", "since", "until"], shown, title=title)
    if bulletin.missing:
        out.remark(f"The map does not speak of: {', '.join(bulletin.missing)}.")
    if not done.is_new:
        out.remark("This map was applied before: nothing more is done.")
    out.say(f"Changes: {done.changes}. Proposals: {done.proposals}.")
