"""How long invitations that nobody uses any more are kept. They live in the shared schema."""

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from palier.kernel.accounts.models import Invitation
from palier.kernel.organisations.current import current_organisation, open_shared
from palier.kernel.retention import Chunk, Holds, LegalBasis, Rows, processing, retention_class


@retention_class(
    key="accounts.invitation",
    label=_("Invitations expired, withdrawn or used"),
    trigger=_("End of validity of the invitation"),
    days=90,
    least=0,
    most=365,
    source=_("GDPR, art. 5.1 e; domain usage"),
    purpose=_("Let people sign in"),
    order=62,
)
class OldInvitations(Rows):
    model = Invitation
    since = "expires_at"

    def scope(self) -> AbstractContextManager[Any]:
        self._organisation = current_organisation().pk
        return open_shared()

    def due(self, *, before: datetime) -> QuerySet[Any]:
        return Invitation.objects.filter(organisation=self._organisation, expires_at__lt=before)

    def held(self, holds: Holds) -> Q:
        return Q(pk__in=())

    def apply(self, chunk: Chunk) -> None:
        gone, _by_model = Invitation.objects.filter(pk__in=chunk.ids).delete()
        chunk.counts["invitation"] += gone


processing(
    key="accounts.members",
    label=_("Accounts of those who use Palier"),
    purpose=_("Let people sign in, with the rights of their role"),
    basis=LegalBasis.LEGITIMATE_INTEREST,
    persons=_("Agents of the organisation, invited persons"),
    data=_("Name, e-mail address, roles, sessions"),
    recipients=_("Administrators"),
    retention=("accounts.invitation",),
    measures=_("Passwords hashed (Argon2), sessions limited in time"),
    app="palier.kernel.accounts",
    order=94,
)
