"""Seal a person, and undo it. Everything that says who she is moves into one encrypted file.

What is moved, in what order and why is told in docs/threat-model.md.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, connection, transaction
from django.db.models import Model, Q
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext_lazy as _

from palier.kernel import journal, keys
from palier.kernel.access import Actor
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.events import publish
from palier.kernel.jobs import defer
from palier.kernel.organisations.current import current_organisation
from palier.modules.people.enums import (
    AliasFact,
    Channel,
    Exclusion,
    Language,
    PartyRole,
    PersonKind,
    SealedFact,
)
from palier.modules.people.events import ContactStopped, PersonSealed, PersonUnsealed
from palier.modules.people.models import (
    Consent,
    ContactPoint,
    Household,
    Lease,
    LeaseParty,
    Person,
    PersonAlias,
    SealedDigest,
    SealedIdentity,
    SealedReader,
    VulnerabilityMarker,
)
from palier.modules.people.models.persons import IDENTITY_COLUMNS
from palier.modules.people.permissions import Permission
from palier.modules.people.rules.contacts import writings_of
from palier.modules.people.rules.words import identifying_words
from palier.modules.people.selectors.merging import former_identities
from palier.modules.people.selectors.recognition import digest_of, given_variants, identity_mark

MOVED = (ContactPoint, Consent, VulnerabilityMarker, LeaseParty, PersonAlias)
"""Tables whose rows about her go into the file whole, and come back with the same ids."""


class ReasonMissing(DomainError):
    code = "people.reason-missing"
    message = _("Say why. The reason is kept with the file, where only the referents named on it read it.")


class AlreadySealed(DomainError):
    code = "people.already-sealed"
    message = _("This person is sealed already.")


class CannotUnseal(DomainError):
    code = "people.cannot-unseal"
    message = _(
        "Somebody else now has her reference or her contract number. Correct theirs first; the file stays "
        "sealed."
    )


@transaction.atomic
def seal(*, person_id: UUID, reason: str, by: Actor, at: datetime) -> SealedIdentity:
    """Hide a person from everything but her own file, and make the whole organisation forget her.

    Raises: ReasonMissing, AlreadySealed, NotFound, NotAllowed, MasterKeyMissing.
    Legal: Code civil, art. 515-11 6° and 6° bis (address hidden); domain dossier § 4.5.
    """
    by.must(Permission.SEALED_SEAL)
    if not reason.strip():
        raise ReasonMissing
    person = Person.objects.select_for_update(of=("self",)).filter(pk=person_id).first()
    if person is None:
        raise NotFound
    if person.is_sealed:
        raise AlreadySealed
    if not keys.sealings():
        keys.ensure_master_key()
    leases = _leases_of(person)
    content = _content(person, leases, reason=reason, by=by, at=at)
    file, key = _make_file(person, content, by=by, at=at)
    subject = _subject(person, content, key, by=by, at=at)
    _remember_marks(file, person, content)
    with without_audit():
        _empty(person, leases, at=at)
    counts = keys.forget_everywhere(subject)
    journal.record("people.person.seal", by=by, at=at, subject=person, erased=sum(counts.values()))
    _tell(person, at=at)
    _erase_files(subject)
    _register(person.pk, at=at)
    return file


@transaction.atomic
def seal_together(
    *, person_id: UUID, together: Iterable[UUID], reason: str, by: Actor, at: datetime
) -> SealedIdentity:
    """Seal a person and those who live with her, all or none; return her file.

    Those who live with her come first: their place in her lease goes into their own file.
    Raises: as `seal`.
    """
    for other_id in sorted(set(together) - {person_id}):
        seal(person_id=other_id, reason=reason, by=by, at=at)
    return seal(person_id=person_id, reason=reason, by=by, at=at)


@transaction.atomic
def unseal(*, file: SealedIdentity, content: dict[str, Any], by: Actor, at: datetime) -> Person:
    """Give a person back to everyone. What was erased elsewhere stays erased; the register forgets her.

    `content` is what `reading.open_file` gave: nobody unseals what they may not read.
    Raises: CannotUnseal, NotAllowed.
    """
    by.must(Permission.SEALED_SEAL)
    person = Person.objects.select_for_update(of=("self",)).get(pk=file.person_id)
    try:
        with transaction.atomic():
            _give_back(person, content)
    except IntegrityError as refused:
        raise CannotUnseal from refused
    file.tray_lines.all().delete()
    file.delete()
    journal.record("people.person.unseal", by=by, at=at, subject=person)
    publish(PersonUnsealed(person_id=str(person.pk), at=at))
    keys.record_unsealing(schema=current_organisation().schema_name, person_id=person.pk, at=at)
    return person


def seal_again(*, by: Actor, at: datetime) -> int:
    """Seal everyone whom the register beside the key names and the database shows: what restore runs.

    A backup made before a sealing holds the person in clear. Returns how many were sealed.
    """
    sealed = 0
    for line in keys.sealings(current_organisation().schema_name):
        if Person.objects.filter(pk=line.person_id, sealed_at__isnull=True).exists():
            seal(person_id=line.person_id, reason=str(_("Sealed again after a restore")), by=by, at=at)
            sealed += 1
    return sealed


# -- What goes into the file -----------------------------------------------------------------------


def _leases_of(person: Person) -> list[Lease]:
    return list(Lease.objects.select_for_update(of=("self",)).filter(parties__person=person).order_by("pk"))


def _content(person: Person, leases: list[Lease], *, reason: str, by: Actor, at: datetime) -> dict[str, Any]:
    """Gather, as JSON, everything that must come back whole if she is unsealed."""
    alone = [lease for lease in leases if _is_alone(person, lease)]
    others = LeaseParty.objects.filter(lease__in=alone).exclude(person=person).order_by("pk")
    homes = (
        Household.objects.filter(Q(pk=person.household_id) | Q(leases__in=alone)).distinct().order_by("pk")
    )
    return {
        "identity": person.identity(),
        "rows": {model._meta.db_table: _rows(model, person) for model in MOVED},
        # Who she was in records merged into hers: other spellings, other codes.
        "former": former_identities(person.pk),
        "leases": [
            {name: getattr(one, name) for name in ("id", "reference", "household_id", "balance", "balance_on")}
            for one in alone
        ],
        "kept": [lease.pk for lease in leases if lease not in alone and not lease.is_kept_when_absent],
        # A child's place in her lease would lead to her door: it is kept here, and given back with the rest.
        "others": [_row(party) for party in others],
        "households": [_row(home) for home in homes],
        "reason": reason.strip(),
        "sealed_by": by.name,
        "sealed_at": at,
        "safe": {"channel": "", "how": ""},
    }  # fmt: skip


def _is_alone(person: Person, lease: Lease) -> bool:
    """A lease is hers alone when no other holder or co-holder in clear remains in it."""
    holders = (PartyRole.HOLDER, PartyRole.CO_HOLDER)
    mine = lease.parties.filter(person=person, role__in=holders).exists()
    return mine and not lease.parties.exclude(person=person).filter(role__in=holders).exists()


def _rows(model: type[Model], person: Person) -> list[dict[str, Any]]:
    return [_row(row) for row in model._default_manager.filter(person=person).order_by("pk")]


def _row(record: Model) -> dict[str, Any]:
    return {
        field.attname: getattr(record, field.attname)
        for field in record._meta.concrete_fields
        if not getattr(field, "generated", False)
    }


def as_bytes(content: dict[str, Any]) -> bytes:
    """Return a file's content as it is encrypted."""
    return json.dumps(content, cls=DjangoJSONEncoder, ensure_ascii=False).encode()


