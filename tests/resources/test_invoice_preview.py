"""Previews: what they show, and that what they show is what is billed.

April has 30 days.
"""

from __future__ import annotations

from typing import Any

import pytest
import stripe
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from mock_server.testing import Mock

from .sales import DAY, change, invoice_of, item_of, lines_of, payer, price, subscribe


@pytest.fixture
def april(mock: Mock) -> Mock:
    """The mock on the first of April."""
    mock.clock.to("2031-04-01")
    return mock


def preview(shop: stripe.StripeClient, **sent: Any) -> stripe.Invoice:
    """What would be billed."""
    params: Any = sent
    return shop.v1.invoices.create_preview(params)


def refusal(shop: stripe.StripeClient, **sent: Any) -> stripe.StripeError:
    """The error that such a preview is answered with."""
    with pytest.raises(stripe.StripeError) as refused:
        preview(shop, **sent)
    return refused.value


def billed(invoice: stripe.Invoice) -> dict[str, Any]:
    """What a preview and the invoice have in common: all amounts, and all words."""
    lines = [
        (
            line.amount,
            line.description,
            line.period.start,
            line.period.end,
            line.quantity,
            [one.amount for one in line.discount_amounts or ()],
        )
        for line in invoice.lines.data
    ]
    names = (
        "amount_due",
        "currency",
        "customer",
        "period_end",
        "period_start",
        "starting_balance",
        "subtotal",
        "total",
    )
    return {name: getattr(invoice, name) for name in names} | {"lines": lines}


def test_the_next_renewal_is_shown_and_nothing_of_it_happens(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop, 3000))
    april.clock.to("2031-04-11")
    with april.expect_events():
        shown = preview(shop, subscription=made.id)
    assert shown.id.startswith("upcoming_in_")
    assert (shown.status, shown.number, shown.billing_reason) == ("draft", None, "upcoming")
    assert (shown.total, shown.created) == (3000, item_of(made).current_period_end)
    assert invoice_of(shop, made).total == 3000
    assert len(shop.v1.invoices.list({"customer": str(made.customer)}).data) == 1


def test_a_preview_is_no_invoice_that_could_be_paid(shop: stripe.StripeClient) -> None:
    shown = preview(shop, subscription=subscribe(shop, payer(shop), price(shop)).id)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.invoices.retrieve(shown.id)
    assert refused.value.http_status == 404


def test_a_change_is_shown_with_the_next_renewal(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop, 3000))
    april.clock.to("2031-04-11")
    wanted = [{"id": item_of(made).id, "quantity": 2}]
    shown = preview(shop, subscription=made.id, subscription_details={"items": wanted})
    assert [amount for amount, _ in lines_of(shown)] == [4000, -2000, 6000], "20 of 30 days, then the period"
    assert item_of(shop.v1.subscriptions.retrieve(made.id)).quantity == 1


def test_a_change_that_is_billed_at_once_is_shown_by_itself(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop, 3000))
    april.clock.to("2031-04-11")
    details = {"items": [{"id": item_of(made).id, "quantity": 2}], "proration_behavior": "always_invoice"}
    shown = preview(shop, subscription=made.id, subscription_details=details)
    assert (shown.total, shown.billing_reason) == (2000, "subscription_update")


def test_a_new_subscription_is_shown_before_anybody_has_it(april: Mock, shop: stripe.StripeClient) -> None:
    jenny, gold = payer(shop, None), price(shop, 3000)
    shown = preview(shop, customer=jenny, subscription_details={"items": [{"price": gold, "quantity": 2}]})
    assert (shown.total, shown.billing_reason) == (6000, "subscription_create")
    assert shop.v1.subscriptions.list({"customer": jenny}).data == []


def test_somebody_who_is_only_described_sees_a_price(shop: stripe.StripeClient) -> None:
    details: Any = {"address": {"country": "DE"}, "tax_exempt": "exempt"}
    shown = preview(shop, customer_details=details, subscription_details={"items": [{"price": price(shop, 3000)}]})
    assert (shown.total, shown.customer_tax_exempt) == (3000, "exempt")
    assert shop.v1.customers.list().data == []


