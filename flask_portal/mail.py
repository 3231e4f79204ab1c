"""Mail to customers: one small interface, by SMTP or by a function of the host application. Without either it is off.

Nothing here raises for a mail that could not be sent: what it tells of has happened, and is on a page as well.
"""

from __future__ import annotations

import logging
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from functools import partial

from flask import current_app

from flask_portal.config import ConfigurationError, Settings

TIMEOUT_SECONDS = 10
"""A customer waits for the page that follows."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Message:
    """One mail to one person.

    to: an address without a name. text, html: the same words twice. locale: the language of them, such as `de`.
    kind: what it is about, in a word such as `receipt`. account, customer: whose it is; customer is None where nobody
    is known.
    """

    to: str
    subject: str
    text: str
    html: str
    locale: str
    kind: str
    account: str = ""
    customer: str | None = None


MailSender = Callable[[Message], None]
"""Sends one mail, or hands it to a queue. It may raise: the portal logs that, and goes on."""


def send(message: Message) -> bool:
    """Send a mail with what the application has for it; False when there is nothing, or when it did not work."""
    sender: MailSender | None = current_app.extensions["portal"].mail_sender
    if sender is None:
        return False
    try:
        sender(message)
    except Exception as error:
        # Neither address nor words: a log is read by more people than a mail. SMTP's own errors name the address.
        _log.error("A mail (%s) could not be sent: %s", message.kind, type(error).__name__)
        return False
    return True


def is_on() -> bool:
    """Whether mail can be sent at all."""
    return current_app.extensions["portal"].mail_sender is not None


def smtp_sender(settings: Settings) -> MailSender | None:
    """The sender that the `PORTAL_MAIL_...` settings describe; None without a server.

    ConfigurationError for a server without the address that mail comes from.
    """
    if settings.mail_server is None:
        return None
    if settings.mail_from is None:
        raise ConfigurationError("PORTAL_MAIL_SERVER needs PORTAL_MAIL_FROM: the address that mail comes from.")
    return partial(by_smtp, settings)


def by_smtp(settings: Settings, message: Message) -> None:
    """Hand one mail to the SMTP server. Raises smtplib.SMTPException, OSError or ValueError."""
    with _connection(settings) as server:
        if settings.mail_username is not None:
            server.login(settings.mail_username, settings.mail_password or "")
        server.send_message(envelope(settings.mail_from or "", message))


def _connection(settings: Settings) -> smtplib.SMTP:
    host, port = settings.mail_server or "", settings.mail_port
    context = ssl.create_default_context()
    if settings.mail_security == "tls":
        return smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_SECONDS, context=context)
    server = smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)
    if settings.mail_security == "starttls":
        try:
            server.starttls(context=context)
        except (smtplib.SMTPException, OSError):
            server.close()
            raise
    return server


def envelope(sender: str, message: Message) -> EmailMessage:
    """The mail as it travels. ValueError for an address that is none, or more than one."""
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = Address(addr_spec=message.to)
    # Names of products stand in it, and a header is one line.
    mail["Subject"] = " ".join(message.subject.split())
    mail["Content-Language"] = message.locale.replace("_", "-")
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text)
    mail.add_alternative(message.html, subtype="html")
    return mail
