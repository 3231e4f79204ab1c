"""Invoices, from the draft to the payment."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from mock_server.testing import Mock

from .sales import DAY, HOUR, change, intent_of, invoice_of, item_of, payer, price, subscribe

SETTLED = (
    "charge.succeeded",
    "payment_intent.succeeded",
    "payment_method.attached",
    "invoice.updated",
    "invoice.paid",
    "invoice.payment_succeeded",
    "invoice_payment.paid",
    "customer.subscription.updated",
)


@pytest.fixture
def unpaid(shop: stripe.StripeClient) -> stripe.Invoice:
    """An open invoice of 20 dollars, whose first payment was declined."""
    return invoice_of(shop, subscribe(shop, payer(shop, "pm_card_chargeCustomerFail"), price(shop)))


def now(shop: stripe.StripeClient, invoice: stripe.Invoice) -> stripe.Invoice:
    """The invoice as it is now."""
    return shop.v1.invoices.retrieve(invoice.id)


def paying_is_refused(shop: stripe.StripeClient, invoice: stripe.Invoice, **sent: Any) -> stripe.StripeError:
    """The error that such a payment is answered with."""
    params: Any = sent
    with pytest.raises(stripe.StripeError) as refused:
        shop.v1.invoices.pay(invoice.id, params)
    return refused.value


def test_an_open_invoice_is_paid_with_another_card(
    mock: Mock, shop: stripe.StripeClient, unpaid: stripe.Invoice
) -> None:
    with mock.expect_events("payment_method.attached", *(kind for kind in SETTLED if "attached" not in kind)):
        paid = shop.v1.invoices.pay(unpaid.id, {"payment_method": "pm_card_visa"})
    assert (paid.status, paid.amount_paid, paid.attempt_count) == ("paid", 2000, 1), "attempts by hand do not count"
    assert paid.status_transitions.paid_at is not None
    subscription = paid.parent.subscription_details.subscription if paid.parent else None
    assert shop.v1.subscriptions.retrieve(str(subscription)).status == "active"


def test_a_declined_payment_is_an_error_and_stays_recorded(
    mock: Mock, shop: stripe.StripeClient, unpaid: stripe.Invoice
) -> None:
    with mock.expect_events("charge.failed", "payment_intent.payment_failed", "invoice.payment_failed"):
        declined = paying_is_refused(shop, unpaid)
    assert isinstance(declined, stripe.CardError)
    assert (declined.http_status, declined.code) == (402, "card_declined")
    assert (now(shop, unpaid).status, now(shop, unpaid).attempt_count) == ("open", 1)
    assert [charge.status for charge in shop.v1.charges.list().data] == ["failed", "failed"]


def test_a_paid_invoice_is_paid_once(shop: stripe.StripeClient) -> None:
    paid = invoice_of(shop, subscribe(shop, payer(shop), price(shop)))
    assert str(paying_is_refused(shop, paid)).endswith("Invoice is already paid")


def test_without_a_payment_method_nothing_can_be_paid(shop: stripe.StripeClient) -> None:
    jenny = payer(shop, None)
    made = subscribe(shop, jenny, price(shop), payment_behavior="default_incomplete")
    assert paying_is_refused(shop, invoice_of(shop, made)).code == "resource_missing"


def test_an_invoices_own_method_comes_first(shop: stripe.StripeClient, unpaid: stripe.Invoice) -> None:
    shop.v1.invoices.update(unpaid.id, {"default_payment_method": "pm_card_mastercard"})
    paid = shop.v1.invoices.pay(unpaid.id)
    assert intent_of(shop, paid).payment_method == paid.default_payment_method


def test_a_method_of_somebody_else_is_refused(shop: stripe.StripeClient, unpaid: stripe.Invoice) -> None:
    other = shop.v1.payment_methods.attach("pm_card_visa", {"customer": payer(shop, None)}).id
    refused = paying_is_refused(shop, unpaid, payment_method=other)
    assert isinstance(refused, stripe.InvalidRequestError)
    assert refused.param == "payment_method"


def test_it_may_be_paid_outside_of_stripe(mock: Mock, shop: stripe.StripeClient, unpaid: stripe.Invoice) -> None:
    with mock.expect_events(
        "payment_intent.canceled", "invoice.updated", "invoice.paid", "customer.subscription.updated"
    ):
        paid = shop.v1.invoices.pay(unpaid.id, {"paid_out_of_band": True})
    assert (paid.status, paid.amount_paid, paid.amount_paid_off_stripe) == ("paid", 2000, 2000)
    assert [one.status for one in shop.v1.invoice_payments.list({"invoice": unpaid.id}).data] == ["canceled"]


def test_a_void_invoice_is_over(mock: Mock, shop: stripe.StripeClient, unpaid: stripe.Invoice) -> None:
    with mock.expect_events("invoice.voided", "payment_intent.canceled"):
        voided = shop.v1.invoices.void_invoice(unpaid.id)
    assert (voided.status, voided.auto_advance) == ("void", False)
    assert voided.status_transitions.voided_at is not None
    assert "void" in str(paying_is_refused(shop, unpaid))


def test_a_void_invoice_gives_the_balance_back(shop: stripe.StripeClient) -> None:
    jenny = payer(shop, "pm_card_chargeCustomerFail", balance=-500)
    made = subscribe(shop, jenny, price(shop))
    assert shop.v1.customers.retrieve(jenny).balance == 0
    shop.v1.invoices.void_invoice(invoice_of(shop, made).id)
    assert shop.v1.customers.retrieve(jenny).balance == -500


def test_bad_debt_can_still_be_paid(mock: Mock, shop: stripe.StripeClient, unpaid: stripe.Invoice) -> None:
    with mock.expect_events("invoice.marked_uncollectible"):
        assert shop.v1.invoices.mark_uncollectible(unpaid.id).status == "uncollectible"
    assert shop.v1.invoices.pay(unpaid.id, {"payment_method": "pm_card_visa"}).status == "paid"


def test_numbers_count_for_each_customer(shop: stripe.StripeClient) -> None:
    jenny, gold = payer(shop, invoice_prefix="JENNY"), price(shop)
    numbers = [invoice_of(shop, subscribe(shop, jenny, gold)).number for _ in range(2)]
    assert numbers == ["JENNY-0001", "JENNY-0002"]
    assert shop.v1.customers.retrieve(jenny).next_invoice_sequence == 3


def test_an_invoice_keeps_what_was_on_record_about_the_customer(shop: stripe.StripeClient) -> None:
    jenny = payer(
        shop, name="Jenny", address={"country": "DE"}, tax_id_data=[{"type": "eu_vat", "value": "DE123456789"}]
    )
    invoice = invoice_of(shop, subscribe(shop, jenny, price(shop)))
    shop.v1.customers.update(jenny, {"name": "Jane"})
    kept = now(shop, invoice)
    assert (kept.customer_name, kept.customer_email) == ("Jenny", "jenny@example.com")
    assert kept.customer_address is not None
    assert kept.customer_address.country == "DE"
    assert kept.customer_tax_ids is not None
    assert [(one.type, one.value) for one in kept.customer_tax_ids] == [("eu_vat", "DE123456789")]


def test_its_payments_and_secret_are_there_when_asked_for(shop: stripe.StripeClient, unpaid: stripe.Invoice) -> None:
    shown = shop.v1.invoices.retrieve(unpaid.id, {"expand": ["payments", "confirmation_secret"]})
    assert shown.payments is not None
    assert shown.confirmation_secret is not None
    (payment,) = shown.payments.data
    assert (payment.status, payment.amount_requested, payment.is_default) == ("open", 2000, True)
    assert shown.confirmation_secret.client_secret == intent_of(shop, unpaid).client_secret
    assert "confirmation_secret" not in unpaid


def test_its_lines_are_listed_in_pages(shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop, 100), price(shop, 200), price(shop, 300))
    invoice = invoice_of(shop, made)
    first = shop.v1.invoices.line_items.list(invoice.id, {"limit": 2})
    assert ([line.amount for line in first.data], first.has_more) == ([100, 200], True)
    assert [line.amount for line in first.auto_paging_iter()] == [100, 200, 300]
    shown = shop.v1.invoices.line_items.list(invoice.id, {"expand": ["data.pricing.price_details.price"]})
    pricing = shown.data[0].pricing
    assert pricing is not None
    assert pricing.price_details is not None
    assert isinstance(pricing.price_details.price, stripe.Price)
    with pytest.raises(stripe.InvalidRequestError):
        shop.v1.invoices.line_items.list(invoice.id, {"starting_after": "il_nobody"})


def test_lists_filter_by_what_invoices_are(shop: stripe.StripeClient, unpaid: stripe.Invoice) -> None:
    jenny = payer(shop)
    paid = subscribe(shop, jenny, price(shop))
    sent = subscribe(shop, jenny, price(shop), collection_method="send_invoice", days_until_due=9)

    def found(**asked: Any) -> set[str]:
        params: Any = asked
        return {invoice.id for invoice in shop.v1.invoices.list(params).data}

    assert found(status="open") == {unpaid.id}
    assert found(subscription=paid.id) == {paid.latest_invoice}
    assert found(customer=jenny) == {paid.latest_invoice, sent.latest_invoice}
    assert found(collection_method="send_invoice") == {sent.latest_invoice}
    assert found(due_date={"gt": sent.created + 8 * DAY}) == {sent.latest_invoice}


def test_a_draft_can_be_described(mock: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop), collection_method="send_invoice", days_until_due=9)
    with mock.expect_events("invoice.updated"):
        changed = shop.v1.invoices.update(str(made.latest_invoice), {"footer": "Thanks", "metadata": {"a": "b"}})
    assert (changed.footer, changed.metadata and changed.metadata["a"]) == ("Thanks", "b")


def test_a_finalised_invoice_can_only_be_annotated(shop: stripe.StripeClient, unpaid: stripe.Invoice) -> None:
    assert shop.v1.invoices.update(unpaid.id, {"metadata": {"a": "b"}}).status == "open"
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.invoices.update(unpaid.id, {"footer": "Thanks"})
    assert (refused.value.code, refused.value.param) == ("invoice_not_editable", "footer")


def test_a_draft_is_not_finalised_by_itself_where_that_is_turned_off(mock: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop), collection_method="send_invoice", days_until_due=9)
    shop.v1.invoices.update(str(made.latest_invoice), {"auto_advance": False})
    mock.clock.advance(2 * HOUR)
    assert invoice_of(shop, made).status == "draft"
    with mock.expect_events("invoice.finalized", "payment_intent.created"):
        shop.v1.invoices.finalize_invoice(str(made.latest_invoice))
    with pytest.raises(stripe.InvalidRequestError):
        shop.v1.invoices.finalize_invoice(str(made.latest_invoice))


def test_an_amount_too_small_to_charge_is_carried_over(shop: stripe.StripeClient) -> None:
    jenny = payer(shop)
    invoice = invoice_of(shop, subscribe(shop, jenny, price(shop, 30)))
    assert (invoice.status, invoice.total, invoice.amount_due) == ("paid", 30, 0)
    assert shop.v1.customers.retrieve(jenny).balance == 30


def test_invoices_of_several_subscriptions_do_not_mix(mock: Mock, shop: stripe.StripeClient) -> None:
    mock.clock.to("2031-04-01")
    jenny = payer(shop)
    first, second = subscribe(shop, jenny, price(shop, 3000)), subscribe(shop, jenny, price(shop, 900))
    change(shop, first, items=[{"id": item_of(first).id, "quantity": 2}])
    mock.clock.to("2031-05-01T02:00")
    assert invoice_of(shop, first).total == 6000 + 3000
    assert invoice_of(shop, second).total == 900


def test_a_payment_that_the_bank_wants_confirmed_says_so(shop: stripe.StripeClient, unpaid: stripe.Invoice) -> None:
    challenged = "pm_card_authenticationRequired"
    refused = paying_is_refused(shop, unpaid, payment_method=challenged, off_session=False)
    assert (refused.http_status, refused.code) == (402, "invoice_payment_intent_requires_action")
    assert intent_of(shop, unpaid).status == "requires_action"
    assert paying_is_refused(shop, unpaid, payment_method=challenged).code == "authentication_required"


def test_an_invoice_carries_the_words_of_its_subscription_or_customer(shop: stripe.StripeClient) -> None:
    jenny = payer(shop, None, invoice_settings={"footer": "Thanks"})
    settings = {"description": "Your plan", "custom_fields": [{"name": "Order", "value": "7"}]}
    made = subscribe(shop, jenny, price(shop, 0), invoice_settings=settings)
    invoice = invoice_of(shop, made)
    assert (invoice.footer, invoice.description) == ("Thanks", "Your plan")
    assert invoice.custom_fields is not None
    assert invoice.custom_fields[0].value == "7"


def test_a_method_that_was_detached_pays_no_more(shop: stripe.StripeClient, unpaid: stripe.Invoice) -> None:
    chosen = shop.v1.invoices.update(unpaid.id, {"default_payment_method": "pm_card_mastercard"})
    shop.v1.payment_methods.detach(str(chosen.default_payment_method))
    assert paying_is_refused(shop, unpaid).code == "card_declined", "the customer's own card is asked instead"
