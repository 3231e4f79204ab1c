"""One script, written once against the official client, passes wherever the mock runs."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import stripe

from mock_server.testing import mock_stripe
from tests.server.command import Command

KEY = "sk_test_script"


@pytest.fixture(params=["in process", "over HTTP on SQLite", "over HTTP on PostgreSQL with two workers"])
def client(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[stripe.StripeClient]:
    """An official client on an empty mock."""
    if request.param == "in process":
        monkeypatch.setattr(stripe, "api_key", KEY)
        with mock_stripe() as mock:
            yield mock.client
        return
    flags = []
    if "PostgreSQL" in request.param:
        flags = ["--workers", "2", "--database", request.getfixturevalue("postgresql_url")]
    with Command(*flags, folder=tmp_path) as command:
        yield stripe.StripeClient(KEY, base_addresses={"api": command.ready()})
        assert command.stop(signal.SIGTERM) == 0


def test_a_shop_from_the_first_product_to_the_last_event(client: stripe.StripeClient) -> None:
    api = client.v1
    product = api.products.create({"name": "Magazine"})
    price = api.prices.create(
        {"product": product.id, "unit_amount": 900, "currency": "usd", "recurring": {"interval": "month"}}
    )
    jenny = api.customers.create({"email": "jenny@example.com", "metadata": {"shelf": "7"}})
    card = api.payment_methods.attach("pm_card_visa", {"customer": jenny.id})
    api.customers.update(jenny.id, {"invoice_settings": {"default_payment_method": card.id}})

    subscription = api.subscriptions.create(
        {"customer": jenny.id, "items": [{"price": price.id, "quantity": 2}], "expand": ["latest_invoice"]}
    )
    assert subscription.status == "active"
    invoice = subscription.latest_invoice
    assert isinstance(invoice, stripe.Invoice)
    # 2 * 900
    assert (invoice.status, invoice.total, invoice.amount_paid) == ("paid", 1800, 1800)

    leaving = api.subscriptions.update(subscription.id, {"cancel_at_period_end": True})
    assert leaving.cancel_at_period_end
    ended = api.subscriptions.cancel(subscription.id)
    assert ended.status == "canceled"
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.customers.update(jenny.id, {"nickname": "J"})  # type: ignore[typeddict-unknown-key]
    assert refused.value.code == "parameter_unknown"

    with_customer = api.invoices.retrieve(invoice.id or "", {"expand": ["customer"]})
    assert isinstance(with_customer.customer, stripe.Customer)
    assert with_customer.customer.metadata["shelf"] == "7"
    page = api.events.list({"type": "customer.subscription.deleted"})
    assert [event.data.object["id"] for event in page.data] == [subscription.id]
    updated = [event.data.to_dict() for event in api.events.list({"type": "customer.subscription.updated"}).data]
    assert {"cancel_at_period_end": False}.items() <= updated[0]["previous_attributes"].items()
    assert api.customers.delete(jenny.id).deleted


def test_a_portal_session_is_made_and_read_back_as_the_same_customers(client: stripe.StripeClient) -> None:
    jenny = client.v1.customers.create({"email": "jenny@example.com"})
    session = client.v1.billing_portal.sessions.create({"customer": jenny.id, "return_url": "https://shop.example/"})
    assert session.customer == jenny.id
    assert "/p/session/bps_" in session.url
