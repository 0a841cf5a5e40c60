"""French postal addresses: read them, compare them, write them.

Property files write the same street in many ways (`R VOLTAIRE`, `RUE VOLTAIRE`, `RUE DU COMMERCE` with an
empty street type). Two addresses are the same place when their *keys* are equal; a key is made to be
compared, never to be shown. Abbreviations follow AFNOR XP Z10-011 and the street types of the RPLS files.
"""

import re
import unicodedata
from dataclasses import dataclass

STREET_TYPES = {
    "ALL": "ALLEE",
    "ALLEES": "ALLEE",
    "AV": "AVENUE",
    "AVE": "AVENUE",
    "BCH": "BOUCLE",
    "BD": "BOULEVARD",
    "BLD": "BOULEVARD",
    "BVD": "BOULEVARD",
    "BOUL": "BOULEVARD",
    "CAR": "CARREFOUR",
    "CHE": "CHEMIN",
    "CHEM": "CHEMIN",
    "CH": "CHEMIN",
    "CHS": "CHAUSSEE",
    "CTE": "COTE",
    "CRS": "COURS",
    "CLS": "CLOS",
    "DOM": "DOMAINE",
    "ESC": "ESCALIER",
    "ESP": "ESPLANADE",
    "FG": "FAUBOURG",
    "FBG": "FAUBOURG",
    "HAM": "HAMEAU",
    "IMP": "IMPASSE",
    "LD": "LIEU DIT",
    "LOT": "LOTISSEMENT",
    "MTE": "MONTEE",
    "PAS": "PASSAGE",
    "PASS": "PASSAGE",
    "PL": "PLACE",
    "PLA": "PLACE",
    "PRO": "PROMENADE",
    "PROM": "PROMENADE",
    "QU": "QUAI",
    "QUA": "QUAI",
    "QUAR": "QUARTIER",
    "QRT": "QUARTIER",
    "RES": "RESIDENCE",
    "RSD": "RESIDENCE",
    "RLE": "RUELLE",
    "R": "RUE",
    "RTE": "ROUTE",
    "RPT": "ROND POINT",
    "SEN": "SENTIER",
    "SQ": "SQUARE",
    "TRA": "TRAVERSE",
    "VLA": "VILLA",
    "VC": "VOIE",
    "VGE": "VILLAGE",
    "ZA": "ZONE",
    "ENC": "ENCLOS",
    "CITES": "CITE",
}
"""How the files shorten a street type → its whole word, capitals without accents."""

WRITTEN_TYPES = {
    "ALLEE": "allée",
    "COTE": "côte",
    "CITE": "cité",
    "CHAUSSEE": "chaussée",
    "MONTEE": "montée",
    "RESIDENCE": "résidence",
    "LIEU DIT": "lieu-dit",
    "ROND POINT": "rond-point",
}
"""Street types whose French spelling is not the lower case of their key."""

_WHOLE_TYPES = (
    frozenset(STREET_TYPES.values())
    | {"CITE", "CLOS", "RUELLE", "VOIE", "MAIL", "PARC", "PONT", "PORT", "COUR"}
) - {"LIEU DIT", "ROND POINT"}

_TITLES = {
    "ST": "SAINT",
    "STE": "SAINTE",
    "GAL": "GENERAL",
    "GENE": "GENERAL",
    "DR": "DOCTEUR",
    "MAL": "MARECHAL",
    "PROF": "PROFESSEUR",
    "PR": "PROFESSEUR",
    "CDT": "COMMANDANT",
    "CNE": "CAPITAINE",
    "PDT": "PRESIDENT",
    "LT": "LIEUTENANT",
    "NARBON": "NARBONNE",
}

_DOOR = re.compile(
    r"\b(?:APPARTEMENT|APPART|APPT|APT|APP|LOGEMENT|LOGT|LGT|PORTE|BAL|VILLA(?=\s+(?:N\b|NO\b|NUMERO\b|\d)))\s*"
    r"(?:N\b|NO\b|NUMERO\b)?\s*[A-Z]?\d+[A-Z]?\b",
    re.I,
)
_BUILDING = re.compile(
    r"\b(?:B[AÂ]TIMENT|BAT|ESCALIER|ENTR[EÉ]E|HALL|CAGE)\s*(?:N\b|NO\b|NUMERO\b)?\s*(?:[A-Z]?\d{1,3}|[A-Z])\b(?!’)",
    re.I,
)
_ONLY_BUILDING = re.compile(r"^(?:B[AÂ]TIMENT|IMMEUBLE|R[EÉ]SIDENCE|RESID|RES|RSD|IMM|BAT)\b\s*", re.I)
_FLOOR = re.compile(r"\b(?:[EÉ]TAGE\s+\w+|\d+\s*[EÈ](?:ME|R)?\s+[EÉ]TAGE|RDC|REZ DE CHAUSS[EÉ]E)\b", re.I)
_LOT_COUNT = re.compile(r"^\d+\s+(?:PLA|PLUS|PLAI|PLS|HLM|LOGEMENTS?|LOGTS|VILLAS)(?:-I)?\s+(?=\S)", re.I)


