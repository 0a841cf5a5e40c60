"""The landlord's HR list and the list of who covers which residence, as their exports come."""

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
    register,
)
from palier.kernel.imports.values import Choice, Code, Day, Email, Phone, Text
from palier.modules.staff.rules import FIELD_JOBS, JOB_WORDS

_DAYS = (
    ("monday", "lundi", "lun"),
    ("tuesday", "mardi", "mar"),
    ("wednesday", "mercredi", "mer"),
    ("thursday", "jeudi", "jeu"),
    ("friday", "vendredi", "ven"),
    ("saturday", "samedi", "sam"),
    ("sunday", "dimanche", "dim"),
)


def _plain(column: str) -> pl.Expr:
    """Text in small letters, without accents, signs made into single spaces, as the rules read it."""
    bare = pl.col(column).str.to_lowercase().str.normalize("NFKD").str.replace_all(r"\p{M}", "")
    return bare.str.replace_all(r"[^a-z0-9]+", " ").str.strip_chars()


def _job(mapped: Mapped) -> pl.Expr:
    """The trade that the job title stands for."""
    if "job_title" not in mapped:
        return pl.lit("other")
    title = _plain("job_title").fill_null("")
    expression = pl.lit("other")
    for words, job in reversed(JOB_WORDS):
        expression = pl.when(title.str.contains(words)).then(pl.lit(job)).otherwise(expression)
    return expression


def _team_code(mapped: Mapped) -> pl.Expr:
    """The team's own code, or one made from its name."""
    codes = [pl.col("team_code")] if "team_code" in mapped else []
    if "team_name" in mapped:
        codes.append(_plain("team_name").str.to_uppercase().str.replace_all(" ", "-"))
    return pl.coalesce(codes) if codes else pl.lit(None, dtype=pl.String)


def _team_label(mapped: Mapped) -> pl.Expr:
    names = [pl.col(name) for name in ("team_name", "team_code") if name in mapped]
    return pl.coalesce(names) if names else pl.lit(None, dtype=pl.String)


def _surname(mapped: Mapped) -> pl.Expr:
    """The surname, or the words in capitals that begin a full name (« DURAND Anne »)."""
    names = [pl.col("last_name")] if "last_name" in mapped else []
    if "full_name" in mapped:
        capitals = pl.col("full_name").str.extract(r"^([\p{Lu}'’ -]{2,}?)\s+\p{Lu}?\p{Ll}", 1)
        names += [capitals, pl.col("full_name").str.extract(r"^(\S+)", 1)]
    return pl.coalesce(names)


def _given_name(mapped: Mapped) -> pl.Expr:
    names = [pl.col("first_name")] if "first_name" in mapped else []
    if "full_name" in mapped:
        capitals = pl.col("full_name").str.extract(r"^[\p{Lu}'’ -]{2,}?\s+(\p{Lu}?\p{Ll}.*)$", 1)
        names += [capitals, pl.col("full_name").str.extract(r"^\S+\s+(.*)$", 1)]
    return pl.coalesce(names) if names else pl.lit("")


def _usual_day(day: str, *words: str) -> str:
    """SQL for one weekday of the usual week, from the days worked and those of telework."""
    named = "|".join(words)
    posture = (
        f"CASE WHEN s.job IN ({', '.join(repr(job) for job in FIELD_JOBS)}) THEN 'field' ELSE 'on_site' END"
    )
    ordinary = "'off'" if day in ("saturday", "sunday") else posture
    return f"""CASE
        WHEN lower(s.telework_days) ~ '\\m({named})' THEN 'telework'
        WHEN s.worked_days IS NULL THEN {ordinary}
        WHEN lower(s.worked_days) ~ '\\m({named})' THEN {posture} ELSE 'off' END AS {day}"""


_AGENCY = """(SELECT a.id FROM estate_agency a
    WHERE upper(a.code) = upper(s.agency) OR public.search_key(a.name) = public.search_key(s.agency)
    ORDER BY upper(a.code) = upper(s.agency) DESC, a.code LIMIT 1)"""

