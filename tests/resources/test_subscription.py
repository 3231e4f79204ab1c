"""How subscriptions begin."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from mock_server.testing import Mock

from .sales import DAY, HOUR, change, intent_of, invoice_of, item_of, lines_of, payer, price, subscribe

FINALIZED = ("customer.subscription.created", "invoice.created", "invoice.finalized")
PAID = (
    "charge.succeeded",
    "payment_intent.succeeded",
    "invoice.updated",
    "invoice.paid",
    "invoice.payment_succeeded",
    "invoice_payment.paid",
    "customer.subscription.updated",
)


def refusal(shop: stripe.StripeClient, customer: str, *prices: str, **sent: Any) -> stripe.StripeError:
    """The error that such a subscription is answered with."""
    with pytest.raises(stripe.StripeError) as refused:
        subscribe(shop, customer, *prices, **sent)
    return refused.value


def test_a_subscription_with_a_card_is_paid_in_the_call(mock: Mock, shop: stripe.StripeClient) -> None:
    jenny, gold = payer(shop), price(shop)
    with mock.expect_events(*FINALIZED, "payment_intent.created", *PAID):
        made = subscribe(shop, jenny, gold)
    assert made.status == "active"
    invoice = invoice_of(shop, made)
    assert (invoice.status, invoice.billing_reason) == ("paid", "subscription_create")
    assert (invoice.amount_due, invoice.amount_paid, invoice.amount_remaining) == (2000, 2000, 0)
    assert lines_of(invoice) == [(2000, "1 × Gold (at $20.00 / month)")]
    assert (invoice.attempt_count, invoice.attempted, invoice.auto_advance) == (1, True, False)


def test_its_items_have_the_period_and_the_price(mock: Mock, shop: stripe.StripeClient) -> None:
    mock.clock.to("2031-01-31T12:00:00")
    made = subscribe(shop, payer(shop), gold := price(shop))
    item = item_of(made)
    assert (item.price.id, item.plan.id, item.quantity, item.subscription) == (gold, gold, 1, made.id)
    assert item.current_period_start == made.billing_cycle_anchor == made.created
    assert item.current_period_end == made.created + 28 * DAY, "the last day of February"
    assert (made.billing_mode.type, made.currency, made.cancel_at) == ("flexible", "usd", None)


def test_the_first_event_shows_it_incomplete_and_names_its_invoice(mock: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop))
    created, *_, updated = [event for event in mock.events if event.type.startswith("customer.subscription")]
    assert created.data.object["status"] == "incomplete"
    assert created.data.object["latest_invoice"] == made.latest_invoice
    assert updated.to_dict()["data"]["previous_attributes"] == {"status": "incomplete"}


def test_a_declined_first_payment_leaves_it_incomplete(mock: Mock, shop: stripe.StripeClient) -> None:
    jenny, gold = payer(shop, "pm_card_chargeCustomerFail"), price(shop)
    with mock.expect_events(
        *FINALIZED, "payment_intent.created", "charge.failed", "payment_intent.payment_failed", "invoice.payment_failed"
    ):
        made = subscribe(shop, jenny, gold)
    assert made.status == "incomplete"
    invoice = invoice_of(shop, made)
    assert (invoice.status, invoice.attempt_count, invoice.amount_remaining) == ("open", 1, 2000)
    intent = intent_of(shop, invoice)
    assert (intent.status, intent.payment_method) == ("requires_payment_method", None)
    assert intent.last_payment_error is not None
    assert intent.last_payment_error.code == "card_declined"


def test_error_if_incomplete_makes_nothing_when_the_payment_fails(mock: Mock, shop: stripe.StripeClient) -> None:
    jenny, gold = payer(shop, "pm_card_chargeCustomerFail"), price(shop)
    with mock.expect_events():
        declined = refusal(shop, jenny, gold, payment_behavior="error_if_incomplete")
    assert isinstance(declined, stripe.CardError)
    assert (declined.http_status, declined.code) == (402, "card_declined")
    assert shop.v1.subscriptions.list({"status": "all"}).data == []
    assert shop.v1.customers.retrieve(jenny).next_invoice_sequence == 1


def test_without_a_payment_method_it_is_refused(mock: Mock, shop: stripe.StripeClient) -> None:
    jenny, gold = payer(shop, None), price(shop)
    with mock.expect_events():
        refused = refusal(shop, jenny, gold)
    assert (refused.http_status, refused.code) == (400, "resource_missing")
    assert "no attached payment source or default payment method" in str(refused)


def test_a_free_subscription_needs_no_payment_method(shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop, None), price(shop, 0))
    assert made.status == "active"
    assert (invoice_of(shop, made).status, invoice_of(shop, made).total) == ("paid", 0)


def test_default_incomplete_waits_for_the_customer_to_pay(mock: Mock, shop: stripe.StripeClient) -> None:
    jenny, gold = payer(shop, None), price(shop)
    with mock.expect_events(*FINALIZED, "payment_intent.created"):
        made = subscribe(
            shop, jenny, gold, payment_behavior="default_incomplete", expand=["latest_invoice.confirmation_secret"]
        )
    assert made.status == "incomplete"
    assert isinstance(made.latest_invoice, stripe.Invoice)
    secret = made.latest_invoice.confirmation_secret
    assert secret is not None
    intent = secret.client_secret.partition("_secret_")[0]
    *first, last = PAID
    with mock.expect_events(*first[:2], "payment_method.attached", *first[2:], last):
        shop.v1.payment_intents.confirm(intent, {"payment_method": "pm_card_visa"})
    assert shop.v1.subscriptions.retrieve(made.id).status == "active"


def test_the_method_that_paid_becomes_the_subscriptions_own_where_that_is_wanted(shop: stripe.StripeClient) -> None:
    made = subscribe(
        shop,
        payer(shop, None),
        price(shop),
        payment_behavior="default_incomplete",
        payment_settings={"save_default_payment_method": "on_subscription"},
    )
    intent = intent_of(shop, invoice_of(shop, made))
    paid = shop.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})
    assert shop.v1.subscriptions.retrieve(made.id).default_payment_method == paid.payment_method


def test_a_payment_that_the_bank_wants_confirmed_leaves_it_incomplete(mock: Mock, shop: stripe.StripeClient) -> None:
    jenny, gold = payer(shop, "pm_card_authenticationRequired"), price(shop)
    with mock.expect_events(
        *FINALIZED, "payment_intent.created", "payment_intent.requires_action", "invoice.payment_action_required"
    ):
        made = subscribe(shop, jenny, gold)
    assert made.status == "incomplete"
    assert intent_of(shop, invoice_of(shop, made)).status == "requires_action"


def test_a_trial_begins_with_a_paid_invoice_of_nothing(mock: Mock, shop: stripe.StripeClient) -> None:
    jenny, gold = payer(shop, None), price(shop)
    with mock.expect_events(*FINALIZED, "invoice.paid", "invoice.payment_succeeded"):
        made = subscribe(shop, jenny, gold, trial_period_days=14)
    assert (made.status, made.trial_start) == ("trialing", made.created)
    assert made.trial_end == made.created + 14 * DAY == made.billing_cycle_anchor
    assert item_of(made).current_period_end == made.trial_end
    invoice = invoice_of(shop, made)
    assert (invoice.status, invoice.amount_due, invoice.attempt_count) == ("paid", 0, 0)
    assert lines_of(invoice) == [(0, "Free trial for 1 × Gold")]


def test_a_trial_shorter_than_three_days_is_announced_at_once(mock: Mock, shop: stripe.StripeClient) -> None:
    subscribe(shop, payer(shop), price(shop), trial_period_days=2)
    assert mock.events[-1].type == "customer.subscription.trial_will_end"


def test_a_trial_may_end_at_a_moment(mock: Mock, shop: stripe.StripeClient) -> None:
    end = mock.clock.now + 10 * DAY
    assert subscribe(shop, payer(shop), price(shop), trial_end=end).trial_end == end


def test_a_trial_end_of_now_is_no_trial(shop: stripe.StripeClient) -> None:
    assert subscribe(shop, payer(shop), price(shop), trial_end="now").status == "active"


def test_a_trial_may_be_what_the_price_offers(shop: stripe.StripeClient) -> None:
    gold = price(shop, recurring={"interval": "month", "trial_period_days": 5})
    made = subscribe(shop, payer(shop), gold, trial_from_plan=True)
    assert made.trial_end == made.created + 5 * DAY


@pytest.mark.parametrize("days", [-1, 731])
def test_a_trial_ends_in_the_future_and_within_two_years(mock: Mock, shop: stripe.StripeClient, days: int) -> None:
    refused = refusal(shop, payer(shop), price(shop), trial_end=mock.clock.now + days * DAY)
    assert isinstance(refused, stripe.InvalidRequestError)
    assert refused.param == "trial_end"


def test_an_invoice_that_is_sent_is_a_draft_for_an_hour(mock: Mock, shop: stripe.StripeClient) -> None:
    jenny, gold = payer(shop, None), price(shop)
    with mock.expect_events("customer.subscription.created", "invoice.created"):
        made = subscribe(shop, jenny, gold, collection_method="send_invoice", days_until_due=30)
    assert (made.status, invoice_of(shop, made).status) == ("active", "draft")
    with mock.expect_events("invoice.finalized", "payment_intent.created", "invoice.sent"):
        mock.clock.advance(HOUR)
    sent = invoice_of(shop, made)
    assert (sent.status, sent.due_date, sent.next_payment_attempt) == ("open", made.created + 30 * DAY, None)


def test_an_invoice_that_is_not_paid_by_its_day_is_overdue(mock: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop, None), price(shop), collection_method="send_invoice", days_until_due=7)
    mock.clock.advance(HOUR)
    with mock.expect_events("invoice.overdue", "customer.updated", "customer.subscription.updated"):
        mock.clock.advance(7 * DAY)
    assert shop.v1.subscriptions.retrieve(made.id).status == "past_due"


@pytest.mark.parametrize("terms", [{"collection_method": "send_invoice"}, {"days_until_due": 3}])
def test_only_what_is_sent_has_days_until_due(shop: stripe.StripeClient, terms: dict[str, Any]) -> None:
    refused = refusal(shop, payer(shop), price(shop), **terms)
    assert isinstance(refused, stripe.InvalidRequestError)
    assert refused.param == "days_until_due"


def test_a_price_may_be_described_in_the_item(shop: stripe.StripeClient) -> None:
    product = shop.v1.products.create({"name": "Silver"}).id
    data: Any = {"currency": "usd", "product": product, "unit_amount": 700, "recurring": {"interval": "week"}}
    items: Any = [{"price_data": data, "quantity": 3}]
    made = shop.v1.subscriptions.create({"customer": payer(shop), "items": items})
    assert lines_of(invoice_of(shop, made)) == [(2100, "3 × Silver (at $7.00 / week)")]
    assert item_of(made).price.active is False


def test_a_tiered_price_has_a_line_for_each_tier(shop: stripe.StripeClient) -> None:
    tiers = [{"up_to": 2, "unit_amount": 700}, {"up_to": "inf", "unit_amount": 500}]
    seats = price(shop, name="Seats", billing_scheme="tiered", tiers_mode="graduated", tiers=tiers)
    items: Any = [{"price": seats, "quantity": 5}]
    made = shop.v1.subscriptions.create({"customer": payer(shop), "items": items})
    invoice = invoice_of(shop, made)
    assert [line.amount for line in invoice.lines.data] == [2 * 700, 3 * 500]
    assert invoice.total == 2900


def test_a_later_anchor_is_billed_for_the_time_up_to_it(mock: Mock, shop: stripe.StripeClient) -> None:
    mock.clock.to("2031-01-16")
    made = subscribe(
        shop, payer(shop), price(shop, 3100), billing_cycle_anchor=mock.clock.now - mock.clock.now % DAY + 16 * DAY
    )
    invoice = invoice_of(shop, made)
    assert invoice.total == 1600, "16 of January's 31 days: 3100 * 16/31"
    assert lines_of(invoice)[0][1] == "Time on Gold from 16 Jan 2031 until 01 Feb 2031"


def test_the_time_up_to_a_later_anchor_may_be_free(mock: Mock, shop: stripe.StripeClient) -> None:
    jenny, gold = payer(shop, None), price(shop)
    with mock.expect_events("customer.subscription.created"):
        made = subscribe(shop, jenny, gold, billing_cycle_anchor=mock.clock.now + 9 * DAY, proration_behavior="none")
    assert (made.status, made.latest_invoice) == ("active", None)


def test_an_anchor_further_away_than_an_interval_is_refused(mock: Mock, shop: stripe.StripeClient) -> None:
    refused = refusal(shop, payer(shop), price(shop), billing_cycle_anchor=mock.clock.now + 40 * DAY)
    assert isinstance(refused, stripe.InvalidRequestError)
    assert refused.param == "billing_cycle_anchor"


def test_credit_on_the_customers_balance_is_used_first(shop: stripe.StripeClient) -> None:
    jenny = payer(shop, balance=-500)
    invoice = invoice_of(shop, subscribe(shop, jenny, price(shop)))
    assert (invoice.total, invoice.starting_balance, invoice.ending_balance) == (2000, -500, 0)
    assert (invoice.amount_due, invoice.amount_paid) == (1500, 1500)
    assert shop.v1.customers.retrieve(jenny).balance == 0


def test_a_customers_first_subscription_fixes_the_currency(shop: stripe.StripeClient) -> None:
    jenny = payer(shop)
    subscribe(shop, jenny, price(shop))
    assert shop.v1.customers.retrieve(jenny).currency == "usd"
    refused = refusal(shop, jenny, price(shop, currency="eur"))
    assert "usd" in str(refused)
    assert "eur" in str(refused)


def test_a_price_with_the_customers_currency_is_billed_in_it(shop: stripe.StripeClient) -> None:
    jenny = payer(shop)
    subscribe(shop, jenny, price(shop))
    both = price(shop, currency="eur", currency_options={"usd": {"unit_amount": 2300}})
    made = subscribe(shop, jenny, both)
    assert (made.currency, invoice_of(shop, made).total) == ("usd", 2300)


def test_the_subscriptions_own_method_comes_before_the_customers(shop: stripe.StripeClient) -> None:
    jenny = payer(shop, "pm_card_chargeCustomerFail")
    made = subscribe(shop, jenny, price(shop), default_payment_method="pm_card_mastercard")
    assert made.status == "active"
    assert intent_of(shop, invoice_of(shop, made)).payment_method == made.default_payment_method


def test_a_method_of_somebody_else_is_refused(shop: stripe.StripeClient) -> None:
    other = shop.v1.payment_methods.attach("pm_card_visa", {"customer": payer(shop, None)}).id
    refused = refusal(shop, payer(shop), price(shop), default_payment_method=other)
    assert isinstance(refused, stripe.InvalidRequestError)
    assert refused.param == "default_payment_method"


def test_items_of_several_intervals_need_flexible_billing_mode(shop: stripe.StripeClient) -> None:
    jenny = payer(shop)
    monthly, yearly = price(shop), price(shop, 9000, recurring={"interval": "year"})
    made = subscribe(shop, jenny, monthly, yearly)
    first, second = item_of(made, 0), item_of(made, 1)
    assert first.current_period_end < second.current_period_end
    assert invoice_of(shop, made).total == 11000
    refused = refusal(shop, jenny, monthly, yearly, billing_mode={"type": "classic"})
    assert "classic" in str(refused)


@pytest.mark.parametrize("kind", ["once", "archived"])
def test_only_recurring_active_prices_can_be_subscribed_to(shop: stripe.StripeClient, kind: str) -> None:
    if kind == "archived":
        wrong = price(shop)
        shop.v1.prices.update(wrong, {"active": False})
    else:
        product = shop.v1.products.create({"name": "Book"}).id
        wrong = shop.v1.prices.create({"product": product, "currency": "usd", "unit_amount": 100}).id
    refused = refusal(shop, payer(shop), wrong)
    assert isinstance(refused, stripe.InvalidRequestError)
    assert refused.param == "items[0][price]"


def test_what_is_not_built_says_so(shop: stripe.StripeClient) -> None:
    refused = refusal(shop, payer(shop), price(shop), billing_thresholds={"amount_gte": 1000})
    assert "not built yet" in str(refused)


def test_lists_hide_canceled_ones_unless_asked(shop: stripe.StripeClient) -> None:
    jenny, gold = payer(shop), price(shop)
    kept, gone = subscribe(shop, jenny, gold), subscribe(shop, jenny, gold)
    shop.v1.subscriptions.cancel(gone.id)

    def found(**sent: Any) -> set[str]:
        params: Any = sent
        return {one.id for one in shop.v1.subscriptions.list(params).data}

    assert found() == {kept.id}
    assert found(status="all") == {kept.id, gone.id}
    assert found(status="ended") == found(status="canceled") == {gone.id}
    assert found(status="active", customer=jenny) == {kept.id}
    assert found(customer="cus_nobody") == set()


def test_lists_filter_by_price_collection_and_period(shop: stripe.StripeClient) -> None:
    jenny, gold, silver = payer(shop), price(shop), price(shop, 900, recurring={"interval": "year"})
    monthly = subscribe(shop, jenny, gold)
    yearly = subscribe(shop, jenny, silver, collection_method="send_invoice", days_until_due=5)

    def found(**sent: Any) -> list[str]:
        params: Any = sent
        return [one.id for one in shop.v1.subscriptions.list(params).data]

    assert found(price=silver) == [yearly.id]
    assert found(collection_method="charge_automatically") == [monthly.id]
    assert found(current_period_end={"gt": monthly.created + 60 * DAY}) == [yearly.id]
    change(shop, monthly, items=[{"id": item_of(monthly).id, "price": silver}])
    assert found(price=gold) == []


def test_a_customer_shows_current_subscriptions_when_asked(shop: stripe.StripeClient) -> None:
    jenny, gold = payer(shop), price(shop)
    kept, gone = subscribe(shop, jenny, gold), subscribe(shop, jenny, gold)
    shop.v1.subscriptions.cancel(gone.id)
    shown = shop.v1.customers.retrieve(jenny, {"expand": ["subscriptions"]})
    assert shown.subscriptions is not None
    assert [one.id for one in shown.subscriptions.data] == [kept.id]
    answer = shop.raw_request("get", f"/v1/customers/{jenny}/subscriptions")
    assert [one["id"] for one in answer.data["data"]] == [kept.id]
