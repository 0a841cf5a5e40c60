from django import forms
from django.utils.translation import gettext_lazy as _


class MentionsForm(forms.Form):
    """The mandatory mentions that every document of the organisation carries."""

    legal_form = forms.CharField(
        label=_("Legal form"),
        required=False,
        max_length=200,
        help_text=_("As your letters write it. Left empty, the usual wording of your family is used."),
    )
    registration = forms.CharField(
        label=_("Registration (RCS) or public body"),
        required=False,
        max_length=200,
        help_text=_("For example: RCS Tours 732 829 320."),
    )
    privacy_contact = forms.CharField(label=_("Data protection contact"), required=False, max_length=200)
    privacy_notice_url = forms.URLField(
        label=_("Address of the full data protection notice"), required=False, assume_scheme="https"
    )
