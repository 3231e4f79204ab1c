"""Tax rates, and the taxes on invoices."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from mock_server.testing import Mock

from .sales import change, invoice_of, item_of, payer, price, subscribe


def rate(shop: stripe.StripeClient, percentage: float | str, *, inclusive: bool = False, **sent: Any) -> str:
    """The id of a new rate."""
    params: Any = {"display_name": "VAT", "percentage": percentage, "inclusive": inclusive, **sent}
    return shop.v1.tax_rates.create(params).id


def taxes(invoice: stripe.Invoice) -> list[tuple[int, int | None, str]]:
    """Amount, taxable amount and behavior of each of its taxes."""
    return [(one.amount, one.taxable_amount, one.tax_behavior) for one in invoice.total_taxes or []]


def sums(invoice: stripe.Invoice) -> tuple[int, int, int | None, int | None]:
    """Subtotal and total, with and without tax."""
    return invoice.subtotal, invoice.total, invoice.subtotal_excluding_tax, invoice.total_excluding_tax


def test_a_rate_is_made_and_its_words_change(mock: Mock, shop: stripe.StripeClient) -> None:
    with mock.expect_events("tax_rate.created"):
        id = rate(shop, "19.5", country="DE", jurisdiction="DE", tax_type="vat", description="German VAT")
    made = shop.v1.tax_rates.retrieve(id)
    assert (made.percentage, made.inclusive, made.active, made.country) == (19.5, False, True, "DE")
    with mock.expect_events("tax_rate.updated"):
        shop.v1.tax_rates.update(id, {"active": False, "display_name": "USt."})
    assert shop.v1.tax_rates.list({"active": True}).data == []
    assert [one.id for one in shop.v1.tax_rates.list({"inclusive": False}).data] == [id]


@pytest.mark.parametrize(
    ("sent", "param"),
    [
        pytest.param({"percentage": 101}, "percentage", id="more than all"),
        pytest.param({"percentage": "8.12345"}, "percentage", id="five decimals"),
        pytest.param({"percentage": 5, "display_name": ""}, "display_name", id="no name"),
        pytest.param({"percentage": 5, "tax_type": "window_tax"}, "tax_type", id="an unknown kind"),
    ],
)
def test_what_a_rate_cannot_be_is_refused(shop: stripe.StripeClient, sent: Any, param: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        rate(shop, **sent)
    assert refused.value.param == param


def test_percentage_and_inclusiveness_stay(shop: stripe.StripeClient) -> None:
    params: Any = {"percentage": 7}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.tax_rates.update(rate(shop, 19), params)
    assert refused.value.code == "parameter_unknown"


def test_an_exclusive_rate_is_added(shop: stripe.StripeClient) -> None:
    vat = rate(shop, 19)
    made = subscribe(shop, payer(shop), price(shop, 1000), price(shop, 555), default_tax_rates=[vat])
    assert [one.id for one in made.default_tax_rates or []] == [vat]
    invoice = invoice_of(shop, made)
    assert [line.taxes[0].amount for line in invoice.lines.data if line.taxes] == [190, 105], "555 * 19 % = 105.45"
    assert taxes(invoice) == [(295, 1555, "exclusive")]
    assert sums(invoice) == (1555, 1850, 1555, 1555)
    assert invoice.amount_paid == 1850
    assert [one.id for one in invoice.default_tax_rates] == [vat]


def test_an_inclusive_rate_is_contained(shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop, 1190), default_tax_rates=[rate(shop, 19, inclusive=True)])
    invoice = invoice_of(shop, made)
    assert taxes(invoice) == [(190, 1000, "inclusive")]
    assert sums(invoice) == (1190, 1190, 1000, 1000)


def test_tax_is_worked_out_after_discounts(shop: stripe.StripeClient) -> None:
    coupon = shop.v1.coupons.create({"percent_off": 10, "duration": "once"}).id
    made = subscribe(
        shop, payer(shop), price(shop, 1000), default_tax_rates=[rate(shop, 20)], discounts=[{"coupon": coupon}]
    )
    invoice = invoice_of(shop, made)
    assert taxes(invoice) == [(180, 900, "exclusive")]
    assert sums(invoice) == (1000, 1080, 1000, 900)


def test_several_rates_stand_side_by_side(shop: stripe.StripeClient) -> None:
    both = [rate(shop, 5, tax_type="gst"), rate(shop, "9.975", tax_type="qst")]
    made = subscribe(shop, payer(shop), price(shop, 2000), default_tax_rates=both)
    assert taxes(invoice_of(shop, made)) == [(100, 2000, "exclusive"), (200, 2000, "exclusive")], "199.5 rounded up"


def test_an_items_own_rates_replace_the_default_ones(shop: stripe.StripeClient) -> None:
    low, full = rate(shop, 7), rate(shop, 19)
    items: Any = [{"price": price(shop, 1000), "tax_rates": [low]}, {"price": price(shop, 1000)}]
    sent: Any = {"customer": payer(shop), "items": items, "default_tax_rates": [full]}
    made = shop.v1.subscriptions.create(sent)
    assert [one.id for one in item_of(made).tax_rates or []] == [low]
    assert [tax[0] for tax in taxes(invoice_of(shop, made))] == [70, 190]


@pytest.mark.parametrize(
    ("exempt", "reason", "taxable"),
    [
        pytest.param("exempt", "customer_exempt", 0, id="exempt"),
        pytest.param("reverse", "reverse_charge", 1000, id="the customer pays it"),
    ],
)
def test_some_customers_owe_no_tax(shop: stripe.StripeClient, exempt: str, reason: str, taxable: int) -> None:
    made = subscribe(shop, payer(shop, tax_exempt=exempt), price(shop, 1000), default_tax_rates=[rate(shop, 19)])
    invoice = invoice_of(shop, made)
    assert taxes(invoice) == [(0, taxable, "exclusive")]
    assert [one.taxability_reason for one in invoice.total_taxes or []] == [reason]
    assert invoice.total == 1000


def test_a_change_is_taxed_like_what_it_changes(shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop, 1000), default_tax_rates=[rate(shop, 20)])
    dearer: Any = [{"id": item_of(made).id, "price": price(shop, 3000)}]
    after = change(shop, made, items=dearer, proration_behavior="always_invoice", proration_date=made.start_date)
    invoice = invoice_of(shop, after)
    assert sorted(line.taxes[0].amount for line in invoice.lines.data if line.taxes) == [-200, 600]
    assert (invoice.subtotal, invoice.total) == (2000, 2400)


def test_the_next_invoices_have_the_new_default_rates(mock: Mock, shop: stripe.StripeClient) -> None:
    mock.clock.to("2031-01-01")
    made = subscribe(shop, payer(shop), price(shop, 1000), default_tax_rates=[rate(shop, 19)])
    change(shop, made, default_tax_rates=[rate(shop, 21)])
    mock.clock.to("2031-02-02")
    assert taxes(invoice_of(shop, made)) == [(210, 1000, "exclusive")]
    assert change(shop, made, default_tax_rates="").default_tax_rates == []


def test_an_invoice_item_has_rates_of_its_own(shop: stripe.StripeClient) -> None:
    jenny, low, full = payer(shop), rate(shop, 7), rate(shop, 19)
    item: Any = {"customer": jenny, "amount": 1000, "currency": "usd", "tax_rates": [low]}
    assert [one.id for one in shop.v1.invoice_items.create(item).tax_rates or []] == [low]
    sent: Any = {"customer": jenny, "pending_invoice_items_behavior": "include", "default_tax_rates": [full]}
    draft = shop.v1.invoices.create(sent)
    assert taxes(draft) == [(70, 1000, "exclusive")]
    shop.v1.invoice_items.update(str(shop.v1.invoice_items.list().data[0].id), {"tax_rates": ""})
    assert taxes(shop.v1.invoices.retrieve(draft.id)) == [(190, 1000, "exclusive")]
    assert taxes(shop.v1.invoices.update(draft.id, {"default_tax_rates": ""})) == []


def test_a_credit_note_gives_tax_back(shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop, 1000), default_tax_rates=[rate(shop, 19)])
    invoice = invoice_of(shop, made)
    lines: Any = [{"type": "invoice_line_item", "invoice_line_item": invoice.lines.data[0].id, "amount": 500}]
    note = shop.v1.credit_notes.create({"invoice": invoice.id, "lines": lines, "refund_amount": 595})
    assert (note.subtotal, note.total, note.total_excluding_tax) == (500, 595, 500)
    assert [(one.amount, one.taxable_amount) for one in note.total_taxes or []] == [(95, 500)]


@pytest.mark.parametrize("archived", [True, False])
def test_only_an_active_rate_can_be_used(shop: stripe.StripeClient, *, archived: bool) -> None:
    id = rate(shop, 19, active=False) if archived else "txr_none"
    with pytest.raises(stripe.InvalidRequestError) as refused:
        subscribe(shop, payer(shop), price(shop), default_tax_rates=[id])
    assert refused.value.param == "default_tax_rates[0]"
