"""Calls that fail because a test wants them to."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from mock_server.core.faults import matches

from .conftest import Ask


@pytest.fixture
def fault(app: Any) -> Any:
    """`fault(path=..., status=...)`: what was answered."""

    def send(**what: Any) -> Any:
        return app.test_client().post("/_mock/faults", json=what, headers={"Authorization": "Bearer sk_test_core"})

    return send


def test_the_next_calls_that_match_fail_and_do_nothing(fault: Any, shop: stripe.StripeClient) -> None:
    fault(method="POST", path="/v1/customers", status=500, times=2)
    for _ in range(2):
        with pytest.raises(stripe.APIError) as refused:
            shop.v1.customers.create({})
        assert refused.value.http_status == 500
    assert shop.v1.customers.list().data == []
    assert shop.v1.customers.create({}).id.startswith("cus_")


def test_an_idempotent_call_that_failed_so_succeeds_when_it_is_repeated(fault: Any, shop: stripe.StripeClient) -> None:
    fault(status=500)
    with pytest.raises(stripe.APIError):
        shop.v1.customers.create({}, {"idempotency_key": "k"})
    assert shop.v1.customers.create({}, {"idempotency_key": "k"}).id.startswith("cus_")


def test_the_official_client_tries_again(fault: Any, shop: stripe.StripeClient, transport: Any) -> None:
    patient = stripe.StripeClient("sk_test_core", http_client=transport, max_network_retries=2)
    fault(status=503, times=2)
    patient.v1.customers.create({})
    assert len(shop.v1.customers.list().data) == 1


@pytest.mark.parametrize(
    ("status", "code", "error", "type"),
    [
        pytest.param(402, "card_declined", stripe.CardError, "card_error", id="declined"),
        pytest.param(429, "rate_limit", stripe.RateLimitError, "invalid_request_error", id="too many"),
        pytest.param(503, None, stripe.APIError, "api_error", id="away"),
    ],
)
def test_a_fault_has_the_form_of_stripes_errors(
    fault: Any, shop: stripe.StripeClient, status: int, code: str | None, error: Any, type: str
) -> None:
    fault(status=status, code=code)
    with pytest.raises(error) as refused:
        shop.v1.balance_transactions.list()
    told = refused.value.json_body["error"]
    assert (refused.value.http_status, told.get("code"), told["type"]) == (status, code, type)


def test_a_delayed_call_is_done_after_a_while(fault: Any, shop: stripe.StripeClient) -> None:
    fault(delay=0.01)
    assert shop.v1.customers.create({}).id.startswith("cus_")


def test_other_calls_and_other_accounts_are_spared(fault: Any, shop: stripe.StripeClient, ask: Ask) -> None:
    fault(method="GET", path="/v1/customers/{id}", status=500)
    assert shop.v1.customers.list().data == []
    assert ask("GET", "/v1/customers/cus_1", Authorization="Bearer sk_test_other")[0] == 404
    assert ask("GET", "/v1/customers/cus_1")[0] == 500
    assert ask("GET", "/v1/customers/cus_1")[0] == 404


def test_the_portals_own_api_fails_too(fault: Any, shop: stripe.StripeClient) -> None:
    fault(path="/v1/billing_portal/*", status=500)
    with pytest.raises(stripe.APIError):
        shop.v1.billing_portal.configurations.list()


def test_faults_are_listed_until_they_have_happened_and_can_be_taken_back(fault: Any, ask: Ask) -> None:
    wanted = {"method": None, "path": "/v1/prices", "status": 500, "code": None, "times": 3, "delay": 0.5}
    assert fault(path="/v1/prices", status=500, times=3, delay=0.5).json == {"data": [wanted]}
    assert ask("GET", "/_mock/faults")[1] == {"data": [wanted]}
    assert ask("DELETE", "/_mock/faults")[1] == {"data": []}
    assert ask("GET", "/v1/prices")[0] == 200


@pytest.mark.parametrize(
    ("what", "param"),
    [
        pytest.param({"stauts": 500}, "stauts", id="a misspelled name"),
        pytest.param({"path": "/v1/prices"}, "status", id="nothing that happens"),
        pytest.param({"status": 200}, "status", id="no error"),
        pytest.param({"status": 500, "times": 0}, "times", id="never"),
        pytest.param({"status": 500, "path": "v1/prices"}, "path", id="no address"),
        pytest.param({"status": 500, "method": "PATCH"}, "method", id="no method of Stripe's"),
        pytest.param({"delay": 61}, "delay", id="longer than anybody waits"),
        pytest.param({"delay": True}, "delay", id="no number"),
        pytest.param({"delay": 1, "code": "x"}, "code", id="a code without an error"),
    ],
)
def test_what_is_no_fault_is_refused(fault: Any, ask: Ask, what: dict[str, Any], param: str) -> None:
    answer = fault(**what)
    assert (answer.status_code, answer.json["error"]["param"]) == (400, param)
    assert ask("GET", "/_mock/faults")[1] == {"data": []}


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("*", "/v1/customers", True),
        ("/v1/customers", "/v1/customers/cus_1", False),
        ("/v1/customers/*", "/v1/customers/cus_1/tax_ids", True),
        ("/v1/customers/{id}", "/v1/customers/cus_1/tax_ids", False),
        ("/v1/customers/{id}/tax_ids", "/v1/customers/cus_1/tax_ids", True),
        ("/v1/c.stomers", "/v1/customers", False),
    ],
)
def test_a_pattern_fits_an_address(pattern: str, path: str, fits: bool) -> None:
    assert matches(pattern, path) is fits
