"""The words that ERPs write in their rent roll, and what they mean here."""

ROLES = {
    "holder": (
        "Titulaire",
        "Locataire",
        "Locataire principal",
        "Titulaire principal",
        "Preneur",
        "Signataire",
        "T",
        "TIT",
        "L",
        "1",
    ),
    "co_holder": (
        "Cotitulaire",
        "Co-titulaire",
        "Co titulaire",
        "Colocataire",
        "Co-locataire",
        "Cosignataire",
        "COT",
        "C",
        "2",
    ),
    "occupant": (
        "Occupant",
        "Occupante",
        "Occupant majeur",
        "Occupant mineur",
        "Enfant",
        "Personne à charge",
        "Ascendant",
        "Autre occupant",
        "Hébergé",
        "Conjoint",
        "Concubin",
        "OCC",
        "O",
        "3",
    ),
    "guarantor": ("Garant", "Garante", "Caution", "Caution solidaire", "G", "4"),
}

RELATIONS = {
    "spouse": (
        "Conjoint",
        "Conjointe",
        "Époux",
        "Épouse",
        "Concubin",
        "Concubine",
        "Partenaire",
        "Pacsé",
        "Pacsée",
        "Partenaire de PACS",
        "Mari",
        "Femme",
    ),
    "child": ("Enfant", "Fils", "Fille", "Beau-fils", "Belle-fille", "Enfant du conjoint"),
    "parent": ("Père", "Mère", "Parent", "Ascendant", "Beau-père", "Belle-mère"),
    "sibling": ("Frère", "Sœur", "Frère ou sœur"),
    "other_family": (
        "Autre famille",
        "Petit-fils",
        "Petite-fille",
        "Oncle",
        "Tante",
        "Cousin",
        "Cousine",
        "Neveu",
        "Nièce",
        "Grand-parent",
        "Autre parent",
    ),
    "hosted": ("Hébergé", "Hébergée", "Personne hébergée", "Autre", "Sans lien"),
    "flatmate": ("Colocataire", "Ami", "Amie"),
    "legal_guardian": ("Tuteur", "Tutrice", "Curateur", "Curatrice", "Mandataire"),
}

CIVILITIES = {
    "mr": ("M.", "M", "Mr", "Monsieur"),
    "ms": ("Mme", "Madame", "Mlle", "Mademoiselle", "Mme.", "Melle"),
}

PERSON_KINDS = {
    "natural": ("Personne physique", "Physique", "PP", "P"),
    "legal": ("Personne morale", "Morale", "PM", "M", "Société", "Association"),
}

NATURES = {
    "conventioned": (
        "Bail HLM conventionné",
        "Conventionné",
        "Bail conventionné",
        "HLM conventionné",
        "HLM",
        "PLUS",
        "Bail d'habitation",
        "Habitation",
        "Bail habitation",
        "Logement",
    ),
    "unconventioned": (
        "Bail non conventionné",
        "Non conventionné",
        "Bail HLM non conventionné",
        "Loi 89",
        "Libre",
        "Intermédiaire",
    ),
    "commercial": ("Bail commercial", "Commercial", "Commerce"),
    "professional": ("Bail professionnel", "Professionnel"),
    "parking": (
        "Garage",
        "Stationnement",
        "Parking",
        "Bail garage",
        "Box",
        "Bail stationnement",
        "Place de parking",
    ),
    "precarious": (
        "Convention d'occupation précaire",
        "Occupation précaire",
        "COP",
        "Convention d'occupation",
    ),
    "sublet": ("Sous-location", "Sous location", "Sous-location L442-8-1", "Association gestionnaire"),
    "staff": ("Logement de fonction", "Logement gardien", "Fonction", "Loge"),
}

LANGUAGES = {
    "fr": ("français", "francais", "FR", "FRA"),
    "en": ("anglais", "EN", "ENG"),
    "ar": ("arabe", "AR", "ARA"),
    "tr": ("turc", "TR"),
    "pt": ("portugais", "PT"),
    "es": ("espagnol", "ES"),
    "it": ("italien", "IT"),
    "ro": ("roumain", "RO"),
    "ru": ("russe", "RU"),
    "uk": ("ukrainien", "UK", "UA"),
    "pl": ("polonais", "PL"),
    "sq": ("albanais", "SQ"),
    "fa": ("persan", "dari", "farsi", "FA"),
    "ps": ("pachto", "pachtou", "PS"),
    "bn": ("bengali", "BN"),
    "ta": ("tamoul", "TA"),
    "zh": ("chinois", "mandarin", "ZH"),
    "vi": ("vietnamien", "VI"),
    "so": ("somali", "SO"),
    "ti": ("tigrinya", "tigrigna", "TI"),
    "wo": ("wolof", "WO"),
    "bm": ("bambara", "BM"),
    "ln": ("lingala", "LN"),
    "ht": ("créole haïtien", "haïtien", "HT"),
    "sgn": ("langue des signes", "LSF", "SGN"),
}

CIVILITY_WORDS = (
    r"(?i)^(M\.|MR\.?|MME\.?|MLLE|MELLE|MONSIEUR|MADAME|MADEMOISELLE|M)\s+(?:ET\s+(?:MME|MADAME)\s+)?"
)

LEGAL_PERSON = (
    r"(^| )(SARL|SAS|SASU|SA|SCI|SNC|EURL|EI|GIE|SCIC|SCP|SELARL|ASSOCIATION|ASSO|CCAS|CIAS|MAIRIE|COMMUNE"
    r"|VILLE DE|DEPARTEMENT|DÉPARTEMENT|CONSEIL|SYNDICAT|FONDATION|MUTUELLE|CROUS|UDAF|ADOMA|CABINET|PHARMACIE"
    r"|CENTRE)( |$)"
)
