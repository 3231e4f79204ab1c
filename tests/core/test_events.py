"""Events are written with the change, and tell what changed."""

from __future__ import annotations

import json

import pytest
import stripe

from mock_server.core.events import difference


def test_a_change_is_followed_by_its_event(shop: stripe.StripeClient) -> None:
    made = shop.v1.customers.create({"email": "jenny@example.com"})
    event = shop.v1.events.list().data[0]
    assert event.type == "customer.created"
    assert event.data.object["id"] == made.id


def test_an_update_tells_the_former_values_of_what_changed(shop: stripe.StripeClient) -> None:
    made = shop.v1.customers.create({"name": "Jenny", "metadata": {"a": "1", "b": "2"}})
    shop.v1.customers.update(made.id, {"name": "Jenny Rosen", "metadata": {"b": "3", "c": "4"}})
    event = json.loads(str(shop.v1.events.list({"type": "customer.updated"}).data[0]))
    assert event["data"]["previous_attributes"] == {"name": "Jenny", "metadata": {"b": "2", "c": None}}


def test_an_update_that_changes_nothing_is_no_event(shop: stripe.StripeClient) -> None:
    made = shop.v1.customers.create({"name": "Jenny"})
    shop.v1.customers.update(made.id, {"name": "Jenny"})
    assert [event.type for event in shop.v1.events.list().data] == ["customer.created"]


def test_an_event_names_the_request_that_made_it(shop: stripe.StripeClient) -> None:
    made = shop.v1.customers.create({}, {"idempotency_key": "k"})
    request = shop.v1.events.list().data[0].request
    assert request is not None
    assert made.last_response is not None
    assert (request.id, request.idempotency_key) == (made.last_response.request_id, "k")


def test_an_event_keeps_the_object_as_it_was(shop: stripe.StripeClient) -> None:
    made = shop.v1.customers.create({"name": "Jenny"})
    first = shop.v1.events.list().data[0]
    shop.v1.customers.update(made.id, {"name": "Other"})
    assert shop.v1.events.retrieve(first.id).data.object["name"] == "Jenny"


def test_a_refused_call_leaves_no_event(shop: stripe.StripeClient) -> None:
    shop.v1.customers.create({"invoice_prefix": "ACME"})
    with pytest.raises(stripe.InvalidRequestError):
        shop.v1.customers.create({"invoice_prefix": "ACME"})
    assert len(shop.v1.events.list().data) == 1


def test_events_are_listed_by_several_types(shop: stripe.StripeClient) -> None:
    made = shop.v1.customers.create({})
    shop.v1.customers.update(made.id, {"name": "J"})
    shop.v1.customers.delete(made.id)
    wanted = shop.v1.events.list({"types": ["customer.created", "customer.deleted"]}).data
    assert [event.type for event in wanted] == ["customer.deleted", "customer.created"]


def test_a_star_stands_for_all_types_that_begin_so(shop: stripe.StripeClient) -> None:
    shop.v1.customers.create({})
    shop.v1.products.create({"name": "Pro"})
    assert [event.type for event in shop.v1.events.list({"type": "customer.*"}).data] == ["customer.created"]


@pytest.mark.parametrize(
    ("before", "after", "former"),
    [
        pytest.param({"a": 1, "b": 2}, {"a": 1, "b": 3}, {"b": 2}, id="a value"),
        pytest.param({"a": [1, 2]}, {"a": [1]}, {"a": [1, 2]}, id="an array is given whole"),
        pytest.param({"a": {"b": 1, "c": 2}}, {"a": {"b": 1, "c": 3}}, {"a": {"c": 2}}, id="a map by its changed keys"),
        pytest.param({}, {"a": 1}, {"a": None}, id="a new key was nothing before"),
        pytest.param({"a": None}, {"a": {"b": 1}}, {"a": None}, id="a map where there was none"),
        pytest.param({"a": 1}, {"a": 1}, {}, id="nothing"),
    ],
)
def test_the_difference_between_two_objects(before: dict, after: dict, former: dict) -> None:
    assert difference(before, after) == former
