"""The kit's own page: every component once, with the words of a landlord. Shown in development only."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.db.transaction import non_atomic_requests
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from palier.kernel.access import public_page
from palier.kernel.requests import OrganisationRequest
from palier.kernel.ui import states
from palier.kernel.ui.filters import Choice, TextSearch, YesNo
from palier.kernel.ui.lists import Column, Empty, Listing, build, draw
from palier.kernel.ui.selection import Offer, Selection


@dataclass(frozen=True)
class SampleResidence:
    """An invented residence."""

    name: str
    commune: str
    dwellings: int
    balance: Decimal
    state: str
    loaded_on: date
    has_lift: bool


COMMUNES = ("Narbonne", "Lézignan-Corbières", "Carcassonne", "Limoux")
NAMES = ("Les Acacias", "Le Clos des Œillets", "Résidence de l’Écluse", "Les Hauts de Razimbaud", "La Cité Jardin",
         "Saint-Jean", "Les Érables", "Le Mail", "Les Platanes", "La Robine")  # fmt: skip


def sample_residences() -> list[SampleResidence]:
    """Sixty residences, always the same."""
    return [
        SampleResidence(
            name=f"{NAMES[index % 10]} {index // 10 + 1}",
            commune=COMMUNES[index * 7 % 4],
            dwellings=12 + index * 37 % 190,
            balance=Decimal(index * 7919 % 250000) / 100,
            state=list(states.LOOKS)[index * 5 % 4],
            loaded_on=date(2026, 10, 1) + timedelta(days=index % 45),
            has_lift=index % 3 == 0,
        )
        for index in range(60)
    ]


class SampleForm(forms.Form):
    """One field of each kind."""

    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Written in the decision and in the crisis log."),
    )
    level = forms.ChoiceField(label=_("Level"), choices=[("2", "2"), ("3", "3")])
    review_on = forms.DateField(label=_("Review date"), widget=forms.DateInput(attrs={"type": "date"}))
    phone = forms.CharField(label=_("Phone"), required=False)
    kind = forms.ChoiceField(
        label=_("File"),
        widget=forms.RadioSelect,
        choices=[
            ("full", _("Full: what is absent has ended")),
            ("partial", _("Partial: what is absent is unchanged")),
        ],
    )
    told = forms.BooleanField(
        label=_("Call out the crisis cell"),
        required=False,
        help_text=_("By e-mail, with a link to acknowledge."),
    )


SAMPLE_SELECTION = Selection(
    name="kit",
    url="",
    path="/kit/",
    offers=(
        Offer("kit.attach", _("Attach to an agency or a sector"), "hierarchy"),
        Offer("kit.notify", _("Write to the tenants"), "mail-forward"),
    ),
    row_key=lambda row: row.name,
)
"""What may be done to the sample's rows: the boxes and the bar, which lead nowhere here."""


def sample_list(request: OrganisationRequest) -> Listing:
    """The list machinery on the sample."""
    return build(
        request,
        sample_residences(),
        name="kit",
        caption=_("Sample residences"),
        columns=(
            Column("name", _("Residence"), sort="name", link=lambda row: "#"),
            Column("commune", _("Commune"), sort="commune"),
            Column("state", _("State"), kind="state"),
            Column("dwellings", _("Dwellings"), kind="number", sort="dwellings"),
            Column("balance", _("Balance"), kind="money", sort="balance"),
            Column("loaded_on", _("Loaded on"), kind="date", sort="loaded_on", secondary=True),
            Column("has_lift", _("With a lift"), kind="bool", secondary=True),
        ),
        filters=(
            TextSearch("name"),
            Choice("commune", _("Commune"), [(one, one) for one in COMMUNES]),
            Choice("state", _("State"), [(look.state, look.label) for look in states.LOOKS.values()]),
            YesNo("has_lift", _("With a lift")),
        ),
        empty=Empty(_("No residence yet")),
        selection=SAMPLE_SELECTION,
    )


@public_page
@non_atomic_requests
def kit(request: OrganisationRequest) -> HttpResponse:
    """Draw every component."""
    messages.success(request, _("12 appointments moved to April."))
    messages.error(request, _("3 rows were refused: their commune is unknown."))
    context = {**_sample_values(), "form": SampleForm()}
    return draw(request, sample_list(request), template="palier/kit.html", context=context)


@public_page
@non_atomic_requests
def kit_form(request: OrganisationRequest) -> HttpResponse:
    """Check the sample form: 422 with its errors."""
    form = SampleForm(request.POST or {})
    status = 200 if form.is_valid() else 422
    return render(
        request,
        "palier/_form.html",
        {"form": form, "submit": _("Save"), "target": "kit-form", "action": request.path},
        status=status,
    )


def _sample_values() -> dict[str, Any]:
    at = datetime(2020, 3, 16, 7, 30, tzinfo=UTC)
    return {
        "at": at,
        "later": timedelta(days=2, hours=4, minutes=12),
        "amount": Decimal("1234.56"),
        "values": [12, 14, 13, 18, 22, 21, 27, 31, 30, 38],
        "states": list(states.LOOKS),
        "tones": ("neutral", "info", "good", "warn", "bad", "accent"),
        "run": {
            "title": _("Loading the rent roll"), "note": _("checking the dates"),
            "done": 3120, "total": 6043, "is_over": False,
        },
        "events": [
            {
                "at": at, "title": _("Level 3 activated"), "icon": "flag", "tone": "bad", "who": "Agnès Marty",
                "text": _("Decided by the director for the whole organisation."),
            },
            {
                "at": at - timedelta(hours=2), "title": _("Crisis cell called out"), "icon": "bell", "tone": "warn",
                "who": "Palier",
            },
            {
                "at": at - timedelta(days=1), "title": _("Plan approved by the board"), "icon": "circle-check",
                "tone": "good", "who": "Hugues Bélanger",
            },
        ],
    }  # fmt: skip