def test_a_coupon_can_be_tried(shop: stripe.StripeClient) -> None:
    coupon = shop.v1.coupons.create({"percent_off": 50, "duration": "once"}).id
    items = {"items": [{"price": price(shop, 3000)}]}
    shown = preview(shop, customer=payer(shop), subscription_details=items, discounts=[{"coupon": coupon}])
    assert (shown.subtotal, shown.total) == (3000, 1500)
    assert shop.v1.coupons.retrieve(coupon).times_redeemed == 0


def test_items_can_be_tried(shop: stripe.StripeClient) -> None:
    jenny = payer(shop)
    made = subscribe(shop, jenny, price(shop, 3000))
    params: Any = {"customer": jenny, "amount": 100, "currency": "usd"}
    waiting = shop.v1.invoice_items.create(params)
    product = shop.v1.products.create({"name": "Book"}).id
    book = shop.v1.prices.create({"product": product, "currency": "usd", "unit_amount": 1500}).id
    tried = [
        {"invoiceitem": waiting.id, "amount": 200},
        {"price": book, "quantity": 2},
        {"unit_amount": 7, "currency": "usd"},
    ]
    shown = preview(shop, subscription=made.id, invoice_items=tried)
    assert [line.amount for line in shown.lines.data] == [7, 3000, 200, 3000]
    assert shop.v1.invoice_items.retrieve(waiting.id).amount == 100


def test_what_repeats_is_shown_without_what_is_billed_once(april: Mock, shop: stripe.StripeClient) -> None:
    jenny = payer(shop)
    made = subscribe(shop, jenny, price(shop, 3000))
    params: Any = {"customer": jenny, "amount": 100, "currency": "usd"}
    shop.v1.invoice_items.create(params)
    april.clock.to("2031-04-11")
    details = {"items": [{"id": item_of(made).id, "quantity": 2}]}
    shown = preview(shop, subscription=made.id, subscription_details=details, preview_mode="recurring")
    assert [line.amount for line in shown.lines.data] == [6000]


def test_a_customer_sees_the_first_of_their_next_invoices(april: Mock, shop: stripe.StripeClient) -> None:
    jenny = payer(shop)
    subscribe(shop, jenny, price(shop, 30000, recurring={"interval": "year"}))
    subscribe(shop, jenny, price(shop, 500, recurring={"interval": "week"}))
    assert preview(shop, customer=jenny).total == 500


def test_what_waits_for_a_customer_without_a_subscription_is_shown(shop: stripe.StripeClient) -> None:
    jenny = payer(shop)
    params: Any = {"customer": jenny, "amount": 700, "currency": "usd"}
    shop.v1.invoice_items.create(params)
    assert preview(shop, customer=jenny).total == 700


def test_leaving_now_shows_what_comes_back(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop, 3000))
    april.clock.to("2031-04-11")
    shown = preview(shop, subscription=made.id, subscription_details={"cancel_now": True})
    assert (shown.total, shown.amount_due) == (-2000, 0)
    assert shop.v1.subscriptions.retrieve(made.id).status == "active"


def test_the_end_of_a_trial_is_shown(april: Mock, shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop, 3000), trial_period_days=10)
    shown = preview(shop, subscription=made.id)
    assert (shown.total, shown.lines.data[0].period.start) == (3000, made.trial_end)
    now = preview(shop, subscription=made.id, subscription_details={"trial_end": "now"})
    assert (now.total, now.billing_reason) == (3000, "subscription_update")


@pytest.mark.parametrize("detail", [{"cancel_at_period_end": True}, {"cancel_at": "max_period_end"}])
def test_what_ends_has_no_next_invoice(shop: stripe.StripeClient, detail: Any) -> None:
    made = subscribe(shop, payer(shop), price(shop, 3000))
    refused = refusal(shop, subscription=made.id, subscription_details=detail)
    assert (refused.http_status, refused.code) == (404, "invoice_upcoming_none")


