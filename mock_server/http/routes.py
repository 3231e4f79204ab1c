"""Flask's routes to the resources' endpoints."""

from __future__ import annotations

import re
from collections.abc import Callable

import flask

from flask_portal.wire import errors
from mock_server.core.resource import Endpoint
from mock_server.core.state import State

from .answer import failure, render, respond, work_of
from .request import base_url, new_request_id

_ID = re.compile(r"\{(\w+)\}")


def blueprint(state: State) -> flask.Blueprint:
    """All endpoints of the mock's resources below `/v1`."""
    api = flask.Blueprint("stripe_api", __name__)
    for endpoint in state.registry.endpoints():
        rule = _ID.sub(r"<\1>", endpoint.path)
        name = f"{endpoint.method} {endpoint.path}".replace(".", "_")
        # A client that builds an address from an empty id gets an error, not a redirect to another call.
        api.add_url_rule(rule, name, _view(state, endpoint), methods=[endpoint.method], merge_slashes=False)
    return api


def answer_unknown_urls(app: flask.Flask, state: State) -> None:
    """Below `/v1`, unknown paths and wrong methods get Stripe's error instead of a page."""

    def unknown(error: Exception) -> flask.typing.ResponseReturnValue:
        request = flask.request
        if not request.path.startswith("/v1"):
            return error  # type: ignore[return-value]
        request_id = new_request_id()
        refusal = errors.unknown_url(request.method, request.path)
        return render(state, failure(refusal, request_id, base_url(request)), request_id)

    app.register_error_handler(404, unknown)
    app.register_error_handler(405, unknown)


def _view(state: State, endpoint: Endpoint) -> Callable[..., flask.Response]:
    # Flask adds HEAD to each GET and OPTIONS to everything; the API knows neither.
    def view(**ids: str) -> flask.Response:
        return respond(state, work_of(state, endpoint, ids))

    view.provide_automatic_options = False  # type: ignore[attr-defined]
    return view
