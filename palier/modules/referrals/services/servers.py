"""The modules that serve a kind of need: accepting a referral there creates their own file.

A need whose module is not built yet is taken by a person or by a partner, with the buttons of the referral itself.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from palier.kernel.access import Actor
from palier.kernel.words import Text


@dataclass(frozen=True)
class ReferralBrief:
    """What a module receives when it accepts a referral. Ids and the guarded summary."""

    id: UUID
    reference: str
    kind: str
    urgency: str
    summary: str
    person_id: UUID | None
    lot_id: UUID | None
    residence_id: UUID | None
    source_kind: str
    source_id: UUID


class Accept(Protocol):
    """Create the module's own record for a referral, in the same transaction, and return its id.

    A DomainError refuses: nothing is changed and its words are shown.
    """

    def __call__(self, *, referral: ReferralBrief, by: Actor, at: datetime) -> UUID | None: ...


@dataclass(frozen=True)
class KindServer:
    """A module that serves a kind. `url` gives the address of the record that accepting created."""

    kind: str
    label: Text
    permission: str
    accept: Accept
    url: Callable[[UUID], str] | None = None


_servers: dict[str, KindServer] = {}


def register_kind_server(
    kind: str,
    *,
    label: Text,
    permission: str,
    accept: Accept,
    url: Callable[[UUID], str] | None = None,
) -> None:
    """Have a module serve a kind: call it in the module's `AppConfig.ready`.

    `label` is what the button says (« Open a support file »).
    """
    _servers[str(kind)] = KindServer(str(kind), label, str(permission), accept, url)


def server_of(kind: str) -> KindServer | None:
    """Return the module that serves a kind; None: a person or a partner does."""
    return _servers.get(kind)
