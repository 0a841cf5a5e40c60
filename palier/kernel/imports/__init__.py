"""Two-step imports: read, map, check and mend a file; preview; merge it, resumably. See README.md."""
