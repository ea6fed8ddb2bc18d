"""A real mail server that can be stopped, and mails that wait for it."""

from email import message_from_bytes
from email.policy import default

from aiosmtpd.controller import Controller

from erp.alerts.models import Bulletin, Delivery, DeliveryStatus
from erp.alerts.notify import (
    send_one,
)
from tests.factories import NOW


class Clock:
    """A clock that is moved by hand."""

    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


class Inbox:
    """A mail server's other side: keeps what comes, or answers as it is told."""

    def __init__(self):
        self.mails = []
        self.answers = []

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.answers:
            return self.answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.mails.append(message_from_bytes(envelope.content, policy=default))
        return "250 kept"


class Server:
    """A real SMTP server on a port of its own, that can be stopped and started."""

    def __init__(self, port, **options):
        self.inbox = Inbox()
        self.port = port
        self.options = options
        self.controller = None

    def start(self):
        self.controller = Controller(
            self.inbox, hostname="127.0.0.1", port=self.port, **self.options
        )
        self.controller.start()
        return self

    def stop(self):
        if self.controller:
            self.controller.stop()
            self.controller = None


def queue(sessions, *recipients, **given):
    with sessions.writing() as session:
        bulletin = Bulletin(at=NOW)
        session.add(bulletin)
        session.flush()
        for recipient in recipients or ("owner@example.com",):
            values = {
                "recipient": recipient,
                "language": "en",
                "status": DeliveryStatus.QUEUED,
                "message_id": f"<{bulletin.id}.{recipient}>",
                "subject": "Late hand-over 11,1 % · שלום",
                "text": "text körper\n",
                "html": "<p>html körper</p>\n",
                "due_at": NOW,
                "created_at": NOW,
            } | given
            session.add(Delivery(bulletin_id=bulletin.id, **values))


def send_all(sessions, mailer, clock, mail):
    sent = 0
    while send_one(sessions, mailer, clock, mail):
        sent += 1
    return sent
