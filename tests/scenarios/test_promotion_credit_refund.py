"""A customer comes with a promotion code, is dissatisfied, gets some money back, and moves to another country."""

from __future__ import annotations

from typing import Any

import pytest

from mock_server.testing import InProcessTransport, Mock
from tests.contract.recorder import watched
from tests.resources.sales import invoice_of, payer, price, subscribe

GERMAN: Any = {"country": "DE", "country_options": {"de": {"type": "oss_union"}}, "active_from": "now"}


@pytest.fixture
def mock(monkeypatch: pytest.MonkeyPatch) -> Mock:
    """An empty mock. An answer that the `stripe` package would not expect fails the test."""
    monkeypatch.setattr(InProcessTransport, "send", watched(InProcessTransport.send))
    return Mock()


def test_code_tax_credit_refund_and_a_move(mock: Mock) -> None:
    shop = mock.client

    # 1 January: 20.00 less a quarter, and 19 % on 15.00, is 17.85
    mock.clock.to("2031-01-01")
    office: Any = {"head_office": {"address": {"country": "DE"}}}
    shop.v1.tax.settings.update(office)
    shop.v1.tax.registrations.create(GERMAN)
    coupon = shop.v1.coupons.create({"percent_off": 25, "duration": "once"}).id
    code = shop.v1.promotion_codes.create({"promotion": {"type": "coupon", "coupon": coupon}, "max_redemptions": 1}).id
    jenny = payer(shop, address={"country": "DE"})
    gold = price(shop, 2000, tax_behavior="exclusive")
    made = subscribe(shop, jenny, gold, automatic_tax={"enabled": True}, discounts=[{"promotion_code": code}])
    first = invoice_of(shop, made)
    assert (first.subtotal, first.total_excluding_tax, first.total, first.amount_paid) == (2000, 1500, 1785, 1785)
    assert shop.v1.promotion_codes.retrieve(code).active is False

    # 10 January: half of it is taken back: 7.50 and 1.43 tax; 5.00 to the card, 3.93 as credit
    mock.clock.to("2031-01-10")
    lines: Any = [{"type": "invoice_line_item", "invoice_line_item": first.lines.data[0].id, "amount": 1000}]
    with mock.expect_events("refund.created", "charge.refunded", "credit_note.created", "invoice.updated"):
        note = shop.v1.credit_notes.create(
            {"invoice": first.id, "lines": lines, "refund_amount": 500, "credit_amount": 393}
        )
    assert (note.subtotal, note.discount_amount, note.total) == (1000, 250, 893), "142.5 cents of tax are rounded up"
    assert shop.v1.customers.retrieve(jenny).balance == -393

    # 20 January: she moves to Austria, where it is 20 %
    mock.clock.to("2031-01-20")
    shop.v1.customers.update(jenny, {"address": {"country": "AT"}})

    # 1 February: 20.00 and 4.00 tax, less her credit
    mock.clock.to("2031-02-02")
    second = invoice_of(shop, made)
    assert (second.total, second.starting_balance, second.amount_paid, second.ending_balance) == (2400, -393, 2007, 0)
    assert [entry.type for entry in shop.v1.customers.balance_transactions.list(jenny).data] == [
        "applied_to_invoice",
        "credit_note",
    ]
    # 17.85 and 20.07 came in, 5.00 went back; the fees are 82 (0.52 and 0.30) and 88 (0.58 and 0.30)
    movements = shop.v1.balance_transactions.list().data[::-1]
    assert [(one.amount, one.fee) for one in movements] == [(1785, 82), (-500, 0), (2007, 88)]

    # 3 February: as a business with a verified number, she owes the tax in Austria herself
    shop.v1.customers.tax_ids.create(jenny, {"type": "eu_vat", "value": "ATU00000000"})
    mock.clock.to("2031-03-02")
    third = invoice_of(shop, made)
    assert [(one.amount, one.taxability_reason) for one in third.total_taxes or []] == [(0, "reverse_charge")]
    assert third.amount_paid == 2000
