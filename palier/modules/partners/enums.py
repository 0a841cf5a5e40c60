"""Closed lists of the partners module: none yet, it owes no service of its own to the continuity plan."""
