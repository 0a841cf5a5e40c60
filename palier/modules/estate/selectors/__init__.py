"""Reads of the estate: frozen dataclasses, or querysets that lists page and sort."""
