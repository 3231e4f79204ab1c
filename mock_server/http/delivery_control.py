"""`/_mock/deliveries` and `/_mock/events/<id>/resend`: what became of webhooks, and telling them again."""

from __future__ import annotations

import flask
from werkzeug.wrappers import Response

from flask_portal.wire import errors
from mock_server.core.state import State
from mock_server.webhooks.log import DeliveryLog

from .controls import asked, view

ID = "<int(max=9223372036854775807):id>"


def add(control: flask.Blueprint, state: State, log: DeliveryLog) -> None:
    """Put the addresses on the blueprint."""

    def listed(account: str) -> Response:
        return flask.jsonify({"data": log.listed(account, flask.request.args.to_dict())})

    def one(account: str, id: int) -> Response:
        return flask.jsonify(log.one(account, id))

    def resend(account: str, id: int) -> Response:
        log.resend(account, id, state.clock.now())
        return flask.jsonify(log.one(account, id))

    def resend_event(account: str, event: str) -> Response:
        sent = asked()
        if sent.keys() != {"endpoint"} or not isinstance(sent["endpoint"], str) or "\0" in sent["endpoint"]:
            raise errors.invalid("Send the id of the webhook endpoint that is to be told, as endpoint.", "endpoint")
        id = log.resend_event(account, event.replace("\0", ""), sent["endpoint"], state.clock.now())
        return flask.jsonify(log.one(account, id))

    control.add_url_rule("/deliveries", "deliveries", view(state, listed))
    control.add_url_rule(f"/deliveries/{ID}", "delivery", view(state, one))
    control.add_url_rule(f"/deliveries/{ID}/resend", "resend", view(state, resend), methods=["POST"])
    control.add_url_rule("/events/<event>/resend", "resend_event", view(state, resend_event), methods=["POST"])
