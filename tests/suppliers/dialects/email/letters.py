"""Mails as suppliers write them, and as mail servers return ours."""

from email.message import EmailMessage


def reply(text: str = "", **given: str) -> EmailMessage:
    """From the supplier, to our order PO-1, unless told otherwise."""
    mail = EmailMessage()
    headers = {
        "From": "Acme <orders@acme.test>",
        "Subject": "Re: Purchase order",
        "Message-ID": "<reply-1@acme.test>",
        "In-Reply-To": "<order.PO-1.acme@shop.test>",
    }
    named = {name.replace("_", "-"): value for name, value in given.items()}
    for name, value in (headers | named).items():
        if value:
            mail[name] = value
    mail.set_content(text or "Thank you.")
    return mail


def returned(action: str = "failed", about: str = "order.PO-1.acme") -> bytes:
    """A delivery report, as RFC 3464 has it."""
    return f"""From: MAILER-DAEMON@shop.test
To: orders@shop.test
Subject: Undelivered Mail Returned to Sender
Message-ID: <bounce-1@mx.shop.test>
Auto-Submitted: auto-replied
Content-Type: multipart/report; report-type=delivery-status; boundary="x"

--x
Content-Type: text/plain

I could not deliver your message. <orders@acme.test>: no such user
--x
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.shop.test

Final-Recipient: rfc822; orders@acme.test
Action: {action}
Status: 5.1.1

--x
Content-Type: message/rfc822

From: orders@shop.test
To: orders@acme.test
Subject: Purchase order
Message-ID: <{about}@shop.test>

the order
--x--
""".replace("\n", "\r\n").encode()