def _make_file(
    person: Person, content: dict[str, Any], *, by: Actor, at: datetime
) -> tuple[SealedIdentity, keys.DataKey]:
    file = SealedIdentity(person=person, sealed_at=at, sealed_by=by.name, updated_at=at)
    key = keys.new_data_key(about=key_about(file))
    file.wrapped_key, file.payload = key.wrapped, key.encrypt(as_bytes(content), about=payload_about(file))
    file.save(force_insert=True)
    if by.user_id is not None:
        SealedReader.objects.create(
            file=file, user_id=by.user_id, name=by.name, named_by=by.name, named_at=at
        )
    return file, key


def key_about(file: SealedIdentity) -> str:
    """Return what a file's data key is bound to: it opens no other file, in no other organisation."""
    return f"{current_organisation().schema_name}:people_sealed_identity:{file.pk}:key"


def payload_about(file: SealedIdentity) -> str:
    """Return what a file's content is bound to."""
    return f"{current_organisation().schema_name}:people_sealed_identity:{file.pk}:payload"


def _remember_marks(file: SealedIdentity, person: Person, content: dict[str, Any]) -> None:
    """Keep keyed digests of what recognises her exactly, so that no file and no form brings her back."""
    marks = {(SealedFact.REFERENCE, value) for value in _references(content) if value}
    marks |= {(SealedFact.CONTRACT, lease["reference"]) for lease in content["leases"] if lease["reference"]}
    for who in (person.identity(), *content["former"]):
        born = _day(who["birth_on"])
        if born is None:
            continue
        marks |= {
            (SealedFact.IDENTITY, identity_mark(family, given, born))
            for family in (who["family_name"], who["birth_name"])
            if family
            for given in given_variants(who["given_names"])
        }
    SealedDigest.objects.bulk_create(
        [SealedDigest(file=file, fact=fact, digest=digest_of(fact, value)) for fact, value in sorted(marks)]
    )


