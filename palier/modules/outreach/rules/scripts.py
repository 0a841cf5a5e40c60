"""What a caller says: default texts by context and language, and how their variables are filled. Pure.

Every script says who calls, for whom, why, that answering is optional, and never asks for bank data; how to check the
caller comes with the anti-fraud sentence, which no edited script can drop (domain dossier § 2.4).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

VARIABLES = {
    "caller": "appelant",
    "landlord": "bailleur",
    "person": "personne",
    "residence": "residence",
    "callback": "rappel",
}
"""What a text may hold between braces, in English and as the French screens write it."""

FALLBACK = "fr"
_WORDS = {word: name for name, word in VARIABLES.items()} | {name: name for name in VARIABLES}
_BRACES = re.compile(r"\{([^{}]*)\}")
_SENTENCES = re.compile(r"(?<=[.!?…])\s+")


@dataclass(frozen=True)
class Words:
    """What is said and what is left on a voicemail, with variables between braces."""

    body: str
    voicemail: str


@dataclass(frozen=True)
class Filled:
    """A text ready to be said. `missing`: variables without a value, whose sentences were left out."""

    text: str
    missing: tuple[str, ...] = ()


def unknown_variables(text: str) -> list[str]:
    """Return what stands between braces and is no variable, once each, as it was typed."""
    return list(dict.fromkeys(word for word in _BRACES.findall(text) if word.strip().lower() not in _WORDS))


def fill(text: str, values: Mapping[str, str]) -> Filled:
    """Replace the variables; a sentence whose variable has no value is left out, never shown with braces."""
    missing: list[str] = []
    lines = [_line(line, values, missing) for line in text.splitlines()]
    kept = [line for line, was in zip(lines, text.splitlines(), strict=True) if line or not was.strip()]
    return Filled("\n".join(kept).strip(), tuple(dict.fromkeys(missing)))


def _line(line: str, values: Mapping[str, str], missing: list[str]) -> str:
    said = []
    for sentence in _SENTENCES.split(line):
        lacking = [name for name in _names(sentence) if not values.get(name, "").strip()]
        missing += lacking
        if not lacking:
            said.append(_BRACES.sub(lambda found: values[_WORDS[found[1].strip().lower()]], sentence))
    return " ".join(said).strip()


def _names(sentence: str) -> list[str]:
    """Variables of a sentence; a word between braces that is none counts as itself, hence as missing."""
    return [_WORDS.get(word.strip().lower(), word) for word in _BRACES.findall(sentence)]


def anti_fraud(language: str, callback: str) -> str:
    """Return the sentence said in every call; `callback` is the switchboard, "" when nobody wrote it down."""
    texts = ANTI_FRAUD.get(language, ANTI_FRAUD[FALLBACK])
    return texts[0].format(callback=callback) if callback else texts[1]


def default_words(context: str, language: str) -> Words | None:
    """Return the house's own script, or None when there is none in this language."""
    return DEFAULTS.get((context, language))


ANTI_FRAUD = {
    "fr": (
        "Je ne vous demanderai jamais vos coordonnées bancaires, ni un mot de passe, ni de l’argent. Pour vérifier "
        "qui vous appelle, raccrochez et appelez le standard au {callback}.",
        "Je ne vous demanderai jamais vos coordonnées bancaires, ni un mot de passe, ni de l’argent. Pour vérifier "
        "qui vous appelle, raccrochez et appelez le numéro inscrit sur votre avis d’échéance.",
    ),
    "en": (
        "I will never ask for your bank details, a password or money. To check who is calling you, hang up and call "
        "our switchboard on {callback}.",
        "I will never ask for your bank details, a password or money. To check who is calling you, hang up and call "
        "the number printed on your rent notice.",
    ),
}

_HELLO_FR = "Bonjour, je suis {appelant}, de {bailleur}, votre bailleur. Puis-je parler à {personne} ?"
_CHOICE_FR = (
    "Rien ne vous oblige à me répondre, et votre réponse ne change rien à votre bail. "
    "Si vous préférez que nous ne vous appelions plus, dites-le-moi, j’en prends note."
)
_END_FR = (
    "Avez-vous besoin de quelque chose aujourd’hui ? Souhaitez-vous que nous vous rappelions, et à quel moment ? "
    "Vous pouvez nous joindre au {rappel}. Merci, et bonne journée."
)
_VOICE_FR = (
    "Bonjour, ici {appelant}, de {bailleur}. Je vous appelais pour prendre de vos nouvelles. Rien d’urgent : "
    "vous pouvez rappeler au {rappel}, ou nous essaierons de nouveau. Bonne journée."
)
_HELLO_EN = "Hello, this is {caller} from {landlord}, your landlord. May I speak to {person}?"
_CHOICE_EN = (
    "You do not have to answer, and your answers change nothing to your lease. "
    "If you would rather not be called again, just tell me and I will note it."
)
_END_EN = (
    "Do you need anything today? Would you like us to call again, and when? "
    "You can reach us on {callback}. Thank you, and have a good day."
)
_VOICE_EN = (
    "Hello, this is {caller} from {landlord}. I was calling to ask how you are. Nothing urgent: "
    "you can call back on {callback}, or we will try again. Have a good day."
)