STAFF = register(
    ImportKind(
        code="staff",
        label=_("Staff (HR list)"),
        description=_("One line per agent: reference, name, job title, team, agency, days of telework."),
        columns=(
            Column(
                "reference",
                _("Reference"),
                "Matricule",
                Code(),
                (
                    "N° matricule",
                    "Code salarié",
                    "N° salarié",
                    "Code agent",
                    "Référence agent",
                    "Identifiant RH",
                    "Id",
                ),
                required=True,
                example="A0123",
            ),
            Column(
                "last_name",
                _("Surname"),
                "Nom",
                Text(max_length=100),
                ("Nom de famille", "Nom usuel", "Nom d'usage", "Nom agent", "Nom salarié"),
                example="DURAND",
            ),
            Column(
                "first_name",
                _("First name"),
                "Prénom",
                Text(max_length=100),
                ("Prénoms", "Prénom usuel", "Prénom agent"),
                example="Anne",
            ),
            Column(
                "full_name",
                _("Full name"),
                "Nom et prénom",
                Text(max_length=200),
                ("Nom Prénom", "Agent", "Collaborateur", "Salarié", "Identité"),
                note=_("Only where surname and first name share one column, the surname in capitals."),
            ),
            Column(
                "email",
                _("E-mail"),
                "E-mail",
                Email(),
                (
                    "Mail",
                    "Courriel",
                    "Mél",
                    "Adresse mail",
                    "Email professionnel",
                    "Adresse électronique",
                    "Messagerie",
                ),
                example="anne.durand@exemple.example",
            ),
            Column(
                "phone",
                _("Phone"),
                "Téléphone",
                Phone(),
                (
                    "Tél",
                    "Tel pro",
                    "Mobile",
                    "Portable",
                    "Téléphone professionnel",
                    "Mobile professionnel",
                    "N° de téléphone",
                    "Ligne directe",
                ),
                example="06 39 98 12 34",
            ),
            Column(
                "job_title",
                _("Job title"),
                "Fonction",
                Text(max_length=200),
                ("Emploi", "Poste", "Intitulé du poste", "Libellé emploi", "Métier", "Qualification"),
                example="Gardien d'immeuble",
            ),
            Column(
                "team_code",
                _("Team code"),
                "Code équipe",
                Code(),
                ("Code service", "Code unité", "Code UO", "UO"),
                example="PROX-NARB",
            ),
            Column(
                "team_name",
                _("Team"),
                "Équipe",
                Text(max_length=200),
                ("Service", "Libellé service", "Libellé équipe", "Direction", "Unité"),
                example="Proximité Narbonne",
            ),
            Column(
                "agency",
                _("Agency"),
                "Agence",
                Text(max_length=200),
                ("Code agence", "Site", "Établissement", "Lieu de travail", "Affectation", "Libellé agence"),
                example="A01",
            ),
            Column(
                "active_from",
                _("Arrival"),
                "Date d'entrée",
                Day(),
                ("Date d'embauche", "Entrée", "Date d'arrivée", "Début de contrat", "Ancienneté"),
                example="01/03/2018",
            ),
            Column(
                "last_day",
                _("Last day"),
                "Date de sortie",
                Day(empty_marks=("31/12/9999", "31/12/2999")),
                ("Date de départ", "Sortie", "Fin de contrat", "Date de fin"),
            ),
            Column(
                "worked_days",
                _("Days worked"),
                "Jours travaillés",
                Text(max_length=200),
                ("Jours de présence", "Jours ouvrés"),
                example="lundi, mardi, jeudi, vendredi",
                note=_("Names of days. Without this column: Monday to Friday."),
            ),
            Column(
                "telework_days",
                _("Days of telework"),
                "Jours de télétravail",
                Text(max_length=200),
                ("Télétravail", "Jours télétravaillés"),
                example="mardi",
            ),
            Column(
                "skills",
                _("Skills"),
                "Compétences",
                Text(max_length=500),
                ("Habilitations", "Compétence", "Qualifications", "Habilitation"),
                example="Habilitation électrique, Langue des signes",
                note=_("Separated by commas or semicolons."),
            ),
            Column(
                "user_email",
                _("Palier account"),
                "Compte Palier",
                Email(),
                ("Compte", "Login", "Identifiant de connexion"),
                note=_("The e-mail of the account, if it is another one."),
            ),
        ),
        derived=(
            Derived("surname", _surname),
            Derived("given_name", _given_name),
            Derived("job", _job),
            Derived("team_ref", _team_code),
            Derived("team_label", _team_label),
        ),
        key=("reference",),
        one_of=(("last_name", "full_name"),),
        cross_checks=(
            CrossCheck(
                "staff.agency-unknown",
                "agency",
                """SELECT s.line, s.agency AS value FROM stage s WHERE s.agency IS NOT NULL AND NOT EXISTS (
                    SELECT FROM estate_agency a WHERE upper(a.code) = upper(s.agency)
                        OR public.search_key(a.name) = public.search_key(s.agency))""",
                _("No agency has the code or the name “{value}”."),
                _("Correct it, or load the property file first. The agent is loaded without an agency."),
                severity="warning",
                needs=("agency",),
            ),
            CrossCheck(
                "staff.exit-before-entry",
                "last_day",
                "SELECT line, last_day::text AS value FROM stage WHERE last_day < active_from",
                _("The last day comes before the first one."),
                _("Correct one of the two dates."),
                needs=("active_from", "last_day"),
            ),
            CrossCheck(
                "staff.name-missing",
                "reference",
                "SELECT line, reference AS value FROM stage WHERE surname IS NULL AND verdict = 'good'",
                _("The agent “{value}” has no name."),
                _("Write the surname."),
            ),
        ),
        steps=(
            Merge(
                "staff_team",
                key=("code",),
                source="""SELECT min(line) AS line, team_ref AS code,
                        (array_agg(team_label ORDER BY line))[1] AS name
                    FROM stage WHERE team_ref IS NOT NULL GROUP BY team_ref""",
                columns={"name": ("team_name", "team_code")},
                when=("team_code", "team_name"),
            ),
            Merge(
                "staff_agent",
                key=("reference",),
                source=f"""SELECT s.line, s.reference, s.surname AS last_name,
                        coalesce(s.given_name, '') AS first_name,
                        coalesce(s.email, '') AS email, coalesce(s.phone, '') AS phone, s.job,
                        coalesce(s.job_title, '') AS job_title, t.id AS team_id, {_AGENCY} AS agency_id,
                        coalesce(s.user_email, '') AS user_email,
                        coalesce(s.active_from, %(day)s::date) AS active_from, s.last_day + 1 AS active_until
                    FROM stage s LEFT JOIN staff_team t ON t.code = s.team_ref""",
                columns={
                    "last_name": ("last_name", "full_name"),
                    "first_name": ("first_name", "full_name"),
                    "email": "email",
                    "phone": "phone",
                    "job": "job_title",
                    "job_title": "job_title",
                    "team_id": ("team_code", "team_name"),
                    "agency_id": "agency",
                    "user_email": "user_email",
                    "active_from": "active_from",
                    "active_until": "last_day",
                },
                keep_if_empty=("user_email",),
            ),
            Merge(
                "staff_usual_week",
                key=("agent_id",),
                source=f"""SELECT s.line, a.id AS agent_id, {", ".join(_usual_day(*day) for day in _DAYS)}
                    FROM stage s JOIN staff_agent a ON a.reference = s.reference""",
                columns={day[0]: ("worked_days", "telework_days") for day in _DAYS},
            ),
            Merge(
                "staff_skill",
                key=("code",),
                source="""SELECT min(s.line) AS line, replace(public.search_key(w.word), ' ', '-') AS code,
                        (array_agg(btrim(w.word) ORDER BY s.line))[1] AS label
                    FROM stage s, regexp_split_to_table(s.skills, '[,;]') AS w(word)
                    WHERE btrim(w.word) <> '' GROUP BY 2""",
                columns={},
                insert_only=("label",),
                when=("skills",),
            ),
            Merge(
                "staff_agent_skill",
                key=("agent_id", "skill_id"),
                source="""SELECT s.line, a.id AS agent_id, k.id AS skill_id
                    FROM stage s JOIN staff_agent a ON a.reference = s.reference,
                         regexp_split_to_table(s.skills, '[,;]') AS w(word)
                         JOIN staff_skill k ON k.code = replace(public.search_key(w.word), ' ', '-')""",
                columns={},
                when=("skills",),
            ),
            # A team whose agents all work for one agency belongs to it, until somebody says otherwise.
            Run(
                """UPDATE staff_team t SET agency_id = one.agency_id
                    FROM (SELECT team_id, (array_agg(agency_id))[1] AS agency_id FROM staff_agent
                           WHERE team_id IS NOT NULL AND agency_id IS NOT NULL
                           GROUP BY team_id HAVING count(DISTINCT agency_id) = 1) one
                    WHERE one.team_id = t.id AND t.agency_id IS NULL""",
                when=("agency",),
            ),
        ),
        absent=Absent(
            "staff_agent",
            """SELECT id, reference, btrim(first_name || ' ' || last_name) AS label FROM staff_agent
                WHERE active_until IS NULL OR active_until > %(day)s::date""",
            column="reference",
            ending={"active_until": "GREATEST(%(day)s::date, t.active_from + 1)"},
            label=_("Agents absent from the file"),
            also=(
                """UPDATE staff_coverage c SET end_on = GREATEST(%(day)s::date, c.start_on + 1)
                    FROM absent
                   WHERE absent.id = c.agent_id AND (c.end_on IS NULL OR c.end_on > %(day)s::date)""",
            ),
        ),
        depends_on=("patrimoine",),
        recognise=("job_title", "team_name", "telework_days"),
        order=30,
    )
)

