"""Laws of billing a subscription: what holds whatever is bought, whenever it is changed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
import stripe
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from mock_server.core.call import Call
from mock_server.resources.invoice import invoice as invoices
from mock_server.resources.subscription import subscription as subscriptions
from mock_server.testing import Mock

from .sales import DAY, change, invoice_of, item_of, payer, price, subscribe

LAW = settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.generate],
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
MODES = st.sampled_from(["classic", "flexible"])
AMOUNTS = st.integers(1, 99_999)
CURRENCIES = st.sampled_from(["jpy", "usd", "kwd"])


def begun(mock: Mock, currency: str, amount: int, **sent: Any) -> stripe.Subscription:
    """A subscription of an empty mock, on the first of April, to one monthly price."""
    mock.reset()
    mock.clock.to("2031-04-01")
    shop = mock.client
    return subscribe(shop, payer(shop), price(shop, amount, currency=currency), **sent)


def waiting(shop: stripe.StripeClient) -> int:
    """What waits for the next invoice."""
    return sum(one.amount for one in shop.v1.invoice_items.list({"pending": True, "limit": 100}).data)


@LAW
@given(
    mode=MODES,
    currency=CURRENCIES,
    amount=AMOUNTS,
    other=AMOUNTS,
    quantities=st.tuples(st.integers(1, 40), st.integers(1, 40), st.integers(1, 40)),
    days=st.tuples(st.integers(1, 5 * DAY), st.integers(1, 5 * DAY)),
    stub=st.booleans(),
)
def test_a_change_and_its_reversal_in_the_same_second_cost_nothing(
    mock: Mock,
    mode: str,
    currency: str,
    amount: int,
    other: int,
    quantities: tuple[int, int, int],
    days: tuple[int, int],
    stub: bool,
) -> None:
    """After an earlier change as well, and in a first part of a period."""
    shop, (first, second, third) = mock.client, quantities
    mock.reset()
    mock.clock.to("2031-04-01")
    anchor = {"billing_cycle_anchor": mock.clock.now + 12 * DAY} if stub else {}
    made = subscribe(shop, payer(shop), price(shop, amount, currency=currency), billing_mode={"type": mode}, **anchor)
    item, silver = item_of(made), price(shop, other, "Silver", currency=currency)
    mock.clock.advance(days[0])
    change(shop, made, items=[{"id": item.id, "quantity": first}])
    mock.clock.advance(days[1])
    before, at = waiting(shop), mock.clock.now
    change(shop, made, items=[{"id": item.id, "price": silver, "quantity": second}], proration_date=at)
    back = {"id": item.id, "price": item.price.id, "quantity": first}
    change(shop, made, items=[back], proration_date=at)
    assert waiting(shop) == before
    change(shop, made, items=[{"id": item.id, "quantity": third}], proration_date=at)
    change(shop, made, items=[{"id": item.id, "quantity": first}], proration_date=at)
    assert waiting(shop) == before


@LAW
@given(mode=MODES, currency=CURRENCIES, amount=AMOUNTS, ends=st.lists(st.integers(1, 29 * DAY), min_size=1, max_size=3))
def test_an_end_that_is_taken_back_costs_nothing(
    mock: Mock, mode: str, currency: str, amount: int, ends: list[int]
) -> None:
    """Wherever it was meanwhile, every step is a rounded share of the same amount."""
    shop = mock.client
    made = begun(mock, currency, amount, billing_mode={"type": mode})
    end, start = item_of(made).current_period_end, mock.clock.now + 60
    for moment in ends:
        change(shop, made, cancel_at=start + moment)
    back = change(shop, made, cancel_at="")
    assert item_of(back).current_period_end == end
    assert abs(waiting(shop)) <= (0 if len(ends) == 1 else len(ends))


@LAW
@given(
    mode=MODES,
    currency=CURRENCIES,
    amount=AMOUNTS,
    changes=st.lists(st.tuples(st.integers(1, 4 * DAY), st.integers(0, 9)), min_size=1, max_size=4),
)
def test_the_parts_of_a_period_sum_to_what_was_used(
    mock: Mock, mode: str, currency: str, amount: int, changes: list[tuple[int, int]]
) -> None:
    """All that is billed for a period is what each quantity costs for its time, give or take a half for each line."""
    shop = mock.client
    made = begun(mock, currency, amount, billing_mode={"type": mode})
    item = item_of(made)
    start, end = item.current_period_start, item.current_period_end
    exact, since, quantity = 0, start, 1
    for passed, wanted in changes:
        mock.clock.advance(passed)
        at = mock.clock.now
        change(shop, made, items=[{"id": item.id, "quantity": wanted}], proration_date=at)
        exact, since, quantity = exact + amount * quantity * (at - since), at, wanted
    exact += amount * quantity * (end - since)
    billed = amount + waiting(shop)
    assert abs(billed - exact / (end - start)) <= len(changes)


RENEWED = [(mode, kind) for mode in ("classic", "flexible") for kind in ("plain", "trial", "metered", "cut")]


@pytest.mark.parametrize(("mode", "kind"), [*RENEWED, ("flexible", "two intervals")])
def test_every_renewal_that_is_run_twice_adds_nothing(
    mock: Mock, inside: Callable[[], AbstractContextManager[Call]], mode: str, kind: str
) -> None:
    shop = mock.client
    mock.clock.to("2031-01-31")
    made = subscribe(shop, payer(shop), *wares(shop, kind), billing_mode={"type": mode}, **TERMS.get(kind, {}))
    if kind == "cut":
        change(shop, made, cancel_at=mock.clock.now + 100 * DAY)
    for moment in ("2031-03-01", "2031-03-31", "2031-05-01", "2031-05-31"):
        mock.clock.to(moment)
        told = len(shop.v1.events.list({"limit": 100}).data)
        papers = [one.to_dict() for one in shop.v1.invoices.list({"limit": 100}).data]
        with inside() as call:
            for resource in (subscriptions, invoices):
                for body in resource.where(call):
                    assert resource.when_due is not None
                    if body["status"] not in ("draft", "open"):
                        resource.when_due(call, body)
        assert [one.to_dict() for one in shop.v1.invoices.list({"limit": 100}).data] == papers
        assert len(shop.v1.events.list({"limit": 100}).data) == told


TERMS: dict[str, Any] = {"trial": {"trial_period_days": 20}}


def wares(shop: stripe.StripeClient, kind: str) -> list[str]:
    """The prices of a kind of subscription."""
    if kind == "metered":
        meter = shop.v1.billing.meters.create(
            {"display_name": "Calls", "event_name": "calls", "default_aggregation": {"formula": "sum"}}
        )
        return [price(shop, 7, recurring={"interval": "month", "usage_type": "metered", "meter": meter.id})]
    if kind == "two intervals":
        return [price(shop), price(shop, 500, "Weekly", recurring={"interval": "week"})]
    return [price(shop)]


KINDS = st.sampled_from(["cancel_at", "cancel_now", "items", "tax", "trial", "trial_ends"])


@settings(LAW, max_examples=24)
@given(
    kind=KINDS,
    mode=MODES,
    currency=CURRENCIES,
    amount=AMOUNTS,
    passed=st.integers(1, 20 * DAY),
    percentage=st.integers(0, 300_000),
    off=st.integers(0, 100),
)
def test_a_preview_of_any_kind_of_change_equals_the_invoice(
    mock: Mock, kind: str, mode: str, currency: str, amount: int, passed: int, percentage: int, off: int
) -> None:
    """With tax, and with a coupon that lasts."""
    shop = mock.client
    mock.reset()
    mock.clock.to("2031-04-01")
    rate = shop.v1.tax_rates.create(
        {"display_name": "VAT", "percentage": percentage / 10_000, "inclusive": passed % 2 == 0}
    ).id
    sent: dict[str, Any] = {"billing_mode": {"type": mode}}
    sent |= {"trial_period_days": 40} if kind == "trial_ends" else {}
    if off:
        sent["discounts"] = [{"coupon": shop.v1.coupons.create({"percent_off": off, "duration": "forever"}).id}]
    made = subscribe(shop, payer(shop), price(shop, amount, currency=currency), **sent)
    mock.clock.advance(passed)
    at = mock.clock.now
    details = details_of(kind, shop, made, rate, at, currency)
    wanted: Any = {"subscription": made.id, "subscription_details": details}
    shown = shop.v1.invoices.create_preview(wanted)
    if details.pop("cancel_now", None):
        shop.v1.subscriptions.cancel(made.id, {"invoice_now": True, "prorate": True})
    else:
        change(shop, made, **details)
    assume(mock.clock.now == at)
    came = invoice_of(shop, made)
    if came.id == made.latest_invoice:
        ends = item_of(shop.v1.subscriptions.retrieve(made.id)).current_period_end
        mock.clock.to(ends + 60)
        came = invoice_of(shop, made)
    assert amounts(came) == amounts(shown)


def details_of(
    kind: str, shop: stripe.StripeClient, made: stripe.Subscription, rate: str, at: int, currency: str
) -> dict[str, Any]:
    """The change of a kind, as an update and a preview say it."""
    item = item_of(made).id
    whole = {"proration_behavior": "always_invoice", "proration_date": at}
    changes: dict[str, dict[str, Any]] = {
        "cancel_at": {"cancel_at": at + 2 * DAY, "proration_behavior": "always_invoice"},
        "cancel_now": {"cancel_now": True},
        "items": {"items": [{"id": item, "deleted": True}, {"price": price(shop, 777, currency=currency)}], **whole},
        "tax": {"default_tax_rates": [rate], "items": [{"id": item, "quantity": 3}], **whole},
        "trial": {"trial_end": at + 10 * DAY, "default_tax_rates": [rate]},
        "trial_ends": {"trial_end": "now"},
    }
    return changes[kind]


def amounts(paper: stripe.Invoice) -> dict[str, Any]:
    """The amounts of an invoice that a preview has too."""
    names = ("amount_due", "currency", "starting_balance", "subtotal", "total", "total_excluding_tax")
    lines = [
        (line.amount, line.description, [one.amount for one in line.taxes or ()], line.period.start, line.period.end)
        for line in paper.lines.data
    ]
    return {name: getattr(paper, name) for name in names} | {"lines": lines}
