"""Screens of social support."""
