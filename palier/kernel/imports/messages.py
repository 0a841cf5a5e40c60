"""What the codes say to people: what is wrong, then what to do."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from palier.kernel.imports.kinds import Column, ImportKind, Words
from palier.kernel.imports.values import Choice, Number


@dataclass(frozen=True)
class Wording:
    message: Words
    remedy: Words


WORDINGS: dict[str, Wording] = {
    "line.key-empty": Wording(
        _("The reference is empty: nobody can tell which record this is."),
        _("Write the reference, as your software shows it."),
    ),
    "line.duplicate": Wording(
        _("The reference “{value}” is already on line {first}."),
        _("Keep one of the two lines, or correct the reference of this one."),
    ),
    "line.shifted": Wording(
        _("From here on the cells have slipped one column."),
        _(
            "Put the line back in place with the button, or look for a separator too many or too few in the file."
        ),
    ),
    "line.extra-cells": Wording(
        _("The line has more cells than there are column names: “{value}” is beyond the last one."),
        _("Look for a separator inside a text of this line; put that text between quotes."),
    ),
    "value.required": Wording(_("This cell may not be empty."), _("Write the value.")),
    "value.too-long": Wording(_("This text is too long."), _("Shorten it.")),
    "value.damaged-code": Wording(
        _("A spreadsheet turned this code into a number: “{value}”. It may have lost its leading zeros."),
        _("Write the code as your software shows it."),
    ),
    "value.code-was-number": Wording(
        _("The codes of this column were written as decimal numbers; the “.0” was taken off."),
        _("Check that they have not lost leading zeros."),
    ),
    "value.not-number": Wording(_("“{value}” is not a number."), _("Write digits only, as in 1184,50.")),
    "value.not-whole": Wording(
        _("“{value}” is not a whole number, as this column wants."), _("Write a number without decimals.")
    ),
    "value.too-precise": Wording(
        _("“{value}” has too many decimals: is it {value} or thousands?"),
        _("Write at most {places} decimals, and thousands without a point."),
    ),
    "value.too-small": Wording(
        _("“{value}” is below what is possible here ({minimum})."), _("Correct the number.")
    ),
    "value.too-large": Wording(
        _("“{value}” is above what is possible here ({maximum})."), _("Correct the number.")
    ),
    "value.not-date": Wording(
        _("“{value}” is not a date."), _("Write the day, the month and the year, as in 31/12/2024.")
    ),
    "value.no-such-day": Wording(
        _("The day “{value}” does not exist."), _("Look in the calendar and correct the day or the month.")
    ),
    "value.date-out-of-range": Wording(
        _("The date “{value}” is too far away to be true."), _("Correct the year.")
    ),
    "value.two-digit-year": Wording(
        _("The year of “{value}” has two digits; it was completed."), _("Check the century.")
    ),
    "value.unknown-marker": Wording(
        _("“{value}” is what some software writes for “not known”."),
        _("Write the real value, or leave the cell empty."),
    ),
    "value.perhaps-marker": Wording(
        _("“{value}” may be what some software writes for “not known”; it was kept as it is."), _("Check it.")
    ),
    "value.not-yes-no": Wording(_("“{value}” is neither yes nor no."), _("Write “oui” or “non”.")),
    "value.not-choice": Wording(
        _("“{value}” is not one of the possible values."), _("Write one of these: {words}.")
    ),
    "value.email-invalid": Wording(
        _("“{value}” is not an e-mail address."), _("Correct it, or leave the cell empty.")
    ),
    "value.phone-invalid": Wording(
        _("“{value}” is not a telephone number."),
        _("Write the ten digits, or the number with its country code."),
    ),
    "value.phone-doubtful": Wording(
        _("The number “{value}” is in no range in service that we know."), _("Check it; it was kept.")
    ),
    "value.postcode-invalid": Wording(_("“{value}” is not a postcode."), _("Write its five digits.")),
    "value.postcode-padded": Wording(
        _("The postcode “{value}” had lost its first zero; it was put back."), _("Check it.")
    ),
    "value.commune-unknown": Wording(
        _("No commune answers to “{value}”."),
        _("Write the Insee code, or the name as the State writes it with its postcode."),
    ),
    "value.commune-ambiguous": Wording(
        _("Several communes are called “{value}”."), _("Give the postcode, or the Insee code.")
    ),
    "value.commune-not-this-postcode": Wording(
        _("“{value}” does not have this postcode."),
        _("Correct the postcode or the name, or write the Insee code."),
    ),
    "value.mixed-encoding": Wording(
        _("This cell is written in another encoding than the rest of the file; it was read as “{value}”."),
        _("Accept this reading if the accents are right, or write the text again."),
    ),
    "value.accent-lost": Wording(
        _("A letter of “{value}” was lost before the file came here."),
        _("Write the text again with its accents."),
    ),
    "imports.too-many-absent": Wording(
        _("{absent} of the {in_force} records in force are not in this file, which says that it is full."),
        _(
            "Check that the export is whole. If it is, accept them as ended (on screen, or with --accept-absent)."
        ),
    ),
}


def explain(
    kind: ImportKind, code: str, column: str, value: str | None, data: dict[str, Any]
) -> tuple[str, str]:
    """Return message and remedy of one issue, in the language of the reader."""
    wording = WORDINGS.get(code) or _declared(kind, code)
    fields = _Fields({**_limits(kind, column), **data, "value": value or ""})
    return str(wording.message).format_map(fields), str(wording.remedy).format_map(fields)


class _Fields(dict):
    """A field that a declaration named and nothing gives reads as nothing."""

    def __missing__(self, key: str) -> str:
        return ""


def _declared(kind: ImportKind, code: str) -> Wording:
    for check in kind.cross_checks:
        if check.code == code:
            return Wording(check.message, check.remedy)
    return Wording(code, "")


def _limits(kind: ImportKind, name: str) -> dict[str, Any]:
    column: Column | None = next((column for column in kind.columns if column.name == name), None)
    if column is None:
        return {}
    if isinstance(column.type, Choice):
        return {"words": ", ".join(column.type.words())}
    if isinstance(column.type, Number):
        return {"minimum": column.type.minimum, "maximum": column.type.maximum, "places": column.type.places}
    return {}
