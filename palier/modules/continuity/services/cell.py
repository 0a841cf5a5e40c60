"""Members of the cells: who sits, who is on duty, hand-overs."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.errors import DomainError, NotFound
from palier.modules.continuity.enums import CellKind, Seat
from palier.modules.continuity.models import Cell, CellMember
from palier.modules.continuity.permissions import Permission
from palier.modules.continuity.selectors.cell import CENTRAL, central_cell
from palier.modules.continuity.services.telling import in_house_language, say_in_log


class RoleTaken(DomainError):
    code = "continuity.cell-role-taken"
    message = _("This role already has a holder. Appoint a deputy, or end the former holder first.")


class CannotBeReached(DomainError):
    code = "continuity.cell-cannot-be-reached"
    message = _(
        "Give at least a telephone number or an e-mail address: {name} must be reached day and night."
    )


class AlreadyOnDuty(DomainError):
    code = "continuity.cell-already-on-duty"
    message = _("{name} is already on duty for this role.")


class CodeTaken(DomainError):
    code = "continuity.cell-code-taken"
    message = _("Another cell has the code “{code}”.")


def ensure_central_cell() -> Cell:
    """Give the crisis cell, making it at its first member."""
    cell = central_cell()
    if cell is None:
        with in_house_language():
            cell, _made = Cell.objects.get_or_create(
                kind=CellKind.CENTRAL, defaults={"code": CENTRAL, "name": gettext("Crisis cell")}
            )
    return cell


@transaction.atomic
def create_territorial_cell(
    *, code: str, name: str, by: Actor, at: datetime, departments: list[str] | None = None, rhythm: str = ""
) -> Cell:
    """Create a cell for one territory.

    Raises: NotAllowed, CodeTaken.
    """
    by.must(Permission.CELL_MANAGE)
    if Cell.objects.filter(code=code).exists():
        raise CodeTaken(code=code)
    cell = Cell.objects.create(
        kind=CellKind.TERRITORIAL,
        code=code,
        name=name.strip(),
        departments=departments or [],
        rhythm=rhythm.strip(),
    )
    journal.record("continuity.cell.create", by=by, at=at, subject=cell)
    return cell


@transaction.atomic
def appoint_member(
    *,
    name: str,
    by: Actor,
    at: datetime,
    role: str = "",
    seat: str = Seat.HOLDER,
    cell_id: UUID | None = None,
    job: str = "",
    organisation: str = "",
    email: str = "",
    phone: str = "",
    agent_id: UUID | None = None,
) -> CellMember:
    """Seat somebody in a cell (the crisis cell by default). The first of a role is on duty at once.

    Raises: NotAllowed, NotFound, CannotBeReached, RoleTaken.
    """
    by.must(Permission.CELL_MANAGE)
    cell = Cell.objects.filter(pk=cell_id).first() if cell_id else ensure_central_cell()
    if cell is None:
        raise NotFound
    if not email.strip() and not phone.strip():
        raise CannotBeReached(name=name)
    free = bool(role) and not CellMember.objects.filter(cell=cell, role=role, on_duty=True).exists()
    on_duty = free and cell.kind == CellKind.CENTRAL
    try:
        with transaction.atomic():
            member = CellMember.objects.create(
                cell=cell,
                role=role,
                seat=seat,
                name=name.strip(),
                job=job.strip(),
                organisation=organisation.strip(),
                email=email.strip(),
                phone=phone.strip(),
                agent_id=agent_id,
                since=at,
                on_duty=on_duty,
                on_duty_since=at if on_duty else None,
            )
    except IntegrityError as taken:
        raise RoleTaken from taken
    journal.record("continuity.cell.appoint", by=by, at=at, subject=member)
    return member


@transaction.atomic
def end_member(*, member_id: UUID, by: Actor, at: datetime) -> CellMember:
    """End somebody's seat; if they were on duty, the first who stands by takes over.

    Raises: NotAllowed, NotFound.
    """
    by.must(Permission.CELL_MANAGE)
    member = _sitting(member_id)
    was_on_duty = member.on_duty
    member.until, member.on_duty = at, False
    member.save(update_fields=["until", "on_duty"])
    journal.record("continuity.cell.end", by=by, at=at, subject=member)
    if was_on_duty:
        following = (
            CellMember.objects.filter(cell=member.cell, role=member.role, until__isnull=True)
            .order_by("seat")
            .first()
        )
        if following:
            _take_duty(following, at)
            _log_hand_over(member, following, note="", by=by, at=at)
    return member


@transaction.atomic
def hand_over(*, member_id: UUID, note: str, by: Actor, at: datetime) -> CellMember:
    """Put somebody on duty for their role, with what the one who leaves passes on (relève). The log says it.

    Raises: NotAllowed, NotFound, AlreadyOnDuty.
    """
    by.must(Permission.CELL_MANAGE)
    member = _sitting(member_id)
    if member.on_duty:
        raise AlreadyOnDuty(name=member.name)
    leaving = (
        CellMember.objects.select_for_update(of=("self",))
        .filter(cell=member.cell, role=member.role, on_duty=True)
        .first()
    )
    if leaving:
        leaving.on_duty = False
        leaving.save(update_fields=["on_duty"])
    _take_duty(member, at)
    journal.record("continuity.cell.hand-over", by=by, at=at, subject=member)
    _log_hand_over(leaving, member, note=note.strip(), by=by, at=at)
    return member


def _sitting(member_id: UUID) -> CellMember:
    member = (
        CellMember.objects.select_for_update(of=("self",))
        .select_related("cell")
        .filter(pk=member_id, until__isnull=True)
        .first()
    )
    if member is None:
        raise NotFound
    return member


def _take_duty(member: CellMember, at: datetime) -> None:
    member.on_duty, member.on_duty_since = True, at
    member.save(update_fields=["on_duty", "on_duty_since"])


def _log_hand_over(
    leaving: CellMember | None, taking: CellMember, *, note: str, by: Actor, at: datetime
) -> None:
    with in_house_language():
        if leaving:
            text = gettext("Hand-over, {role}: {taking} takes over from {leaving}.")
        else:
            text = gettext("{taking} takes duty as {role}.")
        said = text.format(
            role=taking.get_role_display(), taking=taking.name, leaving=leaving.name if leaving else ""
        )
    say_in_log(
        f"hand-over:{taking.pk}:{at.isoformat()}", f"{said} {note}".strip(), by=by, at=at, about=taking
    )
