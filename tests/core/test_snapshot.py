"""All that an account has, taken and put back."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import flask
import pytest
import stripe

from mock_server.core.state import State
from mock_server.http.transport import InProcessTransport

OTHER = "sk_test_other"
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def taken(app: flask.Flask) -> Any:
    """`taken(key)`: the snapshot of an account."""

    def take(key: str = "sk_test_core") -> Any:
        return app.test_client().get("/_mock/state", headers={"Authorization": f"Bearer {key}"}).json

    return take


@pytest.fixture
def put(app: flask.Flask) -> Any:
    """`put(snapshot, key)`: what the restoring was answered."""

    def put(snapshot: Any, key: str = "sk_test_core") -> Any:
        return app.test_client().put("/_mock/state", json=snapshot, headers={"Authorization": f"Bearer {key}"})

    return put


@pytest.fixture
def other(transport: InProcessTransport) -> stripe.StripeClient:
    return stripe.StripeClient(OTHER, http_client=transport, max_network_retries=0)


def furnish(shop: stripe.StripeClient) -> tuple[str, str, str]:
    """A paying customer, a file, and a portal session; their ids."""
    paying: Any = {"payment_method": "pm_card_visa", "invoice_settings": {"default_payment_method": "pm_card_visa"}}
    customer = shop.v1.customers.create({"email": "jenny@example.com", **paying})
    price = shop.v1.prices.create(
        {"currency": "eur", "unit_amount": 1250, "recurring": {"interval": "month"}, "product_data": {"name": "Plan"}}
    )
    shop.v1.subscriptions.create({"customer": customer.id, "items": [{"price": price.id}]})
    file = shop.v1.files.create({"file": BytesIO(PNG), "purpose": "business_logo"})
    session = shop.v1.billing_portal.sessions.create({"customer": customer.id})
    return customer.id, file.id, session.url


def listed(shop: stripe.StripeClient) -> list[Any]:
    services: tuple[Any, ...] = (shop.v1.customers, shop.v1.subscriptions, shop.v1.invoices, shop.v1.events)
    return [json.loads(str(service.list({"limit": 100}))) for service in services]


def test_what_was_changed_since_is_undone(shop: stripe.StripeClient, taken: Any, put: Any) -> None:
    customer, file, _ = furnish(shop)
    before, snapshot = listed(shop), taken()
    shop.v1.customers.delete(customer)
    shop.v1.products.create({"name": "Later"})
    assert put(snapshot).status_code == 200
    assert listed(shop) == before
    assert shop.v1.files.retrieve(file).size == len(PNG)


def test_a_state_that_was_put_back_is_the_state_that_was_taken(shop: stripe.StripeClient, taken: Any, put: Any) -> None:
    furnish(shop)
    snapshot = taken()
    put(snapshot)
    assert taken() | {"now": 0} == snapshot | {"now": 0}


def test_another_account_can_begin_with_it(
    app: flask.Flask, shop: stripe.StripeClient, other: stripe.StripeClient, taken: Any, put: Any
) -> None:
    customer, file, _ = furnish(shop)
    assert put(taken(), OTHER).status_code == 200
    url = other.v1.billing_portal.sessions.create({"customer": customer}).url
    assert app.test_client().get("/" + url.split("/", 3)[3]).status_code == 303
    contents = app.test_client().get(f"/v1/files/{file}/contents", headers={"Authorization": f"Bearer {OTHER}"})
    assert contents.data == PNG
    other.v1.customers.delete(customer)
    assert shop.v1.customers.retrieve(customer).email == "jenny@example.com"


def test_connected_accounts_come_along_under_new_ids(
    shop: stripe.StripeClient, other: stripe.StripeClient, taken: Any, put: Any
) -> None:
    theirs = shop.v1.accounts.create({"type": "custom"}).id
    shop.v1.customers.create({"name": "Guest"}, {"stripe_account": theirs})
    put(taken(), OTHER)
    [copied] = other.v1.accounts.list().data
    assert copied.id != theirs
    assert [one.name for one in other.v1.customers.list({}, {"stripe_account": copied.id}).data] == ["Guest"]
    assert [one.id for one in shop.v1.accounts.list().data] == [theirs]


def test_the_time_of_the_account_comes_along(
    app: flask.Flask, state: State, shop: stripe.StripeClient, taken: Any, put: Any
) -> None:
    headers = {"Authorization": "Bearer sk_test_core"}
    app.test_client().post("/_mock/clock", json={"advance": 86_400}, headers=headers)
    snapshot = taken()
    app.test_client().post("/_mock/reset", headers=headers)
    put(snapshot)
    assert shop.v1.customers.create({}).created >= snapshot["now"] >= state.clock.now() + 86_000


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param({"schema": 1}, "another release", id="of another release"),
        pytest.param({"tables": {"doc_customer": [{"id": "cus_1"}]}}, "belong to nobody", id="without an owner"),
        pytest.param({"tables": {"sqlite_master": []}}, "no tables sqlite_master", id="of a foreign table"),
        pytest.param({"tables": []}, "lists of rows", id="without tables"),
        pytest.param({"settings": {"colour": "red"}}, "colour", id="with a setting that is none"),
        pytest.param({"account": 3}, "accounts by their ids", id="without an account"),
        pytest.param({"more": 1}, "it has the keys", id="with more than that"),
    ],
)
def test_what_is_no_snapshot_is_refused_and_changes_nothing(
    shop: stripe.StripeClient, taken: Any, put: Any, change: dict[str, Any], words: str
) -> None:
    furnish(shop)
    snapshot = taken()
    answer = put(snapshot | change)
    assert answer.status_code == 400
    assert words in answer.json["error"]["message"]
    assert taken() | {"now": 0} == snapshot | {"now": 0}


@pytest.mark.parametrize("value", [{"nested": 1}, None])
def test_a_row_that_does_not_fit_is_refused(shop: stripe.StripeClient, taken: Any, put: Any, value: Any) -> None:
    furnish(shop)
    snapshot = taken()
    broken = json.loads(json.dumps(snapshot))
    broken["tables"]["doc_customer"][0]["id"] = value
    assert put(broken).status_code == 400
    assert taken() | {"now": 0} == snapshot | {"now": 0}
