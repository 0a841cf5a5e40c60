"""Make two records of one person into one. Undoing it is in `unmerging.py`."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.errors import DomainError, NotFound
from palier.kernel.events import publish
from palier.modules.people.enums import AliasFact, Exclusion, PairState
from palier.modules.people.events import ContactStopped, PersonsMerged
from palier.modules.people.models import (
    Consent,
    ContactPoint,
    DuplicatePair,
    LeaseParty,
    Merge,
    Person,
    PersonAlias,
    VulnerabilityMarker,
)
from palier.modules.people.permissions import Permission
from palier.modules.people.rules import merging as rules
from palier.modules.people.selectors import merging as selectors
from palier.modules.people.services.absorbing import Recorder, absorb


class MergedAlready(DomainError):
    code = "people.merged-already"
    message = _("One of the two was merged into another person in the meantime: {name}. Open their page.")


class OfTwoKinds(DomainError):
    code = "people.merge-of-two-kinds"
    message = _("A person and a body are not one. Correct the one that was recorded wrong, then merge.")


class PreviewChanged(DomainError):
    code = "people.merge-preview-changed"
    message = _(
        "Something changed since this page was shown. Here is what merging would do now: confirm again."
    )


class NotCertain(DomainError):
    code = "people.merge-not-certain"
    message = _("The two have different birth dates. Tick the box if you checked that they are one person.")


class MergeBlocked(DomainError):
    code = "people.merge-blocked"
    message = _(
        "The two cannot be one in “{what}”: what each of them has there excludes the other. Close one of them first."
    )


@transaction.atomic
def merge(
    *,
    kept_id: UUID,
    gone_id: UUID,
    fingerprint: str,
    by: Actor,
    at: datetime,
    choices: Mapping[str, str] | None = None,
    is_certain: bool = False,
) -> Merge:
    """Add one record to another. Whatever pointed to the one points to the other, in every module.

    `fingerprint` is that of the preview which was confirmed. Where both said something on one matter, what protects
    most stays: an objection, an unsafe number, a death. Every row written is noted, so that all can be undone.
    Raises: PreviewChanged, NotCertain, OfTwoKinds, MergedAlready, MergeBlocked, NotFound, NotAllowed.
    Legal: RGPD art. 5-1 d (accuracy), art. 21 (an objection is not lost).
    """
    by.must(Permission.PERSON_MERGE)
    kept, gone = _lock_both(kept_id, gone_id, by=by)
    shown = selectors.preview(kept_id=kept_id, gone_id=gone_id, actor=by, on=localdate(at), choices=choices)
    if shown.fingerprint != fingerprint:
        raise PreviewChanged
    if shown.needs_certainty and not is_certain:
        raise NotCertain
    done = Merge.objects.create(
        kept_id=kept.pk, gone_id=gone.pk, merged_at=at, merged_by=by.name, merged_by_id=by.user_id
    )
    recorder = Recorder(done)
    values = rules.chosen_values(kept.identity(), gone.identity(), choices or {})
    with _blocked():
        settled = _settle_own_tables(kept, gone, recorder, by=by, at=at)
        done.moved, others = absorb(Person, recorder, kept=str(kept.pk), gone=str(gone.pk))
        done.settled = {name: settled.get(name, 0) + others.get(name, 0) for name in settled | others}
        _unite(kept, gone, values, recorder, at=at)
    recorder.save()
    done.save(update_fields=["moved", "settled"])
    _redirect_waiting_news(kept, gone)
    journal.record("people.person.merge", by=by, at=at, subject=kept, merge_id=str(done.pk))
    publish(PersonsMerged(kept_id=str(kept.pk), gone_id=str(gone.pk), at=at))
    if values["deceased_on"] and not kept.deceased_on:
        why = Exclusion.DECEASED.value
        publish(ContactStopped(person_ids=(str(kept.pk),), from_on=values["deceased_on"], why=why, at=at))
    return done


def _lock_both(kept_id: UUID, gone_id: UUID, *, by: Actor) -> tuple[Person, Person]:
    """Lock two persons, always in the same order: two merges the other way round wait, and never for each other."""
    ids = sorted((kept_id, gone_id))
    people = Person.objects.visible_to(by).select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
    found = {one.pk: one for one in people}
    for missing in (one for one in ids if one not in found):
        into = selectors.kept_instead_of(missing)
        person = Person.objects.visible_to(by).filter(pk=into).first() if into else None
        if person is not None:
            raise MergedAlready(name=person.name)
        raise NotFound
    if kept_id == gone_id:
        raise NotFound
    if found[kept_id].kind != found[gone_id].kind:
        raise OfTwoKinds
    return found[kept_id], found[gone_id]


@contextmanager
def _blocked() -> Iterator[None]:
    """Turn what the database refuses into words, with the table at fault; nothing is half done."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            yield
            # Checked now rather than at the commit: a refusal must be told, and the whole merge undone.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    except IntegrityError as refused:
        diagnosis = getattr(refused.__cause__, "diag", None)
        table = getattr(diagnosis, "table_name", None) or ""
        raise MergeBlocked(what=selectors.table_word(table)) from refused


