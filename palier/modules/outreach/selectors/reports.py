"""The report of a campaign: counts that may leave the house, no name, no free text, no small cell."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from palier.kernel.access import Actor
from palier.kernel.parameters import value_of
from palier.modules.outreach.enums import AlertLevel, Wellbeing
from palier.modules.outreach.permissions import Permission
from palier.modules.outreach.rules.disclosure import TOTAL, Protected, protect
from palier.modules.outreach.rules.parameters import MIN_CELL
from palier.modules.outreach.selectors.campaigns import campaign_record
from palier.modules.referrals import public as referrals

OUTCOMES = (("reached", _("Reached so far")), ("unreached", _("Not reached yet")))


@dataclass(frozen=True)
class ReportTable:
    """One table of the report. Cells are None where they are hidden; the last row and column are totals."""

    key: str
    title: str
    unit: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[int | None, ...]], ...]
    hidden: int


@dataclass(frozen=True)
class CampaignReport:
    """A whole report. `attempts` and `answered` are acts, always shown; `visits` counts people met, None when few."""

    campaign_id: UUID
    name: str
    scope: str
    context: str
    starts_on: date
    last_day: date | None
    made_at: datetime
    least: int
    attempts: int
    answered: int
    visits: int | None
    tables: tuple[ReportTable, ...]

    @property
    def hidden(self) -> int:
        return sum(one.hidden for one in self.tables)


def campaign_report(*, campaign_id: UUID, actor: Actor, at: datetime) -> CampaignReport:
    """Return the report of a campaign. Six queries. Raises: NotFound, NotAllowed."""
    actor.must(Permission.CAMPAIGN_VIEW)
    record = campaign_record(campaign_id=campaign_id, actor=actor)
    least = int(value_of(MIN_CELL.key, on=localdate(at)))
    attempts, answered, visits = _acts(campaign_id)
    return CampaignReport(
        campaign_id=campaign_id,
        name=record.name,
        scope=record.scope_label,
        context=str(record.get_context_display()),
        starts_on=record.starts_on,
        last_day=record.ends_on and date.fromordinal(record.ends_on.toordinal() - 1),
        made_at=at,
        least=least,
        attempts=attempts,
        answered=answered,
        visits=visits if visits == 0 or visits >= least else None,
        tables=tables_of(campaign_id, on=localdate(at)),
    )


def tables_of(campaign_id: UUID, *, on: date) -> tuple[ReportTable, ...]:
    """Return the tables of people of a campaign, protected with the least cell in force on a day."""
    least = int(value_of(MIN_CELL.key, on=on))
    return (_people(campaign_id, least), *_heard(campaign_id, least))


def _acts(campaign_id: UUID) -> tuple[int, int, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT (SELECT count(*) FROM outreach_attempt attempt
                       JOIN outreach_call call ON call.id = attempt.call_id
                       WHERE call.campaign_id = %(c)s),
                      (SELECT count(*) FROM outreach_attempt attempt
                       JOIN outreach_call call ON call.id = attempt.call_id
                       WHERE call.campaign_id = %(c)s
                         AND attempt.result IN ('answered', 'third_party', 'callback_asked')),
                      (SELECT count(*) FROM outreach_visit visit JOIN outreach_line line ON line.id = visit.line_id
                       WHERE line.campaign_id = %(c)s AND visit.state = 'met')""",
            {"c": campaign_id},
        )
        attempts, answered, visits = cursor.fetchone()
    return int(attempts), int(answered), int(visits)


def _people(campaign_id: UUID, least: int) -> ReportTable:
    """People listed, by segment, reached or not: each person stands in one cell."""
    rows = _counts(
        """SELECT member.segment_code,
               CASE WHEN line.last_reached_at IS NULL THEN 'unreached' ELSE 'reached' END, count(*)
        FROM outreach_line_member member JOIN outreach_line line ON line.id = member.line_id
        WHERE member.campaign_id = %s GROUP BY 1, 2""",
        campaign_id,
    )
    segments = sorted({row for row, _column in rows})
    shown = protect(rows, rows=segments, columns=[key for key, _label in OUTCOMES], least=least)
    labels = [str(label) for _key, label in OUTCOMES]
    return _table("people", gettext("People listed, by segment"), gettext("people"), shown, labels, segments)


