"""Paying for one subscription with another of the customer's payment methods, from the page that reviews a change."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from flask_portal import signals
from flask_portal.i18n import _
from flask_portal.pages import changes, message, plans, words
from flask_portal.pages import visit as visits
from flask_portal.pages.fields import Choice
from flask_portal.pages.plans import Options, Typed
from flask_portal.pages.shell import Link
from flask_portal.pages.visit import Visit
from flask_portal.rules.methods import can_pay
from flask_portal.upstream import actions
from flask_portal.upstream.actions import Done

METHOD = "default_payment_method"
CHOSEN = "subscription.payment_method"


@dataclass(frozen=True, slots=True)
class OtherCard:
    """choices: the methods that could pay; there is at least one. add: where another one can be saved."""

    text: str
    choices: tuple[Choice, ...]
    url: str
    form_id: str
    add: Link | None


def choice(visit: Visit, options: Options, typed: Typed) -> OtherCard | None:
    """The form; None when there is no other method to choose."""
    today = words.today(visit)
    usable = [each for each in options.methods or () if can_pay(each, today) and each != options.method]
    if not usable:
        return None
    title = options.found.view.title or _("Subscription")
    return OtherCard(
        text=_("%(title)s is paid with it from now on.", title=title),
        choices=tuple(Choice(each.id, words.method(each)) for each in usable),
        url=url_for(".update_card", id=options.found.view.id, **typed.query()),
        form_id=changes.new_form_id(),
        add=add(visit),
    )


def add(visit: Visit) -> Link | None:
    """Where a payment method can be added."""
    if visit.flow is not None or not visit.features["payment_method_update"]["enabled"]:
        return None
    return Link(_("Payment methods"), url_for(".payment_methods"))


def choose(id: str) -> ResponseReturnValue:
    """Charge the subscription to the chosen method from now on, and go back to the review."""
    visit = visits.current()
    options = plans.find(visit, id)
    back = url_for(".review", id=id, **Typed.of(request.args).query())
    method = next((each for each in options.methods or () if each.id == request.form.get(METHOD)), None)
    if options.methods is None:
        abort(502)
    if method is None or not can_pay(method, words.today(visit)):
        return message.failed(_("Please choose one of your payment methods."), back, 400)
    key = changes.key(visit, CHOSEN, id, method.id)
    outcome = actions.pay_subscription_with(visit.client, id, method.id, key=key)
    if not isinstance(outcome, Done):
        return message.failed(words.problem(outcome), back, words.status_of(outcome))
    if changes.remember(visit, CHOSEN, id, {METHOD: method.id}, key=key):
        changes.tell(
            signals.subscription_method_chosen,
            subscription=outcome.body,
            customer=visit.customer_id,
            method=method.id,
        )
    return redirect(back, 303)
