"""The ledger of a customer's balance."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from mock_server.testing import Mock

from .sales import DAY, change, invoice_of, item_of, payer, price, subscribe

Entry = tuple[str, int, int]


def ledger(shop: stripe.StripeClient, customer: str) -> list[Entry]:
    """Type, amount and ending balance of every entry, oldest first; they lead to the present balance."""
    entries = shop.v1.customers.balance_transactions.list(customer).data[::-1]
    assert sum(entry.amount for entry in entries) == shop.v1.customers.retrieve(customer).balance
    return [(entry.type, entry.amount, entry.ending_balance) for entry in entries]


def credit(shop: stripe.StripeClient, customer: str, amount: int, **sent: Any) -> stripe.CustomerBalanceTransaction:
    """An entry made by hand."""
    params: Any = {"amount": amount, "currency": "usd", **sent}
    return shop.v1.customers.balance_transactions.create(customer, params)


def test_every_change_of_a_balance_is_an_entry(mock: Mock, shop: stripe.StripeClient) -> None:
    jenny = payer(shop, balance=300)
    with mock.expect_events("customer.updated"):
        made = credit(shop, jenny, -500, description="Sorry", metadata={"ticket": "7"})
    shop.v1.customers.update(jenny, {"balance": -50})
    shop.v1.customers.update(jenny, {"name": "Jenny"})
    assert (made.description, made["metadata"]["ticket"], made.currency) == ("Sorry", "7", "usd")
    assert ledger(shop, jenny) == [("initial", 300, 300), ("adjustment", -500, -200), ("adjustment", 150, -50)]


def test_an_invoice_takes_credit_and_debt(shop: stripe.StripeClient) -> None:
    jenny = payer(shop)
    credit(shop, jenny, -500)
    paid = invoice_of(shop, subscribe(shop, jenny, price(shop, 2000)))
    assert (paid.starting_balance, paid.amount_due, paid.ending_balance) == (-500, 1500, 0)
    credit(shop, jenny, 300)
    dearer = invoice_of(shop, subscribe(shop, jenny, price(shop, 1000)))
    assert (dearer.starting_balance, dearer.amount_due, dearer.ending_balance) == (300, 1300, 0)
    assert ledger(shop, jenny)[1::2] == [("applied_to_invoice", 500, 0), ("applied_to_invoice", -300, 0)]


def test_credit_that_is_left_stays(shop: stripe.StripeClient) -> None:
    jenny = payer(shop)
    credit(shop, jenny, -5000)
    paid = invoice_of(shop, subscribe(shop, jenny, price(shop, 2000)))
    assert (paid.status, paid.amount_due, paid.ending_balance) == ("paid", 0, -3000)
    assert ledger(shop, jenny)[-1] == ("applied_to_invoice", 2000, -3000)
    found = shop.v1.customers.balance_transactions.list(jenny, {"invoice": paid.id}).data
    assert [entry.amount for entry in found] == [2000]


def test_too_small_an_invoice_is_owed_later(shop: stripe.StripeClient) -> None:
    jenny = payer(shop)
    small = invoice_of(shop, subscribe(shop, jenny, price(shop, 30)))
    assert (small.status, small.amount_due, small.ending_balance) == ("paid", 0, 30)
    assert ledger(shop, jenny) == [("invoice_too_small", 30, 30)]


def test_credit_that_leaves_too_little_to_charge_is_used_first(shop: stripe.StripeClient) -> None:
    jenny = payer(shop)
    credit(shop, jenny, -1970)
    subscribe(shop, jenny, price(shop, 2000))
    assert ledger(shop, jenny)[1:] == [("applied_to_invoice", 1970, 0), ("invoice_too_small", 30, 30)]


def test_a_negative_invoice_becomes_credit(mock: Mock, shop: stripe.StripeClient) -> None:
    mock.clock.to("2031-04-01")
    jenny = payer(shop)
    made = subscribe(shop, jenny, price(shop, 3000))
    mock.clock.advance(10 * DAY)
    cheaper: Any = [{"id": item_of(made).id, "price": price(shop, 600)}]
    change(shop, made, items=cheaper, proration_behavior="always_invoice", proration_date=mock.clock.now)
    found = ledger(shop, jenny)
    negative = invoice_of(shop, made)
    assert (negative.status, negative.amount_due, negative.ending_balance) == ("paid", 0, negative.total)
    assert found == [("applied_to_invoice", negative.total, negative.total)]
    assert -1601 <= negative.total <= -1599, "(600 - 3000) * 20/30, give or take the second in which it happened"


def test_a_void_invoice_gives_credit_back(shop: stripe.StripeClient) -> None:
    jenny = payer(shop, "pm_card_chargeCustomerFail")
    credit(shop, jenny, -500)
    left = invoice_of(shop, subscribe(shop, jenny, price(shop, 2000)))
    shop.v1.invoices.void_invoice(left.id)
    assert ledger(shop, jenny)[1:] == [("applied_to_invoice", 500, 0), ("unapplied_from_invoice", -500, -500)]


def test_an_entry_of_another_customer_is_not_found(shop: stripe.StripeClient) -> None:
    made = credit(shop, payer(shop), -500)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.customers.balance_transactions.retrieve(payer(shop), made.id)
    assert refused.value.code == "resource_missing"


def test_a_balance_is_kept_in_one_currency(shop: stripe.StripeClient) -> None:
    jenny = payer(shop)
    credit(shop, jenny, -500)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        credit(shop, jenny, -500, currency="eur")
    assert refused.value.param == "currency"
    assert len(ledger(shop, jenny)) == 1


def test_only_the_words_of_an_entry_change(shop: stripe.StripeClient) -> None:
    jenny = payer(shop)
    made = credit(shop, jenny, -500, metadata={"a": "1"})
    update = shop.v1.customers.balance_transactions.update(jenny, made.id, {"description": "Thanks", "metadata": ""})
    assert (update.description, update.to_dict()["metadata"], update.amount) == ("Thanks", {}, -500)
