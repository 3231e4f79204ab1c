"""`/_mock/mail`: what was sent to customers, as JSON; one mail also as the page that its reader would see."""

from __future__ import annotations

import flask
from werkzeug.wrappers import Response

from flask_portal.wire import errors
from mock_server.core import mailbox
from mock_server.core.state import State

from .controls import view

POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
"""A mail is shown as it is, and runs and loads nothing."""


def add(control: flask.Blueprint, state: State) -> None:
    """Put the addresses on the blueprint."""

    def listed(account: str) -> Response:
        return flask.jsonify({"data": mailbox.listed(state.store, account)})

    def one(account: str, id: str) -> Response:
        found = mailbox.find(state.store, account, id.replace("\0", ""))
        if found is None:
            raise errors.missing_object("mail", id)
        if flask.request.accept_mimetypes.best_match(["application/json", "text/html"]) != "text/html":
            return flask.jsonify(found)
        return flask.Response(found["html"], headers={"Content-Security-Policy": POLICY})

    control.add_url_rule("/mail", "mails", view(state, listed))
    control.add_url_rule("/mail/<id>", "mail", view(state, one))