def test_a_customer_who_owes_nothing_has_no_next_invoice(shop: stripe.StripeClient) -> None:
    assert refusal(shop, customer=payer(shop)).code == "invoice_upcoming_none"


@pytest.mark.parametrize(
    ("sent", "param"),
    [
        pytest.param({}, "customer", id="nobody"),
        pytest.param({"subscription": "sub_nobody"}, "subscription", id="no subscription"),
        pytest.param(
            {"customer_details": {"tax_exempt": "none"}, "subscription_details": {"cancel_now": True}},
            "subscription",
            id="none",
        ),
    ],
)
def test_what_cannot_be_previewed_is_refused(shop: stripe.StripeClient, sent: Any, param: str) -> None:
    assert getattr(refusal(shop, **sent), "param", None) == param


def test_somebody_elses_subscription_is_refused(shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop))
    assert getattr(refusal(shop, customer=payer(shop), subscription=made.id), "param", None) == "subscription"


def test_a_refused_change_is_refused_in_its_preview_too(shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop))
    details = {"items": [{"id": item_of(made).id, "deleted": True}]}
    assert "at least one item" in str(refusal(shop, subscription=made.id, subscription_details=details))


CHANGES = st.fixed_dictionaries(
    {
        "quantity": st.integers(0, 40),
        "amount": st.integers(1, 99_999),
        "interval": st.sampled_from(["week", "month", "year"]),
        "proration_behavior": st.sampled_from(["always_invoice", "create_prorations", "none"]),
        "anchor": st.sampled_from(["now", "unchanged", None]),
        "coupon": st.sampled_from([{"percent_off": 33.3}, {"amount_off": 777, "currency": "usd"}, None]),
    }
)


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    mode=st.sampled_from(["classic", "flexible"]),
    amount=st.integers(1, 99_999),
    bought=st.integers(1, 9),
    passed=st.integers(1, 27 * DAY),
    wanted=CHANGES,
)
def test_a_preview_equals_the_invoice(
    mock: Mock, mode: str, amount: int, bought: int, passed: int, wanted: dict[str, Any]
) -> None:
    """Whatever is changed, whenever: the invoice that comes next is the one that was shown."""
    shop = mock.client
    mock.reset()
    mock.clock.to("2031-04-01")
    params: Any = {"items": [{"price": price(shop, amount), "quantity": bought}], "billing_mode": {"type": mode}}
    made = shop.v1.subscriptions.create(params | {"customer": payer(shop)})
    mock.clock.advance(passed)
    new = price(shop, wanted["amount"], "Silver", recurring={"interval": wanted["interval"]})
    sent: Any = {
        "items": [{"id": item_of(made).id, "price": new, "quantity": wanted["quantity"]}],
        "proration_behavior": wanted["proration_behavior"],
        "proration_date": mock.clock.now,
    }
    if wanted["anchor"]:
        sent["billing_cycle_anchor"] = {"type": wanted["anchor"]}
    extra: Any = {}
    if wanted["coupon"]:
        terms: Any = {"duration": "forever", **wanted["coupon"]}
        extra["discounts"] = [{"coupon": shop.v1.coupons.create(terms).id}]
    at = mock.clock.now
    shown = preview(shop, subscription=made.id, subscription_details=sent, **extra)
    changed = change(shop, made, **sent, **extra)
    # The mock's clock goes on: what counts from now can be compared only within one second.
    assume(mock.clock.now == at)
    if changed.latest_invoice == made.latest_invoice:
        mock.clock.to(min(item.current_period_end for item in changed["items"].data) + 60)
    assert billed(invoice_of(shop, made)) == billed(shown)


def test_tax_is_part_of_a_preview(shop: stripe.StripeClient) -> None:
    rate = shop.v1.tax_rates.create({"display_name": "VAT", "percentage": 20, "inclusive": False}).id
    items = [{"price": price(shop, 3000)}]
    shown = preview(shop, customer=payer(shop), subscription_details={"items": items, "default_tax_rates": [rate]})
    assert (shown.subtotal, shown.total) == (3000, 3600)
