"""An invoice as something to be paid: how far that has come."""

from __future__ import annotations

from typing import Any

import pytest

from flask_portal.rules.debts import Bill
from tests.portal.rules.bodies import invoice

REFUSED = {"code": "card_declined", "decline_code": "insufficient_funds", "payment_method": {"id": "pm_poor"}}


def payment(intent: Any, status: str = "open", *, is_default: bool = True) -> dict[str, Any]:
    return {"status": status, "is_default": is_default, "payment": {"type": "payment_intent", "payment_intent": intent}}


def bill(intent: dict[str, Any] | None = None, **fields: Any) -> Bill:
    payments = {"data": [payment({"id": "pi_1", **intent})] if intent else []}
    return Bill.of(invoice(payments=payments, amount_paid=0, **fields))


@pytest.mark.parametrize(
    ("intent", "fields", "standing"),
    [
        pytest.param(None, {}, "due", id="nothing was tried"),
        pytest.param({"status": "requires_confirmation"}, {}, "due", id="about to be tried"),
        pytest.param({"status": "requires_payment_method", "last_payment_error": REFUSED}, {}, "declined", id="no"),
        pytest.param({"status": "requires_action"}, {}, "confirm", id="the bank waits"),
        pytest.param({"status": "processing", "last_payment_error": REFUSED}, {}, "processing", id="on its way"),
        pytest.param({"status": "succeeded"}, {"status": "paid"}, "paid", id="paid"),
        pytest.param(None, {"status": "uncollectible"}, "due", id="given up by the business, and still payable"),
        pytest.param(None, {"status": "void"}, "gone", id="void"),
        pytest.param(None, {"status": "draft"}, "gone", id="draft"),
    ],
)
def test_how_far_a_payment_has_come(intent: dict[str, Any] | None, fields: dict[str, Any], standing: str) -> None:
    found = bill(intent, **fields)
    assert found.standing == standing
    assert found.is_payable is (standing in ("due", "declined", "confirm"))


def test_a_decline_keeps_its_reason_and_the_method_that_was_tried() -> None:
    found = bill({"status": "requires_payment_method", "payment_method": None, "last_payment_error": REFUSED})
    assert (found.code, found.decline_code, found.method_id) == ("card_declined", "insufficient_funds", "pm_poor")


def test_the_banks_page_is_known_while_it_waits() -> None:
    action = {"type": "redirect_to_url", "redirect_to_url": {"url": "https://bank.example/ask"}}
    assert bill({"status": "requires_action", "next_action": action}).confirm_url == "https://bank.example/ask"
    assert bill({"status": "succeeded", "next_action": action}, status="paid").confirm_url is None
    assert bill({"status": "requires_action", "next_action": {"type": "use_stripe_sdk"}}).confirm_url is None


def test_an_intent_that_is_not_expanded_is_looked_up() -> None:
    body = invoice(payments={"data": [payment("pi_1")]}, amount_paid=0)
    assert Bill.of(body, {"pi_1": {"id": "pi_1", "status": "processing"}}).standing == "processing"
    assert Bill.of(body, {}).standing == "due"


def test_of_several_payments_the_open_one_counts() -> None:
    old = payment({"id": "pi_old", "status": "canceled", "last_payment_error": REFUSED}, "canceled", is_default=False)
    new = payment({"id": "pi_new", "status": "requires_action"})
    found = Bill.of(invoice(payments={"data": [old, new]}, amount_paid=0))
    assert (found.intent_id, found.standing) == ("pi_new", "confirm")


def test_the_amount_is_what_is_open_or_what_was_paid() -> None:
    assert bill().amount == 1250
    paid = Bill.of(invoice(status="paid", amount_remaining=0, amount_paid=900))
    assert (paid.amount, paid.is_payable) == (900, False)


@pytest.mark.parametrize(
    ("fields", "waiting"),
    [
        ({"attempted": False}, True),
        ({"attempted": True}, False),
        ({"attempted": False, "collection_method": "send_invoice"}, False),
    ],
)
def test_what_stripe_is_about_to_charge_waits_for_nobody(fields: dict[str, Any], waiting: bool) -> None:
    assert bill(**fields).is_waiting is waiting
