"""Features, the products that bring them, and who is entitled to them."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from mock_server.testing import Mock

from .sales import DAY, change, item_of, payer, price, subscribe

UPDATED = "entitlements.active_entitlement_summary.updated"


def feature(shop: stripe.StripeClient, key: str = "export") -> str:
    """The id of a new feature."""
    return shop.v1.entitlements.features.create({"lookup_key": key, "name": key.title()}).id


def attach(shop: stripe.StripeClient, price_id: str, feature_id: str) -> tuple[str, str]:
    """The product of the price, and the id with which it brings the feature."""
    product = str(shop.v1.prices.retrieve(price_id).product)
    return product, shop.v1.products.features.create(product, {"entitlement_feature": feature_id}).id


def keys(shop: stripe.StripeClient, customer: str) -> list[str]:
    """What a customer is entitled to, the newest first."""
    found = shop.v1.entitlements.active_entitlements.list({"customer": customer})
    return [one.lookup_key for one in found.data]


@pytest.fixture
def gold(shop: stripe.StripeClient) -> str:
    """A price whose product brings the feature `export`."""
    id = price(shop)
    attach(shop, id, feature(shop))
    return id


def test_a_feature_is_made_renamed_and_archived(shop: stripe.StripeClient) -> None:
    id = feature(shop)
    assert shop.v1.entitlements.features.update(id, {"name": "Exports"}).name == "Exports"
    assert [one.id for one in shop.v1.entitlements.features.list({"lookup_key": "export"}).data] == [id]
    assert shop.v1.entitlements.features.update(id, {"active": False}).active is False
    assert shop.v1.entitlements.features.list().data == []
    assert [one.id for one in shop.v1.entitlements.features.list({"archived": True}).data] == [id]
    assert shop.v1.entitlements.features.retrieve(id).lookup_key == "export"


def test_a_lookup_key_belongs_to_one_feature(shop: stripe.StripeClient) -> None:
    feature(shop)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        feature(shop)
    assert refused.value.param == "lookup_key"


def test_a_product_brings_a_feature_until_it_is_taken_off(shop: stripe.StripeClient) -> None:
    export = feature(shop)
    product, id = attach(shop, price(shop), export)
    assert [one.entitlement_feature.id for one in shop.v1.products.features.list(product).data] == [export]
    assert shop.v1.products.features.retrieve(product, id).entitlement_feature.name == "Export"
    assert shop.v1.products.features.delete(product, id).deleted is True
    assert shop.v1.products.features.list(product).data == []


def test_a_product_brings_a_feature_once(shop: stripe.StripeClient) -> None:
    export = feature(shop)
    product, _ = attach(shop, price(shop), export)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.products.features.create(product, {"entitlement_feature": export})
    assert refused.value.param == "entitlement_feature"


def test_an_archived_feature_is_brought_by_no_other_product(shop: stripe.StripeClient) -> None:
    export = feature(shop)
    shop.v1.entitlements.features.update(export, {"active": False})
    with pytest.raises(stripe.InvalidRequestError):
        attach(shop, price(shop), export)


def test_a_feature_of_another_product_is_not_found(shop: stripe.StripeClient) -> None:
    _, id = attach(shop, price(shop), feature(shop))
    other = str(shop.v1.prices.retrieve(price(shop)).product)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.products.features.retrieve(other, id)
    assert refused.value.http_status == 404


def test_a_subscription_entitles_while_it_lasts(mock: Mock, shop: stripe.StripeClient, gold: str) -> None:
    jenny = payer(shop)
    made = subscribe(shop, jenny, gold)
    assert keys(shop, jenny) == ["export"]
    shop.v1.subscriptions.cancel(made.id)
    assert keys(shop, jenny) == []
    told = [event.data.object for event in mock.events if event.type == UPDATED]
    assert [[one["lookup_key"] for one in each["entitlements"]["data"]] for each in told] == [["export"], []]


def test_an_entitlement_is_retrieved_with_its_feature(shop: stripe.StripeClient, gold: str) -> None:
    jenny = payer(shop)
    subscribe(shop, jenny, gold)
    id = shop.v1.entitlements.active_entitlements.list({"customer": jenny}).data[0].id
    found: Any = shop.v1.entitlements.active_entitlements.retrieve(id, {"expand": ["feature"]})
    assert found.feature.name == "Export"


def test_two_subscriptions_to_a_feature_entitle_once(shop: stripe.StripeClient, gold: str) -> None:
    jenny = payer(shop)
    first, _second = subscribe(shop, jenny, gold), subscribe(shop, jenny, gold)
    shop.v1.subscriptions.cancel(first.id)
    assert keys(shop, jenny) == ["export"]


def test_a_change_of_product_changes_what_it_entitles_to(shop: stripe.StripeClient, gold: str) -> None:
    jenny = payer(shop)
    silver = price(shop, 1000, "Silver")
    attach(shop, silver, feature(shop, "import"))
    made = subscribe(shop, jenny, gold)
    change(shop, made, items=[{"id": item_of(made).id, "price": silver}])
    assert keys(shop, jenny) == ["import"]


def test_what_is_not_paid_yet_entitles_to_nothing(shop: stripe.StripeClient, gold: str) -> None:
    jenny = payer(shop)
    made = subscribe(shop, jenny, gold, payment_behavior="default_incomplete")
    assert (made.status, keys(shop, jenny)) == ("incomplete", [])
    shop.v1.invoices.pay(str(made.latest_invoice))
    assert keys(shop, jenny) == ["export"]


def test_a_feature_that_a_product_gets_later_comes_with_the_next_period(mock: Mock, shop: stripe.StripeClient) -> None:
    jenny, late = payer(shop), price(shop)
    subscribe(shop, jenny, late)
    attach(shop, late, feature(shop))
    assert keys(shop, jenny) == []
    mock.clock.advance(32 * DAY)
    assert keys(shop, jenny) == ["export"]


def test_a_renewal_says_nothing_of_entitlements_that_stay(mock: Mock, shop: stripe.StripeClient, gold: str) -> None:
    subscribe(shop, payer(shop), gold)
    mock.clock.advance(32 * DAY)
    assert [event.type for event in mock.events].count(UPDATED) == 1
