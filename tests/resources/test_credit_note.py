"""Credit notes: on open invoices they lower what is due, on paid ones they give something back."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from mock_server.testing import Mock

from .sales import intent_of, invoice_of, payer, price, subscribe

Amounts = tuple[int, int, int]


def paid(shop: stripe.StripeClient, amount: int = 2000, **sent: Any) -> stripe.Invoice:
    """An invoice of one line that was paid by card."""
    return invoice_of(shop, subscribe(shop, payer(shop), price(shop, amount), **sent))


def unpaid(shop: stripe.StripeClient, amount: int = 2000) -> stripe.Invoice:
    """An invoice of one line that is open."""
    return invoice_of(shop, subscribe(shop, payer(shop, "pm_card_chargeCustomerFail"), price(shop, amount)))


def credit(shop: stripe.StripeClient, invoice: stripe.Invoice, **sent: Any) -> stripe.CreditNote:
    """A credit note for it."""
    params: Any = {"invoice": invoice.id, **sent}
    return shop.v1.credit_notes.create(params)


def amounts(shop: stripe.StripeClient, invoice: stripe.Invoice) -> Amounts:
    """What is due, paid and remaining now, which always fit one another."""
    now = shop.v1.invoices.retrieve(invoice.id)
    assert now.amount_due == now.amount_paid + now.amount_remaining
    return now.amount_due, now.amount_paid, now.amount_remaining


def whole_line(invoice: stripe.Invoice, **sent: Any) -> list[dict[str, Any]]:
    """Its first line, or the part of it that `sent` says."""
    return [{"type": "invoice_line_item", "invoice_line_item": invoice.lines.data[0].id, **sent}]


def test_an_open_invoice_becomes_smaller(mock: Mock, shop: stripe.StripeClient) -> None:
    invoice = unpaid(shop)
    with mock.expect_events("credit_note.created", "invoice.updated"):
        note = credit(shop, invoice, amount=500, reason="order_change", memo="Late", metadata={"a": "1"})
    assert (note.type, note.pre_payment_amount, note.post_payment_amount) == ("pre_payment", 500, 0)
    assert (note.number, note.status, note.total) == (f"{invoice.number}-CN-01", "issued", 500)
    assert amounts(shop, invoice) == (1500, 0, 1500)
    assert intent_of(shop, invoice).amount == 1500
    assert shop.v1.invoices.retrieve(invoice.id).pre_payment_credit_notes_amount == 500
    assert shop.v1.invoices.pay(invoice.id, {"payment_method": "pm_card_visa"}).amount_paid == 1500


def test_an_open_invoice_that_is_credited_in_full_is_paid(mock: Mock, shop: stripe.StripeClient) -> None:
    invoice = unpaid(shop)
    credit(shop, invoice, lines=whole_line(invoice))
    now = shop.v1.invoices.retrieve(invoice.id)
    assert (now.status, amounts(shop, invoice)) == ("paid", (0, 0, 0))
    assert intent_of(shop, invoice).status == "canceled"
    assert "invoice.paid" in [event.type for event in mock.events]


def test_what_was_paid_is_refunded_credited_or_given_otherwise(mock: Mock, shop: stripe.StripeClient) -> None:
    invoice = paid(shop)
    with mock.expect_events("refund.created", "charge.refunded", "credit_note.created", "invoice.updated"):
        note = credit(shop, invoice, amount=1000, refund_amount=600, credit_amount=300, out_of_band_amount=100)
    assert (note.type, note.post_payment_amount, note.out_of_band_amount) == ("post_payment", 1000, 100)
    (refunded,) = note.refunds
    assert refunded.amount_refunded == 600
    assert shop.v1.refunds.retrieve(str(refunded.refund)).amount == 600
    customer = str(invoice.customer)
    entry = shop.v1.customers.balance_transactions.retrieve(customer, str(note.customer_balance_transaction))
    assert (entry.type, entry.amount, entry.credit_note) == ("credit_note", -300, note.id)
    assert shop.v1.customers.retrieve(customer).balance == -300
    assert amounts(shop, invoice) == (2000, 2000, 0)
    assert shop.v1.invoices.retrieve(invoice.id).post_payment_credit_notes_amount == 1000


def test_an_earlier_refund_can_be_part_of_it(shop: stripe.StripeClient) -> None:
    invoice = paid(shop)
    made = shop.v1.refunds.create({"payment_intent": intent_of(shop, invoice).id, "amount": 700})
    note = credit(shop, invoice, amount=700, refunds=[{"refund": made.id, "amount_refunded": 700}])
    assert [one.refund for one in note.refunds] == [made.id]
    assert len(shop.v1.refunds.list().data) == 1


def test_a_part_of_a_line_takes_its_part_of_the_discount(shop: stripe.StripeClient) -> None:
    coupon = shop.v1.coupons.create({"percent_off": 25, "duration": "once"}).id
    invoice = paid(shop, 1000, discounts=[{"coupon": coupon}])
    note = credit(shop, invoice, lines=whole_line(invoice, amount=400), credit_amount=300)
    assert (note.subtotal, note.discount_amount, note.total) == (400, 100, 300)
    assert [one.amount for one in note.discount_amounts] == [100]
    assert note.lines.data[0].discount_amount == 100


def test_some_of_the_units_of_a_line_are_credited(shop: stripe.StripeClient) -> None:
    items: Any = [{"price": price(shop, 700), "quantity": 3}]
    made = shop.v1.subscriptions.create({"customer": payer(shop), "items": items})
    invoice = invoice_of(shop, made)
    note = credit(shop, invoice, lines=whole_line(invoice, quantity=2), credit_amount=1400)
    assert (note.total, note.lines.data[0].quantity) == (1400, 2)


def test_a_line_of_its_own_has_words_and_units(shop: stripe.StripeClient) -> None:
    own: Any = [{"type": "custom_line_item", "description": "Patience", "unit_amount": 150, "quantity": 2}]
    note = credit(shop, paid(shop), lines=own, credit_amount=300)
    (line,) = note.lines.data
    assert (line.amount, line.description, line.unit_amount_decimal) == (300, "Patience", 150)
    assert [one.id for one in shop.v1.credit_notes.line_items.list(note.id).data] == [line.id]


def test_a_preview_is_what_is_made(mock: Mock, shop: stripe.StripeClient) -> None:
    invoice = paid(shop)
    sent: Any = {"invoice": invoice.id, "lines": whole_line(invoice, amount=500), "refund_amount": 500}
    with mock.expect_events():
        preview = shop.v1.credit_notes.preview(sent)
        assert [one.amount for one in shop.v1.credit_notes.preview_lines.list(sent).data] == [500]
    assert shop.v1.credit_notes.list().data == []
    assert shop.v1.refunds.list().data == []
    made = shop.v1.credit_notes.create(sent)
    same = ("number", "total", "type", "post_payment_amount", "subtotal")
    assert [preview[name] for name in same] == [made[name] for name in same]


def test_one_that_gave_nothing_back_can_be_voided(mock: Mock, shop: stripe.StripeClient) -> None:
    invoice = unpaid(shop)
    note = credit(shop, invoice, amount=500)
    with mock.expect_events("credit_note.voided", "invoice.updated"):
        voided = shop.v1.credit_notes.void_credit_note(note.id)
    assert voided.status == "void"
    assert voided.voided_at is not None
    assert amounts(shop, invoice) == (2000, 0, 2000)
    assert intent_of(shop, invoice).amount == 2000
    with pytest.raises(stripe.InvalidRequestError, match="can be voided"):
        shop.v1.credit_notes.void_credit_note(note.id)


def test_one_that_gave_something_back_stays(shop: stripe.StripeClient) -> None:
    note = credit(shop, paid(shop), amount=500, credit_amount=500)
    with pytest.raises(stripe.InvalidRequestError, match="can be voided"):
        shop.v1.credit_notes.void_credit_note(note.id)


def test_no_more_is_credited_than_was_invoiced(shop: stripe.StripeClient) -> None:
    invoice = paid(shop)
    credit(shop, invoice, amount=1500, credit_amount=1500)
    with pytest.raises(stripe.InvalidRequestError, match=r"left of the invoice \(\$5.00\)") as refused:
        credit(shop, invoice, amount=501, credit_amount=501)
    assert refused.value.param == "amount"
    assert credit(shop, invoice, amount=500, credit_amount=500).number.endswith("-CN-02")


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        pytest.param({}, "amount", id="how much?"),
        pytest.param({"amount": 500}, r"\(0\) must equal .* \(500\)", id="paid, and nothing given back"),
        pytest.param({"amount": 500, "credit_amount": 501}, r"\(501\) must equal", id="more given back"),
        pytest.param({"amount": 0}, "more than nothing", id="nothing"),
        pytest.param(
            {"amount": 1, "lines": [{"type": "custom_line_item", "description": "x", "unit_amount": 2}]},
            "come to 2",
            id="lines of another sum",
        ),
        pytest.param(
            {"lines": [{"type": "invoice_line_item", "invoice_line_item": "il_none"}]}, "No such", id="no such line"
        ),
        pytest.param({"lines": [{"type": "custom_line_item", "unit_amount": 2}]}, "description", id="without words"),
    ],
)
def test_what_does_not_add_up_is_refused(mock: Mock, shop: stripe.StripeClient, sent: Any, words: str) -> None:
    invoice = paid(shop)
    with mock.expect_events(), pytest.raises(stripe.InvalidRequestError, match=words):
        credit(shop, invoice, **sent)
    assert amounts(shop, invoice) == (2000, 2000, 0)


def test_a_draft_or_void_invoice_is_not_credited(shop: stripe.StripeClient) -> None:
    invoice = unpaid(shop)
    shop.v1.invoices.void_invoice(invoice.id)
    with pytest.raises(stripe.InvalidRequestError, match="void") as refused:
        credit(shop, invoice, amount=100)
    assert refused.value.param == "invoice"


def test_only_memo_and_metadata_change(mock: Mock, shop: stripe.StripeClient) -> None:
    note = credit(shop, unpaid(shop), amount=100)
    with mock.expect_events("credit_note.updated"):
        assert shop.v1.credit_notes.update(note.id, {"memo": "Sorry"}).memo == "Sorry"


def test_a_line_of_nothing_is_credited_with_the_others(shop: stripe.StripeClient) -> None:
    jenny = payer(shop)
    coupon = shop.v1.coupons.create({"percent_off": 10, "duration": "once"}).id
    rate = shop.v1.tax_rates.create({"display_name": "VAT", "percentage": 20, "inclusive": False}).id
    made = subscribe(
        shop, jenny, price(shop, 0), price(shop, 1000), discounts=[{"coupon": coupon}], default_tax_rates=[rate]
    )
    invoice = invoice_of(shop, made)
    lines = [{"type": "invoice_line_item", "invoice_line_item": line.id, "quantity": 1} for line in invoice.lines.data]
    note = credit(shop, invoice, lines=lines, out_of_band_amount=1080)
    assert sorted(line.amount for line in note.lines.data) == [0, 1000]
    assert (note.subtotal, note.discount_amount, note.total) == (1000, 100, 1080)
