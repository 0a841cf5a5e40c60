"""What people type about agencies, reception points and lots."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from palier.kernel.geography.selectors import communes_of_postcode
from palier.kernel.search.keys import search_key
from palier.kernel.ui.typography import hour
from palier.modules.estate.enums import LotAction, ReservationPurpose, Weekday
from palier.modules.estate.rules.addresses import cut_line
from palier.modules.estate.rules.opening import DayHours, HoursNotUnderstood, HoursSlot, read_day
from palier.modules.estate.selectors.tree import AgencyRow, ReceptionPointRow, ResidenceRow

Choices = Sequence[tuple[str, str]]


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **options: Any) -> None:
        super().__init__(format="%Y-%m-%d", **options)


class AddressForm(forms.Form):
    """A code, a name, and where to find them. The commune's Insee code is found from postcode and name."""

    code = forms.CharField(label=_("Code"), max_length=30, help_text=_("As your software writes it."))
    name = forms.CharField(label=_("Name"), max_length=100)
    address_line = forms.CharField(label=_("Number and street"), max_length=160, required=False)
    complement = forms.CharField(label=_("Address complement"), max_length=120, required=False)
    postcode = forms.RegexField(
        r"^[0-9]{5}$",
        label=_("Postcode"),
        required=False,
        error_messages={"invalid": _("Write a postcode of five digits.")},
    )
    city = forms.CharField(label=_("Commune"), max_length=100, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=30, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)
    is_open = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        postcode, city = given.get("postcode"), given.get("city")
        if not (postcode and city):
            return given
        served = communes_of_postcode(postcode)
        found = next((one for one in served if search_key(one.name) == search_key(city)), None)
        if found:
            given["insee_code"], given["city"] = found.code, found.name
        elif served:
            names = ", ".join(one.name for one in served[:6])
            self.add_error("city", format_lazy(_("This postcode serves: {names}."), names=names))
        return given

    def values(self) -> dict[str, Any]:
        """What the service writes: the street line cut in its parts."""
        given = dict(self.cleaned_data)
        cut = cut_line(given.pop("address_line"))
        return {
            **given,
            "number": cut.number,
            "repetition": cut.repetition,
            "street_type": cut.street_type,
            "street_name": cut.street_name,
            "insee_code": given.get("insee_code", ""),
        }


class AgencyForm(AddressForm):
    """An agency."""

    def place_fields(self) -> list[forms.BoundField]:
        return list(self)


def agency_initial(agency: AgencyRow) -> dict[str, Any]:
    """What an agency's form shows first."""
    postcode, _space, city = agency.city_line.partition(" ")
    return {
        "code": agency.code,
        "name": agency.name,
        "address_line": agency.address_line,
        "complement": agency.complement,
        "postcode": postcode,
        "city": city,
        "phone": agency.phone,
        "email": agency.email,
        "is_open": agency.is_open,
    }


class ResidenceForm(forms.Form):
    """What a person may correct of a residence; the rest comes from the property list."""

    name = forms.CharField(label=_("Name"), max_length=150)
    agency_id = forms.TypedChoiceField(label=_("Agency"), required=False, empty_value=None)
    sector_id = forms.TypedChoiceField(label=_("Sector"), required=False, empty_value=None)
    longitude = forms.DecimalField(
        label=_("Longitude"), required=False, min_value=-180, max_value=180, decimal_places=6
    )
    latitude = forms.DecimalField(
        label=_("Latitude"), required=False, min_value=-90, max_value=90, decimal_places=6
    )

    def __init__(self, *args: Any, agencies: Choices, sectors: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["agency_id"].choices = [("", "—"), *agencies]  # type: ignore[attr-defined]
        self.fields["sector_id"].choices = [("", "—"), *sectors]  # type: ignore[attr-defined]


def residence_initial(row: ResidenceRow) -> dict[str, Any]:
    """What a residence's form shows first."""
    return {
        "name": row.name,
        "agency_id": str(row.agency_id or ""),
        "sector_id": str(row.sector_id or ""),
        "longitude": row.longitude,
        "latitude": row.latitude,
    }


class HoursField(forms.CharField):
    """The hours of one day, as people type them; the value is a tuple of openings."""

    def to_python(self, value: Any) -> Any:
        try:
            return read_day(super().to_python(value) or "")
        except HoursNotUnderstood as fault:
            raise forms.ValidationError(
                _("“%(text)s” was not understood. Write for example: 9h-12h, 14h-17h30 sur rdv."),
                params={"text": fault.text},
            ) from fault


class ReceptionForm(AddressForm):
    """A reception point with its week."""

    agency_id = forms.TypedChoiceField(label=_("Agency"), required=False, empty_value=None)
    access_notes = forms.CharField(
        label=_("How to get there"), required=False, widget=forms.Textarea(attrs={"rows": 2}), max_length=500
    )

    def __init__(self, *args: Any, agencies: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["agency_id"].choices = [("", "—"), *agencies]  # type: ignore[attr-defined]
        for day in Weekday:
            self.fields[f"day_{day.value}"] = HoursField(label=day.label, required=False, max_length=120)

    def day_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("day_")]

    def place_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if not name.startswith("day_")]

    def week(self) -> tuple[DayHours, ...]:
        return tuple(DayHours(day.value, self.cleaned_data[f"day_{day.value}"]) for day in Weekday)

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in super().values().items() if not name.startswith("day_")}


