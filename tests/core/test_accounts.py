"""Keys stand for accounts, and a platform reaches its connected ones."""

from __future__ import annotations

import base64

import pytest
import sqlalchemy as sa

from mock_server.core import accounts
from mock_server.core.state import State
from mock_server.core.store import connected_accounts

from .conftest import KEY, Ask


def test_the_keys_of_one_name_are_keys_of_one_account(ask: Ask) -> None:
    _, made, _ = ask("POST", "/v1/customers", {})
    status, _, _ = ask("GET", f"/v1/customers/{made['id']}", Authorization="Bearer rk_test_core")
    assert status == 200


def test_another_key_sees_another_account(ask: Ask) -> None:
    _, made, _ = ask("POST", "/v1/customers", {})
    status, body, _ = ask("GET", f"/v1/customers/{made['id']}", Authorization="Bearer sk_test_other")
    assert (status, body["error"]["code"]) == (404, "resource_missing")


def test_a_key_may_come_as_the_user_name_of_basic_authentication(ask: Ask) -> None:
    basic = base64.b64encode(f"{KEY}:".encode()).decode()
    status, _, _ = ask("GET", "/v1/customers", Authorization=f"Basic {basic}")
    assert status == 200


@pytest.mark.parametrize("header", ["", "Bearer", "Basic !!!", "Basic Og==", "Digest x"])
def test_a_request_without_a_key_is_told_where_to_put_it(ask: Ask, header: str) -> None:
    status, body, _ = ask("GET", "/v1/customers", Authorization=header)
    assert status == 401
    assert "API key" in body["error"]["message"]


def test_a_key_that_is_none_is_refused_and_masked(ask: Ask) -> None:
    status, body, _ = ask("GET", "/v1/customers", Authorization="Bearer sk_nonsense_0123456789abcd")
    assert status == 401
    assert "0123456789" not in body["error"]["message"]


def test_a_live_key_is_refused_in_so_many_words(ask: Ask) -> None:
    status, body, _ = ask("GET", "/v1/customers", Authorization="Bearer sk_live_0123456789abcd")
    assert status == 401
    assert "live" in body["error"]["message"]
    assert "0123456789" not in body["error"]["message"]


def test_a_publishable_key_is_not_for_servers(ask: Ask) -> None:
    status, body, _ = ask("GET", "/v1/customers", Authorization="Bearer pk_test_core")
    assert (status, body["error"]["code"]) == (403, "secret_key_required")


def test_a_platform_acts_for_its_connected_account(ask: Ask, state: State) -> None:
    platform = accounts.account_of("core")
    with state.store.writing() as connection:
        connection.execute(sa.insert(connected_accounts).values(id="acct_1connected", platform=platform))
    _, made, headers = ask("POST", "/v1/customers", {}, Stripe_Account="acct_1connected")
    assert headers["Stripe-Account"] == "acct_1connected"
    assert ask("GET", f"/v1/customers/{made['id']}")[0] == 404
    assert ask("GET", f"/v1/customers/{made['id']}", Stripe_Account="acct_1connected")[0] == 200


def test_nobody_acts_for_a_foreign_account(ask: Ask, state: State) -> None:
    with state.store.writing() as connection:
        connection.execute(sa.insert(connected_accounts).values(id="acct_1connected", platform="acct_1other"))
    status, body, _ = ask("GET", "/v1/customers", Stripe_Account="acct_1connected")
    assert (status, body["error"]["code"]) == (403, "account_invalid")


def test_a_version_is_accepted_and_echoed(ask: Ask) -> None:
    status, _, headers = ask("GET", "/v1/customers", Stripe_Version="2024-06-20")
    assert (status, headers["Stripe-Version"]) == (200, "2024-06-20")


def test_what_is_no_version_is_refused(ask: Ask) -> None:
    assert ask("GET", "/v1/customers", Stripe_Version="newest")[0] == 400


def test_every_answer_has_a_request_id_of_its_own(ask: Ask) -> None:
    first, second = (ask("GET", "/v1/customers")[2]["Request-Id"] for _ in range(2))
    assert first.startswith("req_")
    assert first != second


def test_a_context_names_the_account_as_well(ask: Ask, state: State) -> None:
    """Ignored, it would write to the wrong account without a word."""
    status, body, _ = ask("GET", "/v1/customers", Stripe_Context="acct_1connected")
    assert (status, body["error"]["code"]) == (403, "account_invalid")
    with state.store.writing() as connection:
        platform = accounts.account_of(KEY.removeprefix("sk_test_"))
        connection.execute(sa.insert(connected_accounts).values(id="acct_1connected", platform=platform))
    _, made, _ = ask("POST", "/v1/customers", {}, Stripe_Context="acct_1connected")
    _, found, _ = ask("GET", "/v1/customers", Stripe_Account="acct_1connected")
    assert [customer["id"] for customer in found["data"]] == [made["id"]]


def test_account_and_context_cannot_differ(ask: Ask) -> None:
    assert ask("GET", "/v1/customers", Stripe_Account="acct_1a", Stripe_Context="acct_1b")[0] == 400


@pytest.mark.parametrize(
    ("header", "status"), [("Stripe_Account", 403), ("Stripe_Context", 403), ("Idempotency_Key", 400)]
)
def test_nul_in_a_header_is_refused(ask: Ask, header: str, status: int) -> None:
    """PostgreSQL would fail on it."""
    assert ask("POST", "/v1/customers", {}, **{header: "a\0b"})[0] == status
