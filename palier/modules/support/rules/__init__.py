"""Decisions of social support on plain values: no Django, no clock, no query."""
