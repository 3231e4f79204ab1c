"""How subscriptions change, and what that costs.

April has 30 days: after 10 of them, two thirds are left.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import stripe

from mock_server.testing import Mock

from .sales import DAY, change, intent_of, invoice_of, item_of, lines_of, payer, price, subscribe

PRORATED = ("invoiceitem.created", "invoiceitem.created")
INVOICED = ("invoice.created", "invoice.finalized")
PAID = (
    "payment_intent.created",
    "charge.succeeded",
    "payment_intent.succeeded",
    "invoice.updated",
    "invoice.paid",
    "invoice.payment_succeeded",
    "invoice_payment.paid",
)


@pytest.fixture
def april(mock: Mock) -> Mock:
    """The mock on the first of April."""
    mock.clock.to("2031-04-01")
    return mock


def waiting(shop: stripe.StripeClient, subscription: stripe.Subscription) -> list[tuple[int, str | None]]:
    """Amount and words of what waits for the next invoice, oldest first."""
    params: Any = {"customer": str(subscription.customer), "pending": True}
    return [(item.amount, item.description) for item in shop.v1.invoice_items.list(params).data[::-1]]


def refusal(shop: stripe.StripeClient, subscription: stripe.Subscription, **sent: Any) -> stripe.StripeError:
    """The error that such a change is answered with."""
    with pytest.raises(stripe.StripeError) as refused:
        change(shop, subscription, **sent)
    return refused.value


def test_a_larger_quantity_is_prorated_and_waits(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop, 3000))
    april.clock.to("2031-04-11")
    with april.expect_events(*PRORATED, "customer.subscription.updated"):
        changed = change(shop, made, items=[{"id": item_of(made).id, "quantity": 2}])
    assert (item_of(changed).quantity, changed.latest_invoice) == (2, made.latest_invoice)
    assert waiting(shop, made) == [
        (-2000, "Unused time on Gold after 11 Apr 2031"),
        (4000, "Remaining time on 2 × Gold after 11 Apr 2031"),
    ]


def test_what_waits_is_billed_with_the_next_period(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop, 3000))
    april.clock.to("2031-04-11")
    change(shop, made, items=[{"id": item_of(made).id, "quantity": 2}])
    april.clock.to("2031-05-01T00:30")
    invoice = invoice_of(shop, made)
    assert [line.amount for line in invoice.lines.data] == [4000, -2000, 6000], "newest first, then the period"
    assert (invoice.total, invoice.billing_reason) == (8000, "subscription_cycle")
    debit, credit, period = invoice.lines.data
    assert debit.parent is not None
    assert credit.parent is not None
    assert period.parent is not None
    assert debit.parent.subscription_item_details is not None
    assert debit.parent.subscription_item_details.proration is True
    assert credit.parent.subscription_item_details is not None
    details = credit.parent.subscription_item_details.proration_details
    assert details is not None
    assert details.credited_items is not None
    assert details.credited_items.invoice == made.latest_invoice
    assert period.parent.subscription_item_details is not None
    assert period.parent.subscription_item_details.proration is False
    assert waiting(shop, made) == []


def test_always_invoice_bills_the_change_in_the_call(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop, 3000))
    april.clock.to("2031-04-11")
    with april.expect_events(*PRORATED, *INVOICED, *PAID, "customer.subscription.updated"):
        change(shop, made, items=[{"id": item_of(made).id, "quantity": 2}], proration_behavior="always_invoice")
    invoice = invoice_of(shop, made)
    assert (invoice.billing_reason, invoice.status, invoice.amount_paid) == ("subscription_update", "paid", 2000)


def test_none_changes_without_a_bill(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop, 3000))
    with april.expect_events("customer.subscription.updated"):
        change(shop, made, items=[{"id": item_of(made).id, "quantity": 2}], proration_behavior="none")
    assert waiting(shop, made) == []


def test_a_smaller_plan_leaves_credit_on_the_balance(april: Mock, shop: stripe.StripeClient) -> None:
    jenny = payer(shop)
    made = subscribe(shop, jenny, price(shop, 3000))
    april.clock.to("2031-04-11")
    small = price(shop, 1500, "Silver")
    items = [{"id": item_of(made).id, "price": small}]
    with april.expect_events(
        *PRORATED, *INVOICED, "invoice.paid", "invoice.payment_succeeded", "customer.subscription.updated"
    ):
        change(shop, made, items=items, proration_behavior="always_invoice")
    invoice = invoice_of(shop, made)
    assert (invoice.total, invoice.amount_due, invoice.ending_balance) == (-1000, 0, -1000), "-2000 + 1000"
    assert shop.v1.customers.retrieve(jenny).balance == -1000


@pytest.mark.parametrize(
    ("mode", "totals"),
    [
        pytest.param("classic", [-334], id="classic: 1000/3 - 2000/3, by the present price"),
        pytest.param("flexible", [], id="flexible: 1000/3 - 1000/3, by what was paid, so nothing is billed"),
    ],
)
def test_credit_is_for_the_present_price_or_for_what_was_paid(
    april: Mock, shop: stripe.StripeClient, mode: str, totals: list[int]
) -> None:
    small, large = price(shop, 1000), price(shop, 2000)
    made = subscribe(shop, payer(shop), small, billing_mode={"type": mode})
    item = item_of(made).id
    change(shop, made, items=[{"id": item, "price": large}], proration_behavior="none")
    april.clock.to("2031-04-21")
    change(shop, made, items=[{"id": item, "price": small}], proration_behavior="always_invoice")
    *later, _first = shop.v1.invoices.list({"subscription": made.id}).data
    assert [invoice.total for invoice in later] == totals


@pytest.mark.parametrize(
    ("mode", "credit"),
    [
        pytest.param("classic", -250, id="classic: half of 1000 - 500"),
        pytest.param("flexible", -417, id="flexible: half of 1000 - 500 * 1000/3000"),
    ],
)
def test_a_discount_of_an_amount_is_in_the_credit(
    april: Mock, shop: stripe.StripeClient, mode: str, credit: int
) -> None:
    coupon = shop.v1.coupons.create({"amount_off": 500, "currency": "usd", "duration": "forever"}).id
    made = subscribe(
        shop,
        payer(shop),
        price(shop, 1000),
        price(shop, 2000),
        discounts=[{"coupon": coupon}],
        billing_mode={"type": mode},
    )
    # A minute before the middle: what is left after the discount is 833, whose half is a half cent.
    april.clock.to("2031-04-15T23:59")
    change(shop, made, items=[{"id": item_of(made).id, "deleted": True}])
    assert [amount for amount, _ in waiting(shop, made)] == [credit]


@pytest.mark.parametrize(("mode", "credits"), [("classic", [-2000]), ("flexible", [])])
def test_what_was_never_billed_is_credited_in_classic_mode_only(
    april: Mock, shop: stripe.StripeClient, mode: str, credits: list[int]
) -> None:
    made = subscribe(shop, payer(shop), price(shop, 500), billing_mode={"type": mode})
    both = change(shop, made, items=[{"price": price(shop, 3000)}], proration_behavior="none")
    april.clock.to("2031-04-11")
    change(shop, made, items=[{"id": item_of(both, 1).id, "deleted": True}])
    assert [amount for amount, _ in waiting(shop, made)] == credits


def test_a_change_counts_from_its_proration_date(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop, 3000))
    april.clock.to("2031-04-21")
    change(shop, made, items=[{"id": item_of(made).id, "quantity": 2}], proration_date=made.created + 10 * DAY)
    assert [amount for amount, _ in waiting(shop, made)] == [-2000, 4000]


def test_a_second_change_gives_back_what_the_first_one_billed(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop, 3000))
    item = item_of(made).id
    april.clock.to("2031-04-11")
    change(shop, made, items=[{"id": item, "quantity": 2}])
    april.clock.to("2031-04-21")
    change(shop, made, items=[{"id": item, "quantity": 1}])
    assert [amount for amount, _ in waiting(shop, made)] == [-2000, 4000, -2000, 1000]


@pytest.mark.parametrize("mode", ["classic", "flexible"])
def test_a_change_within_a_first_part_of_a_period_costs_a_share_of_the_whole(
    april: Mock, shop: stripe.StripeClient, mode: Any
) -> None:
    """The cycle is anchored ten days later, after March's 31 days: 3100 * 5/31 back, and twice that to pay."""
    anchor = april.clock.now + 10 * DAY
    made = subscribe(shop, payer(shop), price(shop, 3100), billing_cycle_anchor=anchor, billing_mode={"type": mode})
    assert invoice_of(shop, made).total == 1000
    halfway = {"proration_date": anchor - 5 * DAY, "proration_behavior": "always_invoice"}
    change(shop, made, items=[{"id": item_of(made).id, "quantity": 2}], **halfway)
    assert [amount for amount, _ in lines_of(invoice_of(shop, made))] == [1000, -500]


