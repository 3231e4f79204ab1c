"""What Stripe has no API for."""

from __future__ import annotations

import sqlalchemy as sa
import stripe

from mock_server.core.state import State
from mock_server.core.store import idempotency_records

from .conftest import Ask


def test_a_reset_empties_the_account(ask: Ask, shop: stripe.StripeClient) -> None:
    shop.v1.customers.create({})
    assert ask("POST", "/_mock/reset")[0] == 200
    assert shop.v1.customers.list().data == []
    assert shop.v1.events.list().data == []


def test_a_reset_leaves_other_accounts_alone(ask: Ask, shop: stripe.StripeClient) -> None:
    shop.v1.customers.create({})
    ask("POST", "/_mock/reset", Authorization="Bearer sk_test_other")
    assert len(shop.v1.customers.list().data) == 1


def test_the_log_address_of_an_error_leads_to_the_refused_request(ask: Ask) -> None:
    _, refused, headers = ask("POST", "/v1/customers", {"emial": "jenny@example.com"})
    path = refused["error"]["request_log_url"].removeprefix("http://localhost")
    status, entry, _ = ask("GET", path)
    assert status == 200
    assert (entry["id"], entry["method"], entry["path"]) == (headers["Request-Id"], "POST", "/v1/customers")
    assert entry["error"]["message"] == refused["error"]["message"]


def test_the_log_holds_nothing_that_was_sent(ask: Ask) -> None:
    _, refused, _ = ask("POST", "/v1/customers", {"name": "Jenny Secret", "emial": "jenny@example.com"})
    _, entry, _ = ask("GET", refused["error"]["request_log_url"].removeprefix("http://localhost"))
    assert "Secret" not in str(entry)


def test_refused_requests_are_listed(ask: Ask) -> None:
    ask("GET", "/v1/customers/cus_nobody")
    _, listed, _ = ask("GET", "/_mock/requests")
    assert [entry["status"] for entry in listed["data"]] == [404]


def test_another_account_does_not_see_them(ask: Ask) -> None:
    _, refused, _ = ask("GET", "/v1/customers/cus_nobody")
    path = refused["error"]["request_log_url"].removeprefix("http://localhost")
    assert ask("GET", path, Authorization="Bearer sk_test_other")[0] == 404


def test_controls_need_a_key(ask: Ask) -> None:
    assert ask("POST", "/_mock/reset", Authorization="")[0] == 401


def test_what_nobody_asks_for_any_more_is_forgotten(ask: Ask, state: State) -> None:
    ask("POST", "/v1/customers", {}, Idempotency_Key="k")
    ask("GET", "/v1/customers/cus_nobody")
    state.store.forget(state.clock.now() + 31 * 24 * 3600)
    assert ask("GET", "/_mock/requests")[1]["data"] == []
    with state.store.reading() as connection:
        assert connection.execute(sa.select(idempotency_records)).all() == []


def test_what_may_still_be_asked_for_is_kept(ask: Ask, state: State) -> None:
    ask("POST", "/v1/customers", {}, Idempotency_Key="k")
    ask("GET", "/v1/customers/cus_nobody")
    state.store.forget(state.clock.now() + 3600)
    assert len(ask("GET", "/_mock/requests")[1]["data"]) == 1
    assert ask("POST", "/v1/customers", {}, Idempotency_Key="k")[2]["Idempotent-Replayed"] == "true"
