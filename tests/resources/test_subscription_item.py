"""Subscription items by their own addresses."""

from __future__ import annotations

import pytest
import stripe

from mock_server.testing import Mock

from .sales import item_of, payer, price, subscribe


@pytest.fixture
def made(shop: stripe.StripeClient) -> stripe.Subscription:
    """A subscription of one item."""
    return subscribe(shop, payer(shop), price(shop, 3000))


def test_an_item_is_the_one_that_its_subscription_shows(shop: stripe.StripeClient, made: stripe.Subscription) -> None:
    own = item_of(made)
    assert shop.v1.subscription_items.retrieve(own.id).to_dict() == own.to_dict()
    listed = shop.v1.subscription_items.list({"subscription": made.id})
    assert [item.id for item in listed.data] == [own.id]


def test_its_product_can_be_expanded(shop: stripe.StripeClient, made: stripe.Subscription) -> None:
    found = shop.v1.subscription_items.retrieve(item_of(made).id, {"expand": ["price.product"]})
    assert isinstance(found.price.product, stripe.Product)
    shown = shop.v1.subscriptions.retrieve(made.id, {"expand": ["items.data.price.product"]})
    assert isinstance(item_of(shown).price.product, stripe.Product)


def test_a_list_is_paged(shop: stripe.StripeClient, made: stripe.Subscription) -> None:
    second = shop.v1.subscription_items.create({"subscription": made.id, "price": price(shop)})
    first = shop.v1.subscription_items.list({"subscription": made.id, "limit": 1})
    assert ([item.id for item in first.data], first.has_more) == ([item_of(made).id], True)
    assert [item.id for item in first.auto_paging_iter()] == [item_of(made).id, second.id]
    before = shop.v1.subscription_items.list({"subscription": made.id, "ending_before": second.id})
    assert [item.id for item in before.data] == [item_of(made).id]


def test_an_added_item_is_prorated(mock: Mock, shop: stripe.StripeClient, made: stripe.Subscription) -> None:
    extra = price(shop, 500, "Extra")
    with mock.expect_events("invoiceitem.created", "customer.subscription.updated"):
        added = shop.v1.subscription_items.create({"subscription": made.id, "price": extra, "quantity": 2})
    assert (added.price.id, added.quantity, added.subscription) == (extra, 2, made.id)
    assert item_of(shop.v1.subscriptions.retrieve(made.id), 1).id == added.id


def test_an_item_is_changed_like_its_subscription(
    mock: Mock, shop: stripe.StripeClient, made: stripe.Subscription
) -> None:
    with mock.expect_events("invoiceitem.created", "invoiceitem.created", "customer.subscription.updated"):
        changed = shop.v1.subscription_items.update(item_of(made).id, {"quantity": 4, "metadata": {"a": "b"}})
    assert (changed.quantity, changed.metadata["a"]) == (4, "b")
    with mock.expect_events("customer.subscription.updated"):
        shop.v1.subscription_items.update(item_of(made).id, {"quantity": 1, "proration_behavior": "none"})


def test_a_removed_item_is_gone(mock: Mock, shop: stripe.StripeClient, made: stripe.Subscription) -> None:
    added = shop.v1.subscription_items.create({"subscription": made.id, "price": price(shop)})
    with mock.expect_events("invoiceitem.created", "customer.subscription.updated"):
        removed = shop.v1.subscription_items.delete(added.id)
    assert removed.deleted is True
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.subscription_items.retrieve(added.id)
    assert (refused.value.http_status, refused.value.code) == (404, "resource_missing")


def test_the_last_item_cannot_be_removed(shop: stripe.StripeClient, made: stripe.Subscription) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="at least one item"):
        shop.v1.subscription_items.delete(item_of(made).id)


def test_an_item_has_discounts_of_its_own(shop: stripe.StripeClient, made: stripe.Subscription) -> None:
    coupon = shop.v1.coupons.create({"percent_off": 10, "duration": "forever"}).id
    changed = shop.v1.subscription_items.update(
        item_of(made).id, {"discounts": [{"coupon": coupon}], "expand": ["discounts"]}
    )
    assert isinstance(changed.discounts[0], stripe.Discount)
    assert changed.discounts[0].subscription_item == changed.id
