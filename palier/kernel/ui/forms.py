"""How forms are drawn: one renderer, so that every form of every module looks and speaks alike."""

from django.forms.renderers import TemplatesSetting


class PalierRenderer(TemplatesSetting):
    """Draw forms, fields and error lists with the kit's own templates."""

    form_template_name = "palier/_form_fields.html"
    field_template_name = "palier/_field.html"
    formset_template_name = "palier/_formset.html"
