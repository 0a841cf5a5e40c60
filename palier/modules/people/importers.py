"""The rent roll as ERPs export it: one line per contract, or one line per person of a contract.

Both shapes are one kind. A column « Qualité » (titulaire, cotitulaire, occupant, garant) makes it one line per
person; without it, each line is a contract, whose co-holder may stand in columns of their own.
"""

import polars as pl
from django.utils.translation import gettext_lazy as _

from palier.kernel.imports.kinds import (
    Absent,
    Column,
    CrossCheck,
    Derived,
    ImportKind,
    Known,
    Mapped,
    Merge,
    Run,
    SetAside,
    register,
)
from palier.kernel.imports.values import (
    Choice,
    Code,
    Commune,
    Day,
    Email,
    Number,
    Phone,
    Postcode,
    Text,
    Whole,
)
from palier.modules.people import public
from palier.modules.people.rules.rent_roll import (
    CIVILITIES,
    CIVILITY_WORDS,
    LANGUAGES,
    LEGAL_PERSON,
    NATURES,
    PERSON_KINDS,
    RELATIONS,
    ROLES,
)

NEVER = ("31/12/9999", "31/12/2999", "01/01/9999", "31/12/2099")


# -- Who the line is about -----------------------------------------------------------------------


def _text(column: str, mapped: Mapped) -> pl.Expr:
    return pl.col(column) if column in mapped else pl.lit(None, dtype=pl.String)


def _bare(column: str, mapped: Mapped) -> pl.Expr:
    """A full name without the civility that stands before it (« M. DURAND Paul »)."""
    return _text(column, mapped).str.replace(CIVILITY_WORDS, "").str.strip_chars()


def _family_name(whole: str, part: str, mapped: Mapped) -> pl.Expr:
    """The surname: its own column, or the words in capitals that begin a full name, or the first word."""
    bare = _bare(whole, mapped)
    capitals = bare.str.extract(r"^([\p{Lu}'’ -]{2,}?)(?:\s+\p{Lu}?\p{Ll}.*)?$", 1)
    return pl.coalesce(_bare(part, mapped), capitals, bare.str.extract(r"^(\S+)", 1)).str.strip_chars()


def _given_names(whole: str, part: str, mapped: Mapped) -> pl.Expr:
    bare = _bare(whole, mapped)
    after_capitals = bare.str.extract(r"^[\p{Lu}'’ -]{2,}?\s+(\p{Lu}?\p{Ll}.*)$", 1)
    all_capitals = bare.str.contains(r"^[\p{Lu}'’ -]+$")
    second = pl.when(all_capitals).then(None).otherwise(bare.str.extract(r"^\S+\s+(.*)$", 1))
    return pl.coalesce(_text(part, mapped), after_capitals, second)


def _surname(mapped: Mapped) -> pl.Expr:
    return _family_name("full_name", "name", mapped)


def _given(mapped: Mapped) -> pl.Expr:
    return _given_names("full_name", "given_names", mapped)


def _coholder_surname(mapped: Mapped) -> pl.Expr:
    return _family_name("coholder_full_name", "coholder_name", mapped)


def _coholder_given(mapped: Mapped) -> pl.Expr:
    return _given_names("coholder_full_name", "coholder_given_names", mapped)


def _is_legal(mapped: Mapped) -> pl.Expr:
    """A body is said to be one, or bears the words of one and has no birth date."""
    looks = (
        _surname(mapped).str.to_uppercase().str.contains(LEGAL_PERSON) & _text("birth_on", mapped).is_null()
    )
    return pl.coalesce(
        _text("person_kind", mapped), pl.when(looks).then(pl.lit("legal")).otherwise(pl.lit("natural"))
    )


def _civility(mapped: Mapped) -> pl.Expr:
    before = _text("full_name", mapped).str.extract(CIVILITY_WORDS, 1).str.to_lowercase()
    guessed = pl.when(before.is_null()).then(None).when(before.str.contains(r"^m(?:r|onsieur)?\.?$"))
    return pl.coalesce(_text("civility", mapped), guessed.then(pl.lit("mr")).otherwise(pl.lit("ms")))


def _plain(expression: pl.Expr) -> pl.Expr:
    bare = expression.str.to_lowercase().str.normalize("NFKD").str.replace_all(r"\p{M}", "")
    return bare.str.replace_all(r"[^a-z0-9]+", " ").str.strip_chars()


