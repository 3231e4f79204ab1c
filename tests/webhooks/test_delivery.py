"""Events reach registered endpoints: signed, tried again, and without holding up anybody."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import flask
import pytest
import stripe

from mock_server.app import close, create_app, forwarding_secret
from mock_server.core.settings import DEFAULTS
from mock_server.core.state import State
from mock_server.http.transport import InProcessTransport
from mock_server.webhooks import deliver
from mock_server.webhooks.deliver import Deliverer

RETRY_AFTER_SECONDS = DEFAULTS["webhook_retry_after_seconds"]


class Receiver:
    """A webhook receiver on a port of its own, which answers what it is told to."""

    def __init__(self) -> None:
        self.got: list[tuple[bytes, str]] = []
        self.status = 200
        self.body = b""
        self.location: str | None = None
        self.gate = threading.Event()
        self.gate.set()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                payload = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.gate.wait(20)
                receiver.got.append((payload, self.headers["Stripe-Signature"]))
                self.send_response(receiver.status)
                if receiver.location:
                    self.send_header("Location", receiver.location)
                self.send_header("Content-Length", str(len(receiver.body)))
                self.end_headers()
                self.wfile.write(receiver.body)

            def log_message(self, *_: object) -> None:
                """Tests have nothing to read here."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.gate.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def app(engine_url: str) -> Iterator[flask.Flask]:
    app = create_app(database=engine_url, background=False)
    yield app
    close(app)


@pytest.fixture
def state(app: flask.Flask) -> State:
    state: State = app.extensions["mock_server"]
    return state


@pytest.fixture
def deliverer(app: flask.Flask, state: State) -> Deliverer:
    return Deliverer(state.store, app.extensions["mock_server_outbox"], state.clock.now)


@pytest.fixture
def shop(app: flask.Flask) -> stripe.StripeClient:
    return stripe.StripeClient("sk_test_hooks", http_client=InProcessTransport(app.wsgi_app), max_network_retries=0)


def subscribe(shop: stripe.StripeClient, receiver: Receiver, *events: str) -> stripe.WebhookEndpoint:
    return shop.v1.webhook_endpoints.create({"url": receiver.url, "enabled_events": list(events)})  # type: ignore[arg-type]


def test_an_event_arrives_signed(shop: stripe.StripeClient, receiver: Receiver, deliverer: Deliverer) -> None:
    endpoint = subscribe(shop, receiver, "customer.created")
    made = shop.v1.customers.create({"email": "jenny@example.com"})
    assert deliverer.deliver() == 1
    [(payload, header)] = receiver.got
    assert endpoint.secret is not None
    event = stripe.Webhook.construct_event(payload, header, endpoint.secret)
    assert (event.type, event.data.object["id"]) == ("customer.created", made.id)


def test_only_wanted_types_are_delivered(shop: stripe.StripeClient, receiver: Receiver, deliverer: Deliverer) -> None:
    subscribe(shop, receiver, "customer.deleted")
    shop.v1.customers.create({})
    assert deliverer.deliver() == 0


def test_a_star_wants_everything(shop: stripe.StripeClient, receiver: Receiver, deliverer: Deliverer) -> None:
    subscribe(shop, receiver, "*")
    made = shop.v1.customers.create({})
    shop.v1.customers.delete(made.id)
    deliverer.deliver()
    assert [json.loads(payload)["type"] for payload, _ in receiver.got] == ["customer.created", "customer.deleted"]


def test_pending_webhooks_counts_the_endpoints_that_have_not_answered(
    shop: stripe.StripeClient, receiver: Receiver, deliverer: Deliverer
) -> None:
    subscribe(shop, receiver, "*")
    subscribe(shop, receiver, "customer.created")
    shop.v1.customers.create({})
    event = shop.v1.events.list().data[0]
    assert event.pending_webhooks == 2
    deliverer.deliver()
    assert shop.v1.events.retrieve(event.id).pending_webhooks == 0


