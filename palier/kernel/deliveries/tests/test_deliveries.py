"""Deliveries: once, and honest about what nobody can know."""

import smtplib
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail

from palier.kernel.access import Actor
from palier.kernel.deliveries import push_file, send_mail, sending, services
from palier.kernel.deliveries.enums import DeliveryState
from palier.kernel.deliveries.mailbox import kept_message, kept_messages
from palier.kernel.deliveries.models import Delivery
from palier.kernel.documents.services import keep
from palier.kernel.errors import NotAllowed
from palier.kernel.jobs.running import deliver_waiting
from palier.kernel.models import new_id
from palier.kernel.outbox.models import OutboxEntry

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def planned(actor, **changes):
    given = {
        "key": "call-out-1",
        "to": "a.morel@alpha.example",
        "subject": "Cellule de\ncrise",
        "body": "Bonjour",
        "by": actor,
        "at": AT,
        **changes,
    }
    return send_mail(**given)


class BrokenPost:
    """A mail server that fails where the test says."""

    def __init__(self, at_open=None, at_send=None):
        self.at_open, self.at_send, self.sent = at_open, at_send, 0

    def open(self):
        if self.at_open:
            raise self.at_open

    def send_messages(self, messages):
        if self.at_send:
            raise self.at_send
        self.sent += 1

    def close(self):
        raise OSError("already closed")


@pytest.fixture
def post(monkeypatch):
    def use(**failures):
        broken = BrokenPost(**failures)
        monkeypatch.setattr(sending, "get_connection", lambda: broken)
        return broken

    return use


@pytest.mark.django_db
class TestSending:
    def test_sends_what_was_planned_once(self, alpha, actor):
        first, second = planned(actor), planned(actor)

        deliver_waiting()

        first.refresh_from_db()
        assert first.pk == second.pk
        assert first.state == DeliveryState.SENT
        assert [m.subject for m in mail.outbox] == ["Cellule de crise"]
        assert str(first.pk) in mail.outbox[0].extra_headers["Message-ID"]

    def test_writes_nothing_when_the_transaction_rolls_back(self, alpha, actor):
        from django.db import transaction

        with pytest.raises(ZeroDivisionError), transaction.atomic():
            planned(actor)
            raise ZeroDivisionError

        assert not Delivery.objects.exists()
        assert not OutboxEntry.objects.exists()

    def test_does_not_repeat_what_a_kill_cut(self, alpha, actor, post):
        server = post()
        delivery = planned(actor)
        Delivery.objects.filter(pk=delivery.pk).update(state=DeliveryState.SENDING, sending_at=AT)

        state = sending.send(delivery_id=delivery.pk, at=AT)

        assert state == DeliveryState.PERHAPS_SENT
        assert server.sent == 0

    def test_tries_later_what_certainly_did_not_leave(self, alpha, actor, post):
        post(at_open=ConnectionRefusedError("refused"))
        delivery = planned(actor)
        OutboxEntry.objects.all().delete()

        state = sending.send(delivery_id=delivery.pk, at=AT)

        assert state == DeliveryState.PLANNED
        assert OutboxEntry.objects.get().not_before == AT + timedelta(seconds=20)

    def test_leaves_alone_what_somebody_typed_like_a_mark(self, alpha, actor):
        typed = f"Voir [[nobody.knows:{new_id()}]]"

        sending.send(delivery_id=planned(actor, body=typed).pk, at=AT)

        assert mail.outbox[0].body == typed

    def test_stops_after_the_last_try(self, alpha, actor, post):
        post(at_open=ConnectionRefusedError("refused"))
        delivery = planned(actor)

        states = [sending.send(delivery_id=delivery.pk, at=AT) for _ in range(5)]

        assert states[-1] == DeliveryState.FAILED
        delivery.refresh_from_db()
        assert delivery.error == "refused"

    def test_fails_at_once_on_an_address_that_does_not_exist(self, alpha, actor, post):
        post(at_send=smtplib.SMTPRecipientsRefused({"x": (550, b"no such user")}))

        assert sending.send(delivery_id=planned(actor).pk, at=AT) == DeliveryState.FAILED

    def test_fails_at_once_on_what_is_not_an_address(self, alpha, actor, post):
        server = post()

        assert (
            sending.send(delivery_id=planned(actor, to="hélène@alpha.example").pk, at=AT)
            == DeliveryState.FAILED
        )
        assert server.sent == 0

    def test_says_perhaps_when_the_link_breaks_after_the_text(self, alpha, actor, post):
        post(at_send=smtplib.SMTPServerDisconnected("gone"))

        assert sending.send(delivery_id=planned(actor).pk, at=AT) == DeliveryState.PERHAPS_SENT

    def test_is_settled_by_a_person_who_may(self, alpha, actor, post):
        delivery = planned(actor)
        Delivery.objects.filter(pk=delivery.pk).update(state=DeliveryState.PERHAPS_SENT)
        stranger = Actor(new_id(), "S", "", "alpha", frozenset())

        with pytest.raises(NotAllowed):
            services.send_again(delivery_id=delivery.pk, by=stranger, at=AT)
        assert services.send_again(delivery_id=delivery.pk, by=actor, at=AT).state == DeliveryState.PLANNED
        with pytest.raises(services.NotToSettle):
            services.hold_as_sent(delivery_id=delivery.pk, by=actor, at=AT)


