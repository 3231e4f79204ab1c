"""An application whose contracts can be canceled and withdrawn from by anybody, without a login."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.test import Client, TestResponse

from flask_portal.mail import Message
from tests.journeys.host import HostApp
from tests.journeys.shop import Shop, Visitor


class Street:
    """The application, and the mail that goes out of it.  executes: it does what fits by itself."""

    def __init__(self, shop: Shop, folder: Path, *, executes: bool = False) -> None:
        app = Flask("street")
        app.config.update(
            PORTAL_PUBLIC_CANCEL=True,
            PORTAL_PUBLIC_WITHDRAW=True,
            PORTAL_PUBLIC_EXECUTE=executes,
        )
        self.mails: list[Message] = []
        self.host = HostApp(shop, folder, app)
        # A test looks at once at what is done beside a request.
        self.host.host.works_beside = False
        self.host.portal.mail_sender(self.mails.append)

    def passer_by(self) -> Visitor:
        return Visitor(Client(self.host.app, TestResponse), "/billing")


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """A test's output is for failures."""


@contextmanager
def served(shop: Shop, folder: Path) -> Iterator[str]:
    """The address of this application on a free port of this machine."""
    street = Street(shop, folder)
    server = make_server("127.0.0.1", 0, street.host.app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        street.host.close()