def _identity(surname: pl.Expr, given: pl.Expr, born: pl.Expr) -> pl.Expr:
    """A person who has no code in the ERP is known by name and birth date, in whatever contract."""
    named = pl.concat_str(_plain(surname), _plain(given.fill_null("")), born, separator="|")
    return pl.when(born.is_null() | surname.is_null()).then(None).otherwise(pl.lit("id:") + named)


def _person_key(mapped: Mapped) -> pl.Expr:
    """How the load recognises the person of the line: the ERP's code, else name and birth date, else the
    contract.
    """
    identity = _identity(_surname(mapped), _given(mapped), _text("birth_on", mapped))
    if "role" in mapped:
        named = pl.concat_str(_plain(_surname(mapped)), _plain(_given(mapped).fill_null("")), separator="|")
        inside = pl.concat_str(pl.lit("in:"), pl.col("contract"), pl.lit(":"), named)
    else:
        inside = pl.concat_str(pl.lit("in:"), pl.col("contract"), pl.lit(":holder"))
    return pl.coalesce(_text("person_ref", mapped), identity, inside)


def _coholder_key(mapped: Mapped) -> pl.Expr:
    surname = _coholder_surname(mapped)
    identity = _identity(surname, _coholder_given(mapped), _text("coholder_birth_on", mapped))
    inside = pl.concat_str(pl.lit("in:"), pl.col("contract"), pl.lit(":co-holder"))
    known = pl.coalesce(_text("coholder_ref", mapped), identity, inside)
    return pl.when(surname.is_null() | (surname == "")).then(None).otherwise(known)


def _role(mapped: Mapped) -> pl.Expr:
    return _text("role", mapped).fill_null("holder") if "role" in mapped else pl.lit("holder")


def _line_key(mapped: Mapped) -> tuple[str, ...]:
    return ("contract", "person_key") if "role" in mapped else ("contract",)


# -- The SQL of the load ---------------------------------------------------------------------------

# Every person of the lines, the co-holder of a contract's line included.
_PEOPLE = """
    SELECT line, contract, lot, person_key, role_code AS role, relation, person_ref AS reference, kind_code
        AS kind,
           civility_code AS civility, surname, given, birth_name, birth_on, died_on, language,
           phone, mobile, email, postal_address, entered_on, left_on
    FROM stage
    UNION ALL
    SELECT line, contract, lot, coholder_key, 'co_holder', coholder_relation, coholder_ref, 'natural',
           NULL, coholder_surname, coholder_given, NULL, coholder_birth_on, NULL, NULL,
           coholder_phone, NULL, coholder_email, NULL, entered_on, left_on
    FROM stage WHERE coholder_key IS NOT NULL
"""

# Persons of the lines whom no key nor former code names, and who are somebody already: the same name, on the same lot
# or in the same contract, born the same day; where a birth date is missing, the same name, contract and capacity. Of
# two who answer, none is taken. Who resembles without being the same goes to the list of possible duplicates.
_RECOGNISED = f"""
    SELECT line, person_key, reference, id, external_key FROM (
        SELECT q.line, q.person_key, q.reference, p.id, p.external_key,
               count(*) OVER (PARTITION BY q.person_key) AS candidates,
               count(*) OVER (PARTITION BY p.id) AS claimants
          FROM (SELECT DISTINCT ON (person_key) * FROM ({_PEOPLE}) every
                 WHERE person_key IS NOT NULL
                   AND NOT EXISTS (SELECT FROM people_person t WHERE t.external_key = every.person_key)
                   AND NOT EXISTS (SELECT FROM people_person_alias a JOIN people_person t ON t.id = a.person_id
                                    WHERE a.fact IN ('key', 'reference') AND a.value = every.person_key)
                 ORDER BY person_key, line) q
          JOIN estate_lot lot ON lot.code = q.lot
          CROSS JOIN LATERAL (
              SELECT DISTINCT person.* FROM people_lease lease
                JOIN people_lease_party party ON party.lease_id = lease.id AND party.until IS NULL
                JOIN people_person person ON person.id = party.person_id
               WHERE lease.sealed_at IS NULL AND (lease.reference = q.contract OR lease.lot_id = lot.id)
                 AND person.sealed_at IS NULL AND person.kind = q.kind
                 AND (person.reference = '' OR q.reference IS NULL)
                 AND (person.birth_on = q.birth_on
                      OR ((person.birth_on IS NULL OR q.birth_on IS NULL)
                          AND lease.reference = q.contract AND party.role = q.role))) p
         WHERE public.search_key(concat_ws(' ', p.legal_name, p.family_name, p.given_names))
             = public.search_key(concat_ws(' ', q.surname, q.given))
    ) found WHERE candidates = 1 AND claimants = 1
"""

