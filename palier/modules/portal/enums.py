"""Closed lists of the portal module: none yet, it owes no service of its own to the continuity plan."""
