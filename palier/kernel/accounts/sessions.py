"""Where sessions live: one row each, named by a digest of the cookie, gone after an idle or a whole time.

Django calls a session engine without a clock or a person, so it reads the clock here and finds what the
page of sessions shows in the session's own data (`SIGN_IN`).
"""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import transaction

from palier.kernel.accounts.models import Session

#: Key of the session's data under which `begin` writes how, where and from what the person signed in.
SIGN_IN = "sign_in"
#: Writing "last seen" at every page would cost a write a page; people read it in minutes.
SEEN_EVERY = timedelta(minutes=5)


class SessionStore(DatabaseStore):
    """Django's database sessions, with a digest for a key, two time-outs and columns to list them by."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def load(self) -> dict[str, Any]:
        """The data of a session that is still open, else nothing; now and then, note that it was seen."""
        now = datetime.now(UTC)
        row = open_sessions(now).filter(session_key=digest(self.session_key)).first()
        if row is None:
            self._session_key = None
            return {}
        if now - row.last_seen_at > SEEN_EVERY:
            Session.objects.filter(pk=row.pk).update(last_seen_at=now)
        return self.decode(row.session_data)

    def exists(self, session_key: str) -> bool:
        return Session.objects.filter(session_key=digest(session_key)).exists()

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        now = datetime.now(UTC)
        told = data.get(SIGN_IN) or {}
        return Session(
            session_key=digest(self._get_or_create_session_key()),  # type: ignore[attr-defined]
            session_data=self.encode(data),
            expire_date=self.get_expiry_date(),
            user_id=data.get("_auth_user_id"),
            started_at=now,
            last_seen_at=now,
            **{name: told.get(name, "") for name in ("browser", "system", "network", "method")},
            has_second_factor=bool(told.get("second_factor")),
        )

    def save(self, must_create: bool = False) -> None:
        """Create the row, or update it without touching when the session began. One that was ended stays so."""
        if self.session_key is None:
            return self.create()
        if must_create:
            return super().save(must_create=True)
        row = self.create_model_instance(self._get_session())  # type: ignore[attr-defined]
        kept = ("session_key", "public_id", "started_at")
        values = {
            f.attname: getattr(row, f.attname) for f in Session._meta.concrete_fields if f.name not in kept
        }
        with transaction.atomic():
            if not Session.objects.filter(session_key=row.session_key).update(**values):
                raise UpdateError
        return None

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            Session.objects.filter(session_key=digest(key)).delete()


def digest(key: str | None) -> str:
    return hashlib.sha256((key or "").encode()).hexdigest()


def open_sessions(now: datetime) -> Any:
    """The sessions that neither time-out has ended."""
    return Session.objects.filter(
        expire_date__gt=now,
        started_at__gt=now - timedelta(seconds=settings.SESSION_COOKIE_AGE),
        last_seen_at__gt=now - timedelta(minutes=settings.SESSION_IDLE_MINUTES),
    )


def clear_ended(now: datetime) -> int:
    """Remove the rows that a time-out has ended; nobody can use them any more."""
    ended = Session.objects.exclude(pk__in=open_sessions(now).values("pk"))
    return ended.delete()[0]