# Whoever was loaded without a code and now has one keeps the old key as a former one, and takes the code as their own;
# whoever has a code and comes without one is found again by the key of this file.
_FORMER_KEYS = Merge(
    "people_person_alias",
    key=("fact", "value"),
    source=f"""
        SELECT line, 'key' AS fact, id AS person_id, %(at)s::timestamptz AS recorded_at,
               CASE WHEN reference IS NULL THEN person_key ELSE external_key END AS value
        FROM ({_RECOGNISED}) r WHERE external_key <> ''""",
    columns={},
    insert_only=("person_id", "recorded_at"),
)
_ADOPTED = Merge(
    "people_person",
    key=("id",),
    source=f"""
        SELECT line, id, person_key AS external_key FROM ({_RECOGNISED}) r
        WHERE reference IS NOT NULL OR external_key = ''""",
    columns={"external_key": "contract"},
    insert=False,
)


def _said_otherwise(side: str, **columns: str) -> Run:
    """Read a line that names somebody by a former code as being about them, and leave who they are as it is known.

    Two records of the software may stand for one person here: their lines must not pull names in two directions.
    """
    settings = ", ".join(f"{column} = {value}" for column, value in columns.items())
    return Run(
        f"""UPDATE stage s SET {side}_key = p.external_key, {settings}
        FROM people_person_alias a JOIN people_person p ON p.id = a.person_id AND p.external_key <> ''
        WHERE a.fact IN ('key', 'reference') AND a.value = s.{side}_key
          AND NOT EXISTS (SELECT FROM people_person known WHERE known.external_key = s.{side}_key)"""
    )


_FORMER_CODES = _said_otherwise(
    "person",
    person_ref="nullif(p.reference, '')",
    surname="CASE p.kind WHEN 'legal' THEN p.legal_name ELSE p.family_name END",
    given="nullif(p.given_names, '')",
    kind_code="p.kind",
    civility_code="coalesce(nullif(p.civility, ''), s.civility_code)",
    birth_name="coalesce(nullif(p.birth_name, ''), s.birth_name)",
    birth_on="coalesce(p.birth_on, s.birth_on)",
    language="p.language",
)
_FORMER_CODES_OF_COHOLDERS = _said_otherwise(
    "coholder",
    coholder_ref="nullif(p.reference, '')",
    coholder_surname="p.family_name",
    coholder_given="nullif(p.given_names, '')",
    coholder_birth_on="coalesce(p.birth_on, s.coholder_birth_on)",
)

_HOUSEHOLDS = Merge(
    "people_household",
    key=("external_key",),
    source="""
        SELECT min(s.line) AS line, s.contract AS external_key, max(s.occupants)::smallint AS declared_size
        FROM stage s JOIN estate_lot lot ON lot.code = s.lot AND lot.kind = 'dwelling'
        GROUP BY s.contract""",
    columns={"declared_size": "occupants"},
    keep_if_empty=("declared_size",),
)

_PERSONS = Merge(
    "people_person",
    key=("external_key",),
    source=f"""
        SELECT q.line, q.person_key AS external_key, coalesce(q.reference, known.reference, '') AS
            reference, q.kind,
               coalesce(q.civility, known.civility, '') AS civility,
               CASE WHEN q.kind = 'legal' THEN '' ELSE q.surname END AS family_name,
               CASE WHEN q.kind = 'legal' THEN '' ELSE coalesce(q.given, '') END AS given_names,
               coalesce(q.birth_name, known.birth_name, '') AS birth_name,
               CASE WHEN q.kind = 'legal' THEN trim(concat_ws(' ', q.surname, q.given)) ELSE '' END AS
                   legal_name,
               q.birth_on, q.died_on AS deceased_on, coalesce(q.language, known.language, 'fr') AS language
        FROM ({_PEOPLE}) q LEFT JOIN people_person known ON known.external_key = q.person_key""",
    columns={
        "reference": ("person_ref", "coholder_ref"),
        "kind": ("name", "full_name", "person_kind"),
        "civility": ("civility", "full_name"),
        "family_name": ("name", "full_name"),
        "given_names": ("given_names", "full_name"),
        "birth_name": "birth_name",
        "legal_name": ("name", "full_name"),
        "birth_on": ("birth_on", "coholder_birth_on"),
        "deceased_on": "died_on",
        "language": "language",
    },
    # A death or a birth date that an agent wrote is not undone by a file that does not know it yet.
    keep_if_empty=("birth_on", "deceased_on"),
)

