"""What a change costs today and next, from Stripe's previews."""

from __future__ import annotations

from typing import Any

import pytest

from flask_portal.rules import payments
from flask_portal.rules.quotes import Quote
from tests.portal.rules.bodies import PERIOD_END, view

NOW = PERIOD_END - 10 * 86_400


NO_LINES: dict[str, Any] = {"lines": {"data": []}, "parent": None}


def preview(total: int, created: int = NOW, balance: int = 0) -> dict[str, Any]:
    due = max(0, total + balance)
    return {"amount_due": due, "created": created, "starting_balance": balance, "total": total, **NO_LINES}


def test_an_invoice_of_this_moment_is_paid_today() -> None:
    quote = Quote.at_once(view(), NOW, NOW, preview(1450), preview(5800, PERIOD_END))
    assert (quote.due_today, quote.due_next, quote.coming_at) == (1450, 5800, PERIOD_END)


def test_a_quote_that_is_asked_for_again_is_still_of_today() -> None:
    """The moment of proration lies half an hour back, and the invoice would be made now."""
    quote = Quote.at_once(view(), NOW - 1800, NOW, preview(1450, NOW + 5), None)
    assert (quote.due_today, quote.due_next) == (1450, None)


@pytest.mark.parametrize("created", [PERIOD_END, NOW + 86_400])
def test_a_later_invoice_is_the_next_one_and_nothing_is_paid_today(created: int) -> None:
    quote = Quote.at_once(view(), NOW, NOW, preview(7250, created), preview(5800, PERIOD_END))
    assert (quote.due_today, quote.due_next, quote.coming_at) == (0, 7250, created)


def test_a_credit_that_is_left_over_pays_for_what_comes_next() -> None:
    """$10.00 come back today, and are taken off the $58.00 that come next."""
    quote = Quote.at_once(view(), NOW, NOW, preview(-1000), preview(5800, PERIOD_END))
    assert (quote.due_today, quote.credit_today, quote.due_next) == (0, 1000, 4800)


def test_a_credit_from_before_is_used_today_first() -> None:
    """Of $20.00 credit today takes $14.50, and $5.50 are left for the next $58.00."""
    quote = Quote.at_once(view(), NOW, NOW, preview(1450, balance=-2000), preview(5800, PERIOD_END))
    assert (quote.due_today, quote.credit_today, quote.due_next) == (0, 0, 5250)


def test_a_change_that_waits_counts_what_is_on_the_account() -> None:
    quote = Quote.later(view(), preview(2900, PERIOD_END), balance=-900)
    assert (quote.due_today, quote.due_next, quote.coming_at) == (0, 2000, PERIOD_END)


def test_where_our_clock_says_nothing_the_invoice_that_repeats_tells_what_is_paid_today() -> None:
    """On a mock whose clock was moved; the moment of proration is the one that its lines begin with."""
    part = {"parent": {"subscription_item_details": {"proration": True}}, "period": {"start": NOW, "end": PERIOD_END}}
    changed = preview(1450) | {"lines": {"data": [part]}}
    quote = Quote.at_once(view(), None, None, changed, preview(5800, PERIOD_END))
    assert (quote.due_today, quote.at) == (1450, NOW)
    later = Quote.at_once(view(), None, None, preview(1400, NOW + 86_400), preview(1400, NOW + 86_400))
    assert (later.due_today, later.due_next, later.at) == (0, 1400, None)


INTENT = {"id": "pi_1", "status": "requires_action"}


def test_the_intent_of_an_invoice_is_the_one_that_was_not_canceled() -> None:
    paid = [{"payment": {"payment_intent": {**INTENT, "status": "canceled"}}}, {"payment": {"payment_intent": INTENT}}]
    assert payments.intent_of({"payments": {"data": paid}}) == INTENT
    assert payments.intent_of({"payments": {"data": []}}) is None


def test_a_bank_is_reached_by_its_address_only() -> None:
    there = {**INTENT, "next_action": {"type": "redirect_to_url", "redirect_to_url": {"url": "https://bank.example"}}}
    by_script = {**INTENT, "next_action": {"type": "use_stripe_sdk", "use_stripe_sdk": {}}}
    assert payments.confirmation_url(there) == "https://bank.example"
    assert payments.confirmation_url(by_script) is None
    assert payments.confirmation_url(None) is None


def test_the_reason_of_a_failure_is_the_last_errors() -> None:
    failed = {**INTENT, "last_payment_error": {"code": "card_declined", "decline_code": "insufficient_funds"}}
    assert payments.failure_of(failed) == ("card_declined", "insufficient_funds")
    assert payments.failure_of(None) == (None, None)
