"""Decisions and sums about the estate, on plain values: no database, no clock, no Django."""
