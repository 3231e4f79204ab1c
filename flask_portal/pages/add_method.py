"""Save a payment method: on a page of Stripe's, which alone sees its number, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import stripe
from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from flask_portal import security, signals
from flask_portal.i18n import _
from flask_portal.pages import changes, completion, holdings, message, owed, reading, settling, shell, words
from flask_portal.pages import visit as visits
from flask_portal.pages.holdings import Holdings
from flask_portal.pages.shell import Link
from flask_portal.pages.visit import Visit
from flask_portal.rules import verdicts
from flask_portal.rules.methods import MethodView, overriding
from flask_portal.upstream import actions, reads
from flask_portal.upstream.actions import Done
from flask_portal.upstream.reads import Failed

ADDED = "payment_method.add"
CHECKOUT = "https://checkout.stripe.com"
"""Where Stripe's own page is, unless the business has given it a domain of its own."""


@dataclass(frozen=True, slots=True)
class AddPage:
    heading: str
    lead: str
    problem: str | None
    form_id: str
    button: str
    back: Link | None


@dataclass(frozen=True, slots=True)
class LeavePage:
    """A way to a site that a form may not lead to by itself."""

    heading: str
    lead: str
    go: Link


@dataclass(frozen=True, slots=True)
class Choice:
    """A button.  name, value: what it sends beside the hidden fields."""

    label: str
    url: str
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class AddedPage:
    """choices: what may be done with the new method, the likeliest first. leave: to go on without any of it."""

    heading: str
    lead: str
    form_id: str
    choices: tuple[Choice, ...]
    leave: Link | None


def show() -> ResponseReturnValue:
    visit = _allowed()
    customer = reading.customer(visit)
    return _page(visit, customer, None)


def submit() -> ResponseReturnValue:
    """Make a Checkout session and go there; nothing is changed until the customer has saved something there."""
    visit = _allowed()
    customer = reading.customer(visit)
    params = _session(visit, customer)
    outcome = actions.start_setup(visit.client, params, key=changes.key(visit, ADDED))
    announce(visit)
    if not isinstance(outcome, Done) or not outcome.body.get("url"):
        problem = words.problem(outcome) if not isinstance(outcome, Done) else _("Please try again.")
        return _page(visit, customer, problem, 502 if isinstance(outcome, Done) else words.status_of(outcome))
    url = outcome.body["url"]
    if security.is_form_target(url):
        return redirect(url, 303)
    page = LeavePage(_("Add a payment method"), _lead(visit), Link(_("Continue to the secure page"), url))
    return shell.render("leave.html", page, title=page.heading, customer=customer)


def announce(visit: Visit) -> None:
    """Let the forms of this page lead to Checkout; the browser would refuse the redirect otherwise."""
    base = visit.settings.stripe_api_base
    security.allow_form_redirect(CHECKOUT if base == stripe.DEFAULT_API_BASE else base)


def added() -> ResponseReturnValue:
    """The way back from Checkout: says what was saved, and asks what it is to be used for."""
    visit = _allowed()
    held, view = _saved(visit)
    if view is None:
        return _unfinished(visit, held)
    _note(visit, held, view)
    name = words.method(view)
    if visit.flow is not None:
        completion.announce(visit)
        own = Choice(_("Use it from now on"), url_for(".use_added_method", checkout=_checkout()), ())
        page = AddedPage(
            _("%(method)s is saved", method=name),
            _("One more step: it becomes the payment method that is used by default."),
            changes.new_form_id(),
            (own,),
            None,
        )
    else:
        page = AddedPage(
            _("%(method)s is saved", method=name),
            _question(held, view),
            changes.new_form_id(),
            _choices(visit, held, view),
            Link(_("Not now"), url_for(".payment_methods")),
        )
    return shell.render("method_added.html", page, title=page.heading, customer=held.customer)


def use_added() -> ResponseReturnValue:
    """Make the method that was just saved the default: the one thing that the flow does."""
    visit = _allowed()
    held, view = _saved(visit)
    if view is None:
        return _unfinished(visit, held)
    outcome = settling.make_default(visit, view.id)
    if not isinstance(outcome, Done):
        again = url_for(".method_added", checkout=_checkout())
        return message.failed(words.problem(outcome), again, words.status_of(outcome))
    return completion.after(visit, url_for(".method_result", id=view.id))


def _allowed() -> Visit:
    visit = visits.current()
    verdict = verdicts.may_manage_methods(visit.features)
    if not verdict.ok:
        abort(403, verdict.reason)
    return visit