# -- What this module knows of its own tables -----------------------------------------------------------------


def _settle_own_tables(
    kept: Person, gone: Person, recorder: Recorder, *, by: Actor, at: datetime
) -> dict[str, int]:
    """Combine the rows that say the same of both, so that what protects most is what stays."""
    return {
        "people_contact_point": _combine_contacts(kept, gone, recorder),
        "people_lease_party": _combine_parties(kept, gone, recorder),
        "people_consent": _combine_consents(kept, gone, recorder, at=at),
        "people_marker": _combine_markers(kept, gone, recorder, by=by, at=at),
        "people_duplicate_pair": _judge_again(kept, gone, recorder, by=by, at=at),
    }


def _combine_contacts(kept: Person, gone: Person, recorder: Recorder) -> int:
    """One number of both is one number: unsafe if it is for either, in use if it is for either."""
    table, mine = "people_contact_point", {(p.channel, p.value): p for p in kept.contact_points.all()}
    preferred = {point.channel for point in mine.values() if point.is_preferred}
    count = 0
    for point in gone.contact_points.order_by("pk"):
        same = mine.get((point.channel, point.value))
        if point.is_preferred and point.channel in preferred:
            recorder.set(table, point.pk, is_preferred=False)
        if same is None:
            continue
        absorb(ContactPoint, recorder, kept=str(same.pk), gone=str(point.pk))
        recorder.remove(table, "id", point.pk)
        recorder.set(
            table, same.pk,
            is_unsafe=same.is_unsafe or point.is_unsafe,
            is_shared=same.is_shared or point.is_shared,
            shared_with_id=same.shared_with_id or point.shared_with_id,
            verified_at=max(filter(None, (same.verified_at, point.verified_at)), default=None),
            ended_on=rules.later_end(same.ended_on, point.ended_on),
        )  # fmt: skip
        count += 1
    # Shared with oneself is not shared.
    pair = (kept.pk, gone.pk)
    for point in ContactPoint.objects.filter(person__in=pair, shared_with__in=pair):
        recorder.set(table, point.pk, shared_with_id=None, is_shared=False)
    return count


def _combine_parties(kept: Person, gone: Person, recorder: Recorder) -> int:
    """Named twice in one lease: once, in the role that binds most, until the later of two ends."""
    table, mine = "people_lease_party", {party.lease_id: party for party in kept.parties.all()}
    both = [party for party in gone.parties.order_by("pk") if party.lease_id in mine]
    for party in both:
        same = mine[party.lease_id]
        absorb(LeaseParty, recorder, kept=str(same.pk), gone=str(party.pk))
        recorder.remove(table, "id", party.pk)
        recorder.set(
            table, same.pk,
            role=rules.stronger_role(same.role, party.role),
            relation=same.relation or party.relation,
            since=min(filter(None, (same.since, party.since)), default=None),
            until=rules.later_end(same.until, party.until),
        )  # fmt: skip
    return len(both)


