"""A renewal that nobody pays, up to each final action that an account can set, and how each is recovered from.

The account tries again 3 and 5 days after a failure: on 1, 4 and 9 February, each time at 01:00.
"""

from __future__ import annotations

import stripe

from tests.resources.sales import change, invoice_of, item_of, price, subscribe

from .diary import COLLECTED, DECLINED, NEXT_PERIOD, SETTLED, Begin, Diary, at

FIRST_FAILURE = (
    "invoice.upcoming",
    *NEXT_PERIOD,
    "invoice.finalized",
    "payment_intent.created",
    *DECLINED,
    "customer.updated",
    "customer.subscription.updated",
)


def until_the_last_attempt(begin: Begin, final: str, *events: str, invoice: str = "open") -> tuple[Diary, str]:
    """January is paid, February is not; on 9 February the last attempt leads to `events`. Diary and subscription."""
    # 1 January: 30 dollars are paid; then the card is replaced by one that does not pay
    diary = begin("2026-01-01")
    diary.configure(retry_after_days=[3, 5], subscription_after_retries=final, invoice_after_retries=invoice)
    made = subscribe(diary.shop, diary.customer(), price(diary.shop, 3000))
    change(diary.shop, made, default_payment_method="pm_card_chargeCustomerFail")

    # 1 February: the first attempt fails
    diary.to("2026-02-01T01:00", *FIRST_FAILURE)

    # 4 February: the second one fails
    diary.to("2026-02-04T01:00", *DECLINED)
    assert diary.again(made).status == "past_due"
    assert invoice_of(diary.shop, made).next_payment_attempt == at("2026-02-09T01:00")

    # 9 February: the last one fails
    diary.to("2026-02-09T01:00", *DECLINED, *events)
    assert invoice_of(diary.shop, made).attempt_count == 3
    return diary, made.id


def pay(diary: Diary, invoice: stripe.Invoice) -> stripe.Invoice:
    """With a new card."""
    return diary.shop.v1.invoices.pay(invoice.id, {"payment_method": "pm_card_mastercard"})


def test_it_is_canceled_and_its_invoice_can_still_be_paid(begin: Begin) -> None:
    diary, id = until_the_last_attempt(begin, "cancel", "customer.subscription.deleted", "invoice.updated")
    gone = diary.shop.v1.subscriptions.retrieve(id)
    assert (gone.status, gone.ended_at) == ("canceled", at("2026-02-09T01:00"))

    # 10 February: the debt is paid; the subscription stays canceled, and the customer owes nothing
    diary.to("2026-02-10")
    paid = pay(diary, invoice_of(diary.shop, gone))
    assert (paid.status, paid.amount_paid) == ("paid", 3000)
    assert diary.again(gone).status == "canceled"

    # 1 March: nothing comes
    diary.to("2026-03-01T01:00")


def test_it_is_canceled_and_its_invoice_is_written_off(begin: Begin) -> None:
    diary, id = until_the_last_attempt(
        begin,
        "cancel",
        "customer.subscription.deleted",
        "invoice.updated",
        "invoice.marked_uncollectible",
        "customer.updated",
        invoice="uncollectible",
    )
    gone = diary.shop.v1.subscriptions.retrieve(id)
    bad = invoice_of(diary.shop, gone)
    assert (gone.status, bad.status, bad.amount_remaining) == ("canceled", "uncollectible", 3000)


def test_it_is_unpaid_until_the_latest_invoice_is(begin: Begin) -> None:
    diary, id = until_the_last_attempt(begin, "unpaid", "customer.subscription.updated")
    made = diary.shop.v1.subscriptions.retrieve(id)
    assert made.status == "unpaid"

    # 1 March: the invoice of the next month is not announced, stays a draft, and nobody is asked to pay it
    diary.to("2026-03-02", *NEXT_PERIOD)
    march = invoice_of(diary.shop, made)
    assert (march.status, march.auto_advance, march.amount_due) == ("draft", False, 3000)
    assert item_of(diary.again(made)).current_period_end == at("2026-04-01")

    # 3 March: a new card pays March's invoice, and the subscription is active again
    diary.to("2026-03-03")
    diary.shop.v1.invoices.finalize_invoice(march.id)
    assert pay(diary, march).status == "paid"
    assert diary.again(made).status == "active"


def test_it_stays_past_due_and_goes_on(begin: Begin) -> None:
    diary, id = until_the_last_attempt(begin, "past_due")
    made = diary.shop.v1.subscriptions.retrieve(id)
    assert made.status == "past_due"

    # 20 February: a new card; nothing is tried by itself any more
    diary.to("2026-02-20")
    change(diary.shop, made, default_payment_method="pm_card_mastercard")

    # 1 March: the next month is paid by it, and that makes the subscription active, though February is owed
    diary.to(
        "2026-03-01T01:00",
        "invoice.upcoming",
        *NEXT_PERIOD,
        *COLLECTED,
        "customer.updated",
        "customer.subscription.updated",
    )
    assert diary.again(made).status == "active"
    assert [one.status for one in diary.invoices(made)] == ["paid", "open", "paid"]


def test_it_is_paused_until_somebody_resumes_it(begin: Begin) -> None:
    diary, id = until_the_last_attempt(begin, "pause", "customer.subscription.updated", "customer.subscription.paused")
    made = diary.shop.v1.subscriptions.retrieve(id)
    assert made.status == "paused"

    # 1 March: nothing is billed
    diary.to("2026-03-10")

    # 10 March: a new card, and a new month begins, which it pays
    change(diary.shop, made, default_payment_method="pm_card_mastercard")
    diary.shop.v1.subscriptions.resume(id)
    again = diary.again(made)
    assert (again.status, item_of(again).current_period_end) == ("active", at("2026-04-10"))
    assert invoice_of(diary.shop, made).amount_paid == 3000


def test_a_new_card_pays_the_last_attempt(begin: Begin) -> None:
    diary = begin("2026-01-01")
    diary.configure(retry_after_days=[3, 5])
    made = subscribe(diary.shop, diary.customer(), price(diary.shop, 3000))
    change(diary.shop, made, default_payment_method="pm_card_chargeCustomerFail")
    diary.to("2026-02-01T01:00", *FIRST_FAILURE)
    diary.to("2026-02-04T01:00", *DECLINED)

    # 8 February: a new card, one day before the last attempt
    diary.to("2026-02-08")
    change(diary.shop, made, default_payment_method="pm_card_mastercard")

    # 9 February: it pays
    diary.to(
        "2026-02-09T01:00",
        "charge.succeeded",
        "payment_intent.succeeded",
        *SETTLED,
        "customer.updated",
        "customer.subscription.updated",
    )
    assert (diary.again(made).status, invoice_of(diary.shop, made).attempt_count) == ("active", 3)