def flat(text: str) -> str:
    """Write a text in capitals, without accents or punctuation, words one space apart."""
    bare = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "OE"))
    letters = "".join(c for c in bare if not unicodedata.combining(c)).upper()
    return " ".join(re.sub(r"[^0-9A-Z]+", " ", letters).split())


def house_number(number: str, repetition: str = "") -> str:
    """Join a number and its repetition index as one word: `15 B` and (`15`, `B`) are both `15B`.

    B is kept apart from BIS: in a row of houses A, B, C it is a letter, and joining two houses would lose
    one.
    """
    # Spreadsheets write numbers as decimals: 4.0 is number 4.
    whole = re.sub(r"^(\d+)[.,]0$", r"\1", number.strip())
    joined = flat(f"{whole} {repetition}")
    joined = re.sub(r"(?<=\d)\s+(?=[A-Z])", "", joined)
    return re.sub(r"^(\d+)BI$", r"\1BIS", joined)


def street_words(street_type: str, street_name: str) -> tuple[str, str]:
    """Return the whole street type and the street's name, both flat.

    A file that leaves the type empty often writes it in the name (`RUE DU COMMERCE`): it is taken from there.
    """
    kind, name = flat(street_type), flat(street_name)
    if not kind:
        first, _, rest = name.partition(" ")
        if rest and (first in _WHOLE_TYPES or first in {"AV", "BD", "IMP", "RTE", "CHE", "ALL"}):
            kind, name = first, rest
    kind = STREET_TYPES.get(kind, kind)
    return kind, " ".join(_TITLES.get(word, word) for word in name.split())


def address_key(*, insee_code: str, number: str, repetition: str, street_type: str, street_name: str) -> str:
    """Return what two ways of writing the same address have in common."""
    kind, name = street_words(street_type, street_name)
    return f"{insee_code}|{house_number(number, repetition)}|{kind} {name}".rstrip()


def programme_name(*candidates: str) -> str:
    """Return the first candidate that names a residence, without its apartment, floor or building.

    RPLS has no column for it: landlords write it in COMPLGEO, IMMEU or LIEUDIT, next to door numbers
    (`APT N.9 RESIDENCE SAN MIGUEL`).
    """
    for candidate in candidates:
        left = _named_part(candidate)
        if left:
            return left
    return ""


def _named_part(text: str) -> str:
    text = " ".join(text.replace("`", "’").replace("'", "’").replace(".", " ").split())
    for pattern in (_DOOR, _FLOOR, _BUILDING):
        text = pattern.sub(" ", text)
    text = " ".join(text.split()).strip(" -,;/")
    text = _LOT_COUNT.sub("", text).strip(" -,;/")
    # A building's own name is the residence's for want of a better one: « BATIMENT ELYCIA » names Elycia.
    text = re.sub(r"^(?:ENSEMBLE|TRANCHE|LOT)\s*\d*$", "", _ONLY_BUILDING.sub("", text), flags=re.I)
    return text if len(re.sub(r"[^A-Z]", "", flat(text))) >= 3 else ""


def name_key(name: str) -> str:
    """Return what two ways of writing a residence's name have in common."""
    words = [_TITLES.get(word, word) for word in flat(_named_part(name)).split()]
    kept = [
        word for word in words if word not in {"LE", "LA", "LES", "L", "DU", "DE", "DES", "D", "RESIDENCE"}
    ]
    return " ".join(kept)


_SMALL = {"DE", "DU", "DES", "LA", "LE", "LES", "L", "D", "ET", "A", "AU", "AUX", "SUR", "SOUS", "EN", "LÈS"}
_KEEP = {
    "HLM",
    "HBM",
    "PLA",
    "PLAI",
    "PLS",
    "PLR",
    "ILM",
    "ILN",
    "PSR",
    "ZAC",
    "ZUP",
    "II",
    "III",
    "IV",
    "VI",
    "VII",
    "XIII",
}