def _combine_consents(kept: Person, gone: Person, recorder: Recorder, *, at: datetime) -> int:
    """Where both are open on one matter, one is closed and stays readable; an objection is never the one closed."""
    opened = {(c.topic, c.channel): c for c in kept.consents.filter(withdrawn_at__isnull=True)}
    count = 0
    for consent in gone.consents.filter(withdrawn_at__isnull=True).order_by("pk"):
        same: Consent | None = opened.get((consent.topic, consent.channel))
        if same is None:
            continue
        stays = rules.consent_that_stays(same.kind, consent.kind)
        closed = same if stays == rules.GONE else consent
        recorder.set("people_consent", closed.pk, withdrawn_at=at)
        count += 1
    return count


def _combine_markers(kept: Person, gone: Person, recorder: Recorder, *, by: Actor, at: datetime) -> int:
    """One marker of a nature stays open, until the later of two ends; the other is closed and stays readable."""
    opened = {marker.nature: marker for marker in kept.markers.filter(closed_at__isnull=True)}
    count = 0
    for marker in gone.markers.filter(closed_at__isnull=True).order_by("pk"):
        same: VulnerabilityMarker | None = opened.get(marker.nature)
        if same is None:
            continue
        recorder.set("people_marker", marker.pk, closed_at=at, closed_by=by.name)
        recorder.set(
            "people_marker", same.pk,
            expires_on=rules.later_end(same.expires_on, marker.expires_on),
            has_consent=same.has_consent or marker.has_consent,
            note=same.note or marker.note,
        )  # fmt: skip
        count += 1
    return count


def _judge_again(kept: Person, gone: Person, recorder: Recorder, *, by: Actor, at: datetime) -> int:
    """Who was judged another person than the one is another person than both."""
    table = "people_duplicate_pair"
    for pair in DuplicatePair.objects.filter(first=gone) | DuplicatePair.objects.filter(second=gone):
        other_id = pair.second_id if pair.first_id == gone.pk else pair.first_id
        recorder.remove(table, "id", pair.pk)
        if other_id == kept.pk or pair.state != PairState.DIFFERENT:
            continue
        first_id, second_id = sorted((kept.pk, other_id))
        same = DuplicatePair.objects.filter(first=first_id, second=second_id).first()
        if same is not None:
            recorder.set(table, same.pk, state=pair.state, judged_at=pair.judged_at, judged_by=pair.judged_by)
            continue
        recorder.add(
            DuplicatePair(
                first_id=first_id, second_id=second_id, state=pair.state, score=pair.score,
                evidence=pair.evidence, found_at=pair.found_at, judged_at=pair.judged_at, judged_by=pair.judged_by,
            )
        )  # fmt: skip
    return 0


# -- The person ----------------------------------------------------------------------------------------------


def _unite(kept: Person, gone: Person, values: dict[str, Any], recorder: Recorder, *, at: datetime) -> None:
    """Remove the record that goes, give the kept one the values chosen, and keep the codes of both."""
    key = kept.external_key or gone.external_key
    if values["reference"] == gone.reference != kept.reference and gone.external_key:
        key = gone.external_key
    recorder.remove("people_person", "id", gone.pk)
    recorder.set("people_person", kept.pk, external_key=key, **values)
    former = {(AliasFact.ID, str(gone.pk))}
    for person in (kept, gone):
        former.add((AliasFact.REFERENCE, person.reference))
        former.add((AliasFact.KEY, person.external_key))
    former -= {(AliasFact.REFERENCE, values["reference"]), (AliasFact.KEY, key)}
    known = set(PersonAlias.objects.filter(person_id=kept.pk).values_list("fact", "value"))
    for fact, value in sorted(former - known):
        if value:
            recorder.add(PersonAlias(person_id=kept.pk, fact=fact, value=value, recorded_at=at))


def _redirect_waiting_news(kept: Person, gone: Person) -> None:
    """News that nobody has read yet speaks of the person who stays: its readers would find nobody."""
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE outbox_entry SET payload = replace(payload::text, %(gone)s, %(kept)s)::jsonb
            WHERE dispatched_at IS NULL AND payload::text LIKE '%%' || %(gone)s || '%%'""",
            {"gone": str(gone.pk), "kept": str(kept.pk)},
        )
