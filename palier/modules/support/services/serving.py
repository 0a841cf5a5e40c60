"""Serve the need "social support": accepting a referral opens the file; its end settles the referral."""

from datetime import datetime
from uuid import UUID

from palier.kernel.access import Actor
from palier.kernel.errors import NotFound
from palier.kernel.wording import check
from palier.modules.referrals import public as referrals
from palier.modules.support.enums import FileState, Origin, Result
from palier.modules.support.models import SupportFile
from palier.modules.support.services.files import PersonUnknown, propose

ORIGINS = {"outreach": Origin.CALL, "rent": Origin.ARREARS}
OUTCOMES = {
    Result.REACHED: "provided",
    Result.PARTLY: "partly",
    Result.HANDED_OVER: "follow_up",
    Result.STOPPED: "declined",
    Result.NO_NEWS: "unreachable",
    Result.MOVED: "no_solution",
    Result.DECEASED: "no_solution",
}


def accept_referral(*, referral: referrals.ReferralBrief, by: Actor, at: datetime) -> UUID:
    """Open the file of the person that a referral is about, led by who accepts. Twice gives the same file.

    Raises: PersonUnknown, AlreadyAccompanied, NotAllowed.
    """
    if referral.person_id is None or by.user_id is None:
        raise PersonUnknown
    file = propose(
        person_id=referral.person_id,
        origin=ORIGINS.get(referral.source_kind.split(".")[0], Origin.REFERRAL),
        # Words that somebody confirmed in the referral are not carried into the file.
        situation="" if check(referral.summary) else referral.summary,
        worker_id=by.user_id,
        worker_name=by.name,
        source_kind="referrals.referral",
        source_id=str(referral.id),
        referral_id=referral.id,
        by=by,
        at=at,
    )
    return file.pk


def settle_referral_of(*, file_id: UUID, by: Actor, at: datetime, why: str = "") -> None:
    """Tell whoever opened the referral what the accompaniment came to; nothing of its content is said.

    `why`: for a file that never began, what `support.file-declined` says of it.
    """
    file = SupportFile.objects.filter(pk=file_id).first()
    if file is None:
        raise NotFound
    outcome = _outcome_of(file, why)
    if file.referral_id is None or not outcome:
        return
    try:
        referrals.report_outcome(
            referral_id=file.referral_id, outcome=outcome, served_id=file.pk, by=by, at=at
        )
    except NotFound:
        # Settled by hand and purged since, or made one with another: nobody waits for an answer any more.
        return


def _outcome_of(file: SupportFile, why: str) -> str:
    """Empty for a file that was reopened in the meantime: it has not ended."""
    if file.state == FileState.DECLINED:
        return "declined" if why == "declined" else "no_solution"
    return OUTCOMES[Result(file.result)] if file.result else ""
