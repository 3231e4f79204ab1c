"""Starting a subscription that has ended once more, after its customer has seen what that costs today."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import abort, redirect, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from flask_portal import signals
from flask_portal.i18n import _
from flask_portal.models import AuditEntry
from flask_portal.pages import (
    agreed,
    bills,
    cards,
    changes,
    completion,
    declines,
    other_card,
    paying,
    reading,
    refusing,
    shell,
    words,
)
from flask_portal.pages import visit as visits
from flask_portal.pages.cards import Found
from flask_portal.pages.resume import PayPage
from flask_portal.pages.visit import Visit
from flask_portal.rules import returns
from flask_portal.rules.methods import MethodView, expiry
from flask_portal.rules.subscriptions import SubscriptionView, default_method
from flask_portal.upstream import actions, reads
from flask_portal.upstream.actions import Done, Outcome, Refused
from flask_portal.upstream.reads import Failed

STARTED = "subscription.start_again"
DECLINED = "subscription.start_declined"
BEGUN = "subscription.start_begun"

_BANK_ASKS = "subscription_payment_intent_requires_action"


@dataclass(frozen=True, slots=True)
class Return:
    """An ended subscription, and what starting it again means.

    asked: parameters of the new one. due: the preview of its first invoice. method: what pays for it; None for nothing.
    known: the ids of all subscriptions that the customer has had.
    """

    found: Found
    asked: dict[str, Any]
    due: dict[str, Any]
    method: MethodView | None
    known: tuple[str, ...]


def show(id: str) -> ResponseReturnValue:
    visit = visits.current()
    return _page(visit, _find(visit, id), None)


def submit(id: str) -> ResponseReturnValue:
    visit = visits.current()
    found = _find(visit, id)
    amount, currency = found.due["amount_due"], found.due["currency"]
    problem = agreed.moved(visit, STARTED, id, amount, currency)
    if problem:
        return _page(visit, found, problem, 409)
    if found.method is None:
        abort(403, "method_missing")
    tries = changes.count(visit, AuditEntry.action == DECLINED, AuditEntry.object_id == id)
    # Two windows ask with one key, so that one subscription begins; a declined payment is tried anew with another.
    changes.key(visit, STARTED, id)
    key = changes.shared_key(visit, STARTED, id, found.known, found.method.id, tries)
    outcome = _start(visit, found, key)
    if isinstance(outcome, Refused) and outcome.decline_code is not None:
        changes.remember(visit, DECLINED, id, {"decline_code": outcome.decline_code}, key=f"{key}-declined")
        reason = declines.why(outcome.code, outcome.decline_code)
        return _page(visit, found, _("Nothing was started, and nothing was charged. %(reason)s", reason=reason), 402)
    if not isinstance(outcome, Done):
        return _page(visit, found, words.problem(outcome), words.status_of(outcome))
    return _started(visit, found.found, outcome.body, key)


def _started(visit: Visit, before: Found, body: dict[str, Any], key: str) -> ResponseReturnValue:
    url, id, title = url_for(".result", id=body["id"]), before.view.id, before.view.title
    if body["status"] == "incomplete":
        # The bank asks its customer; where it says no after all, the page that comes next says so.
        paying.begin(visit, reading.id_of(body["latest_invoice"]), visit.absolute(url), key)
        changes.remember(visit, BEGUN, body["id"], {"before": id}, key=key, subject=title)
    elif changes.remember(visit, STARTED, body["id"], {"before": id}, key=key, subject=title):
        changes.tell(signals.subscription_started_again, subscription=body, customer=visit.customer_id, before=id)
    return redirect(url, 303)


def _start(visit: Visit, found: Return, key: str) -> Outcome:
    """Nothing begins that is not paid; only where the bank asks for its customer it waits for that."""
    pays = {"default_payment_method": found.method.id} if found.method else {}
    strict = {**found.asked, **pays, "payment_behavior": "error_if_incomplete"}
    outcome = actions.start_subscription(visit.client, strict, key=key)
    if isinstance(outcome, Refused) and _BANK_ASKS in (outcome.code, outcome.decline_code):
        waiting = {**found.asked, **pays, "payment_behavior": "allow_incomplete"}
        return actions.start_subscription(visit.client, waiting, key=f"{key}-bank")
    return outcome


def _find(visit: Visit, id: str) -> Return:
    """The ended subscription. 404 when it is not this customer's, 403 with the reason when it cannot be started."""
    client, customer, is_on = visit.client, visit.customer_id, visit.settings.start_again
    found = cards.find(
        visit,
        id,
        methods=lambda: reads.payment_methods(client, customer),
        subscriptions=lambda: reads.subscriptions(client, customer),
    )
    refusing.check(returns.may_look(found.view, is_on))
    listed, methods = found.more["subscriptions"], found.more["methods"]
    if isinstance(listed, Failed) or isinstance(methods, Failed):
        abort(502)
    others = [SubscriptionView.of(body, {}, {}) for body in listed]
    running = returns.living(found.view, others)
    if running is not None and _was_started_here(visit, running.id):
        # A second click on the button finds its work done.
        abort(redirect(url_for(".result", id=running.id), 303))
    asked = returns.parameters(found.body, found.view)
    thunks: dict[str, Any] = {item.price: partial(reads.price, client, item.price) for item in found.view.items}
    read = reads.gather(visit.host.parallel_reads, due=lambda: reads.preview(client, returns.preview(asked)), **thunks)
    prices = [price for name, price in read.items() if name != "due" and not isinstance(price, Failed)]
    refusing.check(returns.may_start(found.view, is_on, others, prices, visit.features))
    if isinstance(read["due"], Failed):
        abort(502)
    return Return(found, asked, read["due"], _method(visit, found, methods), tuple(each.id for each in others))


