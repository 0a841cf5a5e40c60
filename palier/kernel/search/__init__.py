"""Tolerant search: the key under which texts are compared, and the search box of the header. See
README.md.
"""

from palier.kernel.search.keys import search_key, words_of

__all__ = ["search_key", "words_of"]
