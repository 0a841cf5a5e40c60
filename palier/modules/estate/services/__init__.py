"""Use cases that change the estate."""
