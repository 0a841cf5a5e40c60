"""A sealed person is in no list, reason, note, number, export or figure of calls; her dwelling stays counted."""

from datetime import date

import pytest
from django.apps import apps
from django.db import connection

from palier.kernel.jobs.running import deliver_waiting
from palier.modules.outreach.models import Attempt, Call, Line, LineMember, Need, Report
from palier.modules.outreach.selectors import campaigns as selectors
from palier.modules.outreach.selectors.candidates import Scope, summary
from palier.modules.outreach.services import campaigns
from palier.modules.outreach.services.levels import segments_of
from palier.modules.outreach.services.segments import ensure_segments
from palier.modules.outreach.tests.factories import AT, a_person, a_phone, add_call, add_line, make_campaign
from palier.modules.people.services.sealing import seal
from palier.modules.people.tests.factories import a_lease

NAME, NUMBER = "Zephirinecanary", "+33639987711"


@pytest.fixture
def register(tmp_path, monkeypatch):
    path = tmp_path / "sealings"
    monkeypatch.setattr("palier.kernel.keys.register.register_path", lambda: path)
    return path


def somewhere(canary):
    """Return the tables of calls that still hold the canary, in whatever column."""
    found = []
    for model in apps.get_app_config("outreach").get_models():
        table = model._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {table} AS row WHERE row::text ILIKE %s", [f"%{canary}%"])
            if cursor.fetchone()[0]:
                found.append(table)
    return found


def lived(actor):
    """She was called, heard, needed something; a neighbour's line names her."""
    ensure_segments(by_name="Test", at=AT)
    her = a_person(NAME, "Albane", birth_on=date(1940, 1, 1))
    a_lease(her)
    a_phone(her, NUMBER)
    campaign = make_campaign()
    line = add_line(campaign, her, phone=NUMBER)
    done = add_call(line, state="reached", ended_at=AT)
    attempt = Attempt.objects.create(call=done, at=AT, result="answered", by_name="Anne")
    report = Report.objects.create(
        call=done, attempt=attempt, at=AT, by_name="Anne", note=f"{NAME} va bien", wellbeing="well"
    )
    Need.objects.create(
        report=report,
        person=her,
        kind="meals",
        urgency="normal",
        consent="oral",
        consent_how=f"{NAME} dit oui",
    )
    add_call(line, round=2)
    neighbour = a_person("Voisin", "Paul")
    a_lease(neighbour)
    a_phone(neighbour, "+33639987712")
    campaigns.add_household(
        campaign_id=campaign.pk, person_id=neighbour.pk, why=f"Voisin de {NAME}", by=actor, at=AT
    )
    return her, campaign, line


def test_nothing_of_her_stays(alpha, register, actor):
    her, _campaign, line = lived(actor)
    assert somewhere(NAME)

    seal(person_id=her.pk, reason="Danger", by=actor, at=AT)
    deliver_waiting()

    assert somewhere(NAME) == []
    assert somewhere(NUMBER) == []
    assert not LineMember.objects.filter(person=her).exists()
    assert not Call.objects.filter(line=line).unfinished().exists()
    assert Line.objects.get(pk=line.pk).lot_id is None


def test_she_is_in_no_list_nor_count(alpha, register, actor):
    her, campaign, _line = lived(actor)

    seal(person_id=her.pk, reason="Danger", by=actor, at=AT)
    deliver_waiting()

    shown = list(selectors.line_rows(campaign_id=campaign.pk, actor=actor))
    assert [selectors.names_of_line(one) for one in shown] == ["VOISIN Paul"]
    assert selectors.of_person(person_id=her.pk) == []
    assert summary(segments_of("all_frail"), Scope(AT)).people == 0
