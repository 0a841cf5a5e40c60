"""Rows that are really committed, for the tests of races: those of referrals, whose emptying reaches files too."""

from palier.modules.referrals.tests.conftest import as_owner, committed

__all__ = ["as_owner", "committed"]
