"""The long runs, and the selections that nobody confirmed."""

from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import get_script_prefix, reverse
from django.utils import timezone

from palier.kernel.access import Actor, SystemActor, bind_actor
from palier.kernel.access.membership import actor_for
from palier.kernel.bulk import selectors, services
from palier.kernel.errors import DomainError, NotAllowed
from palier.kernel.jobs import job
from palier.kernel.jobs.services import watched_run
from palier.kernel.organisations.current import current_organisation, open_shared


@job("bulk.apply", queue="default", atomic=False)
def apply(*, run_id: str, bulk_id: str, **_rest: object) -> None:
    """Chunk after chunk, under the name and the present rights of the person who asked."""
    run, asked = watched_run(run_id), selectors.author_of(UUID(bulk_id))
    run.begin(asked.announced)
    try:
        actor = _actor(run.started_by_id, run.started_by, asked.by_system)
        while not (cancelled := run.cancelled()) and _next(UUID(bulk_id), actor):
            run.advance(selectors.treated(UUID(bulk_id)))
        if cancelled:
            services.stop(run_id=UUID(bulk_id), by=actor, at=timezone.now())
    except DomainError as refusal:
        services.stop(
            run_id=UUID(bulk_id), by=_machine(run.started_by), at=timezone.now(), error=str(refusal)
        )
        run.fail(str(refusal))
        return
    done = selectors.treated(UUID(bulk_id))
    run.advance(done)
    run.finish(result={"done": done}, url=_address(bulk_id), state="cancelled" if cancelled else "done")


def _next(bulk_id: UUID, actor: Actor) -> int:
    with transaction.atomic():
        bind_actor(actor)
        return services.apply_chunk(run_id=bulk_id, by=actor, at=timezone.now())


def _actor(user_id: UUID | None, name: str, is_system: bool) -> Actor:
    """The person as they are now: a right withdrawn since is not used. Raises: NotAllowed."""
    if is_system:
        return _machine(name)
    if user_id is None:
        raise NotAllowed(permission="")
    from palier.kernel.accounts.models import Membership

    slug = current_organisation().slug
    with open_shared():
        membership = (
            Membership.objects.filter(user_id=user_id, organisation__slug=slug, is_active=True)
            .select_related("user", "organisation")
            .first()
        )
        if membership is None:
            raise NotAllowed(permission="")
        return actor_for(membership.user, membership, via="job")


def _machine(name: str) -> SystemActor:
    return SystemActor(user_id=None, name=name, email="", organisation=current_organisation().slug, via="job")


def _address(bulk_id: str) -> str:
    """A worker serves no request: the organisation's addresses and its prefix are named, not guessed."""
    organisation = current_organisation()
    inside = reverse("bulk:run", urlconf=settings.ORGANISATION_URLCONFS[organisation.kind], args=[bulk_id])
    return f"/o/{organisation.slug}/{inside.removeprefix(get_script_prefix())}"


@job("bulk.forget-drafts", cron="40 2 * * *")
def forget_drafts(**_rest: object) -> None:
    services.forget_drafts(at=timezone.now())
