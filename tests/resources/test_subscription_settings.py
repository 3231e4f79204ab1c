"""What a subscription passes on to its invoices, and what it says of how it may be paid."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from mock_server.testing import Mock

from .sales import DAY, change, invoice_of, item_of, payer, price, subscribe


@pytest.fixture
def april(mock: Mock) -> Mock:
    """The mock on the first of April."""
    mock.clock.to("2031-04-01")
    return mock


def refusal(shop: stripe.StripeClient, **sent: Any) -> stripe.InvalidRequestError:
    """The error that a new subscription with these parameters is answered with."""
    with pytest.raises(stripe.InvalidRequestError) as refused:
        subscribe(shop, payer(shop), price(shop), **sent)
    return refused.value


def test_tax_ids_of_the_account_stand_on_the_invoices(shop: stripe.StripeClient) -> None:
    own = shop.v1.tax_ids.create({"type": "eu_vat", "value": "DE123456789"}).id
    made = subscribe(shop, payer(shop), price(shop), invoice_settings={"account_tax_ids": [own]})
    assert invoice_of(shop, made).account_tax_ids == [own]
    assert change(shop, made, invoice_settings={"account_tax_ids": ""}).invoice_settings.account_tax_ids is None


def test_a_customers_tax_id_is_none_of_the_account(shop: stripe.StripeClient) -> None:
    theirs = shop.v1.customers.tax_ids.create(payer(shop), {"type": "eu_vat", "value": "DE123456789"}).id
    refused = refusal(shop, invoice_settings={"account_tax_ids": [theirs]})
    assert refused.param == "invoice_settings[account_tax_ids][0]"


def test_a_connected_account_may_issue_invoices_and_be_liable_for_tax(shop: stripe.StripeClient) -> None:
    seller = shop.v1.accounts.create({"type": "express"}).id
    shop.v1.tax.settings.update(
        {"head_office": {"address": {"country": "DE"}}, "defaults": {"tax_behavior": "exclusive"}}
    )
    party = {"type": "account", "account": seller}
    made = subscribe(
        shop,
        payer(shop, address={"country": "DE"}),
        price(shop),
        automatic_tax={"enabled": True, "liability": party},
        invoice_settings={"issuer": party},
    )
    paper = invoice_of(shop, made)
    assert paper.issuer.to_dict() == party
    assert paper.automatic_tax.liability is not None
    assert paper.automatic_tax.liability.to_dict() == party
    assert change(shop, made, invoice_settings={"issuer": {"type": "self"}}).invoice_settings.issuer.type == "self"


@pytest.mark.parametrize(
    ("issuer", "param"),
    [
        ({"type": "account"}, "invoice_settings[issuer][account]"),
        ({"type": "account", "account": "acct_nobody"}, "invoice_settings[issuer][account]"),
        ({"type": "self", "account": "acct_nobody"}, "invoice_settings[issuer][account]"),
    ],
)
def test_an_issuer_is_an_account_that_is_connected(shop: stripe.StripeClient, issuer: Any, param: str) -> None:
    assert refusal(shop, invoice_settings={"issuer": issuer}).param == param


def test_a_subscription_is_paid_with_the_types_that_it_allows_only(shop: stripe.StripeClient) -> None:
    """The customer's card is no bank account: so there is nothing to pay with."""
    types = {"payment_method_types": ["us_bank_account"]}
    assert refusal(shop, payment_settings=types).code == "resource_missing"
    made = subscribe(shop, payer(shop), price(shop), payment_settings={"payment_method_types": ["card"]})
    assert (made.status, invoice_of(shop, made).payment_settings.payment_method_types) == ("active", ["card"])
    freed = change(shop, made, payment_settings={"payment_method_types": ""})
    assert freed.payment_settings is not None
    assert freed.payment_settings.payment_method_types is None


def test_there_is_no_legacy_source_to_pay_with(shop: stripe.StripeClient) -> None:
    refused = refusal(shop, default_source="card_nobody")
    assert (refused.code, refused.param) == ("resource_missing", "default_source")


