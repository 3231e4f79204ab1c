"""Cards whose bank asks their holder: for the first payment, and for a renewal while nobody is there."""

from __future__ import annotations

from tests.hosted.browser import Visitor
from tests.resources.sales import change, intent_of, invoice_of, price, subscribe

from .diary import NEXT_PERIOD, Begin, Diary, at

ASKED = (
    "customer.subscription.created",
    "invoice.created",
    "invoice.finalized",
    "payment_intent.created",
    "payment_intent.requires_action",
    "invoice.payment_action_required",
)
ANSWERED = (
    "charge.succeeded",
    "payment_intent.succeeded",
    "invoice.updated",
    "invoice.paid",
    "invoice.payment_succeeded",
    "invoice_payment.paid",
    "customer.subscription.updated",
)


def answer(diary: Diary, invoice: str, answer: str) -> None:
    """The customer opens the page of their bank, and answers."""
    intent = intent_of(diary.shop, diary.shop.v1.invoices.retrieve(invoice))
    action = intent.next_action
    assert action is not None
    assert action.use_stripe_sdk is not None
    Visitor(diary.mock).answer(str(action.use_stripe_sdk["stripe_js"]), answer=answer)


def test_the_first_payment_waits_for_its_customer(begin: Begin) -> None:
    diary = begin("2026-01-01")
    shop, mock = diary.shop, diary.mock
    jenny, gold = diary.customer("pm_card_threeDSecure2Required"), price(shop, 3000)

    # 1 January: she subscribes, and her bank asks her
    with mock.expect_events(*ASKED):
        made = subscribe(shop, jenny, gold)
    assert made.status == "incomplete"
    first = invoice_of(shop, made)
    assert (first.status, first.amount_remaining) == ("open", 3000)
    assert intent_of(shop, first).status == "requires_action"

    # 1 January, 12:00: she confirms
    diary.to("2026-01-01T12:00")
    with mock.expect_events(*ANSWERED):
        answer(diary, first.id, "complete")
    assert (diary.again(made).status, invoice_of(shop, made).amount_paid) == ("active", 3000)


def test_the_first_payment_is_waited_for_until_the_next_day(begin: Begin) -> None:
    diary = begin("2026-01-01")
    shop = diary.shop
    made = subscribe(shop, diary.customer("pm_card_threeDSecure2Required"), price(shop, 3000))

    # 1 January, 10:00: she does not confirm
    diary.to("2026-01-01T10:00")
    with diary.mock.expect_events("payment_intent.payment_failed", "invoice.payment_failed"):
        answer(diary, str(made.latest_invoice), "fail")
    assert diary.again(made).status == "incomplete"

    # 1 January, 23:00: the 23 hours are over
    diary.to(
        "2026-01-01T23:00",
        "invoice.voided",
        "payment_intent.canceled",
        "customer.subscription.updated",
    )
    gone = diary.again(made)
    assert (gone.status, gone.ended_at) == ("incomplete_expired", at("2026-01-01T23:00"))


def test_a_renewal_is_confirmed_afterwards(begin: Begin) -> None:
    diary = begin("2026-01-01")
    shop = diary.shop
    jenny = diary.customer()
    made = subscribe(shop, jenny, price(shop, 3000))
    change(shop, made, default_payment_method="pm_card_authenticationRequired")

    # 1 February: nobody is there whom the bank could ask
    diary.to(
        "2026-02-01T01:00",
        "invoice.upcoming",
        *NEXT_PERIOD,
        "invoice.finalized",
        "payment_intent.created",
        "charge.failed",
        "payment_intent.payment_failed",
        "invoice.updated",
        "invoice.payment_failed",
        "invoice.payment_action_required",
        "customer.updated",
        "customer.subscription.updated",
    )
    late = invoice_of(shop, made)
    assert (diary.again(made).status, late.status, late.attempt_count) == ("past_due", "open", 1)
    failed = intent_of(shop, late)
    assert failed.last_payment_error is not None
    assert (failed.status, failed.last_payment_error.decline_code) == (
        "requires_payment_method",
        "authentication_required",
    )

    # 1 February, 08:00: she opens the link in the mail, pays with this card, and confirms
    diary.to("2026-02-01T08:00")
    card = str(diary.again(made).default_payment_method)
    asked = shop.v1.payment_intents.confirm(failed.id, {"payment_method": card})
    assert asked.status == "requires_action"
    answer(diary, late.id, "complete")
    assert (invoice_of(shop, made).status, diary.again(made).status) == ("paid", "active")
    assert not shop.v1.customers.retrieve(jenny).delinquent