def typed_slots(slots: Sequence[HoursSlot]) -> str:
    """Write openings back as one types them."""
    written = []
    for slot in slots:
        text = f"{_typed(slot.opens_at)}-{_typed(slot.closes_at)}"
        written.append(f"{text} sur rdv" if slot.by_appointment else text)
    return ", ".join(written)


# Only the hour is written.
A_DAY = date(2000, 1, 1)


def _typed(at: time) -> str:
    return hour(datetime.combine(A_DAY, at), language="fr").replace("\u00a0", "").replace("\u202f", "")


def reception_initial(point: ReceptionPointRow) -> dict[str, Any]:
    """What a reception point's form shows first."""
    postcode, _space, city = point.city_line.partition(" ")
    return {
        "code": point.code,
        "name": point.name,
        "address_line": point.address_line,
        "complement": point.complement,
        "postcode": postcode,
        "city": city,
        "phone": point.phone,
        "email": point.email,
        "is_open": point.is_open,
        "agency_id": str(point.agency_id or ""),
        "access_notes": point.access_notes,
        **{f"day_{day.weekday}": typed_slots(day.slots) for day in point.week},
    }


class ReserveForm(forms.Form):
    """Days are shown both included; the reservation stops holding at the following midnight."""

    purpose = forms.ChoiceField(label=_("Purpose"), choices=ReservationPurpose.choices)
    holder = forms.CharField(
        label=_("Held for"),
        max_length=120,
        help_text=_("A team, a partner or a programme; no name of a tenant."),
    )
    first_day = forms.DateField(label=_("From"), widget=DayInput())
    last_day = forms.DateField(
        label=_("To, included"),
        required=False,
        widget=DayInput(),
        help_text=_("Leave empty to hold it until it is released."),
    )
    note = forms.CharField(
        label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}), max_length=500
    )

    def arguments(self, now: datetime) -> dict[str, Any]:
        """What the service takes: a reservation that begins today begins now."""
        given = self.cleaned_data
        today = timezone.localdate(now)
        last = given["last_day"]
        return {
            "purpose": given["purpose"],
            "holder": given["holder"],
            "note": given["note"],
            "starts_at": now if given["first_day"] == today else _midnight(given["first_day"]),
            "ends_at": _midnight(last + timedelta(days=1)) if last else None,
        }


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), required=False, max_length=200)


class LotStepForm(forms.Form):
    """One step for the lots chosen, and why."""

    action = forms.ChoiceField(label=_("What to do with these lots"), choices=LotAction.choices)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("Written in the history of each lot. No name of a tenant."),
    )


class AttachForm(forms.Form):
    """Where the residences chosen belong; what is left empty does not change."""

    agency_id = forms.TypedChoiceField(label=_("Agency"), required=False, empty_value=None, coerce=UUID)
    sector_id = forms.TypedChoiceField(label=_("Sector"), required=False, empty_value=None, coerce=UUID)

    def __init__(self, *args: Any, agencies: Choices, sectors: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        unchanged = ("", _("Leave as it is"))
        self.fields["agency_id"].choices = [unchanged, *agencies]  # type: ignore[attr-defined]
        self.fields["sector_id"].choices = [unchanged, *sectors]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("agency_id") and not given.get("sector_id"):
            self.add_error(None, _("Choose an agency, a sector, or both."))
        return given
