"""Expected refusals: named, translated, with the fields that a program needs.

An error says what is wrong and what to do. `code` is stable and belongs to the module that
raises it (`repairs.waiver-reason-missing`); `message` is a lazy literal with `{named}` fields.
"""

from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """A refusal that people can understand and mend."""

    code: ClassVar[str] = "palier.refused"
    message: ClassVar[str | Promise] = _("This cannot be done.")
    status: ClassVar[int] = 422

    def __init__(self, **fields: Any) -> None:
        super().__init__(self.code)
        self.fields = fields

    def __str__(self) -> str:
        return str(self.message).format(**self.fields)

    def as_dict(self) -> dict[str, Any]:
        """The shape that APIs and commands print: `{code, message, data}`."""
        return {"code": self.code, "message": str(self), "data": self.fields}


class NotAllowed(DomainError):
    code = "palier.not-allowed"
    message = _("You do not have the right to do this. Ask an administrator of your organisation.")
    status = 403


class NotFound(DomainError):
    code = "palier.not-found"
    message = _("Nothing was found under this reference.")
    status = 404


class TransitionRefused(DomainError):
    code = "palier.transition-refused"
    message = _(
        "“{action}” is not possible here: the file is “{state}”. Reload the page to see where it stands."
    )
