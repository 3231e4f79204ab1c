"""A mock on each kind of database, and the official client on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import flask
import pytest
import stripe

from mock_server.app import close, create_app
from mock_server.core.state import State
from mock_server.http.transport import InProcessTransport

KEY = "sk_test_core"


@pytest.fixture
def app(engine_url: str) -> Iterator[flask.Flask]:
    app = create_app(database=engine_url, background=False)
    yield app
    close(app)


@pytest.fixture
def state(app: flask.Flask) -> State:
    state: State = app.extensions["mock_server"]
    return state


@pytest.fixture
def transport(app: flask.Flask) -> InProcessTransport:
    return InProcessTransport(app.wsgi_app)


@pytest.fixture
def shop(transport: InProcessTransport) -> stripe.StripeClient:
    return stripe.StripeClient(KEY, http_client=transport, max_network_retries=0)


Ask = Callable[..., tuple[int, dict[str, Any], Any]]


@pytest.fixture
def ask(app: flask.Flask) -> Ask:
    """`ask(method, path, form, **headers)`: status, decoded body and headers of a raw request."""
    client = app.test_client()

    def send(method: str, path: str, form: Any = None, **headers: str) -> tuple[int, dict[str, Any], Any]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        asked = {"Authorization": f"Bearer {KEY}"} | named
        answer = client.open(path, method=method, data=form, headers=asked)
        return answer.status_code, answer.get_json(), answer.headers

    return send
