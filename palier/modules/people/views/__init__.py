"""Screens of the people module."""
