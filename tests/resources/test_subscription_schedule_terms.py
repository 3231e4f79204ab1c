"""What the phases of a schedule bring along beside their items: tax, accounts, one-time items, an end.

April has 30 days, May 31.
"""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from mock_server.testing import Mock

from .sales import DAY, invoice_of, lines_of, payer, price, subscribe
from .schedules import create, current, day, phase, update


@pytest.fixture
def april(mock: Mock) -> Mock:
    """The mock on the first of April."""
    mock.clock.to("2031-04-01")
    return mock


def rate(shop: stripe.StripeClient, percentage: float) -> str:
    """The id of a tax rate that is added."""
    return shop.v1.tax_rates.create({"display_name": "VAT", "percentage": percentage, "inclusive": False}).id


def owned(shop: stripe.StripeClient, made: stripe.SubscriptionSchedule) -> stripe.Subscription:
    """The subscription of a schedule, as it is now."""
    return shop.v1.subscriptions.retrieve(str(shop.v1.subscription_schedules.retrieve(made.id).subscription))


def test_rates_come_and_go_with_their_phase(april: Mock, shop: stripe.StripeClient) -> None:
    """1000 and a tenth, then 1000 and a fifth by the item's own rate, then 1000."""
    gold, tenth, fifth = price(shop, 1000), rate(shop, 10), rate(shop, 20)
    second = phase(gold)
    second["items"][0]["tax_rates"] = [fifth]
    phases = [phase(gold, default_tax_rates=[tenth]), second, phase(gold)]
    made = create(shop, customer=payer(shop), start_date="now", phases=phases)
    assert [one.id for one in made.phases[0].default_tax_rates or []] == [tenth]
    assert [one.id for one in made.phases[1]["items"][0].tax_rates or []] == [fifth]
    totals = [invoice_of(shop, owned(shop, made)).total]
    for moment in ("2031-05-02", "2031-06-02"):
        april.clock.to(moment)
        totals.append(invoice_of(shop, owned(shop, made)).total)
    assert totals == [1100, 1200, 1000]


def test_discounts_of_an_item_last_as_long_as_its_phase(april: Mock, shop: stripe.StripeClient) -> None:
    half = shop.v1.coupons.create({"percent_off": 50, "duration": "forever"}).id
    gold = price(shop, 1000)
    first = phase(gold)
    first["items"][0]["discounts"] = [{"coupon": half}]
    made = create(shop, customer=payer(shop), start_date="now", phases=[first, phase(gold)])
    assert made.phases[0]["items"][0].discounts[0].coupon == half
    assert invoice_of(shop, owned(shop, made)).total == 500
    april.clock.to("2031-05-02")
    assert invoice_of(shop, owned(shop, made)).total == 1000


def test_a_coupon_is_not_applied_a_second_time_when_its_phase_is_sent_again(
    april: Mock, shop: stripe.StripeClient
) -> None:
    half = shop.v1.coupons.create({"percent_off": 50, "duration": "forever"}).id
    gold = price(shop, 1000)
    made = create(shop, customer=payer(shop), start_date="now", phases=[phase(gold, discounts=[{"coupon": half}])])
    again = current(made) | {"discounts": [{"coupon": half}]}
    again["items"][0]["quantity"] = 2
    update(shop, made, phases=[again])
    assert shop.v1.coupons.retrieve(half).times_redeemed == 1


