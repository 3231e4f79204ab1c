"""Schedules that become impossible are given up, and those that could never go on are refused."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from mock_server.testing import Mock

from .sales import DAY, HOUR, payer, price, subscribe

MONTH: Any = {"duration": {"interval": "month", "interval_count": 1}}


@pytest.fixture
def april(mock: Mock) -> Mock:
    """The mock on the first of April."""
    mock.clock.to("2031-04-01")
    return mock


def create(shop: stripe.StripeClient, customer: str, *phases: Any, **sent: Any) -> stripe.SubscriptionSchedule:
    """A new schedule of these phases, which begins now unless `sent` says otherwise."""
    params: Any = {"customer": customer, "start_date": "now", "phases": list(phases), **sent}
    return shop.v1.subscription_schedules.create(params)


def phase(cost: str, **sent: Any) -> dict[str, Any]:
    """A month with one item."""
    return {"items": [{"price": cost}], **MONTH, **sent}


def refused(shop: stripe.StripeClient, customer: str, *phases: Any, **sent: Any) -> str | None:
    """The parameter for which a schedule is refused."""
    with pytest.raises(stripe.InvalidRequestError) as caught:
        create(shop, customer, *phases, **sent)
    return caught.value.param


def test_a_schedule_that_cannot_begin_any_more_is_canceled(april: Mock, shop: stripe.StripeClient) -> None:
    """Meanwhile its customer is billed in another currency."""
    jenny, dollars, euros = payer(shop), price(shop), price(shop, currency="eur")
    planned = create(shop, jenny, phase(dollars), start_date=april.clock.now + 5 * DAY)
    subscribe(shop, jenny, euros)
    with april.expect_events("subscription_schedule.canceled"):
        april.clock.advance(5 * DAY + HOUR)
    now = shop.v1.subscription_schedules.retrieve(planned.id)
    assert (now.status, now.subscription, now.current_phase) == ("canceled", None, None)


def test_a_subscription_goes_on_without_a_phase_that_cannot_begin_any_more(
    april: Mock, shop: stripe.StripeClient
) -> None:
    """Meanwhile the coupon of its second phase is gone."""
    gold = price(shop, 3000)
    coupon = shop.v1.coupons.create({"percent_off": 50, "duration": "forever"}).id
    schedule = create(shop, payer(shop), phase(gold), phase(gold, discounts=[{"coupon": coupon}]))
    shop.v1.coupons.delete(coupon)
    april.clock.to("2031-05-01T02:00")
    now = shop.v1.subscription_schedules.retrieve(schedule.id)
    assert (now.status, now.released_subscription) == ("released", schedule.subscription)
    made = shop.v1.subscriptions.retrieve(str(schedule.subscription), {"expand": ["latest_invoice"]})
    assert isinstance(made.latest_invoice, stripe.Invoice)
    assert (made.status, made.schedule, made.discounts, made.latest_invoice.amount_paid) == ("active", None, [], 3000)


def test_a_schedule_ends_with_a_subscription_that_is_never_paid(april: Mock, shop: stripe.StripeClient) -> None:
    schedule = create(shop, payer(shop, "pm_card_chargeCustomerFail"), phase(price(shop)), end_behavior="cancel")
    with april.expect_events(
        "invoice.voided",
        "payment_intent.canceled",
        "customer.subscription.updated",
        "subscription_schedule.aborted",
    ):
        april.clock.advance(23 * HOUR + 60)
    assert shop.v1.subscription_schedules.retrieve(schedule.id).status == "canceled"
    with april.expect_events():
        april.clock.advance(31 * DAY)


def test_all_phases_are_in_one_currency(april: Mock, shop: stripe.StripeClient) -> None:
    jenny, dollars, euros = payer(shop), price(shop), price(shop, currency="eur")
    assert refused(shop, jenny, phase(dollars), phase(euros)) == "phases[1][items][0][price]"
    assert refused(shop, jenny, phase(dollars), phase(dollars, currency="eur")) == "phases[1][currency]"
    options: Any = {"eur": {"unit_amount": 1900}}
    both = price(shop, currency_options=options)
    made = create(shop, jenny, phase(euros), phase(both))
    assert [one.currency for one in made.phases] == ["eur", "eur"]


def test_invoices_that_are_sent_need_a_day_on_which_they_are_due(april: Mock, shop: stripe.StripeClient) -> None:
    jenny, gold = payer(shop), price(shop)
    later: Any = {"start_date": april.clock.now + DAY}
    param = "phases[0][invoice_settings][days_until_due]"
    assert refused(shop, jenny, phase(gold, collection_method="send_invoice"), **later) == param
    assert refused(shop, jenny, phase(gold), default_settings={"collection_method": "send_invoice"}, **later) == param
    due: Any = {"collection_method": "send_invoice", "invoice_settings": {"days_until_due": 5}}
    assert create(shop, jenny, phase(gold), default_settings=due, **later).status == "not_started"
