"""Which row of beta each parameter of an address stands for.

Keys: `space:parameter` for a whole namespace, `space:name parameter` for one route. `space:name is
shared` marks a route whose parameters name nothing of an organisation (a day, a file format).
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.apps import apps

from palier.kernel.organisations.current import open_shared


def row(label: str) -> Callable[[Any], Any]:
    return lambda world: world.row(apps.get_model(label)).pk


def beta_membership(_world: Any) -> Any:
    """Members and invitations live in the shared schema: their ids must not cross either."""
    from palier.kernel.accounts.models import Membership
    from palier.kernel.accounts.testing import make_member

    email = "membre.canari-de-beta-7f3a@beta.example"
    with open_shared():
        found = Membership.objects.filter(user__email=email).first()
        return (found or make_member("beta", email=email, name="Membre canari-de-beta-7f3a")).pk


def beta_invitation(_world: Any) -> Any:
    from django.utils import timezone

    from palier.kernel.accounts.models import Invitation
    from palier.kernel.organisations.models import Organisation

    with open_shared():
        found = Invitation.objects.filter(organisation__slug="beta").first()
        return (found or Invitation.objects.create(
            organisation=Organisation.objects.get(slug="beta"), email="canari-de-beta-7f3a@beta.example",
            roles=["observer"], invited_by="canari-de-beta-7f3a", invited_at=timezone.now(),
            expires_at=timezone.now().replace(year=2099),
        )).pk  # fmt: skip


def document_of_a_file(world: Any) -> Any:
    """A document opens from its file alone: it must be one of the file's own."""
    from django.utils import timezone

    from palier.kernel.access import system_actor
    from palier.kernel.documents.services import keep
    from palier.kernel.organisations.current import open_organisation

    file = world.row(apps.get_model("support.SupportFile"))
    somebody = system_actor("canari-de-beta-7f3a", organisation="beta", via="web")
    with open_organisation("beta"):
        kept = keep(
            content=b"%PDF canari-de-beta-7f3a", title="canari-de-beta-7f3a", kind="support_agreement",
            about=file, key=f"canari-{file.pk}", by=somebody, at=timezone.now(),
        )  # fmt: skip
    return kept.pk


