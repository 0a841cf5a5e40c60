"""A file from its receipt to the tables, over temporary tables."""

import pytest

from palier.kernel.audit.selectors import history_of
from palier.kernel.imports import selectors, services
from palier.kernel.imports.enums import BatchState
from palier.kernel.imports.testing import NOON, as_csv, load, load_rows, receive
from palier.kernel.imports.tests.conftest import Tray, row


def faults_of(report):
    return [(error["line"], error["column"], error["code"]) for error in report["errors"]]


class TestALoad:
    def test_writes_what_the_file_says(self, leases, query):
        report = load_rows(kind="t-leases", rows=[row(1, Solde="1 184,50"), row(2, Sortie="31/12/2024")])

        assert report == {
            "read": 2,
            "applied": 2,
            "unchanged": 0,
            "refused": 0,
            "set_aside": 0,
            "absent": 0,
            "errors": [],
        }
        assert query("SELECT reference, entered_on::text, left_on::text, balance FROM t_lease ORDER BY 1")[0][:3] == (
            "C001", "2019-03-01", None,
        )  # fmt: skip
        assert query("SELECT phone FROM t_person")[0] == ("+33199001234",)

    def test_of_the_same_file_changes_nothing(self, leases, query):
        rows = [row(n) for n in range(1, 31)]
        load_rows(kind="t-leases", rows=rows)
        before = query("SELECT md5(string_agg(t::text, '' ORDER BY reference)) FROM t_lease t")

        report = load_rows(kind="t-leases", rows=rows, full=True)

        assert (report["applied"], report["unchanged"], report["absent"]) == (0, 30, 0)
        assert query("SELECT md5(string_agg(t::text, '' ORDER BY reference)) FROM t_lease t") == before

    def test_leaves_bad_lines_aside_and_applies_the_others(self, leases):
        report = load_rows(kind="t-leases", rows=[row(1), row(2, Entrée="31/02/2020"), row(3)])

        assert (report["applied"], report["refused"]) == (2, 1)
        assert faults_of(report) == [(3, "Entrée", "value.no-such-day")]

    def test_sent_as_all_or_nothing_applies_nothing_when_a_line_is_wrong(self, leases, query):
        with pytest.raises(services.AllOrNothing):
            load_rows(kind="t-leases", rows=[row(1), row(2, Entrée="31/02/2020")], all_or_nothing=True)

        assert query("SELECT count(*) FROM t_lease") == [(0,)]

    def test_logs_what_it_changed_and_not_what_it_left(self, leases, query):
        load_rows(kind="t-leases", rows=[row(1), row(2)])

        load_rows(kind="t-leases", rows=[row(1, Solde="12,00"), row(2)])

        changed = query(
            "SELECT table_name, before->>'balance', after->>'balance' FROM import_change WHERE before IS NOT NULL"
        )
        assert changed == [("t_lease", "0.00", "12.00")]

    def test_shows_in_the_history_of_each_record(self, leases, query):
        load_rows(kind="t-leases", rows=[row(1)])
        load_rows(kind="t-leases", rows=[row(1, Solde="12,00")])
        ((lease_id,),) = query("SELECT id FROM t_lease")

        changed, created = history_of("t_lease", lease_id)

        assert (created.operation, changed.operation) == ("insert", "update")
        assert [(one.label, one.before, one.after) for one in changed.changes] == [("Balance", "0.0", "12.0")]

    def test_without_a_column_leaves_it_as_it_is(self, leases, query):
        load_rows(kind="t-leases", rows=[row(1)])
        without = {name: text for name, text in row(1).items() if name != "Téléphone"}

        report = load_rows(kind="t-leases", rows=[without])

        assert report["unchanged"] == 1
        assert query("SELECT phone FROM t_person") == [("+33199001234",)]

    def test_with_an_empty_cell_erases_unless_the_column_is_kept(self, leases, query):
        load_rows(kind="t-leases", rows=[row(1)])

        load_rows(kind="t-leases", rows=[row(1, Téléphone="", Courriel="")])

        assert query("SELECT phone, email FROM t_person") == [(None, "nom1@exemple.example")]

    def test_foresees_exactly_what_it_does(self, leases, query):
        load_rows(kind="t-leases", rows=[row(n) for n in range(1, 11)])
        rows = [row(n, Solde="5,00") if n < 4 else row(n) for n in range(1, 13)]

        batch = load(kind="t-leases", data=as_csv(rows), apply=False)

        assert query("SELECT count(*) FROM t_lease") == [(10,)]
        foreseen = batch.preview
        services.begin_apply(batch_id=batch.pk, by=services_actor(), at=NOON)
        done = services.apply_batch(batch_id=batch.pk, by=services_actor(), at=NOON)
        assert (done.applied, done.unchanged, done.tables) == (
            foreseen["applied"],
            foreseen["unchanged"],
            foreseen["tables"],
        )
        assert (done.applied, done.unchanged) == (5, 7)


