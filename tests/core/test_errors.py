"""What goes wrong is said in Stripe's form."""

from __future__ import annotations

import flask
import pytest

from .conftest import KEY, Ask

FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/v1/nothing"), ("PUT", "/v1/customers"), ("PATCH", "/v1/customers/x")]
)
def test_an_unknown_url_is_named(ask: Ask, method: str, path: str) -> None:
    status, body, _ = ask(method, path)
    assert (status, body["error"]["type"]) == (404, "invalid_request_error")
    assert f"({method}: {path})" in body["error"]["message"]


def test_an_error_leads_to_documentation_and_log(ask: Ask) -> None:
    _, body, headers = ask("GET", "/v1/customers/cus_nobody")
    assert body["error"]["doc_url"].endswith("resource-missing")
    assert headers["Request-Id"] in body["error"]["request_log_url"]


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        pytest.param(b'{"email": "a"}', "application/json", 400, id="JSON"),
        pytest.param(b"email=%ff%fe", FORM, 400, id="no UTF-8"),
        pytest.param(b"email=%zz", FORM, 400, id="a broken escape"),
        pytest.param(b"name=" + b"x" * 10_000_000, FORM, 413, id="10 MB"),
        pytest.param(b"&".join(b"k%d=1" % n for n in range(10_000)), FORM, 400, id="10,000 keys"),
        pytest.param(b"a" + b"[b]" * 50 + b"=1", FORM, 400, id="50 levels"),
        pytest.param(b"name=a%00b", FORM, 400, id="NUL"),
        pytest.param(b"name=1&name[a]=2", FORM, 400, id="two shapes of one key"),
    ],
)
def test_a_body_that_is_no_form_is_refused(app: flask.Flask, body: bytes, content_type: str, status: int) -> None:
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": content_type}
    answer = app.test_client().post("/v1/customers", data=body, headers=headers)
    assert answer.status_code == status
    assert answer.get_json()["error"]["message"]


def test_an_id_with_strange_characters_is_just_missing(ask: Ask) -> None:
    status, _, _ = ask("GET", "/v1/customers/%00%F0%9F%8E%82'%22;--")
    assert status == 404


def test_a_failure_of_our_own_is_a_500_that_can_be_found_in_the_log(
    app: flask.Flask, ask: Ask, caplog: pytest.LogCaptureFixture
) -> None:
    app.extensions["mock_server"].store.engine.dispose()
    with app.extensions["mock_server"].store.writing() as connection:
        connection.exec_driver_sql("DROP TABLE doc_customer")
    status, body, headers = ask("GET", "/v1/customers")
    assert (status, body["error"]["type"]) == (500, "api_error")
    assert headers["Request-Id"] in caplog.text


@pytest.mark.parametrize("path", ["/v1//customers", "/v1/customers//tax_ids"])
def test_an_address_with_an_empty_part_is_unknown(ask: Ask, path: str) -> None:
    """It would come from an empty id, and a redirect would end at another call."""
    assert ask("GET", path)[0] == 404


def test_what_is_not_built_is_named_as_a_parameter(ask: Ask) -> None:
    status, body, _ = ask("POST", "/v1/customers", {"test_clock": "clock_1"})
    assert (status, body["error"]["param"]) == (400, "test_clock")


def test_a_misspelled_parameter_is_told_before_one_that_is_not_built(ask: Ask) -> None:
    _, body, _ = ask("POST", "/v1/customers", {"test_clock": "clock_1", "emial": "jenny@example.com"})
    assert body["error"]["param"] == "emial"


def test_an_error_is_answered_although_it_cannot_be_noted(app: flask.Flask, ask: Ask) -> None:
    with app.extensions["mock_server"].store.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE mock_requests RENAME TO mock_requests_away")
    try:
        status, body, _ = ask("POST", "/v1/customers", {"emial": "jenny@example.com"})
    finally:
        with app.extensions["mock_server"].store.writing() as connection:
            connection.exec_driver_sql("ALTER TABLE mock_requests_away RENAME TO mock_requests")
    assert (status, body["error"]["param"]) == (400, "emial")
