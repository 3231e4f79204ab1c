"""`/express/<account>/<token>`: where a login link leads. In place of the Express Dashboard it says what can be said.

Source: docs.stripe.com/connect/express-dashboard
"""

from __future__ import annotations

import flask
from flask.typing import ResponseReturnValue

from flask_portal.i18n import _
from mock_server.core.state import State
from mock_server.resources import login_link

from . import frame
from .frame import Message


def blueprint(state: State) -> flask.Blueprint:
    """The page; 404 for a link that was used before."""
    pages = frame.blueprint("mock_express", __name__)

    @pages.get("/express/<account>/<token>", endpoint="show")
    def show(account: str, token: str) -> ResponseReturnValue:
        with state.writing(frame.account(account)) as call:
            holder = login_link.use(call, frame.account(token))
        if holder is None:
            flask.abort(404)
        if holder["charges_enabled"] and holder["payouts_enabled"]:
            text = _("You can take payments and are paid out. This mock has no dashboard beyond this page.")
        else:
            text = _("Something is still missing before you can take payments. Ask the platform for a new link.")
        return frame.render("message.html", Message(_("You are signed in to %(id)s", id=holder["id"]), text))

    return pages
