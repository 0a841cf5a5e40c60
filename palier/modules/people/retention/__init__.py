"""What people keeps, tells and erases of a person. Found by the kernel's `retention`."""

from palier.modules.people.retention import classes

__all__ = ["classes"]
