"""What became of deliveries: listed, told again, shuffled and doubled on demand."""

from __future__ import annotations

import json
from typing import Any

import flask
import pytest
import stripe

from mock_server.core.state import State
from mock_server.webhooks.deliver import Deliverer
from mock_server.webhooks.outbox import Target

from .test_delivery import Receiver, app, deliverer, receiver, shop, state, subscribe

__all__ = ["app", "deliverer", "receiver", "shop", "state"]

HEADERS = {"Authorization": "Bearer sk_test_hooks"}


@pytest.fixture
def ask(app: flask.Flask) -> Any:
    """`ask(method, path, json)`: what a control answers."""

    def send(method: str, path: str, sent: Any = None) -> Any:
        return app.test_client().open(f"/_mock/{path}", method=method, json=sent, headers=HEADERS).json

    return send


def test_a_delivery_is_listed_with_each_attempt_and_the_next(
    shop: stripe.StripeClient, receiver: Receiver, deliverer: Deliverer, state: State, ask: Any
) -> None:
    endpoint = subscribe(shop, receiver, "customer.created")
    shop.v1.customers.create({})
    [event] = shop.v1.events.list().data
    [waiting] = ask("GET", "deliveries")["data"]
    assert (waiting["event"], waiting["endpoint"], waiting["attempts"]) == (event.id, endpoint.id, [])
    receiver.status, receiver.body = 500, b"out of order"
    deliverer.deliver()
    [failed] = ask("GET", f"deliveries?event={event.id}&endpoint={endpoint.id}")["data"]
    [tried] = failed["attempts"]
    assert (tried["status"], tried["body"], tried["problem"]) == (500, "out of order", "it answered 500")
    assert (failed["status"], failed["next_attempt"]) == ("pending", tried["at"] + 60)
    receiver.status, receiver.body = 200, b"thanks"
    state.clock.shift(60)
    deliverer.deliver()
    done = ask("GET", f"deliveries/{waiting['id']}")
    assert (done["status"], done["next_attempt"]) == ("delivered", None)
    assert [one["body"] for one in done["attempts"]] == ["out of order", "thanks"]


def test_a_long_answer_is_cut(shop: stripe.StripeClient, receiver: Receiver, deliverer: Deliverer, ask: Any) -> None:
    subscribe(shop, receiver, "customer.created")
    shop.v1.customers.create({})
    receiver.body = b"x" * 100_000
    deliverer.deliver()
    [delivery] = ask("GET", "deliveries")["data"]
    assert len(delivery["attempts"][0]["body"]) == 4096


def test_the_last_try_is_the_end_of_it(
    shop: stripe.StripeClient, receiver: Receiver, deliverer: Deliverer, ask: Any
) -> None:
    ask("POST", "settings", {"webhook_retry_after_seconds": []})
    subscribe(shop, receiver, "customer.created")
    shop.v1.customers.create({})
    receiver.status = 404
    deliverer.deliver()
    [delivery] = ask("GET", "deliveries")["data"]
    assert (delivery["status"], delivery["next_attempt"]) == ("failed", None)


def test_a_delivery_is_told_again(
    shop: stripe.StripeClient, receiver: Receiver, deliverer: Deliverer, ask: Any
) -> None:
    subscribe(shop, receiver, "customer.created")
    shop.v1.customers.create({})
    deliverer.deliver()
    [delivery] = ask("GET", "deliveries")["data"]
    assert ask("POST", f"deliveries/{delivery['id']}/resend")["status"] == "pending"
    deliverer.deliver()
    assert [json.loads(payload)["id"] for payload, _ in receiver.got] == [delivery["event"]] * 2
    assert shop.v1.events.list().data[0].pending_webhooks == 0


def test_an_endpoint_is_told_of_an_event_that_it_has_missed(
    shop: stripe.StripeClient, receiver: Receiver, deliverer: Deliverer, ask: Any
) -> None:
    shop.v1.customers.create({})
    [event] = shop.v1.events.list().data
    endpoint = subscribe(shop, receiver, "customer.deleted")
    for _ in range(2):
        made = ask("POST", f"events/{event.id}/resend", {"endpoint": endpoint.id})
        deliverer.deliver()
    assert made["event"] == event.id
    assert [json.loads(payload)["id"] for payload, _ in receiver.got] == [event.id, event.id]
    assert len(ask("GET", "deliveries")["data"]) == 1


def test_an_event_of_a_connected_account_is_told_again(
    shop: stripe.StripeClient, receiver: Receiver, deliverer: Deliverer, ask: Any
) -> None:
    theirs = shop.v1.accounts.create({"type": "custom"}).id
    shop.v1.webhook_endpoints.create({"url": receiver.url, "enabled_events": ["customer.created"], "connect": True})
    shop.v1.customers.create({}, {"stripe_account": theirs})
    deliverer.deliver()
    [delivery] = ask("GET", "deliveries")["data"]
    assert delivery["account"] == theirs
    ask("POST", f"events/{delivery['event']}/resend", {"endpoint": delivery["endpoint"]})
    deliverer.deliver()
    assert len(receiver.got) == 2