_LEASES = Merge(
    "people_lease",
    key=("reference",),
    source="""
        SELECT q.*, lot.id AS lot_id, home.id AS household_id, false AS is_left_by_absence,
               -- A departure recorded here stays until the file gives a date of its own.
               coalesce(q.file_left_on, CASE WHEN known.notice_on IS NOT NULL THEN known.left_on END) AS
                   left_on,
               coalesce(q.nature_code, known.nature,
                        CASE WHEN lot.kind = 'parking' THEN 'parking' ELSE 'conventioned' END) AS nature,
               CASE WHEN q.balance IS NULL THEN NULL WHEN q.file_balance_on IS NOT NULL THEN q.file_balance_on
                    -- A balance seen again within four weeks keeps its date: loading twice changes nothing.
                    WHEN q.balance = known.balance AND known.balance_on > %(day)s::date - 28 THEN
                        known.balance_on
                    ELSE %(day)s::date END AS balance_on
        FROM (
            SELECT min(line) AS line, contract AS reference, (array_agg(lot ORDER BY line))[1] AS lot_code,
                   min(entered_on) AS entered_on, max(notice_on) AS notice_on, max(left_on) AS file_left_on,
                   max(balance) AS balance, max(balance_on) AS file_balance_on, max(nature) AS nature_code
            FROM stage GROUP BY contract
        ) q
        JOIN estate_lot lot ON lot.code = q.lot_code
        LEFT JOIN people_household home ON home.external_key = q.reference
        LEFT JOIN people_lease known ON known.reference = q.reference""",
    columns={
        "lot_id": "lot",
        "household_id": "contract",
        "nature": "nature",
        "entered_on": "entered_on",
        "notice_on": "notice_on",
        "left_on": "left_on",
        "balance": "balance",
        "balance_on": "balance",
        "is_left_by_absence": "left_on",
    },
    keep_if_empty=("notice_on",),
)

# The holder of a contract is one: whom the file has replaced is ended before the new one comes.
_REPLACED = Merge(
    "people_lease_party",
    key=("id",),
    source=f"""
        SELECT p.line, party.id, %(day)s::date AS until
        FROM (SELECT DISTINCT ON (contract) line, contract, person_key FROM ({_PEOPLE}) q
              WHERE role = 'holder' ORDER BY contract, line) p
        JOIN people_lease lease ON lease.reference = p.contract
        JOIN people_lease_party party ON party.lease_id = lease.id AND party.role = 'holder' AND party.until
            IS NULL
        JOIN people_person person ON person.id = party.person_id AND person.external_key <> p.person_key""",
    columns={"until": "contract"},
    insert=False,
)

_PARTIES = Merge(
    "people_lease_party",
    key=("lease_id", "person_id"),
    source=f"""
        SELECT q.line, lease.id AS lease_id, person.id AS person_id, q.role, coalesce(q.relation,
            known.relation, '') AS relation,
               CASE WHEN q.role IN ('holder', 'co_holder') THEN NULL ELSE known.until END AS until,
               q.entered_on AS since
        FROM ({_PEOPLE}) q
        JOIN people_lease lease ON lease.reference = q.contract
        JOIN people_person person ON person.external_key = q.person_key
        LEFT JOIN people_lease_party known ON known.lease_id = lease.id AND known.person_id = person.id""",
    columns={"role": "contract", "relation": ("relation", "coholder_relation"), "until": "contract"},
    insert_only=("since",),
)

# Someone lives in the dwelling whose lease is in force, the oldest where there are several, the one where they are
# known to live where two are as old. Worked out from the tables, so that two lines about one person never pull in two
# directions.
_HOMES = Merge(
    "people_person",
    key=("id",),
    source=f"""
        SELECT DISTINCT ON (person.id) q.line, person.id, lease.household_id
        FROM ({_PEOPLE}) q
        JOIN people_person person ON person.external_key = q.person_key
        JOIN people_lease_party party ON party.person_id = person.id AND party.role <> 'guarantor' AND
            party.until IS NULL
        JOIN people_lease lease ON lease.id = party.lease_id AND lease.household_id IS NOT NULL
        ORDER BY person.id, (coalesce(lease.left_on, 'infinity'::date) > %(day)s) DESC, lease.entered_on,
            (lease.household_id = person.household_id) DESC NULLS LAST, lease.id, q.line""",
    columns={"household_id": "contract"},
    insert=False,
)

