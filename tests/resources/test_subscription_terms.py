"""What can be changed of a subscription without a bill, and when nothing can."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from mock_server.testing import Mock

from .sales import HOUR, change, item_of, payer, price, subscribe


def refusal(shop: stripe.StripeClient, subscription: stripe.Subscription, **sent: Any) -> stripe.StripeError:
    """The error that such a change is answered with."""
    with pytest.raises(stripe.StripeError) as refused:
        change(shop, subscription, **sent)
    return refused.value


def test_terms_change_without_a_bill(mock: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop), metadata={"a": "1", "b": "2"}, description="First")
    with mock.expect_events("payment_method.attached", "customer.subscription.updated"):
        changed = change(
            shop,
            made,
            default_payment_method="pm_card_mastercard",
            description="",
            metadata={"a": "", "c": "3"},
            collection_method="send_invoice",
            days_until_due=10,
            trial_settings={"end_behavior": {"missing_payment_method": "cancel"}},
            payment_settings={"save_default_payment_method": "on_subscription"},
        )
    assert changed.metadata.to_dict() == {"b": "2", "c": "3"}
    assert (changed.description, changed.collection_method, changed.days_until_due) == (None, "send_invoice", 10)
    assert changed.default_payment_method is not None
    assert change(shop, made, collection_method="charge_automatically").days_until_due is None


def test_an_update_that_changes_nothing_tells_nothing(mock: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop), metadata={"a": "1"})
    with mock.expect_events():
        change(shop, made, metadata={"a": "1"}, items=[{"id": item_of(made).id, "quantity": 1}])


def test_an_update_tells_what_was_before(mock: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop))
    change(shop, made, items=[{"id": item_of(made).id, "quantity": 2}], proration_behavior="none")
    previous = mock.events[-1].to_dict()["data"]["previous_attributes"]
    assert set(previous) == {"items"}
    assert [item["quantity"] for item in previous["items"]["data"]] == [1]


@pytest.mark.parametrize("status", ["canceled", "incomplete_expired"])
def test_an_ended_subscription_can_only_be_annotated(mock: Mock, shop: stripe.StripeClient, status: str) -> None:
    card = "pm_card_visa" if status == "canceled" else "pm_card_chargeCustomerFail"
    made = subscribe(shop, payer(shop, card), price(shop))
    if status == "canceled":
        shop.v1.subscriptions.cancel(made.id)
    mock.clock.advance(23 * HOUR)
    refused = refusal(shop, made, description="Again")
    assert refused.code == "invalid_canceled_subscription_fields"
    noted = change(shop, made, metadata={"a": "b"}, cancellation_details={"feedback": "unused", "comment": "Bye"})
    assert (noted.status, noted.metadata["a"]) == (status, "b")
    assert noted.cancellation_details is not None
    assert (noted.cancellation_details.feedback, noted.cancellation_details.comment) == ("unused", "Bye")


def test_an_incomplete_subscription_keeps_its_items(shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop, "pm_card_chargeCustomerFail"), price(shop))
    assert "incomplete" in str(refusal(shop, made, items=[{"id": item_of(made).id, "quantity": 2}]))
    assert change(shop, made, metadata={"a": "b"}).status == "incomplete"


def test_its_own_payment_method_can_be_unset(shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop), default_payment_method="pm_card_mastercard")
    assert change(shop, made, default_payment_method="").default_payment_method is None


LARGEST = 999_999_999_999


@pytest.mark.parametrize("sent", [{}, {"trial_period_days": 7}], ids=["at once", "after a trial"])
def test_what_costs_more_than_an_amount_can_say_is_refused(shop: stripe.StripeClient, sent: Any) -> None:
    """Also in a trial, because the invoice at its end could not be made."""
    dear = price(shop, LARGEST)
    wanted: Any = {"customer": payer(shop), "items": [{"price": dear, "quantity": 2}], **sent}
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        shop.v1.subscriptions.create(wanted)
    assert (refusal.value.code, refusal.value.param) == ("amount_too_large", "items")


def test_a_quantity_cannot_grow_beyond_the_largest_amount(shop: stripe.StripeClient) -> None:
    gold = subscribe(shop, payer(shop), price(shop, 2000))
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        change(shop, gold, items=[{"id": item_of(gold).id, "quantity": 2**63 - 1}])
    assert refusal.value.code == "amount_too_large"


def test_an_invoice_is_due_within_five_years(shop: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        subscribe(shop, payer(shop), price(shop), collection_method="send_invoice", days_until_due=2**63 - 1)
    assert refusal.value.param == "days_until_due"
