"""Telling the past: what runs under `told` believes that it is another moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.utils import timezone


@contextmanager
def told(moment: datetime) -> Iterator[None]:
    """Have jobs and handlers read this moment on the clock, so that the past is dated right.

    Services receive their moment as an argument; only entry points read the clock, through `timezone.now`.
    """
    real = timezone.now
    timezone.now = lambda: moment  # type: ignore[assignment]
    try:
        yield
    finally:
        timezone.now = real
