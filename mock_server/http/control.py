"""`/_mock/...`: what Stripe has no API for, in JSON, with the account's key as Basic or Bearer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import flask
from werkzeug.wrappers import Response

from flask_portal.wire import errors
from mock_server.core import faults, requests
from mock_server.core import settings as account_settings
from mock_server.core.due import advance
from mock_server.core.snapshot import Snapshots
from mock_server.core.state import State
from mock_server.webhooks.log import DeliveryLog

from . import delivery_control, mail_control
from .controls import asked, view

MOST_SECONDS = 253_402_300_800
"""The end of the year 9999, which no date of the billing calendar may reach."""
MAX_STATE = 256 * 1024 * 1024
"""Bytes of a snapshot that is put back."""


def blueprint(state: State, snapshots: Snapshots, log: DeliveryLog) -> flask.Blueprint:
    """All of the controls."""
    control = flask.Blueprint("mock_control", __name__, url_prefix="/_mock")

    def reset(account: str) -> Response:
        with state.store.writing() as connection:
            snapshots.empty(connection, account)
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

    def bad_days(account: str) -> Response:
        if flask.request.method == "POST":
            faults.add(state.store, account, asked())
        elif flask.request.method == "DELETE":
            faults.clear(state.store, account)
        return flask.jsonify({"data": faults.listed(state.store, account)})

    def whole(account: str) -> Response:
        if flask.request.method == "PUT":
            flask.request.max_content_length = MAX_STATE
            snapshots.restore(account, asked())
        return flask.jsonify(snapshots.take(account))

    control.add_url_rule("/reset", "reset", view(state, reset), methods=["POST"])
    control.add_url_rule("/requests", "requests", view(state, listed))
    control.add_url_rule("/requests/<id>", "request", view(state, one))
    control.add_url_rule("/clock", "clock", view(state, clock), methods=["GET", "POST"])
    control.add_url_rule("/settings", "settings", view(state, settings), methods=["GET", "POST"])
    control.add_url_rule("/faults", "faults", view(state, bad_days), methods=["GET", "POST", "DELETE"])
    control.add_url_rule("/state", "state", view(state, whole), methods=["GET", "PUT"])
    delivery_control.add(control, state, log)
    mail_control.add(control, state)
    return control


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
