"""The crisis log: gapless, chained, corrected by new entries, redacted without breaking."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from palier.kernel.access import Actor
from palier.kernel.errors import NotAllowed
from palier.kernel.models import new_id
from palier.kernel.organisations.current import open_organisation
from palier.modules.continuity.models import LogEntry, Task
from palier.modules.continuity.selectors import log as selectors
from palier.modules.continuity.services import log as services

AT = datetime(2026, 11, 22, 9, 30, 15, 123456, tzinfo=UTC)


def record(actor, **changes):
    given = {"text": "Chaufferie arrêtée", "category": "fact", "by": actor, "at": AT, **changes}
    return services.record_entry(**given)


@pytest.mark.django_db
class TestWriting:
    def test_numbers_entries_from_one_without_a_gap(self, alpha, actor):
        seqs = [record(actor).seq for _ in range(3)]

        assert seqs == [1, 2, 3]
        assert selectors.chain_report().whole
        assert selectors.head() == (3, LogEntry.objects.get(seq=3).hash)

    def test_gives_back_its_number_when_the_transaction_rolls_back(self, alpha, actor):
        record(actor)
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            record(actor)
            raise ZeroDivisionError

        assert record(actor).seq == 2
        assert selectors.chain_report().whole

    def test_opens_the_task_that_follows(self, alpha, actor):
        entry = record(
            actor, text="Appeler le chauffagiste\ndès ce matin", action_owner="A. Morel", action_due_at=AT
        )

        task = Task.objects.get()
        assert (task.title, task.owner_name, task.log_seq) == (
            "Appeler le chauffagiste",
            "A. Morel",
            entry.seq,
        )
        assert selectors.line_of_seq(entry.seq, actor=actor).task_id == task.pk

    @pytest.mark.parametrize(
        ("changes", "refusal"),
        [
            ({"text": "  "}, services.TextMissing),
            ({"event_at": AT + timedelta(minutes=1)}, services.NotInTheFuture),
            ({"action_due_at": AT}, services.OwnerMissing),
            ({"supersedes_seq": 99}, services.EntryUnknown),
        ],
    )
    def test_is_refused(self, alpha, actor, changes, refusal):
        with pytest.raises(refusal):
            record(actor, **changes)

        assert not LogEntry.objects.exists()

    def test_needs_the_right(self, alpha):
        with pytest.raises(NotAllowed):
            record(Actor(new_id(), "S", "", "alpha", frozenset()))

    def test_corrects_by_a_new_entry(self, alpha, actor):
        first = record(actor)
        second = record(actor, text="Chaufferie en panne partielle", supersedes_seq=first.seq)

        shown = selectors.line_of_seq(first.seq, actor=actor)
        assert shown.superseded_by == second.seq
        assert shown.text == "Chaufferie arrêtée"

    def test_writes_an_event_once(self, alpha, actor):
        event = {"key": "k1", "text": "Niveau 3", "category": "decision", "event_at": AT.isoformat()}

        first = services.write_event(event=event, at=AT, author=actor)
        second = services.write_event(event=event, at=AT, author=actor)

        assert first.pk == second.pk
        assert LogEntry.objects.count() == 1


@pytest.mark.django_db
class TestRights:
    @pytest.mark.parametrize(
        "statement", ["UPDATE continuity_log_entry SET text = 'x'", "DELETE FROM continuity_log_entry"]
    )
    def test_leave_no_way_to_change_an_entry(self, alpha, actor, statement):
        record(actor)

        with (
            pytest.raises(DatabaseError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)

    def test_do_not_let_a_text_be_erased_in_silence(self, alpha, actor):
        record(actor)

        with pytest.raises(DatabaseError, match="no entry of the log says"), transaction.atomic():
            connection.cursor().execute("SELECT redact_log_text(1)")
        assert LogEntry.objects.get().text == "Chaufferie arrêtée"


@pytest.mark.django_db
class TestRedaction:
    def test_erases_the_text_and_keeps_the_chain(self, alpha, actor):
        secret = record(
            actor, text="Mme Canari est à l’hôtel", place_label="Chez Mme Canari", action_owner="M. Canari"
        )
        other = record(actor)

        said = services.redact_entry(seq=secret.seq, reason="art. 17 RGPD", by=actor, at=AT)

        assert LogEntry.objects.get(seq=1).text is None
        assert LogEntry.objects.get(seq=1).salt is None
        assert LogEntry.objects.get(seq=1).texts == ("", "", "", "")
        assert said.redacts_seq == 1
        assert selectors.chain_report().whole
        assert LogEntry.objects.get(seq=other.seq).text

    def test_asks_for_a_reason_and_happens_once(self, alpha, actor):
        record(actor)

        with pytest.raises(services.ReasonMissing):
            services.redact_entry(seq=1, reason=" ", by=actor, at=AT)
        services.redact_entry(seq=1, reason="art. 17", by=actor, at=AT)
        with pytest.raises(services.AlreadyRedacted):
            services.redact_entry(seq=1, reason="art. 17", by=actor, at=AT)


class TestAnEntryEditedBySql:
    """Golden test 29: the check fails at that very entry."""

    @pytest.fixture(autouse=True)
    def five_entries(self, committed, actor):
        for number in range(5):
            record(actor, text=f"Entrée {number}")

    @pytest.mark.parametrize(
        ("edit", "breaks"),
        [
            ("UPDATE {t} SET text = 'autre' WHERE seq = 3", [(3, "text")]),
            ("UPDATE {t} SET place_label = 'ailleurs' WHERE seq = 3", [(3, "text")]),
            ("UPDATE {t} SET category = 'decision' WHERE seq = 3", [(3, "altered")]),
            ("UPDATE {t} SET event_at = event_at - interval '1 microsecond' WHERE seq = 3", [(3, "altered")]),
            ("UPDATE {t} SET text = NULL, salt = NULL WHERE seq = 3", [(3, "erased")]),
            ("DELETE FROM {t} WHERE seq = 3", [(4, "gap"), (4, "link")]),
        ],
    )
    def test_is_found_at_its_number(self, as_owner, edit, breaks):
        as_owner(edit.format(t="org_alpha.continuity_log_entry"))

        report = selectors.chain_report()

        assert [(one.seq, one.code) for one in report.breaks] == breaks

    def test_is_found_even_when_its_own_hash_was_recomputed(self, as_owner):
        from palier.modules.continuity.rules.log import entry_hash

        entry = LogEntry.objects.get(seq=3)
        entry.author_name = "Quelqu’un d’autre"
        forged = entry_hash(
            previous_hash=entry.previous_hash,
            facts={**entry.facts, "seq": 3, "text_digest": entry.text_digest, "redacts_seq": None},
        )
        as_owner(
            "UPDATE org_alpha.continuity_log_entry SET author_name = %s, hash = %s WHERE seq = 3",
            "Quelqu’un d’autre",
            forged,
        )

        assert [(one.seq, one.code) for one in selectors.chain_report().breaks] == [(4, "link")]


class TestTwentyWritersAtOnce:
    def test_leave_one_gapless_chain(self, committed, actor):
        """Each writer has its own connection; half of them roll some of their entries back."""
        failures: list[Exception] = []

        def write(number: int) -> None:
            try:
                with open_organisation("alpha"):
                    for turn in range(5):
                        _write_or_roll_back(actor, number, turn)
            except Exception as failure:
                failures.append(failure)
            finally:
                connection.close()

        threads = [threading.Thread(target=write, args=(number,)) for number in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert failures == []
        seqs = list(LogEntry.objects.order_by("seq").values_list("seq", flat=True))
        assert seqs == list(range(1, 91))
        assert selectors.chain_report().whole


def _write_or_roll_back(actor, number, turn):
    try:
        with transaction.atomic():
            record(actor, text=f"{number}.{turn}")
            if turn == 2 and number % 2:
                raise ZeroDivisionError
    except ZeroDivisionError:
        pass