@pytest.mark.parametrize(
    ("method", "path", "sent", "status"),
    [
        pytest.param("POST", "deliveries/99/resend", None, 404, id="no such delivery"),
        pytest.param("POST", "events/evt_1/resend", {"endpoint": "we_1"}, 404, id="no such event"),
        pytest.param("POST", "events/evt_1/resend", {}, 400, id="no endpoint"),
        pytest.param("GET", "deliveries?evnt=evt_1", None, 400, id="no such filter"),
        pytest.param("GET", "deliveries/99999999999999999999", None, 404, id="no number of a delivery"),
    ],
)
def test_what_is_not_there_is_not_told_again(app: flask.Flask, method: str, path: str, sent: Any, status: int) -> None:
    assert app.test_client().open(f"/_mock/{path}", method=method, json=sent, headers=HEADERS).status_code == status


def test_an_endpoint_that_is_unknown_is_not_told(shop: stripe.StripeClient, ask: Any) -> None:
    shop.v1.customers.create({})
    [event] = shop.v1.events.list().data
    assert ask("POST", f"events/{event.id}/resend", {"endpoint": "we_1"})["error"]["param"] == "endpoint"


def test_another_account_sees_none_of_it(app: flask.Flask, shop: stripe.StripeClient, receiver: Receiver) -> None:
    subscribe(shop, receiver, "*")
    shop.v1.customers.create({})
    other = {"Authorization": "Bearer sk_test_other"}
    assert app.test_client().get("/_mock/deliveries", headers=other).json == {"data": []}


def test_deliveries_come_in_another_order_on_demand(
    shop: stripe.StripeClient, receiver: Receiver, deliverer: Deliverer, ask: Any
) -> None:
    ask("POST", "settings", {"webhook_order": "shuffled"})
    subscribe(shop, receiver, "customer.created")
    made = [shop.v1.customers.create({}).id for _ in range(16)]
    deliverer.deliver()
    told = [json.loads(payload)["data"]["object"]["id"] for payload, _ in receiver.got]
    assert told != made
    assert sorted(told) == sorted(made)


def test_events_come_twice_on_demand(
    shop: stripe.StripeClient, receiver: Receiver, deliverer: Deliverer, ask: Any
) -> None:
    ask("POST", "settings", {"webhook_duplicates": True})
    subscribe(shop, receiver, "customer.created")
    shop.v1.customers.create({})
    deliverer.deliver()
    assert len(receiver.got) == 2
    assert len({payload for payload, _ in receiver.got}) == 1
    assert shop.v1.events.list().data[0].pending_webhooks == 0


def test_events_are_listed_by_whether_everybody_was_told(
    shop: stripe.StripeClient, receiver: Receiver, deliverer: Deliverer
) -> None:
    subscribe(shop, receiver, "customer.created", "product.created")
    shop.v1.customers.create({})
    deliverer.deliver()
    shop.v1.products.create({"name": "Book"})
    receiver.status = 500
    deliverer.deliver()
    assert [one.type for one in shop.v1.events.list({"delivery_success": True}).data] == ["customer.created"]
    assert [one.type for one in shop.v1.events.list({"delivery_success": False}).data] == ["product.created"]


def test_an_event_has_the_version_of_its_endpoint(
    shop: stripe.StripeClient, receiver: Receiver, deliverer: Deliverer
) -> None:
    shop.v1.webhook_endpoints.create(
        {"url": receiver.url, "enabled_events": ["*"], "api_version": "2026-09-30.endive"}  # type: ignore[typeddict-item]
    )
    shop.v1.customers.create({})
    deliverer.deliver()
    assert json.loads(receiver.got[0][0])["api_version"] == "2026-09-30.endive"


def test_an_endpoint_for_other_shapes_is_refused_with_the_reason(shop: stripe.StripeClient, receiver: Receiver) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="shapes of 2024-06-20 is not built") as refused:
        shop.v1.webhook_endpoints.create({"url": receiver.url, "enabled_events": ["*"], "api_version": "2024-06-20"})
    assert refused.value.param == "api_version"


def test_what_is_forwarded_is_listed_and_told_again(
    app: flask.Flask, shop: stripe.StripeClient, receiver: Receiver, deliverer: Deliverer, ask: Any
) -> None:
    box = app.extensions["mock_server_outbox"]
    box.forwarding = Target(receiver.url, "whsec_forwarded")
    shop.v1.customers.create({})
    deliverer.deliver()
    [delivery] = ask("GET", "deliveries?endpoint=we_forwarding")["data"]
    assert (delivery["status"], delivery["attempts"][0]["status"]) == ("delivered", 200)
    ask("POST", f"events/{delivery['event']}/resend", {"endpoint": "we_forwarding"})
    deliverer.deliver()
    assert len(receiver.got) == 2
