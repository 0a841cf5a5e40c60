"""The guard that keeps reasons of absence and health matters out of every free text of this module."""

from django.utils.translation import gettext_lazy as _

from palier.kernel.errors import DomainError
from palier.modules.staff.rules import forbidden_mention


class MentionRefused(DomainError):
    code = "staff.mention-refused"
    message = _(
        "Palier keeps no reason of absence and nothing about health. Remove “{words}”, then save again."
    )


def refuse_mentions(*texts: str) -> None:
    """Raises: MentionRefused. Legal: RGPD art. 5 and 9."""
    for text in texts:
        words = forbidden_mention(text)
        if words:
            raise MentionRefused(words=words)
