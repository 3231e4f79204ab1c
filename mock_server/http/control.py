"""`/_mock/...`: what Stripe has no API for, in JSON, with the account's key as Basic or Bearer."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import flask
import sqlalchemy as sa
from werkzeug.wrappers import Response

from flask_portal.wire import errors
from mock_server.core import accounts, requests
from mock_server.core.state import State

from .answer import Answer, failure, render
from .request import base_url, new_request_id

NOT_BUILT = ("clock", "faults", "mail", "state")


def blueprint(state: State, tables: Sequence[sa.MetaData]) -> flask.Blueprint:
    """tables: all that belongs to accounts, besides the store's own."""
    control = flask.Blueprint("mock_control", __name__, url_prefix="/_mock")

    def reset(account: str) -> Response:
        state.store.empty(*tables, account=account)
        return flask.jsonify({"reset": True})

    def listed(account: str) -> Response:
        return flask.jsonify({"data": requests.listed(state.store, account)})

    def one(account: str, id: str) -> Response:
        found = requests.find(state.store, account, id)
        if found is None:
            raise errors.missing_object("refused request", id)
        return flask.jsonify(found)

    def not_built(account: str, rest: str) -> Response:
        raise errors.not_built(f"/_mock/{rest}")

    control.add_url_rule("/reset", "reset", _view(state, reset), methods=["POST"])
    control.add_url_rule("/requests", "requests", _view(state, listed))
    control.add_url_rule("/requests/<id>", "request", _view(state, one))
    for name in NOT_BUILT:
        view = _view(state, not_built)
        control.add_url_rule(f"/{name}", name, view, methods=["GET", "POST", "PUT", "DELETE"], defaults={"rest": name})
    return control


def _view(state: State, function: Callable[..., Response]) -> Callable[..., Response]:
    def view(**given: str) -> Response:
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
            answer: Answer = failure(error, request_id, base_url(request))
            return render(state, answer, request, request_id)

    return view