def test_what_is_added_to_a_phase_is_billed_once_when_it_begins(april: Mock, shop: stripe.StripeClient) -> None:
    gold = price(shop, 1000)
    product = shop.v1.products.create({"name": "Setup"}).id
    setup = shop.v1.prices.create({"product": product, "currency": "usd", "unit_amount": 500}).id
    data = {"currency": "usd", "product": product, "unit_amount": 70}
    period = {"start": {"type": "phase_start"}, "end": {"type": "phase_end"}}
    added = [{"price": setup, "quantity": 2}, {"price_data": data, "period": period}]
    phases = [phase(gold), phase(gold, add_invoice_items=added), phase(gold)]
    made = create(shop, customer=payer(shop), start_date="now", phases=phases)
    assert made.phases[1].add_invoice_items[0].period.start.type == "max_item_period_start"
    assert invoice_of(shop, owned(shop, made)).total == 1000
    april.clock.to("2031-05-02")
    paper = invoice_of(shop, owned(shop, made))
    assert [amount for amount, _ in lines_of(paper)] == [70, 1000, 1000]
    begin, end = made.phases[1].start_date, made.phases[1].end_date
    assert {(line.period.start, line.period.end) for line in paper.lines.data} == {(begin, end)}
    april.clock.to("2031-06-02")
    assert invoice_of(shop, owned(shop, made)).total == 1000


def test_a_price_that_is_archived_meanwhile_is_bought_as_it_was_planned(april: Mock, shop: stripe.StripeClient) -> None:
    """A price that is described within a phase is archived from the beginning."""
    gold, silver = price(shop, 1000), price(shop, 700)
    product = shop.v1.products.create({"name": "Own"}).id
    data = {"currency": "usd", "product": product, "unit_amount": 300, "recurring": {"interval": "month"}}
    own = {"items": [{"price_data": data}], "duration": {"interval": "month"}}
    made = create(shop, customer=payer(shop), start_date="now", phases=[phase(gold), phase(silver), own])
    shop.v1.prices.update(silver, {"active": False})
    totals = []
    for moment in ("2031-05-02", "2031-06-02"):
        april.clock.to(moment)
        totals.append(invoice_of(shop, owned(shop, made)).total)
    assert totals == [700, 300]


def test_a_phase_shares_with_a_connected_account(april: Mock, shop: stripe.StripeClient) -> None:
    seller = shop.v1.accounts.create({"type": "express", "capabilities": {"transfers": {"requested": True}}}).id
    gold = price(shop, 1000)
    sharing = {"transfer_data": {"destination": seller}, "application_fee_percent": 10, "on_behalf_of": seller}
    made = create(shop, customer=payer(shop), start_date="now", phases=[phase(gold, **sharing), phase(gold)])
    begun = owned(shop, made)
    assert (begun.application_fee_percent, begun.on_behalf_of) == (10, seller)
    assert invoice_of(shop, begun).on_behalf_of == seller
    april.clock.to("2031-05-02")
    after = owned(shop, made)
    assert (after.application_fee_percent, after.on_behalf_of, after.transfer_data) == (None, None, None)


def test_what_is_said_for_all_phases_counts_where_a_phase_says_nothing(april: Mock, shop: stripe.StripeClient) -> None:
    shop.v1.tax.settings.update(
        {"head_office": {"address": {"country": "DE"}}, "defaults": {"tax_behavior": "exclusive"}}
    )
    own = shop.v1.tax_ids.create({"type": "eu_vat", "value": "DE123456789"}).id
    general = {"automatic_tax": {"enabled": True}, "invoice_settings": {"account_tax_ids": [own], "footer": "Thanks"}}
    gold = price(shop, 1000)
    jenny = payer(shop, address={"country": "DE"})
    phases = [phase(gold), phase(gold, automatic_tax={"enabled": False})]
    made = create(shop, customer=jenny, start_date="now", default_settings=general, phases=phases)
    paper = invoice_of(shop, owned(shop, made))
    assert (paper.automatic_tax.enabled, paper.account_tax_ids, paper.footer) == (True, [own], "Thanks")
    april.clock.to("2031-05-02")
    assert not owned(shop, made).automatic_tax.enabled


def test_a_running_subscriptions_terms_are_those_of_its_schedule(april: Mock, shop: stripe.StripeClient) -> None:
    tenth = rate(shop, 10)
    running = subscribe(
        shop, payer(shop), price(shop, 1000), default_tax_rates=[tenth], invoice_settings={"footer": "Thanks"}
    )
    made = create(shop, from_subscription=running.id)
    assert [one.id for one in made.phases[0].default_tax_rates or []] == [tenth]
    assert made.default_settings.invoice_settings.footer == "Thanks"


