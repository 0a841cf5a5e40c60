"""Refuse an unfit note, unless somebody says why the words mean something else; the journal keeps the reason."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.errors import DomainError
from palier.kernel.wording.checking import Category, Finding, check
from palier.kernel.words import Text

REFUSALS: dict[Category, Text] = {
    Category.HEALTH: _("Describe what is to be done, not the illness. Take out: {words}."),
    Category.ORIGIN_RELIGION: _("Origin and religion may not be written here. Take out: {words}."),
    Category.INSULT: _("The person may read this text. Take out: {words}."),
}


class UnfitWording(DomainError):
    """A free text holds words about health, origin, religion, or insults. Legal: RGPD art. 9 and 15."""

    code = "wording.unfit"
    message = _(
        "Describe what is to be done, not health, origin or belief. Take out: {words}, or say why these words "
        "mean something else."
    )


@dataclass(frozen=True)
class Wording:
    """What a guard let through: nothing to say of it, or words confirmed for a reason."""

    findings: tuple[Finding, ...] = ()
    reason: str = ""

    def record(self, *, by: Actor, at: datetime, subject: Any) -> None:
        """Write in the journal that somebody confirmed words; which ones is left to the text itself."""
        if self.findings:
            categories = sorted({finding.category.value for finding in self.findings})
            journal.record(
                "wording.confirmed", by=by, at=at, subject=subject, categories=categories, reason=self.reason
            )


def guard(*texts: str, reason: str = "") -> Wording:
    """Refuse unfit texts; with a reason, let them through and hand back what the journal must hold.

    Raises: UnfitWording. A reason that is itself unfit confirms nothing.
    """
    findings = tuple(finding for text in texts for finding in check(text))
    if findings and (not reason.strip() or check(reason)):
        raise UnfitWording(words=named(findings))
    return Wording(findings, reason.strip() if findings else "")


def named(findings: "tuple[Finding, ...] | list[Finding]") -> str:
    """Return the words found, each once, as they were typed."""
    return ", ".join(f"« {word} »" for word in dict.fromkeys(finding.word for finding in findings))


def refusals(text: str) -> list[str]:
    """Return one sentence for each family of unfit words in a text, for the field of a form."""
    findings = check(text)
    return [
        str(sentence).format(words=named([one for one in findings if one.category == category]))
        for category, sentence in REFUSALS.items()
        if any(one.category == category for one in findings)
    ]