_MIDDLES_FR = {
    "courtesy": (
        "Je vous appelle simplement pour prendre de vos nouvelles. C’est un appel de convivialité.",
        "Comment allez-vous en ce moment ? Voyez-vous du monde, avez-vous quelqu’un à appeler en cas de souci ? "
        "Tout va bien dans votre logement ?",
    ),
    "lockdown": (
        "Je vous appelle pour prendre de vos nouvelles pendant cette période où il faut rester chez soi.",
        "Comment allez-vous ? Avez-vous de quoi manger pour les prochains jours, et vos produits de pharmacie ? "
        "Quelqu’un peut-il faire vos courses ? Avez-vous quelqu’un à qui parler ? "
        "Les enfants peuvent-ils suivre l’école à la maison ?",
    ),
    "heat_wave": (
        "Je vous appelle parce que de fortes chaleurs sont annoncées là où vous habitez ({residence}).",
        "Avez-vous de l’eau fraîche à portée de main ? Pouvez-vous fermer les volets le jour et aérer la nuit ? "
        "Y a-t-il une pièce plus fraîche chez vous ou près de chez vous ? Quelqu’un passe-t-il vous voir ? "
        "Buvez souvent, sans attendre d’avoir soif, et mouillez-vous le visage et les bras. "
        "En cas de malaise, pour vous ou un voisin, appelez le 15.",
    ),
    "cold": (
        "Je vous appelle parce qu’un grand froid est annoncé là où vous habitez ({residence}).",
        "Votre chauffage marche-t-il bien ? Avez-vous de quoi manger et ce qu’il vous faut pour quelques jours sans "
        "sortir ? N’utilisez ni four, ni brasero, ni chauffage d’appoint à combustible pour vous chauffer, et ne "
        "bouchez pas les aérations : c’est un danger d’intoxication. En cas de malaise, appelez le 15 ou le 18.",
    ),
    "flood": (
        "Je vous appelle parce qu’une inondation est possible ou en cours là où vous habitez ({residence}).",
        "Êtes-vous en sécurité, et à quel étage ? Êtes-vous seul ou seule ? Avez-vous besoin d’aide pour quitter le "
        "logement si on vous le demande ? Ne descendez pas au sous-sol ni au parking, coupez l’électricité si l’eau "
        "monte, n’allez pas chercher les enfants à l’école. Si vous êtes en danger, appelez le 18 ou le 112.",
    ),
    "energy": (
        "Je vous appelle à cause de la panne d’électricité ou de chauffage là où vous habitez ({residence}).",
        "Avez-vous de la lumière et du chauffage ? Un appareil dont vous avez besoin est-il à l’arrêt ? "
        "Avez-vous de quoi boire et manger, et vous couvrir ? Préférez la lampe de poche aux bougies. "
        "N’utilisez pas de barbecue ni de réchaud à l’intérieur. Si quelqu’un est en danger, appelez le 15 ou le 18.",
    ),
    "other": (
        "Je vous appelle à propos de la situation actuelle là où vous habitez ({residence}).",
        "Comment allez-vous ? Êtes-vous en sécurité chez vous ? Avez-vous besoin d’aide ? "
        "Si vous êtes en danger, appelez le 112.",
    ),
}
_MIDDLES_EN = {
    "courtesy": (
        "I am only calling to ask how you are. This is a courtesy call.",
        "How are you these days? Do you see people, do you have somebody to call if something happens? "
        "Is everything all right in your home?",
    ),
    "lockdown": (
        "I am calling to ask how you are while we all have to stay at home.",
        "How are you? Do you have enough food for the next days, and what you need from the pharmacy? "
        "Can somebody shop for you? Do you have somebody to talk to? Can the children follow school from home?",
    ),
    "heat_wave": (
        "I am calling because great heat is forecast at {residence}.",
        "Do you have cool water at hand? Can you close the shutters by day and air at night? "
        "Is there a cooler room at home or nearby? Does somebody come to see you? "
        "Drink often, before you are thirsty, and wet your face and arms. "
        "If you or a neighbour feel faint, call 15.",
    ),
    "cold": (
        "I am calling because great cold is forecast at {residence}.",
        "Is your heating working? Do you have food and what you need for a few days without going out? "
        "Never heat your home with an oven, a brazier or a fuel heater, and do not block the air vents: "
        "the fumes can kill. If somebody feels unwell, call 15 or 18.",
    ),
    "flood": (
        "I am calling because there may be a flood at {residence}.",
        "Are you safe, and on which floor? Are you alone? Would you need help to leave if you were asked to? "
        "Do not go down to the basement or the car park, switch the power off if water rises, and do not go to fetch "
        "children from school. If you are in danger, call 18 or 112.",
    ),
    "energy": (
        "I am calling because of the power or heating failure at {residence}.",
        "Do you have light and heating? Has a device that you need stopped? "
        "Do you have something to drink, to eat and to keep warm? Use a torch rather than candles. "
        "Never use a barbecue or a camping stove indoors. If somebody is in danger, call 15 or 18.",
    ),
    "other": (
        "I am calling about what is happening at {residence}.",
        "How are you? Are you safe at home? Do you need help? If you are in danger, call 112.",
    ),
}

DEFAULTS = {
    (context, "fr"): Words("\n".join((_HELLO_FR, why, _CHOICE_FR, what, _END_FR)), _VOICE_FR)
    for context, (why, what) in _MIDDLES_FR.items()
} | {
    (context, "en"): Words("\n".join((_HELLO_EN, why, _CHOICE_EN, what, _END_EN)), _VOICE_EN)
    for context, (why, what) in _MIDDLES_EN.items()
}