@pytest.mark.django_db
class TestFiles:
    @pytest.fixture
    def pack(self, alpha, actor, settings, tmp_path):
        settings.FILES_FOLDER = tmp_path / "files"
        return keep(content=b"%PDF pack", title="Pack", kind="pack", by=actor, at=AT)

    def test_are_pushed_whole_and_again_without_harm(self, pack, actor, tmp_path):
        folder = tmp_path / "away"
        delivery = push_file(
            key="pack-1", document_id=pack.pk, folder=folder, by=actor, at=AT, name="palier-alpha.pdf"
        )

        sending.send(delivery_id=delivery.pk, at=AT)
        Delivery.objects.filter(pk=delivery.pk).update(state=DeliveryState.SENDING)
        state = sending.send(delivery_id=delivery.pk, at=AT)

        assert state == DeliveryState.SENT
        assert [f.name for f in folder.iterdir()] == ["palier-alpha.pdf"]
        assert (folder / "palier-alpha.pdf").read_bytes() == b"%PDF pack"

    def test_wait_for_a_folder_that_is_away(self, pack, actor, tmp_path):
        blocker = tmp_path / "away"
        blocker.write_text("a file where the folder should be")

        delivery = push_file(key="pack-1", document_id=pack.pk, folder=blocker, by=actor, at=AT)

        assert sending.send(delivery_id=delivery.pk, at=AT) == DeliveryState.PLANNED


class TestMailbox:
    def test_keeps_messages_where_there_is_no_server(self, settings, tmp_path):
        settings.MAIL_FOLDER = tmp_path
        settings.EMAIL_BACKEND = "palier.kernel.deliveries.mailbox.FolderBackend"

        mail.send_mail("Objet é", "Texte « été »", "a@b.example", ["c@d.example"])

        kept = kept_messages()
        assert [(m.subject, m.to) for m in kept] == [("Objet é", "c@d.example")]
        assert kept_message(kept[0].name).body.strip() == "Texte « été »"
        assert kept_message("../../etc/passwd") is None

    @pytest.mark.django_db
    def test_is_no_page_when_messages_really_leave(self, client, settings, tmp_path):
        settings.MAIL_FOLDER, settings.EMAIL_HOST = tmp_path, ""
        assert client.get("/mail/").status_code == 200

        settings.EMAIL_HOST = "smtp.alpha.example"
        assert client.get("/mail/").status_code == 404


@pytest.mark.django_db
class TestPages:
    def test_show_what_left(self, actor, sign_in):
        from palier.kernel.organisations.current import open_organisation

        with open_organisation("alpha"):
            delivery = planned(actor)
            Delivery.objects.filter(pk=delivery.pk).update(state=DeliveryState.PERHAPS_SENT)
        client = sign_in("alpha")

        assert "a.morel@alpha.example" in client.get("/o/alpha/deliveries/").content.decode()
        assert "send_again" in client.get(f"/o/alpha/deliveries/{delivery.pk}/").content.decode()
        settled = client.post(f"/o/alpha/deliveries/{delivery.pk}/settle/", {"action": "hold_as_sent"})
        assert settled.status_code == 302
        with open_organisation("alpha"):
            assert Delivery.objects.get().state == DeliveryState.SENT