_POINTS = f"""
    SELECT q.line, q.contract, q.person_key, 'phone' AS channel, q.mobile AS value FROM ({_PEOPLE}) q
    UNION ALL SELECT q.line, q.contract, q.person_key, 'phone', q.phone FROM ({_PEOPLE}) q
    UNION ALL SELECT q.line, q.contract, q.person_key, 'email', lower(q.email) FROM ({_PEOPLE}) q
    UNION ALL SELECT q.line, q.contract, q.person_key, 'postal', q.postal_address FROM ({_PEOPLE}) q
"""

_CONTACTS = Merge(
    "people_contact_point",
    key=("person_id", "channel", "value"),
    source=f"""
        SELECT q.line, person.id AS person_id, q.channel, q.value, coalesce(known.source, 'import') AS source,
               CASE WHEN q.channel <> 'phone' THEN ''
                    WHEN q.value ~ '^\\+33[67]|^\\+(590|596|594|262)(69|639)' THEN 'mobile'
                    WHEN q.value ~ '^\\+33[123459]|^\\+(590|596|594|262)' THEN 'landline' ELSE 'other' END
                        AS line_type,
               -- What an agent ended as wrong stays ended; what an earlier file had dropped comes back.
               CASE WHEN known.source = 'import' THEN NULL ELSE known.ended_on END AS ended_on
        FROM ({_POINTS}) q
        JOIN people_person person ON person.external_key = q.person_key
        LEFT JOIN people_contact_point known
               ON known.person_id = person.id AND known.channel = q.channel AND known.value = q.value
        WHERE q.value IS NOT NULL""",
    columns={"ended_on": ("phone", "mobile", "email", "postal_address", "coholder_phone", "coholder_email")},
    insert_only=("source", "line_type"),
    when=("phone", "mobile", "email", "postal_address", "coholder_phone", "coholder_email"),
)


def _dropped(channel: str, *columns: str) -> Merge:
    """What an earlier file gave and this one does not give any more, for people whose every contract is
    here.
    """
    return Merge(
        "people_contact_point",
        key=("id",),
        source=f"""
            SELECT DISTINCT ON (point.id) q.line, point.id, %(day)s::date AS ended_on
            FROM ({_PEOPLE}) q
            JOIN people_person person ON person.external_key = q.person_key
            JOIN people_contact_point point ON point.person_id = person.id AND point.channel = '{channel}'
                 AND point.source = 'import' AND point.ended_on IS NULL
            WHERE q.role = 'holder'
              AND NOT EXISTS (SELECT FROM ({_POINTS}) given WHERE given.person_key = q.person_key
                              AND given.channel = '{channel}' AND given.value = point.value)
              AND NOT EXISTS (SELECT FROM people_lease_party party JOIN people_lease lease ON lease.id =
                  party.lease_id
                              WHERE party.person_id = person.id
                                AND lease.reference NOT IN (SELECT contract FROM stage))
            ORDER BY point.id, q.line""",
        columns={"ended_on": columns},
        insert=False,
        when=columns,
    )


