"""Test clocks: a time of their own for customers and all that is theirs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import stripe

from mock_server.core import due
from mock_server.core.call import Body, Call
from mock_server.resources.invoice import invoice
from mock_server.resources.test_clock import advance_all, test_clock
from mock_server.testing import Mock
from mock_server.webhooks.outbox import deliveries
from tests.resources.sales import DAY, HOUR, invoice_of, payer, price, subscribe


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


START = at("2026-01-01")
FEBRUARY = at("2026-02-01")
MARCH = at("2026-03-01")


@pytest.fixture
def clock(shop: stripe.StripeClient) -> str:
    return shop.v1.test_helpers.test_clocks.create({"frozen_time": START, "name": "January"}).id


def go(shop: stripe.StripeClient, clock: str, to: int) -> stripe.test_helpers.TestClock:
    shop.v1.test_helpers.test_clocks.advance(clock, {"frozen_time": to})
    return shop.v1.test_helpers.test_clocks.retrieve(clock)


def test_a_new_clock_stands_at_its_time_for_thirty_days(mock: Mock, shop: stripe.StripeClient) -> None:
    with mock.expect_events("test_helpers.test_clock.created"):
        made = shop.v1.test_helpers.test_clocks.create({"frozen_time": START})
    assert (made.frozen_time, made.status, made.name) == (START, "ready", None)
    assert made.deletes_after == made.created + 30 * DAY
    assert made.id.startswith("clock_")


def test_what_is_made_on_a_clock_carries_its_time(shop: stripe.StripeClient, clock: str) -> None:
    jenny = payer(shop, test_clock=clock)
    made = subscribe(shop, jenny, price(shop))
    assert shop.v1.customers.retrieve(jenny).created == START
    assert (made.created, made.test_clock, made.billing_cycle_anchor) == (START, clock, START)
    first = invoice_of(shop, made)
    assert (first.created, first.test_clock, first.status_transitions.paid_at) == (START, clock, START)
    assert made["items"].data[0].current_period_end == FEBRUARY
    assert shop.v1.charges.list({"customer": jenny}).data[0].created == START


def test_what_belongs_to_everybody_keeps_the_accounts_time(mock: Mock, shop: stripe.StripeClient, clock: str) -> None:
    gold = price(shop)
    subscribe(shop, payer(shop, test_clock=clock), gold)
    assert shop.v1.prices.retrieve(gold).created > START + DAY
    assert subscribe(shop, payer(shop), gold).created >= mock.clock.now - 5


def test_a_renewal_is_a_draft_first_and_paid_an_hour_later(mock: Mock, shop: stripe.StripeClient, clock: str) -> None:
    made = subscribe(shop, payer(shop, test_clock=clock), price(shop, 5000))
    assert go(shop, clock, FEBRUARY).frozen_time == FEBRUARY
    draft = invoice_of(shop, made)
    assert (draft.status, draft.amount_due, draft.created) == ("draft", 5000, FEBRUARY)
    with mock.expect_events(
        "test_helpers.test_clock.advancing",
        "invoice.finalized",
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "invoice.updated",
        "invoice.paid",
        "invoice.payment_succeeded",
        "invoice_payment.paid",
        "test_helpers.test_clock.ready",
    ):
        go(shop, clock, FEBRUARY + HOUR)
    paid = invoice_of(shop, made)
    assert (paid.status, paid.status_transitions.paid_at) == ("paid", FEBRUARY + HOUR)


def test_the_answer_says_where_the_clock_is_going(shop: stripe.StripeClient, clock: str) -> None:
    answer = shop.v1.test_helpers.test_clocks.advance(clock, {"frozen_time": FEBRUARY})
    assert (answer.status, answer.frozen_time) == ("advancing", START)
    assert answer.status_details.advancing is not None
    assert answer.status_details.advancing.target_frozen_time == FEBRUARY
    now = shop.v1.test_helpers.test_clocks.retrieve(clock)
    assert (now.status, now.frozen_time, now.status_details.to_dict()) == ("ready", FEBRUARY, {})


def test_the_accounts_own_clock_leaves_a_test_clock_alone(mock: Mock, shop: stripe.StripeClient, clock: str) -> None:
    made = subscribe(shop, payer(shop, test_clock=clock), price(shop))
    mock.clock.advance(20 * DAY)
    assert shop.v1.subscriptions.retrieve(made.id)["items"].data[0].current_period_end == FEBRUARY


def test_a_clock_leaves_customers_of_the_account_alone(mock: Mock, shop: stripe.StripeClient, clock: str) -> None:
    gold = price(shop)
    made = subscribe(shop, payer(shop), gold)
    subscribe(shop, payer(shop, test_clock=clock), gold)
    go(shop, clock, FEBRUARY)
    assert shop.v1.invoices.list({"subscription": made.id}).data[0].billing_reason == "subscription_create"


@pytest.mark.parametrize("to", [START, START - 1])
def test_a_clock_goes_forwards(shop: stripe.StripeClient, clock: str, to: int) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        go(shop, clock, to)
    assert refused.value.param == "frozen_time"


def test_a_clock_without_a_subscription_goes_two_years_at_once(shop: stripe.StripeClient, clock: str) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="two years"):
        go(shop, clock, at("2028-01-01") + 1)
    assert go(shop, clock, at("2028-01-01")).frozen_time == at("2028-01-01")


def test_a_clock_goes_two_intervals_of_the_shortest_subscription_at_once(shop: stripe.StripeClient, clock: str) -> None:
    jenny = payer(shop, test_clock=clock)
    subscribe(shop, jenny, price(shop, recurring={"interval": "year"}))
    subscribe(shop, jenny, price(shop))
    with pytest.raises(stripe.InvalidRequestError, match="two intervals"):
        go(shop, clock, MARCH + 1)
    assert go(shop, clock, MARCH).status == "ready"


def test_a_clock_has_three_customers(shop: stripe.StripeClient, clock: str) -> None:
    for _ in range(3):
        shop.v1.customers.create({"test_clock": clock})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.customers.create({"test_clock": clock})
    assert refused.value.param == "test_clock"


def test_a_customer_on_a_clock_has_three_subscriptions(shop: stripe.StripeClient, clock: str) -> None:
    jenny, gold = payer(shop, test_clock=clock), price(shop)
    for _ in range(3):
        subscribe(shop, jenny, gold)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        subscribe(shop, jenny, gold)
    assert refused.value.param == "customer"


def test_an_unknown_clock_is_refused(shop: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="No such test clock") as refused:
        shop.v1.customers.create({"test_clock": "clock_none"})
    assert (refused.value.param, refused.value.code) == ("test_clock", "resource_missing")


def test_lists_show_what_is_on_a_clock_only_when_asked(shop: stripe.StripeClient, clock: str) -> None:
    gold = price(shop)
    there, here = payer(shop, test_clock=clock), payer(shop)
    on_clock, live = subscribe(shop, there, gold), subscribe(shop, here, gold)
    customers, subscriptions = shop.v1.customers, shop.v1.subscriptions
    assert [one.id for one in customers.list().data] == [here]
    assert [one.id for one in customers.list({"test_clock": clock}).data] == [there]
    assert [one.id for one in subscriptions.list().data] == [live.id]
    assert [one.id for one in subscriptions.list({"test_clock": clock}).data] == [on_clock.id]
    assert [one.id for one in subscriptions.list({"customer": there}).data] == [on_clock.id]


def test_an_existing_customer_moves_to_a_new_clock_with_all_that_is_theirs(
    mock: Mock, shop: stripe.StripeClient
) -> None:
    jenny = payer(shop)
    made = subscribe(shop, jenny, price(shop))
    end = made["items"].data[0].current_period_end
    params: Any = {"frozen_time": mock.clock.now + HOUR, "customer": jenny}
    moved = shop.v1.test_helpers.test_clocks.create(params).id
    assert shop.v1.customers.retrieve(jenny).test_clock == moved
    assert shop.v1.subscriptions.retrieve(made.id).test_clock == moved
    assert invoice_of(shop, made).test_clock == moved
    go(shop, moved, end + HOUR)
    assert invoice_of(shop, made).billing_reason == "subscription_cycle"


def test_a_customer_does_not_move_into_the_past(shop: stripe.StripeClient) -> None:
    params: Any = {"frozen_time": START, "customer": payer(shop)}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.test_helpers.test_clocks.create(params)
    assert refused.value.param == "frozen_time"
    assert shop.v1.test_helpers.test_clocks.list().data == []


def test_a_customer_does_not_leave_a_clock(mock: Mock, shop: stripe.StripeClient, clock: str) -> None:
    params: Any = {"frozen_time": mock.clock.now + DAY, "customer": payer(shop, test_clock=clock)}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.test_helpers.test_clocks.create(params)
    assert refused.value.param == "customer"


def test_customers_are_deleted_with_their_clock(mock: Mock, shop: stripe.StripeClient, clock: str) -> None:
    jenny = payer(shop, test_clock=clock)
    made = subscribe(shop, jenny, price(shop))
    with mock.expect_events(
        "customer.subscription.deleted",
        "payment_method.detached",
        "customer.deleted",
        "test_helpers.test_clock.deleted",
    ):
        assert shop.v1.test_helpers.test_clocks.delete(clock).deleted
    assert shop.v1.customers.retrieve(jenny).deleted
    gone = shop.v1.subscriptions.retrieve(made.id)
    assert (gone.status, gone.ended_at) == ("canceled", START)
    assert shop.v1.test_helpers.test_clocks.list().data == []


def test_a_clock_is_deleted_by_itself_after_thirty_days(mock: Mock, shop: stripe.StripeClient, clock: str) -> None:
    jenny = payer(shop, test_clock=clock)
    mock.clock.advance(30 * DAY)
    assert shop.v1.test_helpers.test_clocks.retrieve(clock).deleted
    assert shop.v1.customers.retrieve(jenny).deleted


def test_objects_of_two_clocks_do_not_meet(shop: stripe.StripeClient, clock: str) -> None:
    other = shop.v1.test_helpers.test_clocks.create({"frozen_time": FEBRUARY}).id
    card = shop.v1.payment_methods.list({"customer": payer(shop, test_clock=clock)}).data[0].id
    with pytest.raises(stripe.InvalidRequestError):
        shop.v1.payment_methods.attach(card, {"customer": payer(shop, test_clock=other)})


def test_nothing_on_a_moving_clock_can_be_changed(
    mock: Mock, shop: stripe.StripeClient, clock: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    jenny = payer(shop, test_clock=clock)
    monkeypatch.setattr(mock.state, "wake", lambda: None)
    shop.v1.test_helpers.test_clocks.advance(clock, {"frozen_time": FEBRUARY})
    with pytest.raises(stripe.StripeError, match="advancing") as refused:
        shop.v1.customers.update(jenny, {"name": "Jenny"})
    assert refused.value.http_status == 429
    with pytest.raises(stripe.StripeError, match="advancing"):
        shop.v1.test_helpers.test_clocks.advance(clock, {"frozen_time": MARCH})
    assert shop.v1.customers.retrieve(jenny).name is None
    assert shop.v1.test_helpers.test_clocks.delete(clock).deleted


def test_an_interrupted_advance_goes_on_where_it_stopped(
    mock: Mock, shop: stripe.StripeClient, clock: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = subscribe(shop, payer(shop, test_clock=clock), price(shop))
    account = account_of(mock)
    with monkeypatch.context() as patched:
        patched.setattr(mock.state, "wake", lambda: None)
        shop.v1.test_helpers.test_clocks.advance(clock, {"frozen_time": FEBRUARY + HOUR})
    # The worker is killed between the draft and its payment.
    due.advance_clock(mock.state, account, clock, FEBRUARY + HOUR - 1)
    assert invoice_of(shop, made).status == "draft"
    assert advance_all(mock.state) == 1
    assert invoice_of(shop, made).status == "paid"
    assert shop.v1.test_helpers.test_clocks.retrieve(clock).frozen_time == FEBRUARY + HOUR
    assert advance_all(mock.state) == 0


def test_a_clock_that_cannot_go_on_says_so(
    mock: Mock, shop: stripe.StripeClient, clock: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribe(shop, payer(shop, test_clock=clock), price(shop))

    def broken(_call: Call, _body: Body) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(invoice, "when_due", broken)
    failed = go(shop, clock, FEBRUARY + HOUR)
    assert (failed.status, failed.frozen_time) == ("internal_failure", START)
    assert "test_helpers.test_clock.internal_failure" in [event.type for event in mock.events]


def test_events_carry_the_time_of_the_clock(mock: Mock, shop: stripe.StripeClient, clock: str) -> None:
    subscribe(shop, payer(shop, test_clock=clock), price(shop))
    go(shop, clock, FEBRUARY)
    [drafted] = shop.v1.events.list({"type": "invoice.created", "created": {"gt": START, "lte": FEBRUARY}}).data
    assert drafted.created == FEBRUARY


def test_webhooks_do_not_wait_for_the_time_of_the_clock(mock: Mock, shop: stripe.StripeClient) -> None:
    far = shop.v1.test_helpers.test_clocks.create({"frozen_time": at("2040-01-01")}).id
    shop.v1.webhook_endpoints.create({"url": "https://shop.example/hook", "enabled_events": ["customer.created"]})
    shop.v1.customers.create({"test_clock": far})
    with mock.state.store.reading() as connection:
        [waiting] = connection.execute(deliveries.select()).all()
    assert waiting.next_attempt <= mock.clock.now


def test_a_clock_is_expanded_where_it_is_named(shop: stripe.StripeClient, clock: str) -> None:
    params: Any = {"expand": ["test_clock"]}
    found = shop.v1.customers.retrieve(payer(shop, test_clock=clock), params)
    assert isinstance(found.test_clock, stripe.test_helpers.TestClock)
    assert found.test_clock.name == "January"


def test_an_account_sees_its_own_clocks_only(mock: Mock, clock: str) -> None:
    other = stripe.StripeClient("sk_test_other", http_client=mock.transport)
    assert other.v1.test_helpers.test_clocks.list().data == []
    with pytest.raises(stripe.InvalidRequestError, match="No such test clock"):
        other.v1.test_helpers.test_clocks.advance(clock, {"frozen_time": FEBRUARY})


def account_of(mock: Mock) -> str:
    with mock.state.store.reading() as connection:
        return str(connection.execute(test_clock.table.select()).one().account)
