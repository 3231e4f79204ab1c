"""`/b/<link>`: a payment link, which anybody may open; a button leads to a Checkout session of their own.

Source: docs.stripe.com/payment-links
"""

from __future__ import annotations

import flask
from flask.typing import ResponseReturnValue

from flask_portal.i18n import _
from mock_server.core.call import Body, Call
from mock_server.core.state import State
from mock_server.resources import payment_link as links
from mock_server.resources.checkout_session.head import LINES

from . import frame


def blueprint(state: State) -> flask.Blueprint:
    """The page. Looking at it makes nothing."""
    pages = frame.blueprint("mock_payment_link", __name__)

    @pages.get("/b/<id>", endpoint="show")
    def show(id: str) -> ResponseReturnValue:
        with state.reading(frame.merchant()) as call:
            body = asked_for(call, id)
        if not body["active"]:
            return frame.render("message.html", inactive(body))
        named = ", ".join(line["description"] for line in body[LINES])
        return frame.render("open.html", frame.Opening(named, _("You see the price before you pay."), _("Continue")))

    @pages.post("/b/<id>", endpoint="open")
    def open_session(id: str) -> ResponseReturnValue:
        with state.writing(frame.merchant(), base_url=frame.own_address()) as call:
            body = asked_for(call, id)
            if not body["active"]:
                return frame.render("message.html", inactive(body))
            made = links.open_session(call, body)
        return flask.redirect(made["url"], 303)

    return pages


def asked_for(call: Call, id: str) -> Body:
    """The link; 404 where there is none."""
    body = links.payment_link.find(call, id, lock=True)
    if body is None:
        flask.abort(404)
    return body


def inactive(body: Body) -> frame.Message:
    """What a link says that cannot be used any more."""
    usual = _("The business does not take payments by it any more.")
    return frame.Message(_("This link is not active"), body["inactive_message"] or usual)
