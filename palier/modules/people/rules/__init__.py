"""Decisions on plain values: no Django, no clock, no query."""
