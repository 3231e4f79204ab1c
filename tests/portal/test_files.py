"""PDFs are fetched from Stripe, or from where the client is pointed at, and from nowhere else."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from flask_portal.upstream import files
from flask_portal.upstream.files import Files

PDF = b"%PDF-1.7 a small one"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        server: Any = self.server
        server.asked.append((self.path, self.headers.get("Authorization")))
        status, headers, body = server.answers.get(self.path, (404, {}, b""))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """A test's output is no place for it."""


class Server(http.server.ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.asked: list[tuple[str, str | None]] = []

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as made:
        thread = threading.Thread(target=made.serve_forever)
        thread.start()
        yield made
        made.shutdown()
        thread.join()


def test_a_pdf_is_fetched_from_where_the_client_is_pointed_at_without_a_key(server: Server) -> None:
    server.answers["/i/1/pdf"] = (200, {}, PDF)
    assert Files(f"{server.origin}/").pdf(f"{server.origin}/i/1/pdf") == PDF
    assert server.asked == [("/i/1/pdf", None)]


def test_a_server_that_nobody_named_is_not_asked(server: Server) -> None:
    server.answers["/i/1/pdf"] = (200, {}, PDF)
    assert Files("https://api.stripe.com").pdf(f"{server.origin}/i/1/pdf") is None
    assert server.asked == []


def test_a_redirect_is_followed_at_home_and_nowhere_else(server: Server) -> None:
    with Server() as stranger:
        stranger.answers["/pdf"] = (200, {}, PDF)
        server.answers |= {
            "/home": (302, {"Location": "/pdf"}, b""),
            "/away": (302, {"Location": f"{stranger.origin}/pdf"}, b""),
            "/round": (302, {"Location": "/round"}, b""),
            "/pdf": (200, {}, PDF),
        }
        source = Files(server.origin)
        found = [source.pdf(f"{server.origin}/{path}") for path in ("home", "away", "round")]
        assert found == [PDF, None, None]
        assert stranger.asked == []


@pytest.mark.parametrize(
    ("status", "body"), [(404, PDF), (500, PDF), (200, b"<html>Please sign in</html>"), (200, b"")]
)
def test_what_is_no_pdf_is_none(server: Server, status: int, body: bytes) -> None:
    server.answers["/pdf"] = (status, {}, body)
    assert Files(server.origin).pdf(f"{server.origin}/pdf") is None


def test_a_file_above_the_bound_is_not_read_to_its_end(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_BYTES", len(PDF))
    server.answers["/pdf"] = (200, {}, PDF)
    assert Files(server.origin).pdf(f"{server.origin}/pdf") == PDF
    server.answers["/pdf"] = (200, {}, PDF + b"!")
    assert Files(server.origin).pdf(f"{server.origin}/pdf") is None


def test_no_answer_is_none() -> None:
    with Server() as gone:
        origin = gone.origin
    assert Files(origin).pdf(f"{origin}/pdf") is None


@pytest.mark.parametrize(
    ("url", "may"),
    [
        ("https://pay.stripe.com/invoice/acct_1/live_1/pdf?s=ap", True),
        ("https://stripe.com/pdf", True),
        ("https://files.stripe.com:443/pdf", True),
        ("http://127.0.0.1:12111/i/acct_1/in_1/pdf", True),
        ("http://pay.stripe.com/pdf", False),
        ("https://pay.stripe.com", False),
        ("https://pay.stripe.com:8443/pdf", False),
        ("https://stripe.com.evil.example/pdf", False),
        ("https://evilstripe.com/pdf", False),
        ("https://stripe.com@evil.example/pdf", False),
        ("https://evil.example/https://stripe.com/pdf", False),
        ("https://evil.example\\.stripe.com/pdf", False),
        ("https://stripe.com/a\\b", False),
        ("https://stripe.com/a b", False),
        ("https://stripe.com/\n", False),
        ("http://127.0.0.1:121110/pdf", False),
        ("http://127.0.0.1:12111@evil.example/pdf", False),
        ("http://127.0.0.1:12111.evil.example/pdf", False),
        ("http://127.0.0.1/pdf", False),
        ("https://127.0.0.1:12111/pdf", False),
        ("http://169.254.169.254/latest/meta-data", False),
        ("file:///etc/passwd", False),
        ("", False),
    ],
)
def test_which_addresses_are_asked(url: str, may: bool) -> None:
    assert Files("http://127.0.0.1:12111").may_ask(url) is may
