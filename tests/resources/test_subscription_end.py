"""How subscriptions end, and what ends them."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from mock_server.testing import Mock

from .sales import DAY, HOUR, change, invoice_of, item_of, lines_of, payer, price, subscribe


@pytest.fixture
def april(mock: Mock) -> Mock:
    """The mock on the first of April, a month of 30 days."""
    mock.clock.to("2031-04-01")
    return mock


def again(shop: stripe.StripeClient, subscription: stripe.Subscription) -> stripe.Subscription:
    """The subscription as it is now."""
    return shop.v1.subscriptions.retrieve(subscription.id)


def reason_of(subscription: stripe.Subscription) -> str | None:
    """Why it ends."""
    return subscription.cancellation_details.reason if subscription.cancellation_details else None


@pytest.mark.parametrize("mode", ["classic", "flexible"])
def test_an_end_with_the_period_is_scheduled_in_both_billing_modes(
    mock: Mock, shop: stripe.StripeClient, mode: str
) -> None:
    made = subscribe(shop, payer(shop), price(shop), billing_mode={"type": mode})
    with mock.expect_events("customer.subscription.updated"):
        ending = change(shop, made, cancel_at_period_end=True, cancellation_details={"feedback": "too_expensive"})
    assert (ending.status, ending.cancel_at_period_end) == ("active", True)
    assert ending.cancel_at == item_of(made).current_period_end
    assert ending.canceled_at is not None
    assert reason_of(ending) == "cancellation_requested"
    assert mock.events[-1].to_dict()["data"]["previous_attributes"] == {
        "cancel_at": None,
        "cancel_at_period_end": False,
        "canceled_at": None,
        "cancellation_details": {"feedback": None, "reason": None},
    }


def test_it_ends_with_the_period_and_is_not_renewed(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop))
    asked = change(shop, made, cancel_at_period_end=True).canceled_at
    with april.expect_events("customer.subscription.deleted"):
        april.clock.to("2031-05-02")
    ended = again(shop, made)
    assert (ended.status, ended.ended_at) == ("canceled", item_of(made).current_period_end)
    assert (ended.canceled_at, ended.cancel_at_period_end) == (asked, True)
    assert reason_of(ended) == "cancellation_requested"


def test_it_ends_at_a_moment_of_its_own(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop))
    ending = change(shop, made, cancel_at=made.created + 10 * DAY)
    assert (ending.cancel_at, ending.cancel_at_period_end) == (made.created + 10 * DAY, False)
    with april.expect_events(
        "customer.subscription.deleted",
        "invoice.created",
        "invoice.finalized",
        "invoice.paid",
        "invoice.payment_succeeded",
    ):
        april.clock.to("2031-04-12")
    assert again(shop, made).ended_at == made.created + 10 * DAY
    assert shop.v1.customers.retrieve(str(made.customer)).balance == -1333, "20 of 30 days of 2000"


def test_an_end_within_the_period_gives_the_rest_back_when_it_is_set(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop, 3000))
    with april.expect_events("invoiceitem.created", "customer.subscription.updated"):
        ending = change(shop, made, cancel_at=made.created + 10 * DAY)
    assert item_of(ending).current_period_end == ending.cancel_at
    [waiting] = shop.v1.invoice_items.list({"pending": True}).data
    assert (waiting.amount, waiting.description) == (-2000, "Unused time on Gold after 11 Apr 2031")
    assert (waiting.period.start, waiting.period.end) == (ending.cancel_at, item_of(made).current_period_end)


def test_an_end_within_the_period_can_be_billed_at_once_or_not_at_all(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop, 3000))
    change(shop, made, cancel_at=made.created + 10 * DAY, proration_behavior="always_invoice")
    assert lines_of(invoice_of(shop, made)) == [(-2000, "Unused time on Gold after 11 Apr 2031")]
    other = subscribe(shop, payer(shop), price(shop, 3000))
    kept = change(shop, other, cancel_at=other.created + 10 * DAY, proration_behavior="none")
    assert item_of(kept).current_period_end == item_of(other).current_period_end
    assert shop.v1.invoice_items.list({"pending": True}).data == []


def test_a_later_end_is_paid_for_and_no_end_as_well(april: Mock, shop: stripe.StripeClient) -> None:
    """3000 for 30 days: 2000 come back, 1000 of them are paid again, and then the other 1000."""
    made = subscribe(shop, payer(shop), price(shop, 3000))
    for cancel_at, amount in ((10 * DAY, -2000), (20 * DAY, 1000), (None, 1000)):
        change(shop, made, cancel_at=made.created + cancel_at if cancel_at else "")
        assert shop.v1.invoice_items.list({"pending": True}).data[0].amount == amount
    april.clock.to("2031-05-02")
    assert invoice_of(shop, made).total == 3000
    assert again(shop, made).status == "active"


def test_an_end_within_a_period_to_come_makes_that_a_part(april: Mock, shop: stripe.StripeClient) -> None:
    """May has 31 days, of which 10 are billed: 3100 * 10/31."""
    made = subscribe(shop, payer(shop), price(shop, 3100))
    change(shop, made, cancel_at=made.created + 40 * DAY, proration_behavior="none")
    april.clock.to("2031-05-02")
    assert lines_of(invoice_of(shop, made)) == [(1000, "Time on Gold from 01 May 2031 until 11 May 2031")]


def test_an_end_that_is_known_from_the_beginning_is_billed_to(april: Mock, shop: stripe.StripeClient) -> None:
    end = april.clock.now + 10 * DAY
    made = subscribe(shop, payer(shop), price(shop, 3000), cancel_at=end)
    assert (invoice_of(shop, made).total, item_of(made).current_period_end) == (1000, end)
    whole = subscribe(shop, payer(shop), price(shop, 3000), cancel_at=end, proration_behavior="none")
    assert invoice_of(shop, whole).total == 3000


def test_an_item_that_comes_before_the_end_is_paid_until_then(april: Mock, shop: stripe.StripeClient) -> None:
    """15 days are left of 30, and 10 of them until the end: 3000 * 10/30."""
    made = subscribe(shop, payer(shop), price(shop, 3000))
    change(shop, made, cancel_at=made.created + 25 * DAY)
    april.clock.advance(15 * DAY)
    change(shop, made, items=[{"price": price(shop, 3000, "Silver")}], proration_date=made.created + 15 * DAY)
    assert [one.amount for one in shop.v1.invoice_items.list({"pending": True}).data] == [1000, -500]


def test_prorations_that_wait_are_billed_at_the_end_of_the_period(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop, 3000))
    change(shop, made, cancel_at_period_end=True, items=[{"id": item_of(made).id, "quantity": 2}])
    april.clock.to("2031-05-02")
    last = invoice_of(shop, made)
    assert (last.status, last.total, last.billing_reason) == ("paid", 3000, "subscription_cycle")


def test_a_moment_after_renewals_is_kept_through_them(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop))
    change(shop, made, cancel_at=made.created + 40 * DAY)
    april.clock.to("2031-05-02")
    assert again(shop, made).status == "active"
    april.clock.to("2031-05-12")
    assert again(shop, made).status == "canceled"


@pytest.mark.parametrize(("word", "month"), [("min_period_end", 1), ("max_period_end", 12)])
def test_a_moment_may_be_the_end_of_an_items_period(shop: stripe.StripeClient, word: str, month: int) -> None:
    yearly = price(shop, recurring={"interval": "year"})
    made = subscribe(shop, payer(shop), price(shop), yearly, cancel_at=word)
    assert made.cancel_at == item_of(made, 0 if month == 1 else 1).current_period_end


def test_a_moment_that_has_passed_is_refused(shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop))
    with pytest.raises(stripe.InvalidRequestError) as refused:
        change(shop, made, cancel_at=made.created - 1)
    assert refused.value.param == "cancel_at"


@pytest.mark.parametrize("scheduled", [{"cancel_at_period_end": True}, {"cancel_at": "max_period_end"}])
@pytest.mark.parametrize("undone", [{"cancel_at_period_end": False}, {"cancel_at": ""}])
def test_a_scheduled_end_is_taken_back(april: Mock, shop: stripe.StripeClient, scheduled: Any, undone: Any) -> None:
    made = subscribe(shop, payer(shop), price(shop))
    change(shop, made, **scheduled)
    with april.expect_events("customer.subscription.updated"):
        kept = change(shop, made, **undone)
    assert (kept.cancel_at, kept.cancel_at_period_end, kept.canceled_at, reason_of(kept)) == (None, False, None, None)
    april.clock.to("2031-05-02")
    assert again(shop, made).status == "active"


def test_it_ends_at_once_when_it_is_canceled(mock: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop))
    change(shop, made, cancel_at_period_end=True)
    details: Any = {"comment": "Bye", "feedback": "unused"}
    with mock.expect_events("customer.subscription.deleted"):
        ended = shop.v1.subscriptions.cancel(made.id, {"cancellation_details": details})
    assert (ended.status, ended.cancel_at, ended.cancel_at_period_end) == ("canceled", None, False)
    assert ended.ended_at == ended.canceled_at is not None
    assert ended.cancellation_details is not None
    assert ended.cancellation_details.to_dict() == details | {"reason": "cancellation_requested"}
    assert shop.v1.subscriptions.list().data == []


def test_what_is_canceled_cannot_be_canceled_again(shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop))
    shop.v1.subscriptions.cancel(made.id)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.subscriptions.cancel(made.id)
    assert (refused.value.http_status, refused.value.code) == (404, "resource_missing")


def test_time_that_is_not_used_may_be_credited(april: Mock, shop: stripe.StripeClient) -> None:
    jenny = payer(shop)
    made = subscribe(shop, jenny, price(shop, 3000))
    april.clock.to("2031-04-11")
    with april.expect_events("invoiceitem.created", "customer.subscription.deleted"):
        shop.v1.subscriptions.cancel(made.id, {"prorate": True})
    items = shop.v1.invoice_items.list({"customer": jenny, "pending": True}).data
    assert [item.amount for item in items] == [-2000]


def test_the_credit_may_be_billed_at_once(april: Mock, shop: stripe.StripeClient) -> None:
    jenny = payer(shop)
    made = subscribe(shop, jenny, price(shop, 3000))
    april.clock.to("2031-04-11")
    with april.expect_events(
        "invoiceitem.created",
        "customer.subscription.deleted",
        "invoice.created",
        "invoice.finalized",
        "invoice.paid",
        "invoice.payment_succeeded",
    ):
        shop.v1.subscriptions.cancel(made.id, {"prorate": True, "invoice_now": True})
    assert invoice_of(shop, made).total == -2000
    assert shop.v1.customers.retrieve(jenny).balance == -2000


def test_prorations_that_wait_are_dropped_with_a_plain_cancellation(april: Mock, shop: stripe.StripeClient) -> None:
    jenny = payer(shop)
    made = subscribe(shop, jenny, price(shop, 3000))
    change(shop, made, items=[{"id": item_of(made).id, "quantity": 2}])
    with april.expect_events("invoiceitem.deleted", "invoiceitem.deleted", "customer.subscription.deleted"):
        shop.v1.subscriptions.cancel(made.id)
    assert shop.v1.invoice_items.list({"customer": jenny}).data == []


def test_open_invoices_are_no_longer_collected_by_themselves(mock: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop, "pm_card_chargeCustomerFail"), price(shop))
    with mock.expect_events("customer.subscription.deleted", "invoice.updated"):
        shop.v1.subscriptions.cancel(made.id)
    assert (invoice_of(shop, made).status, invoice_of(shop, made).auto_advance) == ("open", False)


def test_a_draft_of_a_canceled_subscription_stays_a_draft(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop))
    april.clock.to("2031-05-01T00:30")
    shop.v1.subscriptions.cancel(made.id)
    with april.expect_events():
        april.clock.to("2031-05-02")
    assert invoice_of(shop, made).status == "draft"


def test_a_first_payment_has_23_hours(mock: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop, "pm_card_chargeCustomerFail"), price(shop))
    with mock.expect_events("invoice.voided", "payment_intent.canceled", "customer.subscription.updated"):
        mock.clock.advance(23 * HOUR)
    assert (again(shop, made).status, invoice_of(shop, made).status) == ("incomplete_expired", "void")


def test_a_customer_takes_subscriptions_along(mock: Mock, shop: stripe.StripeClient) -> None:
    jenny, gold = payer(shop), price(shop)
    made = [subscribe(shop, jenny, gold), subscribe(shop, jenny, gold, trial_period_days=9)]
    with mock.expect_events(
        "customer.subscription.deleted",
        "customer.subscription.deleted",
        "payment_method.detached",
        "customer.deleted",
    ):
        shop.v1.customers.delete(jenny)
    assert {again(shop, one).status for one in made} == {"canceled"}


def test_a_detached_method_pays_for_no_subscription(mock: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop), default_payment_method="pm_card_mastercard")
    with mock.expect_events("payment_method.detached", "customer.subscription.updated"):
        shop.v1.payment_methods.detach(str(made.default_payment_method))
    assert again(shop, made).default_payment_method is None


@pytest.mark.parametrize(
    ("behavior", "status", "events"),
    [
        pytest.param(
            "pause", "paused", ("customer.subscription.updated", "customer.subscription.paused"), id="it pauses"
        ),
        pytest.param("cancel", "canceled", ("customer.subscription.deleted",), id="it ends"),
        pytest.param(
            "create_invoice",
            "past_due",
            (
                "customer.subscription.updated",
                "invoice.created",
                "invoice.finalized",
                "payment_intent.created",
                "invoice.updated",
                "invoice.payment_failed",
                "customer.updated",
                "customer.subscription.updated",
            ),
            id="it is billed, and cannot be paid",
        ),
    ],
)
def test_a_trial_that_ends_without_a_payment_method(
    mock: Mock, shop: stripe.StripeClient, behavior: str, status: str, events: tuple[str, ...]
) -> None:
    settings = {"end_behavior": {"missing_payment_method": behavior}}
    made = subscribe(shop, payer(shop, None), price(shop), trial_period_days=7, trial_settings=settings)
    mock.clock.advance(4 * DAY)
    with mock.expect_events(*events):
        mock.clock.advance(3 * DAY + 2 * HOUR)
    assert again(shop, made).status == status


def test_all_discounts_are_taken_off_at_once(mock: Mock, shop: stripe.StripeClient) -> None:
    coupon = shop.v1.coupons.create({"percent_off": 10, "duration": "forever"}).id
    made = subscribe(shop, payer(shop), price(shop), discounts=[{"coupon": coupon}])
    with mock.expect_events("customer.discount.deleted", "customer.subscription.updated"):
        removed = shop.v1.subscriptions.delete_discount(made.id)
    assert (removed.id, removed.deleted) == (made.discounts[0], True)
    assert again(shop, made).discounts == []


def test_a_reason_of_the_business_is_kept(shop: stripe.StripeClient) -> None:
    option = shop.v1.billing.feedback_options.create({"description": "I moved inland"}).id
    made = subscribe(shop, payer(shop), price(shop)).id
    details: Any = {"feedback_option": option}
    shop.v1.subscriptions.update(made, {"cancel_at_period_end": True, "cancellation_details": details})
    found = shop.v1.subscriptions.retrieve(made, {"expand": ["cancellation_details.feedback_option"]})
    kept: Any = found.cancellation_details
    assert (kept.feedback_option.description, kept.reason) == ("I moved inland", "cancellation_requested")


def test_a_deactivated_reason_cannot_be_given(shop: stripe.StripeClient) -> None:
    option = shop.v1.billing.feedback_options.create({"description": "I moved inland"}).id
    shop.v1.billing.feedback_options.deactivate(option)
    made = subscribe(shop, payer(shop), price(shop)).id
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.subscriptions.cancel(made, {"cancellation_details": {"feedback_option": option}})
    assert refused.value.param == "cancellation_details[feedback_option]"
    assert shop.v1.subscriptions.retrieve(made).status == "active"