def test_items_are_added_and_removed(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop, 3000))
    april.clock.to("2031-04-11")
    extra = price(shop, 600, "Extra")
    added = change(shop, made, items=[{"price": extra, "quantity": 2}])
    assert [item.price.unit_amount for item in added["items"].data] == [3000, 600]
    assert item_of(added, 1).current_period_end == item_of(made).current_period_end
    assert waiting(shop, made) == [(800, "Remaining time on 2 × Extra after 11 Apr 2031")], "1200 * 20/30"
    removed = change(shop, made, items=[{"id": item_of(made).id, "deleted": True}])
    assert [item.id for item in removed["items"].data] == [item_of(added, 1).id]


def test_a_new_price_starts_with_a_quantity_of_one(shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop))
    item = item_of(made).id
    change(shop, made, items=[{"id": item, "quantity": 5}], proration_behavior="none")
    switched = change(shop, made, items=[{"id": item, "price": price(shop, 900)}], proration_behavior="none")
    assert item_of(switched).quantity == 1


@pytest.mark.parametrize(
    ("entry", "param"),
    [
        pytest.param({"id": "si_nobody", "quantity": 2}, "items[0][id]", id="an unknown item"),
        pytest.param({"quantity": 2}, "items[0][price]", id="a new item without a price"),
        pytest.param({"price": "price_nobody"}, "items[0][price]", id="an unknown price"),
    ],
)
def test_items_that_cannot_be_are_refused(shop: stripe.StripeClient, entry: Any, param: str) -> None:
    refused = refusal(shop, subscribe(shop, payer(shop), price(shop)), items=[entry])
    assert isinstance(refused, stripe.InvalidRequestError)
    assert refused.param == param


