"""People who sign in, and what they may do in which organisation. Shared schema."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from palier.kernel.access.roles import Role
from palier.kernel.models import Record
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
        }
        about = str(Role(self.about).label) if self.about in Role.values else self.about
        return str(said.get(self.what, "%(about)s")) % {"about": about}
