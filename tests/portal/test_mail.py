"""Mail: by the application's function, by SMTP, or not at all; and a mail that fails breaks nothing."""

from __future__ import annotations

import logging
import socketserver
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from flask_portal import mail
from flask_portal.config import ConfigurationError
from flask_portal.extension import Portal
from flask_portal.mail import Message

RECEIPT = Message(
    to="jenny@example.com",
    subject="Receipt:\nMagazine is canceled",
    text="Magazine is canceled.",
    html="<p>Magazine is canceled.</p>",
    locale="en",
    kind="receipt",
)


def application(**settings: Any) -> tuple[Flask, Portal]:
    app = Flask("host")
    app.config.update(SECRET_KEY="a secret for tests", PORTAL_DATABASE_URI="sqlite://", **settings)
    return app, Portal(app)


class Server(socketserver.ThreadingTCPServer):
    """As much SMTP as one mail needs.  refuses: the address that it does not take."""

    daemon_threads = True
    refuses = ""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.taken: list[str] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class Conversation(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.say("220 ready")
        while line := self.rfile.readline().decode().strip():
            self.answer(line)

    def answer(self, line: str) -> None:
        server: Any = self.server
        if line.upper() == "DATA":
            self.say("354 go on")
            lines: list[str] = []
            while (text := self.rfile.readline().decode().rstrip("\r\n")) != ".":
                lines.append(text)
            server.taken.append("\n".join(lines))
        elif line.upper().startswith("RCPT") and server.refuses and server.refuses in line:
            self.say(f"550 no mailbox {server.refuses}")
            return
        self.say("221 bye" if line.upper() == "QUIT" else "250 fine")

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as made:
        thread = threading.Thread(target=made.serve_forever)
        thread.start()
        yield made
        made.shutdown()
        thread.join()


@pytest.fixture
def by_smtp(server: Server) -> Callable[[], Flask]:
    return lambda: application(
        PORTAL_MAIL_SERVER="127.0.0.1",
        PORTAL_MAIL_PORT=server.port,
        PORTAL_MAIL_SECURITY="none",
        PORTAL_MAIL_FROM="Northwind Press <billing@northwind.example>",
    )[0]


def test_without_a_sender_mail_is_off() -> None:
    app, _ = application()
    with app.app_context():
        assert not mail.is_on()
        assert not mail.send(RECEIPT)


def test_a_mail_goes_to_the_smtp_server_as_text_and_html(server: Server, by_smtp: Callable[[], Flask]) -> None:
    with by_smtp().app_context():
        assert mail.send(RECEIPT)
    [taken] = server.taken
    assert "From: Northwind Press <billing@northwind.example>" in taken
    assert "To: jenny@example.com" in taken
    # A line of its own would be a header of its own.
    assert "Subject: Receipt: Magazine is canceled" in taken
    assert "Magazine is canceled." in taken
    assert "<p>Magazine is canceled.</p>" in taken


def test_the_applications_own_function_comes_first(server: Server, by_smtp: Callable[[], Flask]) -> None:
    app, portal = application(PORTAL_MAIL_SERVER="127.0.0.1", PORTAL_MAIL_FROM="billing@northwind.example")
    sent: list[Message] = []
    portal.mail_sender(sent.append)
    with app.app_context():
        assert mail.send(RECEIPT)
    assert (sent, server.taken) == ([RECEIPT], [])


def test_a_failing_mail_is_logged_without_the_address(
    server: Server, by_smtp: Callable[[], Flask], caplog: pytest.LogCaptureFixture
) -> None:
    server.refuses = "jenny@example.com"
    with caplog.at_level(logging.ERROR), by_smtp().app_context():
        assert not mail.send(RECEIPT)
    assert "A mail (receipt) could not be sent: SMTPRecipientsRefused" in caplog.text
    assert "jenny" not in caplog.text


@pytest.mark.parametrize(
    "to", ["jenny", "jenny@example.com, max@example.com", "jenny@example.com\nBcc: max@example.com"]
)
def test_what_is_not_one_address_gets_no_mail(server: Server, by_smtp: Callable[[], Flask], to: str) -> None:
    with by_smtp().app_context():
        assert not mail.send(Message(to, "Subject", "text", "<p>", "en", "receipt"))
    assert server.taken == []


def test_a_server_without_a_sender_address_is_refused_at_once() -> None:
    with pytest.raises(ConfigurationError, match="PORTAL_MAIL_FROM"):
        application(PORTAL_MAIL_SERVER="mail.northwind.example")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("PORTAL_MAIL_PORT", "587"),
        ("PORTAL_MAIL_PORT", 0),
        ("PORTAL_MAIL_SECURITY", "ssl"),
        ("PORTAL_MAIL_FROM", "Northwind"),
        ("PORTAL_MAIL_FROM", "a@b.example\nBcc: c@d.example"),
    ],
)
def test_settings_of_the_wrong_kind_are_refused(key: str, value: Any) -> None:
    with pytest.raises(ConfigurationError, match=key):
        application(**{key: value})


def test_a_password_is_not_repeated() -> None:
    with pytest.raises(ConfigurationError) as refused:
        application(PORTAL_MAIL_PASSWORD=12345678)
    assert "12345678" not in str(refused.value)
