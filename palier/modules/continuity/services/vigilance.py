"""Load the vigilance map, say what changed, and propose: a named person decides, never the map."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.errors import DomainError
from palier.kernel.events import publish
from palier.kernel.geography.selectors import department_name
from palier.modules.continuity.enums import (
    ActivationState,
    CellRole,
    Colour,
    LogCategory,
    Phenomenon,
    Severity,
    TaskOrigin,
    VigilanceAct,
)
from palier.modules.continuity.events import VigilanceChanged
from palier.modules.continuity.models import (
    Activation,
    ContinuityPlan,
    Task,
    VigilanceBulletin,
    VigilanceProposal,
    VigilanceRule,
    VigilanceStretch,
)
from palier.modules.continuity.permissions import Permission
from palier.modules.continuity.rules.vigilance import (
    MapRefused,
    Peak,
    Stretch,
    carried_on,
    changes,
    peaks,
    reaches,
    read_bulletin,
)
from palier.modules.continuity.selectors.plans import level_of, version_in_force
from palier.modules.continuity.selectors.vigilance import (
    BulletinUnknown,
    departments_housed,
    departments_watched,
    season_end,
)
from palier.modules.continuity.services import activations
from palier.modules.continuity.services.telling import in_house_language, said_short_moment, say_in_log
from palier.modules.estate import public as estate

#: A spell of weather that stops for less than this is the same one: nothing is proposed again.
SAME_SPELL = timedelta(hours=24)
WATCH_LEVEL = "0"
MAX_BYTES = 20_000_000


class MapUnreadable(DomainError):
    code = "continuity.vigilance-unreadable"
    message = _("{problem}")


class MapTooLarge(DomainError):
    code = "continuity.vigilance-too-large"
    message = _(
        "This file is larger than {megabytes} MB: a vigilance map is far smaller. Choose another file."
    )


class NothingOfOurs(DomainError):
    code = "continuity.vigilance-nothing-of-ours"
    message = _("This map speaks of none of your departments ({departments}). Choose the national map.")


class RuleTaken(DomainError):
    code = "continuity.vigilance-rule-taken"
    message = _("A rule says this already. Change or remove it instead.")


class LevelMissing(DomainError):
    code = "continuity.vigilance-level-missing"
    message = _("Choose the plan and the level to propose.")


class RuleUnknown(BulletinUnknown):
    code = "continuity.vigilance-rule-unknown"


@dataclass(frozen=True)
class Applied:
    """What applying a map did: news published and proposals made. Nothing when it was applied before."""

    bulletin_id: UUID
    is_new: bool
    changes: int
    proposals: int


@transaction.atomic
def receive_bulletin(*, content: bytes, by: Actor, at: datetime, source: str = "") -> VigilanceBulletin:
    """Keep a map, to be looked at before it is applied; the same map twice is one.

    Raises: NotAllowed, MapTooLarge, MapUnreadable, NothingOfOurs.
    """
    by.must(Permission.VIGILANCE_LOAD)
    if len(content) > MAX_BYTES:
        raise MapTooLarge(megabytes=MAX_BYTES // 1_000_000)
    try:
        read = read_bulletin(content)
    except MapRefused as refused:
        raise MapUnreadable(problem=str(refused.problem)) from refused
    ours = departments_watched()
    if not ours & read.departments:
        raise NothingOfOurs(departments=", ".join(sorted(ours)) or "–")
    activations.take_turn()
    kept = VigilanceBulletin.objects.filter(issued_at=read.issued_at).first()
    digest = hashlib.sha256(content).hexdigest()
    if kept is not None and (kept.applied_at is not None or kept.sha256 == digest):
        return kept
    VigilanceBulletin.objects.filter(applied_at__isnull=True).delete()
    bulletin = VigilanceBulletin.objects.create(
        issued_at=read.issued_at,
        valid_from=read.valid_from,
        valid_until=read.valid_until,
        sha256=digest,
        departments=sorted(ours & read.departments),
        source=source,
        loaded_at=at,
        loaded_by_name=by.name,
    )
    stretches = carried_on((one for one in read.stretches if one.department in ours), _former(read.issued_at))
    VigilanceStretch.objects.bulk_create(
        VigilanceStretch(
            bulletin=bulletin,
            department=one.department,
            phenomenon=one.phenomenon,
            colour=one.colour,
            since=one.since,
            until=one.until,
        )
        for one in dict.fromkeys(stretches)
    )
    return bulletin


@transaction.atomic
def apply_bulletin(*, bulletin_id: UUID, by: Actor, at: datetime) -> Applied:
    """Put a received map in force: publish what changed, propose what the rules say. Twice does it once.

    An older map than the one in force is kept as history: it changes nothing today.
    Raises: NotAllowed, BulletinUnknown.
    """
    by.must(Permission.VIGILANCE_LOAD)
    activations.take_turn()
    bulletin = VigilanceBulletin.objects.select_for_update(of=("self",)).filter(pk=bulletin_id).first()
    if bulletin is None:
        raise BulletinUnknown()
    if bulletin.applied_at is not None:
        return Applied(bulletin.pk, False, 0, 0)
    is_newest = not VigilanceBulletin.objects.filter(
        applied_at__isnull=False, issued_at__gt=bulletin.issued_at
    ).exists()
    former = _former(bulletin.issued_at)
    bulletin.applied_at = at
    bulletin.save(update_fields=["applied_at"])
    journal.record("continuity.vigilance.apply", by=by, at=at, subject=bulletin)
    if not is_newest:
        return Applied(bulletin.pk, True, 0, 0)
    told = _tell_changes(bulletin, former, by=by, at=at)
    return Applied(bulletin.pk, True, told, _propose(bulletin, by=by, at=at))


def load_bulletin(*, content: bytes, by: Actor, at: datetime, source: str = "") -> Applied:
    """Receive and apply a map. Raises: as its two steps."""
    with transaction.atomic():
        bulletin = receive_bulletin(content=content, by=by, at=at, source=source)
        return apply_bulletin(bulletin_id=bulletin.pk, by=by, at=at)


@transaction.atomic
def keep_rule(
    *,
    phenomenon: str,
    colour: str,
    act: str,
    by: Actor,
    at: datetime,
    plan_code: str = "",
    level: str = "",
    departments: Iterable[str] = (),
) -> VigilanceRule:
    """Add a rule. Raises: NotAllowed, LevelMissing, RuleTaken, PlanUnknown, NoPlanInForce, LevelUnknown."""
    by.must(Permission.VIGILANCE_RULE)
    if act == VigilanceAct.LEVEL:
        if not plan_code or not level:
            raise LevelMissing()
        level_of(version_in_force(code=plan_code, actor=by), level)
    else:
        plan_code = level = ""
    try:
        with transaction.atomic():
            rule = VigilanceRule.objects.create(
                phenomenon=phenomenon,
                colour=colour,
                act=act,
                plan_code=plan_code,
                level=level,
                departments=sorted(set(departments)),
                changed_at=at,
                changed_by_name=by.name,
            )
    except IntegrityError as taken:
        raise RuleTaken() from taken
    journal.record("continuity.vigilance-rule.keep", by=by, at=at, subject=rule)
    return rule


@transaction.atomic
def switch_rule(*, rule_id: UUID, active: bool, by: Actor, at: datetime) -> VigilanceRule:
    """Have a rule propose again, or no more. Raises: NotAllowed, RuleUnknown."""
    by.must(Permission.VIGILANCE_RULE)
    rule = VigilanceRule.objects.select_for_update(of=("self",)).filter(pk=rule_id).first()
    if rule is None:
        raise RuleUnknown()
    rule.is_active, rule.changed_at, rule.changed_by_name = active, at, by.name
    rule.save(update_fields=["is_active", "changed_at", "changed_by_name"])
    journal.record("continuity.vigilance-rule.switch", by=by, at=at, subject=rule, active=active)
    return rule


@transaction.atomic
def propose_seasonal_watch(*, by: Actor, at: datetime) -> Activation | None:
    """Propose the watch of the heat-wave plan once a season, when nothing of that plan is decided or proposed.

    Returns: the proposal, or None when there is nothing to propose.
    """
    on = timezone.localdate(at)
    ends_on = season_end(on)
    plan = ContinuityPlan.objects.filter(scenario="heat_wave", versions__state="in_force").first()
    if ends_on is None or plan is None or _asked_this_year(plan.code, on.year):
        return None
    version = version_in_force(code=plan.code, actor=by)
    if WATCH_LEVEL not in version.document.levels:
        return None
    with in_house_language():
        reason = gettext("Seasonal watch for heat waves, until {day}.").format(
            day=ends_on.strftime("%d/%m/%Y")
        )
    return activations.propose(
        plan_code=plan.code,
        level=WATCH_LEVEL,
        scope=estate.organisation_place(),
        decision=activations.Decision(reason=reason),
        by=by,
        at=at,
    )


def _asked_this_year(plan_code: str, year: int) -> bool:
    real = Activation.objects.real().filter(plan__code=plan_code)
    return real.standing().exists() or real.filter(recorded_at__year=year).exists()


def _former(issued_at: datetime) -> list[Stretch]:
    """What the map applied just before said, as long as it was valid when this one came out."""
    former = (
        VigilanceBulletin.objects.filter(applied_at__isnull=False, issued_at__lt=issued_at)
        .order_by("-issued_at")
        .first()
    )
    if former is None or former.valid_until < issued_at:
        return []
    return [_stretch(row) for row in former.stretches.all()]


def _stretch(row: VigilanceStretch) -> Stretch:
    return Stretch(row.department, row.phenomenon, row.colour, row.since, row.until)


def _tell_changes(bulletin: VigilanceBulletin, former: list[Stretch], *, by: Actor, at: datetime) -> int:
    now = peaks(map(_stretch, bulletin.stretches.all()), at=bulletin.issued_at)
    found = changes(peaks(former, at=bulletin.issued_at), now, departments=frozenset(bulletin.departments))
    for department, phenomenon, peak in found:
        publish(VigilanceChanged(department, phenomenon, peak.colour, peak.since, peak.until, at))
    _log_changes(bulletin, found, by=by, at=at)
    return len(found)


def _log_changes(
    bulletin: VigilanceBulletin, found: list[tuple[str, str, Peak]], *, by: Actor, at: datetime
) -> None:
    """One entry for the whole map: who reads the log reads one line, not thirty."""
    worth = [one for one in found if one[2].colour in (Colour.ORANGE, Colour.RED, Colour.GREEN)]
    if not worth:
        return
    with in_house_language():
        said = " ; ".join(sentence(department, phenomenon, peak) for department, phenomenon, peak in worth)
        text = gettext("Vigilance of Météo-France: {changes}.").format(changes=said)
    serious = any(peak.colour in (Colour.ORANGE, Colour.RED) for _d, _p, peak in worth)
    say_in_log(
        f"vigilance:{bulletin.pk}",
        text,
        by=by,
        at=at,
        category=LogCategory.INFORMATION,
        severity=Severity.SERIOUS if serious else Severity.NOTABLE,
        about=bulletin,
    )


def sentence(department: str, phenomenon: str, peak: Peak) -> str:
    """« Canicule orange, Aude, du 26/08 à 12 h au 27/08 à 0 h »."""
    name = department_name(department) or department
    label = Phenomenon(phenomenon).label
    if peak.since is None or peak.until is None:
        return gettext("{phenomenon}: back to green, {department}").format(phenomenon=label, department=name)
    return gettext("{phenomenon}: {colour}, {department}, from {since} to {until}").format(
        phenomenon=label,
        colour=str(Colour(peak.colour).label).lower(),
        department=name,
        since=said_short_moment(peak.since),
        until=said_short_moment(peak.until),
    )


def _propose(bulletin: VigilanceBulletin, *, by: Actor, at: datetime) -> int:
    """Make what the active rules propose, once for one spell of weather."""
    housed = departments_housed()
    now = peaks(map(_stretch, bulletin.stretches.all()), at=at)
    made = 0
    for rule in VigilanceRule.objects.filter(is_active=True).order_by("act", "-level"):
        wanted = housed & set(rule.departments) if rule.departments else housed
        for (department, phenomenon), peak in sorted(now.items()):
            if department in wanted and phenomenon == rule.phenomenon and reaches(peak.colour, rule.colour):
                made += _propose_once(rule, bulletin, department, peak, by=by, at=at)
    return made


def _propose_once(
    rule: VigilanceRule, bulletin: VigilanceBulletin, department: str, peak: Peak, *, by: Actor, at: datetime
) -> bool:
    assert peak.since is not None and peak.until is not None
    known = rule.proposals.filter(department=department, until__gte=peak.since - SAME_SPELL).first()
    if known is not None:
        known.until = max(known.until, peak.until)
        known.save(update_fields=["until"])
        return False
    proposal = VigilanceProposal(
        rule=rule,
        bulletin=bulletin,
        department=department,
        colour=peak.colour,
        since=peak.since,
        until=peak.until,
        made_at=at,
    )
    with in_house_language():
        reason = gettext("Vigilance of Météo-France: {changes}.").format(
            changes=sentence(department, rule.phenomenon, peak)
        )
    if rule.act == VigilanceAct.CALLS:
        proposal.task = _calls_task(reason, peak, department, at=at)
    else:
        proposal.activation, proposal.refusal = _proposed_level(rule, department, reason, by=by, at=at)
    proposal.save()
    return True


def _calls_task(reason: str, peak: Peak, department: str, *, at: datetime) -> Task:
    with in_house_language():
        title = gettext("Decide whether frail tenants are called")
    return Task.objects.create(
        origin=TaskOrigin.CELL,
        title=title,
        instructions=reason,
        role=CellRole.SOCIAL,
        deputy_role=CellRole.COORDINATOR,
        opened_at=at,
        due_at=max(at, min(peak.since or at, at + timedelta(hours=4))),
        scope_label=department_name(department) or department,
    )


def _proposed_level(
    rule: VigilanceRule, department: str, reason: str, *, by: Actor, at: datetime
) -> tuple[Activation | None, str]:
    """A proposal on the page of levels, or why there is none. What stands or waits already is not asked again."""
    try:
        with transaction.atomic():
            place = estate.place_of("department", department)
            if _stands_already(rule, place.ref):
                return None, gettext("This plan is already active or proposed there.")
            proposed = activations.propose(
                plan_code=rule.plan_code,
                level=rule.level,
                scope=place,
                decision=activations.Decision(reason=reason),
                by=by,
                at=at,
            )
            return proposed, ""
    except DomainError as refusal:
        return None, str(refusal)


def _stands_already(rule: VigilanceRule, scope: tuple) -> bool:
    kind, code = scope
    rows = Activation.objects.real().filter(plan__code=rule.plan_code, level__gte=rule.level)
    waiting = rows.filter(state=ActivationState.PROPOSED, scope_kind=kind, scope_id=code)
    standing = rows.standing().filter(scope_kind__in=("organisation", kind), scope_id__in=("", code))
    return waiting.exists() or standing.exists()
