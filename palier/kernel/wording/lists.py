"""The lists. Stems without accents; a word that begins with a stem is found, unless it is said to be whole.

A note is readable by the person it is about (RGPD art. 15), and nothing of this may be kept (RGPD art. 9).
"""

# What reveals a state of health. Delivering medicines is something to do; taking them is a state of health.
HEALTH_FR = """
    alzheimer parkinson cancer tumeur chimio diabet asthm epilep depress bipolaire schizo psychos psychiatr
    psychotrop autis autist trisomi demenc dement senil handicap invalid infirm paraplegi hemiplegi tetraplegi
    avc infarctus cardiaque dialys insulin seropositif sida vih hepatit covid symptom contamin fievre malad
    pathologi diagnos traitement medicament ordonnance hospitalis hopital urgences oncolog toxicoman alcool
    drogue addict suicid anorexi boulimi enceinte grossesse avortement fauteuil\\sroulant oxygen respirat
    prothes sclerose arthros obes aveugle malvoyan malentendan surdite cecite delir hallucin methadon cannabis
    cocain heroinoman perfusion scoliose migrain allergi incontinen
"""
HEALTH_EN = """
    disease illness ill sick patholog diagnosis treatment medication hospital disab dementia pregnan alcohol
    addict depression cancer diabetic wheelchair
"""
ORIGIN_FR = """
    arabe maghreb africain noirs? roms? rroms? gitan tzigane manouche asiatique etranger nationalite immigr
    clandestin sans\\spapiers ethni race racial turcs? algerien marocain tunisien malien comorien kurde syrien
    afghan senegalais ivoirien congolais tchetchene roumain bulgare gens\\sdu\\svoyage
    musulman islam voilee?s? juif juive catholique protestant evangelis temoin\\sde\\sjehovah bouddhis chretien
    hindou mosquee synagogue ramadan halal casher imams? rabbin athees?
"""
ORIGIN_EN = """
    arab africans? immigrant foreigner muslim jewish jew hindu buddhist gypsy
"""
INSULT_FR = """
    con connard connasse salaud salope debile cretin idiot abruti imbecile feignant faineant cassos racaille
    menteur menteuse voleur voleuse alcoolo clodo folle? foldingue hysteriqu parano
"""
INSULT_EN = """
    bastard bitch moron stupid scum asshole
"""

WHOLE_WORDS = {
    "con", "race", "noirs?", "roms?", "rroms?", "turcs?", "folle?", "sida", "vih", "avc", "voilee?s?", "idiot",
    "imams?", "athees?", "ill", "arab", "africans?", "jew",
}  # fmt: skip

# Words that begin like a stem and mean nothing of the kind.
HARMLESS = {
    "maladroit", "maladroite", "maladroits", "maladroites", "maladroitement", "maladresse", "traitements",
}  # fmt: skip

_LANGUAGES = (
    "arabe|turc|kurde|roumain|bulgare|albanais|portugais|espagnol|italien|russe|ukrainien|polonais|chinois"
)
_NAMES_OF_STREETS = "rue|avenue|boulevard|bd|quai|impasse|allee|allees|chemin|square"
# Turns of phrase that hold one of the stems and say nothing about anybody's health, origin or belief.
HARMLESS_PHRASES = (
    # A street keeps its name.
    rf"(?:{_NAMES_OF_STREETS}) (?:de la |de l |du |des |de |d )?[a-z]+",
    # The language in which to speak to somebody is something to do.
    r"(?:parl[a-z]*|compren[a-z]*|interprete|traduct[a-z]*|langue|lit|ecrit)"
    rf" (?:(?:bien|mal|peu|un|que|le|l|en|de|d|seulement|uniquement) )*(?:{_LANGUAGES})",
    # Bodies and their services.
    r"(?:caisse d |caisse primaire d )?assurance maladie",
    r"maison departementale des personnes handicapees",
    r"secours (?:catholique|islamique)",
    r"entraide protestante",
    r"aide medicale",
    r"service social de l hopital",
    # Errands, deliveries and technical words.
    r"(?:livr|apport|cherch|retir|port|ramen|achat|achet|recuper|rapport|approvisionn)[a-z]*"
    r" (?:(?:de|des|les|ses|ces|aux|du|d|la|l|en|courses|repas|et|pharmacie) )*medicaments?",
    r"urgences? techniques?",
    r"(?:place|places|stationnement|parking|acces|rampe) (?:pour )?(?:les )?(?:personnes? )?handicap[a-z]*",
    r"enceinte (?:de|du|des|connectee|bluetooth)",
    r"traitement (?:de|du|des|d) (?:la |l |sa |son |ma |notre |votre |leur )?"
    r"(?:demande|demandes|dossier|dossiers|dechets|facture|courrier|reclamation|signalement|eau|parasites|punaises|"
    r"nuisibles|cafards|humidite)",
    r"a l etranger",
    r"dans le noir",
    r"air respirable",
)
