"""What is chosen for one invoice: who it is from, how it is paid and looks, and who shares in the payment."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from .sales import intent_of, payer


@pytest.fixture
def jenny(shop: stripe.StripeClient) -> str:
    return payer(shop)


@pytest.fixture
def partner(shop: stripe.StripeClient) -> str:
    """A connected account that takes payments and transfers."""
    wanted: Any = {"card_payments": {"requested": True}, "transfers": {"requested": True}}
    return shop.v1.accounts.create({"type": "custom", "country": "US", "capabilities": wanted}).id


def draft(shop: stripe.StripeClient, customer: str, **sent: Any) -> stripe.Invoice:
    """A draft of 10 dollars."""
    params: Any = {"customer": customer, "currency": "usd", **sent}
    made = shop.v1.invoices.create(params)
    return shop.v1.invoices.add_lines(made.id, {"lines": [{"amount": 1000}]})


def refusal(shop: stripe.StripeClient, customer: str, **sent: Any) -> tuple[str | None, str | None]:
    """Code and param of the error."""
    with pytest.raises(stripe.InvalidRequestError) as refused:
        draft(shop, customer, **sent)
    return refused.value.code, refused.value.param


def test_an_invoice_keeps_how_it_is_rendered_key_by_key(shop: stripe.StripeClient, jenny: str) -> None:
    made = draft(shop, jenny, rendering={"amount_tax_display": "include_inclusive_tax"})
    changed = shop.v1.invoices.update(made.id, {"rendering": {"pdf": {"page_size": "a4"}}})
    assert changed["rendering"].to_dict() == {
        "amount_tax_display": "include_inclusive_tax",
        "pdf": {"page_size": "a4"},
        "template": None,
        "template_version": None,
    }


def test_where_the_goods_are_sent_can_be_set_and_unset(shop: stripe.StripeClient, jenny: str) -> None:
    made = draft(shop, jenny, shipping_details={"name": "Jenny", "address": {"country": "DE", "city": "Berlin"}})
    assert made.shipping_details is not None
    assert (made.shipping_details.name, made.shipping_details.phone) == ("Jenny", None)
    assert shop.v1.invoices.update(made.id, {"shipping_details": ""}).shipping_details is None


def test_an_invoice_is_only_charged_by_the_types_that_it_allows(shop: stripe.StripeClient, jenny: str) -> None:
    made = draft(shop, jenny, payment_settings={"payment_method_types": ["sepa_debit"]})
    shop.v1.invoices.finalize_invoice(made.id)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.invoices.pay(made.id)
    assert refused.value.code == "resource_missing"
    assert shop.v1.invoices.retrieve(made.id).status == "open"


def test_no_types_stand_for_all(shop: stripe.StripeClient, jenny: str) -> None:
    made = draft(shop, jenny, payment_settings={"payment_method_types": ["sepa_debit"]})
    shop.v1.invoices.update(made.id, {"payment_settings": {"payment_method_types": ""}})
    assert shop.v1.invoices.pay(made.id).status == "paid"


def test_the_accounts_own_tax_ids_are_shown_and_a_customers_are_not(shop: stripe.StripeClient, jenny: str) -> None:
    own = shop.v1.tax_ids.create({"type": "eu_vat", "value": "DE123456789"}).id
    other = shop.v1.customers.tax_ids.create(jenny, {"type": "eu_vat", "value": "DE987654321"}).id
    assert draft(shop, jenny, account_tax_ids=[own]).account_tax_ids == [own]
    assert refusal(shop, jenny, account_tax_ids=[other]) == (None, "account_tax_ids[0]")


def test_another_account_issues_the_invoice(shop: stripe.StripeClient, jenny: str, partner: str) -> None:
    made = draft(shop, jenny, issuer={"type": "account", "account": partner})
    assert made.issuer.to_dict() == {"type": "account", "account": partner}
    assert refusal(shop, jenny, issuer={"type": "account"}) == ("parameter_missing", "issuer[account]")
    assert refusal(shop, jenny, on_behalf_of="acct_unknown") == ("resource_missing", "on_behalf_of")


def test_the_payment_is_shared_as_the_invoice_says(shop: stripe.StripeClient, jenny: str, partner: str) -> None:
    share = {"transfer_data": {"destination": partner}, "application_fee_amount": 123}
    made = draft(shop, jenny, on_behalf_of=partner, **share)
    paid = shop.v1.invoices.pay(made.id)
    intent = intent_of(shop, paid)
    assert intent.transfer_data is not None
    assert (intent.application_fee_amount, intent.transfer_data.destination) == (123, partner)
    assert (paid.on_behalf_of, intent.on_behalf_of) == (partner, partner)
    assert [fee.amount for fee in shop.v1.application_fees.list().data] == [123]


def test_nobody_gets_more_than_is_paid(shop: stripe.StripeClient, jenny: str, partner: str) -> None:
    made = draft(shop, jenny, transfer_data={"destination": partner, "amount": 5000})
    paid = shop.v1.invoices.pay(made.id)
    transfer_data = intent_of(shop, paid).transfer_data
    assert transfer_data is not None
    assert transfer_data.amount == 1000


def test_a_fee_needs_somebody_who_pays_it(shop: stripe.StripeClient, jenny: str) -> None:
    assert refusal(shop, jenny, application_fee_amount=100) == (None, "application_fee_amount")


def test_a_line_makes_its_product(shop: stripe.StripeClient, jenny: str) -> None:
    made = shop.v1.invoices.create({"customer": jenny, "currency": "usd"})
    costs: Any = {"currency": "usd", "unit_amount": 700, "product_data": {"name": "Advice"}}
    added = shop.v1.invoices.add_lines(made.id, {"lines": [{"price_data": costs, "quantity": 2}]})
    assert [line.amount for line in added.lines.data] == [1400]
    assert [one.name for one in shop.v1.products.list({"active": False}).data] == ["Advice"]
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.invoices.add_lines(made.id, {"lines": [{"price_data": {"currency": "usd", "unit_amount": 5}}]})
    assert (refused.value.code, refused.value.param) == ("parameter_missing", "lines[0][price_data][product]")


def test_a_plan_moves_to_another_product(shop: stripe.StripeClient) -> None:
    plan = shop.v1.plans.create({"currency": "usd", "amount": 500, "interval": "month", "product": {"name": "Old"}})
    new = shop.v1.products.create({"name": "New"}).id
    assert shop.v1.plans.update(plan.id, {"product": new}).product == new
    assert shop.v1.prices.retrieve(plan.id).product == new
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.plans.update(plan.id, {"product": "prod_unknown"})
    assert (refused.value.code, refused.value.param) == ("resource_missing", "product")
