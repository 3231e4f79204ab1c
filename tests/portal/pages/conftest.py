"""A host application with the portal, over a mock in the same process."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import stripe
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from flask_portal.api.plain import PlainHost
from flask_portal.config import Settings
from flask_portal.extension import Portal
from flask_portal.host import Branding
from flask_portal.models import AuditEntry, PortalConfiguration, PortalSession
from mock_server.app import close, create_app
from mock_server.http.transport import InProcessTransport

KEY = "sk_test_pages"


class Transport(InProcessTransport):
    """The way to the mock. It notes the calls, and can be cut for some of them.

    cut: for addresses that contain this word.  cut_changes: for all that is not a GET.
    """

    cut: str | None = None
    cut_changes = False

    def __init__(self, app: Any) -> None:
        super().__init__(app)
        self.calls: list[tuple[str, str]] = []

    def request(self, method: str, url: str, headers: Any, post_data: Any = None) -> Any:
        self.calls.append((method.upper(), url))
        if (self.cut is not None and self.cut in url) or (self.cut_changes and method.upper() != "GET"):
            raise stripe.APIConnectionError("The line is cut.")
        return super().request(method, url, headers, post_data)


class Host(PlainHost):
    """The default host, with a clock that a test moves. What others do beside a request is done in it."""

    works_beside = False
    stands_at: int | None = None
    color: str | None = None

    def stand_at(self, now: int) -> None:
        self.stands_at = now

    def now(self, account: str) -> int:
        return super().now(account) if self.stands_at is None else self.stands_at

    def branding(self, account: str) -> Branding:
        return replace(super().branding(account), primary_color=self.color)


@dataclass
class Shop:
    """A business with one customer, Jenny, who has one monthly subscription at $29.00."""

    app: Flask
    portal: Portal
    host: Host
    client: stripe.StripeClient
    transport: Transport
    signed_in: list[str | None] = field(default_factory=lambda: [None])

    def customer(self, **values: Any) -> str:
        given: dict[str, Any] = {
            "name": "Jenny Rosen",
            "email": "jenny@example.com",
            "payment_method": "pm_card_visa",
            "invoice_settings": {"default_payment_method": "pm_card_visa"},
            **values,
        }
        return self.client.v1.customers.create(given).id  # type: ignore[arg-type]

    def price(self, name: str = "Magazine", amount: int = 2900, interval: str = "month") -> str:
        product = self.client.v1.products.create({"name": name})
        given: Any = {
            "product": product.id,
            "unit_amount": amount,
            "currency": "usd",
            "recurring": {"interval": interval},
        }
        return self.client.v1.prices.create(given).id

    def subscription(self, customer: str, **values: Any) -> stripe.Subscription:
        given: Any = {"customer": customer, "items": [{"price": self.price()}], **values}
        return self.client.v1.subscriptions.create(given)

    def open_invoice(self, customer: str, amount: int = 2900, **values: Any) -> str:
        """The id of an invoice that waits to be paid by hand.  amount: in cents."""
        made = self.client.v1.invoices.create({"customer": customer, "auto_advance": False, **values})  # type: ignore[typeddict-item]
        item: Any = {"customer": customer, "invoice": made.id, "amount": amount, "currency": "usd"}
        self.client.v1.invoice_items.create(item)
        return self.client.v1.invoices.finalize_invoice(str(made.id), {"auto_advance": False}).id or ""

    def configure(self, customer: str, **features: Any) -> None:
        """Change the default configuration; nested values are merged."""
        self.link(customer)
        with self.host.session_factory() as db:
            row = db.query(PortalConfiguration).filter_by(is_default=True).one()
            changed = {name: {**row.body["features"][name], **value} for name, value in features.items()}
            row.body = {**row.body, "features": {**row.body["features"], **changed}}
            db.commit()

    def link(self, customer: str, **values: Any) -> str:
        with self.app.test_request_context():
            return str(self.portal.create_session(customer=customer, **values).url)

    def visitor(self, customer: str, **values: Any) -> Visitor:
        """Somebody who has followed a fresh link."""
        visitor = Visitor(self.app.test_client())
        answer = visitor.browser.get(self.link(customer, **values))
        assert answer.status_code == 303, answer.text
        visitor.base = answer.headers["Location"]
        return visitor

    def history(self) -> list[AuditEntry]:
        with self.host.session_factory() as db:
            return list(db.query(AuditEntry).order_by(AuditEntry.id))

    def session_row(self) -> PortalSession:
        with self.host.session_factory() as db:
            return db.query(PortalSession).one()


@dataclass
class Visitor:
    """A browser without script."""

    browser: FlaskClient
    base: str = ""

    def get(self, path: str = "", **values: Any) -> TestResponse:
        return self.browser.get(self.base + path, **values)

    def post(self, path: str, form: dict[str, str] | None = None, *, page: str | None = None) -> TestResponse:
        """Open the page, and send its form with these values.  page: where the form stands, by default at `path`."""
        shown = self.get(path if page is None else page).text
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', shown))
        return self.browser.post(self.base + path, data={**hidden, **(form or {})})


@pytest.fixture
def settings() -> dict[str, Any]:
    """More of the host's configuration; a test file may have its own."""
    return {}


@pytest.fixture
def shop(tmp_path: Path, settings: dict[str, Any]) -> Iterator[Shop]:
    mock = create_app(memory=True, background=False)
    transport = Transport(mock.wsgi_app)
    app = Flask("host", template_folder=str(tmp_path))
    app.config.update(
        SECRET_KEY="a secret for tests",
        TESTING=True,
        PORTAL_DATABASE_URI=f"sqlite:///{tmp_path / 'portal.db'}",
        PORTAL_STRIPE_API_KEY=KEY,
        PORTAL_COMPANY="Northwind Press",
        **settings,
    )
    host = Host(Settings.of(app.config), http_client=transport)
    portal = Portal(app, host=host)
    with app.app_context():
        host.database.create_tables()
    client = stripe.StripeClient(KEY, http_client=transport)
    made = Shop(app, portal, host, client, transport)
    yield made
    close(mock)


@pytest.fixture
def sign_in(shop: Shop) -> Callable[[str | None], Visitor]:
    """Somebody whom the host has signed in, or nobody."""
    shop.portal.customer_loader(lambda: shop.signed_in[0])

    def visit(customer: str | None) -> Visitor:
        shop.signed_in[0] = customer
        return Visitor(shop.app.test_client(), "/billing/")

    return visit
