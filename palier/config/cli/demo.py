"""`palier demo`: invented landlords on real communes, to try everything on."""

from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from django.utils import timezone

from palier.config.cli.framework import APPLY, Misused, Options, Output, argument, command
from palier.config.cli.framework import day as day_argument

SCALES = ("small",)


@command(
    "demo",
    help="build the demonstration: invented landlords on real communes, with a few weeks of life",
    arguments=[
        argument(
            "--scale",
            choices=SCALES,
            default="small",
            help="how much of it (small: 3 landlords, 6,000 dwellings)",
        ),
        argument("--seed", type=int, default=2020, help="another seed, other people"),
        argument("--on", type=day_argument, metavar="DATE", help="build it as of this day instead of today"),
        argument("--files-only", action="store_true", help="only write the files that a landlord would load"),
        argument(
            "--into", type=Path, metavar="FOLDER", help="where the files go (default: PALIER_DATA/demo)"
        ),
        APPLY,
    ],
)
def demo(options: Options, out: Output) -> None:
    from palier.config.demo import facts

    scale = facts.SCALES[options.scale]()
    now = _moment(options.on)
    folder = options.into or _folder()
    if options.files_only:
        _write(scale, options, now, folder, out)
        return
    _refuse_in_production()
    _announce(scale, folder, out)
    if not options.apply:
        out.dry()
        return
    _build(scale, options, now, folder, out)
    _print_sign_ins(scale, options.seed, timezone.localdate(now), out)


def _moment(on: date | None) -> datetime:
    """The moment as of which everything is told: now, or noon of the day asked."""
    return timezone.make_aware(datetime.combine(on, time(12))) if on else timezone.now()


def _folder() -> Path:
    from django.conf import settings

    return Path(settings.DATA_FOLDER) / "demo"


def _refuse_in_production() -> None:
    """The demonstration's password is public: it has no place beside real people. Raises: Misused."""
    from palier.config.environment import ENV

    if ENV.env == "prod":
        raise Misused("The demonstration has a public password: it is not built where PALIER_ENV is prod.")


def _write(scale: Any, options: Options, now: datetime, folder: Path, out: Output) -> None:
    from palier.config.demo.files import write_all

    for spec in scale.landlords:
        for written in write_all(spec, options.seed, timezone.localdate(now), folder / spec.slug):
            out.say(f"{written.path}  {written.lines} lines")


def _announce(scale: Any, folder: Path, out: Output) -> None:
    for spec in scale.landlords:
        out.remark(f"{spec.name} ({spec.family.upper()}, /o/{spec.slug}/): about {spec.dwellings} dwellings")
    out.remark(f"{scale.federation.name} (/o/{scale.federation.slug}/)")
    out.remark(f"Files in {folder}")


def _build(scale: Any, options: Options, now: datetime, folder: Path, out: Output) -> None:
    from palier.config.demo import install
    from palier.kernel.keys import ensure_master_key

    ensure_master_key()
    missing = [spec for spec in scale.landlords if not install.is_built(spec.slug)]
    needs_union = not install.is_built(scale.federation.slug)
    if not missing and not needs_union:
        out.remark("The demonstration is already there.")
        return
    with out.progress("Building the demonstration", len(missing) + needs_union) as advance:
        for spec in missing:
            install.install_landlord(spec, seed=options.seed, now=now, folder=folder, tell=out.remark)
            advance(1)
        if needs_union:
            install.install_federation(scale.federation, now=now, tell=out.remark)
            advance(1)


def _print_sign_ins(scale: Any, seed: int, on: date, out: Output) -> None:
    from palier.config.demo import install
    from palier.kernel.access.roles import Role

    labels = dict(Role.choices)
    shown = ("", scale.landlords[0].slug, scale.federation.slug)
    for one in install.sign_ins(scale, seed, on):
        if one.organisation in shown:
            roles = ", ".join(str(labels[role]) for role in one.roles)
            out.say(f"{one.email:<38} {one.organisation or 'every organisation':<20} {one.name} ({roles})")
    out.say(f"password of all: {install.PASSWORD}")
