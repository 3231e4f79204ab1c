"""`/_mock/clock` moves the time of one account, for all workers; `/_mock/settings` says how it bills."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import flask
import pytest
import stripe

from mock_server.app import close, create_app
from mock_server.core.state import State

from .conftest import KEY, Ask

DAY = 86_400

Tell = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def tell(app: flask.Flask) -> Tell:
    """`tell(path, body, key)`: status and answer of a JSON request."""
    client = app.test_client()

    def send(path: str, body: object, key: str = KEY) -> tuple[int, dict[str, Any]]:
        answer = client.post(f"/_mock/{path}", json=body, headers={"Authorization": f"Bearer {key}"})
        return answer.status_code, json.loads(answer.text)

    return send


def test_a_clock_that_nobody_moved_shows_the_systems_time(ask: Ask, state: State) -> None:
    assert abs(ask("GET", "/_mock/clock")[1]["now"] - state.clock.now()) <= 1


def test_a_clock_is_moved_by_seconds(tell: Tell, ask: Ask, state: State) -> None:
    status, answer = tell("clock", {"advance": 40 * DAY})
    assert status == 200
    assert 0 <= answer["now"] - state.clock.now() - 40 * DAY <= 1
    assert ask("GET", "/_mock/clock")[1]["now"] >= answer["now"]


def test_a_clock_is_moved_to_a_moment(tell: Tell, state: State) -> None:
    later = state.clock.now() + 400 * DAY
    assert 0 <= tell("clock", {"now": later})[1]["now"] - later <= 1


def test_new_objects_carry_the_moved_time(tell: Tell, shop: stripe.StripeClient, state: State) -> None:
    tell("clock", {"advance": 40 * DAY})
    assert shop.v1.customers.create({}).created >= state.clock.now() + 40 * DAY - 1


def test_what_falls_due_until_then_is_done_before_the_answer(tell: Tell, shop: stripe.StripeClient) -> None:
    jenny = shop.v1.customers.create({})
    made = shop.v1.customers.tax_ids.create(jenny.id, {"type": "eu_vat", "value": "DE123456789"})
    tell("clock", {"advance": DAY})
    found = shop.v1.customers.tax_ids.retrieve(jenny.id, made.id)
    assert found.verification is not None
    assert found.verification.status != "pending"


def test_other_accounts_keep_their_time(tell: Tell, state: State) -> None:
    tell("clock", {"advance": 40 * DAY})
    assert tell("clock", {"advance": 0}, "sk_test_other")[1]["now"] <= state.clock.now()


def test_another_worker_sees_it_too(tell: Tell, engine_url: str) -> None:
    there = tell("clock", {"advance": 40 * DAY})[1]["now"]
    other = create_app(database=engine_url, background=False)
    try:
        answer = other.test_client().get("/_mock/clock", headers={"Authorization": f"Bearer {KEY}"})
        assert 0 <= json.loads(answer.text)["now"] - there <= 5
    finally:
        close(other)


def test_a_reset_takes_the_time_back(tell: Tell, ask: Ask, state: State) -> None:
    tell("clock", {"advance": 40 * DAY})
    ask("POST", "/_mock/reset")
    assert abs(ask("GET", "/_mock/clock")[1]["now"] - state.clock.now()) <= 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"now": 1},
        {"advance": -1},
        {"advance": "1"},
        {"advance": True},
        {"advance": 1, "now": 2},
        {"later": 1},
        {"now": 10**12},
        [],
        None,
    ],
)
def test_what_is_no_move_is_refused(tell: Tell, body: object) -> None:
    status, answer = tell("clock", body)
    assert (status, answer["error"]["type"]) == (400, "invalid_request_error")


def test_settings_begin_as_those_of_a_new_account(ask: Ask) -> None:
    assert ask("GET", "/_mock/settings")[1] == {
        "retry_after_days": [1, 2, 2, 2, 2, 2, 2, 1],
        "subscription_after_retries": "cancel",
        "invoice_after_retries": "open",
        "upcoming_invoice_days": 7,
        "webhook_retry_after_seconds": [60, 3600],
        "webhook_order": "as_happened",
        "webhook_duplicates": False,
    }


def test_settings_change_one_by_one(tell: Tell, ask: Ask) -> None:
    tell("settings", {"retry_after_days": [3, 5]})
    tell("settings", {"subscription_after_retries": "unpaid"})
    found = ask("GET", "/_mock/settings")[1]
    assert (found["retry_after_days"], found["subscription_after_retries"]) == ([3, 5], "unpaid")
    assert found["upcoming_invoice_days"] == 7


@pytest.mark.parametrize(
    "body",
    [
        {"retry_after_days": [0]},
        {"retry_after_days": [1] * 9},
        {"retry_after_days": 3},
        {"subscription_after_retries": "forget"},
        {"invoice_after_retries": "void"},
        {"upcoming_invoice_days": 46},
        {"upcoming_invoice_days": True},
        {"colour": "red"},
    ],
)
def test_what_is_no_setting_is_refused(tell: Tell, ask: Ask, body: dict[str, Any]) -> None:
    before = ask("GET", "/_mock/settings")[1]
    assert tell("settings", body)[0] == 400
    assert ask("GET", "/_mock/settings")[1] == before
