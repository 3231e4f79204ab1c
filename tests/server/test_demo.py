"""The shop of `--demo`."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
import stripe

from mock_server import demo
from mock_server.testing import Mock
from tests.server.command import Command


@pytest.fixture
def client(stripe_mock: Mock, monkeypatch: pytest.MonkeyPatch) -> stripe.StripeClient:
    monkeypatch.setattr(stripe, "api_key", demo.API_KEY)
    return stripe_mock.client


def test_the_readers_are_in_every_situation(client: stripe.StripeClient) -> None:
    demo.seed(client)
    subscriptions = client.v1.subscriptions.list({"status": "all"}).data
    assert sorted(subscription.status for subscription in subscriptions) == [
        *["active"] * 4,
        "past_due",
        "trialing",
    ]
    assert len([subscription for subscription in subscriptions if subscription.cancel_at_period_end]) == 1
    assert len(client.v1.customers.list().data) == len(demo.READERS) == 7


def test_the_yearly_reader_got_a_quarter_off(client: stripe.StripeClient) -> None:
    demo.seed(client)
    omar = client.v1.customers.list({"email": "omar.haddad@example.com"}).data[0]
    paid = client.v1.invoices.list({"customer": omar.id}).data
    # 9000 - 9000 * 25 %
    assert [(invoice.status, invoice.total) for invoice in paid] == [("paid", 6750)]


def test_a_shop_that_is_there_is_left_alone(client: stripe.StripeClient, stripe_mock: Mock) -> None:
    demo.seed(client)
    with stripe_mock.expect_events():
        demo.seed(client)


def test_a_reader_who_was_deleted_does_not_come_back(client: stripe.StripeClient) -> None:
    demo.seed(client)
    jenny = client.v1.customers.list({"email": "jenny.rosen@example.com"}).data[0]
    client.v1.customers.delete(jenny.id)
    demo.seed(client)
    assert client.v1.customers.list({"email": "jenny.rosen@example.com"}).data == []


def test_a_shop_that_was_interrupted_long_ago_is_completed(client: stripe.StripeClient, stripe_mock: Mock) -> None:
    demo.seed(client)
    client.v1.coupons.delete(demo.FINISHED)
    # By then no idempotency key is remembered, so whatever is there has to be found.
    stripe_mock.clock.advance(25 * 3600)
    with stripe_mock.expect_events("coupon.created"):
        demo.seed(client)


def test_the_link_is_a_new_portal_session_of_the_visitor(client: stripe.StripeClient) -> None:
    demo.seed(client)
    first, second = demo.portal_link(client), demo.portal_link(client)
    assert "/p/session/" in first
    assert first != second


@pytest.mark.slow
def test_two_servers_that_start_at_once_on_one_database_make_one_shop(tmp_path: Path) -> None:
    with Command("--demo", folder=tmp_path) as one, Command("--demo", folder=tmp_path) as other:
        url = one.ready()
        other.ready()
        client = stripe.StripeClient(demo.API_KEY, base_addresses={"api": url})
        assert len(client.v1.customers.list().data) == len(demo.READERS)
        assert len(client.v1.subscriptions.list({"status": "all"}).data) == 6
        assert one.stop(signal.SIGTERM) == 0
        assert other.stop(signal.SIGTERM) == 0
