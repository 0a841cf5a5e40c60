"""Use cases of the people module, one file per noun."""
