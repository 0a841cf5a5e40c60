"""The statements that compare records: who may be near whom, and what each pair has in common.

Comparing everybody with everybody would take 7 billion comparisons for 120,000 persons. Only those who share something
are compared: a birth date, a number or an e-mail, or a lot. A date or a number that a crowd shares says nothing: for
the date a word of the name is asked too, the number is left out (`rules.duplicates.CROWD_OF_…`). A person without birth
date, number nor dwelling in common with anybody is therefore proposed with nobody: nothing would prove it.

The relations `mate`, `shared`, `neighbour` and `near` are temporary tables in the job, and parts of one statement
for a single pair: a page reads and never writes.
"""

from datetime import date
from typing import Any
from uuid import UUID

from palier.kernel.imports.staging import rows
from palier.modules.people.rules import duplicates as rules
from palier.modules.people.rules.duplicates import Evidence

MATE = """
    SELECT p.id, p.kind, p.birth_on, p.civility,
           public.search_key(CASE WHEN p.kind = 'legal' THEN p.legal_name ELSE p.family_name END) AS family,
           public.search_key(p.given_names) AS given,
           split_part(public.search_key(p.given_names), ' ', 1) AS first_given,
           nullif(public.search_key(p.birth_name), '') AS maiden,
           public.search_key(concat_ws(' ', p.family_name, p.given_names, p.birth_name, p.legal_name)) AS words,
           p.reference <> '' AND EXISTS (
               SELECT FROM people_lease_party party JOIN people_lease lease ON lease.id = party.lease_id
                WHERE party.person_id = p.id AND party.until IS NULL
                  AND (lease.left_on IS NULL OR lease.left_on > %(day)s)) AS has_code_in_force
      FROM people_person p WHERE p.sealed_at IS NULL AND {only}
"""

SHARED = f"""
    SELECT one.person_id AS first_id, other.person_id AS second_id,
           bool_or(one.channel = 'phone') AS same_phone, bool_or(one.channel = 'email') AS same_email
      FROM point one JOIN point other USING (channel, value)
     WHERE one.person_id < other.person_id AND one.bearers <= {rules.CROWD_OF_VALUE}
     GROUP BY 1, 2
"""
POINT = """
    SELECT c.person_id, c.channel, c.value, count(*) OVER (PARTITION BY c.channel, c.value) AS bearers
      FROM people_contact_point c JOIN mate ON mate.id = c.person_id
     WHERE c.channel IN ('phone', 'email') AND c.ended_on IS NULL
"""
DWELLER = """
    SELECT DISTINCT lease.lot_id, party.lease_id, party.person_id
      FROM people_lease_party party JOIN people_lease lease ON lease.id = party.lease_id
      JOIN mate ON mate.id = party.person_id
"""
NEIGHBOUR = """
    SELECT one.person_id AS first_id, other.person_id AS second_id, bool_or(one.lease_id = other.lease_id) AS same_lease
      FROM dweller one JOIN dweller other USING (lot_id) WHERE one.person_id < other.person_id GROUP BY 1, 2
"""

# Before the closer look: cheap, and kept loose enough to lose nobody whom the closer look would keep.
_LOOSELY_ALIKE = "similarity(one.words, other.words) >= 0.3"

NEAR_BY_DATE = f"""
    SELECT one.id AS first_id, other.id AS second_id
      FROM dated one JOIN dated other USING (birth_on)
     WHERE one.id < other.id AND one.kind = other.kind AND one.bearers <= {rules.CROWD_OF_DATE} AND {_LOOSELY_ALIKE}
    UNION
    SELECT one.id, other.id
      FROM dated one CROSS JOIN LATERAL regexp_split_to_table(one.words, ' ') AS word
      JOIN LATERAL (SELECT d.* FROM dated_word d WHERE d.birth_on = one.birth_on AND d.word = word.word) other
        ON one.id < other.id AND one.kind = other.kind
     WHERE one.bearers > {rules.CROWD_OF_DATE} AND {_LOOSELY_ALIKE}
"""
DATED = (
    "SELECT m.*, count(*) OVER (PARTITION BY m.birth_on) AS bearers FROM mate m WHERE m.birth_on IS NOT NULL"
)
DATED_WORD = f"""
    SELECT d.id, d.kind, d.birth_on, d.words, word.word
      FROM dated d CROSS JOIN LATERAL regexp_split_to_table(d.words, ' ') AS word(word)
     WHERE d.bearers > {rules.CROWD_OF_DATE} AND length(word.word) > 1
"""
NEAR_BY_REST = f"""
    SELECT pair.first_id, pair.second_id
      FROM (SELECT first_id, second_id FROM shared UNION SELECT first_id, second_id FROM neighbour) pair
      JOIN mate one ON one.id = pair.first_id JOIN mate other ON other.id = pair.second_id AND other.kind = one.kind
     WHERE {_LOOSELY_ALIKE}
"""


