"""Closed lists of the referrals module: none yet, it owes no service of its own to the continuity plan."""
