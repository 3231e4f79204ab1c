"""What the mock's own controls share: who may use them, and what is sent to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import flask
from werkzeug.wrappers import Response

from flask_portal.wire import errors
from mock_server.core import accounts
from mock_server.core.state import State

from .answer import Answer, failure, render
from .request import base_url, new_request_id


def asked() -> dict[str, Any]:
    """The JSON object that was sent; StripeError 400 for anything else."""
    found = flask.request.get_json(force=True, silent=True)
    if not isinstance(found, dict):
        raise errors.invalid("Send a JSON object as the body of this request.")
    return found


def view(state: State, function: Callable[..., Response]) -> Callable[..., Response]:
    """A view that gets the account of the key that was sent; errors are answered as the API's are."""

    def answer(**given: Any) -> Response:
        request = flask.request
        try:
            key = accounts.authenticate(request.environ.get("HTTP_AUTHORIZATION"))
            if key.publishable:
                raise errors.forbidden(
                    "A publishable key does not reach the mock's own controls.", "secret_key_required"
                )
            return function(key.account, **given)
        except errors.StripeError as error:
            request_id = new_request_id()
            refused: Answer = failure(error, request_id, base_url(request))
            return render(state, refused, request, request_id)

    return answer
