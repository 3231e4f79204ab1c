"""The official client's calls, answered without a socket."""

from __future__ import annotations

from typing import Any

import flask
import pytest
import stripe

from mock_server.http.transport import InProcessTransport
from tests.testing.loops import run


@pytest.fixture
def contract() -> None:
    """What these tests send to is an app of their own, which is not Stripe."""


@pytest.fixture
def app() -> flask.Flask:
    """An app that says what it was asked."""
    app = flask.Flask("echo")

    @app.route("/v1/<path:rest>", methods=["GET", "POST", "DELETE"])
    def echo(rest: str) -> flask.typing.ResponseReturnValue:
        request = flask.request
        if rest == "customers/cus_missing":
            error = {"type": "invalid_request_error", "code": "resource_missing", "message": "No such customer"}
            return {"error": error}, 404, {"Request-Id": "req_404"}
        if rest.endswith("/pdf"):
            return flask.Response(b"x" * 100_000, content_type="application/pdf")
        told = {
            "id": "cus_1",
            "object": "customer",
            "asked": f"{request.method} {request.path}",
            "query": request.args.to_dict(),
            "form": request.form.to_dict(),
            "key": request.headers["Authorization"],
            "url": request.url_root,
        }
        return told, 200, {"Request-Id": "req_200"}

    return app


@pytest.fixture
def client(app: flask.Flask) -> stripe.StripeClient:
    return stripe.StripeClient("sk_test_1", http_client=InProcessTransport(app.wsgi_app))


def test_a_query_arrives(client: stripe.StripeClient) -> None:
    answer: Any = client.v1.customers.retrieve("cus_1", {"expand": ["sources"]})
    assert answer.asked == "GET /v1/customers/cus_1"
    assert answer.query.to_dict() == {"expand[0]": "sources"}


def test_a_body_arrives(client: stripe.StripeClient) -> None:
    answer: Any = client.v1.customers.create({"name": "Zoë", "metadata": {"a": "1"}})
    assert answer.asked == "POST /v1/customers"
    assert answer.form.to_dict() == {"name": "Zoë", "metadata[a]": "1"}


def test_characters_that_are_escaped_in_a_path_arrive_as_themselves(client: stripe.StripeClient) -> None:
    answer: Any = client.v1.customers.retrieve("ü/x")
    assert answer.asked == "GET /v1/customers/ü/x"


def test_the_key_arrives(client: stripe.StripeClient) -> None:
    answer: Any = client.v1.customers.retrieve("cus_1")
    assert answer.key == "Bearer sk_test_1"


def test_the_app_sees_itself_on_the_host_of_stripes_pages(client: stripe.StripeClient) -> None:
    answer: Any = client.v1.customers.retrieve("cus_1")
    assert answer.url == "https://billing.stripe.com/"


def test_an_error_is_the_clients_own_exception(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="No such customer") as caught:
        client.v1.customers.retrieve("cus_missing")
    assert caught.value.request_id == "req_404"


def test_answers_headers_are_found_in_any_case(client: stripe.StripeClient) -> None:
    answer = client.v1.customers.retrieve("cus_1")
    assert answer.last_response is not None
    assert answer.last_response.request_id == "req_200"


def test_asynchronous_calls_are_answered(client: stripe.StripeClient) -> None:
    answer: Any = run(client.v1.customers.create_async({"name": "Zoë"}))
    assert answer.form.to_dict() == {"name": "Zoë"}


def test_a_files_content_is_streamed(client: stripe.StripeClient) -> None:
    answer = client.v1.quotes.pdf("qt_1")
    assert len(answer.io.read()) == 100_000


def test_a_files_content_is_streamed_asynchronously(client: stripe.StripeClient) -> None:
    async def read() -> bytes:
        return await (await client.v1.quotes.pdf_async("qt_1")).read_async()

    assert len(run(read())) == 100_000


def test_something_can_be_done_before_each_call(app: flask.Flask) -> None:
    calls: list[str] = []
    transport = InProcessTransport(app.wsgi_app, before=lambda: calls.append("before"))
    client = stripe.StripeClient("sk_test_1", http_client=transport)
    client.v1.customers.retrieve("cus_1")
    client.v1.customers.retrieve("cus_1")
    assert calls == ["before", "before"]


def test_an_exception_of_the_app_comes_through() -> None:
    app = flask.Flask("broken")
    app.testing = True

    @app.get("/v1/customers/<_>")
    def broken(_: str) -> str:
        raise ZeroDivisionError

    client = stripe.StripeClient("sk_test_1", http_client=InProcessTransport(app.wsgi_app))
    with pytest.raises(ZeroDivisionError):
        client.v1.customers.retrieve("cus_1")
