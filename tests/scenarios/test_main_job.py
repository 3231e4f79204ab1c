"""The main job, written once against the official client: in process, over HTTP on SQLite, and on PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import stripe

from mock_server.testing import Mock
from tests.server.command import Command

KEY = "sk_test_main_job"


@pytest.fixture
def in_process() -> stripe.StripeClient:
    return stripe.StripeClient(KEY, http_client=Mock().transport, max_network_retries=0)


@pytest.fixture
def over_http_on_sqlite(tmp_path: Path) -> Iterator[stripe.StripeClient]:
    with Command(folder=tmp_path) as command:
        yield stripe.StripeClient(KEY, base_addresses={"api": command.ready()})


@pytest.fixture
def over_http_on_postgresql(tmp_path: Path, postgresql_url: str) -> Iterator[stripe.StripeClient]:
    with Command("--database", postgresql_url, "--workers", "2", folder=tmp_path) as command:
        yield stripe.StripeClient(KEY, base_addresses={"api": command.ready()})


@pytest.fixture(params=["in_process", "over_http_on_sqlite", "over_http_on_postgresql"])
def shop(request: pytest.FixtureRequest) -> stripe.StripeClient:
    client: stripe.StripeClient = request.getfixturevalue(request.param)
    return client


def test_from_an_empty_shop_to_a_canceled_subscription(shop: stripe.StripeClient) -> None:
    """A customer subscribes, gets a portal link, and leaves at the end of the period."""
    magazine = shop.v1.products.create(
        {
            "name": "Magazine",
            "default_price_data": {"currency": "usd", "unit_amount": 2900, "recurring": {"interval": "month"}},
        }
    )
    jenny = shop.v1.customers.create(
        {
            "email": "jenny@example.com",
            "payment_method": "pm_card_visa",
            "invoice_settings": {"default_payment_method": "pm_card_visa"},
        }
    )
    subscription = shop.v1.subscriptions.create(
        {
            "customer": jenny.id,
            "items": [{"price": str(magazine.default_price), "quantity": 2}],
            "expand": ["latest_invoice.payments", "customer"],
        }
    )
    assert subscription.status == "active"
    invoice = subscription.latest_invoice
    assert isinstance(invoice, stripe.Invoice)
    assert (invoice.status, invoice.amount_paid) == ("paid", 2 * 2900)
    assert isinstance(subscription.customer, stripe.Customer)
    item = subscription.items.data[0]

    session = shop.v1.billing_portal.sessions.create(
        {
            "customer": jenny.id,
            "return_url": "https://shop.example/account",
            "flow_data": {"type": "subscription_cancel", "subscription_cancel": {"subscription": subscription.id}},
        }
    )
    assert "/p/session/" in session.url
    assert session.flow is not None
    assert session.flow.type == "subscription_cancel"

    shop.v1.subscriptions.update(
        subscription.id,
        {"cancel_at": item.current_period_end, "cancellation_details": {"feedback": "unused", "comment": "Moving."}},
    )
    left = shop.v1.subscriptions.retrieve(subscription.id)
    assert left.cancel_at == item.current_period_end
    assert left.cancellation_details is not None
    assert left.cancellation_details.reason == "cancellation_requested"

    [event] = shop.v1.events.list({"type": "customer.subscription.updated", "limit": 1}).data
    former = json.loads(str(event))["data"]["previous_attributes"]
    assert former["cancel_at"] is None
    assert former["cancellation_details"] == {"comment": None, "feedback": None, "reason": None}
    kinds = [event.type for event in shop.v1.events.list({"limit": 100}).auto_paging_iter()]
    assert {"customer.subscription.created", "invoice.paid", "billing_portal.session.created"} <= set(kinds)
