"""No amount is ever lost between lines, discounts, tax, balance, payments and credit notes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
import stripe
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .sales import payer

PERCENTAGES = st.integers(0, 300_000).map(lambda number: f"{number / 10_000:.4f}")


@dataclass(frozen=True)
class Order:
    """What an invoice is made of. off: the coupon.  taxes: percentage and whether it is inclusive."""

    currency: str
    amounts: list[int]
    off: dict[str, Any] | None
    taxes: list[tuple[str, bool]]
    balance: int


def orders() -> st.SearchStrategy[Order]:
    """Orders in currencies with 0, 2 and 3 decimals."""
    return st.builds(
        Order,
        st.sampled_from(("jpy", "usd", "kwd")),
        st.lists(st.integers(-3000, 9000), min_size=1, max_size=4),
        st.none()
        | st.builds(lambda share: {"percent_off": share}, st.integers(1, 100))
        | st.builds(lambda amount: {"amount_off": amount}, st.integers(1, 5000)),
        st.lists(st.tuples(PERCENTAGES, st.booleans()), max_size=2),
        st.integers(-4000, 4000),
    )


def invoice_for(shop: stripe.StripeClient, order: Order) -> stripe.Invoice:
    """A finalised invoice."""
    jenny = payer(shop)
    if order.balance:
        entry: Any = {"amount": order.balance, "currency": order.currency}
        shop.v1.customers.balance_transactions.create(jenny, entry)
    for amount in order.amounts:
        shop.v1.invoice_items.create({"customer": jenny, "amount": amount, "currency": order.currency})
    sent: Any = {"customer": jenny, "currency": order.currency, "pending_invoice_items_behavior": "include"}
    if order.off:
        own = {"currency": order.currency} if "amount_off" in order.off else {}
        sent["discounts"] = [{"coupon": shop.v1.coupons.create({**order.off, **own}).id}]  # type: ignore[typeddict-item]
    sent["default_tax_rates"] = [
        shop.v1.tax_rates.create({"display_name": "VAT", "percentage": float(percentage), "inclusive": inclusive}).id
        for percentage, inclusive in order.taxes
    ]
    return shop.v1.invoices.finalize_invoice(shop.v1.invoices.create(sent).id)


def off(line: stripe.InvoiceLineItem) -> int:
    """What discounts take off a line."""
    return sum(one.amount for one in line.discount_amounts or [])


def tax(line: stripe.InvoiceLineItem | stripe.Invoice, behavior: str) -> int:
    """The taxes of a line, or of all lines, that are added or contained."""
    listed: Any = line["total_taxes" if line["object"] == "invoice" else "taxes"]
    return sum(one["amount"] for one in listed if one["tax_behavior"] == behavior)


def check_lines(invoice: stripe.Invoice) -> None:
    """Totals are the sums of the lines, and no discount takes more than there is."""
    lines = invoice.lines.data
    assert invoice.subtotal == sum(line.amount for line in lines)
    assert all(0 <= off(line) <= max(line.amount, 0) for line in lines)
    assert sum(one.amount for one in invoice.total_discount_amounts or []) == sum(map(off, lines))
    for behavior in ("exclusive", "inclusive"):
        assert tax(invoice, behavior) == sum(tax(line, behavior) for line in lines)
    assert invoice.total == invoice.subtotal - sum(map(off, lines)) + tax(invoice, "exclusive")
    assert invoice.total_excluding_tax == invoice.total - tax(invoice, "exclusive") - tax(invoice, "inclusive")


def check_balance(shop: stripe.StripeClient, invoice: stripe.Invoice) -> None:
    """What is not to be paid went to the balance, and the ledger says so entry by entry."""
    assert invoice.ending_balance is not None
    assert invoice.amount_due == invoice.total + invoice.starting_balance - invoice.ending_balance
    customer = str(invoice.customer)
    assert shop.v1.customers.retrieve(customer).balance == invoice.ending_balance
    entries = shop.v1.customers.balance_transactions.list(customer).data
    assert sum(entry.amount for entry in entries) == invoice.ending_balance
    own = sum(entry.amount for entry in entries if entry.invoice == invoice.id)
    assert own == invoice.ending_balance - invoice.starting_balance


@given(order=orders())
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_amount_is_lost_on_an_invoice(shop: stripe.StripeClient, order: Order) -> None:
    invoice = invoice_for(shop, order)
    check_lines(invoice)
    check_balance(shop, invoice)
    assert invoice.amount_due == invoice.amount_paid + invoice.amount_remaining
    if invoice.amount_due:
        paid = shop.v1.invoices.pay(invoice.id)
        newest = shop.v1.charges.list({"customer": str(invoice.customer)}).data[0]
        assert (paid.amount_paid, paid.amount_remaining, newest.amount) == (invoice.amount_due, 0, invoice.amount_due)


@given(order=orders(), shares=st.lists(st.integers(1, 99), min_size=1, max_size=3))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_credit_notes_never_give_back_more_than_was_invoiced(
    shop: stripe.StripeClient, order: Order, shares: list[int]
) -> None:
    """Parts of lines are credited until Stripe refuses; all of them together stay within the invoice."""
    invoice = invoice_for(shop, order)
    if invoice.amount_due == 0:
        return
    credited = 0
    for share in shares:
        lines: Any = [
            {"type": "invoice_line_item", "invoice_line_item": line.id, "amount": line.amount * share // 100}
            for line in invoice.lines.data
            if line.amount * share // 100 > 0
        ]
        if not lines:
            continue
        try:
            note = shop.v1.credit_notes.create({"invoice": invoice.id, "lines": lines})
        except stripe.InvalidRequestError:
            continue
        assert note.total == note.subtotal - note.discount_amount + sum(
            one.amount for one in note.total_taxes or [] if one.tax_behavior == "exclusive"
        )
        credited += note.total
        now = shop.v1.invoices.retrieve(invoice.id)
        assert now.amount_remaining == invoice.amount_due - credited >= 0
        assert now.pre_payment_credit_notes_amount == credited <= invoice.total


@pytest.mark.parametrize("currency", ["jpy", "usd", "kwd"])
def test_a_discount_of_an_amount_is_spread_without_a_rest(shop: stripe.StripeClient, currency: str) -> None:
    """100 off three equal lines: 34, 33 and 33."""
    invoice = invoice_for(shop, Order(currency, [1000, 1000, 1000], {"amount_off": 100}, [("10", False)], 0))
    assert sorted(map(off, invoice.lines.data)) == [33, 33, 34]
    assert invoice.total == 3191, "2900, and a tenth of each line: 96.6, 96.7 and 96.7 are 97 each"
