"""A small Flask application with the portal, as a shop would write it, and a client of its portal API."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from werkzeug.test import TestResponse

from flask_portal import Portal
from flask_portal.api.database import host_database
from flask_portal.api.plain import PlainHost
from flask_portal.config import Settings
from flask_portal.wire.form import encode
from tests.portal.api.stripe_stand_in import CannedStripe

KEY = "sk_test_shop_0123456789"
CUSTOMER = "cus_Jenny"
START = 1_780_000_000


class ShopHost(PlainHost):
    """The default host with a clock that the test sets."""

    time = START

    def now(self, account: str) -> int:
        return self.time


@dataclass
class Shop:
    """An application, its host, and Stripe as it sees it."""

    app: Flask
    portal: Portal
    host: ShopHost
    stripe: CannedStripe

    def call(self, method: str, path: str, params: dict[str, Any] | None = None, **headers: str) -> TestResponse:
        """One call of the API below its prefix; header names are written with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        named.setdefault("Authorization", f"Bearer {KEY}")
        form = encode(params or {})
        url = f"/v1/billing_portal{path}"
        if method == "GET":
            return self.browser().get(url, query_string=form, headers=named)
        content_type = "application/x-www-form-urlencoded"
        return self.browser().open(url, method=method, data=form, headers=named, content_type=content_type)

    def browser(self) -> FlaskClient:
        return self.app.test_client()

    def get(self, path: str, params: dict[str, Any] | None = None) -> Any:
        """The body of a GET that must succeed."""
        return self._body(self.call("GET", path, params))

    def post(self, path: str, params: dict[str, Any] | None = None) -> Any:
        """The body of a POST that must succeed."""
        return self._body(self.call("POST", path, params))

    def _body(self, response: TestResponse) -> Any:
        assert response.status_code == 200, response.text
        return response.json

    def refused(self, path: str, params: dict[str, Any], status: int = 400) -> Any:
        """The `error` of a POST that must fail with this status."""
        response = self.call("POST", path, params)
        assert response.status_code == status, response.text
        assert response.json is not None
        return response.json["error"]

    def session(self, **params: Any) -> Any:
        return self.post("/sessions", {"customer": CUSTOMER, **params})

    def configuration(self, **features: Any) -> Any:
        return self.post("/configurations", {"features": features or {"invoice_history": {"enabled": True}}})


def application(database: str, uri: str, **config: Any) -> Flask:
    """A host application.  database: `flask-sqlalchemy`, or `own` for PORTAL_DATABASE_URI."""
    app = Flask("shop")
    app.config.update(
        SECRET_KEY="kept by the shop",
        TESTING=True,
        PORTAL_API_KEYS=["sk_test_another_shop", KEY],
        PORTAL_STRIPE_API_KEY="sk_test_billing",
        PORTAL_BASE_URL="https://shop.example",
    )
    if database == "flask-sqlalchemy":
        app.config["SQLALCHEMY_DATABASE_URI"] = uri
        app.config.update(config)
        SQLAlchemy(app)
    else:
        app.config["PORTAL_DATABASE_URI"] = uri
        app.config.update(config)
    return app


@contextmanager
def opened(app: Flask) -> Iterator[Shop]:
    """The application with a portal, its tables and one customer; its connections are closed at the end."""
    canned = CannedStripe()
    canned.add_customer(CUSTOMER)
    host = ShopHost(Settings.of(app.config), http_client=canned)
    portal = Portal(app, host=host)
    with app.app_context():
        host.database.create_tables()
    yield Shop(app, portal, host, canned)
    with app.app_context():
        host.database.engine().dispose()
        theirs = host_database(app)
        if theirs is not None:
            theirs.engine.dispose()