LOCATIF = register(
    ImportKind(
        code="locatif",
        label=_("Leases and tenants"),
        description=_(
            "One line per contract, or per person of a contract: lot, holder, dates, balance, phones."
        ),
        columns=(
            Column(
                "contract",
                _("Contract number"),
                "N° contrat",
                Code(),
                (
                    "Contrat",
                    "Code contrat",
                    "Numéro de contrat",
                    "Bail",
                    "N° bail",
                    "Numéro de bail",
                    "Réf contrat",
                    "Référence contrat",
                    "Code bail",
                    "N° location",
                    "Dossier",
                    "N° dossier",
                ),
                required=True,
                example="C0012345",
            ),
            Column(
                "lot",
                _("Lot"),
                "Code lot",
                Code(),
                (
                    "Code ESI",
                    "ESI",
                    "Lot",
                    "Logement",
                    "N° lot",
                    "Code logement",
                    "Référence logement",
                    "UG",
                    "Code UG",
                    "Module",
                    "Local",
                    "Code local",
                    "N° logement",
                ),
                required=True,
                example="0101-A-12",
            ),
            Column(
                "nature",
                _("Nature of the lease"),
                "Nature du bail",
                Choice(options=NATURES),
                ("Type de bail", "Type contrat", "Nature contrat", "Type de contrat", "Catégorie de bail"),
                example="Bail HLM conventionné",
            ),
            Column(
                "role",
                _("Capacity"),
                "Qualité",
                Choice(options=ROLES),
                (
                    "Rôle",
                    "Qualité occupant",
                    "Statut occupant",
                    "Type d'occupant",
                    "Fonction",
                    "Lien contrat",
                ),
                note=_("Titulaire, cotitulaire, occupant or garant. With this column, one line per person."),
            ),
            Column(
                "relation",
                _("Relation to the holder"),
                "Lien de parenté",
                Choice(options=RELATIONS),
                ("Lien", "Parenté", "Lien avec le titulaire"),
            ),
            Column(
                "person_ref",
                _("Person's code"),
                "Code tiers",
                Code(),
                (
                    "N° tiers",
                    "Tiers",
                    "Code locataire",
                    "N° locataire",
                    "Code client",
                    "N° client",
                    "Identifiant tiers",
                    "Référence tiers",
                    "Code occupant",
                    "Id personne",
                ),
                example="T0045678",
            ),
            Column(
                "civility",
                _("Civility"),
                "Civilité",
                Choice(options=CIVILITIES),
                ("Titre", "Civ"),
                example="Mme",
            ),
            Column(
                "full_name",
                _("Full name"),
                "Titulaire",
                Text(max_length=200),
                (
                    "Nom et prénom",
                    "Nom prénom",
                    "Nom du locataire",
                    "Locataire",
                    "Nom complet",
                    "Nom titulaire",
                    "Raison sociale",
                    "Occupant",
                ),
            ),
            Column(
                "name",
                _("Surname"),
                "Nom",
                Text(max_length=100),
                ("Nom d'usage", "Nom usuel", "Nom de famille", "Nom locataire"),
                example="DURAND",
            ),
            Column(
                "given_names",
                _("Given names"),
                "Prénom",
                Text(max_length=100),
                ("Prénoms", "Prénom locataire", "Prénom titulaire"),
                example="Marie",
            ),
            Column(
                "birth_name",
                _("Birth name"),
                "Nom de naissance",
                Text(max_length=100),
                ("Nom de jeune fille", "Nom patronymique", "Nom JF"),
            ),
            Column(
                "birth_on",
                _("Birth date"),
                "Date de naissance",
                Day(earliest="1900-01-01"),
                ("Né le", "Née le", "Né(e) le", "Naissance", "Date naissance", "DDN"),
                example="12/05/1948",
            ),
            Column(
                "died_on",
                _("Date of death"),
                "Date de décès",
                Day(empty_marks=NEVER),
                ("Décès", "Décédé le", "Date décès"),
            ),
            Column(
                "person_kind",
                _("Kind of person"),
                "Type de tiers",
                Choice(options=PERSON_KINDS),
                ("Type de personne", "Personne physique ou morale", "Nature tiers"),
            ),
            Column(
                "entered_on",
                _("Entry"),
                "Date d'entrée",
                Day(),
                (
                    "Entrée",
                    "Date effet bail",
                    "Date d'effet",
                    "Date entrée",
                    "Début de bail",
                    "Date début",
                    "Date de début",
                    "Entrée dans les lieux",
                ),
                required=True,
                example="01/03/2019",
            ),
            Column(
                "notice_on",
                _("Notice received"),
                "Date de congé",
                Day(empty_marks=NEVER),
                ("Congé", "Date congé", "Préavis", "Date de préavis", "Congé reçu le"),
            ),
            Column(
                "left_on",
                _("Exit"),
                "Date de sortie",
                Day(empty_marks=NEVER),
                (
                    "Sortie",
                    "Date sortie",
                    "Fin de bail",
                    "Date de fin",
                    "Date fin",
                    "Date de départ",
                    "Départ",
                ),
            ),
            Column(
                "occupants",
                _("Number of occupants"),
                "Nombre d'occupants",
                Whole(minimum=1, maximum=40),
                ("Nb occupants", "Occupants", "Nombre de personnes", "Nb personnes", "Taille du ménage"),
                example="3",
            ),
            Column(
                "balance",
                _("Balance"),
                "Solde",
                Number(minimum=-1_000_000, maximum=10_000_000),
                ("Solde du compte", "Solde compte", "Solde locataire", "Dette", "Impayé", "Montant dû"),
                example="-12,50",
                note=_("Above zero when the tenant owes. Serves the arrears flag alone."),
            ),
            Column(
                "balance_on",
                _("Balance on"),
                "Solde au",
                Day(),
                ("Date du solde", "Date solde", "Solde arrêté au"),
            ),
            Column(
                "mobile",
                _("Mobile phone"),
                "Portable",
                Phone(),
                (
                    "Téléphone portable",
                    "Mobile",
                    "Tél portable",
                    "Tel mobile",
                    "GSM",
                    "Téléphone mobile",
                    "Tel 2",
                ),
                example="06 39 98 01 01",
            ),
            Column(
                "phone",
                _("Phone"),
                "Téléphone",
                Phone(),
                ("Tel", "Tél", "Téléphone fixe", "Fixe", "Tel fixe", "Tél domicile", "Tel 1", "Téléphone 1"),
                example="04 65 71 00 01",
            ),
            Column(
                "email",
                _("E-mail"),
                "E-mail",
                Email(),
                ("Mail", "Courriel", "Email", "Adresse mail", "Adresse électronique", "Mél"),
                example="marie.durand@courriel.example",
            ),
            Column(
                "postal_address",
                _("Postal address elsewhere"),
                "Adresse de correspondance",
                Text(max_length=300),
                ("Adresse courrier", "Adresse postale", "Adresse d'envoi"),
            ),
            Column(
                "lot_postcode",
                _("Postcode of the lot"),
                "Code postal",
                Postcode(),
                ("CP", "Code postal du lot"),
                example="11100",
                note=_("Checked, not loaded: the property file gives the address."),
            ),
            Column(
                "lot_commune",
                _("Commune of the lot"),
                "Commune",
                Commune(postcode="lot_postcode"),
                ("Ville", "Localité", "Commune du lot", "Code Insee"),
                example="Narbonne",
                note=_("Checked, not loaded: the property file gives the address."),
            ),
            Column(
                "language",
                _("Language"),
                "Langue",
                Choice(options=LANGUAGES),
                ("Langue parlée", "Langue de contact", "Code langue"),
                example="français",
            ),
            Column(
                "coholder_ref",
                _("Co-holder's code"),
                "Code tiers cotitulaire",
                Code(),
                ("N° tiers cotitulaire", "Code cotitulaire"),
            ),
            Column(
                "coholder_full_name",
                _("Co-holder"),
                "Cotitulaire",
                Text(max_length=200),
                ("Co-titulaire", "Nom complet cotitulaire", "Colocataire", "Conjoint"),
            ),
            Column(
                "coholder_name",
                _("Co-holder's surname"),
                "Nom cotitulaire",
                Text(max_length=100),
                ("Nom co-titulaire", "Nom conjoint"),
            ),
            Column(
                "coholder_given_names",
                _("Co-holder's given names"),
                "Prénom cotitulaire",
                Text(max_length=100),
                ("Prénom co-titulaire", "Prénom conjoint"),
            ),
            Column(
                "coholder_birth_on",
                _("Co-holder's birth date"),
                "Date de naissance cotitulaire",
                Day(earliest="1900-01-01"),
                ("Naissance cotitulaire", "Date de naissance conjoint"),
            ),
            Column(
                "coholder_relation",
                _("Co-holder's relation"),
                "Lien cotitulaire",
                Choice(options=RELATIONS),
                ("Lien du cotitulaire",),
            ),
            Column(
                "coholder_phone",
                _("Co-holder's phone"),
                "Téléphone cotitulaire",
                Phone(),
                ("Portable cotitulaire", "Tel cotitulaire", "Téléphone conjoint"),
            ),
            Column(
                "coholder_email",
                _("Co-holder's e-mail"),
                "E-mail cotitulaire",
                Email(),
                ("Mail cotitulaire", "Courriel cotitulaire", "E-mail conjoint"),
            ),
        ),
        derived=(
            Derived("surname", _surname),
            Derived("given", _given),
            Derived("kind_code", _is_legal),
            Derived("civility_code", _civility),
            Derived("role_code", _role),
            Derived("person_key", _person_key),
            Derived("coholder_surname", _coholder_surname),
            Derived("coholder_given", _coholder_given),
            Derived("coholder_key", _coholder_key),
        ),
        key=_line_key,
        group=("contract",),
        one_of=(("name", "full_name"),),
        cross_checks=(
            Known(
                "people.lot-unknown",
                "lot",
                "SELECT code FROM estate_lot",
                _("No lot has the code “{value}”."),
                _("Correct the code, or load the property file first."),
            ),
            CrossCheck(
                "people.exit-before-entry",
                "left_on",
                "SELECT line, left_on::text AS value FROM stage WHERE left_on < entered_on",
                _("The exit comes before the entry."),
                _("Correct one of the two dates."),
            ),
            CrossCheck(
                "people.death-before-birth",
                "died_on",
                "SELECT line, died_on::text AS value FROM stage WHERE died_on < birth_on",
                _("The date of death comes before the birth date."),
                _("Correct one of the two dates."),
            ),
            CrossCheck(
                "people.born-tomorrow",
                "birth_on",
                "SELECT line, birth_on::text AS value FROM stage WHERE birth_on > %(day)s::date",
                _("The birth date is in the future."),
                _("Check the century."),
            ),
            CrossCheck(
                "people.died-tomorrow",
                "died_on",
                "SELECT line, died_on::text AS value FROM stage WHERE died_on > %(day)s::date",
                _("The date of death is in the future."),
                _("Correct the date."),
            ),
            CrossCheck(
                "people.name-missing",
                "full_name",
                "SELECT line, contract AS value FROM stage WHERE coalesce(surname, '') = '' AND verdict = "
                "'good'",
                _("The line of contract “{value}” has no name."),
                _("Write the name of the person."),
            ),
            CrossCheck(
                "people.lot-differs",
                "lot",
                """SELECT s.line, s.lot AS value FROM stage s WHERE EXISTS (
                    SELECT FROM stage other WHERE other.contract = s.contract AND other.lot <> s.lot AND
                    other.line < s.line)""",
                _("Another line of this contract gives another lot than “{value}”."),
                _("Keep one lot for one contract."),
                needs=("role",),
            ),
            CrossCheck(
                "people.two-holders",
                "role",
                """SELECT s.line, s.role AS value FROM stage s WHERE s.role_code = 'holder' AND EXISTS (
                    SELECT FROM stage other WHERE other.contract = s.contract AND other.role_code = 'holder'
                       AND other.person_key <> s.person_key AND other.line < s.line)""",
                _("This contract has a holder already, on another line."),
                _("Write cotitulaire for the second one."),
                needs=("role",),
            ),
            CrossCheck(
                "people.reference-of-another",
                "person_ref",
                """SELECT s.line, s.person_ref AS value FROM stage s JOIN people_person p ON p.reference =
                s.person_ref
                    WHERE s.person_ref IS NOT NULL AND p.external_key <> s.person_key""",
                _("Another person has the code “{value}”."),
                _("Correct the code, or the person's page."),
                needs=("person_ref",),
            ),
            CrossCheck(
                "people.reference-of-another",
                "coholder_ref",
                """SELECT s.line, s.coholder_ref AS value FROM stage s JOIN people_person p ON p.reference =
                s.coholder_ref
                    WHERE s.coholder_ref IS NOT NULL AND p.external_key <> s.coholder_key""",
                _("Another person has the code “{value}”."),
                _("Correct the code, or the person's page."),
                needs=("coholder_ref",),
            ),
        ),
        steps=(
            _FORMER_KEYS,
            _ADOPTED,
            _FORMER_CODES,
            _FORMER_CODES_OF_COHOLDERS,
            _HOUSEHOLDS,
            _PERSONS,
            _LEASES,
            _REPLACED,
            _PARTIES,
            _HOMES,
            _CONTACTS,
            _dropped("phone", "phone", "mobile"),
            _dropped("email", "email"),
            _dropped("postal", "postal_address"),
        ),
        absent=Absent(
            "people_lease",
            """SELECT id, reference, reference AS label FROM people_lease
            WHERE sealed_at IS NULL AND NOT is_kept_when_absent AND entered_on <= %(day)s AND (left_on IS
            NULL OR left_on > %(day)s)""",
            column="contract",
            ending={"left_on": "%(day)s", "is_left_by_absence": "true"},
            label=_("Leases absent from the file"),
        ),
        set_aside=SetAside(matches=public.lines_of_sealed_persons, hand_over=public.fill_tray),
        depends_on=("patrimoine",),
        recognise=("contract", "entered_on", "left_on", "balance"),
        order=20,
    )
)
