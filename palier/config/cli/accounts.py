"""`palier accounts`: emergencies of sign-in, for whoever runs the machine, under the name of who decided."""

from typing import TYPE_CHECKING

from django.utils import timezone

from palier.config.cli.framework import (
    APPLY,
    ORGANISATION,
    Misused,
    Options,
    Output,
    acting,
    argument,
    command,
)
from palier.kernel.organisations.current import open_shared

if TYPE_CHECKING:
    from palier.kernel.accounts.models import Membership

EMAIL = argument("email", metavar="EMAIL", help="the person's e-mail")
DECIDED_BY = argument(
    "--decided-by", required=True, metavar="EMAIL", help="another member, who decided it and answers for it"
)


@command(
    "accounts reset-second-factor",
    help="take away a lost second factor when no administrator can",
    arguments=[
        EMAIL,
        ORGANISATION,
        DECIDED_BY,
        argument("--reason", required=True, help="why; the person reads it"),
        APPLY,
    ],
)
def reset_second_factor(options: Options, out: Output) -> None:
    from palier.kernel.accounts.own import factors_of
    from palier.kernel.accounts.services import resets

    by = acting(options.organisation, options.decided_by)
    with open_shared():
        member = _member(options)
        if by.user_id == member.user_id:
            raise resets.NotOneself()
        held = factors_of(member.user)
        out.say(
            f"{member.user.name}: {'an app' if held.has_app else 'no app'}, {len(held.keys)} keys,"
            f" {member.user.sessions.count()} open sessions; decided by {by.name}"
        )
        if not options.apply:
            out.dry()
            return
        resets.reset_from_the_machine(user=member.user, reason=options.reason, by=by, at=timezone.now())
    out.say("Done: the person is told by e-mail, and sets up another one after signing in with the password.")


@command(
    "accounts sign-out",
    help="end every session of a member",
    arguments=[EMAIL, ORGANISATION, DECIDED_BY, APPLY],
)
def sign_out(options: Options, out: Output) -> None:
    from palier.kernel.accounts.services import members, signing

    by = acting(options.organisation, options.decided_by)
    with open_shared():
        member = _member(options)
        out.say(f"{member.user.name}: {member.user.sessions.count()} open sessions; decided by {by.name}")
        if not options.apply:
            out.dry()
            return
        ended = signing.end_all_sessions(user_id=member.user_id)
        members.note(
            member.organisation_id, by, timezone.now(), "signed-out", member.user.email, sessions=ended,
            via="command",
        )  # fmt: skip
    out.say(f"{ended} sessions ended.")


def _member(options: Options) -> "Membership":
    from palier.kernel.accounts.models import Membership

    found = Membership.objects.select_related("user").filter(
        organisation__slug=options.organisation, user__email__iexact=options.email
    )
    member = found.first()
    if member is None:
        raise Misused(f"{options.email} does not work for {options.organisation}: see its page of members.")
    return member
