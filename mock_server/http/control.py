"""`/_mock/...`: what Stripe has no API for, in JSON, with the account's key as Basic or Bearer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import flask
import sqlalchemy as sa
from werkzeug.wrappers import Response

from flask_portal.wire import errors
from mock_server.core import accounts, requests
from mock_server.core import settings as account_settings
from mock_server.core.due import advance
from mock_server.core.state import State

from .answer import Answer, failure, render
from .request import base_url, new_request_id

MOST_SECONDS = 253_402_300_800
"""The end of the year 9999, which no date of the billing calendar may reach."""
NOT_BUILT = ("faults", "mail", "state")


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

    def clock(account: str) -> Response:
        if flask.request.method == "POST":
            move_clock(state, account, asked())
        return flask.jsonify({"now": state.now(account)})

    def settings(account: str) -> Response:
        with state.reading(account) as call:
            stored = call.settings
        if flask.request.method == "POST":
            stored = account_settings.changed(stored, asked())
            state.keep_settings(account, stored)
        return flask.jsonify(stored)

    def not_built(account: str, rest: str) -> Response:
        raise errors.not_built(f"/_mock/{rest}")

    control.add_url_rule("/reset", "reset", _view(state, reset), methods=["POST"])
    control.add_url_rule("/requests", "requests", _view(state, listed))
    control.add_url_rule("/requests/<id>", "request", _view(state, one))
    control.add_url_rule("/clock", "clock", _view(state, clock), methods=["GET", "POST"])
    control.add_url_rule("/settings", "settings", _view(state, settings), methods=["GET", "POST"])
    for name in NOT_BUILT:
        view = _view(state, not_built)
        control.add_url_rule(f"/{name}", name, view, methods=["GET", "POST", "PUT", "DELETE"], defaults={"rest": name})
    return control


def asked() -> dict[str, Any]:
    """The JSON object that was sent; StripeError 400 for anything else."""
    found = flask.request.get_json(force=True, silent=True)
    if not isinstance(found, dict):
        raise errors.invalid("Send a JSON object as the body of this request.")
    return found


def move_clock(state: State, account: str, sent: Mapping[str, Any]) -> None:
    """Move an account's clock to a moment or by seconds, and do all that falls due until then before it is answered."""
    if len(sent) != 1 or next(iter(sent)) not in ("now", "advance"):
        raise errors.invalid("Send either now (Unix seconds) or advance (seconds).")
    [(name, value)] = sent.items()
    if type(value) is not int or not 0 <= value < MOST_SECONDS:
        raise errors.invalid(f"{name} is an integer: a number of seconds, and not negative.", name)
    before = state.now(account)
    to = value if name == "now" else before + value
    if not before <= to < MOST_SECONDS:
        raise errors.invalid(f"A clock goes forwards, and it is {before} already: reset the account to go back.", name)
    state.move(account, to)
    advance(state, to, account)


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
