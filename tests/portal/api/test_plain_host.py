"""The API in an ordinary Flask application: keys, headers, errors, idempotency and signals."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from flask_portal import signals
from flask_portal.models import IdempotencyRecord, PortalSession
from tests.contract.shapes import error_violations
from tests.portal.api.shop import CUSTOMER, KEY, START, Shop, application, opened

DAY = 86_400


def basic(key: str) -> str:
    return "Basic " + base64.b64encode(f"{key}:".encode()).decode()


@pytest.mark.parametrize("authorization", [f"Bearer {KEY}", basic(KEY), "bearer sk_test_another_shop"])
def test_each_key_is_accepted_as_bearer_and_as_basic(one_shop: Shop, authorization: str) -> None:
    assert one_shop.call("GET", "/configurations", Authorization=authorization).status_code == 200


@pytest.mark.parametrize("authorization", ["", "Basic !", "Digest x", "Bearer "])
def test_without_a_key_the_answer_is_401(one_shop: Shop, authorization: str) -> None:
    response = one_shop.call("GET", "/configurations", Authorization=authorization)
    assert response.status_code == 401
    assert response.json is not None
    assert response.json["error"]["message"].startswith("You did not provide an API key.")


@pytest.mark.parametrize("authorization", [f"Bearer {KEY[:-1]}", f"Bearer {KEY}x", basic("sk_test_unknown_0123456789")])
def test_another_key_is_401_and_is_not_repeated(one_shop: Shop, authorization: str) -> None:
    response = one_shop.call("GET", "/configurations", Authorization=authorization)
    assert response.status_code == 401
    assert response.json is not None
    assert response.json["error"]["message"].startswith("Invalid API Key provided: sk_test_****")
    assert "shop_0123" not in response.text


def test_a_publishable_key_is_told_to_be_one(one_shop: Shop) -> None:
    response = one_shop.call("GET", "/configurations", Authorization="Bearer pk_test_1")
    assert response.status_code == 401
    assert response.json is not None
    assert response.json["error"]["code"] == "secret_key_required"


def test_a_key_that_is_not_ascii_is_401(one_shop: Shop) -> None:
    assert one_shop.call("GET", "/configurations", Authorization=basic("sk_test_ü")).status_code == 401


def test_an_account_that_cannot_be_one_is_refused(one_shop: Shop) -> None:
    assert one_shop.call("GET", "/configurations", Stripe_Account="../../etc").status_code == 400


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("GET", "/"),
        ("GET", "/sessions"),
        ("POST", "/sessions/bps_1"),
        ("DELETE", "/configurations"),
        ("PUT", "/configurations/bpc_1"),
        ("GET", "/configurations/bpc_1/features"),
        ("GET", "/configurations/"),
        ("OPTIONS", "/configurations"),
    ],
)
def test_every_other_address_is_unknown_in_stripes_form(one_shop: Shop, method: str, path: str) -> None:
    response = one_shop.call(method, path)
    assert (response.status_code, response.content_type) == (404, "application/json")
    assert error_violations(response.json) == []
    assert response.json is not None
    assert response.json["error"]["message"].startswith(
        f"Unrecognized request URL ({method}: /v1/billing_portal{path})"
    )


def test_every_answer_has_stripes_headers(one_shop: Shop) -> None:
    response = one_shop.call("GET", "/configurations", Stripe_Version="2024-06-20")
    assert response.content_type == "application/json"
    assert response.headers["Request-Id"].startswith("req_")
    assert response.headers["Stripe-Version"] == "2024-06-20"
    assert response.headers["Cache-Control"] == "no-cache, no-store"


def test_a_version_that_is_none_is_refused(one_shop: Shop) -> None:
    assert one_shop.call("GET", "/configurations", Stripe_Version="tomorrow").status_code == 400


def test_an_error_names_the_request(one_shop: Shop) -> None:
    response = one_shop.call("POST", "/sessions")
    assert response.json is not None
    assert response.json["error"]["request_id"] == response.headers["Request-Id"]
    assert error_violations(response.json) == []


def test_json_is_not_a_form(one_shop: Shop) -> None:
    response = one_shop.browser().post(
        "/v1/billing_portal/sessions", json={"customer": CUSTOMER}, headers={"Authorization": f"Bearer {KEY}"}
    )
    assert response.status_code == 400
    assert response.json is not None


def test_a_body_that_the_application_does_not_take_is_413(one_shop: Shop) -> None:
    one_shop.app.config["MAX_CONTENT_LENGTH"] = 10
    response = one_shop.call("POST", "/sessions", {"customer": CUSTOMER * 10})
    assert response.status_code == 413
    assert error_violations(response.json) == []


def test_a_fault_of_ours_is_500_in_stripes_form(one_shop: Shop) -> None:
    """The portal has no key for Stripe: that is written to the log, not into the answer."""
    app = application("own", one_shop.app.config["PORTAL_DATABASE_URI"], TESTING=False, PORTAL_STRIPE_API_KEY=None)
    with opened(app) as shop:
        response = shop.call("POST", "/sessions", {"customer": CUSTOMER})
    assert response.status_code == 500
    assert response.json is not None
    assert response.json["error"]["type"] == "api_error"
    assert "PORTAL_STRIPE_API_KEY" not in response.text


def sessions_of(shop: Shop) -> int:
    with shop.app.app_context(), shop.host.session_factory() as db:
        return db.scalar(select(func.count()).select_from(PortalSession)) or 0


def test_the_same_key_gives_the_same_session(shop: Shop) -> None:
    first = shop.call("POST", "/sessions", {"customer": CUSTOMER}, Idempotency_Key="once")
    second = shop.call("POST", "/sessions", {"customer": CUSTOMER}, Idempotency_Key="once")
    assert second.json == first.json
    assert second.headers["Idempotent-Replayed"] == "true"
    assert second.headers["Original-Request"] == first.headers["Request-Id"]
    assert second.headers["Idempotency-Key"] == "once"
    assert "Idempotent-Replayed" not in first.headers
    assert sessions_of(shop) == 1


def test_a_saved_answer_holds_no_secret(one_shop: Shop) -> None:
    first = one_shop.call("POST", "/sessions", {"customer": CUSTOMER}, Idempotency_Key="once")
    assert first.json is not None
    with one_shop.app.app_context(), one_shop.host.session_factory() as db:
        saved = db.scalars(select(IdempotencyRecord)).one().body
    assert saved == {**first.json, "url": None}


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("/sessions", {"customer": CUSTOMER, "locale": "de"}),
        ("/configurations", {"features": {"invoice_history": {"enabled": True}}}),
    ],
)
def test_a_key_stands_for_one_request_only(one_shop: Shop, path: str, params: dict[str, Any]) -> None:
    one_shop.call("POST", "/sessions", {"customer": CUSTOMER}, Idempotency_Key="once")
    response = one_shop.call("POST", path, params, Idempotency_Key="once")
    assert response.status_code == 400
    assert response.json is not None
    assert response.json["error"]["type"] == "idempotency_error"


def test_a_key_is_new_again_after_a_day(one_shop: Shop) -> None:
    one_shop.call("POST", "/sessions", {"customer": CUSTOMER}, Idempotency_Key="once")
    one_shop.host.time = START + DAY - 1
    replayed = one_shop.call("POST", "/sessions", {"customer": CUSTOMER}, Idempotency_Key="once")
    assert "Idempotent-Replayed" in replayed.headers
    one_shop.host.time = START + DAY
    again = one_shop.call("POST", "/sessions", {"customer": CUSTOMER}, Idempotency_Key="once")
    assert "Idempotent-Replayed" not in again.headers
    assert sessions_of(one_shop) == 2


def test_keys_of_two_accounts_do_not_meet(one_shop: Shop) -> None:
    one_shop.call("POST", "/sessions", {"customer": CUSTOMER}, Idempotency_Key="once")
    theirs = one_shop.call("POST", "/sessions", {"customer": CUSTOMER}, Idempotency_Key="once", Stripe_Account="acct_2")
    assert "Idempotent-Replayed" not in theirs.headers


def test_a_refusal_is_saved_once_the_parameters_are_in_order(one_shop: Shop) -> None:
    first = one_shop.call("POST", "/sessions", {"customer": "cus_late"}, Idempotency_Key="once")
    one_shop.stripe.add_customer("cus_late")
    second = one_shop.call("POST", "/sessions", {"customer": "cus_late"}, Idempotency_Key="once")
    assert (first.status_code, second.status_code) == (400, 400)
    assert second.headers["Idempotent-Replayed"] == "true"


def test_wrong_parameters_and_failures_of_stripe_are_not_saved(one_shop: Shop) -> None:
    one_shop.call("POST", "/sessions", {"customer": ""}, Idempotency_Key="once")
    one_shop.stripe.failure = (500, {"error": {"type": "api_error", "message": "down"}})
    assert one_shop.call("POST", "/sessions", {"customer": CUSTOMER}, Idempotency_Key="once").status_code == 502
    one_shop.stripe.failure = None
    assert one_shop.call("POST", "/sessions", {"customer": CUSTOMER}, Idempotency_Key="once").status_code == 200


def test_a_wrong_key_saves_nothing(one_shop: Shop) -> None:
    one_shop.call("POST", "/sessions", {"customer": CUSTOMER}, Idempotency_Key="once", Authorization="Bearer sk_x")
    response = one_shop.call("POST", "/sessions", {"customer": CUSTOMER}, Idempotency_Key="once")
    assert "Idempotent-Replayed" not in response.headers


def test_an_idempotency_key_has_255_characters_at_most(one_shop: Shop) -> None:
    assert one_shop.call("POST", "/sessions", {"customer": CUSTOMER}, Idempotency_Key="x" * 256).status_code == 400
    assert one_shop.call("POST", "/sessions", {"customer": CUSTOMER}, Idempotency_Key="x" * 255).status_code == 200


def test_a_get_ignores_the_key(one_shop: Shop) -> None:
    for _ in range(2):
        response = one_shop.call("GET", "/configurations", Idempotency_Key="once")
        assert "Idempotent-Replayed" not in response.headers


def test_a_twin_that_was_faster_gives_its_answer(shop: Shop) -> None:
    """The second call is made while the first one is asking Stripe."""
    twins = []

    def twin() -> None:
        twins.append(shop.call("POST", "/sessions", {"customer": CUSTOMER}, Idempotency_Key="once"))

    shop.stripe.meanwhile = twin
    response = shop.call("POST", "/sessions", {"customer": CUSTOMER}, Idempotency_Key="once")
    assert response.json == twins[0].json
    assert response.headers["Original-Request"] == twins[0].headers["Request-Id"]
    assert sessions_of(shop) == 1


def test_the_refusal_of_a_twin_that_was_faster_stays(one_shop: Shop) -> None:
    twins = []

    def twin() -> None:
        twins.append(one_shop.call("POST", "/sessions", {"customer": "cus_nobody"}, Idempotency_Key="once"))

    one_shop.stripe.meanwhile = twin
    assert one_shop.call("POST", "/sessions", {"customer": "cus_nobody"}, Idempotency_Key="once").status_code == 400
    replayed = one_shop.call("POST", "/sessions", {"customer": "cus_nobody"}, Idempotency_Key="once")
    assert replayed.headers["Original-Request"] == twins[0].headers["Request-Id"]


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [({}, 429, "lock_timeout"), ({"Idempotency_Key": "once"}, 409, "idempotency_key_in_use")],
)
def test_a_database_that_stays_busy_asks_for_another_try(
    sqlite_url: str, headers: dict[str, str], status: int, code: str
) -> None:
    with opened(application("own", f"{sqlite_url}?timeout=0.05")) as shop:
        with shop.app.app_context(), shop.host.database.engine().connect() as other:
            other.exec_driver_sql("BEGIN IMMEDIATE")
            response = shop.call("POST", "/sessions", {"customer": CUSTOMER}, **headers)
            other.rollback()
        assert response.status_code == status
        assert response.json is not None
        assert response.json["error"]["code"] == code
        assert shop.call("POST", "/sessions", {"customer": CUSTOMER}, **headers).status_code == 200


def test_twins_with_one_key_make_one_session(shop_anywhere: Shop) -> None:
    def send(_: int) -> tuple[int, str | None]:
        response = shop_anywhere.call("POST", "/sessions", {"customer": CUSTOMER}, Idempotency_Key="once")
        body = response.json or {}
        return response.status_code, body.get("id")

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(16)))
    assert {status for status, _ in answers} <= {200, 409}
    assert len({id for status, id in answers if status == 200}) == 1
    assert sessions_of(shop_anywhere) == 1


def test_concurrent_first_use_makes_one_default_configuration(shop_anywhere: Shop) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: shop_anywhere.get("/configurations", {"is_default": True}), range(16)))
    assert len({body["id"] for answer in answers for body in answer["data"]}) == 1


def test_concurrent_changes_of_one_configuration_all_stay(shop_anywhere: Shop) -> None:
    id = shop_anywhere.configuration()["id"]

    def change(number: int) -> None:
        shop_anywhere.post(f"/configurations/{id}", {"metadata": {f"key_{number}": "1"}})

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(change, range(12)))
    assert len(shop_anywhere.get(f"/configurations/{id}")["metadata"]) == 12


def test_a_list_is_in_the_order_of_creation_on_every_database(shop_anywhere: Shop) -> None:
    ids = [shop_anywhere.configuration()["id"] for _ in range(3)]
    first = shop_anywhere.get("/configurations", {"limit": 2})
    rest = shop_anywhere.get("/configurations", {"starting_after": ids[1], "active": True})
    assert [body["id"] for body in first["data"]] == [ids[2], ids[1]]
    assert rest["data"][0]["id"] == ids[0]


def test_signals_follow_the_change(one_shop: Shop) -> None:
    heard: list[tuple[str, Flask, dict[str, Any], int]] = []

    def hear_session(app: Flask, session: dict[str, Any]) -> None:
        heard.append(("session", app, session, sessions_of(one_shop)))

    def hear_change(app: Flask, configuration: dict[str, Any], before: dict[str, Any]) -> None:
        heard.append(("change", app, {"name": [before["name"], configuration["name"]]}, 0))

    with (
        signals.session_created.connected_to(hear_session, one_shop.app),
        signals.configuration_updated.connected_to(hear_change, one_shop.app),
    ):
        body = one_shop.session()
        id = one_shop.configuration()["id"]
        one_shop.post(f"/configurations/{id}", {"name": "New"})
    assert heard == [
        ("session", one_shop.app, {**body, "url": None}, 1),
        ("change", one_shop.app, {"name": [None, "New"]}, 0),
    ]


def test_a_replay_sends_no_signal(one_shop: Shop) -> None:
    heard = []

    def hear(app: Flask, session: dict[str, Any]) -> None:
        heard.append(session["id"])

    with signals.session_created.connected_to(hear, one_shop.app):
        for _ in range(2):
            one_shop.call("POST", "/sessions", {"customer": CUSTOMER}, Idempotency_Key="once")
    assert len(heard) == 1
