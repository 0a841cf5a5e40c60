"""Words that the crisis cell's services write for the log and for messages, in the organisation's
language.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext

from palier.kernel.access import Actor
from palier.kernel.events import publish
from palier.kernel.ui import typography
from palier.modules.continuity.enums import LogCategory, LogSource, Severity
from palier.modules.continuity.events import ToLog


@contextmanager
def in_house_language() -> Iterator[None]:
    """Write in the language of the installation: the log is read by everyone, whoever acted."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


def say_in_log(
    key: str,
    text: str,
    *,
    by: Actor,
    at: datetime,
    category: str = LogCategory.INFORMATION,
    severity: str = Severity.ROUTINE,
    about: Any = None,
    activation_id: UUID | None = None,
    decision_maker: str = "",
    exercise: bool = False,
    place_label: str = "",
) -> None:
    """Have the log say something once, through the outbox: the business transaction does not wait for the
    log.
    """
    publish(
        ToLog(
            key=key,
            text=exercise_marked(text, exercise),
            category=str(category),
            event_at=at,
            author_name=by.name,
            author_id=by.user_id,
            via=by.via,
            source=str(LogSource.PALIER),
            severity=str(severity),
            kind=key.split(":", 1)[0],
            decision_maker=decision_maker,
            activation_id=activation_id,
            exercise=exercise,
            about_table=about._meta.db_table if about is not None else "",
            about_id=str(about.pk) if about is not None else "",
            place_label=place_label,
        )
    )


def exercise_marked(text: str, exercise: bool) -> str:
    """Begin a message or an entry with the word that nobody can miss: « [EXERCICE] … »."""
    return gettext("[EXERCISE] {text}").format(text=text) if exercise else text


def house_language() -> str:
    return settings.LANGUAGE_CODE


def said_moment(value: datetime) -> str:
    """A moment as a message says it: « lundi 16 mars 2020 à 8 h 30 »."""
    return typography.moment(timezone.localtime(value), language=house_language())


def said_short_moment(value: datetime) -> str:
    return typography.short_moment(timezone.localtime(value), language=house_language())
