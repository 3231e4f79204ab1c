"""`/3ds/<intent>`: the page of the customer's bank, where they confirm a payment or a setup, or fail to.

It stands for 3-D Secure's challenge, and for the pages of wallets and banks that a customer is redirected to.
Source: docs.stripe.com/payments/3d-secure/authentication-flow
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit, urlunsplit

import flask
from flask.typing import ResponseReturnValue

from flask_portal import security
from flask_portal.i18n import _, money
from mock_server.core.call import Body, Call
from mock_server.core.resource import Resource
from mock_server.core.state import State
from mock_server.resources import payment_intent, setup_intent

from . import frame

RESOURCES: dict[str, Resource] = {"pi": payment_intent.payment_intent, "seti": setup_intent.setup_intent}
AWAITED = frozenset({"redirect_to_url", "use_stripe_sdk"})
"""The kinds of `next_action` that this page is for."""


@dataclass(frozen=True, slots=True)
class ChallengePage:
    """waits: whether the customer is asked."""

    heading: str
    text: str
    waits: bool


def blueprint(state: State) -> flask.Blueprint:
    """The page. What is not found here answers 404, a missing form token 403."""
    pages = frame.blueprint("mock_challenge", __name__)

    @pages.get("/3ds/<id>", endpoint="show")
    def show(id: str) -> ResponseReturnValue:
        with state.reading(frame.merchant(), base_url=frame.own_address()) as call:
            body = asked_for(call, id)
        return frame.render("challenge.html", page_of(body))

    @pages.post("/3ds/<id>", endpoint="answer")
    def answer(id: str) -> ResponseReturnValue:
        said = flask.request.form.get("answer")
        if said not in ("complete", "fail"):
            flask.abort(400)
        with state.writing(frame.merchant(), base_url=frame.own_address()) as call:
            body = asked_for(call, id)
            back = return_url(body)
            if waits(body):
                settle(call, body, passed=said == "complete")
        way_on = None if back is None else with_result(back, body)
        return flask.redirect(way_on or flask.request.full_path, 303)

    return pages


def asked_for(call: Call, id: str) -> Body:
    """The intent, for those who know its client secret; 404 for everybody else."""
    resource = RESOURCES.get(id.partition("_")[0])
    body = resource.find(call, id, lock=True) if resource else None
    secret = flask.request.args.get("client_secret", "")
    if body is None or not hmac.compare_digest(secret.encode(), body["client_secret"].encode()):
        flask.abort(404)
    return body


def waits(body: Body) -> bool:
    """Whether the customer is to answer here."""
    return body["status"] == "requires_action" and body["next_action"]["type"] in AWAITED


def settle(call: Call, body: Body, *, passed: bool) -> None:
    """Let the payment or setup go on."""
    if body["object"] == "payment_intent":
        payment_intent.answered(call, body, passed=passed)
    else:
        setup_intent.answered(call, body, passed=passed)


def return_url(body: Body) -> str | None:
    """Where the business wants its customer back."""
    action = body["next_action"] or {}
    back: str | None = action.get("redirect_to_url", {}).get("return_url")
    return back if back is not None and security.check_return_url(back) else None


def with_result(url: str, body: Body) -> str:
    """The address to return to, with the intent and what became of it, as Stripe adds them."""
    noun = body["object"]
    result = "failed" if body["status"] == "requires_payment_method" else "succeeded"
    added = {noun: body["id"], f"{noun}_client_secret": body["client_secret"], "redirect_status": result}
    parts = urlsplit(url)
    query = "&".join(part for part in (parts.query, urlencode(added)) if part)
    return urlunsplit(parts._replace(query=query))


def page_of(body: Body) -> ChallengePage:
    """What the page says, by what the intent waits for."""
    if waits(body):
        back = return_url(body)
        if back is not None:
            security.allow_form_redirect(back)
        return ChallengePage(_("Confirm that it is you"), question(body), True)
    if body["status"] in ("succeeded", "processing"):
        return ChallengePage(_("Confirmed"), _("Your bank has recognised you. You can close this page."), False)
    if body["status"] == "requires_payment_method":
        text = _("Nothing was charged. Go back to where you came from, and try again or choose another payment method.")
        return ChallengePage(_("Not confirmed"), text, False)
    return ChallengePage(_("Nothing to confirm"), _("There is nothing to do on this page any more."), False)


def question(body: Body) -> str:
    """What the customer is asked to confirm."""
    if body["object"] == "setup_intent":
        return _("Your bank asks whether this payment method may be saved for later payments.")
    return _("Your bank asks whether you want to pay %(amount)s.", amount=money(body["amount"], body["currency"]))
