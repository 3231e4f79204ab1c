"""`/microdeposits/<intent>`, where the owner of a bank account tells what has arrived on it, and `/mandates/<mandate>`.

Source: docs.stripe.com/payments/ach-direct-debit, docs.stripe.com/payments/acss-debit
"""

from __future__ import annotations

from dataclasses import dataclass

import flask
from flask.typing import ResponseReturnValue

from flask_portal.i18n import _
from mock_server.core.call import Body, Call, Kept
from mock_server.core.state import State
from mock_server.resources import mandate, microdeposits, payment_intent_later, payment_method, setup_intent

from . import frame
from .challenge import asked_for

VERIFY = {"payment_intent": payment_intent_later.verify, "setup_intent": setup_intent.verify}


@dataclass(frozen=True, slots=True)
class DepositsPage:
    """problem: what was wrong with what was told.  waits: whether the owner is asked."""

    heading: str
    text: str
    waits: bool
    problem: str | None = None


def blueprint(state: State) -> flask.Blueprint:
    """The pages. What is not found here answers 404, a missing form token 403."""
    pages = frame.blueprint("mock_bank_account", __name__)

    @pages.get("/microdeposits/<id>", endpoint="show")
    def show(id: str) -> ResponseReturnValue:
        with state.reading(frame.merchant(), base_url=frame.own_address()) as call:
            page = page_of(call, asked_for(call, id))
        return frame.render("microdeposits.html", page)

    @pages.post("/microdeposits/<id>", endpoint="answer")
    def answer(id: str) -> ResponseReturnValue:
        with state.writing(frame.merchant(), base_url=frame.own_address()) as call:
            body = asked_for(call, id)
            problem = told(call, body) if microdeposits.wait_for(body) else None
            page = page_of(call, body, problem)
        if problem is None:
            return flask.redirect(flask.request.full_path, 303)
        return frame.render("microdeposits.html", page, 400)

    @pages.get("/mandates/<id>", endpoint="mandate")
    def show_mandate(id: str) -> ResponseReturnValue:
        with state.reading(frame.merchant()) as call:
            body = mandate.mandate.find(call, id)
            if body is None:
                flask.abort(404)
            page = agreed(call, body)
        return frame.render("message.html", page)

    return pages


def told(call: Call, body: Body) -> str | None:
    """Take what the owner says; what was wrong with it, where they may try again or it is over."""
    sent = read(flask.request.form)
    if sent is None:
        return _("Enter both amounts in cents, or the code.")
    try:
        VERIFY[body["object"]](call, body, sent)
    except Kept:
        if "amounts" in sent:
            return _("These are not the amounts that were sent to the account.")
        return _("This is not the code that was sent to the account.")
    return None


def read(form: Body) -> Body | None:
    """What was filled in, as parameters of the API; None for neither two amounts nor a code."""
    code = form.get("descriptor_code", "").strip()
    if code:
        return {"descriptor_code": code} if len(code) <= 6 else None
    amounts = [form.get(name, "").strip() for name in ("first", "second")]
    if all(text.isascii() and text.isdigit() and len(text) <= 3 for text in amounts):
        return {"amounts": [int(text) for text in amounts]}
    return None


def page_of(call: Call, body: Body, problem: str | None = None) -> DepositsPage:
    """What the page says, by what the intent waits for."""
    if microdeposits.wait_for(body):
        text = _(
            "Two small deposits are on their way to the account ending in %(last4)s. Enter their amounts in cents, or "
            "the code in their description, which begins with SM.",
            last4=last4(call, body["payment_method"]),
        )
        return DepositsPage(_("Verify your bank account"), text, True, problem)
    if body["status"] in ("succeeded", "processing"):
        text = _("This bank account is yours, as we know now. You can close this page.")
        return DepositsPage(_("Confirmed"), text, False)
    if body["status"] == "requires_payment_method":
        text = _("The bank account could not be verified. Go back to where you came from, and choose another one.")
        return DepositsPage(_("Not confirmed"), text, False)
    return DepositsPage(_("Nothing to confirm"), _("There is nothing to do on this page any more."), False)


def last4(call: Call, method: str) -> str:
    """The end of an account's number; empty for a wallet, which has none."""
    body = payment_method.payment_method.peek(call, method) or {}
    return str(body[body["type"]].get("last4") or "") if body else ""


def agreed(call: Call, body: Body) -> frame.Message:
    """What a mandate says."""
    end = last4(call, body["payment_method"])
    if body["status"] == "inactive":
        text = _("The account ending in %(last4)s may not be debited any more.", last4=end)
    else:
        text = _("The owner of the account ending in %(last4)s has agreed that it may be debited.", last4=end)
    return frame.Message(_("Mandate %(reference)s", reference=body["id"]), text)
