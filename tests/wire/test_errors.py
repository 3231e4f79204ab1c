"""Errors as Stripe words and shapes them."""

from __future__ import annotations

import pytest

from flask_portal.wire import errors
from flask_portal.wire.errors import StripeError, error_body


def test_a_body_holds_what_is_known_and_nothing_else() -> None:
    assert error_body(StripeError("No.")) == {"error": {"message": "No.", "type": "invalid_request_error"}}


def test_a_body_names_code_documentation_parameter_request_and_log() -> None:
    error = errors.invalid("Not a valid URL", "business_profile[privacy_policy_url]", "url_invalid")
    assert error_body(error, "req_1", "http://127.0.0.1:12111/dashboard/requests/req_1") == {
        "error": {
            "code": "url_invalid",
            "doc_url": "https://docs.stripe.com/error-codes#url-invalid",
            "message": "Not a valid URL",
            "param": "business_profile[privacy_policy_url]",
            "request_id": "req_1",
            "request_log_url": "http://127.0.0.1:12111/dashboard/requests/req_1",
            "type": "invalid_request_error",
        }
    }


def test_a_declined_card_carries_the_reason_and_the_charge() -> None:
    error = errors.card_error("Your card was declined.", "card_declined", "insufficient_funds", charge="ch_1")
    body = error_body(error)["error"]
    assert error.status == 402
    assert (body["type"], body["code"]) == ("card_error", "card_declined")
    assert (body["decline_code"], body["charge"]) == ("insufficient_funds", "ch_1")


def test_an_error_carries_headers_of_its_own() -> None:
    assert StripeError("Later.", status=429, headers={"Stripe-Should-Retry": "true"}).headers == {
        "Stripe-Should-Retry": "true"
    }


def test_an_error_reads_as_its_message() -> None:
    assert str(errors.api_error("It broke.")) == "It broke."


@pytest.mark.parametrize(
    ("error", "status", "param"),
    [
        pytest.param(errors.missing_object("customer", "cus_x"), 404, "id", id="in the path"),
        pytest.param(errors.missing_object("customer", "cus_x", "id"), 404, "id", id="named as the path's"),
        pytest.param(errors.missing_object("customer", "cus_x", "customer"), 400, "customer", id="in a parameter"),
        pytest.param(errors.missing_object("customer", "cus_x", "customer", 404), 404, "customer", id="as told"),
    ],
)
def test_a_missing_object_is_404_in_the_path_and_400_in_a_parameter(
    error: StripeError, status: int, param: str
) -> None:
    assert (error.status, error.param, error.code) == (status, param, "resource_missing")
    assert error.message == "No such customer: 'cus_x'"


def test_a_very_long_id_is_not_repeated_in_full() -> None:
    assert len(errors.missing_object("customer", "x" * 10_000).message) < 300


@pytest.mark.parametrize(
    ("error", "status", "type", "code"),
    [
        (errors.unauthorized("Invalid API Key provided: sk_****"), 401, "invalid_request_error", None),
        (errors.unauthorized("Expired API Key", "api_key_expired"), 401, "invalid_request_error", "api_key_expired"),
        (errors.forbidden("No access.", "account_invalid"), 403, "invalid_request_error", "account_invalid"),
        (errors.conflict("Busy.", "idempotency_key_in_use"), 409, "idempotency_error", "idempotency_key_in_use"),
        (errors.conflict("Taken.", "lock_timeout"), 409, "invalid_request_error", "lock_timeout"),
        (errors.api_error("It broke."), 500, "api_error", None),
        (errors.unknown_url("GET", "/v1/foo"), 404, "invalid_request_error", None),
        (errors.not_built("Flow subscription_pause"), 400, "invalid_request_error", None),
    ],
)
def test_each_kind_has_its_status_type_and_code(error: StripeError, status: int, type: str, code: str | None) -> None:
    assert (error.status, error.type, error.code) == (status, type, code)


def test_a_call_without_a_key_is_asked_for_basic_authentication() -> None:
    assert errors.unauthorized("No key.").headers == {"WWW-Authenticate": 'Basic realm="Stripe"'}


def test_an_unknown_address_is_named_with_its_method() -> None:
    assert errors.unknown_url("GET", "/v1/foo").message == "Unrecognized request URL (GET: /v1/foo)."


def test_what_is_not_built_says_so() -> None:
    message = errors.not_built("The flow subscription_pause").message
    assert message == "The flow subscription_pause is not built yet in this version of flask-portal."


def test_a_missing_parameter_is_named() -> None:
    error = errors.missing_parameter("items[0][price]")
    assert (error.code, error.param) == ("parameter_missing", "items[0][price]")
    assert error.message == "Missing required param: items[0][price]."


def test_an_empty_parameter_is_named() -> None:
    error = errors.empty_parameter("email")
    assert (error.code, error.param) == ("parameter_invalid_empty", "email")
    assert error.message.startswith("You passed an empty string for 'email'. ")


@pytest.mark.parametrize(
    ("paths", "message"),
    [
        (["emial"], "Received unknown parameter: emial. Did you mean email?"),
        (["shipping[nmae]"], "Received unknown parameter: shipping[nmae]. Did you mean shipping[name]?"),
        (["items[0][nmae]"], "Received unknown parameter: items[0][nmae]. Did you mean items[0][name]?"),
        (["xyz"], "Received unknown parameter: xyz"),
        (["emial", "xyz"], "Received unknown parameters: emial, xyz"),
    ],
)
def test_an_unknown_parameter_is_named_with_the_known_one_that_is_like_it(paths: list[str], message: str) -> None:
    error = errors.unknown_parameters(paths, ["email", "name"])
    assert (error.message, error.param, error.code) == (message, paths[0], "parameter_unknown")


def test_a_thousand_unknown_parameters_do_not_make_a_long_message() -> None:
    assert len(errors.unknown_parameters(["x" * 200] * 1000).message) < 1100


@pytest.mark.parametrize(
    ("allowed", "words"),
    [(("a",), "a"), (("a", "b"), "a or b"), (("a", "b", "c"), "a, b, or c")],
)
def test_the_allowed_words_are_listed(allowed: tuple[str, ...], words: str) -> None:
    error = errors.not_one_of("mode", allowed)
    assert (error.message, error.param) == (f"Invalid mode: must be one of {words}", "mode")


def test_parameters_that_exclude_each_other_are_all_named() -> None:
    error = errors.exclusive_parameters(["trial_end", "trial_period_days"], "trial_end")
    assert (error.code, error.param) == ("parameters_exclusive", "trial_end")
    assert error.message == "You may only specify one of these parameters: trial_end, trial_period_days."