def _references(content: dict[str, Any]) -> list[str]:
    """Return the codes under which files may still name her."""
    aliases = content["rows"]["people_person_alias"]
    former = [one["value"] for one in aliases if one["fact"] != AliasFact.ID]
    return [content["identity"]["reference"], *former]


def _subject(
    person: Person, content: dict[str, Any], key: keys.DataKey, *, by: Actor, at: datetime
) -> keys.SealedSubject:
    records = [("people_person", str(person.pk))]
    records += [(table, str(row["id"])) for table, rows in content["rows"].items() for row in rows]
    records += [("people_person", one["id"]) for one in content["former"]]
    records += [("people_lease", str(lease["id"])) for lease in content["leases"]]
    records += [("people_lease_party", str(party["id"])) for party in content["others"]]
    words = words_of(content)
    return keys.SealedSubject(
        person_id=person.pk, records=tuple(records), words=tuple(words), key=key, by=by, at=at
    )


def words_of(content: dict[str, Any]) -> list[str]:
    """Return the texts by which the person of a file would be recognised wherever they stand."""
    identity, points = content["identity"], content["rows"]["people_contact_point"]
    phones = [
        writing
        for point in points
        if point["channel"] == Channel.PHONE
        for writing in writings_of(point["value"])
    ]
    contracts = [lease["reference"] for lease in content["leases"]]
    aliases = content["rows"].get("people_person_alias", ())
    contracts += [one["value"] for one in aliases if one["fact"] != AliasFact.ID]
    words = [word for one in content.get("former", ()) for word in _words_of_former(one)]
    return words + identifying_words(
        family_names=(identity["family_name"], identity["birth_name"]),
        given_names=identity["given_names"],
        legal_name=identity["legal_name"],
        references=(identity["reference"], identity["external_key"], *contracts),
        values=[*(point["value"] for point in points), *phones],
        namesakes=_namesakes(identity["family_name"]),
    )


def _words_of_former(one: dict[str, Any]) -> list[str]:
    """The words of a record that was merged into hers."""
    return identifying_words(
        family_names=(one["family_name"], one["birth_name"]),
        given_names=one["given_names"],
        legal_name=one["legal_name"],
        references=(one["reference"], one["external_key"]),
        values=[],
        namesakes=_namesakes(one["family_name"]),
    )


def _namesakes(family_name: str) -> int:
    """Count the others who bear a name. She is one of them until her row is emptied."""
    if not family_name:
        return 0
    return max(Person.objects.in_clear().filter(family_name__iexact=family_name).count() - 1, 0)


# -- What remains in clear --------------------------------------------------------------------------


def _empty(person: Person, leases: list[Lease], *, at: datetime) -> None:
    """Leave the id, and the dwelling occupied by somebody; nothing else, and no link between the two."""
    ContactPoint.objects.filter(shared_with=person).update(shared_with=None, is_shared=False)
    alone = [lease for lease in leases if _is_alone(person, lease)]
    for lease in leases:
        if lease not in alone and not lease.is_kept_when_absent:
            # Her line of the file will be set aside from now on: the lease of the others must not look
            # absent.
            Lease.objects.filter(pk=lease.pk).update(is_kept_when_absent=True)
    homes = list(
        Household.objects.filter(Q(pk=person.household_id) | Q(leases__in=[one.pk for one in alone]))
    )
    for lease in alone:
        _empty_lease(lease, at=at)
    for model in MOVED:
        model._default_manager.filter(person=person).delete()
    for column in IDENTITY_COLUMNS:
        setattr(person, column, None if column in ("birth_on", "deceased_on", "household_id") else "")
    person.kind, person.language, person.sealed_at = PersonKind.NATURAL, Language.FRENCH, at
    person.save(update_fields=[*(c.removesuffix("_id") for c in IDENTITY_COLUMNS), "sealed_at"])
    for home in homes:
        if not home.members.exists() and not home.leases.exists():
            home.delete()
        elif not home.leases.exists():
            Household.objects.filter(pk=home.pk).update(external_key="")


