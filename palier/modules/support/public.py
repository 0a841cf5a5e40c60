"""What other modules may ask of social support. Ids in, plain values out; never anything of a file."""

from palier.modules.support.selectors.files import AccompaniedCard, accompanied

__all__ = ["AccompaniedCard", "accompanied"]
