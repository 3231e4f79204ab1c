"""`/c/pay/<session>`: the page on which a customer pays, subscribes, or saves a payment method.

It takes test instruments only: no card of the real world is ever sent to a mock.
Source: docs.stripe.com/payments/checkout
"""

from __future__ import annotations

from dataclasses import dataclass

import flask
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from flask_portal import i18n, security
from flask_portal.i18n import _
from flask_portal.pages.fields import Field, Summary, summary
from flask_portal.wire.errors import StripeError
from mock_server.core.call import Body, Call
from mock_server.core.state import State
from mock_server.resources import payment_link as links
from mock_server.resources.checkout_session import calls, checkout_session, codes, complete, instruments

from . import checkout_form as forms
from . import checkout_words as words
from . import frame
from .checkout_words import Option, Row

PLACEHOLDER = "{CHECKOUT_SESSION_ID}"
NUMBER_PATTERN = "|".join(instruments.NUMBERS)
"""The browser itself sends no other number than that of a test card."""


@dataclass(frozen=True, slots=True)
class Code:
    """The field for a promotion code. used: the code that reduces the price now."""

    used: str | None
    value: str
    error: str


@dataclass(frozen=True, slots=True)
class CheckoutPage:
    """seller: the name of the business.  due: what the page says is paid now.  problem: why the last attempt failed.

    tests: the test instruments that are needed most; others: the rest of them, shown when asked for.
    number: what was typed as the number of a test card.
    """

    seller: str | None
    heading: str
    lead: str | Markup
    bought: tuple[Row, ...]
    totals: tuple[Row, ...]
    due: str | None
    code: Code | None
    problem: str | None
    errors: Summary | None
    fields: tuple[Field, ...]
    needs_method: bool
    method_error: str
    saved: tuple[Option, ...]
    tests: tuple[Option, ...]
    others: tuple[Option, ...]
    opened: bool
    number: str
    number_pattern: str
    button: str
    before_button: str | None
    after_button: str | None
    cancel_url: str | None


@dataclass(frozen=True, slots=True)
class DonePage:
    """way_on: where the customer continues.  goes_on: the browser continues there by itself."""

    heading: str
    text: str
    way_on: str | None
    goes_on: bool


def blueprint(state: State) -> flask.Blueprint:
    """The pages of a session. What is not found here answers 404, a missing form token 403."""
    pages = frame.blueprint("mock_checkout", __name__)

    @pages.get("/c/pay/<id>", endpoint="show")
    def show(id: str) -> ResponseReturnValue:
        with state.reading(frame.merchant(), base_url=frame.own_address()) as call:
            body = asked_for(call, id)
            if body["status"] != "open":
                return frame.render("checkout_done.html", ended(call, body))
            page = page_of(call, body, forms.empty(call, body), problem=complete.last_error(call, body))
        return frame.render("checkout.html", page)

    @pages.post("/c/pay/<id>", endpoint="answer")
    def answer(id: str) -> ResponseReturnValue:
        where = {"account": frame.merchant(), "base_url": frame.own_address()}
        try:
            with state.writing(**where) as call:
                return answered(call, asked_for(call, id))
        except StripeError as why:
            # Nothing of it was kept, so the page shows what is there.
            with state.reading(**where) as call:
                return refused(call, asked_for(call, id), why)

    @pages.get("/c/recover/<id>", endpoint="lost")
    def lost(id: str) -> ResponseReturnValue:
        with state.reading(frame.merchant()) as call:
            body = asked_for(call, id)
        if not may_recover(body):
            return frame.render("message.html", over())
        text = _("This page was open for too long, and nothing was paid. You can go on where you left off.")
        return frame.render("open.html", frame.Opening(_("Continue your order"), text, _("Continue")))

    @pages.post("/c/recover/<id>", endpoint="recover")
    def recover(id: str) -> ResponseReturnValue:
        with state.writing(frame.merchant(), base_url=frame.own_address()) as call:
            made = calls.recover(call, asked_for(call, id))
        return flask.redirect(made["url"], 303)

    return pages


def asked_for(call: Call, id: str) -> Body:
    """The session, in its own language; 404 where there is none. Its id is the secret of its address."""
    body = checkout_session.find(call, id, lock=True)
    if body is None:
        flask.abort(404)
    i18n.use_locale(i18n.choose_locale(body["locale"], None, flask.request.accept_languages))
    return body


def own_page() -> str:
    """The address of this page."""
    return flask.request.full_path


def answered(call: Call, body: Body) -> ResponseReturnValue:
    """Do what the form asks for. StripeError where it cannot be done."""
    action = flask.request.form.get("action")
    if body["status"] != "open":
        return flask.redirect(back(body) or own_page(), 303)
    if action is not None:
        reprice(call, body, action)
        return flask.redirect(own_page(), 303)
    typed = forms.read(call, body, flask.request.form)
    if typed.errors:
        return frame.render("checkout.html", page_of(call, body, typed), 400)
    owner = complete.prepare(call, body, typed.details(body))
    if flask.request.form.get("due") != words.due(body):
        # What was shown is what is charged, or it is shown again.
        return frame.render("checkout.html", page_of(call, body, typed, problem=words.new_price(body)), 409)
    error = complete.proceed(call, body, owner, method_for(call, body, typed))
    body = asked_for(call, body["id"])
    if error is not None:
        return frame.render("checkout.html", page_of(call, body, typed, problem=error.message), error.status)
    return flask.redirect(complete.next_step(call, body) or back(body) or own_page(), 303)