def _alike() -> str:
    """How alike two names are, as `rules.names_alike` says, with the likeness of letters by threes."""
    straight, crossed = rules.LEAST_PART, rules.LEAST_CROSSED
    return f"""greatest(
        CASE WHEN least(part.family, part.given) >= {straight} THEN (part.family + part.given) / 2 ELSE 0 END,
        CASE WHEN least(part.crossed_family, part.crossed_given) >= {crossed}
             THEN (part.crossed_family + part.crossed_given) / 2 ELSE 0 END)"""


PARTS = f"""
    SELECT greatest(plain.family, coalesce(similarity(one.maiden, other.family), 0),
                    coalesce(similarity(one.family, other.maiden), 0)) AS family,
           plain.family AS plain_family,
           CASE WHEN one.given = '' AND other.given = '' THEN 1
                WHEN one.given = '' OR other.given = '' THEN {rules.UNSAID}
                ELSE greatest(similarity(one.given, other.given),
                              similarity(one.first_given, other.first_given)) END AS given,
           CASE WHEN one.given = '' OR other.given = '' THEN 0
                ELSE similarity(one.family, other.given) END AS crossed_family,
           CASE WHEN one.given = '' OR other.given = '' THEN 0
                ELSE similarity(one.given, other.family) END AS crossed_given
      FROM (SELECT similarity(one.family, other.family) AS family) AS plain
"""

_SLIP = """(to_char(one.birth_on, 'YYYYMMDD') = to_char(other.birth_on, 'YYYYDDMM')
    OR (SELECT count(*) FROM generate_series(1, 8) AS place
         WHERE substr(to_char(one.birth_on, 'YYYYMMDD'), place, 1)
            <> substr(to_char(other.birth_on, 'YYYYMMDD'), place, 1)) = 1)"""

EVIDENCE = f"""
    SELECT near.first_id, near.second_id, round(100 * {_alike()})::int AS alike,
           one.birth_on IS NOT DISTINCT FROM other.birth_on AND one.birth_on IS NOT NULL AS same_birth,
           coalesce(shared.same_phone, false) AS same_phone, coalesce(shared.same_email, false) AS same_email,
           neighbour.first_id IS NOT NULL AS same_lot,
           least(part.crossed_family, part.crossed_given) >= {rules.LEAST_CROSSED}
               AND (least(part.family, part.given) < {rules.LEAST_PART}
                    OR part.crossed_family + part.crossed_given > part.family + part.given) AS crossed,
           part.family > part.plain_family + 0.05 AS by_birth_name,
           one.birth_on <> other.birth_on AND NOT {_SLIP} AS birth_differs,
           one.birth_on <> other.birth_on AND {_SLIP} AS birth_is_close,
           coalesce(neighbour.same_lease, false) AS same_lease,
           one.has_code_in_force AND other.has_code_in_force AS two_codes,
           one.civility <> '' AND other.civility <> '' AND one.civility <> other.civility AS civility_differs
      FROM near JOIN mate one ON one.id = near.first_id JOIN mate other ON other.id = near.second_id
      LEFT JOIN shared ON shared.first_id = near.first_id AND shared.second_id = near.second_id
      LEFT JOIN neighbour ON neighbour.first_id = near.first_id AND neighbour.second_id = near.second_id
      CROSS JOIN LATERAL ({PARTS}) AS part
"""
FLAGS = (
    "same_birth", "same_phone", "same_email", "same_lot", "crossed", "by_birth_name", "birth_differs",
    "birth_is_close", "same_lease", "two_codes", "civility_differs",
)  # fmt: skip


def points_sql(source: str = "e") -> str:
    """Return the expression that adds up points as `rules.score` does."""
    worth = " + ".join(
        f"CASE WHEN {source}.{name} THEN {points} ELSE 0 END" for name, points in rules.POINTS.items()
    )
    names = f"floor({rules.NAMES} * {source}.alike / 100.0 + 0.5)::int"
    return f"least(100, greatest(0, {names} + {worth}))"


def kept_evidence_sql(source: str = "e") -> str:
    """Return the expression of what is kept of a pair: how alike the names are, and the flags that are true."""
    flags = ", ".join(f"'{name}', nullif({source}.{name}, false)" for name in FLAGS)
    return f"jsonb_strip_nulls(jsonb_build_object('alike', {source}.alike, {flags}))"


def evidence_between(first_id: UUID, second_id: UUID, *, on: date) -> Evidence | None:
    """Compare two persons whom somebody brought together. None if one of them is sealed or unknown. One query."""
    low, high = sorted((first_id, second_id))
    pair: dict[str, Any] = {"day": on, "low": low, "high": high}
    found = rows(
        f"""WITH mate AS MATERIALIZED ({MATE.format(only="p.id IN (%(low)s, %(high)s)")}),
            point AS ({POINT}), shared AS ({SHARED}), dweller AS ({DWELLER}), neighbour AS ({NEIGHBOUR}),
            near AS (SELECT %(low)s::uuid AS first_id, %(high)s::uuid AS second_id)
        SELECT e.alike, {", ".join(f"e.{name}" for name in FLAGS)} FROM ({EVIDENCE}) AS e""",
        pair,
    )
    if not found:
        return None
    alike, *flags = found[0]
    return Evidence(alike=alike / 100, **dict(zip(FLAGS, map(bool, flags), strict=True)))
