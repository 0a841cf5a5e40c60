"""What people keeps, tells and erases of a person. Found by the kernel's `retention`."""

from palier.modules.people.retention import answers, classes, erasing, register

__all__ = ["answers", "classes", "erasing", "register"]
