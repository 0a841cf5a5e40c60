"""`palier plan …`: read and write plans, preview and decide levels. Shapes: docs/cli/plan-*.schema.json."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone, translation

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
    day,
    existing_file,
    find_organisation,
    moment,
    opened,
)
from palier.kernel.access import Actor, bind_actor
from palier.kernel.access.roles import Role
from palier.kernel.modes import Place, PlaceKind
from palier.modules.continuity import public as continuity
from palier.modules.estate import public as estate

KINDS = "agency|reception|residence|commune|department"
PLAN = argument("--plan", metavar="CODE", help="the plan; may be left out when only one is in force")
LEVEL = argument("--level", metavar="CODE", choices=continuity.LEVEL_CODES, help="0, 1, 2, 3, 4 or R")
SCOPE = argument("--scope", metavar="KIND:CODE", help=f"where it applies ({KINDS}); none: the organisation")
PLACE = argument("--place", metavar="KIND:CODE", help=f"where ({KINDS}); none: the organisation")
AT = argument("--at", type=moment, metavar="T", help="when it begins; if past, when it was decided")
DECIDED_BY = argument(
    "--decided-by", metavar="EMAIL", help="who decides; none: the organisation's first administrator"
)
REVIEW_ON = argument("--review-on", type=day, metavar="DATE", help="when it is looked at again")
REASON = argument("--reason", default="", metavar="TEXT", help="why: it is part of the decision")
EXERCISE = argument("--exercise", action="store_true", help="an exercise: no service sees it")
DECISION = [ORGANISATION, PLAN, SCOPE, AT, DECIDED_BY, REVIEW_ON, REASON, EXERCISE, APPLY, JSON]


@dataclass(frozen=True)
class Setting:
    """What every decision by command begins with."""

    actor: Actor
    at: datetime
    scope: Place
    begins: datetime
    decision: continuity.Decision


@contextmanager
def working(options: Options) -> Iterator[Actor]:
    """Open the organisation as the member who decides, in one transaction and in French."""
    find_organisation(options.organisation)
    actor = acting(options.organisation, getattr(options, "decided_by", None))
    with opened(options.organisation), translation.override("fr"), transaction.atomic():
        bind_actor(actor)
        yield actor


def place_named(raw: str | None) -> Place:
    """Read KIND:CODE. Raises: Misused, PlaceUnknown."""
    if not raw or raw == PlaceKind.ORGANISATION:
        return estate.organisation_place()
    kind, separator, code = raw.partition(":")
    if not separator or kind not in KINDS.split("|"):
        raise Misused(f"{raw!r} is not a place such as agency:A01 ({KINDS}).")
    return estate.place_of(kind, code)


def _setting(options: Options, actor: Actor) -> Setting:
    """A time already past is when it was decided; a time to come is when it begins."""
    now = timezone.now()
    asked = options.at or now
    roles = [str(Role(role).label) for role in sorted(actor.roles) if role in Role.values]
    decision = continuity.Decision(
        reason=options.reason,
        name=actor.name,
        user_id=actor.user_id,
        capacity=roles[0] if roles else "",
        at=asked if asked < now else None,
        review_on=options.review_on,
    )
    return Setting(actor, now, place_named(options.scope), max(asked, now), decision)


def _plan_code(options: Options, actor: Actor) -> str:
    return options.plan or continuity.only_plan_code(actor=actor)


# Files.


@command(
    "plan import",
    help="read a plan from its file, check it and bring it into force",
    arguments=[
        argument("file", metavar="FILE", type=existing_file, help="a TOML file"),
        ORGANISATION,
        DECIDED_BY,
        argument("--draft", action="store_true", help="leave it as a draft, to be approved on screen"),
        argument("--note", default="", metavar="TEXT", help="what is new in this version"),
        APPLY,
        JSON,
    ],
)
def import_file(options: Options, out: Output) -> None:
    with working(options) as actor:
        try:
            document = continuity.checked_document(options.file.read_bytes())
        except continuity.PlanRefused as refused:
            _say_problems(refused, options, out)
            return
        said: dict[str, Any] = {
            "plan": document.code,
            "name": document.name,
            "levels": list(document.level_codes),
        }
        said |= {"tasks": sum(len(level.tasks) for level in document.levels.values())}
        said |= {"version": None, "state": None, "errors": []}
        if options.apply:
            said |= _bring_in(options, actor)
    if options.json:
        out.json(said)
    else:
        out.say(f"{said['name']} ({said['plan']}): levels {', '.join(said['levels'])}, {said['tasks']} cards")
        if said["version"]:
            out.say(f"version {said['version']}: {said['state']}")
    if not options.apply:
        out.dry()


def _bring_in(options: Options, actor: Actor) -> dict[str, Any]:
    now = timezone.now()
    version = continuity.import_plan(content=options.file.read_bytes(), by=actor, at=now, note=options.note)
    if not options.draft and version.state in ("draft", "in_review"):
        if version.state == "draft":
            continuity.submit(version_id=version.pk, by=actor, at=now)
        version = continuity.approve(version_id=version.pk, by=actor, at=now)
    return {"version": version.number, "state": version.state}


def _say_problems(refused: Any, options: Options, out: Output) -> None:
    errors = [
        {"path": one.path, "line": one.line, "code": one.kind.value, "message": one.message}
        for one in refused.problems
    ]
    if options.json:
        out.json(
            {
                "plan": None,
                "name": None,
                "levels": [],
                "tasks": 0,
                "version": None,
                "state": None,
                "errors": errors,
            }
        )
    for one in refused.problems:
        out.refuse(f"{options.file}:{one.line or 1}: {one}")


@command(
    "plan export",
    help="write a plan as a file; - for standard output",
    arguments=[argument("file", metavar="FILE", help="where to write it, or -"), ORGANISATION, PLAN],
)
def export_file(options: Options, out: Output) -> None:
    with working(options) as actor:
        text = continuity.exported(code=_plan_code(options, actor), actor=actor).text
    if options.file == "-":
        out.answers.out(text.rstrip("\n"), highlight=False)
        return
    Path(options.file).write_text(text, encoding="utf-8")
    out.remark(f"Written: {options.file}")


@command(
    "plan template",
    help="write one of the plans that come with Palier; none: list them",
    arguments=[
        argument("key", nargs="?", metavar="NAME", help="such as pandemic.fr"),
        argument("file", nargs="?", metavar="FILE", default="-", help="where to write it, or -"),
    ],
    database=False,
)
def template_file(options: Options, out: Output) -> None:
    if not options.key:
        for language in continuity.LANGUAGES:
            for one in continuity.plan_templates(language):
                out.say(f"{one.key:<18}{one.document.name}")
        return
    text = continuity.plan_template(options.key).text
    if options.file == "-":
        out.answers.out(text.rstrip("\n"), highlight=False)
    else:
        Path(options.file).write_text(text, encoding="utf-8")
        out.remark(f"Written: {options.file}")


# Decisions.


@command(
    "plan preview",
    help="say in numbers what activating a level, or changing to it, will do",
    arguments=[ORGANISATION, PLAN, LEVEL, SCOPE, AT, DECIDED_BY, REASON, REVIEW_ON, EXERCISE, JSON],
)
def preview(options: Options, out: Output) -> None:
    with working(options) as actor:
        setting, code = _setting(options, actor), _plan_code(options, actor)
        shown = _shown(code, _level(options), setting, options)
    _answer(shown, options, out, applied=None)


def _level(options: Options) -> str:
    if not options.level:
        raise Misused("Say which level: --level 3")
    return options.level


def _shown(code: str, level: str, setting: Setting, options: Options) -> continuity.Preview:
    version = continuity.version_in_force(code=code, actor=setting.actor)
    chosen = continuity.level_of(version, level)
    standing = continuity.find_standing(plan_code=code, scope=setting.scope, exercise=options.exercise)
    return continuity.preview_level(
        version=version,
        level=chosen,
        scope=setting.scope,
        at=setting.begins,
        activation=standing if standing and standing.level != level else None,
    )


@command(
    "plan activate", help="put a level in force, in place of another one there", arguments=[LEVEL, *DECISION]
)
def activate(options: Options, out: Output) -> None:
    with working(options) as actor:
        setting, code, level = _setting(options, actor), _plan_code(options, actor), _level(options)
        shown = _shown(code, level, setting, options)
        standing = continuity.find_standing(plan_code=code, scope=setting.scope, exercise=options.exercise)
        done = None
        if standing is not None and standing.level != level:
            out.remark(
                f"Level {standing.level} is in force there ({standing.reference}): its level is changed."
            )
            done = _change(standing, level, shown, setting) if options.apply else None
        elif options.apply:
            done = continuity.activate(
                plan_code=code,
                level=level,
                scope=setting.scope,
                decision=setting.decision,
                by=actor,
                at=setting.at,
                fingerprint=shown.fingerprint,
                effective_at=setting.begins,
                exercise=options.exercise,
            )
    _answer(shown, options, out, applied=done)


@command("plan change", help="move what is active to another level", arguments=[LEVEL, *DECISION])
def change(options: Options, out: Output) -> None:
    with working(options) as actor:
        setting, code, level = _setting(options, actor), _plan_code(options, actor), _level(options)
        standing = _standing(code, setting, options)
        shown = _shown(code, level, setting, options)
        done = _change(standing, level, shown, setting) if options.apply else None
    _answer(shown, options, out, applied=done)


def _change(standing: Any, level: str, shown: continuity.Preview, setting: Setting) -> Any:
    return continuity.change_level(
        activation_id=standing.pk,
        level=level,
        decision=setting.decision,
        by=setting.actor,
        at=setting.at,
        fingerprint=shown.fingerprint,
        effective_at=setting.begins,
    )


@command("plan extend", help="keep what is active and set a later review", arguments=DECISION)
def extend(options: Options, out: Output) -> None:
    with working(options) as actor:
        setting = _setting(options, actor)
        standing = _standing(_plan_code(options, actor), setting, options)
        shown = continuity.preview_extend(activation=standing, scope=setting.scope, at=setting.at)
        done = None
        if options.apply:
            done = continuity.extend(
                activation_id=standing.pk, decision=setting.decision, by=actor, at=setting.at
            )
    _answer(shown, options, out, applied=done)


@command("plan lift", help="end what is active; services work as usual again", arguments=DECISION)
def lift(options: Options, out: Output) -> None:
    with working(options) as actor:
        setting = _setting(options, actor)
        standing = _standing(_plan_code(options, actor), setting, options)
        shown = continuity.preview_lift(activation=standing, scope=setting.scope, at=setting.begins)
        done = None
        if options.apply:
            done = continuity.lift(
                activation_id=standing.pk,
                decision=setting.decision,
                by=actor,
                at=setting.at,
                fingerprint=shown.fingerprint,
                effective_at=setting.begins,
            )
    _answer(shown, options, out, applied=done)


def _standing(code: str, setting: Setting, options: Options) -> Any:
    return continuity.standing_activation(
        plan_code=code, scope=setting.scope, by=setting.actor, exercise=options.exercise
    )


@command(
    "plan override",
    help="decide the mode of one service whatever the levels say, or end such a decision",
    arguments=[
        argument("service", metavar="SERVICE", help="such as repairs"),
        argument("values", nargs="*", metavar="FIELD=VALUE", help="such as accept=all"),
        argument("--end", action="store_true", help="end the override of this service there"),
        ORGANISATION, PLACE, SCOPE, AT, DECIDED_BY, REVIEW_ON, REASON, APPLY, JSON,
    ],
)  # fmt: skip
def override(options: Options, out: Output) -> None:
    options.scope = options.place or options.scope
    with working(options) as actor:
        setting = _setting(options, actor)
        if options.end:
            _end_override(options, setting, out)
            return
        values = _values(options.values)
        shown = continuity.override_preview(
            service=options.service, values=values, scope=setting.scope, at=setting.begins
        )
        done = None
        if options.apply:
            done = continuity.override(
                service=options.service,
                values=values,
                scope=setting.scope,
                decision=setting.decision,
                by=actor,
                at=setting.at,
                fingerprint=shown.fingerprint,
                effective_at=setting.begins,
            )
    _answer(shown, options, out, applied=done)


def _values(written: list[str]) -> dict[str, str]:
    """Read FIELD=VALUE words. Raises: Misused."""
    pairs = [one.partition("=") for one in written]
    if not pairs or any(not separator or not field or not value for field, separator, value in pairs):
        raise Misused("Say what to decide: FIELD=VALUE, such as accept=all.")
    return {field: value for field, _separator, value in pairs}


def _end_override(options: Options, setting: Setting, out: Output) -> None:
    standing = continuity.standing_override(service=options.service, scope=setting.scope)
    if standing is None:
        out.refuse(f"No override of {options.service} is in force there.")
        return
    shown = continuity.preview_override_end(override=standing, scope=setting.scope, at=setting.begins)
    done = None
    if options.apply:
        done = continuity.lift_override(
            override_id=standing.pk, reason=options.reason, by=setting.actor, at=setting.at
        )
    _answer(shown, options, out, applied=done)


@command(
    "plan status",
    help="say which levels are in force and how each service works",
    arguments=[
        ORGANISATION, PLAN, PLACE,
        argument("--scope", metavar="KIND:CODE", help="same as --place"),
        argument("--at", type=moment, metavar="T", help="at this time instead of now"),
        argument("--known-at", type=moment, metavar="T", help="as people knew it then"),
        JSON,
    ],
)  # fmt: skip
def status(options: Options, out: Output) -> None:
    with working(options):
        said = continuity.status(
            at=options.at or timezone.now(),
            place=place_named(options.place or options.scope),
            known_at=options.known_at,
        )
    if options.plan:
        said["activations"] = [one for one in said["activations"] if one["plan"] == options.plan]
    if options.json:
        out.json(said)
        return
    for one in said["activations"]:
        review = one["review_on"] or "–"
        out.say(f"{one['plan']} {one['level']} · {one['scope']} · since {one['since']} · review {review}")
    if not said["activations"]:
        out.say("No level is in force.")
    rows = [
        (key, one["state"], ", ".join(f"{field}={value}" for field, value in one["fields"].items()))
        for key, one in said["modes"].items()
    ]
    out.table(("service", "state", "mode"), rows)


# Answers.


def _answer(shown: continuity.Preview, options: Options, out: Output, *, applied: Any) -> None:
    """Print the numbers; after --apply, they are those that the decision keeps."""
    said = shown.as_json() | {"fingerprint": shown.fingerprint, "applied": applied is not None}
    said["reference"] = getattr(applied, "reference", None) or None
    if options.json:
        out.json(said)
    else:
        _say(shown, said, out)
    if applied is None and "apply" in options and not options.apply:
        out.dry()


def _say(shown: continuity.Preview, said: dict[str, Any], out: Output) -> None:
    rows = [
        (one.service.name, f"{one.before.state.value} → {one.after.state.value}", _fields(one))
        for one in shown.changes
    ]
    out.table(("service", "state", "mode"), rows)
    for one in shown.masked:
        out.remark(f"{one.name}: unchanged, something more protective already decides.")
    for one in shown.elsewhere:
        out.remark(f"{one.name}: not decided at this scope.")
    staff = said["staff"]
    out.say(f"action cards {said['tasks']} · notices {said['notices']} · posters {said['posters']}")
    out.say(
        f"staff: needed {_number(staff['needed'])}, present {staff['present']}, absent {staff['absent']}, "
        f"unknown {staff['unknown']}"
    )
    if said["reference"]:
        out.say(said["reference"])


def _fields(change: Any) -> str:
    return ", ".join(f"{label}: {before} → {after}" for label, before, after in change.fields)


def _number(value: int | None) -> str:
    return "–" if value is None else str(value)
