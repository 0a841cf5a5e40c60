"""Puts the demonstration into an installation: organisations, accounts, files loaded."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from palier.config.demo import facts, life
from palier.config.demo.facts import FederationSpec, LandlordSpec
from palier.config.demo.files import EXPORTED_BEFORE, write_all
from palier.config.demo.staffing import Agent, agents
from palier.config.start import acting_as_owner
from palier.kernel import journal
from palier.kernel.access import system_actor
from palier.kernel.access.roles import Role
from palier.kernel.errors import DomainError
from palier.kernel.imports import selectors as import_selectors
from palier.kernel.imports import services as imports
from palier.kernel.imports.enums import Coverage
from palier.kernel.jobs.running import deliver_waiting
from palier.kernel.journal.models import JournalEntry
from palier.kernel.organisations.current import open_organisation, open_shared
from palier.kernel.organisations.models import Organisation

# Printed at the end of `make run`, refused everywhere but in development: see `config.cli.demo`.
PASSWORD = "palier-demonstration"
EVERYTHING = ("demo@palier.example", "Camille Ferrand")
BUILT = "demo.built"

Tell = Callable[[str], None]


class NotADemonstration(DomainError):
    code = "demo.not-a-demonstration"
    message = "“{name}” is a real organisation of this installation: the demonstration leaves it alone."


class FileRefused(DomainError):
    code = "demo.file-refused"
    message = "The demonstration's own file {kind} of {slug} was refused at {refused} lines: {errors}"


@dataclass(frozen=True)
class SignIn:
    """A printed sign-in."""

    email: str
    name: str
    organisation: str
    roles: tuple[str, ...]


def is_built(slug: str) -> bool:
    """Tell whether a demonstration organisation is there, whole."""
    organisation = Organisation.objects.filter(slug=slug).first()
    if organisation is None:
        return False
    if not organisation.is_demonstration:
        raise NotADemonstration(name=organisation.name)
    with open_organisation(organisation):
        return JournalEntry.objects.filter(kind=BUILT).exists()


def sign_in_lines() -> list[str]:
    """Return the accounts that everybody starts with, and those of the first landlord, from the database."""
    from palier.kernel.accounts.models import Membership

    members = Membership.objects.filter(organisation__is_demonstration=True, user__email__endswith=".example")
    found = list(
        members.select_related("user", "organisation").order_by("organisation__created_at", "created_at")
    )
    if not found:
        return []
    first = found[0].organisation_id
    labels = dict(Role.choices)
    lines = [f"{EVERYTHING[0]}  every organisation", f"password of all: {PASSWORD}"]
    for member in found:
        if member.organisation_id == first and member.user.email != EVERYTHING[0]:
            roles = ", ".join(str(labels[role]) for role in member.roles)
            lines.append(f"{member.user.email}  {member.organisation.name}: {roles}")
    return lines


def sign_ins(scale: facts.Scale, seed: int, on: date) -> list[SignIn]:
    """Return the accounts that the demonstration has, the one that sees everything first."""
    found = [SignIn(*EVERYTHING, "", ("director", "administrator"))]
    for spec in scale.landlords:
        found += [
            SignIn(agent.account, agent.full_name, spec.slug, agent.roles)
            for agent in agents(spec, seed, on - EXPORTED_BEFORE)
            if agent.account
        ]
    found.append(
        SignIn(
            f"union@{scale.federation.slug}.example",
            "Élise Vidal",
            scale.federation.slug,
            ("federation", "administrator"),
        )
    )
    return found


def install_landlord(spec: LandlordSpec, *, seed: int, now: datetime, folder: Path, tell: Tell) -> None:
    """Build one landlord whole, or again if an earlier run was stopped half-way."""
    on = timezone.localdate(now)
    organisation = _fresh(spec.slug, lambda: _create_landlord(spec), tell)
    staff = agents(spec, seed, on - EXPORTED_BEFORE)
    with open_shared():
        _open_accounts(organisation, staff)
    with open_organisation(organisation):
        for written in write_all(spec, seed, on, folder / spec.slug):
            tell(f"{spec.name}: {written.kind}, {written.lines} lines")
            _load(spec, written.kind, written.path, at=_start(now))
        life.live(spec, staff, seed=seed, now=now, tell=tell)
        _finished(now)


def install_federation(spec: FederationSpec, *, now: datetime, tell: Tell) -> None:
    """Build the regional union."""
    organisation = _fresh(spec.slug, lambda: _create_federation(spec), tell)
    with open_shared():
        _account(organisation, f"union@{spec.slug}.example", "Élise Vidal", ("federation", "administrator"))
        _account(organisation, *EVERYTHING, ("federation", "administrator"))
    with open_organisation(organisation):
        _finished(now)


def _fresh(slug: str, create: Callable[[], Organisation], tell: Tell) -> Organisation:
    """Return a new organisation; what a stopped run left of it is erased first."""
    from palier.kernel.organisations.provision import drop_organisation

    former = Organisation.objects.filter(slug=slug).first()
    with acting_as_owner():
        if former is not None:
            tell(f"{slug}: clearing what a stopped run left")
            drop_organisation(former)
        tell(f"{slug}: tables")
        created = create()
    return Organisation.objects.get(pk=created.pk)


def _create_landlord(spec: LandlordSpec) -> Organisation:
    from palier.kernel.organisations.provision import create_organisation

    return create_organisation(
        slug=spec.slug,
        name=spec.name,
        kind="landlord",
        legal_family=spec.family,
        siren=spec.siren,
        region="76",
        departments=list(spec.departments),
        address=spec.address,
        phone=spec.phone,
        on_call_number=spec.on_call,
        email=f"accueil@{spec.domain}",
        website=f"https://www.{spec.domain}",
        dpo_contact=f"dpo@{spec.domain}",
        is_demonstration=True,
    )


def _create_federation(spec: FederationSpec) -> Organisation:
    from palier.kernel.organisations.provision import create_organisation

    return create_organisation(
        slug=spec.slug,
        name=spec.name,
        kind="federation",
        siren=spec.siren,
        region=spec.region,
        departments=list(spec.departments),
        email=f"contact@{spec.slug}.example",
        is_demonstration=True,
    )


def _open_accounts(organisation: Organisation, staff: tuple[Agent, ...]) -> None:
    for agent in staff:
        if agent.account:
            _account(organisation, agent.account, agent.full_name, agent.roles)
    _account(organisation, *EVERYTHING, (Role.DIRECTOR, Role.ADMINISTRATOR))


def _account(organisation: Organisation, email: str, name: str, roles: tuple[str, ...]) -> None:
    """Open an account with the demonstration's password, or give the one that is there these roles here."""
    from palier.kernel.accounts.models import Membership, User

    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create(email=email, name=name, password=_hashed())
    Membership.objects.update_or_create(
        user=user,
        organisation=organisation,
        defaults={"roles": [str(role) for role in roles], "is_active": True},
    )