def _heard(campaign_id: UUID, least: int) -> tuple[ReportTable, ...]:
    """What was heard, household by household: the latest word of each."""
    wellbeing = _column(
        """SELECT DISTINCT ON (call.line_id) call.line_id, report.wellbeing FROM outreach_report report
        JOIN outreach_call call ON call.id = report.call_id
        WHERE call.campaign_id = %s AND report.wellbeing <> '' ORDER BY call.line_id, report.at DESC""",
        campaign_id,
    )
    alerts = _column(
        """SELECT call.line_id, max(alert.level) FROM outreach_alert alert
        JOIN outreach_report report ON report.id = alert.report_id
        JOIN outreach_call call ON call.id = report.call_id
        WHERE call.campaign_id = %s GROUP BY 1""",
        campaign_id,
    )
    needs = _column(
        """SELECT DISTINCT ON (call.line_id, need.kind) call.line_id, need.kind FROM outreach_need need
        JOIN outreach_report report ON report.id = need.report_id
        JOIN outreach_call call ON call.id = report.call_id
        WHERE call.campaign_id = %s ORDER BY call.line_id, need.kind""",
        campaign_id,
    )
    said = gettext("households")
    return (
        _list("wellbeing", gettext("How they say things are"), said, wellbeing, Wellbeing.choices, least),
        _list("needs", gettext("Needs heard"), said, needs, referrals.NeedKind.choices, least),
        _list("alerts", gettext("Highest alert of each household"), said, alerts, AlertLevel.choices, least),
    )


def _list(
    key: str,
    title: str,
    unit: str,
    counts: dict[str, int],
    choices: Iterable[tuple[str, object]],
    least: int,
) -> ReportTable:
    labels = {code: str(label) for code, label in choices}
    codes = [code for code in labels if counts.get(code)]
    shown = protect({(code, "n"): counts[code] for code in codes}, rows=codes, columns=["n"], least=least)
    rows = tuple((labels[code], (shown.cell(code, "n"),)) for code in codes)
    total = ((gettext("Total"), (shown.cell(TOTAL, "n"),)),)
    hidden = sum(value is None for _label, cells in (*rows, *total) for value in cells)
    return ReportTable(key, title, unit, (unit,), (*rows, *total), hidden)


def _table(
    key: str, title: str, unit: str, shown: Protected, columns: list[str], rows: list[str]
) -> ReportTable:
    total = gettext("Total")
    drawn = tuple(
        (row or total, tuple(shown.cell(row, column) for column in shown.columns)) for row in shown.rows
    )
    return ReportTable(key, title, unit, (*columns, total), drawn, shown.hidden)


def _counts(statement: str, campaign_id: UUID) -> dict[tuple[str, str], int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [campaign_id])
        return {(row, column): int(count) for row, column, count in cursor.fetchall()}


def _column(statement: str, campaign_id: UUID) -> dict[str, int]:
    """Count the households by what the second column says."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT said, count(*) FROM ({statement}) AS each_one (line, said) GROUP BY 1", [campaign_id]
        )
        return {said: int(count) for said, count in cursor.fetchall()}


@dataclass(frozen=True)
class FlatRow:
    """One cell of the report, as a spreadsheet reads it."""

    table: str
    row: str
    column: str
    value: object


def flat_rows(report: CampaignReport) -> list[FlatRow]:
    """Return the report as rows, hidden cells saying so."""
    least = gettext("under {least} or protected").format(least=report.least)
    acts = [
        FlatRow(gettext("Acts"), gettext("Calls made"), "", report.attempts),
        FlatRow(gettext("Acts"), gettext("Calls answered"), "", report.answered),
        FlatRow(
            gettext("Acts"),
            gettext("Visits at the door"),
            "",
            least if report.visits is None else report.visits,
        ),
    ]
    return acts + [
        FlatRow(table.title, label, column, least if value is None else value)
        for table in report.tables
        for label, cells in table.rows
        for column, value in zip(table.columns, cells, strict=True)
    ]
