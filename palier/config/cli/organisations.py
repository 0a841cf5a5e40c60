"""`palier organisations`: which ones this installation serves, and a new one."""

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from palier.config.cli.framework import APPLY, JSON, Misused, Options, Output, argument, command
from palier.config.environment import ENV
from palier.config.start import acting_as_owner
from palier.kernel.accounts.models import User
from palier.kernel.organisations.models import Organisation, OrganisationKind

KINDS = list(OrganisationKind.values)


@command(
    "organisations",
    help="list the organisations, one slug a line",
    arguments=[argument("--kind", choices=KINDS, help="only those of this kind"), JSON],
)
def list_organisations(options: Options, out: Output) -> None:
    found = Organisation.objects.order_by("slug")
    if options.kind:
        found = found.filter(kind=options.kind)
    if options.json:
        out.json([{"slug": each.slug, "name": each.name, "kind": each.kind} for each in found])
        return
    for each in found:
        out.say(each.slug)


@command(
    "organisations create",
    help="create an organisation and invite its first administrator",
    arguments=[
        argument("slug", metavar="SLUG", help="short name of its address: letters, digits and hyphens"),
        argument("--name", required=True, help="its name, as people write it"),
        argument("--kind", required=True, choices=KINDS),
        argument("--admin", required=True, metavar="EMAIL", help="its first administrator"),
        APPLY,
    ],
)
def create(options: Options, out: Output) -> None:
    from django.core.exceptions import ValidationError
    from django.core.validators import validate_email

    from palier.kernel.organisations.models import schema_of
    from palier.kernel.organisations.provision import SlugTaken

    draft = Organisation(
        slug=options.slug, name=options.name, kind=options.kind, schema_name=schema_of(options.slug)
    )
    try:
        draft.clean_fields(exclude=["id"])
        validate_email(options.admin)
    except ValidationError as problem:
        raise Misused(" ".join(problem.messages)) from None
    if Organisation.objects.filter(slug=options.slug).exists():
        raise SlugTaken(slug=options.slug)
    out.say(f"{options.name} ({options.kind}) at /o/{options.slug}/, administered by {options.admin}")
    if not options.apply:
        out.dry()
        return
    _create(options, out)


def _create(options: Options, out: Output) -> None:
    from palier.kernel.organisations.provision import create_organisation

    with out.progress("Creating its tables"), acting_as_owner():
        organisation = create_organisation(slug=options.slug, name=options.name, kind=options.kind)
    user = _add_administrator(organisation, options.admin)
    if user.has_usable_password():
        out.say(f"{user.email} signs in at {ENV.base_url} with the usual password.")
    else:
        out.say(f"{user.email} chooses a password here, once, within three days:")
        out.say(f"  {_password_link(user)}")


@transaction.atomic
def _add_administrator(organisation: Organisation, email: str) -> User:
    """Give the organisation its first member: somebody known, or a new account without a password yet."""
    from palier.kernel.access.roles import Role
    from palier.kernel.accounts.models import AccessChange, Membership

    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        user = User.objects.create_user(email, None, name=email.partition("@")[0])
    roles = [Role.ADMINISTRATOR.value]
    Membership.objects.create(user=user, organisation=organisation, roles=roles)
    AccessChange.objects.create(
        organisation=organisation,
        at=timezone.now(),
        actor_name="palier organisations create",
        what="joined",
        about=user.email,
        data={"roles": roles},
    )
    return user


def _password_link(user: User) -> str:
    from allauth.account.forms import default_token_generator
    from allauth.account.utils import user_pk_to_url_str

    parts = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    path = reverse("account_reset_password_from_key", kwargs=parts, urlconf=settings.ROOT_URLCONF)
    return f"{ENV.base_url}{path}"
