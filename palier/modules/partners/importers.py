"""The directory of partners, as an export or a spreadsheet kept by hand gives it."""

from django.utils.translation import gettext_lazy as _

from palier.kernel.imports.kinds import Absent, Column, CrossCheck, ImportKind, Merge, register
from palier.kernel.imports.values import Choice, Code, Commune, Email, Phone, Postcode, Text, YesNo

KINDS = {
    "ccas": ("CCAS", "centre communal d'action sociale", "CIAS"),
    "social_service": (
        "service social départemental", "service social", "maison des solidarités", "MDS", "département",
        "maison départementale des solidarités",
    ),
    "association": ("association", "asso"),
    "caf": ("CAF", "caisse d'allocations familiales", "MSA"),
    "food_aid": ("aide alimentaire", "banque alimentaire", "épicerie solidaire", "épicerie sociale"),
    "health": ("centre de santé", "santé", "permanence de santé", "permanence d'écoute", "maison de santé"),
    "state": ("service de l'État", "État", "préfecture", "DDETS"),
    "school": ("école", "collège", "lycée", "service scolaire", "éducation nationale"),
    "energy": ("énergie", "fournisseur d'énergie", "eau", "fournisseur d'eau"),
    "supplier": ("fournisseur", "prestataire", "entreprise"),
    "emergency": ("urgence", "secours", "pompiers", "police", "gendarmerie"),
    "other": ("autre",),
}  # fmt: skip
# What people write of a need, as the beginning of a word without accents, and its code.
NEEDS = (
    ("course", "groceries"), ("colis", "groceries"), ("alimenta", "groceries"), ("medicament", "medicines"),
    ("pharmac", "medicines"), ("repas", "meals"), ("portage", "meals"), ("psycholog", "psychological_support"),
    ("ecoute", "psychological_support"), ("droit", "benefits_or_job"), ("emploi", "benefits_or_job"),
    ("demarche", "benefits_or_job"), ("loyer", "rent_difficulty"), ("impaye", "rent_difficulty"),
    ("fsl", "rent_difficulty"), ("techni", "technical_problem"), ("numeri", "digital_or_school"),
    ("ecole", "digital_or_school"), ("scolai", "digital_or_school"), ("voisin", "neighbourhood"),
    ("mediation", "neighbourhood"), ("violence", "violence"), ("sante", "urgent_health"),
    ("accompagnement", "social_support"), ("social", "social_support"), ("visite", "doorstep_visit"),
    ("autre", "other"),
)  # fmt: skip
_NEED_ROWS = ", ".join(f"('{stem}', '{code}')" for stem, code in NEEDS)
_SPLIT = "regexp_split_to_table({column}, '\\s*[,;|/]\\s*')"
_NEED_CODES = f"""(SELECT coalesce(array_agg(DISTINCT n.code ORDER BY n.code), '{{}}')
    FROM (VALUES {_NEED_ROWS}) AS n(stem, code)
    WHERE (' ' || public.search_key(s.needs)) LIKE '%% ' || n.stem || '%%')"""
_DEPARTMENTS = f"""(SELECT coalesce(array_agg(DISTINCT d.code ORDER BY d.code), '{{}}')
    FROM {_SPLIT.format(column="s.departments")} AS w(word)
    JOIN public.geography_department d
      ON d.code = upper(lpad(w.word, 2, '0')) OR public.search_key(d.name) = public.search_key(w.word))"""
_COMMUNES = f"""(SELECT coalesce(array_agg(DISTINCT c.code ORDER BY c.code), '{{}}')
    FROM {_SPLIT.format(column="s.communes")} AS w(word)
    JOIN public.geography_commune c
      ON c.code = w.word
      OR (c.search_key = public.search_key(w.word)
          AND (s.departments IS NULL OR c.department_id = ANY ({_DEPARTMENTS}::text[]))))"""

