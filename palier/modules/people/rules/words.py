"""Words that have no place in a note about somebody, and the words by which somebody is recognised."""

import re
from collections.abc import Iterable

from palier.kernel.search.keys import search_key

# Stems, without accents: health and diagnoses, origin, religion, insults. A note is readable by the person it is
# about (RGPD art. 15), and none of this may be kept (art. 9).
_STEMS = {
    "health": """
        alzheimer parkinson cancer tumeur chimio diabet asthm epilep depress bipolaire schizo psychos
            psychiatr
        psychotrop autis autist trisomi demenc dement senil handicap invalid infirm paraplegi hemiplegi avc
            infarctus
        cardiaque dialys insulin seropositif sida vih hepatit covid symptom contamin fievre malad pathologi
            diagnos
        traitement medicament ordonnance hospitalis hopital urgences oncolog toxicoman alcool drogue addict
            suicid
        anorexi boulimi enceinte grossesse avortement fauteuil\\sroulant oxygen respirat prothes
        disease illness sick patholog diagnosis treatment medication hospital disab dementia pregnan alcohol
            addict
    """,
    "origin": """
        arabe maghreb africain noirs? roms? gitan tzigane asiatique etranger nationalite immigr clandestin
            sans\\spapiers
        ethni race racial turcs? algerien marocain tunisien malien comorien
    """,
    "religion": (
        "musulman islam voilee?s? juif juive catholique protestant evangelis temoin\\sde\\sjehovah bouddhis"
    ),
    "insult": """
        con connard connasse salaud salope debile cretin idiot abruti imbecile feignant faineant cassos
            racaille
        menteur menteuse voleur voleuse alcoolo clodo folle? foldingue hysteriqu parano
    """,
}
# Words that begin like a stem and mean nothing of the kind.
_HARMLESS = {
    "conseil", "conseiller", "conseillere", "contact", "contacter", "contrat", "concierge", "confirme",
    "connu", "conjoint", "conjointe", "convenu", "consentement", "congé", "conge", "console", "racines",
    "traitements",
}  # fmt: skip
_WHOLE_WORDS = {
    "con",
    "race",
    "noirs?",
    "roms?",
    "turcs?",
    "folle?",
    "sida",
    "vih",
    "avc",
    "voilee?s?",
    "idiot",
}


def _pattern(stems: str) -> re.Pattern[str]:
    parts = [stem if stem in _WHOLE_WORDS else f"{stem}[a-z]*" for stem in stems.split()]
    return re.compile(r"(?:^| )(" + "|".join(parts) + r")(?= |$)")


_PATTERNS = {family: _pattern(stems) for family, stems in _STEMS.items()}


def unfit_words(text: str) -> list[str]:
    """Return the words of a note that may not be kept: health, origin, religion, insults. Empty when it is
    fit.
    """
    key = search_key(text)
    found: list[str] = []
    for pattern in _PATTERNS.values():
        found += [word for word in pattern.findall(f" {key}".replace(" ", "  ")) if word not in _HARMLESS]
    return list(dict.fromkeys(found))


def identifying_words(
    *,
    family_names: Iterable[str],
    given_names: str,
    legal_name: str,
    references: Iterable[str],
    values: Iterable[str],
    namesakes: int,
    few: int = 5,
) -> list[str]:
    """Return the texts by which a sealed person would be recognised wherever they stand.

    A family name that `few` others or more share does not identify by itself: with it, hundreds of lines about
    other people would be erased. With the given name, in either order, it does.
    """
    first = given_names.split()[0] if given_names.split() else ""
    found: list[str] = [*references, *values, legal_name]
    for name in family_names:
        if not name:
            continue
        if namesakes < few:
            found.append(name)
        for given in {given_names, first} - {""}:
            found += [f"{name} {given}", f"{given} {name}"]
    return [word for word in dict.fromkeys(found) if len(search_key(word)) >= 3]
