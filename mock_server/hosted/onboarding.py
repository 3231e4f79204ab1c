"""`/setup/<account>/<token>`: the page on which a connected account tells Stripe who it is, in one step.

Source: docs.stripe.com/connect/hosted-onboarding
"""

from __future__ import annotations

from dataclasses import dataclass

import flask
from flask.typing import ResponseReturnValue

from flask_portal import security
from flask_portal.i18n import _
from mock_server.core.call import Body, Call
from mock_server.core.state import State
from mock_server.resources import account_link

from . import frame


@dataclass(frozen=True, slots=True)
class OnboardingPage:
    heading: str
    text: str


def blueprint(state: State) -> flask.Blueprint:
    """The page. A link that is over leads to where the platform makes another one."""
    pages = frame.blueprint("mock_onboarding", __name__)

    @pages.get("/setup/<account>/<token>", endpoint="show")
    def show(account: str, token: str) -> ResponseReturnValue:
        with state.reading(frame.account(account)) as call:
            body = asked_for(call, token)
            usable = account_link.is_open(call, body)
        if not usable:
            return flask.redirect(body["_refresh"], 303)
        for url in (body["_return"], body["_refresh"]):
            security.allow_form_redirect(url)
        text = _("Stripe asks about your business here. This page of a mock answers all questions at once.")
        return frame.render("onboarding.html", OnboardingPage(_("Set up your account"), text))

    @pages.post("/setup/<account>/<token>", endpoint="answer")
    def answer(account: str, token: str) -> ResponseReturnValue:
        with state.writing(frame.account(account)) as call:
            body = asked_for(call, token)
            if not account_link.is_open(call, body):
                return flask.redirect(body["_refresh"], 303)
            account_link.use(call, body)
        return flask.redirect(body["_return"], 303)

    return pages


def asked_for(call: Call, token: str) -> Body:
    """The link with this secret; 404 when there is none."""
    body = account_link.account_link.find(call, token, lock=True)
    if body is None:
        flask.abort(404)
    return body
