"""Who acts in the demonstration: agents, under their own name and account."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from palier.config.demo.facts import LandlordSpec
from palier.config.demo.staffing import Agent
from palier.kernel.access import SystemActor


@dataclass(frozen=True)
class Part:
    """Somebody of the staff, with the actor under whom services are called."""

    agent: Agent
    actor: SystemActor


class Cast:
    """The staff of a landlord by post, and actors for those who have an account."""

    def __init__(self, spec: LandlordSpec, staff: Sequence[Agent]) -> None:
        from palier.kernel.accounts.models import User
        from palier.kernel.organisations.current import open_shared

        self.spec, self.staff = spec, staff
        with open_shared():
            ids = dict(User.objects.filter(email__endswith=f"@{spec.domain}").values_list("email", "id"))
        self._parts = {
            agent.account.split("@")[0]: Part(
                agent,
                SystemActor(
                    user_id=ids[agent.account],
                    name=agent.full_name,
                    email=agent.account,
                    organisation=spec.slug,
                    via="web",
                ),
            )
            for agent in staff
            if agent.account
        }

    def part(self, *accounts: str) -> Part:
        """Return whoever holds the first of these posts that exists here."""
        return next(self._parts[account] for account in accounts if account in self._parts)

    def actor(self, *accounts: str) -> SystemActor:
        return self.part(*accounts).actor

    def accounts(self) -> dict[str, UUID]:
        """Return the account of each agent who has one, by its address."""
        parts = self._parts.values()
        return {part.actor.email: part.actor.user_id for part in parts if part.actor.user_id is not None}

    @property
    def director(self) -> SystemActor:
        return self.actor("direction")

    @property
    def secretary(self) -> SystemActor:
        return self.actor("cellule", "pca")

    def of_title(self, stem: str, *, team: str = "") -> Agent | None:
        """Return the first agent whose title begins so, in a team whose code ends so."""
        return next(
            (one for one in self.staff if one.title.startswith(stem) and one.team_code.endswith(team)), None
        )
