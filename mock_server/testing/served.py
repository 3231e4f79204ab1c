"""A mock of this process behind a real port, for browsers and for programs in other languages."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import stripe
from werkzeug.serving import WSGIRequestHandler, make_server

from .mock import Mock
from .patches import DEFAULT_KEY


class ServedMock:
    """The store of `mock` over HTTP at `url`. What it does not have itself, such as `.clock`, is the mock's."""

    def __init__(self, mock: Mock, url: str) -> None:
        self.mock = mock
        self.url = url

    def __getattr__(self, name: str) -> Any:
        return getattr(self.mock, name)

    @property
    def client(self) -> stripe.StripeClient:
        """An official client that goes over the port."""
        addresses: Any = dict.fromkeys(("api", "connect", "files", "meter_events"), self.url)
        return stripe.StripeClient(stripe.api_key or DEFAULT_KEY, base_addresses=addresses)


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, *_: Any) -> None:
        """A test's output is its own."""


@contextmanager
def serve(mock: Mock) -> Iterator[ServedMock]:
    """Serve `mock` on a free port of this machine, by a thread of this process."""

    def app(environ: dict[str, Any], start_response: Any) -> Any:
        mock.do_what_is_due()
        return mock.app.wsgi_app(environ, start_response)

    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield ServedMock(mock, f"http://127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