def test_a_connect_endpoint_is_told_of_a_connected_account(
    shop: stripe.StripeClient, receiver: Receiver, deliverer: Deliverer
) -> None:
    endpoint = shop.v1.webhook_endpoints.create(
        {"url": receiver.url, "enabled_events": ["customer.created"], "connect": True}
    )
    seller = shop.v1.accounts.create({"type": "standard"}).id
    shop.v1.customers.create({})
    there = shop.v1.customers.create({}, {"stripe_account": seller})
    deliverer.deliver()
    [(payload, header)] = receiver.got
    assert endpoint.secret is not None
    event = stripe.Webhook.construct_event(payload, header, endpoint.secret)
    assert (event.account, event.data.object["id"]) == (seller, there.id)


def test_a_delivered_event_is_not_delivered_again(
    shop: stripe.StripeClient, receiver: Receiver, deliverer: Deliverer, state: State
) -> None:
    subscribe(shop, receiver, "*")
    shop.v1.customers.create({})
    deliverer.deliver()
    state.clock.shift(24 * 3600)
    assert deliverer.deliver() == 0


def test_a_failed_delivery_is_tried_three_times(
    shop: stripe.StripeClient, receiver: Receiver, deliverer: Deliverer, state: State
) -> None:
    receiver.status = 500
    subscribe(shop, receiver, "*")
    shop.v1.customers.create({})
    tries = deliverer.deliver()
    for pause in (*RETRY_AFTER_SECONDS, 24 * 3600):
        assert deliverer.deliver() == 0
        state.clock.shift(pause)
        tries += deliverer.deliver()
    assert (tries, len(receiver.got)) == (3, 3)


def test_a_retry_that_succeeds_is_the_last_one(
    shop: stripe.StripeClient, receiver: Receiver, deliverer: Deliverer, state: State
) -> None:
    receiver.status = 500
    subscribe(shop, receiver, "*")
    shop.v1.customers.create({})
    deliverer.deliver()
    receiver.status = 200
    state.clock.shift(RETRY_AFTER_SECONDS[0])
    assert deliverer.deliver() == 1
    assert shop.v1.events.list().data[0].pending_webhooks == 0


def test_a_redirect_is_a_failure(
    shop: stripe.StripeClient, receiver: Receiver, deliverer: Deliverer, state: State
) -> None:
    receiver.status, receiver.location = 302, receiver.url
    subscribe(shop, receiver, "*")
    shop.v1.customers.create({})
    deliverer.deliver()
    assert len(receiver.got) == 1
    assert shop.v1.events.list().data[0].pending_webhooks == 1


def test_nobody_there_is_a_failure_that_is_tried_again(
    shop: stripe.StripeClient, receiver: Receiver, deliverer: Deliverer, state: State
) -> None:
    shop.v1.webhook_endpoints.create({"url": "http://127.0.0.1:9/hook", "enabled_events": ["*"]})
    shop.v1.customers.create({})
    assert deliverer.deliver() == 1
    state.clock.shift(RETRY_AFTER_SECONDS[0])
    assert deliverer.deliver() == 1


def test_a_disabled_endpoint_is_told_nothing(
    shop: stripe.StripeClient, receiver: Receiver, deliverer: Deliverer
) -> None:
    endpoint = subscribe(shop, receiver, "*")
    shop.v1.webhook_endpoints.update(endpoint.id, {"disabled": True})
    shop.v1.customers.create({})
    assert deliverer.deliver() == 0


def test_a_deleted_endpoint_is_told_nothing_more(
    shop: stripe.StripeClient, receiver: Receiver, deliverer: Deliverer
) -> None:
    endpoint = subscribe(shop, receiver, "*")
    shop.v1.customers.create({})
    shop.v1.webhook_endpoints.delete(endpoint.id)
    deliverer.deliver()
    assert receiver.got == []


def test_a_secret_is_shown_once(shop: stripe.StripeClient, receiver: Receiver) -> None:
    endpoint = subscribe(shop, receiver, "*")
    assert str(endpoint.secret).startswith("whsec_")
    again = shop.v1.webhook_endpoints.retrieve(endpoint.id)
    assert "secret" not in again
    assert "_secret" not in again