def services_actor():
    from palier.kernel.access import system_actor

    return system_actor("test")


class TestDuplicates:
    def test_are_refused_after_the_first(self, leases):
        report = load_rows(kind="t-leases", rows=[row(1), row(2), row(1, Titulaire="AUTRE")])

        assert faults_of(report) == [(4, "N° contrat", "line.duplicate")]
        assert "2" in report["errors"][0]["message"]

    def test_of_another_rank_are_not(self, leases):
        report = load_rows(kind="t-leases", rows=[row(1), row(1, Rang="2", Titulaire="AUTRE")])

        assert report["applied"] == 2


class TestChecksAgainstTheTables:
    def test_refuse_an_unknown_lot_and_an_exit_before_the_entry(self, leases):
        report = load_rows(
            kind="t-leases", rows=[row(1, **{"Code ESI": "L999"}), row(2, Sortie="01/01/2018")]
        )

        assert faults_of(report) == [(2, "Code ESI", "t.lot-unknown"), (3, "Sortie", "t.exit-before-entry")]


class TestAShiftedLine:
    def shifted(self, number, *, extra_at):
        cells = list(row(number).values())
        return [*cells[:extra_at], "", *cells[extra_at:]]

    def file(self, *lines):
        head = ";".join(row(1))
        return "\r\n".join([head, *(";".join(cells) for cells in lines)]).encode()

    def test_is_said_once_at_the_column_where_it_begins(self, leases):
        data = self.file(row(1).values(), self.shifted(2, extra_at=2), row(3).values())

        report = selectors.report(load(kind="t-leases", data=data))

        assert faults_of(report) == [(3, "Code ESI", "line.shifted")]

    def test_is_put_back_in_place_with_one_button(self, leases, query):
        batch = load(
            kind="t-leases", data=self.file(row(1).values(), self.shifted(2, extra_at=2)), apply=False
        )

        services.accept_proposals(batch_id=batch.pk, line=3, by=services_actor(), at=NOON)

        batch.refresh_from_db()
        assert batch.refused == 0
        services.begin_apply(batch_id=batch.pk, by=services_actor(), at=NOON)
        services.apply_batch(batch_id=batch.pk, by=services_actor(), at=NOON)
        assert query("SELECT reference, entered_on::text FROM t_lease WHERE reference = 'C002'") == [
            ("C002", "2019-03-01")
        ]


