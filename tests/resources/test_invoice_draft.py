"""Invoices that are made by hand: their lines, their terms, sent or thrown away."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from mock_server.testing import Mock

from .sales import DAY, change, item_of, lines_of, payer, price, subscribe

SENT: Any = {"collection_method": "send_invoice", "days_until_due": 14}


def make(shop: stripe.StripeClient, customer: str, **sent: Any) -> stripe.Invoice:
    """A new draft."""
    params: Any = {"customer": customer, **sent}
    return shop.v1.invoices.create(params)


def item(shop: stripe.StripeClient, customer: str, amount: int, **sent: Any) -> stripe.InvoiceItem:
    """A new invoice item in US dollars."""
    params: Any = {"customer": customer, "amount": amount, "currency": "usd", **sent}
    return shop.v1.invoice_items.create(params)


def refused(call: Any, *given: Any) -> stripe.InvalidRequestError:
    """The error that a call is answered with."""
    with pytest.raises(stripe.InvalidRequestError) as caught:
        call(*given)
    return caught.value


def book(shop: stripe.StripeClient, amount: int = 1500) -> str:
    """The id of a price that is charged once."""
    product = shop.v1.products.create({"name": "Book"}).id
    return shop.v1.prices.create({"product": product, "currency": "usd", "unit_amount": amount}).id


def test_an_invoice_leaves_out_what_waits_unless_it_is_told_otherwise(mock: Mock, shop: stripe.StripeClient) -> None:
    jenny = payer(shop)
    item(shop, jenny, 700)
    with mock.expect_events("invoice.created"):
        empty = make(shop, jenny)
    assert (empty.billing_reason, empty.status, empty.total, empty.auto_advance) == ("manual", "draft", 0, False)
    full = make(shop, jenny, pending_invoice_items_behavior="include", description="Thank you", footer="Bye")
    assert (full.total, full.amount_due, full.description, full.footer) == (700, 700, "Thank you", "Bye")
    assert full.automatically_finalizes_at is None


def test_an_empty_invoice_is_paid_when_it_is_finalised(shop: stripe.StripeClient) -> None:
    assert shop.v1.invoices.finalize_invoice(make(shop, payer(shop)).id).status == "paid"


def test_a_draft_that_advances_by_itself_is_paid_within_the_hour(mock: Mock, shop: stripe.StripeClient) -> None:
    jenny = payer(shop)
    item(shop, jenny, 700)
    made = make(shop, jenny, auto_advance=True, pending_invoice_items_behavior="include")
    assert made.automatically_finalizes_at == made.next_payment_attempt == made.created + 3600
    mock.clock.advance(3700)
    assert shop.v1.invoices.retrieve(made.id).status == "paid"


def test_a_draft_can_be_finalised_at_a_moment_of_its_own(mock: Mock, shop: stripe.StripeClient) -> None:
    made = make(shop, payer(shop), automatically_finalizes_at=mock.clock.now + 5 * DAY)
    assert made.auto_advance is True
    mock.clock.advance(4 * DAY)
    assert shop.v1.invoices.retrieve(made.id).status == "draft"
    mock.clock.advance(2 * DAY)
    assert shop.v1.invoices.retrieve(made.id).status == "paid"


def test_only_what_waits_for_the_subscription_is_billed_with_it(mock: Mock, shop: stripe.StripeClient) -> None:
    jenny = payer(shop)
    made = subscribe(shop, jenny, price(shop))
    none = refused(shop.v1.invoices.create, {"customer": jenny, "subscription": made.id})
    assert (none.code, none.param) == ("invoice_no_subscription_line_items", "subscription")
    item(shop, jenny, 700)
    item(shop, jenny, 300, subscription=made.id)
    invoice = make(shop, jenny, subscription=made.id)
    assert [amount for amount, _ in lines_of(invoice)] == [300]
    assert invoice.parent is not None
    assert invoice.parent.subscription_details is not None
    assert invoice.parent.subscription_details.subscription == made.id


def test_an_item_of_one_subscription_is_not_billed_with_another(shop: stripe.StripeClient) -> None:
    jenny = payer(shop)
    first = subscribe(shop, jenny, price(shop))
    item(shop, jenny, 300, subscription=first.id)
    second = subscribe(shop, jenny, price(shop, 900), expand=["latest_invoice"])
    latest: Any = second.latest_invoice
    assert latest.total == 900


@pytest.mark.parametrize(
    ("sent", "param"),
    [
        pytest.param({"collection_method": "send_invoice"}, "days_until_due", id="sent without a day to pay"),
        pytest.param({"days_until_due": 3}, "days_until_due", id="charged with a day to pay"),
        pytest.param({**SENT, "days_until_due": None, "due_date": 5}, "due_date", id="due in the past"),
        pytest.param({"automatically_finalizes_at": 5}, "automatically_finalizes_at", id="finalised in the past"),
        pytest.param({"subscription": "sub_nobody"}, "subscription", id="of no subscription"),
        pytest.param({"discounts": [{"coupon": "none"}]}, "discounts[0][coupon]", id="of no coupon"),
    ],
)
def test_terms_that_cannot_be_are_refused(shop: stripe.StripeClient, sent: Any, param: str) -> None:
    wanted = {name: value for name, value in sent.items() if value is not None}
    assert refused(shop.v1.invoices.create, {"customer": payer(shop), **wanted}).param == param


def test_an_invoice_is_finalised_to_be_sent_and_may_be_sent_again(mock: Mock, shop: stripe.StripeClient) -> None:
    jenny = payer(shop)
    item(shop, jenny, 700)
    made = make(shop, jenny, pending_invoice_items_behavior="include", **SENT)
    assert made.due_date == made.created + 14 * DAY
    with mock.expect_events("invoice.finalized", "payment_intent.created", "invoice.sent"):
        sent = shop.v1.invoices.send_invoice(made.id)
    assert (sent.status, str(sent.number)[-5:]) == ("open", "-0001")
    with mock.expect_events("invoice.sent"):
        shop.v1.invoices.send_invoice(made.id)


def test_what_is_charged_is_not_sent(shop: stripe.StripeClient) -> None:
    assert "send_invoice" in str(refused(shop.v1.invoices.send_invoice, make(shop, payer(shop)).id))


def test_a_draft_is_deleted_with_its_items(mock: Mock, shop: stripe.StripeClient) -> None:
    jenny = payer(shop)
    item(shop, jenny, 700)
    made = make(shop, jenny, pending_invoice_items_behavior="include")
    with mock.expect_events("invoiceitem.deleted", "invoice.deleted"):
        assert shop.v1.invoices.delete(made.id).deleted is True
    assert refused(shop.v1.invoices.retrieve, made.id).http_status == 404
    assert shop.v1.invoice_items.list({"customer": jenny}).data == []


def test_only_drafts_that_were_made_by_hand_are_deleted(mock: Mock, shop: stripe.StripeClient) -> None:
    jenny = payer(shop)
    open_one = shop.v1.invoices.finalize_invoice(make(shop, jenny).id)
    assert refused(shop.v1.invoices.delete, open_one.id).code == "invoice_not_editable"
    sent = subscribe(shop, jenny, price(shop), **SENT)
    assert "subscription" in str(refused(shop.v1.invoices.delete, str(sent.latest_invoice)))


def test_a_draft_takes_other_terms(shop: stripe.StripeClient) -> None:
    jenny = payer(shop)
    item(shop, jenny, 1000)
    made = make(shop, jenny, pending_invoice_items_behavior="include")
    coupon = shop.v1.coupons.create({"percent_off": 25, "duration": "once"}).id
    wanted: Any = {**SENT, "discounts": [{"coupon": coupon}], "effective_at": made.created - DAY}
    changed = shop.v1.invoices.update(made.id, wanted)
    assert (changed.total, changed.collection_method, changed.due_date) == (
        750,
        "send_invoice",
        made.created + 14 * DAY,
    )
    assert shop.v1.invoices.finalize_invoice(made.id).effective_at == made.created - DAY
    back = refused(shop.v1.invoices.update, made.id, {"collection_method": "charge_automatically"})
    assert (back.code, back.param) == ("invoice_not_editable", "collection_method")


def test_lines_are_added_changed_and_removed(mock: Mock, shop: stripe.StripeClient) -> None:
    jenny = payer(shop)
    made = make(shop, jenny)
    waiting = item(shop, jenny, 700, description="Setting up")
    lines: Any = [{"invoice_item": waiting.id}, {"pricing": {"price": book(shop)}, "quantity": 2}, {"amount": 100}]
    with mock.expect_events("invoiceitem.created", "invoiceitem.created", "invoice.updated"):
        added = shop.v1.invoices.add_lines(made.id, {"lines": lines, "invoice_metadata": {"order": "7"}})
    assert [line.amount for line in added.lines.data] == [700, 3000, 100]
    assert (added.total, added.metadata and added.metadata["order"]) == (3800, "7")
    first, second, third = [line.id for line in added.lines.data]
    changes: Any = [{"id": first, "amount": 800}, {"id": second, "quantity": 3}]
    with mock.expect_events("invoice.updated"):
        changed = shop.v1.invoices.update_lines(made.id, {"lines": changes})
    assert [(line.id, line.amount) for line in changed.lines.data] == [(first, 800), (second, 4500), (third, 100)]
    assert shop.v1.invoice_items.retrieve(waiting.id).amount == 800
    gone: Any = [{"id": first, "behavior": "unassign"}, {"id": second, "behavior": "delete"}]
    with mock.expect_events("invoiceitem.deleted", "invoice.updated"):
        left = shop.v1.invoices.remove_lines(made.id, {"lines": gone})
    assert (left.total, [line.id for line in left.lines.data]) == (100, [third])
    assert [one.id for one in shop.v1.invoice_items.list({"customer": jenny, "pending": True}).data] == [waiting.id]


def test_one_line_is_changed_by_itself(shop: stripe.StripeClient) -> None:
    jenny = payer(shop)
    item(shop, jenny, 700)
    made = make(shop, jenny, pending_invoice_items_behavior="include")
    line = made.lines.data[0].id
    coupon = shop.v1.coupons.create({"amount_off": 200, "currency": "usd", "duration": "once"}).id
    changed = shop.v1.invoices.line_items.update(
        made.id, line, {"description": "Advice", "discounts": [{"coupon": coupon}]}
    )
    assert (changed.id, changed.description) == (line, "Advice")
    assert [one.amount for one in changed.discount_amounts or ()] == [200]
    assert shop.v1.invoices.retrieve(made.id).total == 500


def test_the_amount_of_a_period_stays_as_the_subscription_says(shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop), **SENT)
    draft = shop.v1.invoices.retrieve(str(made.latest_invoice))
    line = draft.lines.data[0].id
    assert refused(shop.v1.invoices.line_items.update, draft.id, line, {"amount": 1}).param == "amount"
    changed = shop.v1.invoices.line_items.update(draft.id, line, {"description": "Your month"})
    assert changed.description == "Your month"


def test_lines_are_fixed_once_the_invoice_is_finalised(shop: stripe.StripeClient) -> None:
    jenny = payer(shop)
    made = shop.v1.invoices.finalize_invoice(make(shop, jenny).id)
    for call in (shop.v1.invoices.add_lines, shop.v1.invoices.update_lines):
        entry: Any = {"lines": [{"amount": 5} if call == shop.v1.invoices.add_lines else {"id": "il_nobody"}]}
        assert refused(call, made.id, entry).code == "invoice_not_editable"


def test_an_item_is_put_on_a_draft_and_the_draft_follows_it(mock: Mock, shop: stripe.StripeClient) -> None:
    jenny = payer(shop)
    draft = make(shop, jenny)
    with mock.expect_events("invoiceitem.created", "invoice.updated"):
        made = item(shop, jenny, 700, invoice=draft.id)
    assert (made.invoice, shop.v1.invoices.retrieve(draft.id).total) == (draft.id, 700)
    shop.v1.invoice_items.update(made.id, {"amount": 900})
    assert shop.v1.invoices.retrieve(draft.id).total == 900
    with mock.expect_events("invoiceitem.deleted", "invoice.updated"):
        shop.v1.invoice_items.delete(made.id)
    assert shop.v1.invoices.retrieve(draft.id).lines.data == []


def test_an_item_is_put_only_on_a_draft_of_its_customer(shop: stripe.StripeClient) -> None:
    jenny, draft = payer(shop), make(shop, payer(shop))
    wanted = {"customer": jenny, "amount": 5, "currency": "usd"}
    assert refused(shop.v1.invoice_items.create, wanted | {"invoice": draft.id}).param == "invoice"
    own = make(shop, jenny, currency="eur")
    assert refused(shop.v1.invoice_items.create, wanted | {"invoice": own.id}).param == "currency"


@pytest.mark.parametrize(
    ("sent", "amount", "unit"),
    [
        pytest.param({"unit_amount_decimal": "0.5", "currency": "usd", "quantity": 3}, 2, "0.5", id="1.5, rounded"),
        pytest.param({"unit_amount_decimal": "250", "currency": "usd"}, 250, "250", id="one unit"),
    ],
)
def test_an_item_may_cost_an_amount_for_each_unit(shop: stripe.StripeClient, sent: Any, amount: int, unit: str) -> None:
    params: Any = {"customer": payer(shop), **sent}
    made = shop.v1.invoice_items.create(params)
    assert made.amount == amount
    assert made.pricing is not None
    assert str(made.pricing.unit_amount_decimal) == unit


def test_an_item_may_have_a_price_of_its_own(shop: stripe.StripeClient) -> None:
    product = shop.v1.products.create({"name": "Book"}).id
    data: Any = {"currency": "usd", "product": product, "unit_amount": 400}
    made = shop.v1.invoice_items.create({"customer": payer(shop), "price_data": data, "quantity": 2})
    assert made.amount == 800
    assert made.pricing is not None
    assert made.pricing.price_details is not None
    assert shop.v1.prices.retrieve(str(made.pricing.price_details.price)).active is False


def test_a_proration_cannot_be_repriced(shop: stripe.StripeClient) -> None:
    jenny = payer(shop)
    made = subscribe(shop, jenny, price(shop))
    change(shop, made, items=[{"id": item_of(made).id, "quantity": 2}])
    waiting = shop.v1.invoice_items.list({"customer": jenny, "pending": True}).data[0]
    assert refused(shop.v1.invoice_items.update, waiting.id, {"amount": 1}).param == "amount"
    assert shop.v1.invoice_items.update(waiting.id, {"description": "More seats"}).description == "More seats"


def test_the_price_of_a_line_needs_a_product(shop: stripe.StripeClient) -> None:
    draft = make(shop, payer(shop))
    lines: Any = {"lines": [{"price_data": {"currency": "usd", "unit_amount": 500}}]}
    problem = refused(shop.v1.invoices.add_lines, draft.id, lines)
    assert (problem.code, problem.param) == ("parameter_missing", "lines[0][price_data][product]")


def test_the_draft_of_a_deleted_customer_stays_a_draft(mock: Mock, shop: stripe.StripeClient) -> None:
    jenny = payer(shop)
    item(shop, jenny, 700)
    draft = make(shop, jenny, auto_advance=True, pending_invoice_items_behavior="include")
    with mock.expect_events("invoice.updated", "payment_method.detached", "customer.deleted"):
        shop.v1.customers.delete(jenny)
    with mock.expect_events():
        mock.clock.advance(2 * DAY)
    now = shop.v1.invoices.retrieve(draft.id)
    assert (now.status, now.auto_advance, now.automatically_finalizes_at) == ("draft", False, None)
