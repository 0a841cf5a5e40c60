"""People who sign in, and what they may do in which organisation. Shared schema."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from palier.kernel.access.roles import Role
from palier.kernel.accounts.rules import GRACE_DAYS
from palier.kernel.models import Record, new_id
from palier.kernel.organisations.models import Organisation


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email__iexact=email)


class User(AbstractBaseUser, Record):
    email = models.EmailField(
        _("E-mail"), unique=True, error_messages={"unique": _("This e-mail already has an account.")}
    )
    name = models.TextField(_("Name"))
    language = models.TextField(_("Language"), choices=settings.LANGUAGES, default="fr")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects = UserManager()

    class Meta:
        db_table = "user_account"
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once")]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name


class Membership(Record):
    """A person works for an organisation, with roles."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    roles = ArrayField(models.TextField(choices=Role), default=list)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    # The latest day on which a role was added: from there runs the time left to set up a second factor.
    roles_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "membership"
        constraints = [models.UniqueConstraint(fields=["user", "organisation"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.user} – {self.organisation}"


class Invitation(Record):
    """An e-mail invited to work for an organisation. Only a hash of the link's secret is kept."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()
    name = models.TextField(blank=True)
    roles = ArrayField(models.TextField(choices=Role), default=list)
    secret_hash = models.TextField(unique=True, null=True)
    invited_by = models.TextField()
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "invitation"
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                "organisation",
                condition=models.Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
                name="invitation_open_once",
                violation_error_message=_("This person is already invited. Withdraw the invitation first."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.email} → {self.organisation}"

    def is_open(self, at: datetime) -> bool:
        return self.accepted_at is None and self.withdrawn_at is None and at < self.expires_at


class RoleGrant(Record):
    """An organisation's own word about a role: allowed or not, whatever the default."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    role = models.TextField(choices=Role)
    permission = models.TextField()
    is_allowed = models.BooleanField()

    class Meta:
        db_table = "role_grant"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "role", "permission"], name="role_grant_once")
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.permission} {self.is_allowed}"


class AccessChange(Record):
    """Who changed whose rights, when: append-only."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    actor_name = models.TextField()
    what = models.TextField()
    about = models.TextField()
    data = models.JSONField(default=dict)

    class Meta:
        db_table = "access_change"
        indexes = [models.Index(fields=["organisation", "-at"], name="access_change_recent_idx")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.what} {self.about}"

    @property
    def sentence(self) -> str:
        """The change as people read it."""
        said = {
            "invited": _("invited %(about)s"),
            "invitation-withdrawn": _("withdrew the invitation of %(about)s"),
            "joined": _("joined with the address %(about)s"),
            "changed": _("changed the roles of %(about)s"),
            "right-adjusted": _("adjusted the role “%(about)s”"),
            "signed-out": _("signed %(about)s out everywhere"),
            "policy-changed": _("changed the rules on second factors"),
            "reset-asked": _("asked to reset the second factor of %(about)s"),
            "reset-done": _("reset the second factor of %(about)s"),
            "reset-cancelled": _("stopped the reset of the second factor of %(about)s"),
            "linked": _("signs in through %(about)s from now on"),
        }
        about = str(Role(self.about).label) if self.about in Role.values else self.about
        return str(said.get(self.what, "%(about)s")) % {"about": about}


class Session(AbstractBaseSession):
    """An open session. Its row *is* the session: deleted, the person is signed out at once.

    The key is a digest of the cookie: a copy of this table opens nobody's session.
    """

    session_key = models.CharField(max_length=64, primary_key=True)
    public_id = models.UUIDField(unique=True, default=new_id, editable=False)
    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="sessions")
    started_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    browser = models.TextField(blank=True)
    system = models.TextField(blank=True)
    network = models.TextField(blank=True)
    method = models.TextField(blank=True)
    has_second_factor = models.BooleanField(default=False)

    class Meta(AbstractBaseSession.Meta):
        abstract = False
        db_table = "account_session"
        indexes = [models.Index(fields=["user", "-last_seen_at"], name="account_session_user_idx")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.started_at:%Y-%m-%d %H:%M}"

    @classmethod
    def get_session_store_class(cls) -> Any:
        from palier.kernel.accounts.sessions import SessionStore

        return SessionStore


class KnownDevice(Record):
    """A browser in which somebody has signed in. The cookie that names it is kept as a digest."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="known_devices")
    token_hash = models.TextField()
    browser = models.TextField(blank=True)
    system = models.TextField(blank=True)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta:
        db_table = "known_device"
        constraints = [models.UniqueConstraint(fields=["user", "token_hash"], name="known_device_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.browser} {self.system}"


class ExternalIdentity(Record):
    """The person as an identity provider knows them: issuer and subject, which never change hands."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="external_identities")
    provider = models.TextField()
    issuer = models.TextField()
    subject = models.TextField()
    linked_at = models.DateTimeField()
    last_used_at = models.DateTimeField()

    class Meta:
        db_table = "external_identity"
        constraints = [models.UniqueConstraint(fields=["issuer", "subject"], name="external_identity_once")]

    def __str__(self) -> str:
        return f"{self.provider} {self.subject}"


class SecurityPolicy(Record):
    """What an organisation asks of its members when they sign in. Without a row, the defaults hold."""

    organisation = models.OneToOneField(
        Organisation, on_delete=models.CASCADE, related_name="security_policy"
    )
    forced_roles = ArrayField(models.TextField(choices=Role), default=list, blank=True)
    grace_days = models.PositiveSmallIntegerField(default=GRACE_DAYS)
    since = models.DateTimeField()

    class Meta:
        db_table = "security_policy"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(grace_days__lte=90), name="security_policy_grace_bounded"
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.forced_roles}"


class SecondFactorReset(Record):
    """An administrator's request to take away a lost second factor: who, why, how the person was recognised."""

    class Identity(models.TextChoices):
        IN_PERSON = "in_person", _("They stood before me, with an identity document")
        CALLED_BACK = "called_back", _("I called them back on the number that the personnel file gives")
        COLLEAGUE = "colleague", _("A colleague who works with them answers for them")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("Stopped")

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    state = models.TextField(choices=State, default=State.WAITING)
    identity = models.TextField(choices=Identity)
    reason = models.TextField()
    asked_by_id = models.UUIDField(null=True)
    asked_by_name = models.TextField()
    asked_at = models.DateTimeField()
    effective_at = models.DateTimeField()
    secret_hash = models.TextField(unique=True, null=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by_name = models.TextField(blank=True)

    class Meta:
        db_table = "second_factor_reset"
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(state="waiting"),
                name="second_factor_reset_waiting_once",
                violation_error_message=_("A reset is already waiting for this person."),
            ),
            models.CheckConstraint(
                condition=models.Q(state="waiting", settled_at__isnull=True)
                | models.Q(state__in=("done", "cancelled"), settled_at__isnull=False),
                name="second_factor_reset_settled",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.state}"
