"""Invoice items."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from mock_server.testing import Mock

from .sales import invoice_of, lines_of, payer, price, subscribe


def add(shop: stripe.StripeClient, customer: str, **sent: Any) -> stripe.InvoiceItem:
    """A new item for the customer's next invoice."""
    params: Any = {"customer": customer, **sent}
    return shop.v1.invoice_items.create(params)


def test_an_item_waits_and_is_billed_with_the_next_subscription(mock: Mock, shop: stripe.StripeClient) -> None:
    jenny = payer(shop)
    with mock.expect_events("invoiceitem.created"):
        made = add(shop, jenny, amount=700, currency="usd", description="Setting up")
    assert (made.invoice, made.proration, made.net_amount) == (None, False, 700)
    invoice = invoice_of(shop, subscribe(shop, jenny, price(shop)))
    assert lines_of(invoice) == [(700, "Setting up"), (2000, "1 × Gold (at $20.00 / month)")]
    billed = shop.v1.invoice_items.retrieve(made.id)
    assert billed.invoice == invoice.id
    parent = invoice.lines.data[0].parent
    assert parent is not None
    assert parent.invoice_item_details is not None
    assert parent.invoice_item_details.invoice_item == made.id


def test_an_item_may_be_of_a_price(shop: stripe.StripeClient) -> None:
    product = shop.v1.products.create({"name": "Book"}).id
    book = shop.v1.prices.create({"product": product, "currency": "usd", "unit_amount": 1500}).id
    made = add(shop, payer(shop), pricing={"price": book}, quantity=3)
    assert (made.amount, made.quantity, made.currency) == (4500, 3, "usd")


def test_a_credit_is_not_discounted(shop: stripe.StripeClient) -> None:
    assert add(shop, payer(shop), amount=-300, currency="usd").discountable is False


@pytest.mark.parametrize(
    ("sent", "param"),
    [
        pytest.param({}, "amount", id="nothing to bill"),
        pytest.param({"amount": 100}, "currency", id="in no currency"),
        pytest.param({"amount": 100, "currency": "usd", "quantity": 2}, "quantity", id="a quantity of an amount"),
        pytest.param({"pricing": {"price": "price_nobody"}}, "pricing[price]", id="no price"),
    ],
)
def test_what_cannot_be_billed_is_refused(shop: stripe.StripeClient, sent: Any, param: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        add(shop, payer(shop), **sent)
    assert refused.value.param == param


def test_a_recurring_price_is_for_subscriptions(shop: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="one-time price"):
        add(shop, payer(shop), pricing={"price": price(shop)})


def test_an_item_can_be_changed_and_removed_until_it_is_billed(mock: Mock, shop: stripe.StripeClient) -> None:
    jenny = payer(shop)
    kept, removed = (add(shop, jenny, amount=700, currency="usd") for _ in range(2))
    assert shop.v1.invoice_items.update(kept.id, {"description": "Advice"}).description == "Advice"
    with mock.expect_events("invoiceitem.deleted"):
        shop.v1.invoice_items.delete(removed.id)
    subscribe(shop, jenny, price(shop))
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.invoice_items.update(kept.id, {"description": "More advice"})
    assert refused.value.code == "invoice_not_editable"
    with pytest.raises(stripe.InvalidRequestError):
        shop.v1.invoice_items.delete(kept.id)


def test_lists_filter_by_what_is_pending(shop: stripe.StripeClient) -> None:
    jenny = payer(shop)
    billed = add(shop, jenny, amount=700, currency="usd")
    made = subscribe(shop, jenny, price(shop))
    waits = add(shop, jenny, amount=800, currency="usd")
    assert [one.id for one in shop.v1.invoice_items.list({"customer": jenny, "pending": True}).data] == [waits.id]
    params: Any = {"invoice": made.latest_invoice}
    assert [one.id for one in shop.v1.invoice_items.list(params).data] == [billed.id]


def test_an_item_costs_the_largest_amount_at_most(shop: stripe.StripeClient) -> None:
    product = shop.v1.products.create({"name": "Palace"}).id
    dear = shop.v1.prices.create({"product": product, "currency": "usd", "unit_amount": 999_999_999_999}).id
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        add(shop, payer(shop), pricing={"price": dear}, quantity=2)
    assert (refusal.value.code, refusal.value.param) == ("amount_too_large", "quantity")


def test_a_part_of_a_unit_is_billed_and_rounded_once(shop: stripe.StripeClient) -> None:
    """3 cents for 2.5 units: 7.5, rounded to 8; the whole quantity is 2."""
    owner = payer(shop)
    sent: Any = {"customer": owner, "currency": "usd", "unit_amount_decimal": "3", "quantity_decimal": "2.5"}
    item = shop.v1.invoice_items.create(sent)
    assert (item.amount, item.quantity, str(item.quantity_decimal)) == (8, 2, "2.5")
    dearer = shop.v1.invoice_items.update(item.id, {"unit_amount_decimal": "100"})
    assert (dearer.amount, str(dearer.quantity_decimal)) == (250, "2.5")
    whole = shop.v1.invoice_items.update(item.id, {"quantity": 4})
    assert (whole.amount, str(whole.quantity_decimal)) == (400, "4")


def test_a_quantity_is_given_once(shop: stripe.StripeClient) -> None:
    sent: Any = {"customer": payer(shop), "currency": "usd", "unit_amount_decimal": "3", "quantity": 2}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.invoice_items.create(sent | {"quantity_decimal": "2"})
    assert refused.value.code == "parameters_exclusive"
