"""`/i/<account>/<token>`: an invoice as its customer sees it, where it is read, printed and paid.

Whoever knows the token may see the invoice: it is sent by mail. The page takes test instruments only.
Source: docs.stripe.com/invoicing/hosted-invoice-page
"""

from __future__ import annotations

from dataclasses import dataclass

import flask
from flask.typing import ResponseReturnValue

from flask_portal import i18n
from flask_portal.i18n import _
from flask_portal.pages import invoice_words as words
from mock_server.core.call import Body, Call
from mock_server.core.state import State
from mock_server.resources import customer as customers
from mock_server.resources import payment_method as methods
from mock_server.resources.invoice import invoice, settle
from mock_server.resources.invoice.addresses import is_token

from . import frame, invoice_pdf, invoice_words
from .checkout_words import Option, expiry, method_label, test_words
from .invoice_words import InvoiceText

TESTED = ("pm_card_visa", "pm_card_threeDSecure2Required", "pm_card_visa_chargeDeclined")
"""The ids of the test instruments that the page offers beside the customer's own."""


@dataclass(frozen=True, slots=True)
class InvoicePage:
    """lead: what is to be done. problem: why the last attempt failed. button: None where nothing is to be paid."""

    heading: str
    lead: str
    problem: str | None
    text: InvoiceText
    saved: tuple[Option, ...]
    tests: tuple[Option, ...]
    button: str | None
    pdf_url: str


def blueprint(state: State) -> flask.Blueprint:
    """The page, its payment and its PDF. What is not found here answers 404, a missing form token 403."""
    pages = frame.blueprint("mock_invoice", __name__)

    @pages.get("/i/<account>/<token>", endpoint="show")
    def show(account: str, token: str) -> ResponseReturnValue:
        with state.reading(frame.account(account), base_url=frame.own_address()) as call:
            return frame.render("invoice.html", page_of(call, asked_for(call, token)))

    @pages.get("/i/<account>/<token>/pdf", endpoint="pdf")
    def pdf(account: str, token: str) -> ResponseReturnValue:
        with state.reading(frame.account(account), base_url=frame.own_address()) as call:
            body = asked_for(call, token)
            text = invoice_words.text_of(call, body)
        file = flask.make_response(invoice_pdf.made(text))
        file.content_type = "application/pdf"
        file.headers["Content-Disposition"] = f'inline; filename="Invoice-{body["number"]}.pdf"'
        return file

    @pages.post("/i/<account>/<token>", endpoint="pay")
    def pay(account: str, token: str) -> ResponseReturnValue:
        chosen = flask.request.form.get("payment_method", "")
        with state.writing(frame.account(account), base_url=frame.own_address()) as call:
            body = asked_for(call, token)
            problem = None
            if words.is_payable(body):
                if chosen not in offered(call, body):
                    page = page_of(call, body, _("Choose how you want to pay."))
                    return frame.render("invoice.html", page, 400)
                problem = attempt(call, body, chosen)
            body = asked_for(call, token)
            way_on = challenge(call, body)
            if problem is not None and way_on is None:
                return frame.render("invoice.html", page_of(call, body, problem, chosen), 402)
        return flask.redirect(way_on or flask.request.path, 303)

    return pages


def asked_for(call: Call, token: str) -> Body:
    """The invoice, for those who know its token, in its customer's language; 404 for everybody else."""
    body = invoice.find(call, token.partition("_secret_")[0], lock=True)
    if body is None or not body["hosted_invoice_url"] or not is_token(body, token):
        flask.abort(404)
    payer = customers.customer.find(call, body["customer"]) or {}
    i18n.use_locale(i18n.choose_locale(None, payer.get("preferred_locales"), flask.request.accept_languages))
    return body


def saved(call: Call, body: Body) -> list[Body]:
    """The customer's own methods, newest first."""
    return methods.payment_method.where(call, customer=body["customer"])


def offered(call: Call, body: Body) -> list[str]:
    """The ids that the form may send."""
    return [*(method["id"] for method in saved(call, body)), *TESTED]


def attempt(call: Call, body: Body, chosen: str) -> str | None:
    """Try to pay; the bank's answer when that failed. What it leaves behind is kept either way."""
    method = methods.resolve(call, chosen, body["customer"], "payment_method")
    error = settle.collect(call, body, method, off_session=False, return_url=flask.request.base_url)
    return None if error is None else error.message


def challenge(call: Call, body: Body) -> str | None:
    """The page of the customer's bank, where it wants to hear from them; it leads back here."""
    intent = settle.intent_of(call, body) if body["status"] == "open" else None
    action = intent and intent["next_action"]
    return str(action["redirect_to_url"]["url"]) if action and action["type"] == "redirect_to_url" else None


def page_of(call: Call, body: Body, problem: str | None = None, chosen: str = "") -> InvoicePage:
    """The page as the invoice stands now."""
    payable = words.is_payable(body)
    button = _("Pay %(amount)s", amount=i18n.money(body["amount_remaining"], body["currency"])) if payable else None
    text = invoice_words.text_of(call, body)
    own = saved(call, body) if payable else []
    usual = chosen or _usual(call, body, own)
    return InvoicePage(
        heading=text.heading,
        lead=words.lead(body),
        problem=problem,
        text=text,
        saved=tuple(Option(one["id"], method_label(one), expiry(one), one["id"] == usual) for one in own),
        tests=tuple(Option(id, *test_words()[id], id == usual) for id in TESTED) if payable else (),
        button=button,
        pdf_url=f"{flask.request.path}/pdf",
    )


def _usual(call: Call, body: Body, own: list[Body]) -> str:
    """The method that the invoice is paid with by itself."""
    if not own:
        return ""
    found = settle.method_for(call, body)
    return str(found["id"]) if found else ""
