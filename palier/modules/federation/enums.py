"""Closed lists of the federation module: none yet, it owes no service of its own to the continuity plan."""
