"""Send a referral to a partner, show its link once, revoke it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from palier.kernel.access import requires
from palier.kernel.requests import OrganisationRequest
from palier.kernel.ui.views.acting import act, act_of_form
from palier.modules.referrals.enums import SentBy
from palier.modules.referrals.permissions import Permission
from palier.modules.referrals.selectors import sending, work
from palier.modules.referrals.services import transmitting
from palier.modules.referrals.services.quick_response import qr_of
from palier.modules.referrals.views.referrals import page_of, transmit_form


@requires(Permission.REFERRAL_TRANSMIT)
@require_POST
@never_cache
def transmit(request: OrganisationRequest, referral_id: UUID) -> HttpResponse:
    """Send it: by e-mail, or by a link that this one answer shows and nothing keeps."""
    now = timezone.now()
    record = work.referral_page(referral_id, actor=request.actor, at=now).record
    asks_danger = sending.what_may_leave(record, at=now).asks_danger
    form = transmit_form(record, asks_danger, request.POST)
    sent = act_of_form(request, form, transmitting.transmit, referral_id=referral_id)
    if sent is None:
        context = page_of(request, referral_id, transmit_form=form, opened="send")
        return render(request, "referrals/referral.html", context, status=422)
    if form.cleaned_data["sent_by"] == SentBy.MAIL:
        messages.success(request, _("The link is on its way to %s.") % sent.to_email)
        return redirect("referrals:referral", referral_id)
    context = {"sent": sent, "one": record, "qr": qr_of(sent.link)}
    return render(request, "referrals/link_shown.html", context)


@requires(Permission.REFERRAL_TRANSMIT)
@require_POST
def revoke(request: OrganisationRequest, transmission_id: UUID) -> HttpResponse:
    referral_id = work.sent_referral_id(transmission_id)
    said = _("The link is stopped: whoever opens it reads nothing.")
    act(request, transmitting.revoke, said, transmission_id=transmission_id)
    return redirect("referrals:referral", referral_id)
