"""Words shown to people: a plain text, or one whose language is chosen when it is shown."""

from django.utils.functional import Promise

Text = str | Promise
