"""`palier organisations`: which ones this installation serves, and a new one."""

from django.utils import timezone

from palier.config.cli.framework import APPLY, JSON, Misused, Options, Output, argument, command
from palier.config.start import acting_as_owner
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
    from palier.kernel.accounts.services import first_administrator
    from palier.kernel.organisations.provision import create_organisation

    with out.progress("Creating its tables"), acting_as_owner():
        organisation = create_organisation(slug=options.slug, name=options.name, kind=options.kind)
    link = first_administrator(organisation=organisation, email=options.admin, at=timezone.now())
    out.say(link)