class TestMendingACell:
    def test_makes_the_line_good_at_once(self, leases, query):
        batch = load(kind="t-leases", data=as_csv([row(1), row(2, Entrée="31/02/2020")]), apply=False)

        batch = services.correct_cells(
            batch_id=batch.pk, cells={(3, "entered_on"): "28/02/2020"}, by=services_actor(), at=NOON
        )

        assert (batch.refused, selectors.report(batch)["errors"]) == (0, [])
        services.begin_apply(batch_id=batch.pk, by=services_actor(), at=NOON)
        services.apply_batch(batch_id=batch.pk, by=services_actor(), at=NOON)
        assert query("SELECT entered_on::text FROM t_lease WHERE reference = 'C002'") == [("2020-02-28",)]
        assert query('SELECT line, "column", value, by_name FROM import_correction') == [
            (3, "entered_on", "28/02/2020", "test")
        ]

    def test_with_another_fault_says_the_new_one(self, leases):
        batch = load(kind="t-leases", data=as_csv([row(1, Entrée="31/02/2020")]), apply=False)

        batch = services.correct_cells(
            batch_id=batch.pk, cells={(2, "entered_on"): "bientôt"}, by=services_actor(), at=NOON
        )

        assert faults_of(selectors.report(batch)) == [(2, "Entrée", "value.not-date")]

    def test_frees_the_duplicate_it_made(self, leases):
        batch = load(kind="t-leases", data=as_csv([row(1), row(1), row(3)]), apply=False)
        assert batch.refused == 1

        batch = services.correct_cells(
            batch_id=batch.pk, cells={(3, "contract"): "C002"}, by=services_actor(), at=NOON
        )

        assert batch.refused == 0

    def test_may_make_another_line_a_duplicate(self, leases):
        batch = load(kind="t-leases", data=as_csv([row(1, Rang=""), row(1)]), apply=False)

        batch = services.correct_cells(
            batch_id=batch.pk, cells={(2, "rank"): "1"}, by=services_actor(), at=NOON
        )

        assert faults_of(selectors.report(batch)) == [(3, "N° contrat", "line.duplicate")]
        again = services.correct_cells(
            batch_id=batch.pk, cells={(3, "rank"): "2"}, by=services_actor(), at=NOON
        )
        assert again.refused == 0

    def test_survives_a_rebuild_of_the_checking_area(self, leases, query):
        batch = load(kind="t-leases", data=as_csv([row(1), row(2, Entrée="31/02/2020")]), apply=False)
        services.correct_cells(
            batch_id=batch.pk, cells={(3, "entered_on"): "28/02/2020"}, by=services_actor(), at=NOON
        )
        query("DELETE FROM import_stage RETURNING 1")
        query("DELETE FROM import_issue RETURNING 1")

        batch = services.check_batch(batch_id=batch.pk, by=services_actor(), at=NOON)

        assert (batch.refused, batch.preview["applied"]) == (0, 2)

    def test_after_the_load_lets_the_line_be_applied_too(self, leases, query):
        batch = load(kind="t-leases", data=as_csv([row(1), row(2, Entrée="31/02/2020")]))
        assert (batch.applied, batch.refused) == (1, 1)

        services.correct_cells(
            batch_id=batch.pk, cells={(3, "entered_on"): "28/02/2020"}, by=services_actor(), at=NOON
        )
        services.begin_apply(batch_id=batch.pk, by=services_actor(), at=NOON)
        batch = services.apply_batch(batch_id=batch.pk, by=services_actor(), at=NOON)

        assert (batch.applied, batch.refused, batch.state) == (2, 0, BatchState.APPLIED)

    def test_is_refused_once_the_batch_is_discarded(self, leases):
        batch = load(kind="t-leases", data=as_csv([row(1, Entrée="31/02/2020")]), apply=False)
        services.discard(batch_id=batch.pk, by=services_actor(), at=NOON)

        with pytest.raises(Exception) as refusal:
            services.correct_cells(
                batch_id=batch.pk, cells={(2, "entered_on"): "28/02/2020"}, by=services_actor(), at=NOON
            )

        assert refusal.value.code == "imports.not-mendable"


class TestAFullFile:
    def test_ends_what_it_no_longer_has(self, leases, query):
        load_rows(kind="t-leases", rows=[row(n) for n in range(1, 101)])

        report = load_rows(kind="t-leases", rows=[row(n) for n in range(1, 100)], full=True)

        assert (report["absent"], report["unchanged"]) == (1, 99)
        assert query("SELECT reference, left_on::text, state FROM t_lease WHERE left_on IS NOT NULL") == [
            ("C100", "2026-11-20", "ended")
        ]
        assert query(
            "SELECT phone FROM t_person p JOIN t_lease l ON l.id = lease_id WHERE l.reference = 'C100'"
        ) == [(None,)]

    def test_stops_and_asks_above_two_percent(self, leases, query):
        load_rows(kind="t-leases", rows=[row(n) for n in range(1, 101)])

        with pytest.raises(services.TooManyAbsent) as refusal:
            load_rows(kind="t-leases", rows=[row(n, Solde="9,00") for n in range(1, 98)], full=True)

        assert (refusal.value.fields["absent"], refusal.value.fields["in_force"]) == (3, 100)
        assert query("SELECT count(*) FROM t_lease WHERE left_on IS NOT NULL OR balance = 9") == [(0,)]

    def test_goes_on_when_the_answer_was_given(self, leases, query):
        load_rows(kind="t-leases", rows=[row(n) for n in range(1, 101)])

        load_rows(kind="t-leases", rows=[row(n) for n in range(1, 98)], full=True, accept_absent=True)

        assert query("SELECT count(*) FROM t_lease WHERE left_on IS NOT NULL") == [(3,)]

    def test_counts_a_faulty_line_as_present(self, leases):
        load_rows(kind="t-leases", rows=[row(n) for n in range(1, 101)])
        rows = [row(n) for n in range(1, 100)] + [row(100, Entrée="31/02/2020")]

        report = load_rows(kind="t-leases", rows=rows, full=True)

        assert (report["absent"], report["refused"]) == (0, 1)

    def test_asks_when_a_line_that_cannot_be_read_may_be_what_is_absent(self, leases, query):
        load_rows(kind="t-leases", rows=[row(n) for n in range(1, 101)])
        rows = [row(n) for n in range(1, 100)] + [row(100, **{"N° contrat": ""})]
        batch = load(kind="t-leases", data=as_csv(rows), full=True, apply=False)

        with pytest.raises(services.AbsentUnsure):
            services.begin_apply(batch_id=batch.pk, by=services_actor(), at=NOON)

        cells = {(101, "contract"): "C100"}
        mended = services.correct_cells(batch_id=batch.pk, cells=cells, by=services_actor(), at=NOON)
        assert (mended.absent, mended.unreadable) == (0, 0)

    def test_leaves_alone_what_somebody_said_goes_on(self, leases, query):
        load_rows(kind="t-leases", rows=[row(n) for n in range(1, 101)])
        batch = load(kind="t-leases", data=as_csv([row(n) for n in range(1, 100)]), full=True, apply=False)
        (absent,) = batch.absents.all()

        services.keep_absent(
            batch_id=batch.pk, row_id=absent.row_id, is_kept=True, by=services_actor(), at=NOON
        )
        services.begin_apply(batch_id=batch.pk, by=services_actor(), at=NOON)
        services.apply_batch(batch_id=batch.pk, by=services_actor(), at=NOON)

        assert query("SELECT count(*) FROM t_lease WHERE left_on IS NOT NULL") == [(0,)]

    def test_partial_ends_nothing(self, leases, query):
        load_rows(kind="t-leases", rows=[row(n) for n in range(1, 101)])

        report = load_rows(kind="t-leases", rows=[row(1)])

        assert (report["absent"], query("SELECT count(*) FROM t_lease WHERE left_on IS NOT NULL")) == (
            0,
            [(0,)],
        )


