"""How long calls are kept, what is told to the person, and the line of the register of processing."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from palier.kernel import journal
from palier.kernel.journal.models import JournalEntry
from palier.kernel.retention import (
    Action,
    Chunk,
    Holds,
    LegalBasis,
    Rows,
    Subject,
    personal_data,
    processing,
    retention_class,
)
from palier.kernel.retention.selectors.holds import holds_on
from palier.modules.outreach.enums import CampaignState
from palier.modules.outreach.models import Call, Campaign, Line, LineMember, Report
from palier.modules.outreach.selectors.campaigns import reasons_of
from palier.modules.outreach.selectors.reports import tables_of

TABLES = (
    "outreach_line_member",
    "outreach_need",
    "outreach_followed_person",
)
PURPOSE = _("Call frail tenants in a crisis and hand over what they need")


@retention_class(
    key="outreach.campaign",
    label=_("Calls: lists, calls, what was heard"),
    trigger=_("End of the campaign"),
    months=3,
    least=1,
    most=6,
    source=_("Usage of landlords: end of the crisis and three months, six at most; counts alone stay"),
    purpose=PURPOSE,
    action=Action.ANONYMISE,
    order=50,
)
class EndedCampaigns(Rows):
    """Closed campaigns that still hold households. Their counts go to the journal, without small cells.

    Households of a held person stay, with their calls, until the hold is lifted; the others go.
    """

    model = Campaign
    since = "closed_at"
    chunk_rows = 5

    def rows(self) -> QuerySet[Campaign]:
        left = Line.objects.filter(campaign=OuterRef("pk"))
        return Campaign.objects.filter(Exists(left), state=CampaignState.CLOSED)

    def held(self, holds: Holds) -> Q:
        """Held by itself, or because nobody but held persons is left on it."""
        free = Line.objects.filter(campaign=OuterRef("pk")).exclude(pk__in=_lines_held(holds))
        return Q(pk__in=holds.ids("outreach_campaign")) | Q(~Exists(free))

    def describe(self, row: Any) -> str:
        return str(row.name)

    def apply(self, chunk: Chunk) -> None:
        for campaign in Campaign.objects.filter(pk__in=chunk.ids).order_by("pk"):
            if _is_counted(campaign):
                continue
            counts = {
                table.key: [[label, *cells] for label, cells in table.rows]
                for table in tables_of(campaign.pk, on=localdate(chunk.at))
            }
            journal.record(
                "outreach.campaign.counts", by=chunk.by, at=chunk.at, subject=campaign, counts=counts
            )
        held = _lines_held(holds_on(localdate(chunk.at)))
        chunk.delete(Line.objects.filter(campaign__in=chunk.ids).exclude(pk__in=held))


def _lines_held(holds: Holds) -> QuerySet[Any]:
    """Lines on which somebody is held, whether by name or with a lease."""
    members = LineMember.objects.filter(
        Q(pk__in=holds.ids("outreach_line_member")) | Q(person__in=holds.ids("people_person"))
    )
    lines = Line.objects.filter(Q(pk__in=holds.ids("outreach_line")) | Q(members__in=members))
    return lines.values("pk")


def _is_counted(campaign: Campaign) -> bool:
    """Counted when its other households went: what a hold kept of it is no campaign of its own."""
    about = {"subject_table": "outreach_campaign", "subject_id": str(campaign.pk)}
    return JournalEntry.objects.filter(kind="outreach.campaign.counts", **about).exists()


@personal_data(
    "people",
    key="outreach.calls",
    label=_("Calls"),
    purpose=PURPOSE,
    basis=LegalBasis.LEGITIMATE_INTEREST,
    retention="outreach.campaign",
    tables=TABLES,
)
def calls_of(subject: Subject) -> list[dict[Any, Any]]:
    """Tell somebody which lists they are on and why, and what was written of each conversation."""
    found: list[dict[Any, Any]] = []
    members = LineMember.objects.filter(person_id=subject.id).select_related("line__campaign").order_by("pk")
    for member in members:
        found.append(
            {
                _("Campaign"): member.line.campaign.name,
                _("Because"): ", ".join(reasons_of(member.reasons)),
                _("Calls"): _calls(member.line),
            }
        )
    return found


def _calls(line: Line) -> list[str]:
    calls = Call.objects.filter(line=line).order_by("round")
    notes = {one.call_id: one.note for one in Report.objects.filter(call__line=line) if one.note}
    return [f"{one.due_on} {one.get_state_display()} {notes.get(one.pk, '')}".strip() for one in calls]


processing(
    key="outreach.calls",
    label=_("Courtesy calls"),
    purpose=PURPOSE,
    basis=LegalBasis.LEGITIMATE_INTEREST,
    persons=_("Tenants aged, isolated or in difficulty, and the people who live with them"),
    data=_(
        "Age, household, adapted dwelling, markers, social follow-up, rent owed (one segment only), last contact, "
        "number, what was heard and needed; no health data"
    ),
    recipients=_("Callers, their team leader, social workers; a partner only with the person's agreement"),
    retention=("outreach.campaign",),
    measures=_(
        "Closed list of inputs, objection heard at once, notes guarded against medical words, counts without "
        "small cells, no decision by the machine alone"
    ),
    assessment=_("People in a weak position, evaluation by criteria: impact assessment needed (CNIL list)"),
    notice=_(
        "Your landlord may call you in a crisis to ask how you are. You may object at any time, during the call or "
        "at reception."
    ),
    app="palier.modules.outreach",
)