PARTNERS = register(
    ImportKind(
        code="partners",
        label=_("Partners"),
        description=_("One line per partner: name, kind, telephone, e-mail, where it acts and which needs it serves."),
        columns=(
            Column("reference", _("Code"), "Code partenaire", Code(), ("Référence", "Code", "Identifiant"),
                   required=True, example="CCAS-11262"),
            Column("name", _("Name"), "Nom", Text(max_length=200), ("Partenaire", "Raison sociale", "Structure"),
                   required=True, example="CCAS de Narbonne"),
            Column("kind", _("Kind"), "Type", Choice(options=KINDS), ("Nature", "Catégorie", "Type de partenaire"),
                   required=True, example="CCAS"),
            Column("phone", _("Phone"), "Téléphone", Phone(), ("Tél", "Standard"), example="04 65 71 00 10"),
            Column("email", _("E-mail"), "E-mail", Email(), ("Mail", "Courriel", "Mél"),
                   example="accueil@ccas-narbonne.example"),
            Column("website", _("Website"), "Site internet", Text(max_length=200), ("Site", "Site web", "URL")),
            Column("address", _("Address"), "Adresse", Text(max_length=300), ("Rue", "Adresse postale")),
            Column("postcode", _("Postcode"), "Code postal", Postcode(), ("CP",), example="11100"),
            Column("insee_code", _("Commune"), "Commune", Commune(postcode="postcode"), ("Ville", "Code Insee"),
                   example="Narbonne"),
            Column("departments", _("Departments served"), "Départements", Text(max_length=200),
                   ("Département", "Secteur"), example="11, 34", note=_("Separated by commas. Empty: everywhere.")),
            Column("communes", _("Communes served"), "Communes desservies", Text(max_length=2000),
                   ("Communes", "Périmètre"), example="Narbonne, Coursan",
                   note=_("Insee codes or names, separated by commas. Empty: the whole of the departments.")),
            Column("needs", _("Needs served"), "Besoins", Text(max_length=500), ("Missions", "Domaines", "Aides"),
                   example="courses, repas, accompagnement", note=_("Separated by commas.")),
            Column("opening_hours", _("Opening hours"), "Horaires", Text(max_length=500), ("Ouverture",),
                   example="lun-ven 9h-12h 14h-17h"),
            Column("contact_name", _("Contact for referrals"), "Contact", Text(max_length=120),
                   ("Référent", "Interlocuteur"), example="Claire Aubert"),
            Column("contact_phone", _("Phone of the contact"), "Téléphone contact", Phone(), ("Tél contact",)),
            Column("contact_email", _("E-mail of the contact"), "E-mail contact", Email(), ("Mail contact",)),
            Column("is_active", _("Active"), "Actif", YesNo(), ("Partenaire actif",), example="oui"),
        ),
        key=("reference",),
        cross_checks=(
            CrossCheck(
                "partners.need-unknown",
                "needs",
                f"""SELECT s.line, w.word AS value FROM stage s, {_SPLIT.format(column="s.needs")} AS w(word)
                    WHERE w.word <> '' AND NOT EXISTS (SELECT FROM (VALUES {_NEED_ROWS}) AS n(stem, code)
                        WHERE (' ' || public.search_key(w.word)) LIKE '%% ' || n.stem || '%%')""",
                _("“{value}” is not a need that Palier knows."),
                _("Write one of: groceries, medicines, meals, listening, rights, rent, school… The rest is loaded."),
                severity="warning",
                needs=("needs",),
            ),
            CrossCheck(
                "partners.department-unknown",
                "departments",
                f"""SELECT s.line, w.word AS value FROM stage s, {_SPLIT.format(column="s.departments")} AS w(word)
                    WHERE w.word <> '' AND NOT EXISTS (SELECT FROM public.geography_department d
                        WHERE d.code = upper(lpad(w.word, 2, '0'))
                           OR public.search_key(d.name) = public.search_key(w.word))""",
                _("No department has the code or the name “{value}”."),
                _("Write the code, such as 11, or the name."),
                needs=("departments",),
            ),
            CrossCheck(
                "partners.commune-unknown",
                "communes",
                f"""SELECT s.line, w.word AS value FROM stage s, {_SPLIT.format(column="s.communes")} AS w(word)
                    WHERE w.word <> '' AND NOT EXISTS (SELECT FROM public.geography_commune c
                        WHERE c.code = w.word OR c.search_key = public.search_key(w.word))""",
                _("No commune has the code or the name “{value}”."),
                _("Write the Insee code, such as 11262, or the name."),
                needs=("communes",),
            ),
            CrossCheck(
                "partners.contact-unreachable",
                "contact_name",
                """SELECT line, contact_name AS value FROM stage
                    WHERE contact_name IS NOT NULL AND contact_phone IS NULL AND contact_email IS NULL""",
                _("“{value}” has neither telephone nor e-mail."),
                _("Give one of the two; the partner is loaded without this contact."),
                severity="warning",
                needs=("contact_name",),
            ),
        ),
        steps=(
            Merge(
                "partners_partner",
                key=("reference",),
                source=f"""SELECT s.line, s.reference, s.name, s.kind, coalesce(s.phone, p.phone, '') AS phone,
                        coalesce(s.email, p.email, '') AS email, coalesce(s.website, p.website, '') AS website,
                        coalesce(s.address, '') AS address, coalesce(s.postcode, '') AS postcode,
                        coalesce(s.insee_code, '') AS insee_code, coalesce(c.name, '') AS city,
                        {_DEPARTMENTS} AS departments, {_COMMUNES} AS communes, {_NEED_CODES} AS needs,
                        coalesce(s.opening_hours, p.opening_hours, '') AS opening_hours,
                        coalesce(s.is_active, p.is_active, true) AS is_active, %(day)s::date AS checked_on
                    FROM stage s LEFT JOIN public.geography_commune c ON c.code = s.insee_code
                    -- An empty cell leaves what is there: the columns may not be NULL, so that it is read here.
                    LEFT JOIN partners_partner p ON p.reference = s.reference""",
                columns={
                    "name": "name", "kind": "kind", "phone": "phone", "email": "email", "website": "website",
                    "address": "address", "postcode": "postcode", "insee_code": "insee_code", "city": "insee_code",
                    "departments": "departments", "communes": "communes", "needs": "needs",
                    "opening_hours": "opening_hours", "is_active": "is_active",
                },
                insert_only=("checked_on",),
            ),
            Merge(
                "partners_contact",
                key=("partner_id", "receives_referrals"),
                source="""SELECT s.line, p.id AS partner_id, true AS receives_referrals, s.contact_name AS name,
                        coalesce(s.contact_phone, '') AS phone, coalesce(s.contact_email, '') AS email
                    FROM stage s JOIN partners_partner p ON p.reference = s.reference
                    WHERE s.contact_name IS NOT NULL
                      AND (s.contact_phone IS NOT NULL OR s.contact_email IS NOT NULL)""",
                columns={"name": "contact_name", "phone": "contact_phone", "email": "contact_email"},
                when=("contact_name",),
            ),
        ),
        absent=Absent(
            "partners_partner",
            "SELECT id, reference, name AS label FROM partners_partner WHERE is_active",
            column="reference",
            ending={"is_active": "false"},
            label=_("Partners absent from the file"),
        ),
        recognise=("needs", "departments", "kind"),
        order=50,
    )
)  # fmt: skip
