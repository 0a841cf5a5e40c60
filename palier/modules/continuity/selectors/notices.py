"""What tenants are told: the notices, how each reads at a residence, whom it reaches."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone, translation
from django.utils.translation import gettext

from palier.kernel.access import Actor
from palier.kernel.documents.models import Document
from palier.kernel.errors import NotFound
from palier.kernel.modes import ModeAnswer, PlaceKind, PlaceRef, modes_of
from palier.kernel.organisations.current import current_organisation
from palier.kernel.organisations.models import Organisation
from palier.kernel.places import Place
from palier.kernel.ui import states, typography
from palier.modules.continuity.enums import NoticeChannel, NoticeLanguage, NoticeState, SmsCoding
from palier.modules.continuity.models import Activation, Notice
from palier.modules.continuity.rules.notices import MOST_CHANGES, TENANT_SERVICES, filled, message, unfilled
from palier.modules.continuity.rules.sms import SmsCount, count_segments
from palier.modules.continuity.workflow.crisis import NOTICE
from palier.modules.estate import public as estate
from palier.modules.people import public as people

NO_AGENCY = "none"


@dataclass(frozen=True)
class NoticeLine:
    """A notice as the page shows it. `sms` only for a text message."""

    id: UUID
    activation_id: UUID
    activation_label: str
    level_name: str
    scope_label: str
    channel: str
    channel_label: str
    language: str
    language_label: str
    title: str
    text: str
    missing: tuple[str, ...]
    state: str
    state_label: str
    created_at: datetime
    issued_at: datetime | None
    issued_by: str
    counts: Mapping[str, Any]
    document_id: UUID | None
    exercise: bool
    actions: tuple[str, ...]
    sms: SmsCount | None
    coding_label: str


@dataclass(frozen=True)
class AgencyPosters:
    """The posters of one agency: how many residences, and the file to print once it is made."""

    key: str
    name: str
    residences: int
    document_id: UUID | None


@dataclass(frozen=True)
class ReceptionLine:
    """How a reception point receives now."""

    name: str
    mode: str
    state: str
    detail: str


def notices(
    *, actor: Actor, activation_id: UUID | None = None, channel: str = "", limit: int = 200
) -> list[NoticeLine]:
    """Notices, the latest decision first."""
    rows = Notice.objects.visible_to(actor).select_related("activation__plan", "step")
    if activation_id:
        rows = rows.filter(activation_id=activation_id)
    if channel:
        rows = rows.filter(channel=channel)
    return [notice_line(row, actor) for row in rows.order_by("-created_at", "channel", "language")[:limit]]


def counts_of_activation(activation_id: UUID, *, actor: Actor) -> dict[str, int]:
    """How many notices of an activation are ready, and how many issued."""
    rows = Notice.objects.visible_to(actor).filter(activation_id=activation_id).order_by()
    states = list(rows.values_list("state", flat=True))
    return {"ready": states.count(NoticeState.PREPARED), "issued": states.count(NoticeState.ISSUED)}


def notice_of(notice_id: UUID, *, actor: Actor) -> NoticeLine:
    """Raises: NotFound."""
    row = (
        Notice.objects.visible_to(actor)
        .select_related("activation__plan", "step")
        .filter(pk=notice_id)
        .first()
    )
    if row is None:
        raise NotFound
    return notice_line(row, actor)


def notice_line(row: Notice, actor: Actor) -> NoticeLine:
    values = common_values(row.activation, row.language)
    everywhere = {**values, "residence": "…", "reception_points": "…"}
    text = message(row.channel, row.text, everywhere)
    sms = count_segments(text) if row.channel == NoticeChannel.SMS else None
    return NoticeLine(
        id=row.pk,
        activation_id=row.activation_id,
        activation_label=f"{row.activation.reference} – {row.activation.plan.name}",
        level_name=row.activation.level_name,
        scope_label=row.activation.scope_label,
        channel=row.channel,
        channel_label=row.get_channel_display(),
        language=row.language,
        language_label=language_label(row.language),
        title=filled(row.title, everywhere),
        text=text,
        missing=unfilled(row.title + row.text, everywhere),
        state=row.state,
        state_label=row.get_state_display(),
        created_at=row.created_at,
        issued_at=row.issued_at,
        issued_by=row.issued_by_name,
        counts=row.counts,
        document_id=row.document_id,
        exercise=row.exercise,
        # What an exercise prepares is read, never issued.
        actions=() if row.exercise else tuple(str(a) for a in NOTICE.open_to(row, actor)),
        sms=sms,
        coding_label=str(SmsCoding(sms.coding).label) if sms and sms.coding in SmsCoding.values else "",
    )


def language_label(code: str) -> str:
    return str(NoticeLanguage(code).label) if code in NoticeLanguage.values else code


def scope_of(activation: Activation) -> Place:
    """The place on which an activation was decided."""
    if activation.scope_kind == PlaceKind.ORGANISATION:
        return estate.organisation_place()
    return estate.place_of_id(activation.scope_kind, activation.scope_id)


def recipients(notice_id: UUID, *, at: datetime) -> people.NoticeRecipients:
    """Count whom a text message or an e-mail reaches, and whom it leaves out and why."""
    notice = Notice.objects.select_related("activation").get(pk=notice_id)
    return people.notice_recipients(scope_of(notice.activation), at=at, channel=notice.channel)


def residence_ids(notice: Notice) -> list[UUID]:
    """Residences in the scope of a notice, in the order of agencies then names."""
    wanted = estate.residence_ids_in(scope_of(notice.activation))
    rows = [row for row in estate.residences() if row.id in wanted]
    return [row.id for row in sorted(rows, key=lambda r: (r.agency_name or "\uffff", r.name, r.code))]


def agency_posters(notice_id: UUID, *, actor: Actor) -> list[AgencyPosters]:
    """The posters of a notice, agency by agency."""
    notice = Notice.objects.visible_to(actor).select_related("activation").filter(pk=notice_id).first()
    if notice is None:
        raise NotFound
    wanted = estate.residence_ids_in(scope_of(notice.activation))
    by_agency: dict[str, list[estate.ResidenceRow]] = {}
    for row in estate.residences():
        if row.id in wanted:
            by_agency.setdefault(str(row.agency_id or NO_AGENCY), []).append(row)
    keys = {f"posters:{notice_id}:{agency}": agency for agency in by_agency}
    made = dict(Document.objects.filter(key__in=keys).values_list("key", "pk"))
    found = [
        AgencyPosters(
            agency,
            rows[0].agency_name or gettext("Without agency"),
            len(rows),
            made.get(f"posters:{notice_id}:{agency}"),
        )
        for agency, rows in by_agency.items()
    ]
    return sorted(found, key=lambda one: (one.key == NO_AGENCY, one.name))


def posters_at(residence_id: UUID | str, *, actor: Actor) -> list[NoticeLine]:
    """The posters to put up in one residence now: those of the levels in force on a place that contains
    it.
    """
    rows = (
        Notice.objects.visible_to(actor)
        .filter(channel=NoticeChannel.POSTER, exercise=False)
        .exclude(state=NoticeState.WITHDRAWN)
        .filter(activation__in=Activation.objects.standing().real())
        .select_related("activation__plan", "step")
        .order_by("-created_at", "-language")
    )
    candidates = list(rows[:12])
    if not candidates:
        return []
    place = estate.place_of_id(PlaceKind.RESIDENCE, residence_id)
    return [notice_line(row, actor) for row in candidates if row.activation.scope in place.scopes]


# How a notice reads at each residence.


def poster_sheets(notice: Notice, ids: Iterable[UUID], *, at: datetime) -> dict[UUID, dict[str, Any]]:
    """What each residence's poster says. The number of queries does not depend on the number of
    residences.
    """
    wanted = list(ids)
    with translation.override(notice.language):
        return _sheets(notice, wanted, at)


def _sheets(notice: Notice, wanted: list[UUID], at: datetime) -> dict[UUID, dict[str, Any]]:
    places = estate.places_of_residences(wanted)
    rows = {row.id: row for row in estate.residences(wanted)}
    asked = max(at, notice.step.effective_at)
    answers = modes_of(None, places.values(), asked)
    by_place: dict[PlaceRef, list[ModeAnswer]] = defaultdict(list)
    for (_service, ref), answer in answers.items():
        by_place[ref].append(answer)
    receptions = _receptions(asked, notice.language)
    common = common_values(notice.activation, notice.language)
    organisation = current_organisation()
    sheets = {}
    for residence_id in wanted:
        place, row = places[residence_id], rows[residence_id]
        near = _nearest(receptions, row)
        values = {**common, "residence": row.name, "reception_points": _as_text(near)}
        mine = by_place[place.ref]
        sheets[residence_id] = {
            "residence": f"{row.name} – {row.address_line}, {row.city_line}"
            if row.address_line
            else row.name,
            "title": filled(notice.title, values) or gettext("Important information"),
            "body": filled(notice.text, values),
            "changes": _changes(mine),
            "receptions": [vars_of(line) for line in near],
            "on_call": typography.phone(organisation.on_call_number) if organisation.on_call_number else "",
            "on_call_label": gettext("Emergency? Day and night, seven days a week:"),
            "issued": _issued(notice, organisation, at),
            "exercise": notice.exercise,
        }
    return sheets


def vars_of(line: ReceptionLine) -> dict[str, str]:
    return {"name": line.name, "mode": line.mode, "state": line.state, "detail": line.detail}


def common_values(activation: Activation, language: str) -> dict[str, str]:
    """Variables that are the same everywhere."""
    organisation = current_organisation()
    review = activation.review_on
    return {
        "landlord": organisation.name,
        "on_call_number": typography.phone(organisation.on_call_number),
        "phone": typography.phone(organisation.phone),
        "website": organisation.website,
        "effective_on": typography.day(
            timezone.localdate(activation.level_since), language=language, weekday=False
        ),
        "review_on": typography.day(review, language=language, weekday=False) if review else "",
    }


def _changes(answers: list[ModeAnswer]) -> list[dict[str, str]]:
    """The services that do not work as usual, the most affected first."""
    changed = [a for a in answers if a.service.key in TENANT_SERVICES and not a.is_normal]
    changed.sort(key=lambda a: (-a.state.rank, a.service.order))
    return [change_line(answer) for answer in changed[:MOST_CHANGES]]


def change_line(answer: ModeAnswer) -> dict[str, str]:
    """A service that does not work as usual, in words."""
    said = [str(answer.service.field(key).label_of(value)) for key, value in answer.mode.departures().items()]
    return {
        "service": str(answer.service.name),
        "state": answer.state.value,
        "detail": " ; ".join(said),
        "state_label": str(states.look(answer.state.value).label),
    }


def reception_lines(*, at: datetime, language: str) -> list[ReceptionLine]:
    """How every reception point receives at a time."""
    return [line for _row, line in _receptions(at, language)]


def _receptions(at: datetime, language: str) -> list[tuple[Any, ReceptionLine]]:
    points = [row for row in estate.reception_points() if row.is_open]
    known = {place.id: place for place in estate.places(PlaceKind.RECEPTION)} if points else {}
    places = {row.id: known[str(row.id)] for row in points}
    answers = modes_of(["reception"], places.values(), at) if points else {}
    return [(row, _reception_line(row, answers["reception", places[row.id].ref], language)) for row in points]


def _reception_line(row: Any, answer: ModeAnswer, language: str) -> ReceptionLine:
    field = answer.service.field("opening")
    parts = [part for part in (row.address_line, row.city_line) if part]
    if row.phone:
        parts.append(gettext("tel. {phone}").format(phone=typography.phone(row.phone)))
    return ReceptionLine(
        row.name,
        str(field.label_of(answer["opening"])),
        field.state_of(answer["opening"]).value,
        ", ".join(parts),
    )


def _nearest(receptions: list[tuple[Any, ReceptionLine]], residence: Any) -> list[ReceptionLine]:
    """The reception points of the residence's agency, else of its town, else the first ones."""
    of_agency = [
        line for row, line in receptions if residence.agency_id and row.agency_id == residence.agency_id
    ]
    of_town = [line for row, line in receptions if row.insee_code and row.insee_code == residence.insee_code]
    return (of_agency or of_town or [line for _row, line in receptions])[:3]


def _as_text(lines: list[ReceptionLine]) -> str:
    return "\n".join(f"{line.name} ({line.detail}) : {line.mode}" for line in lines)


def _issued(notice: Notice, organisation: Organisation, at: datetime) -> str:
    when = typography.day(timezone.localdate(at), language=notice.language, weekday=False)
    return gettext("Poster of {when}, decision {reference}. Issued by {landlord}.").format(
        when=when, reference=notice.activation.reference, landlord=organisation.name
    )
