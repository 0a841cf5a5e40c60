"""The offline pack: made every night, encrypted, pushed off the machine, because the next crisis may be a
cyber-attack.
"""

import io
from datetime import datetime

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from pypdf import PdfReader, PdfWriter

from palier.kernel import journal
from palier.kernel.access import Actor
from palier.kernel.deliveries import push_file, send_mail
from palier.kernel.documents import services as documents
from palier.kernel.documents.house import house_of
from palier.kernel.documents.models import Document, DocumentMentions
from palier.kernel.documents.render import render
from palier.kernel.errors import DomainError
from palier.kernel.keys import decrypt, encrypt
from palier.kernel.organisations.current import current_organisation
from palier.modules.continuity.models import OfflinePack, PackSettings
from palier.modules.continuity.permissions import Permission
from palier.modules.continuity.selectors.pack import LANGUAGE, folder_of_pack, pack_content
from palier.modules.continuity.services.telling import in_house_language, said_moment

PACK_KIND = "offline-pack"
TEMPLATE = "continuity/pack.typ"
#: What binds the sealed password to its use: it opens nothing else.
ABOUT = "continuity pack password"
SHORTEST_PASSWORD = 12


class PasswordMissing(DomainError):
    code = "continuity.pack-password-missing"
    message = _("Choose the password of the pack first: the pack holds personal telephone numbers.")


class PasswordTooShort(DomainError):
    code = "continuity.pack-password-too-short"
    message = _("Choose at least {shortest} signs: a pack on a lost key can be tried without end.")


@transaction.atomic
def choose_settings(*, addresses: list[str], password: str, by: Actor, at: datetime) -> PackSettings:
    """Choose where the pack goes and the password that opens it; an empty password keeps the one chosen
    before.

    Raises: NotAllowed, PasswordTooShort.
    """
    by.must(Permission.PACK_MANAGE)
    if password and len(password) < SHORTEST_PASSWORD:
        raise PasswordTooShort(shortest=SHORTEST_PASSWORD)
    fields = {"addresses": addresses, "changed_at": at, "changed_by_name": by.name}
    if password:
        fields["sealed_password"] = encrypt(password.encode(), about=ABOUT)
    kept, _made = PackSettings.objects.update_or_create(only=True, defaults=fields)
    journal.record("continuity.pack.settings", by=by, at=at, subject=kept, password_changed=bool(password))
    return kept


def make_pack(*, key: str, by: Actor, at: datetime) -> OfflinePack:
    """Make the pack, encrypt it, and plan its departure. The same key makes one pack, however often it is
    tried.

    Raises: NotAllowed, PasswordMissing.
    """
    by.must(Permission.PACK_MANAGE)
    made = OfflinePack.objects.filter(key=key).first()
    if made:
        return made
    kept = PackSettings.objects.first()
    if kept is None or not kept.sealed_password:
        raise PasswordMissing
    document = _keep_pack(key, decrypt(bytes(kept.sealed_password), about=ABOUT).decode(), by, at)
    with transaction.atomic():
        deliveries = _plan_departures(key, document, kept.addresses, by, at)
        pack, _is_new = OfflinePack.objects.get_or_create(
            key=key,
            defaults={
                "made_at": at,
                "made_by_name": by.name,
                "document_id": document.pk,
                "delivery_keys": deliveries,
            },
        )
        journal.record("continuity.pack.make", by=by, at=at, subject=pack)
    return pack


def nightly_key(at: datetime) -> str:
    """One pack a night: the local day names it."""
    return f"night:{timezone.localdate(at).isoformat()}"


def _keep_pack(key: str, password: str, by: Actor, at: datetime) -> Document:
    made = Document.objects.filter(key=f"pack:{key}").first()
    if made:
        return made
    content = pack_content(at=at)
    with translation.override(LANGUAGE):
        title = f"Dossier de secours – {content['made_at']}"
        house = house_of(current_organisation(), DocumentMentions.objects.first())
        paper = {
            "title": "Dossier de secours",
            "subtitle": f"Établi le {content['made_at']}",
            "language": LANGUAGE,
            "classification": "Confidentiel – cellule de crise",
        }
    clear = render(template=TEMPLATE, data={"pack": content, "house": house, "paper": paper}, at=at)
    return documents.keep(
        content=encrypted(clear.content, password),
        title=title,
        kind=PACK_KIND,
        by=by,
        at=at,
        key=f"pack:{key}",
        template=TEMPLATE,
        template_version=clear.template_version,
        permission=Permission.PACK_MANAGE,
        retention_class="offline-pack",
    )


def encrypted(pdf: bytes, password: str) -> bytes:
    """Encrypt a PDF with AES-256, readable by any recent reader that is given the password."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    writer.encrypt(user_password=password, owner_password=None, algorithm="AES-256")
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def _plan_departures(
    key: str, document: Document, addresses: list[str], by: Actor, at: datetime
) -> list[str]:
    keys = []
    folder = folder_of_pack()
    if folder:
        # One name a weekday: a week of packs is kept there, and the folder never fills up.
        name = f"palier-{current_organisation().slug}-{timezone.localdate(at).isoweekday()}.pdf"
        keys.append(
            push_file(
                key=f"pack:{key}:folder", document_id=document.pk, folder=folder, name=name, by=by, at=at
            ).key
        )
    with in_house_language():
        subject = gettext("{organisation}: offline pack").format(organisation=current_organisation().name)
        body = gettext(
            "The offline pack of {when} is attached. Its password is the one of the crisis cell; "
            "it is in no message.\n\n"
            "Keep this file outside the information system, and delete the former one."
        ).format(when=said_moment(at))
    for address in addresses:
        delivery = send_mail(
            key=f"pack:{key}:{address}",
            to=address,
            subject=subject,
            body=body,
            by=by,
            at=at,
            attachments=[document.pk],
        )
        keys.append(delivery.key)
    return keys