def test_the_last_item_stays(shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop))
    assert "at least one item" in str(refusal(shop, made, items=[{"id": item_of(made).id, "deleted": True}]))


def test_another_interval_starts_the_cycle_anew_in_classic_mode(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop, 3000), billing_mode={"type": "classic"})
    april.clock.to("2031-04-16")
    yearly = price(shop, 30000, "Gold, yearly", recurring={"interval": "year"})
    changed = change(shop, made, items=[{"id": item_of(made).id, "price": yearly}])
    assert changed.billing_cycle_anchor == item_of(changed).current_period_start >= made.created + 15 * DAY
    assert item_of(changed).current_period_end == int(datetime(2032, 4, 16, tzinfo=UTC).timestamp()) + (
        changed.billing_cycle_anchor - made.created - 15 * DAY
    )
    invoice = invoice_of(shop, made)
    assert lines_of(invoice) == [
        (-1500, "Unused time on Gold after 16 Apr 2031"),
        (30000, "1 × Gold, yearly (at $300.00 / year)"),
    ]
    assert (invoice.status, invoice.amount_paid) == ("paid", 28500)


def test_another_interval_keeps_the_cycle_in_flexible_mode(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop, 3000))
    april.clock.to("2031-04-16")
    yearly = price(shop, 36600, "Gold, yearly", recurring={"interval": "year"})
    changed = change(shop, made, items=[{"id": item_of(made).id, "price": yearly}])
    assert changed.billing_cycle_anchor == made.billing_cycle_anchor
    assert item_of(changed).current_period_end == made.created + 366 * DAY, "up to the first of April 2032"
    assert [amount for amount, _ in waiting(shop, made)] == [-1500, 35100], "36600 * 351/366"


def test_the_cycle_starts_anew_on_request(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop, 3000))
    april.clock.to("2031-04-16")
    with april.expect_events("invoiceitem.created", *INVOICED, *PAID, "customer.subscription.updated"):
        changed = change(shop, made, billing_cycle_anchor={"type": "now"})
    assert changed.billing_cycle_anchor > made.billing_cycle_anchor
    assert item_of(changed).current_period_end == changed.billing_cycle_anchor + 30 * DAY
    assert [line.amount for line in invoice_of(shop, made).lines.data] == [-1500, 3000]


