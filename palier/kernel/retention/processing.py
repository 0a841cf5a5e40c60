"""Processing activities: what each module does with personal data, why, with whom, for how long.

    processing(
        key="people.tenants", label=_("Management of tenants and leases"), purpose=_("…"), basis=LegalBasis.CONTRACT,
        persons=_("Tenants, occupants, guarantors"), data=_("Identity, contact details, lease, …"),
        recipients=_("Advisers, caretakers"), retention=("people.tenant-file",), measures=_("…"),
    )

Legal: règlement (UE) 2016/679, art. 30 (register), art. 35 (impact assessment).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from palier.kernel.retention.enums import LegalBasis
from palier.kernel.words import Text


@dataclass(frozen=True)
class Processing:
    """One line of the register. `assessment`: why an impact assessment is needed, empty when none is.

    `notice`: what the people concerned are told, in the words of the information notice.
    """

    key: str
    label: Text
    purpose: Text
    basis: LegalBasis
    persons: Text
    data: Text
    recipients: Text
    retention: tuple[str, ...]
    measures: Text
    transfers: Text
    sensitive: Text
    assessment: Text
    notice: Text
    app: str
    order: int

    @property
    def module(self) -> str:
        return self.key.split(".", 1)[0]


_activities: dict[str, Processing] = {}


def processing(
    *,
    key: str,
    label: Text,
    purpose: Text,
    basis: LegalBasis,
    persons: Text,
    data: Text,
    recipients: Text,
    app: str,
    retention: Sequence[str] = (),
    measures: Text = "",
    transfers: Text = "",
    sensitive: Text = "",
    assessment: Text = "",
    notice: Text = "",
    order: int = 100,
) -> Processing:
    """Declare a processing activity of an app (`palier.modules.people`). `transfers` empty: none outside the EU."""
    new = Processing(
        key, label, purpose, basis, persons, data, recipients, tuple(retention), measures, transfers, sensitive,
        assessment, notice, app, order,
    )  # fmt: skip
    _activities[key] = new
    return new


def activities(apps: Sequence[str]) -> tuple[Processing, ...]:
    """The declared activities of some apps, in order."""
    found = (one for one in _activities.values() if one.app in apps)
    return tuple(sorted(found, key=lambda one: (one.order, one.key)))
