"""Remove a payment method, as long as nothing depends on it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, redirect, url_for
from flask.typing import ResponseReturnValue

from flask_portal import signals
from flask_portal.i18n import _
from flask_portal.pages import changes, settling, shell, words
from flask_portal.pages import visit as visits
from flask_portal.pages.changes import REMOVED
from flask_portal.pages.holdings import Holdings
from flask_portal.pages.payment_method import find
from flask_portal.pages.shell import Link
from flask_portal.pages.visit import Visit
from flask_portal.rules import verdicts
from flask_portal.rules.methods import MethodView, paid_with
from flask_portal.upstream import actions
from flask_portal.upstream.actions import Done


@dataclass(frozen=True, slots=True)
class RemovePage:
    heading: str
    lead: str
    problem: str | None
    form_id: str
    button: str
    leave: Link
    back: Link


def show(id: str) -> ResponseReturnValue:
    visit, held, view = find(id)
    _check(visit, held, view)
    return _page(held, view, None)


def submit(id: str) -> ResponseReturnValue:
    visit = visits.current()
    if changes.was_removed(visit, id):
        # A second click finds its work done.
        return redirect(url_for(".payment_methods"), 303)
    visit, held, view = find(id)
    _check(visit, held, view)
    for each in paid_with(id, held.everyones):
        # Its own method would be gone: the default takes over first, so that no renewal finds nothing to charge.
        cleared = settling.clear(visit, held, each.id)
        if not isinstance(cleared, Done):
            return _page(held, view, words.problem(cleared), words.status_of(cleared))
    key = changes.key(visit, REMOVED, id)
    outcome = actions.detach_method(visit.client, id, key=key)
    if not isinstance(outcome, Done):
        return _page(held, view, words.problem(outcome), words.status_of(outcome))
    if changes.remember(visit, REMOVED, id, key=key):
        changes.tell(signals.payment_method_removed, payment_method=outcome.body, customer=visit.customer_id)
    return redirect(url_for(".payment_methods"), 303)


def _check(visit: Visit, held: Holdings, view: MethodView) -> None:
    verdict = verdicts.may_remove(view, held.methods, held.everyones, held.default, words.today(visit))
    if not verdict.ok:
        abort(403, verdict.reason)


def _page(held: Holdings, view: MethodView, problem: str | None, status: int = 200) -> ResponseReturnValue:
    name, here = words.method(view), url_for(".payment_method", id=view.id)
    page = RemovePage(
        heading=_("Remove %(method)s?", method=name),
        lead=_lead(held, view),
        problem=problem,
        form_id=changes.new_form_id(),
        button=_("Remove %(method)s", method=name),
        leave=Link(_("Keep it"), here),
        back=Link(name, here),
    )
    return shell.render("renew.html", page, title=page.heading, customer=held.customer, status=status)


def _lead(held: Holdings, view: MethodView) -> str:
    titles = ", ".join(each.title or _("Subscription") for each in paid_with(view.id, held.subscriptions))
    if titles:
        return _(
            "%(titles)s will be charged to your default payment method. To use this one again, add it anew.",
            titles=titles,
        )
    return _("Nothing is paid with it. To use it again, add it anew.")
