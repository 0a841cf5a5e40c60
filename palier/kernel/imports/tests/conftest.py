"""A small kind of file over temporary tables, so that the engine is tested alone."""

import pytest
from django.db import connection

from palier.kernel.imports import kinds
from palier.kernel.imports.kinds import (
    Absent,
    Column,
    CrossCheck,
    Derived,
    ImportKind,
    Known,
    Merge,
    SetAside,
)
from palier.kernel.imports.values import Choice, Code, Day, Email, Number, Phone, Text, Whole

TABLES = """
CREATE TEMPORARY TABLE t_lot (id uuid PRIMARY KEY DEFAULT public.uuid7(), reference text UNIQUE);
CREATE TEMPORARY TABLE t_lease (
    id uuid PRIMARY KEY DEFAULT public.uuid7(), reference text UNIQUE NOT NULL, lot_id uuid REFERENCES t_lot,
    entered_on date, left_on date, balance numeric(12,2), state text NOT NULL DEFAULT 'running',
    touched_at timestamptz);
CREATE TEMPORARY TABLE t_person (
    id uuid PRIMARY KEY DEFAULT public.uuid7(), lease_id uuid NOT NULL REFERENCES t_lease DEFERRABLE INITIALLY DEFERRED,
    rank integer, name text, phone text, email text, UNIQUE (lease_id, rank));
INSERT INTO t_lot (reference) SELECT 'L' || to_char(n, 'FM000') FROM generate_series(1, 200) n;
"""


class Tray:
    """Stands for the referent's tray."""

    sealed: set = set()
    received: list = []


def _matches(frame):
    import polars as pl

    if not Tray.sealed:
        return pl.Series([False] * len(frame), dtype=pl.Boolean)
    return frame.select(
        pl.col("cells").list.eval(pl.element().is_in(list(Tray.sealed))).list.any().fill_null(False)
    ).to_series()


def _hand_over(*, batch_id, rows, at):
    Tray.received.extend(rows)


LEASES = ImportKind(
    code="t-leases",
    label="Leases of the test",
    description="",
    columns=(
        Column("contract", "Contract", "N° contrat", Code(), ("Contrat", "Bail"), required=True, example="C001"),
        Column("rank", "Rank", "Rang", Whole(minimum=1, maximum=20), required=True, example="1"),
        Column("lot", "Lot", "Code lot", Code(), ("Code ESI", "ESI"), required=True, example="L001"),
        Column("name", "Holder", "Nom", Text(max_length=60), ("Titulaire",), required=True, example="DURAND"),
        Column("role", "Role", "Qualité", Choice(options={"holder": ("Titulaire",), "co_holder": ("Cotitulaire",)})),
        Column("entered_on", "Entry", "Date d'entrée", Day(), ("Entrée",), required=True, example="01/03/2019"),
        Column("left_on", "Exit", "Date de sortie", Day(empty_marks=("31/12/9999",)), ("Sortie",)),
        Column("balance", "Balance", "Solde", Number(), ("Solde compte",)),
        Column("phone", "Phone", "Téléphone", Phone(), ("Portable",)),
        Column("email", "E-mail", "E-mail", Email(), ("Courriel",)),
    ),
    key=("contract", "rank"),
    group=("contract",),
    derived=(Derived("initial", lambda mapped: __import__("polars").col("name").str.slice(0, 1)),),
    cross_checks=(
        Known("t.lot-unknown", "lot", "SELECT reference FROM t_lot", "No lot “{value}”.", "Correct it."),
        CrossCheck(
            "t.exit-before-entry", "left_on", "SELECT line, left_on FROM stage WHERE left_on < entered_on",
            "The exit {value} comes before the entry.", "Correct one.", needs=("left_on",),
        ),
    ),
    steps=(
        Merge(
            "t_lease", ("reference",),
            """SELECT min(s.line) AS line, s.contract AS reference, (array_agg(l.id ORDER BY s.line))[1] AS lot_id,
            min(s.entered_on) AS entered_on, max(s.left_on) AS left_on, max(s.balance)::numeric(12,2) AS balance
            FROM stage s JOIN t_lot l ON l.reference = s.lot GROUP BY s.contract""",
            columns={"lot_id": "lot", "entered_on": "entered_on", "left_on": "left_on", "balance": "balance"},
            touch={"touched_at": "%(at)s"},
        ),
        Merge(
            "t_person", ("lease_id", "rank"),
            """SELECT s.line, t.id AS lease_id, s.rank, s.name, s.phone, s.email
            FROM stage s JOIN t_lease t ON t.reference = s.contract""",
            columns={"name": "name", "phone": "phone", "email": "email"},
            keep_if_empty=("email",),
        ),
    ),
    absent=Absent(
        "t_lease", "SELECT id, reference, reference FROM t_lease WHERE left_on IS NULL", "contract",
        {"left_on": "%(day)s", "state": "'ended'"}, "Leases",
        also=("UPDATE t_person p SET phone = NULL FROM absent a WHERE p.lease_id = a.id",),
    ),
    set_aside=SetAside(_matches, _hand_over),
    recognise=("contract", "rank"),
)  # fmt: skip


@pytest.fixture
def storage(settings, tmp_path):
    """A key and a folder of the test's own."""
    from palier.kernel.keys import ensure_master_key

    settings.PALIER_KEY_FILE = settings.KEY_FILE = tmp_path / "key" / "master.key"
    settings.FILES_FOLDER = tmp_path / "files"
    settings.DATA_FOLDER = settings.PALIER_DATA = tmp_path / "data"
    ensure_master_key()


@pytest.fixture
def leases(alpha, storage, monkeypatch):
    """The kind, its tables, and nobody sealed."""
    monkeypatch.setitem(kinds._KINDS, LEASES.code, LEASES)
    Tray.sealed, Tray.received = set(), []
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
    return LEASES


@pytest.fixture
def query():
    def ask(statement, *values):
        with connection.cursor() as cursor:
            cursor.execute(statement, values or None)
            return cursor.fetchall()

    return ask


def row(number, **changes):
    """A line without fault."""
    line = {
        "N° contrat": f"C{number:03d}", "Rang": "1", "Code ESI": f"L{number:03d}", "Titulaire": f"NOM{number}",
        "Qualité": "Titulaire", "Entrée": "01/03/2019", "Sortie": "", "Solde": "0,00", "Téléphone": "01 99 00 12 34",
        "Courriel": f"nom{number}@exemple.example",
    }  # fmt: skip
    return {**line, **changes}
