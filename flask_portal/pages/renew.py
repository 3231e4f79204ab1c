"""Take back a cancellation, as long as the subscription has not ended."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, redirect, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from flask_portal import signals
from flask_portal.i18n import _
from flask_portal.pages import cards, changes, completion, shell, words
from flask_portal.pages import visit as visits
from flask_portal.pages.cards import Found
from flask_portal.pages.shell import Link
from flask_portal.pages.visit import Visit
from flask_portal.rules import verdicts
from flask_portal.rules.methods import MethodView
from flask_portal.upstream import actions, reads
from flask_portal.upstream.actions import Done
from flask_portal.upstream.reads import Failed


@dataclass(frozen=True, slots=True)
class RenewPage:
    heading: str
    lead: str
    problem: str | None
    form_id: str
    button: str
    leave: Link
    back: Link


def show(id: str) -> ResponseReturnValue:
    visit = visits.current()
    found = _find(visit, id)
    if _is_kept(found):
        return redirect(url_for(".result", id=id), 303)
    _check(visit, found)
    return _page(found, None)


def submit(id: str) -> ResponseReturnValue:
    visit = visits.current()
    found = _find(visit, id)
    if _is_kept(found):
        # A second click on the button finds its work done.
        return redirect(url_for(".result", id=id), 303)
    _check(visit, found)
    key = changes.key(visit, "subscription.renew", id)
    outcome = actions.undo_cancel(visit.client, found.body, key=key)
    if not isinstance(outcome, Done):
        return _page(found, words.problem(outcome), words.status_of(outcome))
    if changes.remember(visit, "subscription.renew", id, key=key):
        changes.tell(signals.subscription_renewed, subscription=outcome.body, customer=visit.customer_id)
    return completion.after(visit, url_for(".result", id=id))


def _find(visit: Visit, id: str) -> Found:
    client, customer = visit.client, visit.customer_id
    return cards.find(visit, id, methods=lambda: reads.payment_methods(client, customer))


def _is_kept(found: Found) -> bool:
    return found.view.is_live and found.view.ends_at is None


def _check(visit: Visit, found: Found) -> None:
    verdict = verdicts.may_undo(found.view, visit.features)
    if not verdict.ok:
        abort(403, verdict.reason)


def _page(found: Found, problem: str | None, status: int = 200) -> ResponseReturnValue:
    overview = url_for(".overview")
    page = RenewPage(
        heading=_("Keep %(title)s", title=found.view.title or _("Subscription")),
        lead=_lead(found),
        problem=problem,
        form_id=changes.new_form_id(),
        button=_("Keep subscription"),
        leave=Link(_("Let it end"), overview),
        back=Link(_("Overview"), overview),
    )
    return shell.render("renew.html", page, title=page.heading, customer=found.customer, status=status)


def _lead(found: Found) -> str:
    view = found.view
    price = words.rate(view.amount, view.currency, view.interval, view.interval_count)
    return Markup(" ").join((escape(_goes_on(price)), escape(_next_payment(found)))).strip()


def _goes_on(price: str) -> str:
    return _("It goes on at %(price)s.", price=price) if price else _("It goes on as if you had never canceled.")


def _next_payment(found: Found) -> str:
    if found.view.period_end is None:
        return ""
    day, method = words.strong(words.date(found.view.period_end)), _method(found)
    if method is None:
        return _("The next payment is on %(date)s.", date=day)
    return _("The next payment is on %(date)s, from %(method)s.", date=day, method=method)


def _method(found: Found) -> str | None:
    """The method that will be charged, in words; None where there is none, or where invoices are sent."""
    bodies, view = found.more["methods"], found.view
    if isinstance(bodies, Failed) or view.collection_method != "charge_automatically":
        return None
    return next((words.method(MethodView.of(body)) for body in bodies if body["id"] == view.method_id), None)
