"""Somebody else's Flask application with the portal in it, and the mock as its Stripe."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import stripe
from flask import Flask

from flask_portal import Portal
from flask_portal.api import configurations
from flask_portal.api.plain import PlainHost
from flask_portal.config import Settings
from mock_server.http.transport import InProcessTransport
from tests.journeys.shop import Reader, Shop, Visitor

KEY = "sk_test_journeys"
"""The key of the shop, too: both see one account."""


class Line(InProcessTransport):
    """The way to Stripe, which can be cut: for addresses that contain a word, or for everything that changes.

    lose_writes: changes at addresses with this word do not arrive. lose_answers: they do, and nobody hears of it.
    """

    cut: str | None = None
    refuse_writes = False
    lose_writes: str | None = None
    lose_answers: str | None = None

    def request(  # type: ignore[override]  # see InProcessTransport
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None, **more: Any
    ) -> tuple[bytes, int, Mapping[str, str]]:
        if (self.cut is not None and self.cut in url) or (self.refuse_writes and method.lower() != "get"):
            raise stripe.APIConnectionError("The line is cut.")
        if method.lower() != "get" and self.lose_writes is not None and self.lose_writes in url:
            raise stripe.APIConnectionError("The line is cut.")
        answer = super().request(method, url, headers, post_data, **more)
        if method.lower() != "get" and self.lose_answers is not None and self.lose_answers in url:
            raise stripe.APIConnectionError("The line is cut after the call.")
        return answer


class HostApp:
    """An application with a user, or nobody, signed in.

    folder: for its database and its templates.
    signed_in: the customer id of that user.
    """

    def __init__(self, shop: Shop, folder: Path, app: Flask | None = None) -> None:
        self.app = app or Flask("host", template_folder=str(folder / "templates"))
        self.app.config.update(
            SECRET_KEY=f"a secret for tests in {folder.name}",
            PORTAL_DATABASE_URI=f"sqlite:///{folder / 'portal.db'}",
            PORTAL_STRIPE_API_KEY=KEY,
            PORTAL_COMPANY="Harbour Books",
            TRUSTED_HOSTS=["localhost"],
        )
        self.signed_in: str | None = None
        self.line = Line(shop.mock.app.wsgi_app)
        self.host = PlainHost(Settings.of(self.app.config), http_client=self.line)
        self.portal = Portal(self.app, host=self.host)
        self.portal.customer_loader(lambda: self.signed_in)
        with self.app.app_context():
            self.host.database.create_tables()

    def visit(self, reader: Reader | None) -> Visitor:
        """The browser of a user whom the application has signed in, or of nobody."""
        self.signed_in = reader.customer if reader else None
        return Visitor(self.app.test_client(), "/billing")

    def configure(self, features: dict[str, Any]) -> None:
        """Put features into the default configuration; it is made here when nobody has opened a session yet."""
        with self.app.test_request_context(), self.host.session_factory() as db:
            principal = self.host.own_principal()
            row = configurations.effective(db, principal, None, self.host.now(principal.account))
            row.body = {**row.body, "features": {**row.body["features"], **features}}
            db.commit()

    def close(self) -> None:
        with self.app.app_context():
            self.host.database.engine().dispose()
