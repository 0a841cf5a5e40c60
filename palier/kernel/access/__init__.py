"""Who may do what. Deny by default: a view without `@requires` is refused, and a test says so.

Permissions are declared by each module in `permissions.py`: a `Permission` StrEnum whose values
read `module:resource:action`, `LABELS` for people, and `ROLE_GRANTS`, what each role has by
default. An organisation adjusts them on its « Qui peut quoi » page. `NEEDS_SECOND_FACTOR` names those that
stay closed in a session that showed no second factor: the actor does not have them there.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import wraps
from typing import Any, NoReturn
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from palier.kernel.errors import NotAllowed, NotFound

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True)
class Actor:
    """The person, command or job that acts, with what it may do in one organisation."""

    user_id: UUID | None
    name: str
    email: str
    organisation: str
    permissions: frozenset[str] = field(default_factory=frozenset)
    roles: frozenset[str] = field(default_factory=frozenset)
    via: str = "web"
    #: Permissions that this person has, and this session has not: it showed no second factor.
    withheld: frozenset[str] = field(default_factory=frozenset)

    def may(self, permission: StrEnum | str) -> bool:
        return str(permission) in self.permissions

    def must(self, permission: StrEnum | str) -> None:
        """Raises: NotAllowed."""
        if not self.may(permission):
            raise NotAllowed(permission=str(permission))


@dataclass(frozen=True)
class SystemActor(Actor):
    """A job or a command of the machine's administrator: it may do everything, under its own name."""

    def may(self, permission: StrEnum | str) -> bool:
        return True


def system_actor(name: str, *, organisation: str = "", via: str = "job") -> SystemActor:
    """Return the actor under which a job or a command acts; its name is what the journal shows."""
    return SystemActor(user_id=None, name=name, email="", organisation=organisation, via=via)


def bind_actor(actor: Actor, *, read_only: bool = False) -> None:
    """Tell the database, for this transaction only, who acts; a GET may then only SELECT."""
    subject = f"{actor.user_id or ''}|{actor.name}"
    with connection.cursor() as cursor:
        if read_only:
            cursor.execute(
                "SELECT set_config('palier.actor', %s, true), set_config('transaction_read_only', 'on', true)",
                [subject],
            )
        else:
            cursor.execute("SELECT set_config('palier.actor', %s, true)", [subject])


View = Callable[..., HttpResponseBase]


class SecondFactorRequired(PermissionDenied):
    """The right is there and the session has shown no second factor: the middleware leads to the page that says so."""


def requires(*permissions: StrEnum | str, in_shared_schema: bool = False) -> Callable[[View], View]:
    """Let the view run only for an actor who has every one of these permissions.

    `in_shared_schema`: the page works on members and rights, without the organisation's role.
    """
    names = tuple(str(p) for p in permissions)

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            actor: Actor | None = getattr(request, "actor", None)
            if actor is None or not all(actor.may(name) for name in names):
                _refuse(actor, names)
            bind_actor(actor, read_only=request.method in SAFE_METHODS)
            return _answered(view, request, *args, **kwargs)

        guarded.permissions = names  # type: ignore[attr-defined]
        guarded.in_shared_schema = in_shared_schema  # type: ignore[attr-defined]
        return guarded

    return decorate


def _refuse(actor: Actor | None, names: Iterable[str]) -> NoReturn:
    """Raises: SecondFactorRequired when that alone is missing, PermissionDenied otherwise."""
    missing = {name for name in names if actor is None or not actor.may(name)}
    if actor is not None and missing <= actor.withheld:
        raise SecondFactorRequired
    raise PermissionDenied


def _answered(view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
    """Answer 404 and 403 to the refusals that mean them; a view turns the others into words beside its form."""
    try:
        return view(request, *args, **kwargs)
    except NotFound as missing:
        raise Http404(str(missing)) from missing
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal)) from refusal


def public_page(view: View) -> View:
    """Declare that a view needs no permission: sign-in, acknowledgement by signed link, health."""
    view.permissions = ()  # type: ignore[attr-defined]
    view.is_public = True  # type: ignore[attr-defined]
    return view