def reprice(call: Call, body: Body, action: str) -> None:
    """Use a promotion code, or take it off again."""
    if action == "forget":
        codes.forget(call, body)
    else:
        codes.use(call, body, flask.request.form.get("code", ""))


def method_for(call: Call, body: Body, typed: forms.Typed) -> Body | None:
    """The payment method that was chosen, where one is asked for."""
    if not complete.needs_method(body):
        return None
    wanted = typed.values["payment_method"]
    return instruments.chosen(call, body, "" if wanted == "number" else wanted, typed.values["number"])


def refused(call: Call, body: Body, why: StripeError) -> ResponseReturnValue:
    """The form once more, with what was typed, and why it could not be done."""
    if "action" in flask.request.form:
        code = flask.request.form.get("code", "")
        wrong = _("This code cannot be used here.")
        page = page_of(call, body, forms.empty(call, body), code=code, code_error=wrong)
        return frame.render("checkout.html", page, 400)
    typed = forms.read(call, body, flask.request.form)
    return frame.render("checkout.html", page_of(call, body, typed, problem=why.message), why.status)


def back(body: Body) -> str | None:
    """Where the business wants its customer after the payment."""
    url = body["success_url"]
    if url is None or body["status"] != "complete" or not security.check_return_url(filled(url, body)):
        return None
    return filled(url, body)


def filled(url: str, body: Body) -> str:
    """An address with the session's id in the place that was kept for it."""
    return url.replace(PLACEHOLDER, str(body["id"]))


def page_of(
    call: Call, body: Body, typed: forms.Typed, *, problem: str | None = None, code: str = "", code_error: str = ""
) -> CheckoutPage:
    """The page of an open session."""
    if body["success_url"] is not None:
        security.allow_form_redirect(filled(body["success_url"], body))
    chosen = typed.values["payment_method"] or words.first(call, body)
    tests = tuple(words.tests(body, chosen))
    others = tests[words.SHOWN :]
    saved = tuple(words.saved(call, body, chosen))
    is_setup = body["mode"] == "setup"
    text = body["custom_text"]
    return CheckoutPage(
        seller=words.seller(call),
        heading=words.heading(call, body),
        lead=words.lead(call, body),
        bought=() if is_setup else tuple(words.bought(call, body)),
        totals=() if is_setup else tuple(words.totals(body)),
        due=words.due(body),
        code=code_of(call, body, code, code_error),
        problem=problem,
        errors=summary(typed.errors),
        fields=forms.fields(call, body, typed),
        needs_method=complete.needs_method(body),
        method_error=typed.errors.get("payment_method", ""),
        saved=saved,
        tests=tests[: words.SHOWN],
        others=others,
        opened=chosen == "number" or any(one.is_chosen for one in others),
        number=typed.values["number"],
        number_pattern=NUMBER_PATTERN,
        button=words.button(body),
        before_button=text["submit"] and text["submit"]["message"],
        after_button=text["after_submit"] and text["after_submit"]["message"],
        cancel_url=body["cancel_url"],
    )


def code_of(call: Call, body: Body, value: str, error: str) -> Code | None:
    """The field for a promotion code, where one is allowed."""
    if not body["allow_promotion_codes"]:
        return None
    used = next((one["promotion_code"] for one in body["discounts"]), None)
    found = codes.text_of(call, used) if used else None
    return Code(found, value, error)


def ended(call: Call, body: Body) -> DonePage | frame.Message:
    """The page of a session that is over."""
    if body["status"] == "expired":
        url = body["cancel_url"]
        return DonePage(over().heading, over().text, url, goes_on=False)
    on = back(body)
    heading, text = thanks(body)
    link = links.payment_link.find(call, body["payment_link"]) if body["payment_link"] else None
    own = link and (link["after_completion"]["hosted_confirmation"] or {}).get("custom_message")
    return DonePage(heading, own or text, on, goes_on="redirect_status" in flask.request.args)


def thanks(body: Body) -> tuple[str, str]:
    """What is said to somebody who is done."""
    if body["mode"] == "setup":
        return _("Payment method saved"), _("It can be used for later payments.")
    if body["payment_status"] == "unpaid":
        return _("Payment on its way"), _("Your bank will take some days. There is nothing more to do here.")
    return _("All done"), _("Your order is complete. There is nothing more to pay on this page.")


def over() -> frame.Message:
    """What is said of a session that has expired."""
    text = _("It was open for too long, or was closed by the business. Nothing was charged.")
    return frame.Message(_("This page has expired"), text)


def may_recover(body: Body) -> bool:
    """Whether an expired session can be taken up again."""
    return bool(((body["after_expiration"] or {}).get("recovery") or {}).get("url"))
