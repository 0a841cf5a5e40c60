"""What leaves the machine: a row with a stable key, its state written before and after.

    send_mail(key=f"call-out-{member.pk}", to=member.email, subject=…, body=…, by=actor, at=at)
    push_file(key=f"pack-{day}", document_id=pack.pk, folder=settings.PACK_FOLDER, by=actor, at=at)

Both write a row and a job in the business transaction. A key is sent once: asking again gives back the row.
When the machine stops in the middle of a sending, the row says *perhaps sent* and waits for a person.
"""

from palier.kernel.deliveries.services import push_file, send_mail

__all__ = ["push_file", "send_mail"]
