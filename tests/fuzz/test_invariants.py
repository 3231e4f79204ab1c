"""What the runs look for is found where it is: each law notices an account that breaks it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import stripe

from mock_server.core.accounts import authenticate
from mock_server.testing import Mock
from tests.resources.sales import payer, price, subscribe

from .invariants import KEY, broken

ACCOUNT = authenticate(f"Bearer {KEY}").account
Harm = Callable[[dict[str, Any]], object]


def with_line(body: dict[str, Any], **changes: Any) -> object:
    """The first line of an invoice, changed."""
    return body["lines"]["data"][0].update(changes)


HARMS: list[Any] = [
    pytest.param("invoice", lambda body: body.update(total=1), "invoices_add_up", id="a total of its own"),
    pytest.param("invoice", lambda body: body.update(amount_remaining=5), "invoices_add_up", id="something remains"),
    pytest.param(
        "invoice",
        lambda body: with_line(body, discount_amounts=[{"amount": 7, "discount": "di_1"}]),
        "lines_keep_what_they_are",
        id="a discount of one line alone",
    ),
    pytest.param("invoice", lambda body: body.update(status="draft"), "invoices_stand", id="a draft that was paid"),
    pytest.param(
        "invoice", lambda body: body.update(post_payment_credit_notes_amount=9), "credit_notes", id="credit of no note"
    ),
    pytest.param("customer", lambda body: body.update(balance=-5), "balances_are", id="a balance without an entry"),
    pytest.param("charge", lambda body: body.update(amount_refunded=5), "money_moves", id="a refund that never was"),
    pytest.param("payment_intent", lambda body: body.update(amount_received=1), "payments_are", id="less came in"),
    pytest.param("subscription", lambda body: body.update(status="lost"), "subscriptions_live", id="no such status"),
    pytest.param("subscription", lambda body: body.update(ended_at=1), "subscriptions_live", id="ended and active"),
    pytest.param(
        "subscription", lambda body: body.update(schedule="sub_sched_1"), "schedules_and", id="a schedule of nobody"
    ),
    pytest.param("coupon", lambda body: body.update(times_redeemed=3), "redemptions", id="redeemed too often"),
    pytest.param(
        "charge", lambda body: body.update(customer="cus_00000000000000"), "ids_lead", id="a customer who never was"
    ),
]


@pytest.fixture(scope="module")
def used_mock() -> Mock:
    """One for all tests: emptying it is quicker than making another."""
    return Mock()


@pytest.fixture
def mock(used_mock: Mock) -> Mock:
    """A mock with one subscription that is paid, and a coupon for two."""
    made = used_mock
    made.reset()
    shop = stripe.StripeClient(KEY, http_client=made.transport)
    subscribe(shop, payer(shop), price(shop))
    shop.v1.coupons.create({"percent_off": 10, "max_redemptions": 2})
    return made


def harm(mock: Mock, noun: str, how: Harm) -> None:
    """Change the newest object of a kind behind the API's back."""
    resource = mock.state.registry[noun]
    with mock.state.writing(ACCOUNT) as call:
        [body] = resource.where(call, limit=1)
        how(body)
        resource.save(call, body)


def test_an_account_in_order_breaks_no_law(mock: Mock) -> None:
    assert broken(mock, ACCOUNT, whole=True) == []


@pytest.mark.parametrize(("noun", "how", "law"), HARMS)
def test_a_law_that_is_broken_is_named(mock: Mock, noun: str, how: Harm, law: str) -> None:
    harm(mock, noun, how)
    assert [sentence for sentence in broken(mock, ACCOUNT) if sentence.startswith(law)]


def test_what_is_overdue_is_named(mock: Mock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.fuzz.invariants.advance_live", lambda _state: 0)
    mock.state.clock.shift(40 * 86_400)
    assert any(sentence.startswith("nothing_is_overdue: sub_") for sentence in broken(mock, ACCOUNT))
