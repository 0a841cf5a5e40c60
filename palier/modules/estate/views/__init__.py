"""Screens of the estate."""
