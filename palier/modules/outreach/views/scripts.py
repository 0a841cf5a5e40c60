"""What callers say: read, write the next version, look at the former ones."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from palier.kernel.access import requires
from palier.kernel.errors import DomainError
from palier.kernel.requests import OrganisationRequest
from palier.modules.outreach.enums import ScriptContext
from palier.modules.outreach.forms.scripts import ScriptForm
from palier.modules.outreach.permissions import Permission
from palier.modules.outreach.rules.scripts import VARIABLES, anti_fraud
from palier.modules.outreach.selectors import desk
from palier.modules.outreach.selectors import scripts as selectors
from palier.modules.outreach.services import scripts as services


@requires(Permission.SCRIPT_MANAGE)
def scripts(request: OrganisationRequest) -> HttpResponse:
    """Every script in force."""
    number = selectors.callback_number()
    context = {"scripts": selectors.texts(), "callback": number, "anti_fraud": anti_fraud("fr", number)}
    return render(request, "outreach/scripts/scripts.html", context)


@requires(Permission.SCRIPT_MANAGE)
@require_http_methods(["GET", "POST"])
def script(request: OrganisationRequest, context: str, language: str) -> HttpResponse:
    """One script: its text, its former versions, and how it sounds."""
    languages = desk.language_choices()
    if context not in ScriptContext.values or language not in languages:
        raise Http404
    text = selectors.text(context, language)
    initial = {"body": text.body, "voicemail": text.voicemail, "seen_version": text.version}
    form = ScriptForm(request.POST) if request.method == "POST" else ScriptForm(initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.write(
                context=context, language=language, by=request.actor, at=timezone.now(), **form.cleaned_data
            )
        except DomainError as refusal:
            form.add_error("body", str(refusal))
        else:
            messages.success(request, _("Saved: callers read it from their next household on."))
            return redirect("outreach:script", context, language)
    shown = {
        "text": text,
        "form": form,
        "language_label": languages[language],
        "versions": selectors.versions(context, language),
        "example": selectors.example(context, language, caller=request.actor.name),
        "variables": [f"{{{word}}}" for word in VARIABLES.values()],
    }
    return render(request, "outreach/scripts/script.html", shown, status=422 if form.errors else 200)
