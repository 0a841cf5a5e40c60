"""Closed lists of the partners module. Stored values are English codes; screens show the labels."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class PartnerKind(TextChoices):
    """What a partner is. `health` is a centre or a surgery where people may go, never a diagnosis."""

    CCAS = "ccas", _("Municipal social service (CCAS)")
    SOCIAL_SERVICE = "social_service", _("Departmental social service")
    ASSOCIATION = "association", _("Association")
    CAF = "caf", _("Family benefits office (CAF)")
    FOOD_AID = "food_aid", _("Food aid")
    HEALTH = "health", _("Health centre or listening service")
    STATE = "state", _("State service")
    SCHOOL = "school", _("School or town hall schooling service")
    ENERGY = "energy", _("Energy or water supplier")
    SUPPLIER = "supplier", _("Supplier")
    EMERGENCY = "emergency", _("Emergency service")
    OTHER = "other", _("Other partner")


class NeedKind(TextChoices):
    """What somebody needs (domain dossier § 2.3): what a partner serves, and what a referral is about."""

    GROCERIES = "groceries", _("Groceries")
    MEDICINES = "medicines", _("Medicines to fetch")
    MEALS = "meals", _("Meals delivered")
    PSYCHOLOGICAL_SUPPORT = "psychological_support", _("Psychological support")
    BENEFITS_OR_JOB = "benefits_or_job", _("Benefits or job formalities")
    RENT_DIFFICULTY = "rent_difficulty", _("Difficulty paying the rent")
    TECHNICAL_PROBLEM = "technical_problem", _("Technical problem")
    DIGITAL_OR_SCHOOL = "digital_or_school", _("Digital access or remote schooling")
    NEIGHBOURHOOD = "neighbourhood", _("Neighbourhood trouble")
    VIOLENCE = "violence", _("Violence")
    URGENT_HEALTH = "urgent_health", _("Urgent health concern")
    SOCIAL_SUPPORT = "social_support", _("Social support")
    DOORSTEP_VISIT = "doorstep_visit", _("Doorstep visit")
    OTHER = "other", _("Other need")
