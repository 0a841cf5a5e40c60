"""Write what callers say: each writing is a new version, the newest speaks."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.errors import DomainError
from palier.modules.outreach.enums import ScriptContext
from palier.modules.outreach.models import Script
from palier.modules.outreach.permissions import Permission
from palier.modules.outreach.rules.scripts import VARIABLES, unknown_variables


class VariableUnknown(DomainError):
    code = "outreach.variable-unknown"
    message = _("{unknown} means nothing here. What may stand between braces: {known}.")


class ScriptChanged(DomainError):
    code = "outreach.script-changed"
    message = _("Somebody else has just written this script. Read theirs first, then write yours again.")


class ScriptSame(DomainError):
    code = "outreach.script-same"
    message = _("Nothing was changed in this text.")


@transaction.atomic
def write(
    *, context: str, language: str, body: str, voicemail: str, seen_version: int, by: Actor, at: datetime
) -> Script:
    """Write the next version of a script. `seen_version`: the one on the writer's screen, 0 for the house's own.

    Raises: NotAllowed, VariableUnknown, ScriptChanged, ScriptSame.
    """
    by.must(Permission.SCRIPT_MANAGE)
    unknown = unknown_variables(f"{body}\n{voicemail}")
    if unknown:
        raise VariableUnknown(
            unknown=", ".join(f"{{{word}}}" for word in unknown),
            known=", ".join(f"{{{word}}}" for word in VARIABLES.values()),
        )
    newest = (
        Script.objects.filter(context=ScriptContext(context), language=language).order_by("-version").first()
    )
    if (newest.version if newest else 0) != seen_version:
        raise ScriptChanged
    if newest and (newest.body, newest.voicemail) == (body.strip(), voicemail.strip()):
        raise ScriptSame
    return _keep(context, language, body, voicemail, seen_version + 1, by=by, at=at)


def _keep(
    context: str, language: str, body: str, voicemail: str, version: int, *, by: Actor, at: datetime
) -> Script:
    try:
        with transaction.atomic():
            script = Script.objects.create(
                context=context,
                language=language,
                version=version,
                body=body.strip(),
                voicemail=voicemail.strip(),
                written_at=at,
                written_by=by.name,
            )
    except IntegrityError:
        raise ScriptChanged from None
    journal.record("outreach.script.write", by=by, at=at, subject=script, version=version)
    return script
