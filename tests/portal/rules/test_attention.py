"""What needs the customer."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from flask_portal.rules.attention import Concern, concerns
from flask_portal.rules.methods import MethodView
from tests.portal.rules.bodies import card, invoice, view

TODAY = date(2027, 3, 15)


def kinds(found: tuple[Concern, ...]) -> list[tuple[str, str]]:
    return [(concern.kind, concern.id) for concern in found]


def test_where_all_is_well_there_is_nothing() -> None:
    paid = invoice(status="paid", amount_remaining=0)
    assert concerns([view()], [MethodView.of(card())], [paid], TODAY) == ()


def test_an_unpaid_invoice_tells_what_is_open_and_since_when() -> None:
    [found] = concerns([], [], [invoice(created=77)], TODAY)
    assert found == Concern("unpaid_invoice", "in_1", at=77, amount=1250, currency="usd")


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        pytest.param({"attempted": False}, False, id="Stripe is about to charge it"),
        pytest.param({"attempted": False, "collection_method": "send_invoice"}, True, id="the customer has to pay it"),
        pytest.param({"amount_remaining": 0}, False, id="nothing is open"),
        pytest.param({"status": "draft"}, False, id="draft"),
        pytest.param({"status": "void"}, False, id="void"),
        pytest.param({"status": "uncollectible"}, False, id="given up"),
    ],
)
def test_only_an_open_invoice_that_waits_for_the_customer_is_told(fields: dict[str, Any], told: bool) -> None:
    assert bool(concerns([], [], [invoice(**fields)], TODAY)) is told


def test_what_is_on_its_way_needs_nobody() -> None:
    late = view(status="past_due")
    assert concerns([late], [], [invoice()], TODAY, {"in_1"}) == ()
    assert kinds(concerns([late], [], [invoice(), invoice(id="in_2")], TODAY, {"in_1"})) == [("unpaid_invoice", "in_2")]


@pytest.mark.parametrize("status", ["past_due", "unpaid"])
def test_an_overdue_subscription_is_told_when_its_invoice_is_not(status: str) -> None:
    late = view(status=status)
    assert kinds(concerns([late], [], [], TODAY)) == [("past_due", "sub_1")]
    assert kinds(concerns([late], [], [invoice()], TODAY)) == [("unpaid_invoice", "in_1")]
    expanded = invoice(parent={"subscription_details": {"subscription": {"id": "sub_1"}}})
    assert kinds(concerns([late], [], [expanded], TODAY)) == [("unpaid_invoice", "in_1")]
    elsewhere = invoice(parent=None)
    assert kinds(concerns([late], [], [elsewhere], TODAY)) == [("unpaid_invoice", "in_1"), ("past_due", "sub_1")]


def test_a_subscription_that_was_never_paid_for_is_told_when_its_invoice_is_not() -> None:
    begun = view(status="incomplete")
    assert kinds(concerns([begun], [], [], TODAY)) == [("incomplete", "sub_1")]
    assert kinds(concerns([begun], [], [invoice()], TODAY)) == [("unpaid_invoice", "in_1")]


@pytest.mark.parametrize(("month", "kind"), [(2, "card_expired"), (3, "card_expiring"), (4, "card_expiring")])
def test_a_card_that_something_is_charged_to_is_told(month: int, kind: str) -> None:
    method = MethodView.of(card(year=2027, month=month))
    [found] = concerns([view()], [method], [], TODAY)
    assert (found.kind, found.id, found.method) == (kind, "pm_default", method)
    assert found.subscription is not None
    assert found.subscription.id == "sub_1"


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"default_payment_method": "pm_other"}, id="another card pays"),
        pytest.param({"collection_method": "send_invoice"}, id="paid by invoice"),
        pytest.param({"status": "canceled"}, id="ended"),
        pytest.param({"status": "paused"}, id="paused"),
    ],
)
def test_a_card_that_nothing_is_charged_to_is_not(fields: dict[str, Any]) -> None:
    assert not concerns([view(**fields)], [MethodView.of(card(year=2027, month=2))], [], TODAY)


def test_a_subscription_that_ends_is_told_and_its_card_is_not() -> None:
    found = concerns([view(cancel_at=900)], [MethodView.of(card(year=2027, month=3))], [], TODAY)
    assert [(concern.kind, concern.at) for concern in found] == [("ending", 900)]


def test_the_most_urgent_comes_first_and_within_a_kind_the_earliest() -> None:
    subscriptions = [
        view(id="sub_later", cancel_at=900),
        view(id="sub_sooner", cancel_at_period_end=True, cancel_at=800),
        view(id="sub_late", status="past_due", default_payment_method="pm_old"),
        view(id="sub_good"),
    ]
    methods = [MethodView.of(card(year=2027, month=3)), MethodView.of(card("pm_old", year=2027, month=1))]
    bills = [invoice(id="in_new", created=2, parent=None), invoice(id="in_old", created=1, parent=None)]
    assert kinds(concerns(subscriptions, methods, bills, TODAY)) == [
        ("unpaid_invoice", "in_old"),
        ("unpaid_invoice", "in_new"),
        ("past_due", "sub_late"),
        ("card_expired", "pm_old"),
        ("card_expiring", "pm_default"),
        ("ending", "sub_sooner"),
        ("ending", "sub_later"),
    ]