def test_a_schedule_that_cancels_tells_when(april: Mock, shop: stripe.StripeClient) -> None:
    made = create(shop, customer=payer(shop), start_date="now", end_behavior="cancel", phases=[phase(price(shop), 2)])
    assert owned(shop, made).cancel_at == day("2031-06-01")
    with april.expect_events("subscription_schedule.updated", "customer.subscription.updated"):
        update(shop, made, end_behavior="release")
    assert owned(shop, made).cancel_at is None
    update(shop, made, end_behavior="cancel")
    april.clock.to("2031-06-02")
    found = shop.v1.subscriptions.list({"status": "canceled"}).data
    assert [one.ended_at for one in found] == [day("2031-06-01")]


@pytest.mark.parametrize(("sent", "kept"), [({}, False), ({"preserve_cancel_date": True}, True)])
def test_a_release_takes_the_end_along_or_leaves_it(
    april: Mock, shop: stripe.StripeClient, sent: Any, kept: bool
) -> None:
    made = create(shop, customer=payer(shop), start_date="now", end_behavior="cancel", phases=[phase(price(shop))])
    running = owned(shop, made)
    shop.v1.subscription_schedules.release(made.id, sent)
    assert (shop.v1.subscriptions.retrieve(running.id).cancel_at is not None) is kept


def test_a_last_phase_that_ends_within_a_period_is_billed_to_its_end(april: Mock, shop: stripe.StripeClient) -> None:
    """April in full, and 10 of May's 31 days: 3100 * 10/31."""
    gold = price(shop, 3100)
    made = create(
        shop,
        customer=payer(shop),
        start_date="now",
        end_behavior="cancel",
        phases=[{"items": [{"price": gold}], "end_date": april.clock.now + 40 * DAY}],
    )
    assert invoice_of(shop, owned(shop, made)).total == 3100
    april.clock.to("2031-05-02")
    assert invoice_of(shop, owned(shop, made)).total == 1000


@pytest.mark.parametrize(
    ("more", "param"),
    [
        ({"default_tax_rates": ["txr_nobody"]}, "phases[0][default_tax_rates][0]"),
        ({"on_behalf_of": "acct_nobody"}, "phases[0][on_behalf_of]"),
        ({"transfer_data": {"destination": "acct_nobody"}}, "phases[0][transfer_data][destination]"),
        ({"invoice_settings": {"account_tax_ids": ["txi_nobody"]}}, "phases[0][invoice_settings][account_tax_ids][0]"),
        ({"add_invoice_items": [{"quantity": 1}]}, "phases[0][add_invoice_items][0][price]"),
    ],
)
def test_terms_that_cannot_be_name_their_parameter(shop: stripe.StripeClient, more: Any, param: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        create(shop, customer=payer(shop), start_date="now", phases=[phase(price(shop), **more)])
    assert refused.value.param == param


def test_a_start_at_another_time_can_be_previewed(april: Mock, shop: stripe.StripeClient) -> None:
    """In the past, both periods are billed; in the future, the first one."""
    items: Any = [{"price": price(shop, 1000)}]
    jenny = payer(shop)
    for moment, total in ((day("2031-03-01"), 2000), (day("2031-04-15"), 1000)):
        details: Any = {"items": items, "start_date": moment}
        shown = shop.v1.invoices.create_preview({"customer": jenny, "subscription_details": details})
        assert shown.total == total
    assert shown.lines.data[0].period.start == day("2031-04-15")


def test_a_preview_can_have_another_issuer(shop: stripe.StripeClient) -> None:
    seller = shop.v1.accounts.create({"type": "express"}).id
    made = subscribe(shop, payer(shop), price(shop))
    issuer: Any = {"type": "account", "account": seller}
    shown = shop.v1.invoices.create_preview({"subscription": made.id, "issuer": issuer, "on_behalf_of": seller})
    assert (shown.issuer.account, shown.on_behalf_of) == (seller, seller)