def _was_started_here(visit: Visit, id: str) -> bool:
    return changes.was_made(visit, AuditEntry.action.in_((STARTED, BEGUN)), AuditEntry.object_id == id)


def _method(visit: Visit, found: Found, bodies: list[dict[str, Any]]) -> MethodView | None:
    """The method that paid for it before, if it is still there and good; else the customer's default."""
    today = words.today(visit)
    good = {view.id: view for view in map(MethodView.of, bodies) if expiry(view, today.year, today.month) != "expired"}
    wanted = (found.view.method_id, default_method(found.customer or {}))
    return next((good[id] for id in wanted if id is not None and id in good), None)


def _page(visit: Visit, found: Return, problem: str | None, status: int = 200) -> ResponseReturnValue:
    view = found.found.view
    title = view.title or _("Subscription")
    names = {item.product: item.name for item in view.items if item.name}
    charged = _("Charged today")
    if found.method is not None and found.due["amount_due"]:
        charged = _("Charged today to %(method)s", method=words.method(found.method))
    page = PayPage(
        heading=_("Start %(title)s again", title=title),
        lead=_lead(found),
        problem=problem,
        bill=bills.bill(found.due, names, _("Today"), charged),
        form_id=changes.new_form_id(),
        quote=agreed.sealed(visit, STARTED, view.id, found.due["amount_due"]),
        button=_button(found) if found.method is not None else None,
        way_on=None if found.method is not None else other_card.add(visit),
        keep=shell.leave(visit, _("Not now")),
        back=completion.up(visit),
        terms=_terms(visit),
    )
    return shell.render("agree.html", page, title=page.heading, customer=found.found.customer, status=status)


def _lead(found: Return) -> str:
    view = found.found.view
    today = words.strong_amount(found.due["amount_due"], found.due["currency"])
    rate = words.rate(view.amount, view.currency, view.interval, view.interval_count)
    if not rate:
        return _("It begins today, and you pay %(today)s now.", today=today)
    return _("It begins today at %(rate)s, and you pay %(today)s now.", rate=rate, today=today)


def _button(found: Return) -> str:
    if not found.due["amount_due"]:
        return _("Start now")
    return _("Pay %(amount)s and start", amount=words.amount(found.due["amount_due"], found.due["currency"]))


def _terms(visit: Visit) -> str:
    """What somebody agrees to; empty where the business has no terms."""
    url = shell.terms_url(visit)
    if url is None:
        return ""
    named = _("terms of %(business)s", business=visit.branding.name)
    link = Markup('<a href="{}">{}</a>').format(url, named)
    return _("By confirming you agree to the %(terms)s.", terms=link)