class TestALineOfASealedPerson:
    def test_goes_to_the_tray_and_leaves_no_trace(self, leases, query):
        Tray.sealed = {"CANARI"}

        report = load_rows(
            kind="t-leases", rows=[row(1), row(2, Titulaire="CANARI", Entrée="31/02/2020"), row(3)]
        )

        assert (report["read"], report["applied"], report["set_aside"], report["errors"]) == (3, 2, 1, [])
        assert [received["values"]["contract"] for received in Tray.received] == ["C002"]
        for table in ("import_stage", "import_issue", "import_change", "import_batch", "t_person"):
            assert query(f"SELECT count(*) FROM {table} t WHERE t::text LIKE '%%CANARI%%'") == [(0,)]

    def test_is_found_on_a_shifted_line_too(self, leases):
        Tray.sealed = {"CANARI"}
        cells = list(row(2, Titulaire="CANARI").values())
        data = "\r\n".join([";".join(row(1)), ";".join([*cells[:1], "", "", *cells[1:]])]).encode()

        batch = load(kind="t-leases", data=data)

        assert (batch.set_aside, batch.refused, len(Tray.received)) == (1, 0, 1)

    def test_leaves_the_screen_when_a_correction_names_her(self, leases):
        batch = load(kind="t-leases", data=as_csv([row(1, Titulaire="")]), apply=False)
        Tray.sealed = {"CANARI"}

        batch = services.correct_cells(
            batch_id=batch.pk, cells={(2, "name"): "CANARI"}, by=services_actor(), at=NOON
        )

        assert (batch.set_aside, batch.refused, len(Tray.received)) == (1, 0, 1)


class TestTheMapping:
    def test_is_kept_as_a_profile_and_used_again(self, leases):
        odd = {"Zorglub": "C001", **{name: text for name, text in row(1).items() if name != "N° contrat"}}
        batch = receive(kind="t-leases", data=as_csv([odd]))
        assert "contract" not in batch.mapping
        services.choose_reading(
            batch_id=batch.pk,
            mapping_chosen={**batch.mapping, "contract": "Zorglub"},
            by=services_actor(),
            at=NOON,
        )
        services.save_profile(batch_id=batch.pk, name="Vieux logiciel", by=services_actor(), at=NOON)

        report = load_rows(kind="t-leases", rows=[odd], profile="Vieux logiciel")

        assert report["applied"] == 1

    def test_without_a_required_column_is_refused_with_its_name(self, leases):
        batch = receive(kind="t-leases", data=as_csv([{k: v for k, v in row(1).items() if k != "Entrée"}]))

        with pytest.raises(Exception) as refusal:
            services.check_batch(batch_id=batch.pk, by=services_actor(), at=NOON)

        assert refusal.value.code == "imports.columns-missing"
        assert "Date d'entrée" in str(refusal.value)