def _session(visit: Visit, customer: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of the Checkout session.  The placeholder in the address is Stripe's, and must stay as it is."""
    back = url_for(".add_method") if visit.flow is not None else url_for(".payment_methods")
    params: dict[str, Any] = {
        "customer": visit.customer_id,
        "success_url": visit.absolute(url_for(".method_added")) + "?checkout={CHECKOUT_SESSION_ID}",
        "cancel_url": visit.absolute(back),
    }
    currency = customer.get("currency") or _account_currency(visit)
    if currency:
        params["currency"] = currency
    offered = visit.features["payment_method_update"].get("payment_method_configuration")
    if offered:
        params["payment_method_configuration"] = offered
    return params


def _account_currency(visit: Visit) -> str | None:
    """A customer who has never been billed has no currency; the account's own decides which methods are offered."""
    client = visit.client
    found = reads.gather(False, account=lambda: reads.account(client))["account"]
    return None if isinstance(found, Failed) else found.get("default_currency")


def _checkout() -> str:
    return request.args.get("checkout", "")


def _saved(visit: Visit) -> tuple[Holdings, MethodView | None]:
    """The method that a Checkout session of this customer has saved; None as long as it has not. 404 for another's."""
    id, client = _checkout(), visit.client
    if not id.isascii() or not id.replace("_", "").isalnum():
        abort(404)
    held = holdings.find(visit, session=lambda: reads.checkout_session(client, id))
    session = held.more["session"]
    if isinstance(session, Failed):
        abort(404 if session.reason == reads.MISSING else 502)
    if session["mode"] != "setup" or session["customer"] != visit.customer_id:
        abort(404)
    intent = session.get("setup_intent") or {}
    method = intent.get("payment_method")
    if intent.get("status") != "succeeded" or not isinstance(method, dict):
        return held, None
    return held, next((view for view in held.methods if view.id == method["id"]), None)


def _note(visit: Visit, held: Holdings, view: MethodView) -> None:
    """Write down what happened on Stripe's page, once. It is no change of ours, so reading may do it."""
    if changes.remember(visit, ADDED, view.id, key=f"added-{view.id}"):
        body = held.more["session"]["setup_intent"]["payment_method"]
        changes.tell(signals.payment_method_added, payment_method=body, customer=visit.customer_id)


def _question(held: Holdings, view: MethodView) -> str:
    sum = owed.total(held.payable) if held.payable else None
    if sum is not None:
        return _("Do you want to use it for everything from now on, and pay the %(amount)s that is open?", amount=sum)
    if held.default == view.id and not overriding(view.id, held.subscriptions):
        return _("It is used for everything already.")
    return _("Do you want to use it for everything from now on?")


def _choices(visit: Visit, held: Holdings, view: MethodView) -> tuple[Choice, ...]:
    return choices(held, view.id)


def choices(held: Holdings, method: str) -> tuple[Choice, ...]:
    """What a method may be chosen for: for everything, with what is open; or as the default alone."""
    due, own = held.payable, overriding(method, held.subscriptions)
    fields = (("payment_method", method), ("shown", owed.shown(due)))
    found = []
    if due:
        sum = owed.total(due)
        label = _("Use it for everything and pay what is open")
        if sum is not None:
            label = _("Use it for everything and pay %(amount)s", amount=sum)
        found.append(Choice(label, url_for(".do_fix"), fields))
    elif own:
        found.append(Choice(_("Use it for everything"), url_for(".do_fix"), fields))
    if held.default != method:
        found.append(Choice(_("Make it the default"), url_for(".make_default", id=method), ()))
    return tuple(found)


def _unfinished(visit: Visit, held: Holdings) -> ResponseReturnValue:
    text = _("Nothing was saved yet. If your bank has to confirm it, it appears here as soon as that is done.")
    page = AddPage(
        _("Add a payment method"), text, None, changes.new_form_id(), _("Continue to the secure page"), _back(visit)
    )
    announce(visit)
    return shell.render("add_method.html", page, title=page.heading, customer=held.customer)


def _page(visit: Visit, customer: Mapping[str, Any], problem: str | None, status: int = 200) -> ResponseReturnValue:
    announce(visit)
    page = AddPage(
        heading=_("Add a payment method"),
        lead=_lead(visit),
        problem=problem,
        form_id=changes.new_form_id(),
        button=_("Continue to the secure page"),
        back=_back(visit),
    )
    return shell.render("add_method.html", page, title=page.heading, customer=customer, status=status)


def _back(visit: Visit) -> Link | None:
    return None if visit.flow is not None else Link(_("Payment methods"), url_for(".payment_methods"))


def _lead(visit: Visit) -> str:
    if visit.flow is not None:
        return _("You enter it on a secure page, and come back here. It becomes your default payment method.")
    return _("You enter it on a secure page, and come back here. Nothing is charged.")