SAMPLES: dict[str, Any] = {
    "access:membership_id": beta_membership,
    "access:invitation_id": beta_invitation,
    "audit:table": "estate_agency",
    "audit:row_id": row("estate.Agency"),
    "jobs:run_id": row("jobs.JobRun"),
    "bulk:run_id": row("bulk.BulkRun"),
    "bulk:extension": "csv",
    "documents:document_id": row("documents.Document"),
    "deliveries:delivery_id": row("deliveries.Delivery"),
    "outreach:campaign_id": row("outreach.Campaign"),
    "outreach:line_id": row("outreach.Line"),
    "outreach:segment_id": row("outreach.Segment"),
    "outreach:person_id": row("people.Person"),
    "outreach:move-campaign act": "close",
    "outreach:call_id": row("outreach.Call"),
    "outreach:report_id": row("outreach.Report"),
    "outreach:visit_id": row("outreach.Visit"),
    "outreach:alert_id": row("outreach.Alert"),
    "outreach:sheet_id": row("outreach.CallSheet"),
    "outreach:agent_id": row("staff.Agent"),
    "outreach:script context": "courtesy",
    "outreach:script language": "fr",
    "outreach:script is shared": True,
    "staff:agent_id": row("staff.Agent"),
    "staff:team_id": row("staff.Team"),
    "staff:leave_id": row("staff.PlannedLeave"),
    "staff:hours_id": row("staff.TeamHours"),
    "staff:coverage_id": row("staff.Coverage"),
    "staff:agent_skill_id": row("staff.AgentSkill"),
    "staff:equipment_id": row("staff.Equipment"),
    "staff:day": date.today().isoformat(),
    "parameters:key": "continuity.call-out-deputy-after",
    "parameters:adjust is shared": True,
    "parameters:restore is shared": True,
    "imports:kind": "patrimoine",
    "imports:extension": "csv",
    "imports:template is shared": True,
    "imports:line": 2,
    "imports:row_id": row("imports.ImportAbsent"),
    "estate:residence_id": row("estate.Residence"),
    "estate:lot_id": row("estate.Lot"),
    "estate:change-status action": "vacate",
    "estate:reservation_id": row("estate.Reservation"),
    "estate:agency_id": row("estate.Agency"),
    "estate:reception_point_id": row("estate.ReceptionPoint"),
    "people:lease_id": row("people.Lease"),
    "people:line_id": row("people.TrayLine"),
    "people:handle-line action": "take_in",
    "people:sealed-access extension": "pdf",
    "people:file_id": row("people.SealedIdentity"),
    "people:person_id": row("people.Person"),
    "people:contact_id": row("people.ContactPoint"),
    "people:consent_id": row("people.Consent"),
    "people:marker_id": row("people.VulnerabilityMarker"),
    "people:pair_id": row("people.DuplicatePair"),
    "people:merge_id": row("people.Merge"),
    "people:other_id": lambda world: world.row(apps.get_model("people.DuplicatePair")).second_id,
    "continuity:seq": lambda world: world.row(apps.get_model("continuity.LogEntry")).seq,
    "continuity:task_id": row("continuity.Task"),
    "continuity:task-move action": "start",
    "continuity:member_id": row("continuity.CellMember"),
    "continuity:call_out_id": row("continuity.CallOut"),
    "continuity:answer_id": row("continuity.CallOutAnswer"),
    "continuity:cell_id": row("continuity.Cell"),
    "continuity:meeting_id": row("continuity.Meeting"),
    "continuity:decision_id": row("continuity.CellDecision"),
    "continuity:decision-move action": "finish",
    "continuity:notice_id": row("continuity.Notice"),
    "continuity:notice-move action": "issue",
    "continuity:residence_id": row("estate.Residence"),
    "continuity:report_id": row("continuity.SituationReport"),
    "continuity:activation_id": row("continuity.Activation"),
    "continuity:override_id": row("continuity.ModeOverride"),
    "continuity:code": lambda world: world.row(apps.get_model("continuity.ContinuityPlan")).code,
    "continuity:level code": "3",
    "continuity:plan-template key": "pandemic.fr",
    "continuity:plan-template is shared": True,
    "continuity:version-move action": "submit",
    "continuity:activation-move action": "close",
    "continuity:version_id": row("continuity.PlanVersion"),
    **{
        f"continuity:{name} code": "3"
        for name in ("level-words", "card-new", "card-edit", "card-remove", "level-mode")
    },
    "continuity:card_code": "call-the-cell",
    "continuity:level-mode key": "reception",
    "continuity:bulletin_id": row("continuity.VigilanceBulletin"),
    "continuity:rule_id": row("continuity.VigilanceRule"),
    "continuity:exercise_id": row("continuity.Exercise"),
    "continuity:inject_id": row("continuity.Inject"),
    "continuity:exercise-inject action": "play",
    "continuity:exercise-move action": "cancel",
    "continuity:review_id": row("continuity.AfterActionReview"),
    "continuity:review-comment section": "tasks",
    "continuity:proposal_id": row("continuity.ReviewProposal"),
    "continuity:review-settle action": "accept",
    "continuity:review-move action": "share",
    "partners:partner_id": row("partners.Partner"),
    "partners:contact_id": row("partners.PartnerContact"),
    "partners:protocol_id": row("partners.Protocol"),
    "partners:number_id": row("partners.EmergencyNumber"),
    "referrals:referral_id": row("referrals.Referral"),
    "referrals:step action": "withdraw",
    "referrals:person_id": row("people.Person"),
    "referrals:residence_id": row("estate.Residence"),
    "referrals:transmission_id": row("referrals.Transmission"),
    "referrals:observation_id": row("referrals.Observation"),
    "support:file_id": row("support.SupportFile"),
    "support:person_id": row("people.Person"),
    "support:reader_id": row("support.FileReader"),
    "support:document_id": document_of_a_file,
    "support:paper": "agreement",
    "support:access": "team",
    "support:name": "situation",
    "support:part": "entry",
    "support:state": "seen",
    "support:move-aim row_id": row("support.Aim"),
    "support:move-aim action": "reach",
    "support:move-step row_id": row("support.Step"),
    "support:move-step action": "finish",
    "support:hand-over row_id": row("support.Step"),
    "support:turn-into-call row_id": row("support.Appointment"),
    "support:end-appointment row_id": row("support.Appointment"),
    "support:end-appointment action": "cancel",
    "support:mark-paper row_id": row("support.Paper"),
    "support:end-partner row_id": row("support.FilePartner"),
    "retention:key": "staff.presence",
    **{
        f"retention:{name} is shared": True
        for name in ("rule", "change-term", "switch-on", "switch-off", "apply-now", "activity")
    },
    "retention:activity key": "staff.presence",
    "retention:hold_id": row("retention.LegalHold"),
    "retention:request_id": row("retention.DataRequest"),
    "retention:package_id": row("retention.AccessPackage"),
    "retention:processor_id": row("retention.Processor"),
    "retention:breach_id": row("retention.Breach"),
    "retention:close action": "refuse",
    "imports:batch_id": row("imports.ImportBatch"),
    "imports:profile_id": row("imports.ImportProfile"),
}

# Pages that show no text of a record: forms to create, choices, settings.
SHOWS_NO_TEXT: set[str] = {
    "support:mine",
    "support:end-appointment",
    "support:move-step",
    # What one has just done oneself: nothing yet for whoever looks.
    "bulk:done",
    "retention:rules",
    "retention:rule",
    "retention:activity",
    "retention:new-hold",
    "retention:new-request",
    "retention:new-breach",
    "access:invite",
    "access:rights",
    "access:security",
    "parameters:parameters",
    "estate:new-agency",
    "people:new",
    "search:results",
    "imports:progress",
    "staff:presence",
    "continuity:plan-import",
    "continuity:preview",
    "continuity:cell-new",
    "continuity:log-check",
    "continuity:my-tasks",
    "continuity:task-new",
    "continuity:member-new",
    "continuity:call-out-new",
    "continuity:exercise-new",
    "people:tray",
    "people:unseal",
    "people:undo-merge",
    "people:mark-contact",
    "referrals:new",
    "referrals:districts",
    "partners:new",
    "partners:new-number",
    "outreach:desk",
    "outreach:inbound",
    "outreach:script",
    "outreach:waiting-calls",
    "outreach:week",
    "staff:new-coverage",
    "staff:gaps",
}