def test_a_misspelled_type_is_refused(shop: stripe.StripeClient, receiver: Receiver) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        subscribe(shop, receiver, "customer.create")
    assert refusal.value.param == "enabled_events[0]"


def test_two_workers_deliver_an_event_once(
    shop: stripe.StripeClient, receiver: Receiver, app: flask.Flask, state: State
) -> None:
    subscribe(shop, receiver, "*")
    for _ in range(10):
        shop.v1.customers.create({})
    workers = [Deliverer(state.store, app.extensions["mock_server_outbox"], state.clock.now) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda worker: worker.deliver(), workers))
    assert len(receiver.got) == len({payload for payload, _ in receiver.got}) == 10


def test_a_slow_receiver_holds_up_no_call(tmp_path: object, receiver: Receiver) -> None:
    """Calls are answered while the receiver is still thinking about the first event."""
    receiver.gate.clear()
    app = create_app(memory=True, background=True)
    try:
        shop = stripe.StripeClient("sk_test_slow", http_client=InProcessTransport(app.wsgi_app), max_network_retries=0)
        subscribe(shop, receiver, "*")
        made = [shop.v1.customers.create({}).id for _ in range(20)]
        assert receiver.got == []
        assert len(shop.v1.customers.list({"limit": 100}).data) == len(made)
        receiver.gate.set()
    finally:
        close(app)


def test_everything_is_forwarded_with_one_secret(receiver: Receiver, sqlite_url: str) -> None:
    app = create_app(database=sqlite_url, background=False, forward_to=receiver.url)
    state: State = app.extensions["mock_server"]
    for key in ("sk_test_a", "sk_test_b"):
        shop = stripe.StripeClient(key, http_client=InProcessTransport(app.wsgi_app), max_network_retries=0)
        shop.v1.customers.create({})
    Deliverer(state.store, app.extensions["mock_server_outbox"], state.clock.now).deliver()
    secret = forwarding_secret(app)
    assert len(receiver.got) == 2
    assert all(stripe.Webhook.construct_event(payload, header, secret) for payload, header in receiver.got)
    close(app)
    again = create_app(database=sqlite_url, background=False, forward_to=receiver.url)
    assert forwarding_secret(again) == secret
    close(again)


def test_an_endpoint_is_reached_over_the_web(shop: stripe.StripeClient) -> None:
    """An app's own scheme is an address to return to, and nothing that can be told of events."""
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        shop.v1.webhook_endpoints.create({"url": "shop.app://hook", "enabled_events": ["*"]})
    assert refusal.value.code == "url_invalid"


def test_no_more_is_claimed_than_can_begin(
    shop: stripe.StripeClient, receiver: Receiver, deliverer: Deliverer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 20 events 16 are under way; the other four wait where another worker can take them."""
    monkeypatch.setattr(deliver, "PATIENCE_SECONDS", 0)
    subscribe(shop, receiver, "customer.created")
    for _ in range(20):
        shop.v1.customers.create({})
    receiver.gate.clear()
    with ThreadPoolExecutor(deliver.AT_ONCE) as pool:
        deliverer.deliver_side_by_side(pool)
        deliverer.deliver_side_by_side(pool)
        left = len(deliverer.outbox.claim(deliverer.store, deliverer.now(), 20))
        receiver.gate.set()
    assert left == 4


def test_an_attempt_that_breaks_is_reported(
    shop: stripe.StripeClient, receiver: Receiver, deliverer: Deliverer, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(url: str, body: bytes, headers: dict[str, str]) -> int:
        raise ValueError("nobody expected this")

    deliverer.post = broken
    endpoint = subscribe(shop, receiver, "customer.created")
    shop.v1.customers.create({})
    with ThreadPoolExecutor(1) as pool:
        deliverer.deliver_side_by_side(pool)
    assert endpoint.id in caplog.text
    assert "nobody expected this" in caplog.text