@contextmanager
def without_audit() -> Iterator[None]:
    """Keep the trigger from writing, at one same instant, which rows were hers: the journal says what was done."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('palier.bulk_load', true), '')")
        (before,) = cursor.fetchone()
        cursor.execute("SELECT set_config('palier.bulk_load', 'on', true)")
        yield
        cursor.execute("SELECT set_config('palier.bulk_load', %s, true)", [before])


def coarse(at: datetime) -> datetime:
    """Return the first instant of a year: a lease sealed at the very second of a person would tell whose it is."""
    return localtime(at).replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)


def _empty_lease(lease: Lease, *, at: datetime) -> None:
    lease.parties.all().delete()
    lease.reference, lease.household_id, lease.balance, lease.balance_on = "", None, None, None
    lease.sealed_at = coarse(at)
    lease.save(update_fields=["reference", "household", "balance", "balance_on", "sealed_at"])


def _give_back(person: Person, content: dict[str, Any]) -> None:
    for home in content["households"]:
        Household.objects.update_or_create(pk=home["id"], defaults=_without_id(home))
    identity = {
        **content["identity"],
        "birth_on": _day(content["identity"]["birth_on"]),
        "deceased_on": _day(content["identity"]["deceased_on"]),
    }
    for column, value in identity.items():
        setattr(person, column, value)
    person.sealed_at = None
    person.save()
    for lease in content["leases"]:
        balance = Decimal(lease["balance"]) if lease["balance"] is not None else None
        Lease.objects.filter(pk=lease["id"]).update(
            reference=lease["reference"],
            household_id=lease["household_id"],
            balance=balance,
            balance_on=_day(lease["balance_on"]),
            sealed_at=None,
        )
    Lease.objects.filter(pk__in=content["kept"]).update(is_kept_when_absent=False)
    for model in MOVED:
        for row in content["rows"][model._meta.db_table]:
            model(**_parsed(model, row)).save(force_insert=True)
    for row in content["others"]:
        # Somebody sealed since keeps their own place in their own file.
        if Person.objects.in_clear().filter(pk=row["person_id"]).exists():
            LeaseParty(**_parsed(LeaseParty, row)).save(force_insert=True)


def _without_id(row: dict[str, Any]) -> dict[str, Any]:
    return {column: value for column, value in row.items() if column != "id"}


def _parsed(model: type[Model], row: dict[str, Any]) -> dict[str, Any]:
    """Turn the texts of JSON back into what the columns hold."""
    return {
        field.attname: field.to_python(row[field.attname]) if row.get(field.attname) is not None else None
        for field in model._meta.concrete_fields
        if not getattr(field, "generated", False) and field.attname in row
    }


def _day(value: str | date | None) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value


# -- What follows -----------------------------------------------------------------------------------


def _tell(person: Person, *, at: datetime) -> None:
    publish(PersonSealed(person_id=str(person.pk), at=at))
    publish(
        ContactStopped(
            person_ids=(str(person.pk),), from_on=localdate(at), why=Exclusion.PROTECTED.value, at=at
        )
    )


def _erase_files(subject: keys.SealedSubject) -> None:
    """Delete the files in clear once the transaction holds; the job does it again if the machine stops
    between.
    """
    paths = list(subject.files_to_erase)
    if paths:
        defer("people.erase-files", paths=paths)
        transaction.on_commit(lambda: erase_files(paths))


def erase_files(paths: list[str]) -> int:
    """Delete files whose encrypted copy is committed. Safe to run twice."""
    erased = 0
    for path in paths:
        target = Path(path)
        if target.is_file():
            target.unlink()
            erased += 1
    return erased


def _register(person_id: UUID, *, at: datetime) -> None:
    """Write the register last: on the disk before the commit, taken back if the commit never comes.

    Of the two ways to fail, sealing somebody again after a restore who was not sealed is the one that harms
    nobody.
    """
    keys.record_sealing(schema=current_organisation().schema_name, person_id=person_id, at=at)
