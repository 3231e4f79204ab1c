"""What a test does with the mock: move time, look at events, receive webhooks."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar

import flask
import pytest
import stripe
from stripe import Webhook

from mock_server.testing import Mock, mock_stripe
from mock_server.testing.mock import unix_seconds

HOUR = 3600


@pytest.fixture
def mock() -> Iterator[Mock]:
    with mock_stripe() as mock:
        yield mock


@pytest.fixture
def shop() -> flask.Flask:
    """A shop that writes down the webhooks it gets; its `config["STATUS"]` is what it answers."""
    shop = flask.Flask("shop")
    shop.config.update(STATUS=200, RECEIVED=[], SECRET="whsec_mock")

    @shop.post("/webhook")
    def webhook() -> tuple[str, int]:
        header = flask.request.headers["Stripe-Signature"]
        event = Webhook.construct_event(flask.request.data, header, shop.config["SECRET"], tolerance=None)
        shop.config["RECEIVED"].append(event.type)
        return "", shop.config["STATUS"]

    return shop


def test_time_goes_on_by_seconds(mock: Mock) -> None:
    before = mock.clock.now
    after = mock.clock.advance(HOUR)
    assert HOUR <= after - before <= HOUR + 1


def test_time_goes_on_by_a_timedelta(mock: Mock) -> None:
    before = mock.clock.now
    after = mock.clock.advance(timedelta(days=2))
    assert 48 * HOUR <= after - before <= 48 * HOUR + 1


def test_time_goes_to_a_moment(mock: Mock) -> None:
    moment = mock.clock.now + 1000
    mock.clock.to(moment)
    assert 0 <= mock.clock.now - moment <= 1
    assert mock.client.v1.customers.create().created - moment <= 1


def test_time_does_not_go_back(mock: Mock) -> None:
    with pytest.raises(ValueError, match="forwards"):
        mock.clock.advance(-1)


@pytest.mark.parametrize(
    ("moment", "seconds"),
    [
        pytest.param(1_781_568_000, 1_781_568_000, id="seconds"),
        pytest.param("2026-06-16", 1_781_568_000, id="a day is its first moment in UTC: 20620 days * 86400"),
        pytest.param("2026-06-16T02:00:00+02:00", 1_781_568_000, id="two hours east"),
        pytest.param(date(2026, 6, 16), 1_781_568_000, id="date"),
        pytest.param(datetime(2026, 6, 16, 1, tzinfo=UTC), 1_781_571_600, id="datetime, an hour later"),
        pytest.param(datetime(2026, 6, 16), 1_781_568_000, id="a datetime without a zone is UTC"),  # noqa: DTZ001
    ],
)
def test_a_moment_is_written_in_many_ways(moment: int | str | date, seconds: int) -> None:
    assert unix_seconds(moment) == seconds


def test_events_come_oldest_first(mock: Mock) -> None:
    customer = stripe.Customer.create()
    stripe.Customer.modify(customer.id, name="Jenny")
    assert [event.type for event in mock.events] == ["customer.created", "customer.updated"]


def test_more_events_than_fit_on_a_page_are_all_there(mock: Mock) -> None:
    for _ in range(101):
        stripe.Customer.create()
    assert len(mock.events) == 101


def test_expected_events_pass(mock: Mock) -> None:
    stripe.Customer.create()
    with mock.expect_events("customer.created", "customer.created"):
        stripe.Customer.create()
        stripe.Customer.create()


@pytest.mark.parametrize("expected", [(), ("customer.updated",), ("customer.created", "customer.created")])
def test_events_that_differ_from_those_expected_fail(mock: Mock, expected: tuple[str, ...]) -> None:
    with pytest.raises(AssertionError, match=r"happened customer\.created"), mock.expect_events(*expected):
        stripe.Customer.create()


def test_events_are_delivered_to_an_app_signed_and_in_order(mock: Mock, shop: flask.Flask) -> None:
    customer = stripe.Customer.create()
    stripe.Customer.delete(customer.id)
    delivered = mock.deliver_to(shop)
    assert shop.config["RECEIVED"] == ["customer.created", "customer.deleted"]
    assert [delivery.status for delivery in delivered] == [200, 200]


def test_an_event_is_delivered_once(mock: Mock, shop: flask.Flask) -> None:
    stripe.Customer.create()
    mock.deliver_to(shop)
    assert mock.deliver_to(shop) == []
    assert shop.config["RECEIVED"] == ["customer.created"]


def test_the_signing_secret_can_be_the_apps_own(mock: Mock, shop: flask.Flask) -> None:
    shop.config["SECRET"] = "whsec_other"
    stripe.Customer.create()
    mock.deliver_to(shop, secret="whsec_other")
    assert shop.config["RECEIVED"] == ["customer.created"]


def test_a_refused_event_fails_the_test_and_is_delivered_again(mock: Mock, shop: flask.Flask) -> None:
    stripe.Customer.create()
    shop.config["STATUS"] = 500
    with pytest.raises(AssertionError, match=r"500 INTERNAL SERVER ERROR to customer\.created"):
        mock.deliver_to(shop)
    shop.config["STATUS"] = 200
    assert len(mock.deliver_to(shop)) == 1


def test_a_reset_forgets_everything(mock: Mock) -> None:
    stripe.Customer.create()
    mock.clock.advance(HOUR)
    mock.reset()
    assert mock.events == []
    assert stripe.Customer.list().data == []
    assert mock.clock.now - stripe.Customer.create().created <= 1


def test_two_keys_are_two_accounts(mock: Mock, monkeypatch: pytest.MonkeyPatch) -> None:
    stripe.Customer.create()
    monkeypatch.setattr(stripe, "api_key", "sk_test_other")
    assert mock.client.v1.customers.list().data == []


class Receiver(BaseHTTPRequestHandler):
    """Accepts webhooks whose signature fits `secret`."""

    secret = ""
    received: ClassVar[list[str]] = []

    def do_POST(self) -> None:
        payload = self.rfile.read(int(self.headers["Content-Length"]))
        event = Webhook.construct_event(payload, self.headers["Stripe-Signature"], self.secret)
        self.received.append(event.type)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing on the test's own output."""


def test_registered_endpoints_are_told_over_the_network_when_the_test_says_so(mock: Mock) -> None:
    server = HTTPServer(("127.0.0.1", 0), Receiver)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        url = f"http://127.0.0.1:{server.server_port}/"
        endpoint = stripe.WebhookEndpoint.create(url=url, enabled_events=["customer.created"])
        Receiver.secret = endpoint.secret or ""
        customer = stripe.Customer.create()
        stripe.Customer.delete(customer.id)
        assert Receiver.received == []
        assert mock.deliver() == 1
        assert Receiver.received == ["customer.created"]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_call_fails_on_demand(mock: Mock) -> None:
    mock.fault("POST", "/v1/customers", status=500)
    with pytest.raises(stripe.APIError):
        mock.client.v1.customers.create({})
    assert mock.client.v1.customers.create({}).id.startswith("cus_")


def test_a_state_is_kept_and_brought_back(mock: Mock) -> None:
    kept = mock.client.v1.customers.create({}).id
    snapshot = mock.snapshot()
    mock.reset()
    mock.client.v1.customers.create({})
    mock.restore(snapshot)
    assert [customer.id for customer in mock.client.v1.customers.list().data] == [kept]