_HASH: list[str] = []


def _hashed() -> str:
    """Hash the password once: forty times would cost more than the rest of the accounts."""
    from django.contrib.auth.hashers import make_password

    if not _HASH:
        _HASH.append(make_password(PASSWORD))
    return _HASH[0]


def _start(now: datetime) -> datetime:
    """When the files were loaded: five weeks ago, so that what follows has a past."""
    day = timezone.localdate(now) - EXPORTED_BEFORE
    return timezone.make_aware(datetime.combine(day, time(8, 30)))


def _load(spec: LandlordSpec, kind: str, path: Path, *, at: datetime) -> None:
    """Load a file through the same steps as a person would. Raises: FileRefused."""
    by = system_actor("demonstration", organisation=spec.slug, via="command")
    batch = imports.receive(
        kind=kind,
        data=path.read_bytes(),
        file_name=path.name,
        coverage=Coverage.FULL,
        by=by,
        at=at,
        day=timezone.localdate(at),
        limited=False,
    )
    batch = imports.check_batch(batch_id=batch.pk, by=by, at=at, preview=False)
    if batch.refused:
        first = import_selectors.report(batch)["errors"][:3]
        raise FileRefused(kind=kind, slug=spec.slug, refused=batch.refused, errors=first)
    imports.begin_apply(batch_id=batch.pk, by=by, at=at)
    imports.apply_batch(batch_id=batch.pk, by=by, at=at)
    deliver_waiting()


@transaction.atomic
def _finished(now: datetime) -> None:
    journal.record(BUILT, by=system_actor("demonstration", via="command"), at=now, subject=None)
