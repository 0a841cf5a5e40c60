"""When a person is sealed, the crisis cell's papers forget her: log, tasks, decisions, reports, documents, messages."""

from datetime import UTC, datetime

import pytest
from django.db import connection

from palier.kernel.deliveries import send_mail
from palier.kernel.deliveries.models import Delivery
from palier.kernel.documents import services as documents
from palier.kernel.documents import store
from palier.kernel.documents.models import Document
from palier.kernel.keys import SealedSubject, ensure_master_key, forget_everywhere, new_data_key
from palier.kernel.models import new_id
from palier.kernel.places import organisation_place
from palier.modules.continuity.models import LogEntry, Task
from palier.modules.continuity.selectors import log as log_selectors
from palier.modules.continuity.services import (
    after_action,
    cell,
    exercises,
    log,
    log_export,
    meetings,
    reports,
    tasks,
)
from palier.modules.continuity.tests import plans

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
OURS = (
    "continuity_log_entry",
    "continuity_texts",
    "continuity_frozen_reports",
    "continuity_frozen_reviews",
    "document",
    "delivery",
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def sealed(alpha, actor, settings, tmp_path):
    """Everything names Mme Canarie Zébulon; then she is sealed."""
    settings.FILES_FOLDER = tmp_path / "files"
    settings.KEY_FILE = settings.PALIER_KEY_FILE = tmp_path / "key" / "master.key"
    ensure_master_key()
    log.record_entry(
        text="Mme ZEBULON est à l’hôtel", place_label="Chez Zébulon", category="fact", by=actor, at=AT
    )
    log.record_entry(text="Rien à voir", category="fact", by=actor, at=AT)
    tasks.add_task(title="Rappeler Mme Zébulon", role="social", by=actor, at=AT)
    meetings.record_decision(cell_id=cell.ensure_central_cell().pk, text="Loger Mme Zébulon", by=actor, at=AT)
    report = reports.begin_report(by=actor, at=AT)
    reports.write_report(
        report_id=report.pk, by=actor, at=AT, highlights="Mme Zébulon relogée", chosen_entries=[1]
    )
    reports.freeze_report(report_id=report.pk, by=actor, at=AT)
    _looked_back_upon(actor)
    for form in ("pdf", "csv"):
        log_export.export_log(asked=log_selectors.LogFilter(), described="", by=actor, at=AT, form=form)
    documents.keep(content=b"%PDF rien", title="Autre", kind="other", by=actor, at=AT)
    send_mail(key="m", to="z@x.example", subject="Mme Zébulon", body="…", by=actor, at=AT)
    subject = SealedSubject(
        person_id=new_id(), records=(), words=("Zébulon",), key=new_data_key(about="test"), by=actor, at=AT
    )
    forget_everywhere(subject, only=OURS)
    return subject


def _looked_back_upon(actor):
    """An exercise and its review, all of which name her."""
    plans.make_plan(by=actor, at=AT)
    exercise = exercises.prepare(
        title="Chez Mme Zébulon",
        objectives="Joindre Zébulon",
        plan_code="pandemic",
        level="3",
        scope=organisation_place(),
        script="T+0 | Zébulon appelle | Rappeler Zébulon | 5",
        by=actor,
        at=AT,
    )
    exercises.start(exercise_id=exercise.pk, by=actor, at=AT)
    exercises.play(inject_id=exercise.injects.get().pk, by=actor, at=AT)
    exercises.observe(exercise_id=exercise.pk, kind="fact", text="Zébulon attend", by=actor, at=AT)
    added = tasks.add_task(
        title="Loger Zébulon", role="social", activation_id=exercise_activation(exercise), by=actor, at=AT
    )
    tasks.finish_task(task_id=added.pk, by=actor, at=AT)
    done = exercises.end(exercise_id=exercise.pk, by=actor, at=AT)
    review = after_action.draft_review(activation_id=done.activation_id, by=actor, at=AT)
    after_action.conclude(review_id=review.pk, conclusion="Zébulon va bien", by=actor, at=AT)
    after_action.comment(review_id=review.pk, section="tasks", text="Zébulon", by=actor, at=AT)
    one = review.proposals.get(kind="new_card")
    after_action.refuse(proposal_id=one.pk, reason="Zébulon seule", by=actor, at=AT)


def exercise_activation(exercise):
    exercise.refresh_from_db()
    return exercise.activation_id


def test_she_is_in_no_table_of_ours(sealed):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"
            " AND (table_name LIKE 'continuity_%' OR table_name IN ('document', 'delivery'))"
        )
        tables = [row[0] for row in cursor.fetchall()]
        found = []
        for table in tables:
            cursor.execute(
                f"SELECT count(*) FROM {table} AS t WHERE public.search_key(t::text) LIKE '%zebulon%'"
            )
            found += [table] * cursor.fetchone()[0]

    assert "continuity_log_entry" in tables
    assert found == []


def test_she_is_in_no_file_that_stays(sealed):
    assert len(sealed.files_to_erase) == 3
    withdrawn = Document.objects.filter(withdrawn_at__isnull=False)

    assert {one.kind for one in withdrawn} == {"situation-report", "log-export"}
    assert Document.objects.filter(withdrawn_at__isnull=True, kind="other").exists()
    for one in withdrawn:
        sealed_content = store.read(schema=connection.schema_name, path=one.path)
        clear = sealed.key.decrypt(sealed_content, about=f"document {one.pk}")
        assert store.digest(clear) == one.sha256


def test_the_chain_stays_whole_and_says_what_was_erased(sealed):
    assert log_selectors.chain_report().whole
    assert LogEntry.objects.filter(redacts_seq=1).count() == 1
    assert LogEntry.objects.get(seq=2).text == "Rien à voir"


def test_rows_keep_their_state(sealed):
    assert Task.objects.get(activation=None).state == "open"
    assert Delivery.objects.get(key="m").state == "planned"
