"""The keys of the next-call desk: one key an answer, letters that French and English keyboards share. Pure.

Digits are read by their place on the keyboard, so that they need no Shift on a French one. Letters never act while
somebody types in a field.
"""

RESULTS = {
    "answered": "r",
    "third_party": "t",
    "callback_asked": "p",
    "no_answer": "n",
    "voicemail": "m",
    "busy": "o",
    "wrong_number": "f",
    "refused": "x",
}
WELLBEING = {"well": "b", "so_so": "c", "worried": "i", "distress": "d"}
NEEDS = {
    "groceries": "1",
    "medicines": "2",
    "meals": "3",
    "psychological_support": "4",
    "benefits_or_job": "5",
    "rent_difficulty": "6",
    "technical_problem": "7",
    "digital_or_school": "8",
    "neighbourhood": "9",
    "other": "0",
    "violence": "v",
    "urgent_health": "u",
    "social_support": "s",
    "doorstep_visit": "w",
}
CONSENT = {"oral": "k", "refused": "z"}
ACTIONS = {
    "alert": "a",
    "note": "l",
    "next": "j",
    "hard": "h",
    "dial": "q",
    "incoming": "e",
    "skip": "y",
}
SAVE = "Enter"


def all_keys() -> list[str]:
    """Return every key of the desk: a test checks that none serves twice."""
    return [
        *RESULTS.values(),
        *WELLBEING.values(),
        *NEEDS.values(),
        *CONSENT.values(),
        *ACTIONS.values(),
        SAVE,
    ]
