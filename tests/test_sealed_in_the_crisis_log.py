"""Sealing a person reaches the crisis log: her words go, the chain holds."""

import pytest

from palier.modules.continuity.enums import LogCategory
from palier.modules.continuity.models import LogEntry
from palier.modules.continuity.services.log import append
from palier.modules.people.tests.factories import AT
from palier.modules.people.tests.test_sealing import canary_person, found_in_tables, register, seal

__all__ = ["register"]

pytestmark = pytest.mark.django_db(databases=["default", "journal"])


class TestSealing:
    def test_forgets_her_in_the_crisis_log_and_keeps_its_chain(self, alpha, register, actor):
        person = canary_person()
        for text in ("Passage chez Mme Zephirinecanary", "Ascenseur remis en marche"):
            append(text=text, category=LogCategory.FACT, author=actor, event_at=AT, at=AT)

        seal(person, actor)

        entries = {entry.seq: entry for entry in LogEntry.objects.order_by("seq")}
        assert (entries[1].text, entries[1].salt) == (None, None)
        assert entries[2].text == "Ascenseur remis en marche"
        assert any(entry.redacts_seq == 1 for entry in entries.values())
        assert found_in_tables() == []
