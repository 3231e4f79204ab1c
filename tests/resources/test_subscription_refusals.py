"""What cannot be subscribed to, and changes that cannot be made."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from mock_server.testing import Mock

from .sales import change, item_of, payer, price, subscribe


def creation_is_refused(shop: stripe.StripeClient, customer: str, items: Any, **sent: Any) -> stripe.StripeError:
    """The error that a subscription to these items is answered with."""
    params: Any = {"customer": customer, "items": items, **sent}
    with pytest.raises(stripe.StripeError) as refused:
        shop.v1.subscriptions.create(params)
    return refused.value


def change_is_refused(shop: stripe.StripeClient, made: stripe.Subscription, **sent: Any) -> stripe.StripeError:
    """The error that such a change is answered with."""
    with pytest.raises(stripe.StripeError) as refused:
        change(shop, made, **sent)
    return refused.value


def test_an_item_needs_a_price(shop: stripe.StripeClient) -> None:
    refused = creation_is_refused(shop, payer(shop), [{"quantity": 2}])
    assert (refused.code, getattr(refused, "param", None)) == ("parameter_missing", "items[0][price]")


def test_an_item_of_an_archived_product_is_refused(shop: stripe.StripeClient) -> None:
    product = shop.v1.products.create({"name": "Old", "active": False}).id
    data = {"currency": "usd", "product": product, "unit_amount": 700, "recurring": {"interval": "week"}}
    refused = creation_is_refused(shop, payer(shop), [{"price_data": data}])
    assert (refused.code, getattr(refused, "param", None)) == ("product_inactive", "items[0][price_data][product]")


def test_every_item_is_in_the_same_currency(shop: stripe.StripeClient) -> None:
    items = [{"price": price(shop)}, {"price": price(shop, currency="eur")}]
    assert "is in eur" in str(creation_is_refused(shop, payer(shop), items))
    assert "is in usd" in str(creation_is_refused(shop, payer(shop), items[:1], currency="eur"))


def test_a_price_stands_in_one_item_only_in_classic_mode(shop: stripe.StripeClient) -> None:
    jenny, gold = payer(shop), price(shop)
    assert len(subscribe(shop, jenny, gold, gold)["items"].data) == 2
    refused = creation_is_refused(shop, jenny, [{"price": gold}] * 2, billing_mode={"type": "classic"})
    assert "one item" in str(refused)


def test_there_are_at_most_twenty_items(shop: stripe.StripeClient) -> None:
    gold = price(shop)
    made = subscribe(shop, payer(shop), *[gold] * 20)
    assert "at most 20" in str(change_is_refused(shop, made, items=[{"price": gold}]))


def test_an_item_is_named_once(shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop))
    entries = [{"id": item_of(made).id, "quantity": quantity} for quantity in (2, 3)]
    assert "named twice" in str(change_is_refused(shop, made, items=entries))


def test_a_new_subscription_cannot_be_kept_pending(shop: stripe.StripeClient) -> None:
    refused = creation_is_refused(shop, payer(shop), [{"price": price(shop)}], payment_behavior="pending_if_incomplete")
    assert getattr(refused, "param", None) == "payment_behavior"


def test_error_if_incomplete_refuses_a_payment_that_needs_the_customer(mock: Mock, shop: stripe.StripeClient) -> None:
    jenny, gold = payer(shop, "pm_card_authenticationRequired"), price(shop)
    with mock.expect_events():
        refused = creation_is_refused(shop, jenny, [{"price": gold}], payment_behavior="error_if_incomplete")
    assert (refused.http_status, refused.code) == (402, "subscription_payment_intent_requires_action")


def test_a_change_without_a_payment_method_makes_it_past_due(mock: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop, None), price(shop, 0))
    wanted: Any = {
        "items": [{"id": item_of(made).id, "price": price(shop, 3000)}],
        "proration_behavior": "always_invoice",
    }
    refused = change_is_refused(shop, made, **wanted, payment_behavior="error_if_incomplete")
    assert refused.code == "resource_missing"
    assert change(shop, made, **wanted).status == "past_due"


def test_a_proration_date_lies_in_the_period(shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop))
    refused = change_is_refused(
        shop, made, items=[{"id": item_of(made).id, "quantity": 2}], proration_date=made.created - 5
    )
    assert getattr(refused, "param", None) == "proration_date"


def test_a_discount_cannot_be_removed_where_there_is_none(shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop))
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.subscriptions.delete_discount(made.id)
    assert refused.value.http_status == 404


def test_an_item_added_in_a_trial_ends_its_trial_with_the_others(shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop), trial_period_days=9)
    added = change(shop, made, items=[{"price": price(shop, 700)}])
    assert item_of(added, 1).current_period_end == made.trial_end


def test_a_change_that_is_sent_is_a_draft_for_an_hour(mock: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop, None), price(shop), collection_method="send_invoice", days_until_due=5)
    changed = change(shop, made, items=[{"id": item_of(made).id, "quantity": 2}], proration_behavior="always_invoice")
    assert changed.status == "active"
    assert shop.v1.invoices.retrieve(str(changed.latest_invoice)).status == "draft"