def written(text: str) -> str:
    """Write a name received in capitals as a French reader expects it: `RUE DE L'AGLY` → `Rue de l'Agly`.

    A text that already has small letters is left as it came. Accents lost by the file are not guessed.
    """
    text = " ".join(text.replace("`", "’").replace("'", "’").split())
    if text != text.upper():
        return text
    words = re.split(r"([\s\-’()/]+)", text)
    out = [
        _written_word(word, first=index == 0, elided=_is_elision(words, index))
        for index, word in enumerate(words)
    ]
    return "".join(out)


def _is_elision(words: list[str], index: int) -> bool:
    return words[index] in {"L", "D"} and index + 1 < len(words) and words[index + 1] == "’"


def _written_word(word: str, *, first: bool, elided: bool) -> str:
    if word in _KEEP:
        return word
    if (word in _SMALL and not first and len(word) > 1) or (elided and not first):
        return word.lower()
    return word[:1] + word[1:].lower()


def _street(address: "Address") -> tuple[str, str]:
    """Return the street's type in small letters and its name without it."""
    kind, _key = street_words(address.street_type, address.street_name)
    name = written(address.street_name)
    if kind and not flat(address.street_type):
        name = name.partition(" ")[2]
    return WRITTEN_TYPES.get(kind, kind.lower()), name


@dataclass(frozen=True)
class Address:
    """A postal address cut in its parts, as property files give them."""

    number: str = ""
    repetition: str = ""
    street_type: str = ""
    street_name: str = ""
    complement: str = ""
    postcode: str = ""
    city: str = ""

    @property
    def street_line(self) -> str:
        """The number and street, as one writes them on an envelope: `12 bis rue de l’Agly`."""
        number, kind, name = written_number(self.number, self.repetition), *_street(self)
        if re.match(
            r"^\d+ ?[A-Za-z]{0,3} (?:rue|avenue|quai|boulevard|place|allée|impasse|chemin) ", name, re.I
        ):
            # The whole address is in the street's name; the column of the number holds a building.
            head, kind_word, rest = re.split(r" ([A-Za-zé]{3,}) ", name, maxsplit=1)
            return ", ".join(
                part for part in (number, f"{head} {kind_word.lower()} {_lower_first(rest)}") if part
            )
        return " ".join(part for part in (number, kind, _lower_first(name)) if part)

    @property
    def city_line(self) -> str:
        """The postcode and commune: `11100 NARBONNE` as the post wants it, in capitals (AFNOR XP Z10-011)."""
        return f"{self.postcode} {self.city.upper()}".strip()


def written_number(number: str, repetition: str) -> str:
    """Write a house number: `15 B`, `15 bis`."""
    joined = house_number(number, repetition)
    found = re.fullmatch(r"(\d+)(BIS|TER|QUATER)", joined)
    if found:
        return f"{found[1]} {found[2].lower()}"
    return re.sub(r"^(\d+)([A-Z]+)$", r"\1 \2", joined)


def _lower_first(name: str) -> str:
    first, _, rest = name.partition(" ")
    head, mark, tail = first.partition("’")
    if mark and head.upper() in {"L", "D"}:
        return f"{head.lower()}’{tail} {rest}".strip()
    return f"{first.lower()} {rest}".strip() if first.upper() in _SMALL else name


_LINE = re.compile(
    r"^(?:(?P<number>\d+(?:\s*[-/]\s*\d+)*)\s*,?\s*(?P<repetition>BIS|TER|QUATER|[A-H](?=[\s,]))?\s*,?\s+)?"
    r"(?P<street>\S.*)$",
    re.I,
)


def cut_line(line: str) -> Address:
    """Cut a street line in its parts: `12 bis, rue des Platanes`, `3 AV DE LA GARE`, `Lieu-dit Le Pech`."""
    found = _LINE.match(" ".join(line.split()))
    if not found:
        return Address()
    street = found["street"]
    first, _, rest = street.partition(" ")
    kind = flat(first)
    is_type = rest and (kind in STREET_TYPES or kind in _WHOLE_TYPES)
    return Address(
        number=found["number"] or "",
        repetition=(found["repetition"] or "").upper(),
        street_type=first if is_type else "",
        street_name=rest if is_type else street,
    )