_RESIDENCE = "estate_residence r ON upper(r.code) = upper(s.residence)"
_COVERAGE = f"""
    SELECT s.line, a.id AS agent_id, r.id AS residence_id, s.role, coalesce(s.rank, 'holder') AS rank,
           coalesce(s.start_on, running.start_on, %(day)s::date) AS start_on, s.last_day + 1 AS end_on
      FROM stage s
      JOIN staff_agent a ON a.reference = s.agent
      JOIN {_RESIDENCE}
      LEFT JOIN LATERAL (
           SELECT max(c.start_on) AS start_on FROM staff_coverage c
            WHERE c.agent_id = a.id AND c.residence_id = r.id AND c.role = s.role
              AND (c.end_on IS NULL OR c.end_on > %(day)s::date)) running ON true"""


def _coverage_reference(mapped: Mapped) -> pl.Expr:
    """What identifies a coverage in a full file: residence, role and agent."""
    return pl.concat_str(
        [pl.col("residence").str.to_uppercase(), pl.col("role"), pl.col("agent")], separator=" · "
    )


COVERAGE = register(
    ImportKind(
        code="coverage",
        label=_("Who covers which residence"),
        description=_("One line per residence, agent and role: caretaker, cleaner, sector manager, adviser…"),
        columns=(
            Column(
                "residence",
                _("Residence"),
                "Code résidence",
                Code(),
                (
                    "Résidence",
                    "Groupe",
                    "Code groupe",
                    "Code programme",
                    "Code ensemble",
                    "Code site",
                    "N° groupe",
                ),
                required=True,
                example="0101",
            ),
            Column(
                "agent",
                _("Agent"),
                "Matricule",
                Code(),
                ("N° matricule", "Matricule agent", "Code agent", "Code salarié", "Agent", "Référence agent"),
                required=True,
                example="A0123",
            ),
            Column(
                "role",
                _("Role"),
                "Rôle",
                Choice(
                    options={
                        "caretaker": (
                            "gardien",
                            "gardienne",
                            "gardien d'immeuble",
                            "gardienne d'immeuble",
                            "concierge",
                            "employé d'immeuble",
                            "agent de proximité",
                            "GI",
                        ),
                        "cleaner": (
                            "agent d'entretien",
                            "entretien",
                            "ménage",
                            "nettoyage",
                            "AE",
                            "propreté",
                        ),
                        "sector_manager": (
                            "chargé de secteur",
                            "chargée de secteur",
                            "responsable de secteur",
                            "gestionnaire de secteur",
                            "responsable de site",
                            "CS",
                            "secteur",
                        ),
                        "technician": (
                            "technicien",
                            "technicienne",
                            "technicien de secteur",
                            "maintenance",
                            "chargé technique",
                        ),
                        "adviser": (
                            "chargé de clientèle",
                            "chargée de clientèle",
                            "conseiller clientèle",
                            "gestionnaire locatif",
                            "chargé de gestion locative",
                            "CC",
                        ),
                        "social_adviser": (
                            "CESF",
                            "conseillère sociale",
                            "conseiller social",
                            "travailleur social",
                            "conseillère en économie sociale et familiale",
                        ),
                    },
                ),
                ("Fonction", "Type d'affectation", "Nature", "Qualité"),
                required=True,
                example="Gardien",
            ),
            Column(
                "rank",
                _("Rank"),
                "Rang",
                Choice(
                    options={
                        "holder": ("titulaire", "principal", "1", "T"),
                        "second": ("second", "adjoint", "binôme", "2", "complément"),
                        "deputy": ("suppléant", "suppléante", "remplaçant", "remplaçante", "3", "S"),
                    },
                ),
                ("Titulaire ou suppléant", "Titulaire/suppléant", "Statut"),
                example="Titulaire",
            ),
            Column(
                "start_on",
                _("Start"),
                "Date de début",
                Day(),
                ("Début", "Date d'affectation", "Depuis le", "Date d'effet"),
                example="01/01/2024",
            ),
            Column(
                "last_day",
                _("Last day"),
                "Date de fin",
                Day(empty_marks=("31/12/9999", "31/12/2999")),
                ("Fin", "Jusqu'au", "Date de fin d'affectation"),
            ),
        ),
        derived=(Derived("coverage_ref", _coverage_reference),),
        key=("residence", "agent", "role"),
        group=("residence",),
        cross_checks=(
            Known(
                "staff.residence-unknown",
                "residence",
                "SELECT code FROM estate_residence",
                _("No residence has the code “{value}”."),
                _("Correct the code, or load the property file first."),
            ),
            Known(
                "staff.agent-unknown",
                "agent",
                "SELECT reference FROM staff_agent",
                _("No agent has the reference “{value}”."),
                _("Correct it, or load the HR list first."),
            ),
            CrossCheck(
                "staff.coverage-ends-too-early",
                "last_day",
                "SELECT line, last_day::text AS value FROM stage WHERE last_day < start_on",
                _("The last day comes before the first one."),
                _("Correct one of the two dates."),
                needs=("start_on", "last_day"),
            ),
            CrossCheck(
                "staff.two-holders",
                "agent",
                """SELECT s.line, s.agent AS value FROM stage s JOIN stage o
                      ON upper(o.residence) = upper(s.residence) AND o.role = s.role AND o.line < s.line
                     AND o.agent <> s.agent
                   WHERE coalesce(s.rank, 'holder') = 'holder' AND coalesce(o.rank, 'holder') = 'holder'
                     AND daterange(s.start_on, s.last_day, '[]')
                      && daterange(o.start_on, o.last_day, '[]')""",
                _("This residence already has a holder in this role, higher in the file."),
                _("Give the rank “Second” or “Deputy” to one of the two agents."),
            ),
            CrossCheck(
                "staff.holder-started-later",
                "start_on",
                f"""SELECT s.line, s.start_on::text AS value FROM ({_COVERAGE}) s
                      JOIN staff_coverage c ON c.residence_id = s.residence_id AND c.role = s.role
                       AND c.rank = 'holder' AND c.agent_id <> s.agent_id AND c.start_on >= s.start_on
                       AND daterange(c.start_on, c.end_on) && daterange(s.start_on, s.end_on)
                     WHERE s.rank = 'holder' AND (s.end_on IS NULL OR s.end_on > s.start_on)""",
                _("Another agent already holds this role there on these days, from the same day or later."),
                _("Correct the start, or end the other agent's coverage on screen first."),
            ),
        ),
        steps=(
            # A new holder ends the former one: the file says who holds the place now.
            Merge(
                "staff_coverage",
                key=("id",),
                source=f"""SELECT min(s.line) AS line, c.id, min(s.start_on) AS end_on FROM ({_COVERAGE}) s
                      JOIN staff_coverage c ON c.residence_id = s.residence_id AND c.role = s.role
                       AND c.rank = 'holder' AND c.agent_id <> s.agent_id AND c.start_on < s.start_on
                       AND (c.end_on IS NULL OR c.end_on > s.start_on)
                     WHERE s.rank = 'holder' GROUP BY c.id""",
                columns={"end_on": "residence"},
                insert=False,
            ),
            Merge(
                "staff_coverage",
                key=("agent_id", "residence_id", "role", "start_on"),
                source=_COVERAGE,
                columns={"rank": "rank", "end_on": "last_day"},
            ),
        ),
        absent=Absent(
            "staff_coverage",
            """SELECT c.id, upper(r.code) || ' · ' || c.role || ' · ' || a.reference AS reference,
                      r.name || ' · ' || btrim(a.first_name || ' ' || a.last_name) AS label
                 FROM staff_coverage c JOIN estate_residence r ON r.id = c.residence_id
                 JOIN staff_agent a ON a.id = c.agent_id
                WHERE c.end_on IS NULL OR c.end_on > %(day)s::date""",
            column="coverage_ref",
            ending={"end_on": "GREATEST(%(day)s::date, t.start_on + 1)"},
            label=_("Coverages absent from the file"),
        ),
        depends_on=("patrimoine", "staff"),
        recognise=("residence", "agent", "role"),
        order=40,
    )
)