def test_a_free_plan_that_costs_something_starts_anew_in_classic_mode(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop, 0), billing_mode={"type": "classic"})
    april.clock.to("2031-04-16")
    changed = change(shop, made, items=[{"id": item_of(made).id, "price": price(shop, 3000)}])
    assert changed.billing_cycle_anchor > made.billing_cycle_anchor
    assert invoice_of(shop, made).amount_paid == 3000


def test_a_change_in_a_trial_costs_nothing(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop), trial_period_days=14)
    with april.expect_events("customer.subscription.updated"):
        change(shop, made, items=[{"id": item_of(made).id, "quantity": 3}])
    assert waiting(shop, made) == []


def test_a_trial_may_end_now(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop), trial_period_days=14)
    april.clock.to("2031-04-04")
    with april.expect_events("customer.subscription.trial_will_end", *INVOICED, *PAID, "customer.subscription.updated"):
        ended = change(shop, made, trial_end="now")
    assert (ended.status, ended.trial_end) == ("active", ended.billing_cycle_anchor)
    assert item_of(ended).current_period_start == ended.trial_end
    assert invoice_of(shop, made).amount_paid == 2000


def test_a_trial_may_be_made_longer(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop), trial_period_days=14)
    with april.expect_events("customer.subscription.updated"):
        longer = change(shop, made, trial_end=made.created + 20 * DAY)
    assert (longer.status, longer.trial_start, longer.trial_end) == (
        "trialing",
        made.trial_start,
        made.created + 20 * DAY,
    )
    assert item_of(longer).current_period_end == longer.billing_cycle_anchor == longer.trial_end


def test_a_trial_given_later_credits_what_was_paid(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop, 3000))
    april.clock.to("2031-04-11")
    given = change(shop, made, trial_end=made.created + 25 * DAY)
    assert given.status == "trialing"
    assert waiting(shop, made) == [(-2000, "Unused time on Gold after 11 Apr 2031")]


def test_a_change_that_cannot_be_paid_makes_it_past_due(april: Mock, shop: stripe.StripeClient) -> None:
    jenny = payer(shop)
    made = subscribe(shop, jenny, price(shop, 3000))
    change(shop, made, default_payment_method="pm_card_chargeCustomerFail")
    april.clock.to("2031-04-11")
    with april.expect_events(
        *PRORATED,
        *INVOICED,
        "payment_intent.created",
        "charge.failed",
        "payment_intent.payment_failed",
        "invoice.payment_failed",
        "customer.updated",
        "customer.subscription.updated",
    ):
        changed = change(
            shop, made, items=[{"id": item_of(made).id, "quantity": 2}], proration_behavior="always_invoice"
        )
    assert (changed.status, item_of(changed).quantity) == ("past_due", 2)
    shop.v1.invoices.pay(invoice_of(shop, made).id, {"payment_method": "pm_card_visa"})
    assert shop.v1.subscriptions.retrieve(made.id).status == "active"


def test_error_if_incomplete_changes_nothing_when_the_payment_fails(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop, 3000))
    change(shop, made, default_payment_method="pm_card_chargeCustomerFail")
    april.clock.to("2031-04-11")
    with april.expect_events():
        declined = refusal(
            shop,
            made,
            items=[{"id": item_of(made).id, "quantity": 2}],
            proration_behavior="always_invoice",
            payment_behavior="error_if_incomplete",
        )
    assert declined.http_status == 402
    assert item_of(shop.v1.subscriptions.retrieve(made.id)).quantity == 1
    assert waiting(shop, made) == []


def test_a_changed_subscription_renews_at_its_new_price(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop, 3000))
    item = item_of(made).id
    change(shop, made, items=[{"id": item, "price": price(shop, 900, "Silver")}], proration_behavior="none")
    april.clock.to("2031-05-01T02:00")
    invoice = invoice_of(shop, made)
    assert lines_of(invoice) == [(900, "1 × Silver (at $9.00 / month)")]
    assert intent_of(shop, invoice).status == "succeeded"
