"""Calls that are made twice and done once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import flask
import stripe

from mock_server.core.state import State

from .conftest import KEY, Ask

DAY = 24 * 3600


def test_a_repeated_call_is_answered_with_the_first_answer(ask: Ask) -> None:
    _, first, _ = ask("POST", "/v1/customers", {"email": "a@example.com"}, Idempotency_Key="k")
    status, second, headers = ask("POST", "/v1/customers", {"email": "a@example.com"}, Idempotency_Key="k")
    assert (status, second) == (200, first)
    assert headers["Idempotent-Replayed"] == "true"


def test_a_replay_names_the_first_request(ask: Ask) -> None:
    _, _, first = ask("POST", "/v1/customers", {}, Idempotency_Key="k")
    _, _, second = ask("POST", "/v1/customers", {}, Idempotency_Key="k")
    assert second["Original-Request"] == first["Request-Id"] != second["Request-Id"]


def test_a_repeated_call_changes_nothing(ask: Ask, shop: stripe.StripeClient) -> None:
    for _ in range(3):
        ask("POST", "/v1/customers", {}, Idempotency_Key="k")
    assert len(shop.v1.customers.list().data) == 1


def test_the_order_of_parameters_makes_no_difference(ask: Ask) -> None:
    ask("POST", "/v1/customers", "name=J&email=a%40example.com", Idempotency_Key="k", Content_Type=FORM)
    status, _, headers = ask(
        "POST", "/v1/customers", "email=a%40example.com&name=J", Idempotency_Key="k", Content_Type=FORM
    )
    assert (status, headers["Idempotent-Replayed"]) == (200, "true")


def test_a_key_serves_one_request_only(ask: Ask) -> None:
    ask("POST", "/v1/customers", {"email": "a@example.com"}, Idempotency_Key="k")
    status, body, _ = ask("POST", "/v1/customers", {"email": "b@example.com"}, Idempotency_Key="k")
    assert (status, body["error"]["type"]) == (400, "idempotency_error")


def test_a_key_of_another_account_is_another_key(ask: Ask) -> None:
    _, first, _ = ask("POST", "/v1/customers", {}, Idempotency_Key="k")
    _, second, _ = ask("POST", "/v1/customers", {}, Idempotency_Key="k", Authorization="Bearer sk_test_other")
    assert first["id"] != second["id"]


def test_a_refused_call_is_refused_again_with_the_same_words(ask: Ask, shop: stripe.StripeClient) -> None:
    shop.v1.customers.create({"invoice_prefix": "ACME"})
    _, first, _ = ask("POST", "/v1/customers", {"invoice_prefix": "ACME"}, Idempotency_Key="k")
    status, second, headers = ask("POST", "/v1/customers", {"invoice_prefix": "ACME"}, Idempotency_Key="k")
    assert (status, second) == (400, first)
    assert headers["Idempotent-Replayed"] == "true"


def test_a_call_with_bad_parameters_leaves_its_key_free(ask: Ask) -> None:
    ask("POST", "/v1/customers", {"emial": "a@example.com"}, Idempotency_Key="k")
    status, _, _ = ask("POST", "/v1/customers", {"email": "a@example.com"}, Idempotency_Key="k")
    assert status == 200


def test_a_key_is_free_again_after_a_day(ask: Ask, state: State) -> None:
    _, first, _ = ask("POST", "/v1/customers", {}, Idempotency_Key="k")
    state.clock.shift(DAY)
    _, second, _ = ask("POST", "/v1/customers", {}, Idempotency_Key="k")
    assert first["id"] != second["id"]


def test_a_key_is_kept_until_a_day_has_passed(ask: Ask, state: State) -> None:
    _, first, _ = ask("POST", "/v1/customers", {}, Idempotency_Key="k")
    state.clock.shift(DAY - 60)
    _, second, _ = ask("POST", "/v1/customers", {}, Idempotency_Key="k")
    assert first["id"] == second["id"]


def test_a_key_that_is_too_long_is_refused(ask: Ask) -> None:
    status, body, _ = ask("POST", "/v1/customers", {}, Idempotency_Key="k" * 256)
    assert (status, body["error"]["type"]) == (400, "invalid_request_error")


def test_a_hundred_concurrent_calls_with_one_key_make_one_object(app: flask.Flask, shop: stripe.StripeClient) -> None:
    """Each is answered with it, or with a 409."""

    def call(_: int) -> tuple[int, str | None]:
        headers = {"Authorization": f"Bearer {KEY}", "Idempotency-Key": "k"}
        answer = app.test_client().post("/v1/customers", data={"email": "a@example.com"}, headers=headers)
        return answer.status_code, answer.get_json().get("id")

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(call, range(100)))
    made = shop.v1.customers.list({"limit": 100}).data
    assert len(made) == 1
    assert set(answers) <= {(200, made[0].id), (409, None)}


FORM = "application/x-www-form-urlencoded"
