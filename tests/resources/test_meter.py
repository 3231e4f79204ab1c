"""Meters count what customers use, and prices bill it at the end of each period."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from mock_server.testing import Mock

from .sales import DAY, HOUR, change, invoice_of, item_of, lines_of, payer, price, subscribe

JANUARY = 1_767_225_600  # 2026-01-01
JANUARY_10 = JANUARY + 9 * DAY
FEBRUARY = JANUARY + 31 * DAY
TIERS: Any = [{"up_to": 100, "unit_amount": 5, "flat_amount": 300}, {"up_to": "inf", "unit_amount": 2}]


def meter(shop: stripe.StripeClient, formula: str = "sum", name: str = "api_calls", **sent: Any) -> str:
    """The id of a new meter."""
    params: Any = {
        "display_name": "API calls", "event_name": name, "default_aggregation": {"formula": formula}, **sent,
    }  # fmt: skip
    return shop.v1.billing.meters.create(params).id


def use(shop: stripe.StripeClient, customer: str, value: object = 1, at: int | None = None, **sent: Any) -> str:
    """The identifier of a new event."""
    when = {} if at is None else {"timestamp": at}
    payload = {"stripe_customer_id": customer, "value": str(value)}
    params: Any = {"event_name": "api_calls", "payload": payload, **when, **sent}
    return shop.v1.billing.meter_events.create(params).identifier


def calls(shop: stripe.StripeClient, counted: str, amount: int = 300, **sent: Any) -> str:
    """The id of a price for each call."""
    recurring = {"interval": "month", "usage_type": "metered", "meter": counted}
    return price(shop, amount, "Calls", recurring=recurring, **sent)


@pytest.fixture
def clock(shop: stripe.StripeClient) -> str:
    return shop.v1.test_helpers.test_clocks.create({"frozen_time": JANUARY}).id


@pytest.fixture
def jenny(shop: stripe.StripeClient, clock: str) -> str:
    return payer(shop, test_clock=clock)


def go(shop: stripe.StripeClient, clock: str, to: int) -> None:
    shop.v1.test_helpers.test_clocks.advance(clock, {"frozen_time": to})


def summaries(shop: stripe.StripeClient, counted: str, customer: str, **sent: Any) -> list[tuple[int, float]]:
    """Start and value of each."""
    params: Any = {"customer": customer, "start_time": JANUARY, "end_time": FEBRUARY, **sent}
    found = shop.v1.billing.meters.event_summaries.list(counted, params)
    return [(one.start_time, one.aggregated_value) for one in found.data]


def test_a_meter_is_made_renamed_and_switched_off_and_on(mock: Mock, shop: stripe.StripeClient) -> None:
    with mock.expect_events("billing.meter.created"):
        id = meter(shop)
    with mock.expect_events("billing.meter.updated"):
        assert shop.v1.billing.meters.update(id, {"display_name": "Calls"}).display_name == "Calls"
    with mock.expect_events("billing.meter.deactivated"):
        off = shop.v1.billing.meters.deactivate(id)
    assert (off.status, off.status_transitions.deactivated_at) == ("inactive", off.updated)
    assert [one.id for one in shop.v1.billing.meters.list({"status": "inactive"}).data] == [id]
    with mock.expect_events("billing.meter.reactivated"):
        on = shop.v1.billing.meters.reactivate(id)
    assert (on.status, on.status_transitions.deactivated_at) == ("active", None)


def test_one_active_meter_counts_events_of_a_name(shop: stripe.StripeClient) -> None:
    first = meter(shop)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        meter(shop)
    assert refused.value.param == "event_name"
    shop.v1.billing.meters.deactivate(first)
    meter(shop)
    with pytest.raises(stripe.InvalidRequestError):
        shop.v1.billing.meters.reactivate(first)


@pytest.mark.parametrize("move", ["deactivate", "reactivate"])
def test_a_meter_is_not_switched_twice(shop: stripe.StripeClient, move: str) -> None:
    id = meter(shop)
    if move == "deactivate":
        shop.v1.billing.meters.deactivate(id)
    with pytest.raises(stripe.InvalidRequestError):
        getattr(shop.v1.billing.meters, move)(id)


@pytest.mark.parametrize(("formula", "value"), [("sum", 7.5), ("count", 3), ("last", 0.5)])
def test_a_meter_adds_up_counts_or_takes_the_last(
    shop: stripe.StripeClient, jenny: str, clock: str, formula: str, value: float
) -> None:
    counted = meter(shop, formula)
    go(shop, clock, JANUARY + 2 * DAY)
    use(shop, jenny, "0.5", JANUARY + DAY)
    use(shop, jenny, 4, JANUARY + 60)
    use(shop, jenny, 3, JANUARY)
    assert summaries(shop, counted, jenny) == [(JANUARY, value)]


def test_summaries_group_by_day_the_latest_first(shop: stripe.StripeClient, jenny: str, clock: str) -> None:
    counted = meter(shop)
    go(shop, clock, JANUARY + 2 * DAY)
    for at, value in ((JANUARY + HOUR, 1), (JANUARY + 2 * HOUR, 2), (JANUARY + DAY, 4)):
        use(shop, jenny, value, at)
    assert summaries(shop, counted, jenny, value_grouping_window="day") == [(JANUARY + DAY, 4), (JANUARY, 3)]
    assert summaries(shop, counted, jenny, value_grouping_window="hour", limit=1) == [(JANUARY + DAY, 4)]


def test_summaries_are_paged(shop: stripe.StripeClient, jenny: str, clock: str) -> None:
    counted = meter(shop)
    go(shop, clock, JANUARY + 3 * DAY)
    for day in range(3):
        use(shop, jenny, day + 1, JANUARY + day * DAY)
    params: Any = {
        "customer": jenny, "start_time": JANUARY, "end_time": FEBRUARY, "value_grouping_window": "day", "limit": 2,
    }  # fmt: skip
    found = shop.v1.billing.meters.event_summaries.list(counted, params)
    assert [one.aggregated_value for one in found.auto_paging_iter()] == [3, 2, 1]


@pytest.mark.parametrize(
    ("sent", "param"),
    [
        pytest.param({"start_time": JANUARY + 1}, "start_time", id="within a minute"),
        pytest.param({"start_time": JANUARY + HOUR, "value_grouping_window": "day"}, "start_time", id="within a day"),
        pytest.param({"end_time": JANUARY}, "start_time", id="no time at all"),
        pytest.param({"starting_after": "mtrusg_1"}, "starting_after", id="an unknown cursor"),
    ],
)
def test_summaries_of_an_impossible_time_are_refused(
    shop: stripe.StripeClient, jenny: str, sent: Any, param: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        summaries(shop, meter(shop), jenny, **sent)
    assert refused.value.param == param


@pytest.mark.parametrize(
    ("sent", "param"),
    [
        pytest.param({"event_name": "mails"}, "event_name", id="no such meter"),
        pytest.param({"payload": {"value": "1"}}, "payload[stripe_customer_id]", id="nobody's"),
        pytest.param({"payload": {"stripe_customer_id": "cus_1"}}, "payload[value]", id="nothing"),
        pytest.param({"payload": {"stripe_customer_id": "cus_1", "value": "x"}}, "payload[value]", id="no number"),
        pytest.param({"timestamp": JANUARY - 36 * DAY}, "timestamp", id="too old"),
        pytest.param({"timestamp": JANUARY + 301}, "timestamp", id="of the future"),
    ],
)
def test_an_event_that_cannot_be_is_refused(shop: stripe.StripeClient, jenny: str, sent: Any, param: str) -> None:
    meter(shop)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        use(shop, jenny, **sent)
    assert refused.value.param == param


def test_an_identifier_counts_once(shop: stripe.StripeClient, jenny: str) -> None:
    meter(shop)
    use(shop, jenny, identifier="one")
    with pytest.raises(stripe.InvalidRequestError) as refused:
        use(shop, jenny, identifier="one")
    assert refused.value.param == "identifier"


def test_an_event_of_an_unknown_customer_is_taken_and_does_not_count(shop: stripe.StripeClient) -> None:
    meter(shop)
    assert use(shop, "cus_unknown", identifier="lost") == "lost"


def test_an_event_can_be_taken_back_within_a_day(shop: stripe.StripeClient, jenny: str, clock: str) -> None:
    counted = meter(shop)
    use(shop, jenny, 5, identifier="wrong")
    use(shop, jenny, 2, identifier="right")
    undo: Any = {"event_name": "api_calls", "type": "cancel", "cancel": {"identifier": "wrong"}}
    made = shop.v1.billing.meter_event_adjustments.create(undo)
    assert (made.status, made.cancel and made.cancel.identifier) == ("complete", "wrong")
    assert summaries(shop, counted, jenny) == [(JANUARY, 2)]
    with pytest.raises(stripe.InvalidRequestError):
        shop.v1.billing.meter_event_adjustments.create(undo)
    go(shop, clock, JANUARY + DAY + 1)
    late: Any = undo | {"cancel": {"identifier": "right"}}
    with pytest.raises(stripe.InvalidRequestError, match="24 hours"):
        shop.v1.billing.meter_event_adjustments.create(late)


def test_use_is_billed_when_its_period_is_over(shop: stripe.StripeClient, jenny: str, clock: str) -> None:
    made = subscribe(shop, jenny, price(shop, 2000), calls(shop, meter(shop)))
    assert lines_of(invoice_of(shop, made)) == [(2000, "1 × Gold (at $20.00 / month)")]
    go(shop, clock, JANUARY_10)
    use(shop, jenny, 40)
    use(shop, jenny, "10.5")
    go(shop, clock, FEBRUARY + HOUR)
    renewal = invoice_of(shop, made)
    assert lines_of(renewal) == [
        (15300, "51 × Calls (at $3.00 / month)"),  # 50.5 are 51 whole ones, each 300
        (2000, "1 × Gold (at $20.00 / month)"),
    ]
    period = renewal.lines.data[0].period
    assert (period.start, period.end) == (JANUARY, FEBRUARY)
    assert (renewal.status, renewal.amount_paid) == ("paid", 17300)


def test_use_is_billed_once(shop: stripe.StripeClient, jenny: str, clock: str) -> None:
    made = subscribe(shop, jenny, calls(shop, meter(shop)))
    use(shop, jenny, 10)
    go(shop, clock, FEBRUARY)
    use(shop, jenny, 7, FEBRUARY)
    march = FEBRUARY + 28 * DAY
    go(shop, clock, march)
    found = shop.v1.invoices.list({"subscription": made.id}).data
    assert [one.amount_due for one in found] == [2100, 3000]  # 7 * 300 in February, 10 * 300 in January


def test_use_that_is_told_of_while_the_invoice_is_a_draft_is_billed_by_it(
    shop: stripe.StripeClient, jenny: str, clock: str
) -> None:
    """10 calls of January by the end of it, 5 more of January half an hour later; and one of February."""
    made = subscribe(shop, jenny, price(shop, 2000), calls(shop, meter(shop)))
    use(shop, jenny, 10)
    go(shop, clock, FEBRUARY + HOUR // 2)
    draft = invoice_of(shop, made)
    assert (draft.status, draft.total) == ("draft", 5000)
    use(shop, jenny, 5, FEBRUARY - 60)
    use(shop, jenny, 1, FEBRUARY + 60)
    go(shop, clock, FEBRUARY + HOUR)
    paper = invoice_of(shop, made)
    assert lines_of(paper) == [(4500, "15 × Calls (at $3.00 / month)"), (2000, "1 × Gold (at $20.00 / month)")]
    assert (paper.status, paper.amount_paid) == ("paid", 6500)


def test_use_of_an_item_that_is_removed_is_billed_with_the_next_invoice(
    shop: stripe.StripeClient, jenny: str, clock: str
) -> None:
    """And only once, when the item comes back: 40 calls before it was removed, 2 after it is there again."""
    metered = calls(shop, meter(shop))
    made = subscribe(shop, jenny, price(shop, 2000), metered)
    use(shop, jenny, 40)
    go(shop, clock, JANUARY_10)
    change(shop, made, items=[{"id": item_of(made, 1).id, "deleted": True, "clear_usage": True}])
    [waiting] = shop.v1.invoice_items.list({"pending": True, "customer": jenny}).data
    assert (waiting.amount, waiting.description, waiting.proration) == (
        12000,
        "40 × Calls (at $3.00 / month)",
        False,
    )
    assert (waiting.period.start, waiting.period.end) == (JANUARY, JANUARY_10)
    go(shop, clock, JANUARY_10 + DAY)
    change(shop, made, items=[{"price": metered}])
    use(shop, jenny, 2)
    go(shop, clock, FEBRUARY + HOUR)
    assert sorted(amount for amount, _ in lines_of(invoice_of(shop, made))) == [600, 2000, 12000]


def test_tiers_bill_use(shop: stripe.StripeClient, jenny: str, clock: str) -> None:
    steps = calls(shop, meter(shop), tiers=TIERS, tiers_mode="graduated", billing_scheme="tiered")
    made = subscribe(shop, jenny, steps)
    use(shop, jenny, 150)
    go(shop, clock, FEBRUARY)
    assert [line.amount for line in invoice_of(shop, made).lines.data] == [800, 100]  # 300 + 100 * 5, then 50 * 2


def test_a_subscription_to_use_alone_begins_without_an_invoice(shop: stripe.StripeClient, jenny: str) -> None:
    made = subscribe(shop, jenny, calls(shop, meter(shop)))
    assert (made.status, made.latest_invoice) == ("active", None)
    assert "quantity" not in item_of(made)


def test_classic_billing_mode_announces_use_by_a_line_of_nothing(shop: stripe.StripeClient, jenny: str) -> None:
    made = subscribe(shop, jenny, calls(shop, meter(shop)), billing_mode={"type": "classic"})
    assert lines_of(invoice_of(shop, made)) == [(0, "0 × Calls")]


def test_use_in_a_trial_is_free(shop: stripe.StripeClient, jenny: str, clock: str) -> None:
    subscribe(shop, jenny, price(shop, 2000), calls(shop, meter(shop)), trial_period_days=7)
    use(shop, jenny, 10)
    go(shop, clock, JANUARY + 7 * DAY)
    newest = shop.v1.invoices.list({"customer": jenny}).data[0]
    assert lines_of(newest) == [(2000, "1 × Gold (at $20.00 / month)")]


def test_the_last_invoice_bills_the_last_use(shop: stripe.StripeClient, jenny: str, clock: str) -> None:
    made = subscribe(shop, jenny, calls(shop, meter(shop)))
    change(shop, made, cancel_at_period_end=True)
    use(shop, jenny, 10)
    go(shop, clock, FEBRUARY + HOUR)
    last = invoice_of(shop, made)
    assert (last.status, last.amount_paid, shop.v1.subscriptions.retrieve(made.id).status) == ("paid", 3000, "canceled")


@pytest.mark.parametrize(("invoiced", "amounts"), [(True, [3000]), (False, [])])
def test_canceling_at_once_bills_use_where_that_is_wanted(
    shop: stripe.StripeClient, jenny: str, clock: str, invoiced: bool, amounts: list[int]
) -> None:
    made = subscribe(shop, jenny, calls(shop, meter(shop)))
    use(shop, jenny, 10)
    go(shop, clock, JANUARY_10)
    shop.v1.subscriptions.cancel(made.id, {"invoice_now": invoiced})
    assert [one.amount_paid for one in shop.v1.invoices.list({"customer": jenny}).data] == amounts


def test_a_cycle_that_begins_anew_bills_use_until_then(shop: stripe.StripeClient, jenny: str, clock: str) -> None:
    made = subscribe(shop, jenny, calls(shop, meter(shop)))
    use(shop, jenny, 10)
    go(shop, clock, JANUARY_10)
    change(shop, made, billing_cycle_anchor={"type": "now"})
    assert invoice_of(shop, made).amount_paid == 3000


def test_a_change_gives_no_credit_for_use(shop: stripe.StripeClient, jenny: str, clock: str) -> None:
    made = subscribe(shop, jenny, price(shop, 2000), calls(shop, meter(shop)))
    go(shop, clock, JANUARY_10)
    change(shop, made, items=[{"id": item_of(made, 1).id, "deleted": True}])
    assert shop.v1.invoice_items.list({"customer": jenny}).data == []


@pytest.mark.parametrize("quantity", [1, 5])
def test_use_has_no_quantity(shop: stripe.StripeClient, jenny: str, quantity: int) -> None:
    params: Any = {"customer": jenny, "items": [{"price": calls(shop, meter(shop)), "quantity": quantity}]}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.subscriptions.create(params)
    assert refused.value.param == "items[0][quantity]"


def test_an_inactive_meter_has_no_new_prices(shop: stripe.StripeClient) -> None:
    counted = meter(shop)
    shop.v1.billing.meters.deactivate(counted)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        calls(shop, counted)
    assert refused.value.param == "recurring[meter]"


def test_prices_are_found_by_their_meter(shop: stripe.StripeClient) -> None:
    counted = meter(shop)
    own = calls(shop, counted)
    price(shop)
    assert [one.id for one in shop.v1.prices.list({"recurring": {"meter": counted}}).data] == [own]


def test_a_schedule_sells_use(shop: stripe.StripeClient, jenny: str) -> None:
    params: Any = {
        "customer": jenny,
        "start_date": "now",
        "phases": [{"items": [{"price": calls(shop, meter(shop))}], "duration": {"interval": "month"}}],
    }
    made = shop.v1.subscription_schedules.create(params)
    assert shop.v1.subscriptions.retrieve(str(made.subscription)).status == "active"


def test_a_preview_shows_what_was_used_until_now(shop: stripe.StripeClient, jenny: str, clock: str) -> None:
    made = subscribe(shop, jenny, price(shop, 2000), calls(shop, meter(shop)))
    use(shop, jenny, 10)
    coming = shop.v1.invoices.create_preview({"subscription": made.id})
    assert [line.amount for line in coming.lines.data] == [3000, 2000]