def test_what_is_added_once_has_rates_and_a_period_of_its_own(april: Mock, shop: stripe.StripeClient) -> None:
    rate = shop.v1.tax_rates.create({"display_name": "VAT", "percentage": 20, "inclusive": False}).id
    product = shop.v1.products.create({"name": "Setup"}).id
    setup = shop.v1.prices.create({"product": product, "currency": "usd", "unit_amount": 500}).id
    now = april.clock.now
    period = {"start": {"type": "timestamp", "timestamp": now - DAY}, "end": {"type": "min_item_period_end"}}
    once = {"price": setup, "tax_rates": [rate], "period": period}
    made = subscribe(shop, payer(shop), price(shop), add_invoice_items=[once])
    paper = invoice_of(shop, made)
    assert paper.lines.data[0].amount == 500
    assert (paper.lines.data[0].period.start, paper.lines.data[0].period.end) == (
        now - DAY,
        item_of(made).current_period_end,
    )
    assert paper.total == 2600, "500 and a fifth of it, and 2000"


@pytest.mark.parametrize(
    ("period", "param"),
    [
        ({"start": {"type": "timestamp"}, "end": {"type": "min_item_period_end"}}, "[start][timestamp]"),
        ({"start": {"type": "now"}, "end": {"type": "timestamp", "timestamp": 1}}, "[end]"),
    ],
)
def test_a_period_that_cannot_be_is_refused(shop: stripe.StripeClient, period: Any, param: str) -> None:
    once = {"price_data": {"currency": "usd", "product": "prod", "unit_amount": 5}, "period": period}
    assert refusal(shop, add_invoice_items=[once]).param == f"add_invoice_items[0][period]{param}"


def test_lists_can_ask_for_automatic_tax(shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop))
    found: Any = {"automatic_tax": {"enabled": False}}
    assert [one.id for one in shop.v1.subscriptions.list(found).data] == [made.id]
    assert shop.v1.subscriptions.list({"automatic_tax": {"enabled": True}}).data == []


def test_discounts_stand_in_prorations_and_are_not_shown_one_by_one(shop: stripe.StripeClient) -> None:
    mode = {"type": "flexible", "flexible": {"proration_discounts": "included"}}
    assert subscribe(shop, payer(shop), price(shop), billing_mode=mode).billing_mode.type == "flexible"
    mode = {"type": "flexible", "flexible": {"proration_discounts": "itemized"}}
    assert "discounts of prorations" in str(refusal(shop, billing_mode=mode))


def test_what_waits_can_be_billed_in_a_rhythm_of_its_own(april: Mock, shop: stripe.StripeClient) -> None:
    jenny = payer(shop)
    weekly = {"interval": "week"}
    made = subscribe(shop, jenny, price(shop, 2000), pending_invoice_item_interval=weekly)
    assert made.next_pending_invoice_item_invoice == made.created + 7 * DAY
    shop.v1.invoice_items.create({"customer": jenny, "amount": 300, "currency": "usd", "subscription": made.id})
    april.clock.to("2031-04-09")
    paper = invoice_of(shop, made)
    assert (paper.billing_reason, paper.total, paper.status) == ("automatic_pending_invoice_item_invoice", 300, "paid")
    april.clock.to("2031-04-23")
    assert invoice_of(shop, made).id == paper.id, "nothing waited in the weeks after"
    stopped = change(shop, made, pending_invoice_item_interval="")
    assert stopped.next_pending_invoice_item_invoice is None


@pytest.mark.parametrize("interval", [{"interval": "month"}, {"interval": "week", "interval_count": 60}])
def test_such_a_rhythm_is_shorter_than_that_of_the_subscription(shop: stripe.StripeClient, interval: Any) -> None:
    refused = refusal(shop, pending_invoice_item_interval=interval)
    assert refused.param is not None
    assert refused.param.startswith("pending_invoice_item_interval")
