"""A customer without a card: invoices are sent, and paid by bank transfer, on time or too late."""

from __future__ import annotations

from tests.resources.sales import DAY, invoice_of, price, subscribe

from .diary import NEXT_PERIOD, Begin, at

SENT = ("invoice.finalized", "payment_intent.created", "invoice.sent")
BY_TRANSFER = ("payment_intent.canceled", "invoice.updated", "invoice.paid")


def test_invoices_that_are_sent(begin: Begin) -> None:
    diary = begin("2026-01-01")
    shop, mock = diary.shop, diary.mock
    office, gold = diary.customer(None, name="Northwind Office"), price(shop, 9900)

    # 1 January: the subscription is active at once, its first invoice a draft for an hour
    with mock.expect_events("customer.subscription.created", "invoice.created"):
        made = subscribe(shop, office, gold, collection_method="send_invoice", days_until_due=14)
    first = invoice_of(shop, made)
    assert (made.status, first.status, first.amount_due) == ("active", "draft", 9900)

    # 1 January, 01:00: it is sent
    diary.to("2026-01-01T01:00", *SENT)
    assert invoice_of(shop, made).due_date == first.created + 14 * DAY == at("2026-01-15")

    # 10 January: the money comes by bank transfer
    diary.to("2026-01-10")
    with mock.expect_events(*BY_TRANSFER):
        paid = shop.v1.invoices.pay(first.id, {"paid_out_of_band": True})
    assert (paid.status, paid.amount_paid, paid.attempt_count) == ("paid", 9900, 0)
    assert shop.v1.charges.list({"customer": office}).data == []

    # 1 February: the next one
    diary.to("2026-02-01T01:00", "invoice.upcoming", *NEXT_PERIOD, *SENT)
    late = invoice_of(shop, made)
    assert (late.status, late.due_date) == ("open", at("2026-02-15"))

    # 15 February: nobody has paid it
    diary.to("2026-02-15", "invoice.overdue", "customer.updated", "customer.subscription.updated")
    assert diary.again(made).status == "past_due"
    assert shop.v1.customers.retrieve(office).delinquent

    # 20 February: the money comes, and all is well again
    diary.to("2026-02-20")
    with mock.expect_events(*BY_TRANSFER, "customer.updated", "customer.subscription.updated"):
        shop.v1.invoices.pay(late.id, {"paid_out_of_band": True})
    assert diary.again(made).status == "active"

    # 25 February: an hour of advice waits for the next invoice; 1 March: both are on it
    diary.to("2026-02-25", "invoice.upcoming")
    shop.v1.invoice_items.create(
        {"customer": office, "amount": 5000, "currency": "usd", "description": "An hour of advice"}
    )
    diary.to("2026-03-01T01:00", *NEXT_PERIOD, *SENT)
    assert invoice_of(shop, made).amount_due == 14900
